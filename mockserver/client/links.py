"""How a handle reaches its world: in this process, or over HTTP. The control plane is the same."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from mockserver.web import control
from mockserver.web.messages import Sent
from mockserver.web.worlds import Server


class ControlError(Exception):
    """The control plane refused, or could not be reached.

    `status` is the HTTP status (0: not reached), `errors` are its `{"pointer", "detail"}`.
    """

    def __init__(self, status: int, errors: list[dict[str, str]]) -> None:
        self.status, self.errors = status, errors
        said = (f"{e['pointer']}: {e['detail']}" if e["pointer"] else e["detail"] for e in errors)
        super().__init__("; ".join(said) or f"status {status}")


class Gone(ControlError):
    """The universe is not there (any more): its test is over, or somebody deleted it."""


class Link(Protocol):
    """A way to the control plane of one universe."""

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        """The answer's document, None where it has none. Raises ControlError."""


def judged(status: int, body: bytes, key: str) -> Any:
    """The document of an answer. Raises ControlError where it refuses."""
    try:
        document = json.loads(body) if body else None
    except ValueError:
        raise ControlError(status, [{"pointer": "", "detail": "the answer is no JSON"}]) from None
    if status < 400:
        return document
    errors = document.get("errors", []) if isinstance(document, dict) else []
    errors = [{"pointer": "", "detail": "", **error} for error in errors]
    if status == 401:
        detail = "there is no universe with this key: was it used after its test, or deleted?"
        raise Gone(status, [{"pointer": "", "detail": detail}])
    raise ControlError(status, errors)


def query_of(query: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in query.items() if value is not None})


class InProcess:
    """A server in this process: no socket, no serialization but the documents' own."""

    def __init__(self, server: Server, key: str) -> None:
        self.server, self.key = server, key

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        body = b"" if document is None else json.dumps(document).encode()
        text = query_of(query)
        sent = Sent(
            method=method,
            path=f"/_mock/{path}",
            query=text,
            arguments=[(n, str(v)) for n, v in query.items() if v is not None],
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
            base="http://localhost",
            body=lambda: body,
        )
        made = control.answer(self.server, sent)
        return judged(made.status, made.body, self.key)


class Http:
    """A server that runs elsewhere."""

    def __init__(self, url: str, key: str, timeout: float = 30.0) -> None:
        self.url, self.key, self.timeout = url.rstrip("/"), key, timeout

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        text = query_of(query)
        url = f"{self.url}/_mock/{quote(path)}" + (f"?{text}" if text else "")
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(
            url,
            body,
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                return judged(response.status, response.read(), self.key)
        except urllib.error.HTTPError as error:
            with error:
                return judged(error.code, error.read(), self.key)
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            detail = f"no mock server answers at {self.url}: {reason}"
            raise ControlError(0, [{"pointer": "", "detail": detail}]) from None
