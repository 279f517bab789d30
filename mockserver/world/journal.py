"""Every exchange of a world, with what it found and the state on both sides; never a secret.

Bounded by entries and by bytes: the bodies, plus what a write replaced (the old state keeps it
alive). What was evicted is *no longer known*, which is not the same as *never happened*.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any, Protocol

from mockserver.escaping import escaped
from mockserver.world.state import State

ENTRIES = 1_000
BYTES = 16 * 1024 * 1024
BROKEN = 20
LARGE = 64 * 1024
TOLD, BRIEF = 3, 200
"""Findings that a line tells, and letters of each."""
LONG = b'"[too long to be kept]"'


@dataclass(slots=True)
class Entry:
    """One request and its answer.

    `number` counts from 1 in its journal; `time` is the world's; `milliseconds` how long it took.
    `operation` is None for a route the edition does not have, `caller` for no valid token.
    `findings` are what the contract does not list but was let pass; `why` explains a refusal that
    the answer must not explain; `breach` names our own mistake. `sent` and `got` are
    the redacted bodies as JSON texts, `request` and `response` their values. `before` and `after` are the state on both sides.
    """

    number: int
    time: str
    method: str
    path: str
    query: str = ""
    operation: str | None = None
    caller: str | None = None
    status: int = 0
    findings: Sequence[Mapping[str, Any]] = ()
    why: str | None = None
    breach: str | None = None
    fault: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: bytes | None = None
    got: bytes | None = None
    milliseconds: float = 0.0
    bytes: int = 0
    generation: int = 0
    before: State | None = field(default=None, repr=False)
    after: State | None = field(default=None, repr=False)

    @property
    def request(self) -> Any:
        return None if self.sent is None else json.loads(self.sent)

    @property
    def response(self) -> Any:
        return None if self.got is None else json.loads(self.got)

    def shown(self) -> dict[str, Any]:
        """As the control plane shows it."""
        return {
            "n": self.number,
            "time": self.time,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "caller": self.caller,
            "status": self.status,
            "findings": [dict(finding) for finding in self.findings],
            "why": self.why,
            "breach": self.breach,
            "fault": self.fault,
            "headers": dict(self.headers),
            "request": self.request,
            "response": self.response,
            "milliseconds": self.milliseconds,
            "changed": self.before is not self.after,
        }

    def line(self) -> str:
        """One line for a log or a test report."""
        query = f"?{self.query}" if self.query else ""
        # of a path that is nobody's, `why` says the same
        notes = [_words(finding) for finding in self.findings[:TOLD] if self.operation]
        notes += [f"{left} more findings"] if (left := len(self.findings) - TOLD) > 0 else []
        notes += [note for note in (self.why, self.fault, self.breach) if note]
        tail = f"  [{'; '.join(notes)}]" if notes else ""
        name = self.operation or "no operation"
        return escaped(f"{self.status} {self.method} {self.path}{query}  {name}{tail}")


def _words(finding: Mapping[str, Any]) -> str:
    """A finding in a few words: the fact, and what to do."""
    text = ". ".join(finding[name] for name in ("fact", "hint") if name in finding).rstrip(".")
    return text if len(text) <= BRIEF else text[: BRIEF - 1] + "…"


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
        """Keep an exchange under the next number; forget the oldest where a bound is passed."""
        with self._lock:
            self._count += 1
            exchange.number = self._count
            self._kept.append(exchange)
            self._weight += exchange.bytes
            while self._kept and (len(self._kept) > self._entries or self._weight > self._bytes):
                self._forget(self._kept.popleft())
            for broken, kept in (
                (exchange.breach, self.breaches),
                (exchange.findings, self.strays),
            ):
                if broken and len(kept) < BROKEN:
                    kept.append(_remembered(exchange))
        self.announce()
        return exchange

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
        """Count what a restore has thrown away: the states of the last exchanges keep it alive."""
        with self._lock:
            if not self._kept:
                return
            self._kept[-1].bytes += bytes
            self._weight += bytes
            while self._kept and self._weight > self._bytes:
                self._forget(self._kept.popleft())

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
        kept.sent = kept.got = LONG
    return kept
