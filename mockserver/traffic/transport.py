"""The way to a server: keep-alive, timeouts, no redirect followed, a rate kept, 429 honoured.

What keeps it from being reached is told apart and said in one sentence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, unquote

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from mockserver.loopback import is_loopback, split

PATIENCE = 12
"""How often in a row a 429 is waited for: after that it is a storm."""
LONGEST = 20.0
"""Seconds that a server may ask to wait before it is not worth it."""
DOCUMENTED = 25.0
"""Requests a second to a server elsewhere: under the 30 that the index page documents."""


class Unreachable(Exception):
    """The server could not be reached, or does not let itself be asked; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Response:
    """A status, headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """What verification needs of a connection."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        """One request; `target` is path and query. Raises Unreachable."""


class Rate:
    """At most so many requests a second, over all threads; 0 for as many as there are."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        if not self.limit:
            return
        with self._lock:
            now = time.monotonic()
            self._next = max(now, self._next + 1 / self.limit)
            pause = self._next - now
        if pause > 0:
            time.sleep(pause)


class _Exact(HTTPConnection):
    """Sends the target as it was given: urllib3 would encode anew what is no escape in it."""

    def putrequest(self, method: str, url: str, *args: Any, **options: Any) -> None:
        super().putrequest(method, _unpacked(url), *args, **options)


class _ExactTls(HTTPSConnection):
    """The same, by TLS."""

    def putrequest(self, method: str, url: str, *args: Any, **options: Any) -> None:
        super().putrequest(method, _unpacked(url), *args, **options)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Exact


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _ExactTls


POOLS = {"http": _Pool, "https": _TlsPool}


def _packed(target: str) -> str:
    """A target as a path in which every letter that could be changed on the way is escaped."""
    return "/" + quote(target, safe="", encoding="latin-1")


def _unpacked(path: str) -> str:
    return unquote(path[1:], encoding="latin-1")


class HttpTransport:
    """A server at a URL. `rate`: requests a second, None for the documented one, 0 for none.

    On this machine nobody's limit is in danger, so there None means none. `patient` False: a 429 is
    an answer like any other.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        rate: float | None = None,
        patient: bool = True,
    ) -> None:
        parts = split(url if "://" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is not an http or https address")
        self.local = is_loopback(parts.hostname)
        root = parts.path.rstrip("/").removesuffix("/api/v2")  # as curl's users have it
        self._base, self._path = f"{parts.scheme}://{parts.netloc}", root
        self._timeout, self._patient = timeout, patient
        self._rate = Rate((0.0 if self.local else DOCUMENTED) if rate is None else rate)
        self._pool = urllib3.PoolManager(
            maxsize=16, block=True, retries=False, timeout=urllib3.Timeout(timeout)
        )
        self._pool.pool_classes_by_scheme = POOLS

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
        self._rate.wait()
        try:
            answer = self._pool.request(
                method,
                self._base + _packed(self._path + target),
                body=body,
                headers=dict(headers),
                redirect=False,
            )
        except HTTPError as error:
            raise Unreachable(self._why(error)) from None
        received = {name.lower(): value for name, value in answer.headers.items()}
        self._slow_down(received)
        return Response(answer.status, received, answer.data)

    def _slow_down(self, headers: Mapping[str, str]) -> None:
        """Keep under the limit that the server itself names."""
        try:
            said = float(headers.get("x-ratelimit-limit", "0"))
        except ValueError:
            return
        if said >= 1 and not self.local and self._rate.limit > said:
            self._rate.limit = said * 0.8

    def _why(self, error: HTTPError) -> str:
        if isinstance(error, SSLError):
            return (
                "TLS was refused: the server's certificate is not trusted here, or it speaks no "
                "TLS; set SSL_CERT_FILE to its authority's certificate, or use its http address"
            )
        if isinstance(error, NameResolutionError):
            return "the server's name is not known: check --url and the network"
        if isinstance(error, NewConnectionError):
            return "nothing listens at --url: is the server running, and the network there?"
        if isinstance(error, ReadTimeoutError | ConnectTimeoutError):
            return f"the server did not answer within {self._timeout:g} seconds (--timeout)"
        return f"the connection broke off ({type(error).__name__}): is that an HTTP server?"


def patiently(
    once: Callable[[], Response], pause: Callable[[float], None] = time.sleep
) -> Response:
    """An answer that is no 429: each is waited out as the server says, a storm is given up."""
    for attempt in range(PATIENCE + 1):
        received = once()
        if received.status != 429 or attempt == PATIENCE:
            break
        pause(min(_wanted(received.headers, attempt), LONGEST))
    if received.status == 429:
        raise Unreachable(
            f"the server answered 429 {PATIENCE + 1} times in a row, each wait included: "
            "lower --rate, or ask for a higher limit"
        )
    return received


def _wanted(headers: Mapping[str, str], attempt: int) -> float:
    """Seconds to wait, as the server says; else a little longer each time."""
    for name in ("retry-after", "x-ratelimit-reset"):
        try:
            return max(0.0, float(headers[name]))
        except (KeyError, ValueError):
            continue
    return min(0.1 * float(2**attempt), 5.0)
