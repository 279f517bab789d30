"""The life of a request, on one page. Read `answer` from top to bottom.

Every line may refuse with a `Problem`; what a caller may not know goes to the journal alone. The
state is swapped only after the answer has passed the contract.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from mockserver.contract import Checked, Fault, Operation
from mockserver.contract.operations import JSONAPI
from mockserver.jsonapi import honest
from mockserver.jsonapi.documents import document
from mockserver.pipeline import fault_plan as faulty
from mockserver.pipeline.discovery import OPEN
from mockserver.pipeline.journaling import Note
from mockserver.pipeline.messages import Answer, BrokenOff, Sent, TooLarge, Unreadable, as_json
from mockserver.pipeline.render_cache import Parts, written
from mockserver.pipeline.routes import Route, routes
from mockserver.pipeline.worlds import Server
from mockserver.world.access import Rule, authenticate, demand, split
from mockserver.world.calls import Call, Page, Raw, Reply
from mockserver.world.kinds import Handler
from mockserver.world.problems import Breach, Error, Problem, conflict, not_found, unauthorized
from mockserver.world.state import Record
from mockserver.world.universe import Stale, Universe

log = logging.getLogger("mockserver")

FORMS = ("application/json", "application/x-www-form-urlencoded")
"""Types that clients put around a JSON body although it is neither: accepted, a finding."""


def answer(server: Server, sent: Sent) -> Answer:
    """What one request is answered, from its token to its entry in the journal."""
    note, faults = Note(server, sent), faulty.NOTHING
    try:
        route = routes(server.contract()).match(sent.method, sent.path)
        if route.operation and route.operation.open:
            note.routed(route.operation)
            made = OPEN[route.operation.id](server, sent)
            return note.written(faulty.announced(server, sent, made))
        universe = note.reached(_universe(server, sent))
        if universe.edition != server.edition:
            route = routes(server.contract(universe.edition)).match(sent.method, sent.path)
        faults = faulty.met(universe, route.operation, sent)
        faulty.before_route(faults, universe, sent, note)
        seen, secret = universe.state, split(sent.token or "")[1]
        caller = authenticate(universe.kinds, seen, secret)
        note.called(caller)
        operation = note.routed(_operation(route, sent, universe))
        handler, rule = _built(universe, operation)
        writes = sent.method not in ("GET", "HEAD")
        body = sent.body if not writes else _read_early(sent)
        with universe.writing if writes else nullcontext():
            before = universe.state
            state = before if writes else faulty.lagging(faults, universe, before)
            if state is not seen:  # while this request waited, its token may have been revoked
                caller = authenticate(universe.kinds, state, secret)
            call = Call(
                kinds=universe.kinds,
                state=state,
                caller=caller,
                facts=universe.facts,
                strict=universe.strict,
                used=universe.used,
                operation=operation.id,
                key=universe.key,
                seed=universe.seed,
                now=note.timed(universe.clock.now()),
            )
            call.records = _records(call, operation, route.path)
            faulty.after_records(faults, operation, note)
            record = call.record if call.records else None
            demand(call, operation.id, rule, record, operation.entitlement)
            call.document = _body(call, operation, sent, body, note)
            call.query = _checked(call, operation.check_query(sent.arguments), note)
            if operation.takes_json and call.document is not None:
                call.document = _checked(call, operation.check_body(call.document), note)
            note.refuse()
            reply = handler(call)
            made = _answered(call, operation, reply, universe, sent)
            if reply.state is not None and reply.state is not before:
                universe.swap(before, reply.state, note.generation)
            note.changed(before, reply.state or before)
        faulty.used(universe, call)
        return note.written(faulty.after_check(faults, made, note))
    except faulty.InPlace as fault:
        return note.written(faulty.after_check(faults, fault.answer, note))
    except Problem as problem:
        made = faulty.after_check(faults, _refusal(problem, note), note)
        return note.written(made, why=problem.why)
    except Stale as stale:
        return note.written(_refusal(conflict(str(stale)), note))
    except Breach as breach:
        return note.broke(breach)
    except Exception as error:  # a mistake of ours: it must be seen, and must not look like theirs
        log.exception("unexpected exception")
        return note.broke(error)


# token → universe


def _universe(server: Server, sent: Sent) -> Universe:
    if sent.token is None:
        raise unauthorized("no bearer token: send the header Authorization: Bearer TOKEN")
    universe = server.universes.get(split(sent.token)[0])
    if universe is None:
        gone = server.universes.gone(split(sent.token)[0])
        unknown = "no universe has this token's key (the part before the first dot)"
        raise unauthorized(gone or unknown)
    return universe


# route, method → operation


def _operation(route: Route, sent: Sent, universe: Universe) -> Operation:
    if route.operation:
        return route.operation
    allow = ", ".join(route.allowed)
    if not allow:
        raise not_found(f"edition {universe.edition} has no such path{route.hint}")
    if sent.method == "OPTIONS":
        raise Problem(204, headers={"Allow": allow})
    detail = f"{sent.method} is not one of {allow}"
    raise Problem(405, Error("method not allowed", detail), headers={"Allow": allow})


def _built(universe: Universe, operation: Operation) -> tuple[Handler, Rule]:
    built = universe.table.get(operation.id)
    if built is None:
        raise not_found(f"the operation {operation.id} is documented but not built here")
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
            raise not_found(f"there is no {kind} {path[name]!r}")
        records[name] = within = record
    return records


# body


def _read_early(sent: Sent) -> Any:
    """Read a body before the world's lock is taken; a refusal waits for its turn in the order."""
    try:
        content: bytes | Unreadable = sent.body()
    except Unreadable as error:
        content = error

    def body() -> bytes:
        if isinstance(content, Unreadable):
            raise content
        return content

    return body


