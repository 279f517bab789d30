"""Applications behind ASGI that may take their time: a function, or a WSGI application."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from mockserver.pipeline.messages import Answer, Sent, TooLarge, Unreadable
from mockserver.web.asgi_messages import (
    AsgiHeaders,
    Body,
    Receive,
    Scope,
    Send,
    dropped,
    give,
    received,
    sent_by,
)
from mockserver.web.protocol import FINISHED

if TYPE_CHECKING:
    from mockserver.web.wsgi import Wsgi

T = TypeVar("T")


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


class Functions:
    """An ASGI application of one function that may take its time."""

    def __init__(self, answer: Callable[[Sent], Answer], threads: Threads) -> None:
        self._answer, self._threads = answer, threads

    def stop(self) -> None:
        """There are no streams."""

    def close(self) -> None:
        self._threads.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body()
        sent = sent_by(scope, body)
        body.content = await received(scope, receive, sent.headers)  # type: ignore[arg-type]
        await give(await self._threads.run(partial(self._answer, sent)), scope, receive, send)


class Wsgis:
    """A WSGI application behind ASGI, in threads. What it gives back may be asynchronous: such a
    stream (`__aiter__`, e.g. server-sent events) holds no thread while it has nothing to say, and ends
    with its client and with the server."""

    def __init__(self, app: Wsgi, threads: Threads) -> None:
        self._app, self._threads, self._over = app, threads, asyncio.Event()

    def stop(self) -> None:
        """End the streams that would go on for ever."""
        self._over.set()

    def close(self) -> None:
        self._threads.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = await received(scope, receive, AsgiHeaders(scope["headers"]))
        if isinstance(content, Unreadable):
            status = 413 if isinstance(content, TooLarge) else 400
            return await give(Answer(status), scope, receive, send)
        begun = partial(_begun, self._app, _environ(scope, content))
        try:
            status, headers, parts = await self._threads.run(begun)
            await send({"type": "http.response.start", "status": status, "headers": headers})
            if isinstance(parts, AsyncIterable):
                await self._stream(parts, scope, receive, send)
            else:
                while (part := await self._threads.run(partial(next, parts, None))) is not None:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        except ConnectionError:
            return await dropped(scope, receive, at_once=False)
        await send({"type": "http.response.body"})

    async def _stream(
        self, parts: AsyncIterable[bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send what comes, until it ends, its client has gone, or the server stops."""

        stream = aiter(parts)

        async def pump() -> None:
            async for part in stream:
                await send({"type": "http.response.body", "body": part, "more_body": True})

        async def left() -> None:
            """Who has closed his side listens no more: of a stream nobody reads the rest."""
            while (await receive())["type"] != "http.disconnect" and not scope.get(FINISHED):
                pass

        pumping = asyncio.ensure_future(pump())
        tasks = [pumping, asyncio.ensure_future(left()), asyncio.ensure_future(self._over.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()
        if not pumping.cancelled():
            pumping.result()


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
    for name, value in AsgiHeaders(scope["headers"]).items():
        if "_" not in name and name not in ("content-length", "transfer-encoding"):
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ | {"CONTENT_LENGTH": str(len(content))}
