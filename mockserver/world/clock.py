"""The time of a world. The only place in the package that asks the machine for the time of day."""

from __future__ import annotations

import re
import time
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

FORM = "YYYY-MM-DDTHH:MM:SS.mmmZ"
PATTERN = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$"
)
ABOUT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-].*)?)?"
)
FIRST, LAST = 1970, 9000
"""Years that a world may be in: whatever is reckoned from them stays on the calendar."""
PARTS = (("month", 1, 12), ("day", 1, 31), ("hour", 0, 23), ("minute", 0, 59), ("second", 0, 59))
END = datetime(LAST, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)


def parse_timestamp(text: str) -> datetime:
    """The moment that a timestamp of the API names. Raises ValueError with the form that is due, or the
    part that is on no calendar."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} {_wrong(str(text))}") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone: write it as {FORM}")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the calendar") from None
    if not FIRST <= moment.year <= LAST:
        raise ValueError(f"{text!r} is not between the years {FIRST} and {LAST}")
    return moment


def _wrong(text: str) -> str:
    """Why a text is no timestamp: its form, or the first of its parts that is on no calendar."""
    parts = [int(part) for part in found.groups("0")] if (found := ABOUT.fullmatch(text)) else []
    if parts and not FIRST <= parts[0] <= LAST:
        return f"is not between the years {FIRST} and {LAST}"
    for (name, first, last), part in zip(PARTS, parts[1:], strict=False):
        if name == "day":
            last = monthrange(*parts[:2])[1]
        if not first <= part <= last:
            return f"is on no calendar: its {name}, {part}, is not from {first} to {last}"
    return f"is not a timestamp of the form {FORM}"


def later(text: str, time: timedelta) -> str:
    """A timestamp so much later, or the last there is."""
    return timestamp(min(parse_timestamp(text) + time, END))


def years_later(text: str, years: int) -> str:
    """The same day of a later year; of 29 February, 1 March where there is none."""
    moment = parse_timestamp(text)
    try:
        moment = moment.replace(year=moment.year + years)
    except ValueError:
        moment = moment.replace(year=moment.year + years, month=3, day=1)
    return timestamp(min(moment, END))


def timestamp(moment: datetime) -> str:
    """A moment as the API writes it: UTC, milliseconds, a literal `Z`."""
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def wall() -> str:
    """The machine's own time, as the API writes it."""
    return timestamp(datetime.now(UTC))


def epoch() -> int:
    """The machine's own time in seconds since 1970, as the head of an answer wants it."""
    return int(time.time())


class Clock:
    """Stands still until it is set, advanced or let run; so two runs of a test see the same times.

    `now` is a timestamp of the API; None means the machine's time.
    """

    def __init__(self, now: str | None = None, *, running: bool = False) -> None:
        self._first = (now, running)
        self.reset()

    def reset(self) -> None:
        """As it was made."""
        now, running = self._first
        self._put(parse_timestamp(now) if now else datetime.now(UTC), running)

    def _put(self, base: datetime, running: bool) -> None:
        self._start(base, time.monotonic() if running else None)

    def _start(self, base: datetime, started: float | None) -> None:
        # one reference: who asks for the time meanwhile takes no lock, and must not see half of it
        self._at = (base, started, timestamp(base))

    @property
    def running(self) -> bool:
        return self._at[1] is not None

    def moment(self) -> datetime:
        """The time in this world."""
        base, started, _ = self._at
        if started is None:
            return base
        return min(base + timedelta(seconds=time.monotonic() - started), END)

    def now(self) -> str:
        """The time in this world, as the API writes it."""
        _, started, text = self._at
        return text if started is None else timestamp(self.moment())

    def set(self, now: str) -> None:
        """It is `now`; a running clock runs on from there. Raises ValueError for no timestamp."""
        self._put(parse_timestamp(now), self.running)

    def advance(self, seconds: float) -> None:
        """Later by so many seconds, earlier by a negative number. Raises ValueError outside
        FIRST to LAST."""
        before, started, _ = self._at
        try:
            base = before + timedelta(seconds=seconds)
        except OverflowError:
            base = None
        if base is None or not FIRST <= base.year <= LAST:
            raise ValueError(
                f"{seconds} seconds from {self.now()} is outside the calendar ({FIRST} to {LAST})"
            )
        self._start(base, started)

    def run(self, running: bool = True) -> None:
        """Run from now on, or stand still."""
        self._put(self.moment(), running)

    def shown(self) -> dict[str, Any]:
        """As the control plane shows it."""
        return {"now": self.now(), "running": self.running}
