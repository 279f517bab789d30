"""What somebody found who attacked the server's own handling of connections; none may come back."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, cast

import pytest

from mockserver.pipeline import routes
from mockserver.web import create_app, leading, lines
from mockserver.web.serving import LiveServer

ORG = "/api/v2/organizations/my-organization"
SETS = f"{ORG}/policy-sets"


@pytest.fixture
def live() -> Iterator[LiveServer]:
    with LiveServer(create_app()) as server:
        yield server


def universe(live: LiveServer) -> Any:
    return live.app.extensions["mockserver"].universes.get("test-token")


def head(method: str, path: str, **headers: str) -> bytes:
    named = {"Host": "localhost", "Authorization": "Bearer test-token", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode()


def said(live: LiveServer, sent: bytes) -> bytes:
    """All that is answered on one connection, until the server closes it."""
    with socket.create_connection((live.host, live.port), timeout=20) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        with line.makefile("rb") as read:
            return read.read()


@pytest.mark.parametrize("bad", range(1, 7))
def test_what_stands_behind_broken_chunks_is_no_request(live: LiveServer, bad: int) -> None:
    hidden = head("DELETE", ORG)
    sent = head("POST", SETS, Transfer_Encoding="chunked", Content_Type="application/vnd.api+json")
    answers = said(live, sent + b"zz\r\n" * bad + hidden)
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close\r\n" in answers
    assert universe(live).state.find("organizations", "my-organization") is not None


HIDDEN = head("DELETE", ORG)
SMUGGLED = {
    "a negative chunk": (head("POST", SETS, Transfer_Encoding="chunked"), b"-1\r\n"),
    "a chunk's length with a sign": (
        head("POST", SETS, Transfer_Encoding="chunked"),
        b"+2\r\n{}\r\n0\r\n\r\n",
    ),
    "a chunk's length with an underscore": (
        head("POST", SETS, Transfer_Encoding="chunked"),
        b"0_0\r\n\r\n",
    ),
    "no end behind the last chunk": (head("POST", SETS, Transfer_Encoding="chunked"), b"0\r\n"),
    "two lengths": (
        head("POST", SETS, Content_Length="2").replace(
            b"\r\n\r\n", b"\r\ncontent-length: 0\r\n\r\n"
        ),
        b"",
    ),
    "a length on two lines": (
        head("POST", SETS, Content_Length="2").replace(b"\r\n\r\n", b"\r\n 0\r\n\r\n"),
        b"",
    ),
    "chunks and a length": (
        head("POST", SETS, Content_Length="4", Transfer_Encoding="chunked"),
        b"0\r\n\r\n",
    ),
    "chunks in HTTP/1.0": (
        head("POST", SETS, Connection="Keep-Alive", Transfer_Encoding="chunked").replace(
            b"HTTP/1.1", b"HTTP/1.0"
        ),
        b"",
    ),
}


@pytest.mark.parametrize("what", SMUGGLED)
def test_no_request_hides_in_another(live: LiveServer, what: str) -> None:
    start, end = SMUGGLED[what]
    answers = said(live, start + end + HIDDEN)
    assert answers.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), answers
    assert answers.count(b"HTTP/1.") == 1, answers
    assert universe(live).state.find("organizations", "my-organization") is not None


def test_chunks_with_extensions_and_trailers_are_read_and_the_connection_is_kept(
    live: LiveServer,
) -> None:
    body = b'{"data":{"type":"policy-sets","attributes":{"name":"in-chunks"}}}'
    start = head("POST", SETS, Transfer_Encoding="chunked", Content_Type="application/vnd.api+json")
    parts = b"%X;name=value\r\n%b\r\n%x\r\n%b\r\n" % (20, body[:20], len(body) - 20, body[20:])
    sent = start + parts + b"0\r\nExpires: never\r\n\r\n" + head("GET", ORG)
    answers = said(live, sent)
    assert answers.count(b"HTTP/1.1 2") == 2, answers


def test_a_server_that_is_started_twice_has_one_leader(live: LiveServer) -> None:
    """`with live.start():` starts it again; two leaders once read one connection."""
    before = threading.active_count()
    assert live.start() is live
    live.start()
    assert threading.active_count() == before


@pytest.mark.parametrize("length", ["-1", "-5", "+2", "1_0", "0x2", "2.0", "two"])
def test_a_content_length_that_is_no_number_is_refused(live: LiveServer, length: str) -> None:
    answers = said(live, head("POST", SETS, Content_Length=length) + b"{}")
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("path", ["//[", "/api/v2/ping?\xff", "http://["])
def test_a_target_that_is_none_is_400(
    live: LiveServer, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    sent = head("GET", path).decode().encode("latin-1")
    assert said(live, sent).startswith(b"HTTP/1.1 400 ")
    assert "Traceback" not in capfd.readouterr().err


def test_a_server_stops_at_once_though_clients_have_sent_half_a_head() -> None:
    with LiveServer(create_app()) as live, ExitStack() as stack:
        for start in (b"GET / HT", b"POST /api/v2/x HTTP/1.1\r\nHost: x\r\n", b"P"):
            for _ in range(5):
                made = socket.create_connection((live.host, live.port))
                stack.enter_context(made).sendall(start)
        time.sleep(0.2)
        began = time.monotonic()
        live.stop()
        assert time.monotonic() - began < 5  # it was the timeout of 30


def test_a_server_that_is_stopped_from_many_threads_stops_once() -> None:
    for _ in range(20):
        live = LiveServer(create_app()).start()
        begin = threading.Barrier(4)

        def stop(live: LiveServer = live, begin: threading.Barrier = begin) -> None:
            begin.wait()
            live.stop()

        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(stop) for _ in range(4)]:
                future.result(timeout=20)


def test_a_leader_survives_what_goes_wrong_while_it_waits(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No descriptor left and no stderr to say so once ended the thread, and with it the server."""
    accept, failed = lines.Lines._accept, []

    def none_left(self: Any) -> bool:
        if len(failed) < 3:
            failed.append(True)
            raise BrokenPipeError("stderr is gone")
        return accept(self)

    monkeypatch.setattr(lines.Lines, "_accept", none_left)
    assert said(live, head("GET", "/api/v2/ping")).startswith(b"HTTP/1.1 ")
    assert len(failed) == 3


