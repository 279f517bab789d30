"""Over a real socket: keep-alive, chunks, HEAD, OPTIONS, bodies that nobody reads."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

import mockserver
from tests.client import JSONAPI, ORG, POLICY, ROOT, SET, SETS, WORKSPACE, a_set, connected
from tests.live.serving import one_server

MB = 1024 * 1024
HEADERS = {"Authorization": "Bearer test-token", "Content-Type": JSONAPI}
world, tfe = one_server(key="test-token")


@pytest.fixture
def line(tfe: mockserver.World) -> Iterator[HTTPConnection]:
    """One connection."""
    with connected(tfe.url) as connection:
        yield connection


def ask(
    line: HTTPConnection, method: str, path: str, body: Any = None, **options: Any
) -> tuple[int, bytes]:
    line.request(method, path, body, {**HEADERS, **options.pop("headers", {})}, **options)
    answer = line.getresponse()
    return answer.status, answer.read()


def chunks(*parts: bytes) -> Iterator[bytes]:
    yield from parts


def still_good(line: HTTPConnection) -> None:
    """The connection takes one more request and answers what was asked."""
    status, body = ask(line, "GET", SET)
    assert (status, json.loads(body)["data"]["id"]) == (200, "polset-3yVQZvHzf5j3WRJ1")


def test_a_connection_is_kept_through_answers_of_every_kind(line: HTTPConnection) -> None:
    line.connect()
    begun = line.sock
    for method, path, body, status in (
        ("GET", SETS, None, 200),
        ("POST", SETS, json.dumps(a_set("a")), 201),
        ("POST", SETS, json.dumps(a_set("a")), 422),
        ("GET", f"{ROOT}/nothing", None, 404),
        ("PUT", SET, None, 405),
        ("POST", f"{SET}/relationships/policies", '{"data": []}', 204),
        ("PUT", f"{POLICY}/upload", b"main", 200),
        ("GET", f"{ROOT}/ping", None, 204),
        ("OPTIONS", SET, None, 204),
        ("GET", "/", None, 200),
        ("GET", "/_mock/health/live", None, 200),
        ("DELETE", SET, None, 204),
    ):
        assert ask(line, method, path, body)[0] == status
        assert line.sock is begun


def test_head_has_the_headers_of_get_and_no_body(line: HTTPConnection) -> None:
    line.request("GET", SET, headers=HEADERS)
    got = line.getresponse()
    length = str(len(got.read()))
    line.request("HEAD", SET, headers=HEADERS)
    head = line.getresponse()
    assert (head.status, head.read()) == (200, b"")
    assert head.getheader("Content-Length") == got.getheader("Content-Length") == length
    assert head.getheader("Content-Type") == JSONAPI
    still_good(line)


def test_no_content_has_no_body_and_no_type(line: HTTPConnection) -> None:
    for method, path in (("GET", f"{ROOT}/ping"), ("OPTIONS", SET), ("DELETE", SET)):
        line.request(method, path, headers=HEADERS)
        answer = line.getresponse()
        assert (answer.status, answer.read()) == (204, b"")
        assert answer.getheader("Content-Type") is None


def test_options_and_405_name_the_methods_there_are(line: HTTPConnection) -> None:
    for method, status in (("OPTIONS", 204), ("PUT", 405), ("TRACE", 405)):
        line.request(method, SET, headers=HEADERS)
        answer = line.getresponse()
        answer.read()
        assert answer.status == status
        assert answer.getheader("Allow") == "DELETE, GET, HEAD, OPTIONS, PATCH"


@pytest.mark.parametrize("path", [SETS, SET, POLICY, WORKSPACE, ORG, "/_mock/state"])
def test_a_trailing_slash_is_tolerated(line: HTTPConnection, path: str) -> None:
    assert ask(line, "GET", f"{path}/")[0] == 200


@pytest.mark.parametrize("path", [f"/{SETS}", f"/api/v2/{SETS.removeprefix('/api/v2')}"])
def test_slashes_that_an_address_brings_along_are_one(line: HTTPConnection, path: str) -> None:
    assert "//" in path
    assert ask(line, "GET", path)[0] == 200


def test_a_chunked_body_is_a_body(line: HTTPConnection) -> None:
    whole = json.dumps(a_set("chunked")).encode()
    status, body = ask(line, "POST", SETS, chunks(whole[:10], whole[10:11], whole[11:]))
    assert (status, json.loads(body)["data"]["attributes"]["name"]) == (201, "chunked")
    still_good(line)


def test_a_chunked_upload_is_kept_whole(line: HTTPConnection) -> None:
    parts = [bytes([at]) * 100_000 for at in range(30)]
    assert ask(line, "PUT", f"{POLICY}/upload", chunks(*parts))[0] == 200
    assert ask(line, "GET", f"{POLICY}/download") == (200, b"".join(parts))


def test_a_chunked_empty_put_is_drained(line: HTTPConnection) -> None:
    """go-tfe sends its empty uploads so."""
    assert ask(line, "PUT", f"{POLICY}/upload", chunks(), encode_chunked=True,
               headers={"Transfer-Encoding": "chunked"})[0] == 200  # fmt: skip
    still_good(line)
    assert ask(line, "GET", f"{POLICY}/download") == (200, b"")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS", "POST"])
@pytest.mark.parametrize(
    "path", [f"{ROOT}/nothing", f"{ROOT}/policy-sets/none", "/", "/_mock/health/live"]
)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_nobody_reads_does_not_spoil_the_connection(
    line: HTTPConnection, method: str, path: str, chunked: bool
) -> None:
    content = b'{"data": 1}' * 10
    status, _ = ask(line, method, path, chunks(content[:50], content[50:]) if chunked else content)
    assert status in (200, 204, 404, 405)
    still_good(line)


def test_a_body_of_a_get_is_not_read(line: HTTPConnection) -> None:
    for body in (b"{", chunks(b"{", b"["), b"null"):
        assert ask(line, "GET", SETS, body)[0] == 200
        still_good(line)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_10_mb_is_413_and_nothing_is_saved(
    tfe: mockserver.World, chunked: bool
) -> None:
    whole = b"x" * (10 * MB + 1)
    with connected(tfe.url) as line:
        body = (
            chunks(*(whole[at : at + MB] for at in range(0, len(whole), MB))) if chunked else whole
        )
        status, content = ask(line, "PUT", f"{POLICY}/upload", body)
        assert (status, json.loads(content)["errors"][0]["title"]) == (413, "payload too large")
    with connected(tfe.url) as line:
        assert ask(line, "GET", f"{POLICY}/download") == (200, b"main = rule { true }")


def test_a_body_of_exactly_10_mb_is_kept(line: HTTPConnection) -> None:
    assert ask(line, "PUT", f"{POLICY}/upload", b"x" * 10 * MB)[0] == 200
    status, content = ask(line, "GET", f"{POLICY}/download")
    assert (status, len(content)) == (200, 10 * MB)


def raw(url: str, request: bytes) -> bytes:
    """What a server says to bytes of any kind, to the end of the connection."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as line:
        line.sendall(request)
        said = b""
        while part := line.recv(65_536):
            said += part
        return said


