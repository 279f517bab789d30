"""Verification of a server in this process: no socket, any WSGI application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.test import Client

import mockserver
from mockserver.contract import load
from mockserver.resources import kinds
from mockserver.verify.findings import Findings
from mockserver.verify.run import Outcome, verified
from mockserver.verify.session import Session
from mockserver.verify.wire import Received

KINDS = kinds("2019-07")

TOKEN = "verify-test-token-0123456789"
Wsgi = Callable[..., Any]


class InProcess:
    """A wire to a WSGI application."""

    def __init__(self, app: Wsgi) -> None:
        self._client = Client(app, use_cookies=False)

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Received:
        answer = self._client.open(target, method=method, headers=dict(headers), data=body)
        received = {name.lower(): value for name, value in answer.headers.items()}
        return Received(answer.status_code, received, answer.get_data())


def session_of(app: Wsgi, *, organization: str = "my-organization", **options: Any) -> Session:
    edition = load("2019-07")
    return Session(
        wire=InProcess(app),
        edition=edition,
        kinds=KINDS,
        organization=organization,
        token=TOKEN,
        findings=Findings(edition),
        **options,
    )


def run(app: Wsgi, only: frozenset[str] = frozenset(), **options: Any) -> tuple[Session, Outcome]:
    """Verify an application; `only`: operations whose types are played, findings of all are kept."""
    session = session_of(app, **options)
    return session, verified(session, only)


def server() -> Any:
    """Ours, with the documented world."""
    return mockserver.create_app(key=TOKEN)
