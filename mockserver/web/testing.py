"""For tests: Flask's client that knows a token, and a server that starts when a socket is wanted."""

from __future__ import annotations

import threading
from typing import Any

import flask
from flask.testing import FlaskClient

from mockserver.contract.operations import JSONAPI
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from mockserver.web.worlds import Server


class ApiClient(FlaskClient):
    """Flask's test client with a token; `json=` is sent as JSON:API wants it."""

    token = ""

    @classmethod
    def of(cls, app: flask.Flask, token: str) -> ApiClient:
        client = cls(app, app.response_class, use_cookies=False)
        client.token = token
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def open(self, *arguments: Any, **options: Any) -> Any:
        if options.get("json") is not None and "content_type" not in options:
            headers = {name.lower() for name in dict(options.get("headers") or {})}
            if "content-type" not in headers:
                options["content_type"] = JSONAPI
        return super().open(*arguments, **options)


def app_of(server: Server) -> flask.Flask:
    """An application for the worlds of a server, with none of its own."""
    return create_app(key=None, server=server)


class Live:
    """A server in this process that listens only once its `url` is asked for."""

    def __init__(self, server: Server | None = None) -> None:
        self.server = server or Server()
        self.app = app_of(self.server)
        self._live: LiveServer | None = None
        self._lock = threading.Lock()

    @property
    def started(self) -> bool:
        return self._live is not None

    @property
    def url(self) -> str:
        """Where it listens; the first use starts it."""
        with self._lock:
            if self._live is None:
                self._live = LiveServer(self.app).start()
            return self._live.url

    def stop(self) -> None:
        with self._lock:
            if self._live is not None:
                self._live.stop()
                self._live = None

    def __enter__(self) -> Live:
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop()
