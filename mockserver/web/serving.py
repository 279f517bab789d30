"""A live server on a socket: an event loop, uvicorn's connections, and how they come to an end.

Chosen by the table in `docs/`: one process that holds the state, the port known when asked for 0,
SIGTERM finishes what was begun, keep-alive, TLS.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING, Any

from uvicorn.server import ServerState

from mockserver.pipeline.messages import Answer, Sent
from mockserver.pipeline.server import Server
from mockserver.stopping import stopped_by, stops
from mockserver.web.asgi import AsgiDoor
from mockserver.web.protocol import Protocol, settings
from mockserver.web.threads import Functions, Threads, Wsgis
from mockserver.world import clock

if TYPE_CHECKING:
    from mockserver.web.wsgi import Wsgi

BACKLOG = 2048
BUFFER = 256 * 1024
"""Bytes that the system keeps of an answer that its client does not read (megabytes else); a quarter
of it of a body, so that one of many large ones is not read at a length."""
GRACE = 5.0
"""Seconds that a stopping server waits for what was begun; container runtimes kill after ten."""
FAREWELL = 0.2
"""Seconds that a client has to say good-bye, as TLS wants it."""
LOOK_SECONDS = 1.0
"""Between two looks at who stalls, and at the clock."""
THREADS = 64
"""For applications of others, which may block."""
NAME = (b"server", b"tfe-mockserver")


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it exists."""
    try:
        import uvloop
    except ImportError:  # Windows, PyPy
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError, or OverflowError for what is no port."""
    name = host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    made = socket.create_server((name, port), family=family, backlog=BACKLOG)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER // 4)
    return made


class LiveServer:
    """A server for an application, bound at once and serving from `start` or `run` on.

    `app` is the `Server` of worlds, its application (see `create_app`) or any WSGI application; `answer`, in its place, a function
    that may take its time. `port` 0 takes a free one; `url` knows it. `grace`: see GRACE.
    """

    def __init__(
        self,
        app: Server | Any = None,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        answer: Callable[[Sent], Answer] | None = None,
        tls: ssl.SSLContext | None = None,
        grace: float = GRACE,
    ) -> None:
        self.app, self._answer, self._tls, self._grace = app, answer, tls, grace
        self._socket = bound(host, port)
        self._named = host.strip("[]")
        self.host, self.port = self._socket.getsockname()[:2]
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._stopped = False

    @property
    def url(self) -> str:
        """Where it is reached, without a trailing slash."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        name = f"[{host}]" if ":" in host else host
        return f"{'https' if self._tls else 'http'}://{name}:{self.port}"

    def start(self) -> LiveServer:
        """Serve in a thread of its own; said again, it changes nothing."""
        with self._lock:
            if self._thread is None and not self._stopped:
                ready = threading.Event()
                self._prepare()
                self._thread = threading.Thread(
                    target=self._serve, args=(ready.set,), name=f"mockserver-{self.port}"
                )
                self._thread.daemon = True
                self._thread.start()
                ready.wait()
        return self

    def stop(self) -> None:
        """Take nothing new; return when what was begun is finished, or the grace has passed."""
        with self._lock:
            if not self._stopped:
                self._stopped = True
                self._end()
                if self._thread is not None:
                    self._thread.join()
                else:
                    self._socket.close()

    def run(
        self,
        ready: Callable[[], None] = lambda: None,
        at_once: Callable[[], object] = lambda: None,
    ) -> None:
        """Serve in this thread until SIGTERM, SIGHUP or SIGINT; a second one ends the process at once.

        `ready` is called when signals are heard and connections are taken, `at_once` before that end.
        """

        def first(number: int) -> None:
            self._end()

        def again(number: int) -> None:
            at_once()
            os._exit(128 + number)

        self._prepare()
        with stopped_by(*stops(), signal.SIGINT, first=first, again=again):
            self._serve(ready)

    def _end(self) -> None:
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)

    def _prepare(self) -> None:
        self._loop, self._stop = new_loop(), asyncio.Event()

    def _serve(self, ready: Callable[[], None]) -> None:
        assert self._loop is not None
        assert self._stop is not None
        try:
            self._loop.run_until_complete(self._main(self._loop, self._stop, ready))
        finally:
            self._loop.close()

    async def _main(
        self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event, ready: Callable[[], None]
    ) -> None:
        app = self._application()
        config, state = settings(app), ServerState()
        listening = await loop.create_server(
            lambda: Protocol(config, state, loop),
            sock=self._socket,
            ssl=self._tls,
            ssl_shutdown_timeout=FAREWELL if self._tls else None,
            backlog=BACKLOG,
        )
        ready()
        watch = loop.create_task(_watch(loop, state))
        await stop.wait()
        for _ in range(3):  # take in whose connection stands, and what they have sent
            await asyncio.sleep(0.001)
        listening.close()
        app.stop()
        await _finished(loop, state, self._grace)
        watch.cancel()
        app.close()

    def _application(self) -> AsgiDoor | Wsgis | Functions:
        if self._answer is not None:
            return Functions(self._answer, Threads(THREADS, "mockserver-answer"))
        if isinstance(self.app, Server):
            return AsgiDoor(self.app, flask_later(self.app))
        worlds = getattr(self.app, "extensions", {}).get("mockserver")
        if worlds is not None:
            return AsgiDoor(worlds, self.app)
        return Wsgis(self.app, Threads(THREADS, "mockserver-wsgi"))

    def __enter__(self) -> LiveServer:
        return self.start()

    def __exit__(self, *error: Any) -> None:
        self.stop()


def flask_later(server: Server) -> Wsgi:
    """Flask's application of a server, imported for the first path that needs it: a quarter of the
    time in which `serve` starts, and the API and `/_mock` pass it by."""

    @cache
    def made() -> Wsgi:
        from mockserver.web.app import application

        return application(server)

    return lambda environ, start: made()(environ, start)


async def _watch(loop: asyncio.AbstractEventLoop, state: ServerState) -> None:
    """Every LOOK_SECONDS: the date of answers, and an end for clients that stall."""
    while True:
        date = formatdate(clock.epoch(), usegmt=True).encode("ascii")
        state.default_headers = [(b"date", date), NAME]
        for connection in tuple(state.connections):
            if isinstance(connection, Protocol):
                connection.look(loop.time())
        await asyncio.sleep(LOOK_SECONDS)


async def _finished(loop: asyncio.AbstractEventLoop, state: ServerState, grace: float) -> None:
    """Close who is idle, wait for who is being answered, then end who is left."""
    for connection in tuple(state.connections):
        connection.shutdown()
    until = loop.time() + grace
    while (state.connections or state.tasks) and loop.time() < until:
        await asyncio.sleep(0.002)
    for connection in tuple(state.connections):
        connection.transport.abort()
    for task in tuple(state.tasks):
        task.cancel()
    if state.tasks:
        await asyncio.wait(tuple(state.tasks), timeout=0.1)
    await asyncio.sleep(0)
