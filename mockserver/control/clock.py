"""A world's time: shown, set, advanced, run."""

from __future__ import annotations

from mockserver.control.calls import ControlCall, Handled, Refused
from mockserver.world.clock import timestamp


def show_clock(call: ControlCall) -> Handled:
    return 200, call.own.clock.shown()


def change_clock(call: ControlCall) -> Handled:
    """All that is wanted or nothing."""
    clock, wanted = call.own.clock, call.document
    before = clock.moment()
    try:
        if "now" in wanted:
            clock.set(wanted["now"])
        if "advance" in wanted:
            clock.advance(wanted["advance"])
    except ValueError as error:
        moved = clock.moment() != before and "advance" in wanted
        clock.set(timestamp(before))
        raise Refused(
            422, ("/advance" if moved or "now" not in wanted else "/now", str(error))
        ) from None
    if "running" in wanted:
        clock.run(wanted["running"])
    return 200, clock.shown()
