"""Which operation a method and path name: a table built from the edition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.routing.exceptions import RequestRedirect

from mockserver.contract import Edition, Operation

MOST, LONG = 2_000, 200
"""Routes that are remembered, and letters of the longest method and path among them."""


@dataclass(frozen=True, slots=True)
class Route:
    """What a method and path lead to: an operation with the path's parameters, or the methods that
    are allowed there, or nothing.

    `hint` says for the journal what is meant where nothing is there.
    """

    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    hint: str = ""


class Routes:
    """The routes of one edition. HEAD goes where GET goes."""

    def __init__(self, operations: Iterable[Operation], not_built: Iterable[str] = ()) -> None:
        operations = list(operations)
        self._known: dict[tuple[str, str], Route] = {}
        self._all = [f"{operation.method} {operation.path}" for operation in operations]
        self._not_built = [re.compile(re.sub(r"{[^}]*}", "[^/]+", line)) for line in not_built]
        rules = [
            Rule(
                operation.path.replace("{", "<").replace("}", ">"),
                methods=[operation.method],
                endpoint=operation,
            )
            for operation in operations
        ]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False).bind("", "/")

    def _hint(self, method: str, path: str) -> str:
        if any(named.fullmatch(f"{method} {path}") for named in self._not_built):
            return ": it is documented, but not built here"
        if len(path) > LONG:
            return ""
        short = {line.replace("/api/v2/", ""): line for line in self._all}
        near = get_close_matches(
            f"{method} {path.removeprefix('/api/v2/')}", short, n=1, cutoff=0.8
        )
        return f"; nearest: {short[near[0]]}" if near else ""

    def match(self, method: str, path: str) -> Route:
        """What is there. A client asks for the same again and again: short paths are remembered."""
        if len(method) + len(path) > LONG:
            return self._matched(method, path)
        route = self._known.get((method, path))
        if route is None:
            if len(self._known) >= MOST:
                self._known.clear()
            route = self._known[method, path] = self._matched(method, path)
        return route

    def _matched(self, method: str, path: str) -> Route:
        try:
            operation, values = self._map.match(path, method=method)
        except MethodNotAllowed:
            found = {name.upper() for name in self._map.allowed_methods(path)}
            return Route(allowed=tuple(sorted({*found, "OPTIONS"})))
        except (NotFound, RequestRedirect):
            return Route(hint=self._hint(method, path))
        return Route(operation, {name: str(value) for name, value in values.items()})


@lru_cache(maxsize=8)
def routes(edition: Edition) -> Routes:
    """The routes of an edition, built once."""
    return Routes(edition.operations.values(), edition.facts.get("not-built", ()))
