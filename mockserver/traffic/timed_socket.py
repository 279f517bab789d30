"""A connection on which a request and its answer have so many seconds together.

A socket's own timeout, all that http.client knows, is for each read: a byte now and then outlasts it.
"""

from __future__ import annotations

import io
import math
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 1 << 16
"""Bytes that are sent before the time is looked at again."""


class TimedSocket:
    """What http.client needs of a socket.

    `heard`: whether a byte of the answer has come. `ended`: whether the server has said that no
    more will.
    """

    def __init__(self, wire: socket.socket) -> None:
        self._wire, self._end = wire, math.inf
        self.heard = self.ended = False

    def begin(self, seconds: float) -> None:
        """The next request and its answer must be through within these."""
        self._end = time.monotonic() + seconds
        self.heard = self.ended = False

    def timed(self) -> socket.socket:
        """The socket, for what is left of the time. Raises TimeoutError."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._wire.settimeout(left)
        return self._wire

    def sendall(self, content: bytes) -> None:
        """Raises TimeoutError, and OSError as a socket does."""
        whole = memoryview(content)
        for start in range(0, len(content), PIECE):
            self.timed().sendall(whole[start : start + PIECE])

    def makefile(self, mode: str) -> io.BufferedReader:
        """What comes, as a file."""
        return io.BufferedReader(_Incoming(self, self._wire.makefile("rb", buffering=0)))

    def fileno(self) -> int:
        return self._wire.fileno()

    def close(self) -> None:
        self._wire.close()


class _Incoming(io.RawIOBase):
    """What comes on a line, while there is time. Its socket stays open until it is closed."""

    def __init__(self, line: TimedSocket, raw: io.RawIOBase) -> None:
        self._line, self._raw = line, raw

    def readable(self) -> bool:
        return True

    def readinto(self, room: WriteableBuffer, /) -> int:
        self._line.timed()
        count = self._raw.readinto(room) or 0
        self._line.heard = self._line.heard or count > 0
        self._line.ended = count == 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
