"""One isolated world.

A universe binds a state to an edition, a clock, a journal and faults. What changes is one
reference, in one place, under one lock; everything else is a value.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.nearest import there_is_no
from mockserver.world import dumping, fixtures
from mockserver.world.clock import Clock
from mockserver.world.faults import Faults
from mockserver.world.journal import Journal
from mockserver.world.kinds import Kinds
from mockserver.world.state import State

SNAPSHOT = re.compile(r"(?!\.{1,2}\Z)[^/]+")
"""The name of a snapshot: a part of a URL's path, from which clients take `.` and `..` away."""


class Stale(Exception):
    """The world was reset, restored or seeded while a request was under way."""


@dataclass(eq=False, repr=False)
class Universe:
    """One world. `key` is its token and its name; `kinds` what serves its edition.

    `parts` is where the web room keeps what it has shown; forks share it, for they share records.

    `writing` is held from reading the state to swapping it, so that no write is lost; a reader
    needs no lock. `generation` counts resets and restores. `family` is the key of the first of all
    worlds that were forked from one another; `gone` says why a world is no more; `named`
    are the tokens that fixtures have named, for handles in this process alone. `number` is its
    public name on its server: it opens nothing.
    """

    key: str
    edition: str
    kinds: Kinds
    clock: Clock
    first: State
    seed: int = 0
    strict: bool = False
    fixture: str | None = None
    journal: Journal = field(default_factory=Journal)
    parts: Any = None
    family: str = ""
    named: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.state = self.first
        self.snapshots: dict[str, State] = {}
        self.faults = Faults(self.seed)
        self.used: dict[int, str] = {}
        self.generation = self.begun = 0
        self.number = 0
        self.writing = threading.RLock()
        self.born = self.touched = time.monotonic()
        self.gone: str | None = None
        self.family = self.family or self.key

    def swap(self, before: State, after: State, generation: int) -> None:
        """`after` in place of `before`. Raises Stale where the world was reset in between."""
        with self.writing:
            if self.gone:
                raise Stale("the world was deleted while this request was under way")
            if self.generation != generation or self.state is not before:
                raise Stale("the world was reset while this request was under way")
            self.state = after

    def reset(self) -> None:
        """As it was made: state, ids, clock, journal, faults and snapshots."""
        with self.writing:
            self.generation += 1
            self.begun = self.generation
            self.state = self.first
            self.snapshots.clear()
            self.used.clear()
            self.faults.clear()
            self.clock.reset()
            self.journal.clear()

    def seeded(self, document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """Add a fixture's records, all or nothing. Raises BadFixture with every fault."""
        with self.writing:
            self.state, records = fixtures.seed(
                self.kinds,
                self.state,
                document,
                seed=self.seed,
                now=self.clock.now(),
            )
            self.named |= fixtures.token_names(self.kinds, document)
            return records

    def snapshot(self, name: str) -> None:
        """Give the state a name."""
        with self.writing:
            self.snapshots[name] = self.state

    def restore(self, name: str) -> None:
        """Back to a named state. Raises KeyError with the names there are."""
        with self.writing:
            if name not in self.snapshots:
                raise KeyError(_no("snapshot", name, self.snapshots))
            self.turn_back(self.snapshots[name])

    def turn_back(self, state: State) -> None:
        """Back to a state that it once had."""
        with self.writing:
            self.generation += 1
            thrown = self.state.written - state.written
            self.state = state
            self.journal.charge(max(0, thrown))
            self.used.clear()  # what is made from here on takes the keys of what was made before

    def fork(self, key: str, state: State | None = None) -> Universe:
        """A universe of its own that begins where this one is, or with a state that it once had; the
        cost is a reference."""
        clock = Clock(self.clock.now(), running=self.clock.running)
        return Universe(
            key=key,
            edition=self.edition,
            kinds=self.kinds,
            clock=clock,
            first=self.state if state is None else state,
            seed=self.seed,
            strict=self.strict,
            fixture=self.fixture,
            journal=Journal(digest=self.journal.digest),
            parts=self.parts,
            family=self.family,
            named=self.named,
        )

    def begin(self, first: State) -> None:
        """Begin anew, from another state than it was made with."""
        with self.writing:
            self.first = first
            self.reset()

    def dump(self, state: State | None = None) -> dict[str, Any]:
        """The state as a fixture document; of another than the present where that is given."""
        return dumping.dump(self.kinds, self.state if state is None else state)

    def shown(self) -> dict[str, Any]:
        """As the control plane shows it."""
        state = self.state
        counts: dict[str, int] = {}
        for record in state.every():
            counts[record.kind] = counts.get(record.kind, 0) + 1
        return {
            "key": self.key,
            "number": self.number,
            "edition": self.edition,
            "fixture": self.fixture,
            "seed": self.seed,
            "strict": self.strict,
            "now": self.clock.now(),
            "age": round(time.monotonic() - self.born, 3),
            "records": dict(sorted(counts.items())),
            "exchanges": self.journal.count,
            "snapshots": sorted(self.snapshots),
        }

    def listed(self) -> dict[str, Any]:
        """As the list of worlds shows it, to who may not open it."""
        return {
            "number": self.number,
            "edition": self.edition,
            "fixture": self.fixture,
            "age": round(time.monotonic() - self.born, 3),
            "records": len(self.state.records),
            "exchanges": self.journal.count,
            "breaches": len(self.journal.breaches),
        }


def _no(what: str, name: str, known: Mapping[str, Any]) -> str:
    return there_is_no(what, name, sorted(known))
