"""What `serve` sets for the whole of its process: how it is stopped, threads, the collector."""

from __future__ import annotations

import gc
import signal
import sys

import click

SWITCH_SECONDS = 0.0005


def stop_in_order() -> None:
    """End with 0 at a SIGTERM that comes before the server hears it, once what was made is removed."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    click.get_current_context().call_on_close(lambda: signal.signal(signal.SIGTERM, before))


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
