"""How tests ask, and what they are answered: in this process, or over a connection.

One kind of answer for both; the paths are those of the documented world.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from mockserver.contract.operations import JSONAPI
from mockserver.web.testing import ApiClient

ROOT = "/api/v2"
ORG = f"{ROOT}/organizations/my-organization"
SETS = f"{ORG}/policy-sets"
SET = f"{ROOT}/policy-sets/polset-3yVQZvHzf5j3WRJ1"
POLICY = f"{ROOT}/policies/pol-u3S5p2Uwk21keu1s"
WORKSPACE = f"{ROOT}/workspaces/ws-2HRvNs49EWPjDqT1"
EPOCH = "2019-07-15T00:00:00.000Z"
"""Where the clock of the edition stands."""


@dataclass(frozen=True)
class Answer:
    """One answer, and what of it tests look at."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "")

    @property
    def json(self) -> Any:
        """Its document; None where the body is empty or none."""
        return json.loads(self.body) if self.body and "json" in self.media_type else None

    @property
    def errors(self) -> list[dict[str, Any]]:
        return list((self.json or {}).get("errors", []))

    @property
    def pointers(self) -> list[str | None]:
        """Where the errors point to, in their order."""
        return [error.get("source", {}).get("pointer") for error in self.errors]

    def ok(self, status: int = 204) -> None:
        assert self.status == status, self.text

    def data(self, status: int = 200) -> Any:
        """`data`, of an answer with that status."""
        self.ok(status)
        return self.json["data"]

    def attributes(self, status: int = 200) -> Any:
        return self.data(status)["attributes"]

    def names(self) -> list[str]:
        """Names of the records of a list, in order."""
        return [record["attributes"]["name"] for record in self.data()]

    def said(self, status: int = 422) -> list[tuple[str, str | None]]:
        """Detail and pointer of every error."""
        self.ok(status)
        errors = self.json["errors"]
        return [(e.get("detail", e["title"]), e.get("source", {}).get("pointer")) for e in errors]


def send(
    client: ApiClient,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | list[tuple[str, str]] | str = "",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    environ: Mapping[str, Any] | None = None,
) -> Answer:
    """In this process. `body` bytes go as they are, other values as JSON; None sends none."""
    content = encoded(body)
    given = dict(headers or {})
    if content:
        given.setdefault("Content-Type", JSONAPI)
    text = query if isinstance(query, str) else urlencode(query)
    overrides = {"environ_overrides": dict(environ)} if environ else {}
    answer = client.open(
        path, method=method, query_string=text or None, data=content, headers=given, **overrides
    )
    with answer:
        return Answer(answer.status_code, answer.get_data(), dict(answer.headers))


def sent(line: HTTPConnection, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """The same over a connection."""
    content = encoded(body)
    if content:
        headers.setdefault("Content-Type", JSONAPI)
    line.request(method, path, content or None, headers)
    answer = line.getresponse()
    received = {name.title(): value for name, value in answer.getheaders()}
    return Answer(answer.status, answer.read(), received)


def encoded(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


@contextmanager
def connected(url: str, timeout: float = 30.0) -> Iterator[HTTPConnection]:
    """A connection of its own to a server."""
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=timeout)
    try:
        yield connection
    finally:
        connection.close()


def a_set(name: str = "staging", **attributes: Any) -> dict[str, Any]:
    """A document that creates a policy set."""
    return {"data": {"type": "policy-sets", "attributes": {"name": name, **attributes}}}
