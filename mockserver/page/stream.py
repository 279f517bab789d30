"""The live journal: server-sent events that wait without a thread and are told of each entry.

What comes faster than people read is left out and counted: a stream costs the server a bounded time.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

from mockserver.digits import whole_number
from mockserver.world.entries import Entry
from mockserver.world.universe import Universe

PAUSE = 0.05
"""Seconds between two messages; the first row comes at once."""
MOST = 50
"""Rows of one message: the newest; the others are counted."""
QUIET = 15.0
"""Seconds after which a stream that has nothing to say shows that it is there."""
AGAIN = 1_000
"""Milliseconds after which a browser connects again."""


class Stream:
    """What a browser is told of a world's journal, from a place on: `cleared.number`, as event ids are.

    Iterated by an event loop, it holds no thread; by a WSGI server of others, it blocks one.
    """

    def __init__(
        self,
        universe: Universe,
        since: str,
        fits: Callable[[Entry], bool],
        row: Callable[[Entry], str],
    ) -> None:
        self._universe, self._journal = universe, universe.journal
        self._fits, self._row, self._over = fits, row, False
        cleared, _, last = since.partition(".")
        known = whole_number(cleared)
        self._cleared = self._journal.cleared if known is None else known
        self._number = self._journal.count if (known := whole_number(last)) is None else known

    def _begin(self) -> bytes:
        return f"retry: {AGAIN}\n\n".encode()

    def _news(self) -> bytes:
        """What has happened since the last time; nothing where nothing fits."""
        journal, said = self._journal, b""
        if self._universe.gone:
            self._over = True
            return self._event("gone", why=self._universe.gone)
        if journal.cleared != self._cleared:
            self._cleared, self._number = journal.cleared, 0
            said += self._event("cleared")
        if self._number < journal.forgotten:
            said += self._event("missed", first=self._number + 1, last=journal.forgotten)
        new = journal.since(self._number)
        if new:
            self._number = new[-1].number
        fitting = [entry for entry in new if self._fits(entry)]
        if fitting:
            rows = "".join(self._row(entry) for entry in reversed(fitting[-MOST:]))
            left = max(0, len(fitting) - MOST)
            said += self._event("rows", rows=rows, left=left, last=self._number)
        return said

    def _event(self, name: str, **data: Any) -> bytes:
        id = f"{self._cleared}.{self._number}"
        return f"event: {name}\nid: {id}\ndata: {json.dumps(data)}\n\n".encode()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        told = False

        def tell() -> None:
            nonlocal told
            if not told:  # once, however many entries come until the loop looks
                told = True
                with suppress(RuntimeError):  # the loop has ended meanwhile
                    loop.call_soon_threadsafe(news.set)

        self._journal.listen(tell)
        try:
            yield self._begin() + self._news()
            while not self._over:
                try:
                    await asyncio.wait_for(news.wait(), QUIET)
                except TimeoutError:
                    yield b": here\n\n"
                news.clear()
                told = False
                if said := self._news():
                    yield said
                    await asyncio.sleep(PAUSE)
        finally:
            self._journal.unlisten(tell)

    def __iter__(self) -> Iterator[bytes]:
        news = threading.Event()
        self._journal.listen(news.set)
        try:
            yield self._begin() + self._news()
            while not self._over:
                news.wait(QUIET)
                news.clear()
                yield self._news() or b": here\n\n"
                threading.Event().wait(PAUSE)
        finally:
            self._journal.unlisten(news.set)
