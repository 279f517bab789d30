"""The door for sockets: an ASGI application in front of the same functions as the WSGI one.

What answers in microseconds is answered on the event loop. What may take long (a large body, a
search through many records, seeding, dumping) and whoever must wait for a world's turn goes to
threads, one at a time for each world: nobody holds up another world, and small requests never queue
behind large ones. A latency waits without a thread. Every other path is Flask's.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from mockserver.control import answering as control
from mockserver.pipeline import cors, frame
from mockserver.pipeline.messages import API, Answer, Sent, squeezed
from mockserver.pipeline.server import Server
from mockserver.web.asgi_messages import Body, Receive, Scope, Send, give, received, sent_by
from mockserver.web.threads import Threads, Wsgis
from mockserver.world.access import split
from mockserver.world.faults import Fault

if TYPE_CHECKING:
    from mockserver.web.wsgi import Wsgi

LARGE = 64 * 1024
"""Bytes of a body from which on it is looked at in a thread: some milliseconds of checks."""
MANY = 10_000
"""Records of a world from which on what looks at all of them is done in a thread."""
BULKY = 256 * 1024
"""Bytes of an answer from which on a thread looks through it for secrets that the journal must not keep."""
HEAVY = 2
"""Threads for what takes long: more would only share one processor."""
LIGHT = 16
"""Threads for the control plane, and for whoever waits for a world's turn (one for each world)."""


class AsgiDoor:
    """The ASGI application of a server's worlds. `rest` (WSGI) has every other path."""

    def __init__(self, server: Server, rest: Wsgi) -> None:
        self._server = server
        self._heavy, self._light = Threads(HEAVY, "mockserver-heavy"), Threads(LIGHT, "mockserver")
        self._rest = Wsgis(rest, self._light)

    def stop(self) -> None:
        self._rest.stop()

    def close(self) -> None:
        self._heavy.close()
        self._light.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = squeezed(scope["path"])
        if not path.startswith((*API, "/_mock/")):
            return await self._rest(scope, receive, send)
        body = Body()
        sent = sent_by(scope, body)
        if (refused := control.stranger(self._server, sent)) is not None:
            made = control.logged(self._server, sent, refused, "a stranger")
        elif path.startswith("/_mock/"):
            body.content = await received(scope, receive, sent.headers)  # type: ignore[arg-type]
            made = await self._controlled(sent)
        elif (asked := cors.preflight(self._server.cors_origins, sent)) is not None:
            made = control.logged(self._server, sent, asked, "CORS preflight")
        else:
            made = await self._answered(scope, receive, sent, body)
            made = cors.shared(self._server.cors_origins, sent, made)
        await give(made, scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, sent: Sent, body: Body) -> Answer:
        """An answer of the API."""
        visit = frame.arrive(self._server, sent)
        if sent.writes and visit.universe:  # a stranger's body is not even read
            body.content = await received(scope, receive, sent.headers)  # type: ignore[arg-type]
        for fault, seconds in visit.delays:
            await over(fault, seconds)
        key = visit.universe.key if visit.universe else None
        if frame.is_heavy(visit, LARGE, MANY):
            return await self._heavy.run(partial(self._whole, visit), key)
        done = frame.complete(self._server, visit, wait=False)
        if done is None:  # another request has the turn
            done = await self._light.run(partial(frame.complete, self._server, visit), key)
            assert done is not None
        if len(done.made.body) > BULKY:
            return await self._heavy.run(partial(frame.enter, self._server, done), key)
        return frame.enter(self._server, done)

    def _whole(self, visit: frame.Visit) -> Answer:
        """All of an answer, in a thread."""
        done = frame.complete(self._server, visit)
        assert done is not None
        return frame.enter(self._server, done)

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
