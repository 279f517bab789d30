"""One connection of a live server: uvicorn's, with the bounds that it leaves open.

HTTP/1.1 is llhttp's, by way of uvicorn and httptools. Added is what RFC 9112 asks of a server and
they leave to others: one `Host`, no transfer coding but `chunked`, trailers that are no headers, a
time and a size for a head, an end for clients that stall, an answer for clients that have finished
sending, and a refusal that waits for its turn behind the answers before it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from mockserver.web.request_head import HEAD_BYTES, NoRequest, absolute_form, judge_head, too_large

PARSED, LONG = 4 * 1024, 32 * 1024
"""Bytes that are parsed at once: some hundred of the smallest requests; and of a body."""
HEAD_SECONDS = 20.0
"""Within which a head must be whole once it has begun."""
IDLE_SECONDS = 60.0
"""After which a connection is closed that sends nothing, or reads nothing of its answer."""
LINGER_SECONDS = 2.0
"""For which a refused client may go on sending, so that it comes to read the refusal."""
BROKEN, DROP, NAMED = "mockserver.broken", "mockserver.drop", "mockserver.named"
"""Keys of a scope: whether the body has ended before its end, what ends the connection, and the host
that a target in its absolute form has named."""
FINISHED = "mockserver.finished"
"""Key of a scope: whether the client has closed its side."""

log = logging.getLogger("mockserver.wire")
log.setLevel(logging.ERROR)


class Protocol(HttpToolsProtocol):
    """One connection. `seen` is when something last came or went, in the loop's time."""

    def __init__(self, config: Config, state: ServerState, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(config, state, {}, loop)
        self.logger = log
        self.seen = loop.time()
        self._head_since: float | None = None
        self._head_bytes = 0
        self._stuck_since: float | None = None
        self._refused: NoRequest | None = None
        self._over = self._ended = False
        self._held = self._named = b""
        self._begun: RequestResponseCycle | None = None

    # what comes

    def data_received(self, data: bytes) -> None:
        self.seen = self.loop.time()
        self._held = self._held + data if self._held else data
        self._parse()

    def _parse(self) -> None:
        """Parse a little at a time, and nothing while a whole request waits for its answer: a line
        full of requests would else be a queue without an end."""
        data, self._held = self._held, b""
        at, view = 0, memoryview(data)
        while at < len(data):
            if self._over:
                return
            of_body = (
                self.cycle is not None and self.cycle.more_body
            )  # answered before its end or not
            if self._unfinished() and not of_body:
                self._held = data[at:]
                self.flow.pause_reading()
                return
            part: Any = view[at : at + (LONG if of_body else PARSED)]
            at += len(part)
            super().data_received(part)
            if self._head_since is not None:
                self._head_bytes += len(part)
                if self._head_bytes > HEAD_BYTES and not self._over:
                    self._refuse(too_large())
        if self._ended:
            self._finish()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Who has finished sending may still read the answer; TLS knows no such thing."""
        self._ended = True
        if not self._unfinished() or self.scheme == "https":
            return False
        if not self._held:
            self._finish()
        return True

    def _finish(self) -> None:
        """Nothing more comes."""
        self._over = True
        if self._unfinished():
            self._end_body()
            scope: Any = self.cycle.scope
            scope[FINISHED] = True
            self.cycle.message_event.set()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """uvicorn tells the last request alone; others on the line may stand before it."""
        self._over = True
        waiting = [cycle for cycle, _ in self.pipeline]
        self.pipeline.clear()
        super().connection_lost(exc)
        for cycle in (self._begun, *waiting):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._begun = cycle
        super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_since, self._head_bytes = self.seen, 0

    def on_headers_complete(self) -> None:
        self._head_since = None
        version = self.parser.get_http_version()
        try:
            judge_head(version, self.url, self.headers)
            self._take_target()
        except NoRequest as refused:
            self._refused = refused
            raise
        if version == "1.0":
            self.expect_100_continue = False  # it has no such answer (RFC 9110, 10.1.1)
        super().on_headers_complete()
        self.headers = []  # trailers are no headers
        scope: Any = self.scope
        scope[DROP], scope[NAMED] = self.drop, self._named.decode("latin-1")
        if self.parser.should_upgrade():  # to nothing we speak: answer, and read no further
            self.cycle.keep_alive = False

    def _take_target(self) -> None:
        """A host that the target names goes before what the header says."""
        self.url, self._named = absolute_form(self.url)
        if self._named:
            kept = [(name, value) for name, value in self.headers if name != b"host"]
            self.headers[:] = [(b"host", self._named), *kept]

    # what is refused

    def send_400_response(self, msg: str) -> None:
        """uvicorn calls it for what its parser refuses, and for what a callback raises."""
        self._refuse(self._refused or NoRequest(400, "this is not an HTTP/1.1 request"))

    def _refuse(self, refused: NoRequest) -> None:
        """Take nothing more; what was begun before is answered first, and in place of the refusal."""
        self._over = True
        if self._unfinished():
            self._end_body()
            return
        error = {"status": str(refused.status), "title": "bad request", "detail": refused.detail}
        body = json.dumps({"errors": [error]}, separators=(",", ":")).encode()
        head = [
            *self.server_state.default_headers,
            (b"content-type", b"application/vnd.api+json"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%b: %b\r\n" % line for line in head)
        self.transport.write(STATUS_LINE[refused.status] + lines + b"\r\n" + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()

    def _unfinished(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _end_body(self) -> None:
        """Nothing follows the last request; a body that is not whole is broken off."""
        self.cycle.keep_alive = False
        if self.cycle.more_body:
            scope: Any = self.cycle.scope
            scope[BROKEN] = True
            self.cycle.message_event.set()

    # what goes

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.seen = self.loop.time()
        if self._held and not self.transport.is_closing():
            self._parse()

    def pause_writing(self) -> None:
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stuck_since = None
        super().resume_writing()

    def drop(self, *, at_once: bool) -> None:
        """End the connection, with or without what has been written."""
        self._over = True
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()

    def look(self, now: float) -> None:
        """End what stalls; the server calls it every LOOK_SECONDS."""
        if self._head_since is not None and now - self._head_since > HEAD_SECONDS:
            self._head_since = None
            self._refuse(NoRequest(408, f"the head was not whole within {HEAD_SECONDS:g} seconds"))
        elif self._stuck_since is not None and now - self._stuck_since > IDLE_SECONDS:
            self.transport.abort()
        elif now - self.seen > IDLE_SECONDS:
            if not self._unfinished():
                self.transport.close()
            elif self.cycle.more_body and not self.flow.read_paused:
                self._over = True
                self._end_body()


def settings(app: Any) -> Config:
    """What uvicorn is told: an ASGI application, and to leave logs, proxies and signals alone."""
    config = Config(
        app,
        interface="asgi3",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=int(IDLE_SECONDS),
    )
    config.load()
    return config