def _body(call: Call, operation: Operation, sent: Sent, read: Any, note: Note) -> Any:
    """The body as bytes or as honest JSON; None where none was sent."""
    if sent.method in ("GET", "HEAD"):
        return None
    if operation.body is None:
        _stray(call, operation, read, note)
        return None
    try:
        content: bytes = read()
    except TooLarge:
        raise Problem(413, Error("payload too large", "the body is larger than 10 MB")) from None
    except BrokenOff:
        raise _broken_off() from None
    if operation.media_type and not operation.takes_json:
        note.body(content, json=False)
        return content
    if not content.strip() or content.strip() == b"null":
        if operation.needs_body:
            note.faults.append(_no_body(operation))
        return None
    if sent.media_type != JSONAPI:
        _judge_type(call, operation, sent, note)
    try:
        value = honest.parse(content)
    except honest.Dishonest as error:
        meta = {
            **_meta(operation),
            "fact": str(error),
            "expected": "one JSON value in UTF-8 that every parser reads alike",
            "hint": "Send what a JSON library writes.",
        }
        raise Problem(400, Error("bad request", str(error), meta=meta)) from None
    note.body(content, json=True)
    return value


def _stray(call: Call, operation: Operation, read: Any, note: Note) -> None:
    """A body where none is due is a finding, whatever it is: no rule says what it should be."""
    try:
        content: bytes = read()
    except TooLarge:
        content = b"too large to be read"
    except BrokenOff:
        raise _broken_off() from None
    if content.strip() in (b"", b"null"):
        return
    note.body(content, json=False)
    fact = "this operation takes no body"
    finding = {**_meta(operation), "pointer": "", "fact": fact, "hint": "Send none."}
    _checked(call, Checked(None, [finding]), note)


def _broken_off() -> Problem:
    return Problem(400, Error("bad request", "the body ends before its end"))


def _judge_type(call: Call, operation: Operation, sent: Sent, note: Note) -> None:
    if sent.media_type in FORMS:
        fact = f"the body was sent as {sent.media_type}"
        hint = "Send Content-Type: application/vnd.api+json."
        note.found([{**_meta(operation), "pointer": "", "fact": fact, "hint": hint}])
    if call.strict or sent.media_type not in FORMS:
        detail = "content-type must be application/vnd.api+json"
        said = sent.media_type or "no content type"
        meta = {
            **_meta(operation),
            "fact": f"the body was sent as {said}",
            "expected": JSONAPI,
            "hint": f"Send Content-Type: {JSONAPI}.",
        }
        raise Problem(415, Error("invalid content type", detail, meta=meta))


def _no_body(operation: Operation) -> Fault:
    meta = {
        **_meta(operation),
        "pointer": "",
        "fact": "no body was sent",
        "expected": "a JSON object",
        "hint": "Send a body; the operation's page shows a sample payload.",
    }
    return Fault(422, "invalid attribute", "Data can't be blank", "", meta)


def _meta(operation: Operation) -> dict[str, str]:
    return {"operation": operation.id, "edition": operation.edition, "source": operation.source}


# body and query → contract


def _checked(call: Call, checked: Checked, note: Note) -> Any:
    """What passed; faults are kept, so that those of query and body are answered together."""
    if call.strict:
        checked.refuse_findings()
    note.found(checked.findings)
    note.faults += checked.faults
    return checked.value


# reply → document → contract


def _answered(
    call: Call, operation: Operation, reply: Reply, universe: Universe, sent: Sent
) -> Answer:
    """The answer as it will be sent; a miss is a breach, and then the state is not swapped."""
    if reply.state is not None:
        call.turned(reply.state)
    status, data = reply.status, reply.data
    if isinstance(data, Raw):
        return Answer(status, data.content, {"Content-Type": data.media_type})
    if isinstance(data, Record | Page):
        parts = Parts(call, operation, status, universe.parts)
        envelope = document(call, data, sent.url, parts)
        misses = operation.check_envelope(status, envelope)
        body, kept = parts.joined(envelope), parts.document
    else:
        shown = operation.shown(status, None if data is None else {"data": data})
        misses = operation.check_answer(status, shown)
        body, kept = b"" if shown is None else written(shown), None
    if misses:
        said = [operation.explain_answer(status, miss) for miss in misses]
        raise Breach(operation.id, operation.edition, said)
    return Answer(status, body, {"Content-Type": JSONAPI} if body else {}, kept=kept)


def _refusal(problem: Problem, note: Note) -> Answer:
    """The documented answer; what explains itself also says of which operation and edition."""
    made = as_json(problem.status, problem.document(note.place) if problem.errors else None)
    made.headers.update(problem.headers)
    return made
