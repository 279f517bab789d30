"""What is known of the way to a server: how it is asked, what it answers, and what became of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Unreachable(Exception):
    """The server could not be reached, or does not let itself be asked; one sentence says why."""


class CutOff(Unreachable):
    """The connection ended before the answer was whole, or what came was no answer."""

    fact = "broke off its answer"


class Unanswered(CutOff):
    """The server closed the connection before a byte of an answer came."""

    fact = "closed the connection without an answer"


class TooLong(CutOff):
    """The body is larger than what is read of one."""

    fact = "sent a body of more than 64 MB"


@dataclass(frozen=True, slots=True)
class Response:
    """A status, headers by lower-case name, and the body. `sent`: how often it was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent: int = 1


class Transport(Protocol):
    """What verification needs of a connection."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        """One request; `target` is path and query. Raises Unreachable."""
