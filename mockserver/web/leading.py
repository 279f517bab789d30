"""Which thread answers which connection: one leads, the others stand by.

cheroot has one thread wait for requests, hand each to a pool, and take the connection back: under
Python's one lock the two hand-overs cost more than the request (README, cost). Here the thread that
waits for requests answers them too. One that keeps it for longer than PATIENCE costs it the lead:
another thread waits from then on, and nobody is held up. The pattern is Leader/Followers (Schmidt,
O'Ryan, Kircher, Pyarali, Buschmann, 2000); parsing and writing HTTP stays cheroot's.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cheroot import wsgi

from mockserver.web.connection import Gateway, Line
from mockserver.web.lines import WAIT, Lines, drop

PATIENCE = 0.005
"""Seconds that a request may take before another thread is given the lead."""
MOST = 64
"""Threads, and so requests that may wait at once."""
GRACE = 0.5
"""Seconds that a stopping server waits for the rest of a request's head."""
QUIET = 20
"""Looks without a request after which the watch sleeps until there is one."""


class Server(wsgi.Server):
    """cheroot's server with a crew in place of its pool of threads and its connection manager."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.gateway = Gateway
        self.requests: Crew = Crew(self)
        self._stopping = threading.Lock()

    @property
    def can_add_keepalive_connection(self) -> bool:
        """What an answer says of its connection: it stays open until the server stops."""
        return bool(self.ready) and not self.requests.stopping

    def serve(self) -> None:
        """Serve from now on, in threads; `prepare` has bound the socket."""
        self.requests.begin()

    def stop(self) -> None:
        """Take nothing new and return when what was begun is finished."""
        with self._stopping:
            if self.ready:
                self.requests.finish(self.shutdown_timeout)
                self.socket = None  # closed already
                super().stop()

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        with suppress(OSError, ValueError):  # nobody reads it: no reason to end
            super().error_log(msg, level, traceback)


@dataclass(slots=True, eq=False)
class Term:
    """One thread's time in the lead: the connection in its hand, since when, and whether it is over."""

    held: Line | None = None
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
        self._ready: deque[Line] = deque()
        self._held: set[Line] = set()
        self._term: Term | None = None
        self._served = 0
        self._dozing = False
        self._awake = threading.Event()
        self.stopping = False

    def start(self) -> None:
        """cheroot calls it once the socket is bound; serving begins with `begin`."""
        self._lines = Lines(self._server)

    def begin(self) -> None:
        """Answer from now on; said again, it changes nothing."""
        with self._lock:
            if self._threads or self.stopping:
                return
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
        grace = time.monotonic() + GRACE
        for thread in self._threads:  # it may grow meanwhile
            while thread.is_alive() and time.monotonic() < until:
                thread.join(GRACE / 10)
                if time.monotonic() > grace:
                    self._give_up_unasked()
        self._term = None
        self._awake.set()
        self._lines.close()

    def _give_up_unasked(self) -> None:
        for line in tuple(self._held):
            if not line.asked:
                self._lines.give_up(line)

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
                self._ready.extend(self._arrived(WAIT))
            elif not self._last():
                return

    def _arrived(self, timeout: float) -> list[Line]:
        try:
            return self._lines.ready(timeout)
        except Exception as error:  # whatever it is, somebody must lead
            self._server.error_log(f"unexpected while waiting: {error!r}", traceback=True)
            time.sleep(PATIENCE)
            return []

    def _last(self) -> bool:
        """With the server about to stop: whether there is still a request to be answered."""
        if self._server.socket.fileno() >= 0:
            self._lines.shut()
        self._ready.extend(self._arrived(0))
        if not self._ready:
            with self._lock:
                for _ in self._threads:
                    self._calls.put(None)
        return bool(self._ready)

    def _answer(self, line: Line, term: Term) -> None:
        """One request, or as many as the client has sent at once."""
        term.since = line.last_used = time.monotonic()
        term.held = line
        if self._dozing:
            self._awake.set()
        self._held.add(line)
        keep = self._kept(line)
        self._held.discard(line)
        line.last_used = time.monotonic()
        self._served += 1
        with self._lock:
            term.held = None
        if not keep:
            self._lines.take(line)
            drop(line)
        elif term.over:
            self._lines.put(line)

    def _kept(self, line: Line) -> bool:
        """Answer; whether the connection stays open."""
        try:
            line.asked = False
            while line.communicate():  # type: ignore[no-untyped-call]
                if not line.rfile.has_data():
                    return True
                line.asked = False
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
