"""Every exchange of a world, with what it found and the state on both sides; never a secret.

Bounded by entries and by bytes: the bodies, plus what a write replaced (the old state keeps it
alive). What was evicted is *no longer known*, which is not the same as *never happened*.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Protocol

from mockserver.world.entries import Entry

ENTRIES = 1_000
BYTES = 16 * 1024 * 1024
BROKEN = 20
LARGE = 64 * 1024


class Digest(Protocol):
    """What is told of each exchange before it is forgotten."""

    def take(self, exchange: Entry) -> None: ...


class Journal:
    """The last exchanges, oldest first. Safe to write and read from any thread.

    `digest` makes what takes in the exchanges that are evicted; `digested` is it, once one was.

    `breaches` and `strays` are the first exchanges with a breach and with findings: they outlive
    both bounds, `clear` and a reset. `cleared` counts how often it has begun anew.
    """

    def __init__(
        self,
        entries: int = ENTRIES,
        bytes: int = BYTES,
        digest: Callable[[], Digest] | None = None,
    ) -> None:
        self._entries, self._bytes = entries, bytes
        self.digest = digest
        self.digested: Digest | None = None
        self._kept: deque[Entry] = deque()
        self._weight = 0
        self._count = 0
        self._lock = threading.Lock()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self.cleared = 0
        self.breaches: list[Entry] = []
        self.strays: list[Entry] = []

    @property
    def count(self) -> int:
        """How many exchanges there were, those no longer known included."""
        return self._count

    @property
    def forgotten(self) -> int:
        """How many exchanges are no longer known."""
        return self._count - len(self._kept)

    @property
    def bytes(self) -> int:
        return self._weight

    def write(self, exchange: Entry) -> Entry:
        """Keep an exchange under the next number; forget the oldest where a bound is passed.

        One that passes the bound alone is kept without its bodies, and without its states where
        these alone pass it: it shall not drive out all others.
        """
        with self._lock:
            self._count += 1
            exchange.number = self._count
            if exchange.bytes > self._bytes:
                exchange.forget_bodies()
            if exchange.bytes > self._bytes:
                exchange.forget_states()
            self._kept.append(exchange)
            self._weight += exchange.bytes
            while self._kept and (len(self._kept) > self._entries or self._weight > self._bytes):
                self._forget(self._kept.popleft())
            self._remember(exchange)
        self.announce()
        return exchange

    def outlive(self, exchange: Entry) -> None:
        """Keep of an exchange that was begun before a reset what broke the contract, and no more."""
        with self._lock:
            self._remember(exchange)

    def _remember(self, exchange: Entry) -> None:
        for broken, kept in (
            (exchange.breach, self.breaches),
            (exchange.findings, self.strays),
        ):
            if broken and len(kept) < BROKEN:
                kept.append(_remembered(exchange))

    def listen(self, call: Callable[[], None]) -> None:
        """Call after each entry and each `clear`, from whichever thread that is."""
        with self._lock:
            self._listeners = (*self._listeners, call)

    def unlisten(self, call: Callable[[], None]) -> None:
        """Call it no longer."""
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one != call)

    @property
    def listeners(self) -> int:
        """How many are told."""
        return len(self._listeners)

    def announce(self) -> None:
        """Tell who listens that there is news of this world."""
        for call in self._listeners:
            call()

    def _forget(self, exchange: Entry) -> None:
        self._weight -= exchange.bytes
        if self.digest:
            self.digested = self.digested or self.digest()
            self.digested.take(exchange)

    def charge(self, bytes: int) -> None:
        """Count what a restore has thrown away: the states of the last exchanges keep it alive.

        Where it passes the bound all states are let go of, and the exchanges stay.
        """
        with self._lock:
            if not self._kept:
                return
            if self._weight + bytes > self._bytes:
                for exchange in self._kept:
                    exchange.forget_states()
                self._weight = sum(exchange.bytes for exchange in self._kept)
            else:
                self._kept[-1].bytes += bytes
                self._kept[-1].states += bytes
                self._weight += bytes

    def blame(self, method: str, path: str, time: str, breach: str) -> None:
        """Keep a mistake of ours that was made beside the API, e.g. in the control plane."""
        with self._lock:
            if len(self.breaches) < BROKEN:
                self.breaches.append(Entry(0, time, method, path, status=500, breach=breach))

    def clear(self) -> None:
        """Forget everything, the count too; but not what broke the contract: a test must see it."""
        with self._lock:
            self._kept.clear()
            self.digested = None
            self._weight = self._count = 0
            self.cleared += 1
        self.announce()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            return iter(tuple(self._kept))

    def get(self, number: int) -> Entry | None:
        """The exchange of that number; None where it never was or is no longer known."""
        return next((exchange for exchange in self if exchange.number == number), None)

    def since(self, number: int) -> list[Entry]:
        """The exchanges after that number, as far as they are still known."""
        with self._lock:
            newer = takewhile(lambda exchange: exchange.number > number, reversed(self._kept))
            return list(newer)[::-1]

    def select(
        self, operation: str | None = None, status: int | None = None, finding: bool | None = None
    ) -> list[Entry]:
        """Those that fit every filter given."""
        return [
            exchange
            for exchange in self
            if (operation is None or exchange.operation == operation)
            and (status is None or exchange.status == status)
            and (finding is None or bool(exchange.findings) == finding)
        ]


def _remembered(exchange: Entry) -> Entry:
    """What is kept for ever of an exchange that broke the contract: no state, no large body."""
    kept = replace(exchange, before=None, after=None)
    if kept.bytes > LARGE:
        kept.forget_bodies()
    return kept
