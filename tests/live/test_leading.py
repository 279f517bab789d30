"""Who answers which connection: nobody who waits, stalls or hangs up holds up another."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from typing import Any, cast

import pytest

import mockserver
from mockserver.web import leading, lines
from mockserver.web.serving import LiveServer

from .serving import SET, connected


class Gated:
    """A WSGI application: `/wait` answers once the gate is open, `/exit` raises what no handler
    catches, anything else answers with the names of the threads that have answered so far."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.waiting = threading.Semaphore(0)
        """Released once for each request that has come to the gate."""
        self.threads: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.threads.append(threading.current_thread().name)
        if environ["PATH_INFO"] == "/exit":
            raise SystemExit(3)
        if environ["PATH_INFO"] == "/wait":
            self.waiting.release()
            assert self.gate.wait(30)
        body = json.dumps(self.threads).encode()
        start("200 OK", [("Content-Length", str(len(body)))])
        return (body,)


@pytest.fixture
def gated() -> Iterator[Gated]:
    made = Gated()
    yield made
    made.gate.set()


@pytest.fixture
def live(gated: Gated) -> Iterator[LiveServer]:
    with LiveServer(cast(Any, gated)) as server:
        yield server
        gated.gate.set()


def get(line: HTTPConnection, path: str) -> list[str]:
    line.request("GET", path)
    answer = line.getresponse()
    assert answer.status == 200
    return cast(list[str], json.loads(answer.read()))


@contextmanager
def waiting(live: LiveServer, gated: Gated, requests: int) -> Iterator[list[Future[list[str]]]]:
    """So many requests that stand at the gate, each on a connection of its own."""

    def wait() -> list[str]:
        with connected(live.url, timeout=30) as line:
            return get(line, "/wait")

    with ThreadPoolExecutor(requests) as pool:
        asked = [pool.submit(wait) for _ in range(requests)]
        for _ in range(min(requests, leading.MOST)):
            assert gated.waiting.acquire(timeout=20)
        yield asked
        gated.gate.set()


def test_requests_that_wait_hold_up_nobody(live: LiveServer, gated: Gated) -> None:
    with waiting(live, gated, leading.MOST - 1) as asked, connected(live.url) as line:
        assert len(get(line, "/now")) == leading.MOST
        assert not any(future.done() for future in asked)
    assert all(future.result() for future in asked)


def test_when_every_thread_waits_the_next_requests_are_answered_once_they_are_free(
    live: LiveServer, gated: Gated
) -> None:
    with waiting(live, gated, leading.MOST + 4) as asked:
        assert len(gated.threads) == leading.MOST  # four have not been begun
    assert all(future.result() for future in asked)
    assert len(gated.threads) == leading.MOST + 4


def test_a_request_that_waits_in_one_world_holds_up_no_other_world() -> None:
    def show(key: str) -> int:
        with connected(slow.url, timeout=30) as line:
            line.request("GET", SET, headers={"Authorization": f"Bearer {key}"})
            return line.getresponse().status

    with mockserver.universe(key="slow") as slow, ThreadPoolExecutor(1) as pool:
        slow.fork("quick")
        slow.faults.add("latency", operation="show-policy-set", seconds=2)
        asked = pool.submit(show, "slow")
        assert [show("quick") for _ in range(20)] == [200] * 20
        assert not asked.done()
        assert asked.result() == 200


def test_clients_that_stall_in_the_middle_of_a_request_hold_up_nobody(
    live: LiveServer, gated: Gated
) -> None:
    with ExitStack() as stack:
        host, port = live.host, live.port
        for start in (b"G", b"GET /now HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHos"):
            for _ in range(10):
                stalled = stack.enter_context(socket.create_connection((host, port)))
                stalled.sendall(start)
        line = stack.enter_context(connected(live.url))
        for _ in range(3):
            get(line, "/now")


def test_a_connection_that_lost_its_thread_the_lead_takes_the_next_request(
    live: LiveServer, gated: Gated
) -> None:
    with connected(live.url) as slow, connected(live.url) as quick:
        slow.request("GET", "/wait")
        assert gated.waiting.acquire(timeout=20)
        get(quick, "/now")
        gated.gate.set()
        slow.getresponse().read()
        sock = slow.sock
        get(slow, "/now")
        assert slow.sock is sock  # the same connection, not a second one
        assert len(set(gated.threads)) == 2


