"""Which operation a method and path name: a table built from the edition."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.routing.exceptions import RequestRedirect

from mockserver.contract import Edition, Operation


class Routes:
    """The routes of one edition. HEAD goes where GET goes."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        rules = [
            Rule(
                operation.path.replace("{", "<").replace("}", ">"),
                methods=[operation.method],
                endpoint=operation,
            )
            for operation in operations
        ]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False).bind("", "/")

    def match(self, method: str, path: str) -> tuple[Operation | None, dict[str, str], list[str]]:
        """The operation and the path's parameters, or None and the methods that are allowed there.

        No operation and no methods: nothing is there.
        """
        try:
            operation, values = self._map.match(path, method=method)
        except MethodNotAllowed as error:
            return None, {}, sorted({*(error.valid_methods or ()), "OPTIONS"})
        except (NotFound, RequestRedirect):
            return None, {}, []
        return operation, {name: str(value) for name, value in values.items()}, []

    def allowed(self, path: str) -> list[str]:
        """The methods of a path; none where nothing is there."""
        found = {name.upper() for name in self._map.allowed_methods(path)}
        return sorted({*found, "OPTIONS"}) if found else []


@lru_cache(maxsize=8)
def routes(edition: Edition) -> Routes:
    """The routes of an edition, built once."""
    return Routes(edition.operations.values())
