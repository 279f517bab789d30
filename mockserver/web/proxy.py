"""The recording proxy: a function from a request to the upstream's answer, which tells of both.

Bodies pass as they are, save that the upstream's address in JSON answers becomes the proxy's: a
client that follows `links.next` must not slip past. A body that is short, broken or too large never
leaves: the server behind would store the stump. Nor does a path that would lead out of the
upstream's, nor what is meant for another host: the token in it is that host's.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote, urlsplit

from mockserver.judge.exchange import Exchange
from mockserver.pipeline.messages import Answer, BrokenOff, Sent, TooLarge, json_answer
from mockserver.traffic.transport import Response, Transport, Unreachable

HOPS = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length", "content-encoding", "host", "accept-encoding",
    "expect",
})  # fmt: skip
"""Headers that are between two neighbours (RFC 9110, 7.6.1), or that we say anew."""
_DOTS = frozenset({".", ".."})
"""Parts of a path that are taken out on the way, with what stands before them (RFC 3986, 5.2.4)."""


class Told(Protocol):
    """Who is told of what passes, and of what does not."""

    def take(self, exchange: Exchange) -> None:
        """An exchange, its bodies as bytes."""

    def refused(self, method: str, path: str, token: str | None, status: int, why: str) -> None:
        """A request that the upstream did not answer, and what was answered in its place."""


class Proxy:
    """Passes requests on over a wire, and tells of each."""

    def __init__(self, wire: Transport, upstream: str, told: Told) -> None:
        self._wire, self._told = wire, told
        self._upstream = (upstream if "://" in upstream else f"https://{upstream}").rstrip("/")

    def __call__(self, sent: Sent) -> Answer:
        """The upstream's answer; 400, 413 or 421 for what must not leave, 502 without one."""
        if not sent.path.startswith("/") or not _DOTS.isdisjoint(sent.path.split("/")):
            detail = "the path is not one of this server, or has . or .. as a part"
            return self._refused(sent, 400, "bad request", f"{detail}: it was not sent on")
        if sent.elsewhere not in ("", urlsplit(self._upstream).netloc):
            detail = f"the request is for {sent.elsewhere}, and only the upstream is recorded"
            return self._refused(sent, 421, "misdirected request", f"{detail}: it was not sent on")
        try:
            body = sent.body()
        except BrokenOff:
            return self._refused(
                sent, 400, "bad request", "the body ends before its end: it was not sent on"
            )
        except TooLarge:
            detail = "the body is larger than 10 MB: it was not sent on"
            return self._refused(sent, 413, "payload too large", detail)
        query = f"?{sent.query}" if sent.query else ""
        target = (sent.target or quote(sent.path)) + query
        try:
            received = self._wire.send(sent.method, target, _headers(sent), body or None)
        except Unreachable as error:
            return self._refused(sent, 502, "bad gateway", str(error))
        self._told.take(_exchange(sent, body, received))
        return self._passed(sent, received)

    def _passed(self, sent: Sent, received: Response) -> Answer:
        """The answer as the client gets it, with our address where the upstream's stood."""
        body = received.body
        if "json" in received.headers.get("content-type", ""):
            body = body.replace(f"{self._upstream}/".encode(), f"{sent.base}/".encode())
        headers = {
            name: value.replace(self._upstream, sent.base)
            for name, value in received.headers.items()
            if name not in HOPS
        }
        return Answer(received.status, body, headers)

    def _refused(self, sent: Sent, status: int, title: str, why: str) -> Answer:
        """The proxy's own answer, in the API's form so that clients can read it."""
        self._told.refused(sent.method, sent.path, sent.token, status, why)
        error = {"status": str(status), "title": title, "detail": f"mockserver record: {why}"}
        return json_answer(status, {"errors": [error]})


def _headers(sent: Sent) -> dict[str, str]:
    """What is sent on: all but the hops, and but those that the client names as such."""
    named = sent.headers.get("Connection", "").lower().split(",")
    hops = HOPS.union(name.strip() for name in named)
    return {name: value for name, value in sent.headers.items() if name.lower() not in hops}


def _exchange(sent: Sent, body: bytes, received: Response) -> Exchange:
    return Exchange(
        method=sent.method,
        path=sent.path,
        query=sent.arguments,
        request=body or None,
        status=received.status,
        media_type=received.headers.get("content-type"),
        answer=received.body,
        token=sent.token,
    )
