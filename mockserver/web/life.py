"""The life of a request, on one page. Read `answer` from top to bottom.

Every line may refuse with a `Problem`; what a caller may not know goes to the journal alone. The
state is swapped only after the answer has passed the contract.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import Any

from mockserver.contract import Checked, Edition, Fault, Operation
from mockserver.contract.operations import JSONAPI
from mockserver.jsonapi import honest
from mockserver.jsonapi.documents import document
from mockserver.web import faulty
from mockserver.web.messages import Answer, Sent, TooLarge, as_json
from mockserver.web.opened import OPEN
from mockserver.web.recording import Note
from mockserver.web.routes import routes
from mockserver.web.worlds import Server
from mockserver.world.access import authenticate, split
from mockserver.world.calls import Call, Raw, Reply
from mockserver.world.problems import Breach, Error, Problem, conflict, not_found, unauthorized
from mockserver.world.state import ROOT, Record
from mockserver.world.universe import Stale, Universe

log = logging.getLogger("mockserver")

FORMS = ("application/json", "application/x-www-form-urlencoded")
"""Types that clients put around a JSON body although it is neither: accepted, a finding."""


def answer(server: Server, sent: Sent) -> Answer:
    """What one request is answered, from its token to its entry in the journal."""
    note = Note(server, sent)
    try:
        operation, path = _open(server, sent, note)
        if operation:
            return note.written(OPEN[operation.id](server, sent))
        universe = note.reached(_universe(server, sent))
        edition = server.contract(universe.edition)
        fired = faulty.fired(universe, edition, sent)
        faulty.before_route(fired, universe, note)
        caller = authenticate(server.kinds, universe.state, split(sent.token or "")[1])
        note.called(caller)
        operation, path = _operation(edition, sent, note)
        writes = sent.method not in ("GET", "HEAD")
        body = sent.body if not writes else _read_early(sent)
        with universe.writing if writes else nullcontext():
            generation, before = universe.generation, universe.state
            # again: while this request waited, its token may have been revoked
            caller = authenticate(server.kinds, before, split(sent.token or "")[1])
            call = Call(
                kinds=server.kinds,
                state=faulty.lagging(fired, universe, before, writes),
                caller=caller,
                facts=universe.facts,
                strict=universe.strict,
                used=universe.used,
                operation=operation.id,
                key=universe.key,
                seed=universe.seed,
                now=universe.clock.now(),
            )
            call.records = _records(call, operation, path)
            faulty.after_records(fired, operation, note)
            _allow(call, operation, note)
            call.document = _body(call, operation, sent, body, note)
            call.query = _checked(call, operation.check_query(sent.arguments), note)
            if operation.takes_json and call.document is not None:
                call.document = _checked(call, operation.check_body(call.document), note)
            note.refuse()
            reply = _handler(call, operation)(call)
            made = _answered(call, operation, reply, edition, sent)
            if reply.state is not None and reply.state is not before:
                universe.swap(before, reply.state, generation)
            note.changed(before, universe.state)
        faulty.used(universe, call)
        return note.written(faulty.after_check(fired, made, note))
    except Problem as problem:
        return note.written(_refusal(problem, note), why=problem.why)
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
        raise unauthorized("no universe has this token's key (the part before the first dot)")
    return universe


def _open(server: Server, sent: Sent, note: Note) -> tuple[Operation | None, dict[str, str]]:
    """Ping and discovery need no token, and so no universe."""
    operation, path, _ = routes(server.contract()).match(sent.method, sent.path)
    if operation and operation.open:
        note.routed(operation)
        return operation, path
    return None, {}


# route, method → operation


def _operation(edition: Edition, sent: Sent, note: Note) -> tuple[Operation, dict[str, str]]:
    table = routes(edition)
    operation, path, allowed = table.match(sent.method, sent.path)
    if operation:
        note.routed(operation)
        return operation, path
    if sent.method == "OPTIONS" and (allowed := table.allowed(sent.path)):
        raise Problem(204, headers={"Allow": ", ".join(allowed)})
    if allowed:
        raise Problem(
            405,
            Error("method not allowed", f"{sent.method} is not one of {', '.join(allowed)}"),
            headers={"Allow": ", ".join(allowed)},
        )
    raise not_found(f"edition {edition.name} has no such path")


# path → records, outermost first


def _records(call: Call, operation: Operation, path: dict[str, str]) -> dict[str, Record]:
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


# may the caller see and do it


def _allow(call: Call, operation: Operation, note: Note) -> None:
    record = call.record if call.records else None
    if operation.entitlement and record:
        owner: Record | None = record
        while owner:
            entitled = call.kinds[owner.kind].entitled
            if entitled and not entitled(owner, operation.entitlement):
                raise not_found(f"{owner.id} has no entitlement {operation.entitlement}")
            owner = call.state.get(owner.owner) if owner.owner != ROOT else None
    for kind in call.kinds.values():
        if operation.id in kind.may:
            rule = kind.may[operation.id]
            if not rule.allows(call, record):
                raise not_found(
                    f"{call.caller.name} may not: {operation.id} is for {rule.words} ({rule.source})"
                )
            return
    raise not_found(f"the operation {operation.id} is documented but not built here")


# body


def _read_early(sent: Sent) -> Any:
    """Read a body before the world's lock is taken; a refusal waits for its turn in the order."""
    try:
        content: bytes | TooLarge = sent.body()
    except TooLarge as error:
        content = error

    def body() -> bytes:
        if isinstance(content, TooLarge):
            raise content
        return content

    return body


