"""Which thread answers which connection: one leads, the others stand by.

cheroot has one thread wait for requests, hand each to a pool, and take the connection back: under
Python's one lock the two hand-overs cost more than the request (README, cost). Here the thread that
waits for requests answers them too. One that keeps it for longer than PATIENCE costs it the lead:
another thread waits from then on, and nobody is held up. The pattern is Leader/Followers (Schmidt,
O'Ryan, Kircher, Pyarali, Buschmann, 2000); parsing and writing HTTP stays cheroot's.
"""

from __future__ import annotations

import queue
import selectors
import socket
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPConnection

PATIENCE = 0.005
"""Seconds that a request may take before another thread is given the lead."""
MOST = 64
"""Threads, and so requests that may wait at once."""
WAIT = 0.05 if sys.platform == "win32" else 1.0  # there, select() overlooks new connections
QUIET = 20
"""Looks without a request after which the watch sleeps until there is one."""


class Server(wsgi.Server):
    """cheroot's server with a crew in place of its pool of threads and its connection manager."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.requests: Crew = Crew(self)

    @property
    def can_add_keepalive_connection(self) -> bool:
        """What an answer says of its connection: it stays open until the server stops."""
        return bool(self.ready) and not self.requests.stopping

    def serve(self) -> None:
        """Serve from now on, in threads; `prepare` has bound the socket."""
        self.requests.begin()

    def stop(self) -> None:
        """Take nothing new and return when what was begun is finished."""
        if self.ready:
            self.requests.finish(self.shutdown_timeout)
            self.socket = None  # closed already
            super().stop()


class Lines:
    """The open connections that wait for a request. `put`, `take` and `wake` from any thread."""

    def __init__(self, server: Server) -> None:
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

    def ready(self, timeout: float) -> list[HTTPConnection]:
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

    def put(self, line: HTTPConnection) -> None:
        """Wait for its next request."""
        with self._lock:
            if not self._closed:
                self._selector.register(line.socket, selectors.EVENT_READ, line)
                return self.wake()
        return drop(line)

    def take(self, line: HTTPConnection) -> None:
        """Wait for nothing of it."""
        with self._lock, suppress(KeyError, ValueError):
            self._selector.unregister(line.socket)

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
            time.sleep(PATIENCE)
            return False
        made.settimeout(self._server.timeout)
        line = HTTPConnection(self._server, made)
        line.remote_addr, line.remote_port = address[:2]
        line.last_used = time.monotonic()
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

    def _all(self) -> list[HTTPConnection]:
        with self._lock:
            keys = list(self._selector.get_map().values())
        return [key.data for key in keys if key.data is not None]


@dataclass(slots=True, eq=False)
class Term:
    """One thread's time in the lead: the connection in its hand, since when, and whether it is over."""

    held: HTTPConnection | None = None
    since: float = 0.0
    over: bool = False


class Crew:
    """The threads of a server. It has what cheroot asks of a pool: `start`, `stop`, `min`."""

    min = 1

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = threading.Lock()
        """Guards the end of a term and the threads that stand by."""
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._calls: queue.SimpleQueue[Term | None] = queue.SimpleQueue()
        self._ready: deque[HTTPConnection] = deque()
        self._term: Term | None = None
        self._served = 0
        self._dozing = False
        self._awake = threading.Event()
        self.stopping = False

    def start(self) -> None:
        """cheroot calls it once the socket is bound; serving begins with `begin`."""
        self._lines = Lines(self._server)

    def begin(self) -> None:
        """Answer from now on."""
        self._term = Term()
        self._someone()
        self._call(self._term)
        threading.Thread(target=self._watch, name="mockserver-watch", daemon=True).start()

    def finish(self, timeout: float) -> None:
        """Answer what has arrived, then end; waits so many seconds for what takes longer."""
        until = time.monotonic() + timeout
        self.stopping = True
        if self._term is None:  # it was never begun
            self._lines.shut()
        self._lines.wake()
        for thread in self._threads:  # it may grow meanwhile
            thread.join(max(0.0, until - time.monotonic()))
        self._term = None
        self._awake.set()
        self._lines.close()

    def stop(self, timeout: float) -> None:
        """cheroot calls it at the end of its `stop`, when all are gone."""

    # the threads

    def _follow(self) -> None:
        """A thread's life: stand by, lead, stand by."""
        while (term := self._calls.get()) is not None:
            self._lead(term)
            with self._lock:
                self._idle += 1

    def _lead(self, term: Term) -> None:
        while not term.over:
            if self._ready:
                self._answer(self._ready.popleft(), term)
            elif not self.stopping:
                self._ready.extend(self._lines.ready(WAIT))
            elif not self._last():
                return

    def _last(self) -> bool:
        """With the server about to stop: whether there is still a request to be answered."""
        if self._server.socket.fileno() >= 0:
            self._lines.shut()
        self._ready.extend(self._lines.ready(0))
        if not self._ready:
            with self._lock:
                for _ in self._threads:
                    self._calls.put(None)
        return bool(self._ready)

    def _answer(self, line: HTTPConnection, term: Term) -> None:
        """One request, or as many as the client has sent at once."""
        term.since = line.last_used = time.monotonic()
        term.held = line
        if self._dozing:
            self._awake.set()
        keep = self._kept(line)
        self._served += 1
        with self._lock:
            term.held = None
        if not keep:
            self._lines.take(line)
            drop(line)
        elif term.over:
            self._lines.put(line)

    def _kept(self, line: HTTPConnection) -> bool:
        """Answer; whether the connection stays open."""
        try:
            while line.communicate():  # type: ignore[no-untyped-call]
                if not line.rfile.has_data():
                    return True
        except ConnectionError:
            pass
        except BaseException as error:  # whatever it is, the thread must live on
            self._server.error_log(f"unhandled error: {error!r}", traceback=True)
        return False

    # the lead

    def _watch(self) -> None:
        """Give the lead to another thread when a request takes long."""
        seen, quiet = -1, 0
        while (term := self._term) is not None:
            quiet = quiet + 1 if term.held is None and self._served == seen else 0
            seen = self._served
            if quiet > QUIET:
                self._doze(term)
                quiet = 0
            time.sleep(PATIENCE)
            self._relieve()

    def _doze(self, term: Term) -> None:
        self._awake.clear()
        self._dozing = True
        # looked at once more: who took a request before that line has not seen that we doze
        if term.held is None and self._term is not None:
            self._awake.wait()
        self._dozing = False

    def _relieve(self) -> None:
        with self._lock:
            term = self._term
            if term is None or term.held is None or time.monotonic() - term.since < PATIENCE:
                return
            if self._someone():
                term.over = True
                self._lines.take(term.held)
                self._term = Term()
                self._call(self._term)

    def _someone(self) -> bool:
        """Whether a thread stands by; makes one where there may be more."""
        if not self._idle and len(self._threads) < MOST:
            name = f"mockserver-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._follow, name=name, daemon=True)
            self._threads.append(thread)
            self._idle += 1
            thread.start()
        return self._idle > 0

    def _call(self, term: Term) -> None:
        self._idle -= 1
        self._calls.put(term)


def drop(line: HTTPConnection) -> None:
    """Close a connection that may be closed already."""
    with suppress(OSError):
        line.close()
