"""The recording proxy: a WSGI application that passes traffic on to an upstream and tells of it.

Bodies pass as they are, save that the upstream's address in JSON answers becomes the proxy's: a
client that follows `links.next` must not slip past.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.verify.judge import Exchange
from mockserver.verify.wire import Received, Unreachable, Wire

Start = Callable[..., Any]
Take = Callable[[Exchange, str | None], None]
HOPS = (
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade", "content-length", "content-encoding", "host", "accept-encoding",
)  # fmt: skip
"""Headers that are between two neighbours, or that we say anew."""
LARGE = 1024 * 1024
"""Bytes of a request beyond which it is told by its length alone."""


class Proxy:
    """Passes requests on over a wire; `take` is told of each exchange and the token it carried."""

    def __init__(self, wire: Wire, upstream: str, take: Take) -> None:
        self._wire, self._upstream, self._take = wire, upstream.rstrip("/").encode(), take

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        method, headers = environ["REQUEST_METHOD"], _headers(environ)
        body = _body(environ)
        query = environ.get("QUERY_STRING", "")
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        target = (environ.get("REQUEST_URI") or path).partition("?")[0]
        try:
            received = self._wire.send(
                method, target + (f"?{query}" if query else ""), headers, body or None
            )
        except Unreachable as error:
            return _failed(str(error), start)
        self._take(_exchange(method, path, query, body, received), _token(headers))
        return self._passed(method, received, environ, start)

    def _passed(
        self, method: str, received: Received, environ: Mapping[str, Any], start: Start
    ) -> Iterable[bytes]:
        own = f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}".encode()
        body = received.body
        if "json" in received.headers.get("content-type", ""):
            body = body.replace(self._upstream + b"/", own + b"/")
        headers = [
            (name, value.replace(self._upstream.decode(), own.decode()))
            for name, value in received.headers.items()
            if name not in HOPS
        ]
        if received.status >= 200 and received.status != 204:
            headers.append(("Content-Length", str(len(body))))
        start(f"{received.status} PASSED", headers)
        return () if method == "HEAD" else (body,)


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    names = {
        name[5:].replace("_", "-").title(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if kind := environ.get("CONTENT_TYPE"):
        names["Content-Type"] = kind
    return {name: value for name, value in names.items() if name.lower() not in HOPS}


def _body(environ: Mapping[str, Any]) -> bytes:
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    content: bytes = stream.read(int(length)) if length else b""
    if not length and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", ""):
        content = stream.read()
    return content


def _token(headers: Mapping[str, str]) -> str | None:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _exchange(method: str, path: str, query: str, body: bytes, received: Received) -> Exchange:
    return Exchange(
        method=method,
        path=path,
        query=parse_qsl(query, keep_blank_values=True),
        request=(_json(body) if len(body) <= LARGE else body) if body else None,
        status=received.status,
        media_type=received.headers.get("content-type"),
        answer=received.body,
        document=_parsed(received),
    )


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content


def _parsed(received: Received) -> Any:
    value = _json(received.body) if "json" in received.headers.get("content-type", "") else b""
    return None if isinstance(value, bytes) else value


def _failed(why: str, start: Start) -> Iterable[bytes]:
    """A gateway's own answer, in the API's form so that clients can read it."""
    error = {"status": "502", "title": "bad gateway", "detail": f"mockserver record: {why}"}
    body = json.dumps({"errors": [error]}).encode()
    headers = [("Content-Type", "application/vnd.api+json"), ("Content-Length", str(len(body)))]
    start("502 Bad Gateway", headers)
    return (body,)
