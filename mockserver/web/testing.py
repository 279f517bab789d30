"""For tests: Flask's client that knows a token, and a server that starts when a socket is wanted."""

from __future__ import annotations

import http.client
import io
import re
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import flask
from flask.testing import FlaskClient
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request as BaseRequest

from mockserver.contract.operations import JSONAPI
from mockserver.pipeline.server import Server
from mockserver.web.app import application
from mockserver.web.serving import LiveServer

if TYPE_CHECKING:  # it takes its time to import, and most never speak https
    from mockserver.web.tls import Tls

PLAIN = re.compile(r"/(?!/)[A-Za-z0-9_./-]*(\?[!\"$-~ ]+)?")
"""Paths, with a query or without, that stand in a URL as they are."""
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def _always() -> None:
    """A world elsewhere says itself that it is gone."""


class ApiClient(FlaskClient):
    """Flask's test client with a token; `json=` is sent as JSON:API wants it.

    `alive` is asked before every call: it raises where the world is gone.
    """

    token = ""
    alive: Callable[[], None]

    @classmethod
    def of(cls, app: flask.Flask, token: str, alive: Callable[[], None] = _always) -> ApiClient:
        client = cls(app, app.response_class, use_cookies=False)
        client.token, client.alive = token, alive
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def open(self, *arguments: Any, **options: Any) -> Any:
        self.alive()
        if options.get("json") is not None and "content_type" not in options:
            headers = {name.lower() for name in dict(options.get("headers") or {})}
            if "content-type" not in headers:
                options["content_type"] = JSONAPI
        return super().open(*arguments, **options)

    def _request_from_builder_args(self, args: Any, kwargs: Any) -> Any:
        """The common call by hand: werkzeug's builder takes as long as the server's whole answer."""
        if len(args) == 1 and not self.preserve_context and _is_common(*args, **kwargs):
            return BaseRequest(self._environ(*args, **kwargs))
        return super()._request_from_builder_args(args, kwargs)

    def _environ(
        self,
        target: str,
        method: str = "GET",
        json: Any = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        query_string: str | None = None,
        data: bytes | None = None,
    ) -> dict[str, Any]:
        """What werkzeug's builder makes of such a call, and a test holds us to it."""
        path, _, query = target.partition("?")
        body = data if json is None else self.application.json.dumps(json).encode()
        type = None if json is None else "application/json"
        given = {}
        for name, value in (headers or {}).items():
            if name.lower() == "content-type":  # CONTENT_TYPE is a header like any other
                type = value
            else:
                given[_variable(name)] = value
        type = type if content_type is None else content_type
        return {
            **self.environ_base,
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": (query_string or query).encode().decode("latin-1"),
            "REQUEST_URI": target,
            "RAW_URI": target,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body or b""),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **({"CONTENT_LENGTH": str(len(body))} if body else {}),
            **({"CONTENT_TYPE": type} if type is not None else {}),
            **given,
        }

    def run_wsgi_app(self, environ: Any, buffered: bool = False) -> Any:
        """Without what werkzeug does for cookies, of which there are none."""
        return run_wsgi_app(self.application, environ, buffered=buffered)


def _variable(name: str) -> str:
    """A header's name in WSGI."""
    return f"HTTP_{name.upper().replace('-', '_')}"


def _is_common(
    target: Any,
    method: str = "GET",
    json: Any = None,
    content_type: str | None = None,
    headers: Any = None,
    query_string: Any = None,
    data: Any = None,
    **others: Any,
) -> bool:
    """Whether a call has nothing to be encoded but JSON, and nothing to be refused."""
    if others or not (isinstance(target, str) and (plain := PLAIN.fullmatch(target))):
        return False
    queries = (query_string is not None) + (plain[1] is not None)
    if queries > 1 or not isinstance(query_string, str | None):
        return False
    if not isinstance(data, bytes | None) or (json is not None and data is not None):
        return False
    if headers is not None and not isinstance(headers, dict):
        return False
    names = [_variable(name) for name in headers or ()]
    values = [*(headers or {}).values()]
    form = any(str(type).lstrip().startswith(FORMS) for type in (content_type, *values))
    return (
        not form
        and len({*names}) == len(names)
        and "HTTP_CONTENT_LENGTH" not in names
        and all(isinstance(value, str) and not {*"\r\n"} & {*value} for value in values)
    )


def app_elsewhere(url: str, timeout: float) -> flask.Flask:
    """An application that sends every request on to the server at `url`: a client of it is a client
    of that server, with the same answers and the same broken connections."""
    app = flask.Flask("mockserver-elsewhere", static_folder=None)
    app.testing = True  # what goes wrong on the way is the caller's, not a 500

    @app.before_request
    def handle() -> flask.Response:
        return _sent_on(urlsplit(url), timeout, flask.request)

    return app


def _sent_on(url: Any, timeout: float, request: flask.Request) -> flask.Response:
    made = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = made(url.hostname, url.port, timeout=timeout)
    query = request.query_string.decode("latin-1")
    headers = {name: value for name, value in request.headers.items() if name != "Host"}
    try:
        target = url.path.rstrip("/") + quote(request.path) + (f"?{query}" if query else "")
        connection.request(request.method, target, request.get_data() or None, headers)
        answer = connection.getresponse()
        response = flask.Response(answer.read(), status=answer.status)
    except http.client.IncompleteRead as error:
        raise ConnectionResetError(str(error)) from error
    finally:
        connection.close()
    response.headers.clear()
    response.headers.extend(answer.getheaders())
    return response


class Live:
    """A server in this process that listens only once its `url`, or `secure`, is asked for."""

    def __init__(self, server: Server | None = None) -> None:
        self.server = server or Server()
        self.app = application(self.server)
        self._plain: LiveServer | None = None
        self._secure: tuple[LiveServer, Tls] | None = None
        self._lock = threading.Lock()

    @property
    def started(self) -> bool:
        return self._plain is not None or self._secure is not None

    @property
    def url(self) -> str:
        """Where it listens; the first use starts it."""
        with self._lock:
            if self._plain is None:
                self._plain = LiveServer(self.app).start()
            return self._plain.url

    @property
    def secure(self) -> tuple[str, Mapping[str, str]]:
        """Where it speaks TLS, and the variables that have clients trust it; the first use starts
        it, with an authority of its own."""
        from mockserver.web import tls

        with self._lock:
            if self._secure is None:
                made = tls.made("localhost")
                self._secure = LiveServer(self.app, tls=made.context).start(), made
            server, made = self._secure
            return server.url.replace("127.0.0.1", "localhost"), made.env

    def stop(self) -> None:
        """Finish what was begun, take nothing new; who waits because of a fault goes on."""
        for universe in self.server.universes:
            universe.faults.clear()
        with self._lock:
            if self._plain is not None:
                self._plain.stop()
            if self._secure is not None:
                server, made = self._secure
                server.stop()
                made.close()
            self._plain = self._secure = None

    def __enter__(self) -> Live:
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop()
