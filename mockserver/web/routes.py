"""Which operation a method and path name: a table built from the edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.routing.exceptions import RequestRedirect

from mockserver.contract import Edition, Operation


@dataclass(frozen=True, slots=True)
class Route:
    """What a method and path lead to: an operation with the path's parameters, or the methods that
    are allowed there, or nothing."""

    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()


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

    def match(self, method: str, path: str) -> Route:
        """What is there."""
        try:
            operation, values = self._map.match(path, method=method)
        except MethodNotAllowed:
            found = {name.upper() for name in self._map.allowed_methods(path)}
            return Route(allowed=tuple(sorted({*found, "OPTIONS"})))
        except (NotFound, RequestRedirect):
            return Route()
        return Route(operation, {name: str(value) for name, value in values.items()})


@lru_cache(maxsize=8)
def routes(edition: Edition) -> Routes:
    """The routes of an edition, built once."""
    return Routes(edition.operations.values())
