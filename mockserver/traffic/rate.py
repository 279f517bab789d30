"""How many requests a second are sent."""

from __future__ import annotations

import threading
import time

DOCUMENTED = 25.0
"""Requests a second to a server elsewhere: under the 30 that the index page documents."""


class Rate:
    """At most so many requests a second, over all threads; 0 for as many as there are."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        if not self.limit:
            return
        with self._lock:
            now = time.monotonic()
            self._next = max(now, self._next + 1 / self.limit)
            pause = self._next - now
        if pause > 0:
            time.sleep(pause)
