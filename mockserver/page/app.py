"""The Flask application of the page: its doors, its headers, and what is shown when something is wrong."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.exceptions import HTTPException

from mockserver.control import answering as control
from mockserver.escaping import escaped
from mockserver.page import doors
from mockserver.page.asking import sent_by
from mockserver.page.views import views
from mockserver.pipeline.messages import Answer
from mockserver.pipeline.server import Server
from mockserver.version import VERSION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # without any, browsers would send no Origin with a form
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of every answer of the page, refusals too."""


def application(server: Server) -> WSGIApplication:
    """The page of a server's worlds, as a WSGI application."""
    site, opened = _site(), doors.Doors(server)
    return lambda environ, start: site({**environ, doors.DOORS: opened}, start)


@cache
def _site() -> flask.Flask:
    """The page of whatever server a request names: its addresses and templates are read once in a
    process."""
    app = flask.Flask("mockserver.page", static_url_path="/page")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["line"] = lambda value: escaped(str(value))
    app.jinja_env.globals["version"] = VERSION
    app.url_map.strict_slashes = False  # who types a slash at the end means the same page
    app.register_blueprint(views)
    app.before_request(_let_in)
    app.after_request(_sealed)
    app.context_processor(lambda: {"csrf": doors.csrf, "said": doors.said, "number": None})
    app.register_error_handler(doors.Locked, _locked)
    app.register_error_handler(doors.NoWorld, _gone)
    app.register_error_handler(HTTPException, _wrong)
    return app


def _let_in() -> flask.Response | None:
    """As for every path: a name that was bent to here, or a page of another site, gets no further."""
    refused = control.stranger(doors.server(), sent_by(flask.request))
    if refused is not None:
        return flask.Response(refused.body, refused.status, refused.headers)
    doors.check()
    return None


def _sealed(response: flask.Response) -> flask.Response:
    response.headers.update(HEADERS)
    doors.remember(response)
    if flask.request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        control.logged(doors.server(), sent_by(flask.request), Answer(response.status_code), "page")
    return response


def _locked(locked: doors.Locked) -> tuple[str, int]:
    """Ask for what opens it; who comes from another site has his cookie at the second request."""
    headers = flask.request.headers
    if flask.request.method == "GET" and headers.get("Sec-Fetch-Site") == "cross-site":
        return flask.render_template("again.html"), 200
    return flask.render_template("locked.html", locked=locked, wrong=locked.wrong), 401


def _gone(gone: doors.NoWorld) -> tuple[str, int]:
    return flask.render_template("gone.html", gone=gone), 404


def _wrong(error: HTTPException) -> Any:
    response = error.get_response()
    if error.code is None or error.code < 400:
        return response
    response.content_type = "text/html; charset=utf-8"
    response.set_data(flask.render_template("wrong.html", error=error))
    return response
