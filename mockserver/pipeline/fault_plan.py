"""Where a fault that a test has asked for touches the life of a request.

None waits or answers while the world's lock is held for somebody else: what takes time happens
before the lock is taken, what breaks an answer after it has been given back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.http import HTTP_STATUS_CODES

from mockserver.contract import Edition, Operation, load
from mockserver.pipeline.journaling import Note
from mockserver.pipeline.messages import Answer, Sent, as_json
from mockserver.pipeline.worlds import Server
from mockserver.world.access import authenticate, split
from mockserver.world.calls import Call
from mockserver.world.faults import BadFault, Fault, wrong
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


@dataclass(slots=True)
class Met:
    """The faults that fit one request, and the headers that they add to its answer."""

    faults: Sequence[Fault] = ()
    operation: Operation | None = None
    headers: dict[str, str] = field(default_factory=dict)


NOTHING = Met()


def met(universe: Universe, operation: Operation | None, sent: Sent) -> Met:
    """The faults that may happen to this request; none, quickly, where none were asked for."""
    if not universe.faults:
        return NOTHING
    fitting = universe.faults.fitting(operation.id if operation else None, sent.path)
    return Met([fault for fault in fitting if _can(fault, operation)], operation)


def _can(fault: Fault, operation: Operation | None) -> bool:
    """A documented answer happens to those operations alone that document it."""
    if fault.fault == "status":
        return operation is not None and fault.status in operation.responses
    if fault.fault == "lost-entitlement":
        return operation is not None and operation.entitlement is not None
    return True


# before the route


def before_route(met: Met, universe: Universe, sent: Sent, note: Note) -> None:
    """Latency, rate limit, a token that has expired, a proxy that answers for the server."""
    if met.faults and met.operation:
        note.routed(met.operation)  # the journal names it, however early the answer
    for fault in met.faults:
        if fault.fault == "latency" and fault.due():
            note.failed(fault.fault)
            fault.wait()
    for fault in met.faults:
        if fault.fault == "rate-limit" and fault.due():
            _limit(fault, met, universe, sent, note)
        elif fault.fault == "expired-token" and fault.due():
            note.failed(fault.fault)
            raise unauthorized("a fault: the token has expired")
        elif fault.fault == "off-contract-status" and fault.due():
            note.failed(fault.fault)
            raise InPlace(_plain(fault.status or 503))


class InPlace(Exception):
    """An answer that stands in place of the operation's, and that no page documents."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"a fault: {answer.status}")


def _plain(status: int) -> Answer:
    if status in (204, 304):
        return Answer(status)
    phrase = HTTP_STATUS_CODES.get(status, "Unknown")  # Python's own table changes by version
    return Answer(status, f"{status} {phrase}\n".encode(), {"Content-Type": "text/plain"})


def _limit(fault: Fault, met: Met, universe: Universe, sent: Sent, note: Note) -> None:
    """Requests count for who sends them, whichever of his tokens he uses (index.html#rate-limiting)."""
    try:
        secret = split(sent.token or "")[1]
        caller = authenticate(universe.kinds, universe.state, secret).name
    except Problem:
        caller = ""
    passes, remaining, reset = fault.admit(caller, time.monotonic())
    met.headers |= {
        "X-RateLimit-Limit": str(fault.limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{reset:.3f}",
    }
    if not passes:
        note.failed(fault.fault)
        title, detail = WORDS[429]
        raise Problem(429, Error(title, (detail or "").replace("30", str(fault.limit))))


def announced(server: Server, sent: Sent, made: Answer) -> Answer:
    """Ping with the limit in its headers: go-tfe asks there, once, how fast it may go."""
    universe = server.universes.get(split(sent.token)[0]) if sent.token else None
    for fault in universe.faults.fitting(None, sent.path) if universe else ():
        if fault.fault == "rate-limit":
            limit = str(fault.limit)
            made.headers |= {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": limit}
            made.headers["X-RateLimit-Reset"] = "0.000"
    return made


# while the operation runs


def lagging(met: Met, universe: Universe, state: State) -> State:
    """The state that a read sees: with a lag, the world before the last writes."""
    for fault in met.faults:
        if fault.fault == "lag" and fault.due():
            changes = [
                e
                for e in universe.journal
                if e.before is not e.after and e.before and e.generation == universe.generation
            ]
            if changes:
                return changes[-min(fault.writes, len(changes))].before or state
    return state


def after_records(met: Met, operation: Operation, note: Note) -> None:
    """Documented errors in place of the operation."""
    for fault in met.faults:
        if fault.fault == "status" and fault.due():
            note.failed(fault.fault)
            met.headers |= _headers(operation, fault.status or 0)
            raise InPlace(as_json(fault.status or 0, documented(operation, fault.status or 0)))
        if fault.fault == "lost-entitlement" and fault.due():
            note.failed(fault.fault)
            raise not_found("a fault: the organization has lost the entitlement")


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
        return {
            "X-RateLimit-Limit": "30",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1.000",
        }
    return {}


# after the check: the write is done, the lock is free


def after_check(met: Met, made: Answer, note: Note) -> Answer:
    """Broken answers in place of a good one, and the headers of a rate limit."""
    made.headers.update(met.headers)
    for fault in met.faults:
        if fault.fault in BROKEN and fault.due():
            note.failed(fault.fault)
            made.cut = BROKEN[fault.fault]
            if made.cut == "short" and made.status in (204, 304):
                made.status = 200  # where no body is due there is none to shorten
        elif fault.fault == "off-contract-html" and fault.due():
            note.failed(fault.fault)
            status = 200 if made.status in (204, 304) else made.status
            made = Answer(status, PAGE, {**made.headers, "Content-Type": "text/html"}, made.cut)
    return made


def used(universe: Universe, call: Call) -> None:
    """When the caller's token was last used; it lies beside the state, for a GET is no write."""
    if call.caller.token is not None:
        universe.used[call.caller.token.key] = call.now


# what may be asked for


def faults_of(edition: Edition, wanted: Mapping[str, Any]) -> Iterator[BadFault]:
    """Everything wrong with a fault that somebody asks for in a world of that edition."""
    yield from wrong(wanted)
    chosen = list(edition.operations.values())
    if (id := wanted.get("operation")) is not None:
        try:
            chosen = [edition.operation(id)]
        except KeyError as error:
            yield BadFault(str(error.args[0]), "/operation")
            return
    where = id or f"any operation of edition {edition.name}"
    if (status := wanted.get("status")) is not None and wanted["fault"] == "status":
        # of several operations it happens to those alone that document it: see _can
        errors = sorted({s for o in chosen for s in o.responses if s >= 400})
        if status not in errors:
            known = ", ".join(map(str, errors))
            fact = f"{where} does not document the status {status}: it documents {known}"
            yield BadFault(f"{fact}; what no page documents is off-contract-status", "/status")
    if wanted["fault"] == "lost-entitlement" and not any(o.entitlement for o in chosen):
        known = ", ".join(o.id for o in edition.operations.values() if o.entitlement)
        yield BadFault(f"{where} needs no entitlement; these do: {known}", "/operation")
