"""One answer of the server under verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.findings import Finding
from mockserver.traffic.transport import Unreachable

Arguments = tuple[Mapping[str, str], Mapping[str, Any], Any]


@dataclass(slots=True)
class JudgedAnswer:
    """One answer of the server, judged.

    `document` is None where there was no JSON. `wrong` holds the pointers in the document that
    were found fault with: what follows from one fault is not told as another. `asked` is what was
    sent: path parameters, query, body. `unlisted`: pointers of what the edition does not list.
    `misnamed`: what names another record than was asked for; told where the request had to succeed.
    """

    operation: str
    status: int
    document: Any = None
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    asked: Arguments = ({}, {}, None)
    unlisted: frozenset[str] = frozenset()
    misnamed: Sequence[Finding] = ()

    @property
    def ok(self) -> bool:
        """Whether the server took it, by whatever status."""
        return 200 <= self.status < 300

    @property
    def data(self) -> Any:
        """The primary data; None where there is none."""
        return self.document.get("data") if isinstance(self.document, dict) else None


def login(status: int, location: str) -> Unreachable:
    """What a redirection says: the token is not what the server wants."""
    where = "a login page" if any(w in location for w in ("login", "session", "sso")) else ""
    return Unreachable(
        f"the server answers {status} and sends its callers to {where or 'another address'}: "
        "is --url the API's own address, and the token one of the API?"
    )
