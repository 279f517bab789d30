"""Where a fault that a test has asked for touches the life of a request."""

from __future__ import annotations

import time
from collections.abc import Sequence

from mockserver.contract import Edition, Operation
from mockserver.web.messages import Answer, Sent
from mockserver.web.recording import Note
from mockserver.web.routes import routes
from mockserver.world.calls import Call
from mockserver.world.faults import Fault
from mockserver.world.problems import Error, Problem, not_found, unauthorized
from mockserver.world.state import State
from mockserver.world.universe import Universe

TITLES = {
    401: "unauthorized",
    404: "not found",
    409: "conflict",
    413: "payload too large",
    415: "invalid content type",
    422: "invalid attribute",
    429: "Too many requests",
}
TOO_MANY = "You have exceeded the API's rate limit of {limit} requests per second."


def fired(universe: Universe, edition: Edition, sent: Sent) -> Sequence[Fault]:
    """The faults that happen to this request."""
    if not universe.faults:
        return ()
    operation, _, _ = routes(edition).match(sent.method, sent.path)
    return universe.faults.fire(operation.id if operation else None, sent.path)


def before_route(faults: Sequence[Fault], universe: Universe, note: Note) -> None:
    """Latency, rate limit, a token that has expired, a connection that closes."""
    for fault in faults:
        if fault.fault == "latency":
            note.failed(fault.fault)
            time.sleep(universe.faults.wait(fault))
        elif fault.fault == "rate-limit":
            _limit(fault, note)
        elif fault.fault == "expired-token":
            note.failed(fault.fault)
            raise unauthorized("a fault: the token has expired")


def _limit(fault: Fault, note: Note) -> None:
    now = time.monotonic()
    fault.window = [moment for moment in fault.window if now - moment < 1.0]
    if len(fault.window) >= fault.limit:
        note.failed(fault.fault)
        reset = f"{1.0 - (now - fault.window[0]):.3f}"
        headers = _headers(fault, 0, reset)
        raise Problem(429, Error(TITLES[429], TOO_MANY.format(limit=fault.limit)), headers=headers)
    fault.window.append(now)


def _headers(fault: Fault, remaining: int, reset: str) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(fault.limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": reset,
    }


def lagging(faults: Sequence[Fault], universe: Universe, state: State, writes: bool) -> State:
    """The state that a read sees: with a lag, the world before the last writes."""
    for fault in faults:
        if fault.fault == "lag" and not writes:
            changes = [e for e in universe.journal if e.before is not e.after and e.before]
            if changes:
                return changes[-min(fault.writes, len(changes))].before or state
    return state


def after_records(faults: Sequence[Fault], operation: Operation, note: Note) -> None:
    """Documented errors in place of the operation."""
    for fault in faults:
        if fault.fault == "status":
            note.failed(fault.fault)
            status = fault.status or 422
            raise Problem(status, Error(TITLES.get(status, "error"), "A fault was asked for here."))
        if fault.fault == "lost-entitlement":
            note.failed(fault.fault)
            raise not_found("a fault: the organization has lost the entitlement")


def after_check(faults: Sequence[Fault], made: Answer, note: Note) -> Answer:
    """What no page documents: broken answers, in place of or on the way of a good one."""
    for fault in faults:
        if fault.fault == "rate-limit":
            made.headers.update(_headers(fault, fault.limit - len(fault.window), "1.000"))
        if not fault.fault.startswith("off-contract-"):
            continue
        note.failed(fault.fault)
        if fault.fault == "off-contract-status":
            made = Answer(fault.status or 503, b"", {"Content-Type": "text/plain"})
        elif fault.fault == "off-contract-closed":
            made.cut = "closed"
        elif fault.fault == "off-contract-cut":
            made.cut = "midway"
        elif fault.fault == "off-contract-truncated":
            made.body = made.body[: len(made.body) // 2]
        else:
            made = Answer(made.status, b"<html>it works</html>", {"Content-Type": "text/html"})
    return made


def used(universe: Universe, call: Call) -> None:
    """When the caller's token was last used; it lies beside the state, for a GET is no write."""
    if call.caller.token is not None:
        universe.used[call.caller.token.key] = call.now
