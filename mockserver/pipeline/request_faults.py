"""Where a fault that a test has asked for touches a request: before, in place of, or after.

Nothing here waits: a latency is a number of seconds that the frame gives back to whoever waits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from typing import Any

from mockserver.contract import Operation, load
from mockserver.pipeline.messages import Answer, Sent, json_answer
from mockserver.pipeline.outcome import Outcome, refusal
from mockserver.world.access import authenticate, split
from mockserver.world.faults import Fault
from mockserver.world.problems import Error, Problem, not_found, unauthorized
from mockserver.world.state import State
from mockserver.world.universe import Universe

WORDS: Mapping[int, tuple[str, str | None]] = {
    400: ("bad request", "the body is not JSON"),
    401: ("unauthorized", None),
    404: ("not found", None),
    405: ("method not allowed", "the method is not allowed here"),
    409: ("conflict", "The record is in a state that forbids this."),
    413: ("payload too large", "the body is larger than 10 MB"),
    415: ("invalid content type", "content-type must be application/vnd.api+json"),
    422: ("invalid attribute", "Data can't be blank"),
    429: ("Too many requests", "You have exceeded the API's rate limit of 30 requests per second."),
}
"""Title and detail of documented errors: the vendor's words where they are known. 401 and 404 never
explain themselves."""
BROKEN = {
    "off-contract-closed": "closed",
    "off-contract-cut": "midway",
    "off-contract-truncated": "short",
}
PAGE = b"<!DOCTYPE html><title>Welcome</title><h1>It works!</h1>"


@dataclass(slots=True, eq=False, repr=False)
class RequestFaults:
    """The faults that fit one request. `happened` names those that did, `headers` go with its answer."""

    faults: Sequence[Fault] = ()
    operation: Operation | None = None
    headers: dict[str, str] = field(default_factory=dict)
    happened: list[str] = field(default_factory=list)

    def due(self, *names: str) -> Iterator[Fault]:
        """The faults of these names that happen to this request, each counted as it is asked."""
        for fault in self.faults:
            if fault.fault in names and fault.due():
                self.happened.append(fault.fault)
                yield fault


def planned(universe: Universe, operation: Operation | None, sent: Sent) -> RequestFaults | None:
    """The faults that may happen to this request; None where none were asked for."""
    if not universe.faults:
        return None
    fitting = universe.faults.fitting(operation.id if operation else None, sent.path)
    return RequestFaults([fault for fault in fitting if _can(fault, operation)], operation)


def _can(fault: Fault, operation: Operation | None) -> bool:
    """A documented answer happens to those operations alone that document it."""
    if fault.fault == "status":
        return operation is not None and fault.status in operation.responses
    if fault.fault == "lost-entitlement":
        return operation is not None and operation.entitlement is not None
    return True


# before


def before(plan: RequestFaults, universe: Universe, sent: Sent) -> Outcome | None:
    """Rate limit, a token that has expired, a proxy that answers for the server."""
    for fault in plan.faults:
        if fault.fault == "rate-limit" and fault.due():
            if not _admitted(fault, plan, universe, sent):
                plan.happened.append(fault.fault)
                title, detail = WORDS[429]
                words = Error(title, (detail or "").replace("30", str(fault.limit)))
                return _refused(plan, Problem(429, words))
        elif fault.fault == "expired-token" and fault.due():
            plan.happened.append(fault.fault)
            return _refused(plan, unauthorized("a fault: the token has expired"))
        elif fault.fault == "off-contract-status" and fault.due():
            plan.happened.append(fault.fault)
            return Outcome(_plain(fault.status or 503), operation=plan.operation)
    return None


def _refused(plan: RequestFaults, problem: Problem) -> Outcome:
    outcome = Outcome(operation=plan.operation, why=problem.why)
    outcome.answer = refusal(problem, outcome.place)
    return outcome


PHRASES = {413: "Content Too Large", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}
"""RFC 9110's, where Python's own table changed from version to version."""


def _plain(status: int) -> Answer:
    if status in (204, 304):
        return Answer(status)
    known = {code.value: code.phrase for code in HTTPStatus} | PHRASES
    text = f"{status} {known.get(status, 'Unknown')}\n"
    return Answer(status, text.encode(), {"Content-Type": "text/plain"})


def _admitted(fault: Fault, plan: RequestFaults, universe: Universe, sent: Sent) -> bool:
    """Requests count for who sends them, whichever of his tokens he uses (rate-limiting)."""
    try:
        secret = split(sent.token or "")[1]
        caller = authenticate(universe.kinds, universe.state, secret, universe.clock.now()).name
    except Problem:
        caller = ""
    now = universe.clock.moment().timestamp() if fault.clock == "world" else time.monotonic()
    passes, remaining, reset = fault.admit(caller, now)
    plan.headers |= _limit(fault.limit, remaining, reset)
    if not passes:
        plan.headers |= _retry(reset)
    return passes


def _limit(limit: int, remaining: int, reset: float) -> dict[str, str]:
    """The vendor's headers (rate-limiting)."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{reset:.3f}",
    }


