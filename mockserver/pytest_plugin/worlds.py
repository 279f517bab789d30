"""The worlds of one test: its own, and those forked from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mockserver.client.broken import broken_exchanges, explanations, unfired, worlds
from mockserver.client.seen import Seen
from mockserver.contract import UnknownEdition
from mockserver.pytest_plugin.options import fail
from mockserver.world.ids import digest
from mockserver.world.seeding import BadFixture

if TYPE_CHECKING:
    from mockserver.web.testing import Live
    from mockserver.world.universe import Universe

SHOWN = 50
"""Exchanges that the report of a failed test shows."""


class Baselines:
    """What lives as long as the session: worlds that have been loaded once, and how often each
    test has run (a second run of one must not meet the threads of the first)."""

    def __init__(self) -> None:
        self.loaded: dict[str, Universe] = {}
        self.runs: dict[str, int] = {}


class WorldsOfTest:
    """The worlds of one test, and what of them has been told already."""

    def __init__(self, live: Live, universe: Universe, name: str) -> None:
        self.live, self.universe, self.name = live, universe, name
        self.told: list[Any] = []
        self._strangers = live.server.universes.journal.count

    def __enter__(self) -> WorldsOfTest:
        return self

    def __exit__(self, *error: Any) -> None:
        universes = self.live.server.universes
        for world in universes:
            if world.family == self.universe.family:
                universes.remove(world.key, f"its test {self.name} is over")

    def worlds(self) -> list[Universe]:
        """The test's own world first, even when it is over, then its forks."""
        found = worlds(self.live.server.universes, self.universe.family)
        return list(dict.fromkeys([self.universe, *found]))

    def news(self) -> list[str]:
        """What was broken in these worlds and was not told yet."""
        texts: list[str] = []
        for universe in self.worlds():
            for exchange in broken_exchanges(universe):
                if not any(exchange is known for known in self.told):
                    self.told.append(exchange)
                    texts += explanations(Seen.of(exchange.shown()), universe.edition)
        return texts

    def unfired(self) -> list[str]:
        """The faults of these worlds that never happened."""
        return unfired([one for universe in self.worlds() for one in universe.faults.shown()])

    def strangers(self) -> list[str]:
        """What came meanwhile with a token of no world, or with none: a line each."""
        return [one.line() for one in self.live.server.universes.journal.since(self._strangers)]

    def exchanges(self) -> Iterator[str]:
        """The exchanges of these worlds, a line each."""
        for universe in self.worlds():
            journal = universe.journal
            kept = list(journal)[-SHOWN:]
            if universe is not self.universe and kept:
                yield f"in the fork {universe.key}:"
            if (left := journal.count - len(kept)) > 0:
                yield f"({left} earlier)"
            for exchange in kept:
                yield exchange.line()


def worlds_of_test(
    live: Live, baselines: Baselines, name: str, options: dict[str, Any]
) -> WorldsOfTest:
    """A test's own world: a fork of what its options describe, loaded once a baselines."""
    wanted = json.dumps(options, sort_keys=True, default=repr)  # a path is no name
    if wanted not in baselines.loaded:
        baselines.loaded[wanted] = _baseline(live, options)
    run = baselines.runs[name] = baselines.runs.get(name, 0) + 1
    universe = baselines.loaded[wanted].fork(digest(name if run == 1 else f"{name} {run}")[:20])
    universe.family = universe.key
    return WorldsOfTest(live, live.server.universes.add(universe), name)


def _baseline(live: Live, options: dict[str, Any]) -> Universe:
    try:
        return live.server.made(key="baseline", **options)
    except (UnknownEdition, BadFixture, ValueError, OSError) as error:
        fail(str(error))