def test_a_log_that_nobody_reads_ends_nothing(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def write(self, text: str) -> None:
            raise BrokenPipeError("stderr is gone")

    monkeypatch.setattr("sys.stderr", Gone())
    live._server.error_log("nobody hears this", traceback=True)


def test_methods_are_neither_remembered_nor_kept_at_any_length(live: LiveServer) -> None:
    for n in range(20):
        said(live, head(f"{n:X}" + "M" * 40_000, "/api/v2/x"))
    known = routes.routes(live.app.extensions["mockserver"].contract())._known
    assert max(len(method) + len(path) for method, path in known) <= routes.LONG
    kept = list(universe(live).journal)
    assert len(kept) == 20
    assert max(len(exchange.method) for exchange in kept) <= 2048


def test_a_key_sent_as_a_method_is_masked_in_the_journal() -> None:
    with LiveServer(create_app(key="SECRET-AS-A-METHOD")) as live:
        sent = head("SECRET-AS-A-METHOD", "/api/v2/x")
        said(live, sent.replace(b"test-token", b"SECRET-AS-A-METHOD"))
        world = live.app.extensions["mockserver"].universes.get("SECRET-AS-A-METHOD")
        (exchange,) = world.journal
        assert exchange.method == "[secret]"


@pytest.mark.parametrize("key", ['my"secret-key-123', "my\\secret-key-123"])
def test_a_key_that_json_would_spell_otherwise_is_refused(key: str) -> None:
    """It would stand in an answer with an escape, where no mask looks for it."""
    with pytest.raises(ValueError, match="is no key"):
        create_app(key=key)


class Slow:
    """A WSGI application: eight megabytes, or after a wait."""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/wait":
            time.sleep(1.0)
            start("200 OK", [("Content-Length", "2")])
            return (b"ok",)
        start("200 OK", [("Content-Length", str(8 * 1024 * 1024))])
        return (b"x" * 8 * 1024 * 1024,)


def test_a_client_that_reads_slowly_but_reads_is_given_the_whole_answer() -> None:
    live = LiveServer(cast(Any, Slow()))
    live._server.timeout = 2.5
    with live.start(), socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        line.connect((live.host, live.port))
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = 0
        while part := line.recv(262_144):
            got += len(part)
            time.sleep(0.03)
        assert got > 8 * 1024 * 1024


def test_a_connection_may_be_silent_as_long_after_a_slow_answer_as_after_a_quick_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "WAIT", 0.01)
    live = LiveServer(cast(Any, Slow()))
    live._server.timeout = 2.0
    ask = b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"
    with live.start(), socket.create_connection((live.host, live.port), timeout=10) as line:
        for _ in range(2):
            line.sendall(ask)
            assert b"ok" in line.recv(65_536)
            time.sleep(1.5)


def test_sixty_four_that_stall_leave_the_server_alive(live: LiveServer) -> None:
    with ExitStack() as stack:
        stalled = []
        for _ in range(leading.MOST - 1):
            made = stack.enter_context(socket.create_connection((live.host, live.port)))
            made.sendall(b"GET /")
            stalled.append(made)
        assert b"TFP-API-Version" in said(live, head("GET", "/api/v2/ping"))
        for line in stalled:
            line.sendall(b"api/v2/ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        for line in stalled:
            line.settimeout(20)
            assert line.recv(12).startswith(b"HTTP/1.1 2")


def test_a_world_is_whole_after_all_that(live: LiveServer) -> None:
    answers = said(live, head("GET", ORG))
    assert json.loads(answers.partition(b"\r\n\r\n")[2])["data"]["id"] == "my-organization"
