"""A server that says 429 is asked again, when it wants to be."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from mockserver.traffic.transport import Response, Unreachable

PATIENCE = 12
"""How often in a row a 429 is waited for: after that it is a storm."""
LONGEST = 20.0
"""Seconds that a server may ask to wait before it is not worth it."""


def patiently(
    once: Callable[[], Response], pause: Callable[[float], None] = time.sleep
) -> Response:
    """An answer that is no 429: each is waited out as the server says, a storm is given up."""
    sent = 0
    for attempt in range(PATIENCE + 1):
        received = once()
        sent += received.sent
        if received.status != 429 or attempt == PATIENCE:
            break
        pause(min(_wanted(received.headers, attempt), LONGEST))
    if received.status == 429:
        raise Unreachable(
            f"the server answered 429 {PATIENCE + 1} times in a row, each wait included: "
            "lower --rate, or ask for a higher limit"
        )
    return replace(received, sent=sent)


def _wanted(headers: Mapping[str, str], attempt: int) -> float:
    """Seconds to wait, as the server says; else a little longer each time."""
    for name in ("retry-after", "x-ratelimit-reset"):
        try:
            return max(0.0, float(headers[name]))
        except (KeyError, ValueError):
            continue
    return min(0.1 * float(2**attempt), 5.0)