def test_http_1_0_is_answered_and_closed(tfe: mockserver.World) -> None:
    request = f"GET {SET} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer test-token\r\n\r\n"
    said = raw(tfe.url, request.encode())
    assert said.split(b"\r\n")[0].endswith(b"200 OK")
    assert b"polset-3yVQZvHzf5j3WRJ1" in said


def test_100_continue_is_said_to_who_waits_for_it(tfe: mockserver.World) -> None:
    place = urlsplit(tfe.url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as line:
        line.sendall(
            f"PUT {POLICY}/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer test-token\r\n"
            "Content-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n".encode()
        )
        assert line.recv(65_536).startswith(b"HTTP/1.1 100")
        line.sendall(b"main")
        assert b"200 OK" in line.recv(65_536)


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET /api/v2/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_http_ends_its_connection_and_nothing_else(
    tfe: mockserver.World, request_: bytes
) -> None:
    said = raw(tfe.url, request_)
    assert b"500" not in said.split(b"\r\n")[0]
    with connected(tfe.url) as line:
        still_good(line)


def sent_in_part(method: str, path: str, *lines: str, rest: str = "") -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Authorization: Bearer test-token"]
    head += ["Content-Type: application/vnd.api+json", *lines]
    return ("\r\n".join(head) + "\r\n\r\n" + rest).encode()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", SETS), ("PUT", f"{POLICY}/upload"), ("DELETE", SET), ("POST", "/_mock/seed")],
)
@pytest.mark.parametrize(
    ("line", "rest"),
    [("Content-Length: 99", '{"data"'), ("Transfer-Encoding: chunked", "9\r\n{")],
)
def test_a_client_that_goes_away_early_disturbs_nobody(
    tfe: mockserver.World, method: str, path: str, line: str, rest: str
) -> None:
    before = tfe.state()
    place = urlsplit(tfe.url)
    for _ in range(3):
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as gone:
            gone.sendall(sent_in_part(method, path, line, rest=rest))
    with connected(tfe.url) as good:
        still_good(good)
    assert tfe.state() == before
    assert [exchange.breach for exchange in tfe.journal if exchange.breach] == []


@pytest.mark.parametrize("rest", ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n"])
@pytest.mark.parametrize(("method", "path"), [("POST", SETS), ("PUT", f"{POLICY}/upload")])
def test_chunks_that_are_none_are_400_and_nothing_is_saved(
    tfe: mockserver.World, method: str, path: str, rest: str
) -> None:
    before = tfe.state()
    request = sent_in_part(
        method, path, "Transfer-Encoding: chunked", "Connection: close", rest=rest
    )
    said = raw(tfe.url, request)
    assert said.split(b"\r\n")[0] == b"HTTP/1.1 400 Bad Request"
    assert b'"detail":"the body ends before its end"' in said
    assert tfe.state() == before
    with connected(tfe.url) as good:
        still_good(good)
