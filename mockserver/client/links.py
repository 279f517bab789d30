"""How a handle reaches its world: in this process, or over HTTP. The control plane is the same."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from mockserver.control import answering as control
from mockserver.escaping import escaped
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.server import Server
from mockserver.world.universe import Universe

UNKNOWN = "there is no universe with this key (any more): is its test over, or was it deleted?"


class ControlError(Exception):
    """The control plane refused, or could not be reached.

    `status` is the HTTP status (0: not reached), `errors` are its `{"pointer", "detail"}`.
    """

    def __init__(self, status: int, errors: list[dict[str, str]]) -> None:
        self.status, self.errors = status, errors
        said = (f"{e['pointer']}: {e['detail']}" if e["pointer"] else e["detail"] for e in errors)
        super().__init__(escaped("; ".join(said)) or f"status {status}")


class Gone(ControlError):
    """The universe is not there (any more): its test is over, or somebody deleted it."""


class Link(Protocol):
    """A way to the control plane of one universe."""

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        """The answer's document, None where it has none. Raises ControlError, Gone."""

    def broken(self) -> list[dict[str, Any]]:
        """The exchanges that broke the contract, as the journal shows them."""


def judged(status: int, body: bytes, *, making: bool = False) -> Any:
    """The document of an answer. Raises ControlError where it refuses."""
    try:
        document = json.loads(body) if body else None
    except ValueError:
        raise ControlError(status, [{"pointer": "", "detail": "the answer is no JSON"}]) from None
    if status < 400:
        return document
    errors = document.get("errors", []) if isinstance(document, dict) else []
    errors = [{"pointer": "", "detail": "", **error} for error in errors]
    lost = status == 404 and any(error["pointer"] == "/fork" for error in errors)
    if lost or (status == 401 and not making):  # making a universe wants another token
        if not any("is gone" in error["detail"] for error in errors):
            errors = [{"pointer": "", "detail": UNKNOWN}]
        raise Gone(status, errors)
    raise ControlError(status, errors)


def query_of(query: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in query.items() if value is not None})


class InProcess:
    """A server in this process: no socket, no serialization but the documents' own."""

    def __init__(self, server: Server, universe: Universe) -> None:
        self.server, self.universe = server, universe

    def alive(self) -> None:
        """Raises Gone where the world is over, even if another has its key by now."""
        if (why := self.universe.gone) is not None:
            raise Gone(401, [{"pointer": "", "detail": f"the universe of this key is gone: {why}"}])

    def broken(self) -> list[dict[str, Any]]:
        self.alive()
        journal, strict = self.universe.journal, self.universe.strict
        found = [*journal.breaches, *(journal.strays if strict else ())]
        return [exchange.shown() for exchange in found]

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        self.alive()
        body = b"" if document is None else json.dumps(document).encode()
        text = query_of(query)
        sent = Sent(
            method=method,
            path=f"/_mock/{path}",
            query=text,
            arguments=[(n, str(v)) for n, v in query.items() if v is not None],
            headers={
                "Authorization": f"Bearer {self.universe.key}",
                "Content-Type": "application/json",
            },
            root=lambda: "http://localhost",
            receive=lambda: body,
        )
        made = control.answer(self.server, sent)
        return judged(made.status, made.body)


class Http:
    """A server that runs elsewhere. `control_token` makes worlds there, where it is not loopback."""

    def __init__(
        self, url: str, key: str, timeout: float = 30.0, control_token: str | None = None
    ) -> None:
        self.url, self.key, self.timeout = url.rstrip("/"), key, timeout
        self.control_token = control_token

    def broken(self) -> list[dict[str, Any]]:
        strict = self.send("GET", "universe")["strict"]
        exchanges = self.send("GET", "journal")["exchanges"]
        return [one for one in exchanges if one["breach"] or (strict and one["findings"])]

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        text = query_of(query)
        url = f"{self.url}/_mock/{quote(path)}" + (f"?{text}" if text else "")
        body = None if document is None else json.dumps(document).encode()
        making = path == "universes"
        token = (making and self.control_token) or self.key
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            request = urllib.request.Request(url, body, headers, method=method)
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                return judged(response.status, response.read(), making=making)
        except urllib.error.HTTPError as error:
            with error:
                return judged(error.code, error.read(), making=making)
        except (OSError, ValueError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            detail = f"no mock server answers at {self.url}: {reason}"
            raise ControlError(0, [{"pointer": "", "detail": detail}]) from None
