"""One call of the control plane, and how it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.pipeline.messages import Answer, Sent, json_answer
from mockserver.pipeline.server import Server
from mockserver.world.problems import shortened
from mockserver.world.universe import Universe

JSON = "application/json"


class Refused(Exception):
    """A refusal of the control plane: a status and `(pointer, detail)` of every fault."""

    def __init__(self, status: int, *faults: tuple[str, str], allow: str | None = None) -> None:
        self.status, self.faults, self.allow = status, faults, allow
        super().__init__("; ".join(detail for _, detail in faults))

    def answer(self) -> Answer:
        errors = [shortened({"pointer": at, "detail": detail}) for at, detail in self.faults]
        made = json_answer(self.status, {"errors": errors} if errors else None, JSON)
        if self.allow:
            made.headers["Allow"] = self.allow
        return made


class ControlCall(NamedTuple):
    """One call of the control plane, checked."""

    server: Server
    sent: Sent
    path: Mapping[str, str]
    query: Mapping[str, Any]
    document: Any
    universe: Universe | None

    @property
    def own(self) -> Universe:
        """The caller's universe; the operations that need none never ask."""
        assert self.universe is not None
        return self.universe


Handled = tuple[int, Any]
"""Status and document of an answer."""
