"""ASGI's messages as ours: a request that comes in, an answer that goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mockserver.loopback import is_loopback
from mockserver.pipeline.messages import (
    LIMIT,
    Answer,
    BrokenOff,
    Sent,
    TooLarge,
    Unreadable,
    squeezed,
)
from mockserver.web.protocol import BROKEN, DROP, NAMED

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

PORTS = {"http": 80, "https": 443}
PIECE = 128 * 1024
"""Bytes of an answer that are sent at once; others have their turn before the next."""


class AsgiHeaders(dict[str, str]):
    """The headers of a request, in any case; what is said twice is joined."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        super().__init__()
        for name, value in pairs:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            self[key] = f"{self[key]}, {text}" if key in self else text

    def get(self, name: str, default: str = "", /) -> str:  # type: ignore[override]
        return dict.get(self, name.lower(), default)


class Body:
    """Where the body of a request is put once it has come; broken off until then."""

    content: bytes | Unreadable = BrokenOff()

    def __call__(self) -> bytes:
        if isinstance(self.content, Unreadable):
            raise self.content
        return self.content


def sent_by(scope: Scope, body: Callable[[], bytes]) -> Sent:
    """A request of ASGI as ours."""
    query = scope["query_string"].decode("latin-1")
    headers = AsgiHeaders(scope["headers"])
    return Sent(
        method=scope["method"],
        path=squeezed(scope["path"]),
        query=query,
        arguments=parse_qsl(query, keep_blank_values=True, errors="replace") if query else (),
        headers=headers,
        root=partial(_root, scope, headers),
        receive=body,
        target=scope["raw_path"].decode("latin-1"),
        elsewhere=_elsewhere(scope),
    )


def _elsewhere(scope: Scope) -> str:
    """The host that the target itself names, where that is not the one it has come to."""
    named, here = scope.get(NAMED, ""), scope["server"]
    if not named or not here:
        return str(named)
    said, (host, port) = urlsplit(f"{scope['scheme']}://{named}"), here
    same = said.hostname == host or (is_loopback(said.hostname) and is_loopback(host))
    return "" if same and (said.port or PORTS[said.scheme]) == port else str(named)


def _root(scope: Scope, headers: AsgiHeaders) -> str:
    host, port = scope["server"] or ("localhost", None)
    return f"{scope['scheme']}://{headers.get('Host') or f'{host}:{port}'}"


async def received(scope: Scope, receive: Receive, headers: AsgiHeaders) -> bytes | Unreadable:
    """The whole body. One that says it is too large is refused before any of it is read."""
    length = headers.get("Content-Length")
    if not length and not headers.get("Transfer-Encoding"):
        return b""
    if length and int(length) > LIMIT:
        return TooLarge()
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect" or scope.get(BROKEN):
            return BrokenOff()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LIMIT:
            return TooLarge()
        more = message.get("more_body", False)
    return b"".join(parts)


async def give(made: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer, or what a fault leaves of it."""
    body, bare = made.body, scope["method"] == "HEAD" or not made.body
    if made.cut == "closed" or (made.cut == "midway" and bare):
        return await dropped(scope, receive, at_once=True)
    half = (body[: len(body) // 2] or b"{") if made.cut else b""
    if made.cut == "short":
        body = half
    headers = [(n.lower().encode(), v.encode("latin-1")) for n, v in made.headers.items()]
    if made.status >= 200 and made.status != 204:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": made.status, "headers": headers})
    if made.cut == "midway":
        await send({"type": "http.response.body", "body": half, "more_body": True})
        return await dropped(scope, receive, at_once=False)
    for at in range(PIECE, len(body), PIECE):  # who does not read is sent no more than one
        await send({"type": "http.response.body", "body": body[at - PIECE : at], "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": body[(len(body) - 1) // PIECE * PIECE :]})


async def dropped(scope: Scope, receive: Receive, *, at_once: bool) -> None:
    scope[DROP](at_once=at_once)
    while (await receive())["type"] != "http.disconnect":
        pass
