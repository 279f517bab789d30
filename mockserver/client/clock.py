"""The time of a world, from outside."""

from __future__ import annotations

from datetime import datetime, timedelta

from mockserver.client.links import ControlError, Link, shown_or_gone
from mockserver.pipeline.arguments import refuse_wrong
from mockserver.world.clock import parse_timestamp, timestamp


class ClockHandle:
    """The time of the world: it stands still until it is set, advanced or let run."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def __repr__(self) -> str:
        def said() -> str:
            shown = self._link.send("GET", "clock")
            return f"{shown['now']}, {'running' if shown['running'] else 'stands still'}"

        return shown_or_gone("Clock", said)

    @property
    def now(self) -> str:
        """E.g. `2019-07-15T00:00:00.000Z`."""
        return str(self._link.send("GET", "clock")["now"])

    @property
    def running(self) -> bool:
        return bool(self._link.send("GET", "clock")["running"])

    def set(self, now: str | datetime) -> str:
        """It is `now`: a timestamp, or a datetime that knows its time zone. Gives the time.

        Raises ControlError for no timestamp, or one without a time zone.
        """
        text = now.isoformat() if isinstance(now, datetime) else now
        if isinstance(text, str):
            try:
                text = timestamp(parse_timestamp(text))
            except ValueError as error:
                raise ControlError(422, [{"pointer": "/now", "detail": str(error)}]) from None
        return str(self._link.send("PATCH", "clock", {"now": text})["now"])

    def advance(self, seconds: float | timedelta) -> str:
        """Later by so many seconds, earlier by a negative number. Gives the time.

        Raises ControlError for one that is outside the calendar.
        """
        if isinstance(seconds, timedelta):
            seconds = seconds.total_seconds()
        refuse_wrong("advance", {"seconds": seconds})
        return str(self._link.send("PATCH", "clock", {"advance": seconds})["now"])

    def run(self, running: bool = True) -> None:
        """Run from now on; False lets it stand still."""
        self._link.send("PATCH", "clock", {"running": running})
