"""How the page asks: the control plane's own functions, and the API's, without a socket."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import flask

from mockserver.contract.operations import JSONAPI
from mockserver.control import answering
from mockserver.page import doors
from mockserver.pipeline import frame
from mockserver.pipeline.frame import setting_of
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.pipeline import run
from mockserver.world.entries import Entry
from mockserver.world.universe import Universe

AGENT = "mockserver page"
"""What the page calls itself in the journal."""


class ControlRefusal(Exception):
    """What the control plane does not do, in its own words: a status, and a sentence for each fault."""

    def __init__(self, status: int, said: list[str]) -> None:
        self.status, self.said = status, said
        super().__init__("; ".join(said))


def control(
    method: str, path: str, document: Any = None, *, of: Universe | None = None, query: str = ""
) -> Any:
    """The document of a control call, of a world or of the server. Raises Refusal."""
    known = doors.server().control_token if flask.g.session and flask.g.session.control else None
    token = of.key if of else known
    body = b"" if document is None else json.dumps(document).encode()
    made = answering.answer(doors.server(), asked(method, f"/_mock/{path}", token, query, body))
    told: Any = json.loads(made.body) if made.body else None
    if made.status >= 400:
        raise ControlRefusal(made.status, [_sentence(error) for error in told["errors"]])
    return told


def _sentence(error: dict[str, str]) -> str:
    return f"{error['pointer']}: {error['detail']}" if error["pointer"] else error["detail"]


def asked(
    method: str,
    path: str,
    token: str | None,
    query: str = "",
    body: bytes = b"",
    media_type: str = "application/json",
) -> Sent:
    """A request of the page's own, as a door would make it."""
    headers = {"Content-Type": media_type, "User-Agent": AGENT, "Accept": media_type}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return Sent(
        method=method,
        path=path,
        query=query,
        arguments=parse_qsl(query, keep_blank_values=True, errors="replace"),
        headers=headers,
        root=root(),
        receive=lambda: body,
    )


def root() -> Any:
    """Where this server is reached; asked for at once, while the request is there."""
    base = flask.request.host_url.rstrip("/")
    return lambda: base


def sent_by(request: flask.Request) -> Sent:
    """The browser's own request, for the control plane's rules and for the log; a code is masked."""
    path = "/open/[code]" if request.path.startswith("/open/") else request.path
    return Sent(
        method=request.method,
        path=path,
        query=request.query_string.decode("latin-1"),
        arguments=(),
        headers=request.headers,
        root=root(),
        receive=lambda: b"",
    )


def api(universe: Universe, path: str) -> bytes:
    """What the API would answer its administrator, without an entry in the journal."""
    setting = setting_of(doors.server().contract(universe.edition), universe)
    sent = asked("GET", path, universe.key, media_type=JSONAPI)
    return run(setting, universe.state, sent, universe.clock.now()).answer.body


def send(
    universe: Universe,
    method: str,
    path: str,
    query: str,
    body: bytes,
    media_type: str,
    caller: str | None,
) -> tuple[Entry | None, float]:
    """Send a request to the API as a caller (None: the administrator), as any door would.

    Gives its entry in the journal, where it has one, and the seconds that a fault would have held it
    up: nobody waits for those here.
    """
    server, journal = doors.server(), universe.journal
    sent = asked(method, path, universe.key, query, body, media_type)
    visit = frame.arrive(server, replace(sent, caller=caller))
    known = journal.count
    done = frame.complete(server, visit)
    assert done is not None
    frame.enter(server, done)
    ours = [e for e in journal.since(known) if e.headers.get("User-Agent") == AGENT]
    return (ours[-1] if ours else None), sum(seconds for _, seconds in visit.delays)
