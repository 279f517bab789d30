"""What the token may do, as answers have shown it: a 403 is no fault where it may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.contract import Operation
from mockserver.scenarios.runner.answer import JudgedAnswer

ADMINS = "/api/v2/admin/"
"""Begins the paths of what only administrators of the installation may do."""


@dataclass(eq=False)
class Rights:
    """`owner`: the type whose records own the others. `limited`: whether the token is not an owner's;
    `able`: operations that have succeeded, with the owner in their path; `barred`: by operation why
    the token may not do it, where it never could.
    """

    owner: str
    limited: bool = False
    able: set[tuple[str, str]] = field(default_factory=set)
    barred: dict[str, str] = field(default_factory=dict)

    def succeeded(self, operation: Operation, path: Mapping[str, str]) -> None:
        """The token may do it, at least within that owner."""
        self.able.add(self._place(operation, path))

    def _place(self, operation: Operation, path: Mapping[str, str]) -> tuple[str, str]:
        """An operation, and the owner that the path names; of one the token may have more rights."""
        owners = (path.get(name, "") for name, t in operation.records.items() if t == self.owner)
        return operation.id, next(owners, "")

    def bar(self, answer: JudgedAnswer, operation: Operation, wanted: int) -> bool:
        """Whether the caller's rights are why an answer is not what was wanted; kept where they are."""
        if answer.status not in (403, 404) or wanted in (401, 405):
            return False
        if self._place(operation, answer.asked[0]) in self.able:
            return False
        if ADMINS in operation.path:
            whose = "a site administrator's"
        elif self.limited:
            whose = "an owner's"
        else:
            return False
        self.barred[operation.id] = f"answered {answer.status}, and the token is not {whose}"
        return True
