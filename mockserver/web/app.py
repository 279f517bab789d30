"""The Flask application: three doors, one behind the other.

`/_mock/…` is the control plane, `/` says what this is, and every other path is the API.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from mockserver.web import control, landing, life
from mockserver.web.messages import LIMIT, Answer, Sent, TooLarge
from mockserver.web.worlds import Server


def create_app(
    *,
    key: str | None = "test-token",
    fixture: str | Path | Mapping[str, Any] = "documented",
    edition: str = "2019-07",
    seed: int = 0,
    strict: bool = False,
    now: str | None = None,
    running: bool = False,
    control_token: str | None = None,
    loopback: bool = True,
    server: Server | None = None,
) -> flask.Flask:
    """A WSGI application with one world in it, opened by `key`; None makes none.

    `fixture` is a name, a path or a document; `now` a timestamp at which the clock stands;
    `running` lets clocks run. `control_token` opens `POST /_mock/universes` from elsewhere;
    `loopback` False says that the server listens beyond this machine. `server`, where given, holds
    the worlds, and the other arguments describe the first one only.

    Raises UnknownEdition, UnknownFixture, UnfitFixture or BadFixture with what is wrong.
    """
    server = server or Server(
        edition=edition,
        seed=seed,
        strict=strict,
        running=running,
        control_token=control_token,
        loopback=loopback,
    )
    if key is not None:
        server.universe(
            key=key, edition=edition, fixture=fixture, seed=seed, strict=strict, now=now
        )
    app = flask.Flask("mockserver", static_folder=None)
    app.extensions["mockserver"] = server

    @app.before_request
    def handle() -> flask.Response:
        # before routing, not as a route: Flask's map would answer odd paths and methods itself
        return written(answer(server, received(flask.request)))

    return app


def answer(server: Server, sent: Sent) -> Answer:
    """Which door a request goes through."""
    if refused := control.stranger(server, sent):
        return refused
    if sent.path.startswith("/_mock/"):
        return control.answer(server, sent)
    if sent.path == "/":
        return landing.answer(server, sent)
    return life.answer(server, sent)


def received(request: flask.Request) -> Sent:
    """Flask's request as ours. The body is read when it is asked for."""

    def body() -> bytes:
        if (request.content_length or 0) > LIMIT:
            raise TooLarge
        request.max_content_length = LIMIT
        try:
            return request.get_data(cache=False)
        except RequestEntityTooLarge:
            raise TooLarge from None

    return Sent(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        arguments=list(request.args.items(multi=True)),
        headers=request.headers,  # type: ignore[arg-type]
        base=request.host_url.rstrip("/"),
        body=body,
    )


def written(answer: Answer) -> flask.Response:
    """Our answer as Flask's."""
    body = broken_off(answer) if answer.cut else answer.body
    response = flask.Response(body, status=answer.status)
    response.headers.remove("Content-Type")
    response.headers.update(answer.headers)
    if answer.cut:
        response.headers["Content-Length"] = str(len(answer.body))
    return response


def broken_off(answer: Answer) -> Iterator[bytes]:
    """A body that breaks off: the server drops the connection, a test client gets the error."""
    if answer.cut == "midway":
        yield answer.body[: len(answer.body) // 2]
    raise ConnectionResetError(errno.ECONNRESET, "a fault: the connection was closed")
