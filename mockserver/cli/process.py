"""What `serve` sets for the whole of its process: how it is stopped, threads, the collector."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable
from functools import partial

import click

SWITCH_SECONDS = 0.0005


def held(*signals: int) -> Callable[[], bool]:
    """Note these signals until the command ends; gives whether one has come.

    An exception raised wherever a signal comes can be swallowed there (a callback of importlib), and would
    end the last write of `--state`.
    """
    came: list[int] = []
    for number in signals:
        before = signal.signal(number, lambda number, frame: came.append(number))
        click.get_current_context().call_on_close(partial(signal.signal, number, before))
    return lambda: bool(came)


def share_the_processor() -> None:
    """Let threads have their turn after half a millisecond, not after five.

    The event loop gives the interpreter up for a moment whenever it looks for what has come. A
    thread that waits for it then begins to wait anew, and under load could do so for seconds.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    click.get_current_context().call_on_close(lambda: sys.setswitchinterval(before))


def spare_the_collector() -> None:
    """What is there now lives as long as the process, and a state is no cycle: look less often."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 100)
