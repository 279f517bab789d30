"""What goes over the wire, one table: each oddity with the answer that RFC 9110 and 9112 ask for.

An unknown method is the parser's own 400 in place of our 405 (RFC 9110 would have 501): `docs` says so.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from mockserver.contract import routes
from mockserver.web import protocol, serving
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer

ORG = "/api/v2/organizations/my-organization"
SETS = f"{ORG}/policy-sets"
PING = b"GET /api/v2/ping HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = "Transfer-Encoding: chunked"
TYPE = "Content-Type: application/vnd.api+json"
BODY = b'{"data":{"type":"policy-sets","attributes":{"name":"on-the-wire"}}}'
LENGTH = f"Content-Length: {len(BODY)}"


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with pytest.MonkeyPatch.context() as often:
        often.setattr(serving, "LOOK_SECONDS", 0.05)
        with LiveServer(create_app()) as live:
            yield live


@pytest.fixture
def live(server: LiveServer) -> LiveServer:
    universe(server).reset()
    return server


def universe(live: LiveServer) -> Any:
    return live.app.extensions["mockserver"].universes.get("test-token")


def head(method: str, path: str, *lines: str, version: str = "1.1") -> bytes:
    first = (
        f"{method} {path} HTTP/{version}",
        "Host: localhost",
        "Authorization: Bearer test-token",
    )
    return ("\r\n".join([*first, *lines]) + "\r\n\r\n").encode("latin-1")


def said(live: LiveServer, sent: bytes) -> bytes:
    """All that is answered on one connection to who has sent this and then no more."""
    with socket.create_connection((live.host, live.port), timeout=20) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while part := line.recv(65_536):
                got += part
        except ConnectionResetError:
            pass
        return got


def statuses(answers: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]


def create(*lines: str, version: str = "1.1") -> bytes:
    return head("POST", SETS, TYPE, *lines, version=version)


HIDDEN = head("DELETE", ORG)
"""Whatever stands before it must not let it pass for a request of its own, nor be one itself."""
REFUSED = {
    # the first line
    "a method that nobody knows": (head("BREW", SETS), 400),
    "a method in small letters": (head("get", SETS), 400),
    "no HTTP at all": (b"nonsense\r\n\r\n", 400),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 400),
    "HTTP/2.0 in words": (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
    "HTTP/0.9": (b"GET /\r\n\r\n", 505),
    "a target with raw bytes": (b"GET /api/v2/ping?\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a URL that is none": (b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "CONNECT": (b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "lines that end in LF alone": (b"GET /api/v2/ping HTTP/1.1\nHost: localhost\n\n", 400),
    # headers
    "a first header that begins with a space": (
        b"GET /api/v2/ping HTTP/1.1\r\n Host: localhost\r\n\r\n",
        400,
    ),
    "a header on two lines": (PING + b"Accept: a\r\n b\r\n\r\n", 400),
    "a space before a colon": (PING + b"Accept : a\r\n\r\n", 400),
    "NUL in a header": (PING + b"Accept: a\x00b\r\n\r\n", 400),
    "a CR before a header": (PING + b"\rAccept: a\r\n\r\n", 400),
    "no Host": (b"GET /api/v2/ping HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (PING + b"Host: localhost\r\n\r\n", 400),
    "a head without an end": (PING + b"X: " + b"x" * 70_000, 431),
    "a head that is too large": (PING + b"X: " + b"x" * 70_000 + b"\r\n\r\n", 431),
    # where a body ends
    "a space before the colon of a coding": (create("Transfer-Encoding : chunked"), 400),
    "a space before the colon of a length": (create("Content-Length : 5"), 400),
    "a CR before a length": (create("X: y\r\n\rContent-Length: 5"), 400),
    "chunked twice": (create("Transfer-Encoding: chunked, chunked"), 400),
    "chunked in two lines": (create(CHUNKED, CHUNKED), 400),
    "chunked with a vertical tab": (create("Transfer-Encoding: chunked\x0b"), 400),
    "another coding": (create("Transfer-Encoding: gzip, chunked"), 400),
    "chunks in HTTP/1.0": (create(CHUNKED, version="1.0"), 400),
    "chunks and a length": (create(CHUNKED, "Content-Length: 4") + b"0\r\n\r\n", 400),
    "two lengths": (create("Content-Length: 2", "content-length: 0") + b"{}", 400),
    "a length said twice": (create("Content-Length: 2", "Content-Length: 2") + b"{}", 400),
    "a length on two lines": (create("Content-Length: 2\r\n 0") + b"{}", 400),
    **{
        f"the length {length}": (create(f"Content-Length: {length}") + b"{}", 400)
        for length in ("-1", "+2", "1_0", "0x2", "2.0", "two", "2, 2", "9" * 30)
    },
    # chunks
    "a negative chunk": (create(CHUNKED) + b"-1\r\n", 400),
    "a chunk's length with a sign": (create(CHUNKED) + b"+2\r\n{}\r\n0\r\n\r\n", 400),
    "a chunk's length with an underscore": (create(CHUNKED) + b"0_0\r\n\r\n", 400),
    "no end behind the last chunk": (create(CHUNKED) + b"0\r\n", 400),
    "a chunk that is none": (create(CHUNKED) + b"zz\r\n{}\r\n0\r\n\r\n", 400),
    "a chunk longer than it says": (create(CHUNKED) + b"2\r\n{}0\r\n\r\n", 400),
    "chunks whose lines end in LF": (create(CHUNKED) + b"2\n{}\n0\n\n", 400),
    "many chunks that are none": (create(CHUNKED) + b"zz\r\n" * 6, 400),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_request_is_refused_closes_and_hides_nothing(
    live: LiveServer, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    sent, status = REFUSED[what]
    before = universe(live).state
    answers = said(live, sent if what == "a head without an end" else sent + HIDDEN)
    assert statuses(answers) == [status], answers
    assert b"\r\nconnection: close\r\n" in answers
    assert b'{"errors":[{"status":' in answers
    assert universe(live).state is before
    assert "Traceback" not in "".join(capfd.readouterr())


TAKEN = {
    "a target with a bracket": (head("GET", "//["), [404]),
    "the absolute form": (head("GET", f"http://localhost{ORG}"), [200]),
    "the absolute form names the host": (head("GET", f"http://elsewhere{ORG}"), [400]),
    "an absolute form without a path": (head("GET", "http://localhost"), [200]),
    "HTTP/1.0 without a Host": (
        f"GET {ORG} HTTP/1.0\r\nAuthorization: Bearer test-token\r\n\r\n".encode(),
        [200],
    ),
    "empty lines before a request": (b"\r\n\r\n" + head("GET", ORG), [200]),
    "a fragment is nobody's": (head("GET", f"{ORG}#here"), [200]),
    "an offer to speak another protocol": (
        head("GET", ORG, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"),
        [200],
    ),
    "a length with an underscore beside the real one": (
        create("Content_Length: 5", LENGTH) + BODY,
        [201],
    ),
    "chunks with extensions and trailers": (
        create(CHUNKED) + b"%X;a=b\r\n%b\r\n0\r\nExpires: never\r\n\r\n" % (len(BODY), BODY),
        [201],
    ),
    "two requests at once": (head("GET", ORG) + create(LENGTH) + BODY, [200, 201]),
    "a good request before a broken one": (head("GET", ORG) + b"nonsense\r\n\r\n", [200]),
    "a good request before broken chunks": (
        head("GET", ORG) + create(CHUNKED) + b"zz\r\n",
        [200, 400],
    ),
    "close": (head("GET", ORG, "Connection: close") + HIDDEN, [200]),
    "Close": (head("GET", ORG, "Connection: Close") + HIDDEN, [200]),
    "close beside others": (head("GET", ORG, "Connection: close, TE") + HIDDEN, [200]),
    "HTTP/1.0 closes": (head("GET", ORG, version="1.0") + HIDDEN, [200]),
    "a body that ends before its end": (create("Content-Length: 900") + BODY, [400]),
    "a body that says it is too large": (create(f"Content-Length: {11 * 1024 * 1024}"), [413]),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_a_request_is_answered(live: LiveServer, what: str) -> None:
    sent, expected = TAKEN[what]
    assert statuses(said(live, sent)) == expected
    assert universe(live).state.find("organizations", "my-organization") is not None


def test_a_trailer_is_no_header(live: LiveServer) -> None:
    anonymous = f"POST {SETS} HTTP/1.1\r\nHost: localhost\r\n{TYPE}\r\n{CHUNKED}\r\n\r\n".encode()
    trailer = b"Authorization: Bearer test-token\r\n"
    sent = anonymous + b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(BODY), BODY, trailer)
    assert statuses(said(live, sent)) == [401]


@pytest.mark.parametrize("expect", ["100-continue", "100-Continue"])
def test_100_continue_is_said_in_any_case_to_who_waits_for_it(
    live: LiveServer, expect: str
) -> None:
    with socket.create_connection((live.host, live.port), timeout=20) as line:
        line.sendall(create(LENGTH, f"Expect: {expect}"))
        assert line.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(BODY)
        assert line.recv(65_536).startswith(b"HTTP/1.1 201 ")


def test_http_1_0_is_told_no_100(live: LiveServer) -> None:
    sent = create(LENGTH, "Expect: 100-continue", version="1.0") + BODY
    assert said(live, sent).startswith(b"HTTP/1.1 201 ")


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(live: LiveServer) -> None:
    with socket.create_connection((live.host, live.port), timeout=20) as line:
        line.sendall(create(f"Content-Length: {10**12}", "Expect: 100-continue"))
        assert line.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_head_that_does_not_come_to_its_end_has_a_time_to_keep(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    with socket.create_connection((live.host, live.port), timeout=20) as line:
        line.sendall(b"GET /api/v2/ping HTTP/1.1\r\nHost: loc")
        assert line.recv(65_536).startswith(b"HTTP/1.1 408 ")
        assert line.recv(65_536) == b""


def test_a_silent_connection_is_closed_after_its_time(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it has said nothing, has been answered, or has fallen silent in a body."""
    monkeypatch.setattr(protocol, "IDLE_SECONDS", 0.2)
    with ExitStack() as stack:
        lines = []
        for sent in (b"", head("GET", ORG), create(LENGTH) + BODY[:5]):
            line = socket.create_connection((live.host, live.port), timeout=20)
            lines.append(stack.enter_context(line))
            line.sendall(sent)
        for line in lines:
            while line.recv(65_536):
                pass


