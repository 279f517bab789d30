"""What the recording proxy sends on: whole bodies alone, and the path as the client wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.judge.exchange import Exchange
from mockserver.pipeline.messages import LIMIT, Answer, Sent
from mockserver.traffic.http_transport import HttpTransport
from mockserver.traffic.transport import Response
from mockserver.web.proxy import Proxy
from mockserver.web.serving import LiveServer
from mockserver.web.wsgi import received
from tests.attack.test_what_attackers_found import Wire as Raw

PATH = "/api/v2/organizations/my-organization/policy-sets"


class Upstream:
    """A wire that keeps what it is given."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], bytes | None]] = []

    def send(self, method: str, target: str, headers: Any, body: bytes | None) -> Response:
        self.seen.append((method, target, dict(headers), body))
        return Response(200, {"content-type": "text/plain", "keep-alive": "x"}, b"fine")


class Heard:
    """What a proxy tells of: exchanges, and the statuses of those it has answered itself."""

    def __init__(self) -> None:
        self.taken: list[Exchange] = []
        self.statuses: list[int] = []

    def take(self, exchange: Exchange) -> None:
        self.taken.append(exchange)

    def refused(self, method: str, path: str, token: str | None, status: int, why: str) -> None:
        self.statuses.append(status)


class Told:
    """A live server's address and a token, for a raw connection to it."""

    token = "test-token"

    def __init__(self, url: str) -> None:
        self.url = url


def asked(talk: Callable[[Raw], None]) -> tuple[int, bytes, Upstream, list[Exchange]]:
    """Status and body of what a raw client is answered, what left, and what was recorded."""
    upstream, heard = Upstream(), Heard()
    with LiveServer(answer=Proxy(upstream, "http://upstream", heard)) as live:
        raw = Raw(Told(live.url))
        talk(raw)
        status, body = raw.answer()
        raw.socket.close()
    assert heard.statuses == ([] if heard.taken else [status]), "each is told, and told once"
    return status, body, upstream, heard.taken


def short(raw: Raw) -> None:
    raw.head("POST", PATH, Content_Length="100")
    raw.socket.sendall(b"main = ")
    raw.socket.shutdown(1)


def broken(raw: Raw) -> None:
    raw.head("POST", PATH, Transfer_Encoding="chunked")
    raw.socket.sendall(b"5\r\nmain \r\nzz\r\n\r\n")
    raw.socket.shutdown(1)


def unfinished(raw: Raw) -> None:
    raw.head("PUT", PATH, Transfer_Encoding="chunked")
    raw.socket.sendall(b"5\r\nmain \r\n")
    raw.socket.shutdown(1)


@pytest.mark.parametrize("talk", [short, broken, unfinished])
def test_a_short_or_broken_body_never_leaves(
    talk: Callable[[Raw], None], capfd: pytest.CaptureFixture[str]
) -> None:
    status, body, upstream, taken = asked(talk)
    assert upstream.seen == []
    assert taken == []
    assert status == 400
    assert b"the body ends before its end" in body
    assert "Traceback" not in capfd.readouterr().err


