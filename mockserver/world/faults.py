"""What shall go wrong in a world, so that a client's handling of it can be tested.

A fault says where (an operation, a path, any), when (the next call, the nth, all, a seeded share)
and what. What is itself a documented answer has a plain name; what is not says so: `off-contract-…`.
Faults belong to a universe and end with its reset.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

WHAT: Mapping[str, str] = {
    "status": "answer with a documented error (`status`: 401, 404, 409, 422, 429, ...)",
    "latency": "wait `seconds`, give or take `jitter`",
    "rate-limit": "429 beyond `limit` requests a second, with the X-RateLimit headers",
    "lag": "reads see the world as it was before the last `writes` writes",
    "expired-token": "401, as for a token that has been revoked",
    "lost-entitlement": "404, as for an organization without the entitlement",
    "off-contract-status": "any `status` with a body that no page documents, e.g. 503",
    "off-contract-closed": "close the connection before the answer",
    "off-contract-cut": "close the connection in the middle of the answer",
    "off-contract-truncated": "a whole answer whose JSON ends too early",
    "off-contract-html": "an HTML page where JSON is due",
}
"""Every fault by name, and what it does."""

NUMBERS = {"status": None, "seconds": 1.0, "jitter": 0.0, "limit": 30, "writes": 1}


class BadFault(ValueError):
    """A fault that does not exist or lacks something. The message lists what there is."""


@dataclass(slots=True)
class Fault:
    """One thing that shall go wrong, and how often it has been asked for and has happened."""

    fault: str
    operation: str | None = None
    path: str | None = None
    when: str | Mapping[str, Any] = "next"
    status: int | None = None
    seconds: float = 1.0
    jitter: float = 0.0
    limit: int = 30
    writes: int = 1
    seen: int = 0
    fired: int = 0
    window: list[float] = field(default_factory=list)

    def meets(self, operation: str | None, path: str) -> bool:
        if self.operation is not None and self.operation != operation:
            return False
        return self.path is None or fnmatchcase(path, self.path)

    def due(self, chance: random.Random) -> bool:
        """Whether it happens to this call; counts the call."""
        self.seen += 1
        if self.when == "all":
            return True
        if self.when == "next":
            return self.seen == 1
        assert isinstance(self.when, Mapping)
        if "nth" in self.when:
            return bool(self.seen == self.when["nth"])
        return chance.random() < float(self.when["share"])

    def shown(self) -> dict[str, Any]:
        """As the control plane takes it, with its counts."""
        shown: dict[str, Any] = {"fault": self.fault}
        for name in ("operation", "path"):
            if (value := getattr(self, name)) is not None:
                shown[name] = value
        shown["when"] = self.when if isinstance(self.when, str) else dict(self.when)
        for name, default in NUMBERS.items():
            if (value := getattr(self, name)) != default:
                shown[name] = value
        return shown | {"seen": self.seen, "fired": self.fired}


class Faults:
    """The faults of one universe. A seeded share draws from the universe's seed."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._all: list[Fault] = []
        self._chance = random.Random(self._seed)

    def add(self, fault: str, **options: Any) -> Fault:
        """One more fault. Raises BadFault with what exists and the nearest name."""
        if fault not in WHAT:
            near = get_close_matches(fault, WHAT, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise BadFault(f"no fault {fault!r}: {hint}there are {', '.join(WHAT)}")
        if fault in ("status", "off-contract-status") and not options.get("status"):
            raise BadFault(f"the fault {fault!r} needs a status")
        unknown = set(options) - {"operation", "path", "when", *NUMBERS}
        if unknown:
            raise BadFault(f"no option {', '.join(sorted(unknown))} of a fault")
        made = Fault(fault, **options)
        with self._lock:
            self._all.append(made)
        return made

    def __bool__(self) -> bool:
        return bool(self._all)

    def shown(self) -> Sequence[Mapping[str, Any]]:
        return [fault.shown() for fault in self._all]

    def fire(self, operation: str | None, path: str) -> list[Fault]:
        """The faults that happen to this call."""
        if not self._all:
            return []
        with self._lock:
            fired = [f for f in self._all if f.meets(operation, path) and f.due(self._chance)]
            for fault in fired:
                fault.fired += 1
            return fired

    def wait(self, fault: Fault) -> float:
        """How many seconds a latency fault takes this time."""
        with self._lock:
            return max(0.0, fault.seconds + self._chance.uniform(-fault.jitter, fault.jitter))
