"""What a request is judged by, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mockserver.contract import Checked, Edition, Operation, Refusal
from mockserver.pipeline.messages import Answer, Sent, json_answer
from mockserver.pipeline.render_cache import Store
from mockserver.world.calls import Call
from mockserver.world.kinds import Kinds
from mockserver.world.problems import NOWHERE, Error, Problem
from mockserver.world.state import State
from mockserver.world.view import Caller


@dataclass(slots=True, eq=False, repr=False)
class Setting:
    """What requests to one world are judged by, beside its state.

    `used` says when each token was last used; `cache` keeps what has been shown (None: everything
    is built anew).
    """

    edition: Edition
    kinds: Kinds
    key: str = ""
    seed: int = 0
    strict: bool = False
    used: Mapping[int, str] = field(default_factory=dict)
    cache: Store | None = None

    def call(self, state: State, caller: Caller, operation: str, sent: Sent, now: str) -> Call:
        """A request of that caller, as a handler needs it; records, query and body are yet to come."""
        return Call(
            kinds=self.kinds,
            state=state,
            caller=caller,
            strict=self.strict,
            used=self.used,
            presign=partial(sent.presign, self.key),
            operation=operation,
            key=self.key,
            seed=self.seed,
            now=now,
        )


@dataclass(slots=True, eq=False, repr=False)
class Outcome:
    """What a request comes to: the answer, the state after it, and what was found on the way.

    `state` is None where nothing changed. `findings` are what was let pass, `refusals` what refused;
    `body` is what was sent, once it is known to be readable (`json`: as strict JSON). `why` is for
    the journal alone; `breach` is our own mistake. `done`: the operation was carried out.
    """

    answer: Answer = field(default_factory=lambda: Answer(500))
    state: State | None = None
    operation: Operation | None = None
    caller: Caller | None = None
    findings: list[dict[str, str]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    body: bytes | None = None
    json: bool = False
    why: str | None = None
    breach: Exception | None = None
    done: bool = False

    @property
    def place(self) -> dict[str, str]:
        """Operation and edition, for an explanation."""
        return place_of(self.operation)

    def keep(self, checked: Checked, strict: bool) -> Any:
        """What passed a check; refusals are kept, so that those of query and body are told together."""
        if strict:
            checked.refuse_findings()
        self.findings += checked.findings
        self.refusals += checked.refusals
        return checked.value

    def let_pass(self, findings: Iterable[Mapping[str, str]], strict: bool) -> None:
        """Keep what a handler has let pass, with its operation; a strict world refuses it."""
        passed = [{**cite(self.operation), **finding} for finding in findings]
        self.keep(Checked(None, passed), strict)
        self.refuse()

    def refuse(self) -> None:
        """Raise the refusals that were kept, all at once; a 400 goes before every 422."""
        if not self.refusals:
            return
        status = min(refusal.status for refusal in self.refusals)
        told = [refusal for refusal in self.refusals if refusal.status == status]
        raise Problem(status, *(Error(f.title, f.detail, f.pointer, f.meta) for f in told))


def place_of(operation: Operation | None) -> dict[str, str]:
    """Operation and edition, for an explanation; nothing where no operation is known."""
    if operation is None:
        return {}
    return {"operation": operation.id, "edition": operation.edition}


def cite(operation: Operation | None) -> dict[str, str]:
    """The same with the operation's source, for what cites no other."""
    return {} if operation is None else {**place_of(operation), "source": operation.source}


def refusal(
    problem: Problem, place: Mapping[str, str], sources: Mapping[str, str] = NOWHERE
) -> Answer:
    """The documented answer; what explains itself also says of which operation and edition."""
    made = json_answer(problem.status, problem.document(place, sources) if problem.errors else None)
    made.headers.update(problem.headers)
    return made
