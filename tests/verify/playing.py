"""Verification of a server in this process: no socket, any WSGI application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.test import Client

import mockserver
from mockserver.contract import load
from mockserver.judge.findings import Findings
from mockserver.judge.result import Result
from mockserver.scenarios import scenarios
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.run import verify
from mockserver.traffic.transport import Response

TOKEN = "verify-test-token-0123456789"
Wsgi = Callable[..., Any]


class InProcess:
    """A transport to a WSGI application."""

    def __init__(self, app: Wsgi) -> None:
        self._client = Client(app, use_cookies=False)

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        answer = self._client.open(target, method=method, headers=dict(headers), data=body)
        received = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, received, answer.get_data())


def context_of(app: Wsgi, *, organization: str = "my-organization", **options: Any) -> Context:
    edition = load("2019-07")
    return Context(
        transport=InProcess(app),
        edition=edition,
        scenarios=scenarios(),
        organization=organization,
        token=TOKEN,
        findings=Findings(edition),
        **options,
    )


def run(app: Wsgi, only: frozenset[str] = frozenset(), **options: Any) -> tuple[Context, Result]:
    """Verify an application; `only`: operations whose types are played, findings of all are kept."""
    context = context_of(app, **options)
    return context, verify(context, only)


def server() -> Any:
    """Ours, with the documented world."""
    return mockserver.create_app(key=TOKEN)