def _retry(reset: float) -> dict[str, str]:
    """RFC 9110's header, in whole seconds: what HTTP libraries wait by."""
    return {"Retry-After": str(ceil(reset))}


def announced(universe: Universe, sent: Sent, made: Answer) -> Answer:
    """Ping with the limit in its headers: go-tfe asks there, once, how fast it may go."""
    for fault in universe.faults.fitting(None, sent.path):
        if fault.fault == "rate-limit":
            made.headers |= _limit(fault.limit, fault.limit, 0.0)
    return made


# in place of


def lagging(plan: RequestFaults, universe: Universe, state: State) -> State:
    """The state that a read sees: with a lag, the world before the last writes."""
    for fault in plan.faults:
        if fault.fault == "lag" and fault.due():
            changes = [
                e
                for e in universe.journal
                if e.before is not e.after and e.before and e.generation == universe.generation
            ]
            if changes:
                return changes[-min(fault.writes, len(changes))].before or state
    return state


def in_place(plan: RequestFaults, operation: Operation) -> Answer | None:
    """A documented error in place of what the operation would have done."""
    for fault in plan.due("status", "lost-entitlement"):
        if fault.fault == "lost-entitlement":
            raise not_found("a fault: the organization has lost the entitlement")
        status = fault.status or 0
        plan.headers |= _headers(operation, status)
        return json_answer(status, documented(operation, status))
    return None


def documented(operation: Operation, status: int) -> Any:
    """The error document of a status: the contract's own example where there is one."""
    example = load(operation.edition).examples.get(operation.id, {})
    if (known := example.get("answers", {}).get(str(status))) is not None:
        return known
    if operation.answer_schema(status) is None:
        return None
    title, detail = WORDS.get(status, ("internal server error", "The request failed."))
    pointer = "/data" if status == 422 and operation.takes_json else None
    return Problem(status, Error(title, detail, pointer)).document()


def _headers(operation: Operation, status: int) -> dict[str, str]:
    if status == 405:
        here = load(operation.edition).operations.values()
        others = {o.method for o in here if o.path == operation.path} - {operation.method}
        return {"Allow": ", ".join(sorted({*others, "OPTIONS"}))}
    if status == 429:
        return _limit(30, 0, 1.0) | _retry(1.0)
    return {}


# after: the write is done, the world's turn is over


def after(plan: RequestFaults, made: Answer) -> Answer:
    """Broken answers in place of a good one, and the headers of a rate limit."""
    made.headers.update(plan.headers)
    for fault in plan.due(*BROKEN, "off-contract-html"):
        if cut := BROKEN.get(fault.fault):
            made.cut = cut
            if made.cut == "short" and made.status in (204, 304):
                made.status = 200  # where no body is due there is none to shorten
        else:
            status = 200 if made.status in (204, 304) else made.status
            made = Answer(status, PAGE, {**made.headers, "Content-Type": "text/html"}, made.cut)
    return made
