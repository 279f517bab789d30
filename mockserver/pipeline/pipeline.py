"""The life of a request, on one page: a state and a request go in, an outcome comes out.

Read `_answered` from top to bottom. Every line may refuse with a `Problem`; what a caller may not
know goes to the journal alone. Nothing here writes, waits or knows a lock: `frame` takes the world's
turn, applies the faults that a test asked for, swaps the state and writes the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.contract import Operation
from mockserver.contract.operations import JSONAPI
from mockserver.contract.routes import routes
from mockserver.jsonapi.missing import no_record
from mockserver.pipeline.answers import answer_of
from mockserver.pipeline.messages import Answer, Sent
from mockserver.pipeline.outcome import Outcome, Setting, cite, refusal
from mockserver.pipeline.request_body import read_body
from mockserver.pipeline.routing import operation_of
from mockserver.world.access import authenticate, demand, presigned, split
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler
from mockserver.world.problems import Problem, not_found, unauthorized
from mockserver.world.state import Record, State
from mockserver.world.view import Caller
from mockserver.world.who import Unknown, called

InPlace = Callable[[Operation], Answer | None] | None
"""What a fault puts in the place of an operation, where there is one; may raise a Problem."""


def run(setting: Setting, state: State, sent: Sent, now: str, in_place: InPlace = None) -> Outcome:
    """What a request to a world in that state comes to at that time (a timestamp of the API)."""
    outcome = Outcome()
    try:
        outcome.answer = _answered(setting, state, sent, now, in_place, outcome)
    except Problem as problem:
        outcome.answer = refusal(problem, cite(outcome.operation), setting.edition.sources)
        outcome.why = problem.why
    except Exception as error:  # an answer that breaks the contract, or another mistake of ours
        outcome.breach = error
    return outcome


def _answered(
    setting: Setting, state: State, sent: Sent, now: str, in_place: InPlace, outcome: Outcome
) -> Answer:
    caller = outcome.caller = _caller(setting, state, sent, now)
    route = routes(setting.edition).match(sent.method, sent.path)
    operation = outcome.operation = operation_of(route, sent, setting.edition, outcome)
    handler, right = _built(setting, operation)
    call = setting.call(state, caller, operation.id, sent, now)
    kept = None if sent.writes or not setting.cache else setting.cache.document(call, *sent.where)
    if kept is None:
        call.records = _records(call, operation, route.path)
    if in_place and (given := in_place(operation)) is not None:
        return given
    if kept is None:  # else the same caller was shown the same, in the same state
        _demand(call, operation, right)
    _check(call, operation, sent, outcome)
    if kept is not None:
        outcome.done = True
        return Answer(kept.status, kept.body, {"Content-Type": JSONAPI}, kept=kept)
    reply: Reply = handler(call)
    if call.findings:
        outcome.let_pass(call.findings, call.strict)
    answer = answer_of(call, operation, reply, sent, setting.cache)
    outcome.state, outcome.done = reply.state, True
    return answer


# token → caller


def _caller(setting: Setting, state: State, sent: Sent, now: str) -> Caller:
    """Whom the token stands for, or whom a door of ours names."""
    if sent.caller is None:
        known = presigned if sent.presigned else authenticate
        return known(setting.kinds, state, split(sent.token or "")[1], now)
    try:
        return called(setting.kinds, state, sent.caller)
    except Unknown as error:
        raise unauthorized(str(error)) from None


# operation → handler


def _built(setting: Setting, operation: Operation) -> tuple[Handler, str]:
    built = setting.kinds.table.get(operation.id)
    if built is None:
        raise not_found(f"The API documents {operation.id}, but this server does not support it.")
    return built


# path → records, outermost first


def _records(call: Call, operation: Operation, path: Mapping[str, str]) -> dict[str, Record]:
    records: dict[str, Record] = {}
    within = None
    for name, kind in operation.records.items():
        find = call.kinds[kind].find
        assert find is not None
        record = find(call.state, path[name], within)
        if record is None:
            raise not_found(no_record(call, kind, path[name], within))
        records[name] = within = record
    return records


# caller and record → right


def _demand(call: Call, operation: Operation, right: str) -> None:
    """Where the path names no record by which it is judged, the handler asks of what is named there."""
    if call.records or operation.judged is None:
        record = call.record if call.records else None
        demand(call, operation.id, right, record, operation.entitlement)


# body and query → contract


def _check(call: Call, operation: Operation, sent: Sent, outcome: Outcome) -> None:
    """Query and body with their defaults; what both of them break is refused at once."""
    call.document = read_body(call, operation, sent, outcome)
    call.query = outcome.keep(operation.check_query(sent.arguments), call.strict)
    if operation.takes_json and call.document is not None:
        call.document = outcome.keep(operation.check_body(call.document), call.strict)
    outcome.refuse()
