"""Answers that do not end, end too late or break off: one sentence each, and never a run that hangs."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from mockserver.traffic import http_transport
from mockserver.traffic.http_transport import HttpTransport
from mockserver.traffic.transport import CutOff, Unanswered, Unreachable

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"400\r\n" + b" " * 1024 + b"\r\n"


@contextmanager
def answering(play: Callable[[socket.socket], None]) -> Iterator[str]:
    """The URL of a server that plays this with its one connection, once it has read what came."""

    def talk() -> None:
        with suppress(OSError):  # the client has gone
            line, _ = listening.accept()
            with line:
                line.recv(1000)
                play(line)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=talk)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(5)
        assert not thread.is_alive()


def again_and_again(content: bytes, first: bytes = b"") -> Callable[[socket.socket], None]:
    """Sends this every hundredth of a second, until the client has gone."""

    def play(line: socket.socket) -> None:
        line.sendall(first)
        while True:
            line.sendall(content)
            time.sleep(0.01)

    return play


ENDLESS = {
    "status line": again_and_again(b"1", HEAD[:9]),
    "header": again_and_again(b"x", HEAD + b"X-A: "),
    "body until the end": again_and_again(b"x", HEAD + b"\r\n"),
    "chunks": again_and_again(CHUNK, CHUNKED),
    "100 Continue": again_and_again(b"HTTP/1.1 100 Continue\r\n\r\n"),
}


def test_the_whole_answer_must_come_in_time() -> None:
    """All of them at once: each takes its time."""

    def told(play: Callable[[socket.socket], None]) -> str:
        with answering(play) as url:
            began = time.monotonic()
            with pytest.raises(Unreachable) as caught:
                HttpTransport(url, timeout=0.3).send("GET", "/", {}, None)
            assert 0.3 <= time.monotonic() - began < 3
        return str(caught.value)

    with ThreadPoolExecutor(len(ENDLESS)) as pool:
        found = dict(zip(ENDLESS, pool.map(told, ENDLESS.values()), strict=True))
    late = "the server's answer was not whole within 0.3 seconds (--timeout)"
    assert found == dict.fromkeys(ENDLESS, late)


def test_a_server_that_does_not_read_what_is_sent_is_given_up_in_time() -> None:
    given_up = threading.Event()

    def slow(line: socket.socket) -> None:
        while not given_up.wait(0.05):
            line.recv(1000)

    with answering(slow) as url:
        began = time.monotonic()
        with pytest.raises(Unreachable, match=r"did not answer within 0\.3 seconds \(--timeout\)$"):
            HttpTransport(url, timeout=0.3).send("POST", "/", {}, b"x" * 20_000_000)
        assert time.monotonic() - began < 3
        given_up.set()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(HEAD + b"Content-Length: 1001\r\n\r\n", id="announced"),
        pytest.param(HEAD + b"\r\n" + b"x" * 1001, id="until the end"),
        pytest.param(CHUNKED + CHUNK + b"0\r\n\r\n", id="chunks"),
        pytest.param(
            HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(1001)), id="unpacked"
        ),
    ],
)
def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert http_transport.LARGEST == 64 * 1024 * 1024
    monkeypatch.setattr(http_transport, "LARGEST", 1000)
    with answering(lambda line: line.sendall(answer)) as url, pytest.raises(CutOff) as caught:
        HttpTransport(url).send("GET", "/", {}, None)
    assert str(caught.value) == "the server's answer has a body of more than 64 MB"
    assert caught.value.fact == "sent a body of more than 64 MB"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(HEAD + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000, id="announced"),
        pytest.param(HEAD + b"\r\n" + b"x" * 1000, id="until the end"),
        pytest.param(CHUNKED + b"3e8\r\n" + b"x" * 1000 + b"\r\n0\r\n\r\n", id="chunks"),
        pytest.param(
            HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 1000), id="unpacked"
        ),
    ],
)
def test_an_answer_of_the_largest_size_is_read(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_transport, "LARGEST", 1000)
    with answering(lambda line: line.sendall(answer)) as url:
        assert HttpTransport(url).send("GET", "/", {}, None).body == b"x" * 1000


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize(
    "part",
    [
        HEAD[:12],
        HEAD[:-2],
        HEAD + b"Content-Ty",
        HEAD + b"Content-Length: 2\r\n",
        HEAD + b"Content-Length: 2\r\n\r\n1",
        CHUNKED + CHUNK[:9],
        CHUNKED + CHUNK,
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_an_answer_that_breaks_off_anywhere_is_told_as_that(part: bytes, reset: bool) -> None:
    def play(line: socket.socket) -> None:
        line.sendall(part)
        if reset:
            time.sleep(0.05)  # else what was sent is thrown away unread
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with answering(play) as url, pytest.raises(CutOff) as caught:
        HttpTransport(url).send("GET", "/", {}, None)
    assert caught.value.fact == "broke off its answer"


def test_a_connection_that_is_closed_without_a_byte_is_told_as_that() -> None:
    with answering(lambda line: None) as url, pytest.raises(Unanswered) as caught:
        HttpTransport(url).send("GET", "/", {}, None)
    assert caught.value.fact == "closed the connection without an answer"
