"""The way to a server: keep-alive, timeouts, no redirect followed, a rate kept, 429 honoured.

What keeps it from being reached is told apart and said in one sentence.
"""

from __future__ import annotations

import socket
import ssl
import time
import weakref
import zlib
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from gzip import GzipFile
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from io import BytesIO
from selectors import EVENT_READ, DefaultSelector
from typing import cast

from mockserver.loopback import is_loopback
from mockserver.traffic.address import address_of
from mockserver.traffic.patience import patiently
from mockserver.traffic.rate import DOCUMENTED, Rate
from mockserver.traffic.timed_socket import TimedSocket
from mockserver.traffic.transport import CutOff, Response, TooLong, Unanswered, Unreachable

LARGEST = 64 * 1024 * 1024
"""Bytes of a body that are read, as sent and as unpacked: what is larger is no answer of this API."""
IDLE = 1.0
"""Seconds that a connection may wait for its next request: servers close theirs after 2 and more."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, section 9.2.1): sent twice, they are answered as once. A
DELETE is idempotent too, but its second answer is another.
"""
CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What says that the other side has closed a connection."""


class HttpTransport:
    """A server at a URL. `rate`: requests a second, None for the documented one, 0 for none.

    On this machine nobody's limit is in danger, so there None means none. `patient` False, as
    a proxy is: a 429 is an answer like any other, and nothing is sent twice.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        rate: float | None = None,
        patient: bool = True,
    ) -> None:
        """Raises ValueError, as `address_of`."""
        self._address = address_of(url)
        self.local = is_loopback(self._address.host)
        self._timeout, self._patient = timeout, patient
        self._tls = ssl.create_default_context() if self._address.tls else None
        self._rate = Rate((0.0 if self.local else DOCUMENTED) if rate is None else rate)
        self._idle: deque[tuple[float, HTTPConnection]] = deque()
        self.close = weakref.finalize(self, _close, self._idle)
        """Ends the connections that wait; who forgets it has it done when nothing holds the wire."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        """Raises Unreachable."""
        if not self._patient:
            return self._once(method, target, headers, body)
        return patiently(lambda: self._once(method, target, headers, body))

    def _once(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        """The answer. What must not be sent twice has a connection of its own: where the server closes
        one that it had kept, nobody knows whether the request was carried out.
        """
        self._rate.wait()
        if method not in SAFE or not self._patient:
            alone = {**headers, "Connection": "close"}
            return self._asked(self._opened(), method, target, alone, body)
        kept = self._waiting()
        if kept is None:
            return self._asked(self._opened(), method, target, headers, body)
        with suppress(Unanswered):
            return self._asked(kept, method, target, headers, body)
        self._rate.wait()
        return replace(self._asked(self._opened(), method, target, headers, body), sent=2)

    def _asked(
        self,
        connection: HTTPConnection,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Response:
        """Raises Unreachable, and Unanswered."""
        line, done = cast(TimedSocket, connection.sock), False
        line.begin(self._timeout)
        try:
            with suppress(*CLOSED):  # it may have answered already
                connection.request(method, self._address.root + target, body, dict(headers))
            with connection.getresponse() as answer:
                received = joined(answer.getheaders())
                if line.ended:
                    raise IncompleteRead(b"")  # in the headers, which http.client takes for whole
                content = _body(answer, received)
            done = connection.sock is not None and "Connection" not in headers
        except (OSError, EOFError, HTTPException, zlib.error) as error:
            raise self._lost(error, line.heard) from None
        finally:
            self._idle.append((time.monotonic(), connection)) if done else connection.close()
        self._slow_down(received)
        return Response(answer.status, received, content)

    def _lost(self, error: Exception, heard: bool) -> Unreachable:
        """What became of a request; `heard`: a byte of an answer has come."""
        broken = f"the connection broke off ({type(error).__name__}): is that an HTTP server?"
        if isinstance(error, CLOSED) and not heard:
            return Unanswered(broken)
        if isinstance(error, TimeoutError) and heard:
            within = f"within {self._timeout:g} seconds (--timeout)"
            return Unreachable(f"the server's answer was not whole {within}")
        if isinstance(error, TimeoutError | ssl.SSLError) and not isinstance(error, CLOSED):
            return Unreachable(self._why(error, broken))
        return CutOff(broken)

    def _waiting(self) -> HTTPConnection | None:
        """A connection that has been answered a moment ago and still stands."""
        with suppress(IndexError):
            while True:
                since, connection = self._idle.pop()
                if time.monotonic() - since < IDLE and not _has_news(connection.sock):
                    return connection
                connection.close()  # the server has closed it meanwhile, or is about to
        return None

    def _opened(self) -> HTTPConnection:
        """A new connection. Raises Unreachable."""
        made = HTTPConnection(*self._address.socket, timeout=self._timeout)
        if self._tls:
            made = HTTPSConnection(*self._address.socket, timeout=self._timeout, context=self._tls)
        try:
            made.connect()
            made.sock = TimedSocket(made.sock)
        except (OSError, UnicodeError) as error:
            made.close()
            nothing = (
                f"nothing listens at {self._address}: is the server running, and the network there?"
            )
            raise Unreachable(self._why(error, nothing)) from None
        return made

    def _slow_down(self, headers: Mapping[str, str]) -> None:
        """Keep under the limit that the server itself names."""
        try:
            said = float(headers.get("x-ratelimit-limit", "0"))
        except ValueError:
            return
        if said >= 1 and not self.local and self._rate.limit > said:
            self._rate.limit = said * 0.8

    def _why(self, error: Exception, otherwise: str) -> str:
        if isinstance(error, ssl.SSLError):
            return (
                "TLS was refused: the server's certificate is not trusted here, or it speaks no "
                "TLS; set SSL_CERT_FILE to its authority's certificate, or use its http address"
            )
        if isinstance(error, socket.gaierror | UnicodeError):
            return "the server's name is not known: check --url and the network"
        if isinstance(error, TimeoutError):
            return f"the server did not answer within {self._timeout:g} seconds (--timeout)"
        return otherwise


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name; what is said twice is joined."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _body(answer: HTTPResponse, headers: Mapping[str, str]) -> bytes:
    """The body, unpacked. Raises TooLong, and what reading and unpacking do."""
    content = b""
    large = (answer.length or 0) > LARGEST
    if not large:
        content = answer.read(LARGEST + 1)
        large = len(content) > LARGEST
    if answer.length and not large:
        raise IncompleteRead(content, answer.length)
    if content and not large and headers.get("content-encoding", "").lower() == "gzip":
        with GzipFile(fileobj=BytesIO(content)) as packed:
            content = packed.read(LARGEST + 1)
        large = len(content) > LARGEST
    if large:
        raise TooLong("the server's answer has a body of more than 64 MB")
    return content


def _has_news(line: socket.socket) -> bool:
    """Whether something has come though nothing was asked: its end."""
    with DefaultSelector() as watch:
        watch.register(line, EVENT_READ)
        return bool(watch.select(0))


def _close(idle: Iterable[tuple[float, HTTPConnection]]) -> None:
    for _, connection in idle:
        connection.close()
