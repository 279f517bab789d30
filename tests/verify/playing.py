"""Verification of a server in this process: no socket, any WSGI application."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import mockserver
from mockserver.contract import load
from mockserver.judge.collected import Findings
from mockserver.judge.result import Result
from mockserver.scenarios import scenarios
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.run import verify
from mockserver.traffic.transport import Response

TOKEN = "verify-test-token-0123456789"
OLD, NEW = "2019-07", "2026-08"
Wsgi = Callable[..., Any]


class InProcess:
    """A transport to a WSGI application: no more than WSGI asks for, since hundreds of runs use it."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "REQUEST_URI": target,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body or b"")),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body or b""),
            "HTTP_HOST": "localhost",
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        said: list[tuple[str, list[tuple[str, str]]]] = []
        content = b"".join(self._app(environ, lambda status, held: said.append((status, held))))
        status, held = said[0]
        received = {name.lower(): value for name, value in held}
        return Response(int(status.split()[0]), received, content)


def context_of(
    app: Wsgi, *, edition: str = OLD, organization: str = "my-organization", **options: Any
) -> Context:
    contract = load(edition)
    return Context(
        transport=InProcess(app),
        edition=contract,
        scenarios=scenarios(),
        organization=organization,
        token=TOKEN,
        findings=Findings(contract),
        **options,
    )


def run(app: Wsgi, only: frozenset[str] = frozenset(), **options: Any) -> tuple[Context, Result]:
    """Verify an application; `only`: operations whose types are played, findings of all are kept."""
    context = context_of(app, **options)
    return context, verify(context, only)


def unnamed(app: Wsgi) -> Wsgi:
    """The same without a control plane, as other servers are: nothing names its edition."""

    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"].startswith("/_mock"):
            start("404 Not Found", [("Content-Type", "text/html"), ("Content-Length", "0")])
            return [b""]
        return app(environ, start)

    return answered


def server(edition: str = OLD) -> Any:
    """Ours, with the documented world."""
    return mockserver.create_app(key=TOKEN, edition=edition)
