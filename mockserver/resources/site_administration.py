"""Who administers the whole installation: the first user of a world (decision)."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.world.calls import Call
from mockserver.world.problems import not_found
from mockserver.world.state import ROOT, Record
from mockserver.world.view import View

RIGHT, WORD = "administer-site", "site-admin"


def grants(view: View, record: Record) -> Iterator[str]:
    if _administers(view):
        yield WORD


def demand(call: Call) -> None:
    """Raise a 404 for anyone else, where the path names no record that could decide."""
    if not _administers(call):
        known = call.facts.rights[RIGHT]
        raise not_found(f"{call.caller.name} may not: {call.operation} is for {known.words}")


def _administers(view: View, record: Record | None = None) -> bool:
    first = next(iter(view.state.list(ROOT, "users")), None)
    return first is not None and first[-1] == view.caller.record.key


SOUGHT = {WORD: _administers}
"""In an organization it is asked for by one right alone, and not by each request to it."""
