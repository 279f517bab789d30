"""The Flask application: three doors, one behind the other.

`/_mock/…` is the control plane; `/` and what is under it for people is their page, which is imported when
it is opened; every other path is the API.
"""

from __future__ import annotations

import errno
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import EllipsisType
from typing import Any

import flask

from mockserver.control import answering as control
from mockserver.pipeline import cors, frame
from mockserver.pipeline.arguments import refuse_wrong
from mockserver.pipeline.messages import Answer, Sent
from mockserver.pipeline.server import Server
from mockserver.web.wsgi import Environ, Wsgi, WsgiDoor, received


def create_app(
    *,
    key: str | EllipsisType | None = ...,
    fixture: str | Path | Mapping[str, Any] = "documented",
    edition: str | None = None,
    seed: int = 0,
    strict: bool = False,
    now: str | None = None,
    running: bool = False,
    control_token: str | None = None,
    loopback: bool = True,
    allowed_hosts: Collection[str] = (),
    cors_origins: Collection[str] = (),
) -> flask.Flask:
    """A Flask application that serves one world, opened by `key`.

    Arguments:
        key: The key of the world, `test-token` where omitted; None creates no world. Where
            `loopback` is False a key must be given.
        fixture: The data to start with: a name, a path or a document.
        edition: Edition of the API; that of the fixture if omitted, or else 2019-07.
        seed: Number that ids are made from: the same seed gives the same ids.
        strict: Refuse what the API's pages do not list.
        now: Time at which the clock of the world stands, e.g. `2019-07-15T00:00:00Z`.
        running: Let clocks run, as `mockserver serve` does.
        control_token: Token that allows other machines to create worlds.
        loopback: Whether the server is reached from this machine alone.
        allowed_hosts: Host names that are answered beside `localhost`.
        cors_origins: Origins whose pages may call the API from a browser, or `*` for all.

    Raises UnknownEdition, UnknownFixture, UnfitFixture or BadFixture with what is wrong, ValueError
    for a key that is missing, TypeError or ValueError that names a wrong argument.
    """
    if isinstance(key, EllipsisType):
        if not loopback:
            raise ValueError("With loopback=False there is no default key: give one with key=...")
        key = "test-token"
    refuse_wrong(
        "mockserver.create_app",
        {
            "fixture": fixture,
            "seed": seed,
            "strict": strict,
            "running": running,
            "loopback": loopback,
            "allowed_hosts": allowed_hosts,
            "cors_origins": cors_origins,
        },
        {"key": key, "edition": edition, "now": now, "control_token": control_token},
    )
    server = Server(
        edition=edition or Server.edition,
        seed=seed,
        strict=strict,
        running=running,
        control_token=control_token,
        loopback=loopback,
        allowed_hosts=allowed_hosts,
        cors_origins=cors_origins,
    )
    if key is not None:
        server.universe(
            key=key, edition=edition, fixture=fixture, seed=seed, strict=strict, now=now
        )
    return application(server)


def application(server: Server) -> flask.Flask:
    """The WSGI application of a server's worlds."""
    app = flask.Flask("mockserver", static_folder=None)
    app.extensions["mockserver"] = server

    @app.before_request
    def handle() -> flask.Response:
        # before routing, not as a route: Flask's map would answer odd paths and methods itself
        return flask_response(answer(server, received(flask.request.environ)))

    def whole(environ: Environ, made: Answer) -> Wsgi:
        with app.request_context(environ):
            return flask_response(made)

    app.wsgi_app = WsgiDoor(  # type: ignore[assignment,method-assign]
        app.wsgi_app, lambda sent: answer(server, sent), whole, lambda: page_of(server)
    )
    return app


def page_of(server: Server) -> Wsgi:
    """The page for people, imported at its first use."""
    from mockserver.page import application

    return application(server)


def answer(server: Server, sent: Sent) -> Answer:
    """Which door a request goes through."""
    if refused := control.stranger(server, sent):
        return control.logged(server, sent, refused, "a stranger")
    if sent.path.startswith("/_mock/"):
        return control.logged(server, sent, control.answer(server, sent), "control plane")
    if (asked := cors.preflight(server.cors_origins, sent)) is not None:
        return control.logged(server, sent, asked, "CORS preflight")
    return cors.shared(server.cors_origins, sent, frame.answer(server, sent))


def flask_response(answer: Answer) -> flask.Response:
    """Our answer as Flask's."""
    response = flask.Response(answer.body, status=answer.status)
    response.headers.remove("Content-Type")
    response.headers.update(answer.headers)
    return cut_short(response, answer) if answer.cut else response


class Dropped(flask.Response):
    """No answer at all: the server drops the connection, a test client gets the error."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        raise reset()


def cut_short(response: flask.Response, answer: Answer) -> flask.Response:
    """An answer that a fault breaks: nothing of it, half of it, or a whole one of half the text."""
    bare = flask.request.method == "HEAD" or not answer.body
    if answer.cut == "closed" or (answer.cut == "midway" and bare):
        return Dropped()
    half = answer.body[: len(answer.body) // 2] or b"{"
    if answer.cut == "midway":
        response.response = broken_off(half)
        response.headers["Content-Length"] = str(len(answer.body))
        return response
    response.set_data(half)
    return response


def broken_off(start: bytes) -> Iterator[bytes]:
    yield start
    raise reset()


def reset() -> ConnectionResetError:
    return ConnectionResetError(errno.ECONNRESET, "a fault: the connection was closed")
