"""Paths that are not the API's are Flask's, and what it streams holds no thread."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import flask
import pytest

from mockserver.web.asgi import LIGHT
from mockserver.web.serving import LiveServer
from tests.client import connected

EVENTS = LIGHT * 20
"""Many more streams than there are threads."""


class Ticks:
    """Events that come one by one: the last when it is time for it."""

    def __init__(self, over: threading.Event) -> None:
        self._over = over

    def __iter__(self) -> Iterator[bytes]:
        raise AssertionError("a door that can wait must not block a thread")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for n in range(3):
            yield b"data: %d\n\n" % n
            while n == 1 and not self._over.is_set():
                await asyncio.sleep(0.1)


@pytest.fixture
def over() -> threading.Event:
    """When the events come to their end."""
    return threading.Event()


@pytest.fixture
def live(over: threading.Event) -> Iterator[LiveServer]:
    app = flask.Flask("streams")

    @app.get("/events")
    def events() -> flask.Response:
        stream: Any = Ticks(over)
        return flask.Response(stream, mimetype="text/event-stream", direct_passthrough=True)

    @app.post("/echo")
    def echo() -> flask.Response:
        return flask.Response(flask.request.get_data(), mimetype="text/plain")

    @app.get("/parts")
    def parts() -> flask.Response:
        return flask.Response((b"x" * 1000 for _ in range(10)), mimetype="text/plain")

    with LiveServer(app) as server:
        yield server


def test_streams_hold_no_thread_however_many_there_are(
    live: LiveServer, over: threading.Event
) -> None:
    with ExitStack() as stack:
        listening = []
        for _ in range(EVENTS):
            line = stack.enter_context(socket.create_connection((live.host, live.port), timeout=20))
            line.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            listening.append(line)
        with connected(live.url) as good:
            good.request("POST", "/echo", b"still here")
            assert good.getresponse().read() == b"still here"
        over.set()
        for line in listening:
            said = b""
            while part := line.recv(65_536):
                said += part
            assert [said.count(b"data: %d" % n) for n in range(3)] == [1, 1, 1]


def test_what_flask_gives_in_parts_is_sent_in_parts(live: LiveServer) -> None:
    with connected(live.url) as line:
        line.request("GET", "/parts")
        answer = line.getresponse()
        assert answer.getheader("Transfer-Encoding") == "chunked"
        assert len(answer.read()) == 10_000


def test_an_application_that_fails_costs_its_own_request_alone() -> None:
    def failing(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/fail":
            raise ZeroDivisionError
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    app: Any = failing
    with LiveServer(app) as live, connected(live.url) as line:
        for path, status in (("/", 200), ("/fail", 500), ("/", 200)):
            line.request("GET", path)
            answer = line.getresponse()
            answer.read()
            assert answer.status == status