def test_a_hundred_connections_are_kept_open_at_once(live: LiveServer) -> None:
    lines = [socket.create_connection((live.host, live.port), timeout=20) for _ in range(100)]
    for _ in range(2):
        for line in lines:
            line.sendall(PING + b"\r\n")
            assert line.recv(65_536).startswith(b"HTTP/1.1 204 ")
    for line in lines:
        line.close()


def test_requests_sent_at_once_on_one_connection_are_answered_in_their_order(
    live: LiveServer,
) -> None:
    names = [f"/api/v2/organizations/o{n}" for n in range(40)]
    said(live, b"".join(head("GET", name) for name in names))
    assert [exchange.path for exchange in universe(live).journal] == names


def test_methods_are_neither_remembered_nor_kept_at_any_length(live: LiveServer) -> None:
    client = live.app.test_client()
    for n in range(20):
        client.open(
            "/api/v2/x",
            method=f"{n:X}" + "M" * 40_000,
            headers={"Authorization": "Bearer test-token"},
        )
    known = routes.routes(live.app.extensions["mockserver"].contract())._known
    assert max(len(method) + len(path) for method, path in known) <= routes.LONG
    kept = list(universe(live).journal)
    assert len(kept) == 20
    assert max(len(exchange.method) for exchange in kept) <= 2048
