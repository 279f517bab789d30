"""One answer of the server under verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.findings import STATUS, Finding
from mockserver.judge.sources import STATUS_DECIDED, level_of, number_of
from mockserver.traffic.transport import Unreachable

Arguments = tuple[Mapping[str, str], Mapping[str, Any], Any]


@dataclass(slots=True)
class JudgedAnswer:
    """One answer of the server, judged.

    `document` is None where there was no JSON. `wrong` holds the pointers in the document that
    were found fault with: what follows from one fault is not told as another. `asked` is what was
    sent: path parameters, query, body. `unlisted`: pointers of what the edition does not list.
    `misnamed`: what names another record than was asked for; told where the request had to succeed.
    `request`: method and target, for people.
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
    request: str = ""

    @property
    def ok(self) -> bool:
        """Whether the server took it, by whatever status."""
        return 200 <= self.status < 300

    @property
    def data(self) -> Any:
        """The primary data; None where there is none."""
        return self.document.get("data") if isinstance(self.document, dict) else None


def misanswered(
    answer: JudgedAnswer, wanted: Sequence[int], why: str, source: str, documented: str
) -> Finding:
    """The finding of a status that is none of those wanted.

    `source`: where it is said that the request is taken, or refused; `documented`: where the first of
    the statuses is. Where the number alone is another, its source decides how much that weighs.
    """
    rule = source.removesuffix(STATUS_DECIDED)
    same = answer.status // 100 == wanted[0] // 100
    level = level_of(number_of(source, documented) if same else rule)
    expected = " or ".join(map(str, wanted))
    return Finding(
        "fault" if answer.status >= 500 else level,
        answer.operation,
        STATUS,
        f"{why} is answered {answer.status}" if why else f"status {answer.status}",
        expected,
        documented if same and source == rule else source,
        where=answer.request,
        kind=f"{answer.status}, not {expected}",
    )


def login(status: int, location: str) -> Unreachable:
    """What a redirection says: the token is not what the server wants."""
    where = "a login page" if any(w in location for w in ("login", "session", "sso")) else ""
    return Unreachable(
        f"the server answers {status} and sends its callers to {where or 'another address'}: "
        "is --url the API's own address, and the token one of the API?"
    )
