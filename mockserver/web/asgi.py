"""The door for sockets: an ASGI application in front of the same functions as the WSGI one.

What answers in microseconds is answered on the event loop. What may take long (a large body, a
search through many records, seeding, dumping) and whoever must wait for a world's turn goes to
threads, one at a time for each world: nobody holds up another world, and small requests never queue
behind large ones. A latency waits without a thread. Every other path is Flask's.
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from weakref import WeakValueDictionary

from mockserver.control import answering as control
from mockserver.pipeline import frame
from mockserver.pipeline.messages import LIMIT, Answer, BrokenOff, Sent, TooLarge, Unreadable
from mockserver.pipeline.worlds import Server
from mockserver.web.protocol import BROKEN, DROP
from mockserver.world.access import split
from mockserver.world.faults import Fault

log = logging.getLogger("mockserver")

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
T = TypeVar("T")

LARGE = 64 * 1024
"""Bytes of a body from which on it is looked at in a thread: some milliseconds of checks."""
PIECE = 128 * 1024
"""Bytes of an answer that are sent at once; others have their turn before the next."""
MANY = 10_000
"""Records of a world from which on what looks at all of them is done in a thread."""
HEAVY = 2
"""Threads for what takes long: more would only share one processor."""
LIGHT = 16
"""Threads for the control plane, and for whoever waits for a world's turn (one for each world)."""


class Headers(dict[str, str]):
    """The headers of a request, in any case; what is said twice is joined."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        super().__init__()
        for name, value in pairs:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            self[key] = f"{self[key]}, {text}" if key in self else text

    def get(self, name: str, default: str = "", /) -> str:  # type: ignore[override]
        return super().get(name.lower(), default)


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
    headers = Headers(scope["headers"])
    return Sent(
        method=scope["method"],
        path=scope["path"],
        query=query,
        arguments=parse_qsl(query, keep_blank_values=True, errors="replace") if query else (),
        headers=headers,
        root=partial(_root, scope, headers),
        receive=body,
        target=scope["raw_path"].decode("latin-1"),
    )


def _root(scope: Scope, headers: Headers) -> str:
    host, port = scope["server"] or ("localhost", None)
    return f"{scope['scheme']}://{headers.get('Host') or f'{host}:{port}'}"


async def received(scope: Scope, receive: Receive, headers: Headers) -> bytes | Unreadable:
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
        return await _dropped(scope, receive, at_once=True)
    half = (body[: len(body) // 2] or b"{") if made.cut else b""
    if made.cut == "short":
        body = half
    headers = [(n.lower().encode(), v.encode("latin-1")) for n, v in made.headers.items()]
    if made.status >= 200 and made.status != 204:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": made.status, "headers": headers})
    if made.cut == "midway":
        await send({"type": "http.response.body", "body": half, "more_body": True})
        return await _dropped(scope, receive, at_once=False)
    for at in range(PIECE, len(body), PIECE):  # who does not read is sent no more than one
        await send({"type": "http.response.body", "body": body[at - PIECE : at], "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": body[(len(body) - 1) // PIECE * PIECE :]})


async def _dropped(scope: Scope, receive: Receive, *, at_once: bool) -> None:
    scope[DROP](at_once=at_once)
    while (await receive())["type"] != "http.disconnect":
        pass


class Threads:
    """Threads for an event loop; `lane` names those who go one at a time."""

    def __init__(self, most: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(most, name)
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(self, work: Callable[[], T], lane: str | None = None) -> T:
        loop = asyncio.get_running_loop()
        if lane is None:
            return await loop.run_in_executor(self._pool, work)
        lock = self._lanes.get(lane)
        if lock is None:
            lock = self._lanes[lane] = asyncio.Lock()
        async with lock:
            return await loop.run_in_executor(self._pool, work)

    def close(self) -> None:
        self._pool.shutdown(wait=False)


class Door:
    """The ASGI application of a server's worlds. `rest` (WSGI) has every other path."""

    def __init__(self, server: Server, rest: Wsgi) -> None:
        self._server = server
        self._heavy, self._light = Threads(HEAVY, "mockserver-heavy"), Threads(LIGHT, "mockserver")
        self._rest = Wsgis(rest, self._light)

    def close(self) -> None:
        self._heavy.close()
        self._light.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if not path.startswith(("/api/", "/.well-known/", "/_mock/")):
            return await self._rest(scope, receive, send)
        body = Body()
        sent = sent_by(scope, body)
        if (refused := control.stranger(self._server, sent)) is not None:
            made = control.logged(self._server, sent, refused, "a stranger")
        elif path.startswith("/_mock/"):
            body.content = await received(scope, receive, sent.headers)  # type: ignore[arg-type]
            made = await self._controlled(sent)
        else:
            made = await self._answered(scope, receive, sent, body)
        await give(made, scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, sent: Sent, body: Body) -> Answer:
        """An answer of the API."""
        visit = frame.arrive(self._server, sent)
        if sent.writes:
            body.content = await received(scope, receive, sent.headers)  # type: ignore[arg-type]
        for fault, seconds in visit.delays:
            await over(fault, seconds)
        if frame.is_heavy(visit, LARGE, MANY):
            made = None
            threads = self._heavy
        else:
            made = frame.complete(self._server, visit, wait=False)
            threads = self._light
        if made is None:  # it takes long, or another request has the turn
            key = visit.universe.key if visit.universe else None
            made = await threads.run(partial(frame.complete, self._server, visit), key)
            assert made is not None
        return made

    async def _controlled(self, sent: Sent) -> Answer:
        """An answer of the control plane."""
        work = partial(control.answer, self._server, sent)
        if sent.path.startswith("/_mock/health/"):
            made = work()
        elif control.is_heavy(sent, LARGE):
            made = await self._heavy.run(work, split(sent.token or "")[0])
        else:
            made = await self._light.run(work, split(sent.token or "")[0])
        return control.logged(self._server, sent, made, "control plane")


