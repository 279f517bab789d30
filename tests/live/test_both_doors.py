"""WSGI and ASGI are two doors to one function: the same requests get the same answers, to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from mockserver.contract import load
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from tests.client import JSONAPI, ORG, POLICY, SET, SETS, WORKSPACE, a_set, connected

NOW = "2019-07-15T00:00:00Z"
EDITION = load("2019-07")
VALUES = {
    "organizations": "my-organization",
    "policy-sets": "polset-3yVQZvHzf5j3WRJ1",
    "policies": "pol-u3S5p2Uwk21keu1s",
    "workspaces": "ws-2HRvNs49EWPjDqT1",
}
Asked = tuple[str, str, bytes | None, dict[str, str]]


def requests() -> Iterator[Asked]:
    """Every operation of the edition, with its example; then what is odd."""
    for operation in sorted(
        EDITION.operations.values(), key=lambda o: (o.method == "DELETE", o.id)
    ):
        path = operation.path
        for name in operation.path.split("{")[1:]:
            parameter = name.partition("}")[0]
            value = VALUES.get(operation.records.get(parameter, ""), "none")
            path = path.replace(f"{{{parameter}}}", value)
        body = EDITION.examples.get(operation.id, {}).get("body")
        content = None if body is None else json.dumps(body).encode()
        for token in ("test-token", "test-token.ann", "test-token.nobody"):
            yield operation.method, path, content, {"Authorization": f"Bearer {token}"}
    for path in (
        SETS,
        SET,
        ORG,
        f"{SET}/",
        "/api/v2/nowhere",
        "/api/v2/a%2Fb%20c/%C3%A9",
        "//api",
        SETS.replace("v2/", "v2//"),
    ):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "TRACE"):
            yield method, path, None, {}
    for query in (
        "?page%5Bsize%5D=0",
        "?page[size]=1",
        "?search[name]=%E2%82%AC",
        "?a=b&a=c",
        "?%ff",
    ):
        yield "GET", SETS + query, None, {}
    for body in (
        b"",
        b"null",
        b"{",
        b"\xff",
        b"[" * 100,
        b'{"data":{}}',
        json.dumps(a_set("x")).encode(),
    ):
        for kind in (JSONAPI, "application/json", "text/plain", f"{JSONAPI}; charset=utf-8"):
            yield "POST", SETS, body, {"Content-Type": kind}
    yield "PUT", f"{POLICY}/upload", bytes(range(256)), {"Content-Type": "application/octet-stream"}
    yield "GET", f"{POLICY}/download", None, {}
    yield "GET", WORKSPACE, None, {"Authorization": "Basic test-token"}
    for path in (
        "/",
        "/_mock/universe",
        "/_mock/state",
        "/_mock/nothing",
        "/_mock/clock",
        "/other",
    ):
        yield "GET", path, None, {}
    yield "PATCH", "/_mock/clock", b'{"advance": "long"}', {"Content-Type": "application/json"}
    yield "GET", SETS, None, {"Host": "elsewhere.example"}
    yield "GET", SETS, None, {"Origin": "http://elsewhere.example"}


REQUESTS = list(requests())
OURS = {"content-type", "content-length", "allow", "tfp-api-version"}
"""Headers that are the answer's and not the server's."""


@pytest.fixture(scope="module")
def answers() -> list[tuple[Any, Any]]:
    """What each request is answered by Flask's test client, and by a socket."""
    wsgi = create_app(now=NOW).test_client()
    found = []
    with LiveServer(create_app(now=NOW)) as live, connected(live.url) as line:
        for asked in REQUESTS:
            found.append((by_wsgi(wsgi, asked), by_socket(line, asked)))
    return found


def headers_of(asked: Asked) -> dict[str, str]:
    return {
        "Authorization": "Bearer test-token",
        "Content-Type": JSONAPI,
        "Host": "localhost",
    } | asked[3]


def by_wsgi(client: Any, asked: Asked) -> tuple[int, dict[str, str], bytes]:
    method, path, body, _ = asked
    made = client.open(path, method=method, data=body or b"", headers=headers_of(asked))
    return made.status_code, ours(made.headers.items()), made.data


def by_socket(line: HTTPConnection, asked: Asked) -> tuple[int, dict[str, str], bytes]:
    method, path, body, _ = asked
    line.request(method, path, body, headers_of(asked))
    made = line.getresponse()
    return made.status, ours(made.getheaders()), made.read()


def ours(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers if name.lower() in OURS}


def test_some_hundred_requests_are_answered_alike(answers: list[tuple[Any, Any]]) -> None:
    assert len(REQUESTS) > 250
    differ = [
        (asked[:2], wsgi, socket)
        for asked, (wsgi, socket) in zip(REQUESTS, answers, strict=True)
        if masked(wsgi) != masked(socket)
    ]
    assert differ == []
    assert len({socket[0] for _, socket in answers}) > 8  # of every kind


def masked(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], bytes]:
    """Without the age of a world and how long a request took, which are the machine's own time."""
    status, headers, body = answer
    if b'"age":' in body:
        document = json.loads(body)
        return (
            status,
            {**headers, "content-length": ""},
            json.dumps({**document, "age": 0}).encode(),
        )
    return answer
