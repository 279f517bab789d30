"""The log of a server: lines are written by a thread of their own, and hold up no request.

A pipe that nobody reads blocks whoever writes to it. Here that is one thread which nobody waits for;
lines that find no place meanwhile are dropped, counted, and the count is told.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from mockserver.escaping import escaped

MOST = 10_000
"""Lines that wait to be written."""
PAUSE = 0.02
"""Seconds that lines are gathered for: each write costs the requests beside it some time."""


class Lines(logging.Handler):
    """Writes to a stream that may be slow, stuck or closed; see `close`."""

    def __init__(self, stream: IO[str], most: int = MOST) -> None:
        super().__init__()
        self._lines: deque[str] = deque()
        self._most, self._dropped = most, 0
        self._write = _writer(stream)
        self._news, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="mockserver-log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        if len(self._lines) >= self._most:
            self._dropped += 1
            return
        self._lines.append(self.format(record))
        if not self._news.is_set():
            self._news.set()

    def close(self) -> None:
        """Write what waits, for a second at most: a stream that nobody reads keeps the rest."""
        self._over.set()
        self._news.set()
        self._thread.join(1)
        super().close()

    def _work(self) -> None:
        while not self._over.is_set():
            self._news.wait()
            self._over.wait(PAUSE)
            self._news.clear()
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            dropped, self._dropped = self._dropped, 0
            if dropped:
                lines.append(f"({dropped} lines were dropped: nobody read the log)")
            try:
                self._write("".join(f"{line}\n" for line in lines))
            except (OSError, ValueError):  # closed: there is nobody to tell
                return


class OneLine(logging.Formatter):
    """The message alone. A traceback may quote what a client sent: no line of it looks like anything
    else."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        lines = super().formatException(ei).split("\n")
        return "\n".join(f"| {escaped(line)}" for line in lines)


@contextmanager
def to(stream: IO[str], *, quiet: bool = False) -> Iterator[None]:
    """Log what the server answers to a stream; mistakes of ours alone where `quiet`."""
    handler = Lines(stream)
    handler.setFormatter(OneLine())
    logger = logging.getLogger("mockserver")
    logger.setLevel(logging.ERROR if quiet else logging.INFO)
    logger.addHandler(handler)
    # what no line shows need not be found out (logging's own advice, HOWTO "Optimization")
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def _writer(stream: IO[str]) -> Callable[[str], None]:
    """What writes a text to a stream: past its buffer, which a stuck thread would keep locked until
    the end of the process. What its encoding lacks is escaped."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        number = stream.fileno()
    except (OSError, ValueError, AttributeError):  # no file: a test's
        return lambda text: _kept(stream, text)

    def write(text: str) -> None:
        left = text.encode(encoding, "backslashreplace")
        while left:
            left = left[os.write(number, left) :]

    return write


def _kept(stream: IO[str], text: str) -> None:
    stream.write(text)
    stream.flush()
