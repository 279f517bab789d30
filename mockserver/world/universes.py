"""The worlds of one server: found by key, counted, bounded, ended when long idle."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

from mockserver.world.journal import Journal
from mockserver.world.universe import Universe

ENDED = 1_000
"""Of how many worlds it is remembered why they are gone."""


class Taken(Exception):
    """A universe of that key exists."""


class Full(Exception):
    """There are as many worlds as the server may hold."""


class Universes:
    """The worlds of one server by key: counted, bounded, and expired when long idle.

    `idle` is in seconds; None keeps them for ever. `made` counts those there were. `journal` is the server's own: requests that
    reach no universe. `fallen` are the last that were removed although they had broken the
    contract.
    """

    def __init__(self, most: int = 10_000, idle: float | None = None) -> None:
        self._all: dict[str, Universe] = {}
        self._lock = threading.Lock()
        self.most, self.idle = most, idle
        self.fallen: deque[Universe] = deque(maxlen=20)
        self._ended: dict[str, str] = {}
        self.made = 0
        self.journal = Journal()

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, key: str) -> bool:
        return key in self._all

    def __iter__(self) -> Iterator[Universe]:
        return iter(tuple(self._all.values()))

    def get(self, key: str) -> Universe | None:
        """The universe of a key, touched; None where there is none."""
        universe = self._all.get(key)
        if universe is not None:
            universe.touched = time.monotonic()
        return universe

    def numbered(self, number: int) -> Universe | None:
        """The universe of a public number; None where there is none (any more)."""
        return next((universe for universe in self if universe.number == number), None)

    def add(self, universe: Universe) -> Universe:
        """Raises Taken or Full."""
        with self._lock:
            self._expire()
            if universe.key in self._all:
                raise Taken("a world with that key exists: choose another, or name none")
            if len(self._all) >= self.most:
                raise Full(
                    f"there are {self.most} worlds already: delete one that is no longer needed"
                )
            self.made += 1
            universe.number = self.made
            self._all[universe.key] = universe
            self._ended.pop(universe.key, None)
            return universe

    def remove(self, key: str, why: str = "it was deleted") -> None:
        """Away with a universe; whoever uses its key afterwards is told why."""
        with self._lock:
            if key in self._all:
                self._end(self._all.pop(key), why)

    def gone(self, key: str) -> str | None:
        """Why the universe that had a key is gone; None where there was none, or not lately."""
        why = self._ended.get(key)
        return None if why is None else f"the world of this key is gone: {why}"

    def _end(self, universe: Universe, why: str) -> None:
        universe.gone = why
        universe.faults.clear()  # a request that waits because of one goes on
        universe.journal.announce()
        self._ended[universe.key] = why
        while len(self._ended) > ENDED:
            del self._ended[next(iter(self._ended))]
        if universe.journal.breaches or universe.journal.strays:
            self.fallen.append(universe)

    def _expire(self) -> None:
        if self.idle is None:
            return
        limit = time.monotonic() - self.idle
        for key in [key for key, universe in self._all.items() if universe.touched < limit]:
            self._end(self._all.pop(key), "nobody used it for long")
