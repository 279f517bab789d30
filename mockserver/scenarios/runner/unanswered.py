"""A request that the server leaves without an answer, though it answers others: a fault as any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.explain import brief
from mockserver.judge.findings import STATUS, Finding
from mockserver.scenarios.runner.plan import CannotContinue
from mockserver.traffic.transport import CutOff

SHOWN = 160
"""Letters of a body that a finding repeats."""

Wanted = tuple[Sequence[int], str]
"""The statuses that a request should be answered with, and what is special about it."""


class NoAnswer(CannotContinue):
    """The server left one request without an answer, which is told, and answers others."""


def unanswered(
    lost: CutOff, operation: Operation, asked: str, body: Any, wanted: Wanted
) -> Finding:
    """The fault: what was sent, and what the answer should have been.

    `asked`: method and target. Without statuses in `wanted` those of success are.
    """
    statuses, why = wanted
    statuses = sorted(statuses or [status for status in operation.responses if status < 300])
    expected = " or ".join(map(str, statuses))
    what = f"the server {lost.fact}{_sent(body)}"
    return Finding(
        "fault",
        operation.id,
        STATUS,
        f"{why}: {what}" if why else what,
        expected,
        source_of(operation, statuses[0]),
        where=asked,
        kind=f"no answer, not {expected}",
    )


def source_of(operation: Operation, status: int) -> str:
    """Where a status of an operation is said."""
    return str(operation.responses.get(status, {}).get("x-source", operation.source))


def _sent(body: Any) -> str:
    """What was sent, in short."""
    if body is None:
        return ""
    if isinstance(body, bytes):
        text = body.decode(errors="replace")
        return f" when sent {text if len(text) <= SHOWN else f'{len(body)} bytes'}"
    return f" when sent {brief(body, SHOWN)}"
