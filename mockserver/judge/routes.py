"""Which operation a method and path name, without a web framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from mockserver.contract import Edition, Operation


class Routes:
    """The routes of one edition. HEAD goes where GET goes; a trailing slash does not count."""

    def __init__(self, edition: Edition) -> None:
        self._table: list[tuple[re.Pattern[str], dict[str, Operation]]] = []
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in edition.operations.values():
            by_path.setdefault(operation.path, {})[operation.method] = operation
        # literal segments before parameters: a name must not swallow a fixed word
        for path in sorted(by_path, key=lambda path: (path.count("{"), path)):
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
            self._table.append((re.compile(pattern + "/?"), by_path[path]))

    def match(self, method: str, path: str) -> tuple[Operation | None, Mapping[str, str]]:
        """The operation with the path's parameters; None where the edition has none."""
        method = "GET" if method == "HEAD" else method
        for pattern, operations in self._table:
            if found := pattern.fullmatch(path):
                values = {name: unquote(text) for name, text in found.groupdict().items()}
                return operations.get(method), values
        return None, {}


def filled(operation: Operation, path: Mapping[str, str]) -> str:
    """The path of an operation with its parameters filled in."""
    return re.sub(r"\{(\w+)\}", lambda name: quote(path[name[1]], safe=""), operation.path)
