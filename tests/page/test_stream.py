"""The live journal: rows as they come, no thread held, an end with its client, its world, its server."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from mockserver.page.journal import STREAMS
from mockserver.page.stream import MOST, Stream
from mockserver.pipeline.server import Server
from mockserver.web.asgi import LIGHT
from mockserver.web.serving import GRACE, LiveServer
from mockserver.world.universe import Universe
from tests.client import SETS, connected, sent

from .browsing import KEY, app_with, worlds
from .browsing import Browser as Browsing


class Listening:
    """A connection on which events come."""

    def __init__(self, line: socket.socket) -> None:
        self.line, self.said = line, b""

    def until(self, *words: str, seconds: float = 5.0) -> str:
        """What was said until all these words stand in it."""
        self.line.settimeout(seconds)
        while any(word.encode() not in self.said for word in words):
            part = self.line.recv(65_536)
            assert part, f"it ended: {self.said[-300:]!r}"
            self.said += part
        return self.said.decode()

    def events(self, name: str) -> list[Any]:
        found = []
        for block in self.said.decode().replace("\r\n", "\n").split("\n\n"):
            lines = block.split("\n")
            if f"event: {name}" in lines:
                (data,) = [line.removeprefix("data: ") for line in lines if line.startswith("data")]
                found.append(json.loads(data))
        return found

    def ended(self, seconds: float = 5.0) -> bool:
        self.line.settimeout(seconds)
        try:
            while part := self.line.recv(65_536):
                self.said += part
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


@pytest.fixture
def live() -> Iterator[LiveServer]:
    with LiveServer(app_with()) as server:
        yield server


def server_of(live: LiveServer) -> Server:
    found: Server = live.app.extensions["mockserver"]
    return found


def world_of(live: LiveServer) -> Universe:
    found = server_of(live).universes.numbered(1)
    assert found is not None
    return found


@contextmanager
def listening(live: LiveServer, query: str = "", last: str = "") -> Iterator[Listening]:
    browser = Browsing(live.app, live.url).open()
    cookie = browser.client.get_cookie(f"mockserver-{live.port}", domain="127.0.0.1")
    assert cookie is not None
    with socket.create_connection((live.host, live.port)) as line:
        resumed = f"Last-Event-ID: {last}\r\n" if last else ""
        line.sendall(
            f"GET /worlds/1/journal/events?{query} HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n"
            f"Cookie: {cookie.key}={cookie.value}\r\n{resumed}\r\n".encode()
        )
        one = Listening(line)
        one.until("retry: ")
        yield one


def ask(live: LiveServer, path: str = SETS, times: int = 1, token: str = KEY) -> None:
    with connected(live.url) as line:
        for _ in range(times):
            sent(line, "GET", path, Authorization=f"Bearer {token}")


def listeners(live: LiveServer) -> int:
    until = time.monotonic() + 3
    while world_of(live).journal.listeners and time.monotonic() < until:
        time.sleep(0.01)
    return world_of(live).journal.listeners


def test_a_row_comes_with_its_request(live: LiveServer) -> None:
    with listening(live) as one:
        assert "Content-Type: text/event-stream" in one.said.decode().title().replace(
            "Text/Event-Stream", "text/event-stream"
        )
        ask(live)
        said = one.until("event: rows", "</tr>")
        assert "id: 0.1" in said
        (rows,) = one.events("rows")
        assert 'data-n="1"' in rows["rows"]
        assert "/worlds/1/journal/1" in rows["rows"]
    assert listeners(live) == 0


def test_only_what_fits_the_filters_comes(live: LiveServer) -> None:
    with listening(live, "status=404") as one:
        ask(live)
        ask(live, "/api/v2/nothing")
        one.until("event: rows", "\n\n")
        (rows,) = one.events("rows")
        assert 'data-n="2"' in rows["rows"]
        assert 'data-n="1"' not in rows["rows"]


def test_a_connection_that_was_lost_goes_on_where_it_was(live: LiveServer) -> None:
    ask(live, times=3)
    with listening(live, "since=0.0", last="0.1") as one:
        one.until("event: rows", "</tr>")
        (rows,) = one.events("rows")
        assert [f'data-n="{n}"' in rows["rows"] for n in (1, 2, 3)] == [False, True, True]


def test_what_was_evicted_meanwhile_is_told(live: LiveServer) -> None:
    world_of(live).journal._entries = 3
    ask(live, times=9)
    with listening(live, last="0.2") as one:
        one.until("event: rows", "</tr>")
        assert one.events("missed") == [{"first": 3, "last": 6}]


def test_a_reset_is_told_and_numbers_begin_again(live: LiveServer) -> None:
    ask(live, times=2)
    with listening(live) as one:
        world_of(live).reset()
        one.until("event: cleared")
        ask(live)
        assert "id: 1.1" in one.until("event: rows", "</tr>")
    ask(live)
    with listening(live, last="0.2") as one:  # it was reset while nobody listened
        one.until("event: rows", "</tr>")
        assert len(one.events("cleared")) == 1


def test_a_world_that_is_deleted_says_so_and_ends_its_streams(live: LiveServer) -> None:
    with listening(live) as one:
        server_of(live).universes.remove(KEY)
        one.until("event: gone")
        assert one.events("gone") == [{"why": "it was deleted"}]
        assert one.said.endswith(b"0\r\n\r\n") or b"0\r\n\r\n" in one.until("0\r\n\r\n").encode()


def test_a_stop_ends_the_streams_at_once() -> None:
    with ExitStack() as stack:
        live = LiveServer(app_with()).start()
        listeners_ = [stack.enter_context(listening(live)) for _ in range(5)]
        began = time.monotonic()
        live.stop()
        assert time.monotonic() - began < GRACE / 2
        assert all(one.ended() for one in listeners_)
        assert world_of(live).journal.listeners == 0


def test_streams_hold_no_thread_and_are_bounded(live: LiveServer) -> None:
    assert STREAMS > LIGHT
    with ExitStack() as stack:
        streams = [stack.enter_context(listening(live)) for _ in range(STREAMS)]
        began = time.monotonic()
        ask(live, "/_mock/universe")
        ask(live)
        assert time.monotonic() - began < 2
        for one in streams:
            one.until("event: rows")
        browser = Browsing(live.app, live.url).open()
        answer = browser.get("/worlds/1/journal/events")
        assert answer.status_code == 503
        assert "20 pages of this world are live already" in answer.text
    assert listeners(live) == 0


def test_what_comes_faster_than_one_reads_is_counted() -> None:
    app = app_with()
    universe = worlds(Browsing(app)).universes.numbered(1)
    assert universe is not None
    stream = iter(Stream(universe, "0.0", lambda entry: True, lambda entry: f"<{entry.number}>"))
    client = app.test_client()
    for _ in range(MOST + 30):
        client.get(SETS, headers={"Authorization": f"Bearer {KEY}"})
    (data,) = [line[6:] for line in next(stream).decode().split("\n") if line.startswith("data: ")]
    told = json.loads(data)
    assert (told["left"], told["last"]) == (30, MOST + 30)
    assert told["rows"].startswith(f"<{MOST + 30}><{MOST + 29}>")
    assert told["rows"].count("<") == MOST
    stream.close()  # type: ignore[attr-defined]
    assert universe.journal.listeners == 0


def test_behind_another_wsgi_server_a_stream_blocks_until_there_is_news() -> None:
    app = app_with()
    universe = worlds(Browsing(app)).universes.numbered(1)
    assert universe is not None
    stream = iter(Stream(universe, "", lambda entry: True, lambda entry: f"<{entry.number}>"))
    next(stream)
    asked = threading.Timer(
        0.05, lambda: app.test_client().get(SETS, headers={"Authorization": f"Bearer {KEY}"})
    )
    asked.start()
    assert b'"<1>"' in next(stream)
    asked.join()
    universe.gone = "it was deleted"
    universe.journal.announce()
    assert b"event: gone" in next(stream)
    assert list(stream) == []
