"""The open connections of a server: which of them have something to say, and how it is read and sent.

HTTP is cheroot's. Its readers and writers are Python's own buffered files, written in Python, and
head and body of an answer leave in two packets: both are replaced here by what is written in C.
"""

from __future__ import annotations

import io
import selectors
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest

if TYPE_CHECKING:
    from cheroot.server import HTTPServer

DRAINED = 1024 * 1024 * 1024
"""Bytes of a body that are read away; who sends more finds the connection closed."""
WAIT = 0.05 if sys.platform == "win32" else 1.0  # there, select() overlooks new connections


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
        while done < len(
            whole
        ):  # not sendall: its time is for all, and a slow reader may take more
            done += self._sock.send(memoryview(whole)[done:])
        return len(data)

    def flush(self) -> None:
        if self._held:
            self.write(b"")


class Body:
    """What a handler reads a body from. Once it is broken it stays so, whoever reads."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

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
        self.req.rfile = Body(self.req.rfile)
        return super().get_environ()  # type: ignore[no-untyped-call]


class Request(HTTPRequest):
    """A request whose answer's head waits for the body, so that both leave at once.

    No body is left unread: cheroot would take the rest of a chunked one for the next request, and
    close the connection on a 413 while its client still sends, who then never sees the answer.
    """

    conn: Line

    def read_request_line(self) -> bool:
        try:
            return bool(super().read_request_line())  # type: ignore[no-untyped-call]
        except ValueError:  # of urlsplit
            self.simple_response("400 Bad Request", "Malformed Request-URI")
            return False

    def read_request_headers(self) -> bool:
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        if not self.inheaders.get(b"Content-Length", b"0").isdigit():
            self.simple_response("400 Bad Request", "Malformed Content-Length Header.")
            return False
        return True

    def send_headers(self) -> None:
        if isinstance(self.rfile, Body) and not self.rfile.drain():
            self.close_connection = True
        self.conn.wfile.hold = True
        super().send_headers()
        self.conn.wfile.hold = False

    def respond(self) -> None:
        self.conn.asked = True
        super().respond()
        self.conn.wfile.flush()


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


class Lines:
    """The open connections that wait for a request. `put`, `take` and `wake` from any thread."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._inner, self._outer = socket.socketpair()
        for end in (self._inner, self._outer, server.socket):
            end.setblocking(False)
        self._selector.register(self._inner, selectors.EVENT_READ)
        self._selector.register(server.socket, selectors.EVENT_READ)
        self._looked = time.monotonic()
        self._closed = False

    def ready(self, timeout: float) -> list[Line]:
        """Those where something has arrived; waits for the first so many seconds."""
        if time.monotonic() - self._looked > WAIT:
            self._expire()
        found = []
        for key, _ in self._selector.select(timeout):
            if key.data is not None:
                found.append(key.data)
            elif key.fileobj is self._inner:
                self._inner.recv(4096)
            else:
                self._accept()
        return found

    def put(self, line: Line) -> None:
        """Wait for its next request."""
        with self._lock:
            if not self._closed:
                self._selector.register(line.socket, selectors.EVENT_READ, line)
                return self.wake()
        return drop(line)

    def take(self, line: Line) -> None:
        """Wait for nothing of it."""
        with self._lock, suppress(KeyError, ValueError):
            self._selector.unregister(line.socket)

    def give_up(self, line: Line) -> None:
        """Wait no longer for the rest of a head; its thread is told that nothing more comes."""
        with suppress(OSError):
            line.socket.shutdown(socket.SHUT_RD)

    def wake(self) -> None:
        """Have the thread in `ready` look again."""
        with suppress(OSError):  # full: it is awake already
            self._outer.send(b".")

    def shut(self) -> None:
        """Take those in whose connection stands already, and no more."""
        while self._accept():
            pass
        with self._lock:
            self._selector.unregister(self._server.socket)
        self._server.socket.close()

    def close(self) -> None:
        for line in self._all():
            drop(line)
        with self._lock:
            self._closed = True
        self._selector.close()
        self._inner.close()
        self._outer.close()

    def _accept(self) -> bool:
        try:
            made, address = self._server.socket.accept()
        except BlockingIOError:
            return False
        except ConnectionError:  # gone again; the next may be there
            return True
        except OSError as error:  # no descriptor left: to ask again at once would only burn time
            self._server.error_log(f"a connection was not accepted: {error}")
            time.sleep(0.05)
            return False
        made.settimeout(self._server.timeout)
        line = Line(self._server, made, address)
        with self._lock:
            self._selector.register(made, selectors.EVENT_READ, line)
        return True

    def _expire(self) -> None:
        """Close what has been silent for longer than the server's timeout."""
        self._looked = time.monotonic()
        for line in self._all():
            if line.last_used < self._looked - self._server.timeout:
                self.take(line)
                drop(line)

    def _all(self) -> list[Line]:
        with self._lock:
            keys = list(self._selector.get_map().values())
        return [key.data for key in keys if key.data is not None]


def drop(line: HTTPConnection) -> None:
    """Close a connection that may be closed already."""
    with suppress(OSError):
        line.close()
