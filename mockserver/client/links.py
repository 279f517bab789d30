"""How a handle reaches its world: in this process, or over HTTP. The control plane is the same."""

from __future__ import annotations

import json
import re
import shlex
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import urllib3

from mockserver.contract.files import read, shipped_fixtures
from mockserver.control import answering as control
from mockserver.escaping import escaped
from mockserver.loopback import is_loopback, split
from mockserver.pipeline.arguments import shown
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.server import Server
from mockserver.world.universe import Universe

UNKNOWN = "No world has this key: was it deleted, or is its test over?"


class ControlError(Exception):
    """The control plane refused, or could not be reached.

    `status` is the HTTP status (0: not reached), `errors` are its `{"pointer", "detail"}`. `about` is
    what the message begins with.
    """

    def __init__(self, status: int, errors: list[dict[str, str]], about: str = "") -> None:
        self.status, self.errors = status, errors
        said = (f"{e['pointer']}: {e['detail']}" if e["pointer"] else e["detail"] for e in errors)
        super().__init__(escaped(about + "; ".join(said)) or f"status {status}")


class Gone(ControlError):
    """The universe is not there (any more): its test is over, or somebody deleted it."""


def shown_or_gone(what: str, said: Callable[[], str]) -> str:
    """The repr of a part of a handle; that the world is gone or unreachable is told, not raised."""
    try:
        return f"<{what}: {escaped(said())}>"
    except ControlError as error:
        return f"<{what}: {error}>"


class Link(Protocol):
    """A way to the control plane of one universe."""

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        """The answer's document, None where it has none. Raises ControlError, Gone."""

    def broken(self) -> list[dict[str, Any]]:
        """The exchanges that broke the contract, as the journal shows them."""

    def names(self) -> frozenset[str]:
        """The tokens whose names are known on this side."""

    def learn(self, document: Mapping[str, Any]) -> None:
        """Know the names of the tokens of a fixture that has been seeded."""


def judged(status: int, body: bytes, *, making: bool = False) -> Any:
    """The document of an answer. Raises ControlError where it refuses."""
    try:
        document = json.loads(body) if body else None
    except ValueError:
        raise ControlError(status, [{"pointer": "", "detail": "the answer is not JSON"}]) from None
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
            raise Gone(401, [{"pointer": "", "detail": f"the world of this key is gone: {why}"}])

    def names(self) -> frozenset[str]:
        self.alive()
        return self.universe.named

    def learn(self, document: Mapping[str, Any]) -> None:
        """The universe has heard it itself."""

    def broken(self) -> list[dict[str, Any]]:
        self.alive()
        journal, strict = self.universe.journal, self.universe.strict
        found = [*journal.breaches, *(journal.strays if strict else ())]
        return [exchange.shown() for exchange in found]

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        self.alive()
        body = b"" if document is None else _json(document)
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
        self._seeded: frozenset[str] = frozenset()

    def names(self) -> frozenset[str]:
        universe = self.send("GET", "universe")
        shipped = shipped_fixtures(universe["edition"]).get(universe["fixture"] or "")
        return self._seeded | (_token_names(read(shipped)) if shipped else frozenset())

    def learn(self, document: Mapping[str, Any]) -> None:
        self._seeded |= _token_names(document)

    def broken(self) -> list[dict[str, Any]]:
        strict = self.send("GET", "universe")["strict"]
        exchanges = self.send("GET", "journal")["exchanges"]
        return [one for one in exchanges if one["breach"] or (strict and one["findings"])]

    def send(self, method: str, path: str, document: Any = None, **query: Any) -> Any:
        text = query_of(query)
        if not self.url.startswith(("http://", "https://")):
            detail = f"{self.url!r} is not the address of a server: it must begin with http:// or https://"
            raise ControlError(0, [{"pointer": "", "detail": detail}])
        url = f"{self.url}/_mock/{quote(path)}" + (f"?{text}" if text else "")
        body = None if document is None else _json(document)
        making = path == "universes"
        token = (making and self.control_token) or self.key
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:  # urllib3 asks no environment for a proxy: what is controlled is this machine's own
            with urllib3.PoolManager(timeout=self.timeout, retries=False) as pool:
                answer = pool.request(method, url, body=body, headers=headers, redirect=False)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            detail = _unreached(self.url, error)
            raise ControlError(0, [{"pointer": "", "detail": detail}]) from None
        return judged(answer.status, answer.data, making=making)


def _json(document: Any) -> bytes:
    """What is sent. Raises TypeError that names the member that is no JSON."""
    try:
        return json.dumps(document, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise TypeError(_no_json(document)) from None


def _no_json(document: Mapping[str, Any]) -> str:
    """The first member at the top of a document that keeps it from being JSON."""
    due = "a text, a finite number, True, False, None, or a list or dict of these"
    for name, value in document.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            return f"{name}={shown(value)}: {name} must be {due}"
    return f"{shown(document)} must be {due}"


def _token_names(document: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(one["name"] for one in document.get("tokens", ()) if "name" in one)


def _unreached(url: str, error: Exception) -> str:
    """Why nobody was spoken to, and what to do where somebody is there."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        shell = f'eval "$(mockserver env --url {shlex.quote(url)})" or '
        found = shell if is_loopback(split(url).hostname) else ""
        return (
            f"a server answers at {url}, and its certificate is not trusted here ({cause.verify_message}): "
            f"{found}set SSL_CERT_FILE to the certificate of its authority"
        )
    if isinstance(cause, ssl.SSLError):
        return f"what answers at {url} speaks no TLS: write http:// if it is a mock server without --tls"
    return f"no mock server answers at {url}: {_reason(error)}"


def _reason(error: Exception) -> str:
    """What urllib3 says, without the connection's own name before it."""
    return re.sub(r"^HTTPS?Connection\(.*?\): ", "", str(getattr(error, "reason", None) or error))
