"""One request and its answer, as a journal keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.escaping import escaped
from mockserver.world.state import State

LONG = b'"[too long to be kept]"'
TOLD, BRIEF = 3, 200
"""Findings that a line tells, and letters of each."""


@dataclass(slots=True, eq=False, repr=False)
class Entry:
    """One request and its answer.

    `number` counts from 1 in its journal; `time` is the world's; `milliseconds` how long it took.
    `operation` is None for a route the edition does not have, `caller` for no valid token.
    `findings` are what the contract does not list but was let pass; `why` explains a refusal that
    the answer must not explain; `breach` names our own mistake. `sent` and `got` are
    the redacted bodies as JSON texts, `request` and `response` their values; `media_type` is the
    answer's. `bytes` is all that it keeps alive, `states` the part of its states. `before` and
    `after` are the state on both sides, None once they are no longer known.
    """

    number: int
    time: str
    method: str
    path: str
    query: str = ""
    operation: str | None = None
    caller: str | None = None
    status: int = 0
    findings: Sequence[Mapping[str, Any]] = ()
    why: str | None = None
    breach: str | None = None
    fault: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: bytes | None = None
    got: bytes | None = None
    media_type: str | None = None
    changed: bool = False
    milliseconds: float = 0.0
    bytes: int = 0
    states: int = 0
    generation: int = 0
    before: State | None = field(default=None, repr=False)
    after: State | None = field(default=None, repr=False)

    @property
    def request(self) -> Any:
        return None if self.sent is None else json.loads(self.sent)

    @property
    def response(self) -> Any:
        return None if self.got is None else json.loads(self.got)

    def has_finding(self, words: str) -> bool:
        """Whether it has a finding, `any` one or one in which these words stand."""
        if words == "any":
            return bool(self.findings)
        return any(words in value for finding in self.findings for value in finding.values())

    def forget_bodies(self) -> None:
        """Say of its bodies that they are too long to be kept."""
        self.bytes -= len(self.sent or b"") + len(self.got or b"")
        self.sent, self.got = self.sent and LONG, self.got and LONG

    def forget_states(self) -> None:
        """Let go of the states on both sides, and of what they keep alive."""
        self.bytes -= self.states
        self.states, self.before, self.after = 0, None, None

    def shown(self) -> dict[str, Any]:
        """As the control plane shows it."""
        return {
            "n": self.number,
            "time": self.time,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "caller": self.caller,
            "status": self.status,
            "findings": [dict(finding) for finding in self.findings],
            "why": self.why,
            "breach": self.breach,
            "fault": self.fault,
            "headers": dict(self.headers),
            "request": self.request,
            "response": self.response,
            "media-type": self.media_type,
            "milliseconds": self.milliseconds,
            "changed": self.changed,
        }

    def line(self) -> str:
        """One line for a log or a test report."""
        query = f"?{self.query}" if self.query else ""
        body = self.response if self.status >= 400 else None
        notes = [_words(refusal) for refusal in refusals(body, self.findings)[:TOLD]]
        # of a path that is nobody's, `why` says the same
        notes += [_words(finding) for finding in self.findings[:TOLD] if self.operation]
        notes += [f"{left} more findings"] if (left := len(self.findings) - TOLD) > 0 else []
        notes += [note for note in (self.why, self.fault, self.breach) if note]
        tail = f"  [{'; '.join(notes)}]" if notes else ""
        name = self.operation or "no operation"
        return escaped(f"{self.status} {self.method} {self.path}{query}  {name}{tail}")


def refusals(body: Any, findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What the errors of an answer explain themselves, save what is among the findings: their `meta`."""
    known = {finding.get("fact") for finding in findings}
    errors = body.get("errors", ()) if isinstance(body, Mapping) else ()
    metas = [error.get("meta", {}) for error in errors]
    return [meta for meta in metas if "fact" in meta and meta["fact"] not in known]


def _words(finding: Mapping[str, Any]) -> str:
    """A finding in a few words: the fact, and what to do."""
    text = ". ".join(finding[name] for name in ("fact", "hint") if name in finding).rstrip(".")
    return text if len(text) <= BRIEF else text[: BRIEF - 1] + "…"
