"""What shall go wrong in a world, so that a client's handling of it can be tested.

A fault says where (an operation, a path, any), when (the next call, the nth, all, a seeded share)
and what. What is itself a documented answer has a plain name; what is not says so: `off-contract-…`.
A fault never loses a write silently: each says whether the write is done. Faults belong to a
universe and end with its reset.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import ceil
from typing import Any

from mockserver.world.fault_options import DEFAULTS, wrong

SECOND = 1.0


class Over:
    """The end of a fault: happens once. A thread waits for it, an event loop is called back."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []

    def __bool__(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Until it happens, for so many seconds at most."""
        self._event.wait(seconds)

    def happen(self) -> None:
        with self._lock:
            self._event.set()
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    def then(self, call: Callable[[], None]) -> None:
        """Call when it happens, from whichever thread that is; at once where it has happened."""
        with self._lock:
            if not self:
                self._calls.append(call)
                return
        call()

    def forget(self, call: Callable[[], None]) -> None:
        """Call it no longer."""
        with self._lock:
            if call in self._calls:
                self._calls.remove(call)


@dataclass(slots=True, eq=False, repr=False)
class Fault:
    """One thing that shall go wrong, and how often it has been asked for and has happened.

    `seen` counts the calls that fit and came as far as it, `fired` those that it happened to.
    """

    fault: str
    operation: str | None = None
    path: str | None = None
    when: str | Mapping[str, Any] = "next"
    status: int | None = None
    seconds: float = 1.0
    jitter: float = 0.0
    limit: int = 30
    clock: str = "wall"
    writes: int = 1
    seen: int = 0
    fired: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)
    over: Over = field(default_factory=Over, repr=False)
    _windows: dict[str, list[float]] = field(default_factory=dict, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def fits(self, operation: str | None, path: str) -> bool:
        if self.operation is not None and self.operation != operation:
            return False
        return self.path is None or fnmatchcase(path.rstrip("/"), self.path.rstrip("/"))

    def due(self) -> bool:
        """Whether it happens to this call; counts the call."""
        with self._lock:
            self.seen += 1
            happens = not self.over and self._happens()
            self.fired += happens
            return happens

    def _happens(self) -> bool:
        if isinstance(self.when, str):
            return self.when == "all" or self.seen == 1
        if "nth" in self.when:
            return bool(self.seen == self.when["nth"])
        return self.chance.random() < float(self.when["share"])

    def delay(self) -> float:
        """The seconds that a latency makes one request wait; it ends early with the fault itself."""
        with self._lock:
            return max(0.0, self.seconds + self.chance.uniform(-self.jitter, self.jitter))

    def admit(self, caller: str, now: float) -> tuple[bool, int, float]:
        """What a rate limit says to one more request of a caller at `now` (in seconds).

        Gives whether it may pass, how many more may, and in how many seconds one more may. A clock
        that was set back begins anew.
        """
        with self._lock:
            window = [at for at in self._windows.get(caller, ()) if 0 <= now - at < SECOND]
            if passes := len(window) < self.limit:
                window.append(now)
            self._windows[caller] = window
            reset = ceil(round((SECOND - (now - window[0])) * 1000, 3)) / 1000
            return passes, self.limit - len(window), reset

    def shown(self) -> dict[str, Any]:
        """As the control plane takes it, with its counts."""
        shown: dict[str, Any] = {"fault": self.fault}
        for name in ("operation", "path"):
            if (value := getattr(self, name)) is not None:
                shown[name] = value
        shown["when"] = self.when if isinstance(self.when, str) else dict(self.when)
        for name, default in DEFAULTS.items():
            if (value := getattr(self, name)) != default:
                shown[name] = value
        return shown | {"seen": self.seen, "fired": self.fired}


class Faults:
    """The faults of one universe. Each draws its shares and waits from the universe's seed and its
    own place, so that one more fault changes nothing for the others."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._all: list[Fault] = []
        self._made = 0

    def clear(self) -> None:
        """Nothing goes wrong any more; who waits goes on."""
        with self._lock:
            ended, self._all, self._made = self._all, [], 0
        for fault in ended:
            fault.over.happen()

    def remove(self, place: int) -> None:
        """The fault at that place is over, from 0. Raises IndexError where there is none."""
        with self._lock:
            ended = self._all.pop(place)
        ended.over.happen()

    def add(self, fault: str, **options: Any) -> Fault:
        """One more fault. Raises BadFault with what exists and the nearest name."""
        for bad in wrong({"fault": fault, **options}):
            raise bad
        if fault == "rate-limit":
            options.setdefault("when", "all")
        with self._lock:
            self._made += 1
            chance = random.Random(f"{self._seed}/{self._made}")
            made = Fault(fault, **options, chance=chance)
            self._all.append(made)
        return made

    def __bool__(self) -> bool:
        return bool(self._all)

    def shown(self) -> Sequence[Mapping[str, Any]]:
        return [fault.shown() for fault in tuple(self._all)]

    def fitting(self, operation: str | None, path: str) -> list[Fault]:
        """The faults that a call of that operation and path may meet, in the order they were given."""
        return [fault for fault in tuple(self._all) if fault.fits(operation, path)]