def test_requests_that_do_not_wait_are_all_answered_by_one_thread(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "PATIENCE", 20)  # a busy machine stretches what is short
    with LiveServer(cast(Any, gated)) as live, ExitStack() as stack:
        lines = [stack.enter_context(connected(live.url)) for _ in range(20)]
        for _ in range(5):
            for line in lines:
                get(line, "/now")
    assert len(gated.threads) == 100
    assert len(set(gated.threads)) == 1


def test_fifty_connections_are_kept_open_at_once(live: LiveServer) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(live.url)) for _ in range(50)]
        for line in lines:
            get(line, "/now")
        sockets = [line.sock for line in lines]
        for line in lines:
            get(line, "/now")
        assert [line.sock for line in lines] == sockets


def test_requests_sent_at_once_on_one_connection_are_answered_in_their_order(
    live: LiveServer,
) -> None:
    ask = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((live.host, live.port)) as line:
        line.sendall(b"".join(ask % n for n in range(20)))
        with line.makefile("rb") as read:
            for n in range(20):
                assert read.readline() == b"HTTP/1.1 200 OK\r\n"
                length = 0
                while (header := read.readline()) != b"\r\n":
                    if header.startswith(b"Content-Length:"):
                        length = int(header.split(b":")[1])
                assert len(json.loads(read.read(length))) == n + 1


def test_a_connection_that_hangs_up_in_the_middle_of_its_request_ends_alone(
    live: LiveServer, gated: Gated
) -> None:
    for start in (b"", b"GET /no", b"GET /now HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n"):
        with socket.create_connection((live.host, live.port)) as gone:
            gone.sendall(start)
    with connected(live.url) as line:
        get(line, "/now")


def test_a_handler_that_raises_what_nobody_catches_costs_its_own_connection_alone(
    live: LiveServer, capfd: pytest.CaptureFixture[str]
) -> None:
    with connected(live.url) as bad, connected(live.url) as good:
        get(good, "/now")
        bad.request("GET", "/exit")
        with pytest.raises(OSError, match="closed connection"):
            bad.getresponse()
        get(good, "/now")
    assert "unhandled error: SystemExit(3)" in capfd.readouterr().err


def test_a_silent_connection_is_closed_after_its_time(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "WAIT", 0.02)
    live._server.timeout = 0.1
    with connected(live.url) as line, connected(live.url) as other:
        get(line, "/now")
        line.sock.settimeout(10)
        get(other, "/now")
        assert line.sock.recv(1) == b""


def test_a_server_that_was_never_started_stops_and_frees_its_port(gated: Gated) -> None:
    server = LiveServer(cast(Any, gated))
    url = server.url
    server.stop()
    server.stop()
    with pytest.raises(OSError, match="refused"), connected(url) as line:
        line.request("GET", "/now")


def test_no_thread_is_left_when_a_server_has_stopped(gated: Gated) -> None:
    before = set(threading.enumerate())
    server = LiveServer(cast(Any, gated)).start()
    with waiting(server, gated, 10), connected(server.url) as line:
        get(line, "/now")
    server.stop()
    left = {thread for thread in set(threading.enumerate()) - before if thread.is_alive()}
    assert not [thread.name for thread in left if thread.name != "mockserver-watch"]


def test_what_has_arrived_is_answered_when_a_server_stops_though_all_its_threads_wait(
    gated: Gated,
) -> None:
    server = LiveServer(cast(Any, gated)).start()
    with ThreadPoolExecutor(1) as pool:
        with waiting(server, gated, leading.MOST + 4) as asked:
            stopping = pool.submit(server.stop)
            assert not stopping.done()
        stopping.result(timeout=20)
    assert len(gated.threads) == leading.MOST + 4
    assert all(future.result() for future in asked)


TOLD_AT_ANY_TIME = """
import os, subprocess, sys, threading, time
from mockserver.web.serving import LiveServer

kill = ["sh", "-c", "while read line; do kill -TERM $1; done", "-", str(os.getpid())]
killer = subprocess.Popen(kill, stdin=subprocess.PIPE)
over = threading.Event()

def burn():
    while not over.is_set():
        sum(range(100))

class Told(LiveServer):
    def start(self):
        super().start()
        killer.stdin.write(b"now\\n")
        killer.stdin.flush()
        until = time.perf_counter() + delay
        while time.perf_counter() < until:
            pass
        return self

threading.Thread(target=burn).start()
for n in range(120):
    delay = n % 50 / 100_000
    Told(lambda environ, start: ()).run()
over.set()
killer.stdin.close()
"""


def test_a_signal_ends_a_server_whenever_it_comes() -> None:
    """One that came just before the main thread began to wait was once overlooked."""
    done = subprocess.run(
        [sys.executable, "-c", TOLD_AT_ANY_TIME], timeout=60, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
