"""What the check of a request leaves: findings that were let pass, and faults that refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Refusal(NamedTuple):
    """One refusal of a request by the contract: status, the vendor's words, our explanation."""

    status: int
    title: str
    detail: str
    pointer: str | None
    meta: Mapping[str, str]


@dataclass(slots=True, eq=False, repr=False)
class Checked:
    """What is left of a request after its check.

    `value` has defaults filled in and what is not listed taken out. `findings` were let pass,
    `refusals` refuse.
    """

    value: Any
    findings: list[dict[str, str]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse_findings(self) -> None:
        """What a strict universe does: each finding is a refusal."""
        self.refusals += [
            Refusal(
                422, "not in the contract", finding["fact"], finding["pointer"] or None, finding
            )
            for finding in self.findings
        ]