async def over(fault: Fault, seconds: float) -> None:
    """Wait so many seconds, or until the fault is over: no thread waits."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    def call() -> None:
        with suppress(RuntimeError):  # the server has stopped meanwhile
            loop.call_soon_threadsafe(end)

    fault.over.then(call)
    try:
        await asyncio.wait([ended], timeout=seconds)
    finally:
        fault.over.forget(call)


class Functions:
    """An ASGI application of one function that may take its time."""

    def __init__(self, answer: Callable[[Sent], Answer], threads: Threads) -> None:
        self._answer, self._threads = answer, threads

    def close(self) -> None:
        self._threads.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body()
        sent = sent_by(scope, body)
        body.content = await received(scope, receive, sent.headers)  # type: ignore[arg-type]
        await give(await self._threads.run(partial(self._answer, sent)), scope, receive, send)


class Wsgis:
    """A WSGI application behind ASGI, in threads. What it gives back may be asynchronous: such a
    stream (`__aiter__`, e.g. server-sent events) holds no thread while it has nothing to say."""

    def __init__(self, app: Wsgi, threads: Threads) -> None:
        self._app, self._threads = app, threads

    def close(self) -> None:
        self._threads.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = await received(scope, receive, Headers(scope["headers"]))
        if isinstance(content, Unreadable):
            status = 413 if isinstance(content, TooLarge) else 400
            return await give(Answer(status), scope, receive, send)
        begun = partial(_begun, self._app, _environ(scope, content))
        try:
            status, headers, parts = await self._threads.run(begun)
            await send({"type": "http.response.start", "status": status, "headers": headers})
            if isinstance(parts, AsyncIterable):
                async for part in parts:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            else:
                while (part := await self._threads.run(partial(next, parts, None))) is not None:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        except ConnectionError:
            return await _dropped(scope, receive, at_once=False)
        await send({"type": "http.response.body"})


def _begun(app: Wsgi, environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], Any]:
    """Status, headers, and the parts of the body as they come."""
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        told[:] = int(status[:3]), headers

    made = app(environ, start)
    parts: Any = made if hasattr(made, "__aiter__") else _parts(made)
    first = [] if hasattr(made, "__aiter__") else [next(parts, b"")]
    status, headers = told
    shown = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
    return status, shown, _chained(first, parts) if first else parts


def _chained(first: list[bytes], parts: Iterator[bytes]) -> Iterator[bytes]:
    yield from first
    yield from parts


def _parts(made: Any) -> Iterator[bytes]:
    try:
        yield from made
    finally:
        if hasattr(made, "close"):
            made.close()


def _environ(scope: Scope, content: bytes) -> dict[str, Any]:
    """What PEP 3333 wants. Names with an underscore are left out: they would pass for others."""
    host, port = scope["server"] or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REQUEST_URI": scope["raw_path"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope["client"] or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in Headers(scope["headers"]).items():
        if "_" not in name and name not in ("content-length", "transfer-encoding"):
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ | {"CONTENT_LENGTH": str(len(content))}
