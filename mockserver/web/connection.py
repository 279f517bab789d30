"""One connection of a server: how its requests are read and its answers sent.

HTTP is cheroot's. Its readers and writers are Python's own buffered files, written in Python, and
head and body of an answer leave in two packets: both are replaced here by what is written in C.
Where cheroot is lenient about the end of a request, this is not.
"""

from __future__ import annotations

import io
import re
import socket
import sys
import time
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest

from mockserver.world import clock

if TYPE_CHECKING:
    from cheroot.server import HTTPServer

CRLF = b"\r\n"
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
TRAILER = re.compile(rb"[!#-'*+.^_`|~0-9A-Za-z-]+:[^\r\n]*\r\n")
TRAILERS = 100
DRAINED = 1024 * 1024 * 1024
"""Bytes of a body that are read away; who sends more finds the connection closed."""


class Raw(socket.SocketIO):
    """A socket to be read, which can be told to have nothing more for now."""

    silent = False

    def readinto(self, buffer: Any) -> int | None:
        return None if self.silent else super().readinto(buffer)


class Reader(io.BufferedReader):
    """What cheroot reads a request from."""

    bytes_read = 0
    raw: Raw

    def has_data(self) -> bool:
        """Whether something of a next request has been read already."""
        self.raw.silent = True
        try:
            return bool(self.peek(1))
        finally:
            self.raw.silent = False


class Writer:
    """What cheroot writes an answer to. `hold` keeps the next write back for the one after it."""

    bytes_written = 0
    hold = False

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._held = b""

    def write(self, data: bytes) -> int:
        if self.hold:
            self._held = data
            return len(data)
        self._held, whole = b"", self._held + data if self._held else data
        done = self._sock.send(whole)
        # not sendall: its time is for the whole, and a slow reader may take more
        while done < len(whole):
            done += self._sock.send(memoryview(whole)[done:])
        return len(data)

    def flush(self) -> None:
        if self._held:
            self.write(b"")


class Chunks:
    """A chunked body (RFC 9112, 7.1), to the end of its trailers. What is none raises ValueError:
    whatever a reader forgives here, another reads as the next request.
    """

    def __init__(self, file: Any) -> None:
        self._file, self._left, self._over = file, 0, False

    def read(self, size: int | None = None) -> bytes:
        wanted = sys.maxsize if size is None or size < 0 else size
        parts = []
        while wanted and not self._over:
            if not self._left:
                self._begin()
                continue
            part = self._file.read(min(self._left, wanted))
            if not part:
                raise ValueError("a chunk ends before its end")
            parts.append(part)
            wanted -= len(part)
            self._left -= len(part)
            if not self._left and self._line() != CRLF:
                raise ValueError("a chunk is longer than it says")
        return b"".join(parts)

    def _begin(self) -> None:
        found = CHUNK.fullmatch(self._line())
        if found is None:
            raise ValueError("no length of a chunk")
        self._left = int(found[1], 16)
        self._over = not self._left
        if self._over:
            for _ in range(TRAILERS):
                if (line := self._line()) == CRLF:
                    return
                if TRAILER.fullmatch(line) is None:
                    break
            raise ValueError("no end behind the last chunk")

    def _line(self) -> bytes:
        return bytes(self._file.readline(8_192))


class Headers(dict[bytes, bytes]):
    """The headers of a request; those that say where it ends are said once."""

    def __setitem__(self, name: bytes, value: bytes) -> None:
        if name in (b"Content-Length", b"Transfer-Encoding") and self.get(name, value) != value:
            raise ValueError(f"{name.decode()} is said twice")
        super().__setitem__(name, value)


class Body:
    """What a handler reads a body from. Once it is broken it stays so, whoever reads."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.broken = False

    def read(self, size: int | None = None) -> bytes:
        if self.broken:
            raise ValueError("the body is broken")
        try:
            return bytes(self._file.read(size))
        except Exception:  # chunks that are none, a client that is gone
            self.broken = True
            raise

    def drain(self) -> bool:
        """Read away what nobody has read; whether the next request stands behind it."""
        most = DRAINED
        with suppress(Exception):
            while most > 0 and (part := self.read(65_536)):
                most -= len(part)
        return not self.broken and most > 0


class Gateway(wsgi.Gateway_10):
    """A request as WSGI has it."""

    def get_environ(self) -> Any:
        chunked = self.req.chunked_read
        self.req.rfile = Body(Chunks(self.req.conn.rfile) if chunked else self.req.rfile)
        return super().get_environ()  # type: ignore[no-untyped-call]


class Request(HTTPRequest):
    """A request whose answer's head waits for the body, so that both leave at once.

    No body is left unread: cheroot would take the rest of a chunked one for the next request, and
    close the connection on a 413 while its client still sends, who then never sees the answer.
    """

    conn: Line

    def __init__(self, server: HTTPServer, conn: Line) -> None:
        super().__init__(server, conn)
        self.inheaders = Headers()

    def read_request_line(self) -> bool:
        try:
            return bool(super().read_request_line())  # type: ignore[no-untyped-call]
        except ValueError:  # of urlsplit
            self.simple_response("400 Bad Request", "Malformed Request-URI")
            return False

    def read_request_headers(self) -> bool:
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        length, encoding = (
            self.inheaders.get(n) for n in (b"Content-Length", b"Transfer-Encoding")
        )
        if length is not None and (encoding or not length.isdigit()):
            self.simple_response("400 Bad Request", "Malformed Content-Length Header.")
            return False
        if encoding and not self.chunked_read:  # HTTP/1.0 knows none: where it ends nobody can say
            self.close_connection = True
        return True

    def send_headers(self) -> None:
        if isinstance(self.rfile, Body) and not self.rfile.drain():
            self.close_connection = True
        self.outheaders.append((b"Date", _date(clock.epoch())))
        self.conn.wfile.hold = True
        super().send_headers()
        self.conn.wfile.hold = False

    def respond(self) -> None:
        self.conn.asked = True
        super().respond()
        self.conn.wfile.flush()


@lru_cache(maxsize=2)
def _date(now: int) -> bytes:
    """A second as a header says it; cheroot would work it out for every answer."""
    return formatdate(now, usegmt=True).encode("ascii")


class Line(HTTPConnection):
    """One connection. `last_used` is monotonic time, `asked` whether a whole head has been read."""

    RequestHandlerClass = Request
    rfile: Reader
    wfile: Writer
    last_used: float
    asked = False

    def __init__(self, server: HTTPServer, sock: socket.socket, address: Any) -> None:
        super().__init__(server, sock, _file)
        self.remote_addr, self.remote_port = address[:2]
        self.last_used = time.monotonic()


def _file(sock: socket.socket, mode: str, size: int) -> Reader | Writer:
    return Reader(Raw(sock, "rb"), size) if "r" in mode else Writer(sock)
