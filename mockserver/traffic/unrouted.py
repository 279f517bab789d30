"""Calls in a recording that no operation of its edition answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mockserver.contract import Edition, editions, load
from mockserver.contract.routes import routes
from mockserver.digits import counted

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NOT_BUILT = "documented, not supported here"
LONG, PARTS = 64, 12
"""Letters of a part of a path that is repeated, and such parts."""


@dataclass
class Unrouted:
    """Calls of one route: path and place of the first, and how many there are."""

    path: str
    where: str
    times: int = 0

    @property
    def said(self) -> str:
        """`2 times, first /api/v2/runs/run-1 [log.entries[3]]`. A part is repeated as a whole or not
        at all: half a secret is found by nobody who takes secrets out of texts."""
        parts = self.path.split("/")
        shown = "/".join(part if len(part) <= LONG else "…" for part in parts[:PARTS])
        more = "/…" if len(parts) > PARTS else ""
        return f"{counted(self.times, 'time')}, first {shown}{more} [{self.where}]"


def met(method: str, path: str, edition: Edition) -> tuple[str, bool]:
    """The route of a call, and whether a page of the edition documents it though it is not built here.

    Only the words of documented paths stand in a route: calls for several records are one.
    """
    known = words(edition)
    plain = "/".join(part if part in known else "*" for part in path.split("/"))
    asked = "GET" if method == "HEAD" else method
    documented = routes(edition).not_built(asked, path.removesuffix("/"))
    return f"{method if method in METHODS else '*'} {plain}", documented


def words(edition: Edition) -> frozenset[str]:
    """The words of documented paths, of every edition: what is unknown to one may be another's."""
    return _words(edition).union(*(_words(load(name)) for name in editions()))


@lru_cache(maxsize=8)
def _words(edition: Edition) -> frozenset[str]:
    """Of those paths too that are documented but not built here."""
    paths = [operation.path for operation in edition.operations.values()]
    paths += [line.partition(" ")[2] for line in edition.facts.get("not-built", ())]
    return frozenset(part for path in paths for part in path.split("/") if "{" not in part)
