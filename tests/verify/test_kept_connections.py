"""What a server that closes the connections it has kept is asked twice, and what it never is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mockserver.contract import load
from mockserver.scenarios.runner.run import verify
from mockserver.traffic import http_transport
from mockserver.traffic.http_transport import HttpTransport
from mockserver.traffic.masking import Mask
from mockserver.traffic.patience import patiently
from mockserver.traffic.recorder import Recorder
from mockserver.traffic.transport import Response, Unanswered
from mockserver.web.proxy import Proxy
from mockserver.web.serving import LiveServer
from tests.verify.playing import InProcess, context_of, server

NOTHING = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
SAFE = ["GET", "HEAD", "OPTIONS", "TRACE"]
CHANGING = ["POST", "PATCH", "PUT", "DELETE"]


@contextmanager
def hanging_up(heard: list[str], answers: tuple[bytes, ...] = (NOTHING, b"")) -> Iterator[str]:
    """The URL of a server that answers the first request of a connection and reads the second, but
    closes the connection without a word, as it does while a request is on its way to it.
    """

    def serve(line: socket.socket) -> None:
        with suppress(OSError), line:
            for answer in answers:
                heard.append(line.recv(1000).split(b" ")[0].decode())
                line.sendall(answer)

    def listen() -> None:
        with suppress(OSError):  # the end of the test closes what is listened at
            while True:
                lines.append(threading.Thread(target=serve, args=listening.accept()[:1]))
                lines[-1].start()

    lines: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        for one in (thread, *lines):
            one.join(5)


@pytest.mark.parametrize("method", SAFE)
def test_what_changes_nothing_is_sent_again_where_a_kept_connection_is_closed(method: str) -> None:
    heard: list[str] = []
    with hanging_up(heard) as url:
        wire = HttpTransport(url)
        received = [wire.send(method, "/", {}, None) for _ in range(2)]
        wire.close()
    assert [(one.status, one.sent) for one in received] == [(200, 1), (200, 2)]
    assert [one for one in heard if one] == [method] * 3


@pytest.mark.parametrize("method", CHANGING)
def test_what_may_change_something_has_a_connection_of_its_own(method: str) -> None:
    heard: list[str] = []
    with hanging_up(heard) as url:
        wire = HttpTransport(url)
        received = [wire.send(one, "/", {}, None) for one in ("GET", method, method, "GET")]
        wire.close()
    assert [one.status for one in received] == [200] * 4
    assert [one for one in heard if one] == ["GET", method, method, "GET", "GET"]


@pytest.mark.parametrize("method", [*SAFE, *CHANGING])
def test_a_new_connection_that_is_closed_without_an_answer_is_not_made_again(method: str) -> None:
    heard: list[str] = []
    with hanging_up(heard, (b"",)) as url, pytest.raises(Unanswered):
        HttpTransport(url).send(method, "/", {}, None)
    assert heard == [method]


def test_a_connection_that_has_waited_longer_than_a_server_may_keep_it_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(http_transport, "IDLE", 0.0)
    with hanging_up(heard) as url:
        wire = HttpTransport(url)
        assert [wire.send("GET", "/", {}, None).sent for _ in range(2)] == [1, 1]
        wire.close()
    assert [one for one in heard if one] == ["GET", "GET"]


def test_a_request_that_a_429_held_up_counts_as_often_as_it_was_sent() -> None:
    answers = [Response(429, {}, b""), Response(429, {}, b"", sent=2), Response(200, {}, b"")]
    assert patiently(lambda: answers.pop(0), lambda seconds: None).sent == 4


@contextmanager
def short_lived(heard: list[str], *, reads: bool) -> Iterator[str]:
    """The URL of our server behind one that answers one request of a connection, and closes it without
    having said so: at once, or where it `reads`, when it has read the next.
    """
    ours = InProcess(server())

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle(self) -> None:
            with suppress(ConnectionError):
                self.handle_one_request()
                if reads and self.rfile.readline():
                    heard.append("")

        def answer(self) -> None:
            heard.append(self.command)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            received = ours.send(self.command, self.path, dict(self.headers), body)
            head = {**received.headers, "content-length": str(len(received.body))}
            lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            self.wfile.write(
                f"HTTP/1.1 {received.status} X\r\n{lines}\r\n".encode() + received.body
            )

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - what the base class looks for

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join(5)


@pytest.mark.parametrize("reads", [False, True])
def test_a_server_that_closes_after_every_answer_without_a_word_conforms(reads: bool) -> None:
    heard: list[str] = []
    context = context_of(server())
    with short_lived(heard, reads=reads) as url:
        context.transport = wire = HttpTransport(url)
        result = verify(context, frozenset({"create-policy-set"}), jobs=4)
        wire.close()
    assert (result.exit, list(result.findings), result.stopped) == (0, [], "")
    if reads:
        assert heard.count("") > 10
        assert context.requests == len(heard)
        assert result.lines[-1].endswith(f"; {len(heard)} requests")


@contextmanager
def proxy(upstream: str, folder: Path) -> Iterator[str]:
    """The URL of a recording proxy."""
    edition = load("2019-07")
    recorder = Recorder(edition, folder, Mask(edition.secrets, ()), lambda line: None)
    wire = HttpTransport(upstream, rate=0, patient=False)
    with LiveServer(answer=Proxy(wire, upstream, recorder)) as live:
        yield live.url


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_a_proxy_sends_everything_once_on_a_connection_of_its_own(
    method: str, tmp_path: Path
) -> None:
    heard: list[str] = []
    with hanging_up(heard) as upstream, proxy(upstream, tmp_path) as url:
        client = HttpTransport(url)
        assert [client.send(method, "/", {}, None).status for _ in range(3)] == [200] * 3
        client.close()
    assert [one for one in heard if one] == [method] * 3


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_a_proxy_that_is_left_without_an_answer_says_so_and_does_not_ask_again(
    method: str, tmp_path: Path
) -> None:
    heard: list[str] = []
    with hanging_up(heard, (b"",)) as upstream, proxy(upstream, tmp_path) as url:
        client = HttpTransport(url)
        received = client.send(method, "/", {}, None)
        client.close()
    assert received.status == 502
    assert b"mockserver record: the connection broke off (" in received.body
    assert heard == [method]
