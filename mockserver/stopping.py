"""The signals that a command takes as a wish to stop, and ends by in its own time."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ECHO = 0.2
"""Seconds in which a signal that comes again is the same one: `timeout` sends it to the process, and then to
its group, and a process may be told of the end of its terminal by its shell too."""


def stops() -> tuple[signal.Signals, ...]:
    """SIGTERM, and SIGHUP (its terminal was closed) where the system has it and it is not ignored, as by
    `nohup`."""
    if not hasattr(signal, "SIGHUP") or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return (signal.SIGTERM,)
    return signal.SIGTERM, signal.SIGHUP


@contextmanager
def stopped_by(
    *signals: int, first: Callable[[int], None], again: Callable[[int], None]
) -> Iterator[None]:
    """Call `first` with the number of the first of these signals, and `again` with that of one after it."""
    heard: list[float] = []

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(time.monotonic())
        if len(heard) == 1:
            first(number)
        elif heard[-1] - heard[0] > ECHO:
            again(number)

    before = {number: signal.signal(number, hear) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