def test_a_body_over_the_limit_never_leaves() -> None:
    def declared(raw: Raw) -> None:
        raw.head("PUT", PATH, Content_Length=str(LIMIT + 1))
        raw.socket.sendall(b"x" * (LIMIT + 1))

    def chunked(raw: Raw) -> None:
        raw.head("PUT", PATH, Transfer_Encoding="chunked")
        part = b"x" * (LIMIT // 4)
        for _ in range(5):
            raw.socket.sendall(b"%x\r\n%b\r\n" % (len(part), part))
        raw.socket.sendall(b"0\r\n\r\n")

    for talk in (declared, chunked):
        status, body, upstream, taken = asked(talk)
        assert (status, upstream.seen, taken) == (413, [], [])
        error = json.loads(body)["errors"][0]
        assert error["detail"] == (
            "mockserver record: the body is larger than 10 MB: it was not sent on"
        )


def test_a_whole_body_leaves_as_it_is() -> None:
    def chunked(raw: Raw) -> None:
        raw.head("PUT", PATH, Transfer_Encoding="chunked")
        raw.socket.sendall(b"5\r\nmain \r\n1\r\n=\r\n0\r\n\r\n")

    _, body, upstream, _ = asked(chunked)
    assert body == b"fine"
    assert upstream.seen[0][3] == b"main ="


def test_the_path_leaves_as_the_client_wrote_it() -> None:
    path = "/api/v2/a%2Fb%20c?search%5Bx%5D=%2B"
    _, _, upstream, taken = asked(lambda raw: raw.head("GET", path))
    assert upstream.seen[0][1] == path
    assert taken[0].path.endswith("b c")
    assert list(taken[0].query) == [("search[x]", "+")]


@pytest.mark.parametrize(
    "target", ["/%zz%", "/a%2fb%2F[1]", "/a?b=%&c[d]=%zz|", "//a//", "/a'b\"{}^`?x=?y/", "/%E9%c3"]
)
def test_a_target_reaches_the_upstream_byte_for_byte(target: str) -> None:
    seen: list[str] = []

    def upstream(sent: Sent) -> Answer:
        seen.append(sent.target + (f"?{sent.query}" if sent.query else ""))
        return Answer(204)

    with LiveServer(answer=upstream) as live:
        wire = HttpTransport(f"{live.url}/below", rate=0, patient=False)
        with LiveServer(answer=Proxy(wire, live.url, Heard())) as recording:
            raw = Raw(Told(recording.url))
            raw.head("GET", target)
            assert raw.answer()[0] == 204
            raw.socket.close()
    assert seen == [f"/below{target}"]


@pytest.mark.parametrize("host", ["other.example.com", "upstream:8443", "127.0.0.2:1", "[::1]:1"])
def test_what_is_meant_for_another_host_never_leaves(host: str) -> None:
    status, body, upstream, taken = asked(lambda raw: raw.head("GET", f"http://{host}{PATH}"))
    assert (status, upstream.seen, taken) == (421, [], [])
    assert json.loads(body)["errors"][0]["detail"] == (
        f"mockserver record: the request is for {host}, and only the upstream is recorded: "
        "it was not sent on"
    )


def test_what_is_meant_for_the_upstream_or_for_us_leaves() -> None:
    status, _, upstream, _ = asked(lambda raw: raw.head("GET", f"http://upstream{PATH}"))
    assert (status, upstream.seen[0][1]) == (200, PATH)

    def own(raw: Raw) -> None:
        raw.head("GET", f"http://localhost:{raw.socket.getpeername()[1]}{PATH}")

    status, _, upstream, _ = asked(own)
    assert (status, upstream.seen[0][1]) == (200, PATH)


@pytest.mark.parametrize("path", ["/api/../../admin", "/%2e%2E/admin", "/api/./v2", "/api/..", "*"])
def test_a_path_that_may_lead_out_of_the_upstream_never_leaves(path: str) -> None:
    """`--upstream` may have a path of its own: on the way it would be taken for a part of it."""
    status, body, upstream, taken = asked(lambda raw: raw.head("OPTIONS", path))
    assert (status, upstream.seen, taken) == (400, [], [])
    assert json.loads(body)["errors"][0]["detail"] == (
        "mockserver record: the path is not one of this server, or has . or .. as a part: "
        "it was not sent on"
    )


def test_a_path_with_dots_in_its_parts_leaves() -> None:
    status, _, upstream, _ = asked(lambda raw: raw.head("GET", "/api/v2/a..b/.c/..."))
    assert (status, upstream.seen[0][1]) == (200, "/api/v2/a..b/.c/...")


def test_headers_between_neighbours_stay_here() -> None:
    headers = {"Connection": "close, X-Mine", "X_Mine": "1", "Expect": "", "X_Other": "2"}
    _, _, upstream, _ = asked(lambda raw: raw.head("GET", "/", **headers))
    names = {name.lower() for name in upstream.seen[0][2]}
    assert "x-other" in names
    assert not names & {"connection", "x-mine", "expect", "host"}


def test_a_path_that_no_door_tells_is_encoded_anew() -> None:
    upstream = Upstream()
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/a b/\xc3\xa9",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    Proxy(upstream, "http://upstream", Heard())(received(environ))
    assert upstream.seen[0][1] == "/a%20b/%C3%A9"
