"""One request, judged: whatever it was, its answer is documented and a refusal changes nothing."""

from __future__ import annotations

from typing import Any

from sweeps import World, errors_checker, misses

from mockserver.contract import load
from mockserver.contract.operations import JSONAPI
from tests.client import Answer

REFUSALS = {400, 401, 404, 405, 409, 413, 415, 422}


def ask(world: World, method: str, path: str, **request: Any) -> Answer:
    """Send a request and judge what comes back. Raises AssertionError."""
    universe = world.universe
    before, count = universe.state, universe.journal.count
    got = world.send(method, path, **request)

    def said() -> str:  # a request of megabytes is written out where it failed alone
        return f"{method} {path} {request} was answered {got.status} {got.body[:300]!r}"

    assert got.status != 500, said()
    assert universe.journal.breaches == [], said()
    kept = list(universe.journal)
    if universe.journal.count > count and not kept:  # it was too large for the journal
        return got
    named = kept[-1].operation if universe.journal.count > count else None
    operation = load(universe.edition).operation(named) if named else None
    if method == "HEAD":
        assert got.body == b"", said()
        assert operation is None or got.status in operation.responses, said()
    elif operation is None:
        assert unrouted(universe.edition, got) == [], said()
    else:
        assert misses(operation, got) == [], said()
    if got.status >= 400:
        assert universe.state is before, f"{said()}, but has changed the world"
    return got


def unrouted(edition: str, got: Answer) -> list[str]:
    """What is wrong with an answer where no operation is."""
    found = []
    if got.status not in {204, 401, 404, 405}:
        found.append(f"{got.status} where no operation is: {got.body!r}")
    if got.status in (204, 405) and "Allow" not in got.headers:
        found.append(f"{got.status} comes without Allow")
    if got.status >= 400 and got.body:
        if got.media_type != JSONAPI:
            found.append(f"{got.status} is {got.media_type!r}")
        checker = errors_checker(edition)
        found += [f"{miss.pointer}: {miss.fault}" for miss in checker.misses(got.json)]
    return found