def _body(call: Call, operation: Operation, sent: Sent, read: Any, note: Note) -> Any:
    """The body as bytes or as honest JSON; None where none was sent."""
    if sent.method in ("GET", "HEAD"):
        return None
    try:
        content: bytes = read()
    except TooLarge:
        raise Problem(413, Error("payload too large", "the body is larger than 10 MB")) from None
    if operation.media_type and not operation.takes_json:
        note.body(content)
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
        raise Problem(400, Error("bad request", str(error), meta=_meta(operation))) from None
    note.body(value)
    if operation.body is None:
        stray = {**_meta(operation), "pointer": "", "fact": "this operation takes no body"}
        _checked(call, Checked(None, [stray]), note)
        return None
    return value


def _judge_type(call: Call, operation: Operation, sent: Sent, note: Note) -> None:
    if call.strict or sent.media_type not in FORMS:
        detail = "content-type must be application/vnd.api+json"
        raise Problem(415, Error("invalid content type", detail, meta=_meta(operation)))
    fact = f"the body was sent as {sent.media_type}"
    hint = "Send Content-Type: application/vnd.api+json."
    note.found([{**_meta(operation), "pointer": "", "fact": fact, "hint": hint}])


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


# the handler, and its reply → document → contract


def _handler(call: Call, operation: Operation) -> Any:
    for kind in call.kinds.values():
        if operation.id in kind.operations:
            return kind.operations[operation.id]
    raise not_found(f"the operation {operation.id} is documented but not built here")


def _answered(
    call: Call, operation: Operation, reply: Reply, edition: Edition, sent: Sent
) -> Answer:
    """The answer as it will be sent; a miss is a breach, and then the state is not swapped."""
    if reply.state is not None:
        call.turned(reply.state)
    if isinstance(reply.data, Raw):
        return Answer(reply.status, reply.data.content, {"Content-Type": reply.data.media_type})
    shown = operation.shown(reply.status, document(call, reply, sent.url))
    misses = operation.check_answer(reply.status, shown)
    if misses:
        said = [operation.explain_answer(reply.status, miss) for miss in misses]
        raise Breach(operation.id, edition.name, said)
    return as_json(reply.status, shown)


def _refusal(problem: Problem, note: Note) -> Answer:
    """The documented answer; what explains itself also says of which operation and edition."""
    made = as_json(problem.status, problem.document(note.place) if problem.errors else None)
    made.headers.update(problem.headers)
    return made
