"""Which operation a method and path name: a table built from the edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.contract.calls import BASE
from mockserver.contract.editions import Edition
from mockserver.contract.operations import Operation
from mockserver.nearest import nearest

PARAMETER, HERE = "{}", "/"
"""Signs in the tree of paths: any part, and the operations at that place."""
MOST, LONG = 2_000, 200
"""Routes that are remembered, and letters of the longest method and path among them."""


class Route(NamedTuple):
    """What a method and path lead to: an operation with the path's parameters, or the methods that
    are allowed there, or nothing.
    """

    operation: Operation | None = None
    path: Mapping[str, str] = MappingProxyType({})
    allowed: tuple[str, ...] = ()


class Routes:
    """The routes of one edition. HEAD goes where GET goes."""

    def __init__(self, operations: Iterable[Operation], not_built: Iterable[str] = ()) -> None:
        operations = list(operations)
        self._known: dict[tuple[str, str], Route] = {}
        self._all = [f"{operation.method} {operation.path}" for operation in operations]
        self._not_built = tuple(not_built)
        self._tree: dict[str, Any] = {}
        for operation in operations:
            node = self._tree
            for part in _parts(operation.path):
                node = node.setdefault(PARAMETER if part.startswith("{") else part, {})
            node.setdefault(HERE, {})[operation.method] = operation

    def not_built(self, method: str, path: str) -> bool:
        """Whether a page lists the call although nothing here answers it."""
        return is_one_of(f"{method} {path}", self._not_built)

    def nearest(self, method: str, path: str) -> str | None:
        """The call that may be meant where nothing is: for the journal.

        One of that path below the API's, one with the same words but for letters, or one that ends so
        below a record, or a like text.
        """
        if len(path) > LONG:
            return None
        if below := self._matched(method, f"{BASE}{path}").operation:
            return f"{method} {below.path}"
        called = f"{method} {path.removesuffix('/')}"
        if alike := next((call for call in self._all if _alike(call, called)), None):
            return alike
        if ending := [call for call in self._all if _ends(call, called)]:
            return min(ending, key=len)
        short = {line.replace(BASE, ""): line for line in self._all}
        near = nearest(called.replace(f"{BASE}", "", 1), short, cutoff=0.8)
        return short[near[0]] if near else None

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
        parts = _parts(path)
        here = _descend(self._tree, parts)
        if here is None:
            return Route()
        operation = here.get("GET" if method == "HEAD" else method)
        if operation is None:
            head = {"HEAD"} if "GET" in here else set()
            return Route(allowed=tuple(sorted({*here, *head, "OPTIONS"})))
        named = zip(_parts(operation.path), parts, strict=True)
        return Route(operation, {n[1:-1]: value for n, value in named if n.startswith("{")})


def is_one_of(called: str, calls: Iterable[str]) -> bool:
    """Whether a method and path (`GET /teams/team-1`) are one of these calls (`GET /teams/{id}`)."""
    parts = called.split("/")
    return any(_leads(call.split("/"), parts) for call in calls)


def _leads(call: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether each part is that of the call; a parameter is any part that is not empty."""
    return len(call) == len(parts) and all(
        part == said or (part and said.startswith("{"))
        for said, part in zip(call, parts, strict=True)
    )


def _alike(call: str, called: str) -> bool:
    """Whether each word of a call is nearly the one that was sent: `project` for `projects`."""
    words, parts = call.split("/"), called.split("/")
    return len(words) == len(parts) and all(
        part == word or (nearest(part, [word], cutoff=0.8) if word[:1] != "{" else part)
        for word, part in zip(words, parts, strict=True)
    )


def _ends(call: str, called: str) -> bool:
    """Whether a call is the one that was sent, below a record: `/workspaces/{id}/vars` for `/vars`."""
    (method, _, path), (sent, _, tail) = call.partition(BASE), called.partition(BASE)
    words, parts = path.split("/"), tail.split("/")[1:]
    ends = words[-len(parts) :] if parts else []
    return (
        method == sent
        and ends[:1] == parts[:1]
        and len(words) > len(parts) + 1
        and _leads(ends, parts)
    )


def _parts(path: str) -> list[str]:
    """The parts of a path; a slash at its end is tolerated, as clients send one."""
    return path.removesuffix("/").split("/")


def _descend(node: dict[str, Any], parts: Sequence[str]) -> dict[str, Operation] | None:
    """The operations at a path by method: a word of the contract goes before a parameter."""
    if not parts:
        return node.get(HERE)
    for step in (parts[0], PARAMETER if parts[0] else ""):
        if step in node and (found := _descend(node[step], parts[1:])) is not None:
            return found
    return None


@lru_cache(maxsize=8)
def routes(edition: Edition) -> Routes:
    """The routes of an edition, built once."""
    return Routes(edition.operations.values(), edition.facts.get("not-built", ()))
