"""The open connections of a server: which of them have something to say."""

from __future__ import annotations

import selectors
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from mockserver.web.connection import Line

if TYPE_CHECKING:
    from cheroot.server import HTTPServer

WAIT = 0.05 if sys.platform == "win32" else 1.0  # there, select() overlooks new connections


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


def drop(line: Line) -> None:
    """Close a connection that may be closed already."""
    with suppress(OSError):
        line.close()
