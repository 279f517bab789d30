"""The life of a request, on one page: a state and a request go in, an outcome comes out.

Read `_answered` from top to bottom. Every line may refuse with a `Problem`; what a caller may not
know goes to the journal alone. Nothing here writes, waits or knows a lock: `frame` takes the world's
turn, applies the faults that a test asked for, swaps the state and writes the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract import Checked, Edition, Operation, Refusal
from mockserver.contract.explain import brief
from mockserver.contract.operations import JSONAPI
from mockserver.contract.routes import Route, routes
from mockserver.jsonapi import strict_json
from mockserver.jsonapi.documents import document
from mockserver.pipeline.messages import Answer, BrokenOff, Sent, TooLarge, json_answer
from mockserver.pipeline.render_cache import Document, RenderedParts, Store, json_bytes
from mockserver.world.access import authenticate, demand, split
from mockserver.world.calls import Call, ListPage, Raw, Reply
from mockserver.world.kinds import Caller, Handler, Kinds
from mockserver.world.problems import NOWHERE, Breach, Error, Problem, not_found
from mockserver.world.state import Record, State

FORMS = ("application/json", "application/x-www-form-urlencoded")
"""Types that clients put around a JSON body although it is neither: accepted, a finding."""
LONG = 200
"""Letters of a path that a finding repeats."""


@dataclass(slots=True)
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


@dataclass(slots=True)
class Outcome:
    """What a request comes to: the answer, the state after it, and what was found on the way.

    `state` is None where nothing changed. `findings` are what was let pass, `refusals` what refused;
    `body` is what was sent, once it is known to be readable (`json`: as honest JSON). `why` is for
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
        operation = self.operation
        return {} if operation is None else _place(operation)

    def found(self, checked: Checked, strict: bool) -> Any:
        """What passed a check; refusals are kept, so that those of query and body are told together."""
        if strict:
            checked.refuse_findings()
        self.findings += checked.findings
        self.refusals += checked.refusals
        return checked.value


InPlace = Callable[[Operation], Answer | None]
"""What a fault puts in the place of an operation; may raise a Problem."""


def _nothing(operation: Operation) -> Answer | None:
    return None


def run(
    setting: Setting, state: State, sent: Sent, now: str, in_place: InPlace = _nothing
) -> Outcome:
    """What a request to a world in that state comes to at that time (a timestamp of the API)."""
    outcome = Outcome()
    try:
        outcome.answer = _answered(setting, state, sent, now, in_place, outcome)
    except Problem as problem:
        operation = outcome.operation
        place = {} if operation is None else _meta(operation)
        outcome.answer = refusal(problem, place, setting.edition.sources)
        outcome.why = problem.why
    except Exception as error:  # an answer that breaks the contract, or another mistake of ours
        outcome.breach = error
    return outcome


def _answered(
    setting: Setting, state: State, sent: Sent, now: str, in_place: InPlace, found: Outcome
) -> Answer:
    caller = found.caller = authenticate(setting.kinds, state, split(sent.token or "")[1])
    route = routes(setting.edition).match(sent.method, sent.path)
    operation = found.operation = _operation(route, sent, setting.edition, found)
    handler, right = _built(setting, operation)
    call = Call(
        kinds=setting.kinds,
        state=state,
        caller=caller,
        strict=setting.strict,
        used=setting.used,
        operation=operation.id,
        key=setting.key,
        seed=setting.seed,
        now=now,
    )
    call.records = _records(call, operation, route.path)
    if (given := in_place(operation)) is not None:
        return given
    if call.records or operation.judged is None:  # else the handler asks, of what is named there
        record = call.record if call.records else None
        demand(call, operation.id, right, record, operation.entitlement)
    call.document = _body(call, operation, sent, found)
    call.query = found.found(operation.check_query(sent.arguments), call.strict)
    if operation.takes_json and call.document is not None:
        call.document = found.found(operation.check_body(call.document), call.strict)
    _refuse(found.refusals)
    if setting.cache and not sent.writes and (kept := setting.cache.document(call, *sent.where)):
        found.done = True
        return Answer(kept.status, kept.body, {"Content-Type": JSONAPI}, kept=kept)
    reply: Reply = handler(call)
    answer = _shown(call, operation, reply, sent, setting.cache)
    found.state, found.done = reply.state, True
    return answer


# route, method → operation


def _operation(route: Route, sent: Sent, edition: Edition, found: Outcome) -> Operation:
    """The operation of a route; that there is none is a finding, save where a page lists the call."""
    if route.operation:
        return route.operation
    allow, near = ", ".join(route.allowed), routes(edition).nearest(sent.method, sent.path)
    if allow and sent.method == "OPTIONS":
        raise Problem(204, headers={"Allow": allow})
    if routes(edition).not_built(sent.method, sent.path):
        absent = f"edition {edition.name} has no such path: it is documented, but not built here"
        raise not_found(absent)
    found.findings.append(_no_operation(sent, edition, allow, near))
    if not allow:
        there = f"; nearest: {near}" if near else ""
        raise not_found(f"edition {edition.name} has no such path{there}")
    detail = f"{sent.method} is not one of {allow}"
    raise Problem(405, Error("method not allowed", detail), headers={"Allow": allow})


def _no_operation(sent: Sent, edition: Edition, allow: str, near: str | None) -> dict[str, str]:
    called = f"{sent.method} {sent.path}"
    hint = f"Did you mean {near}?" if near else "`mockserver operations` lists what there is."
    return {
        "edition": edition.name,
        "pointer": "",
        "fact": f"no page of edition {edition.name} lists {called[:LONG]}",
        "hint": f"Send one of {allow}." if allow else hint,
    }


def _built(setting: Setting, operation: Operation) -> tuple[Handler, str]:
    built = setting.kinds.table.get(operation.id)
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


def _body(call: Call, operation: Operation, sent: Sent, found: Outcome) -> Any:
    """The body as bytes or as honest JSON; None where none was sent."""
    if not sent.writes:
        return None
    if operation.body is None:
        _stray(call, operation, sent, found)
        return None
    try:
        content = sent.body()
    except TooLarge:
        raise Problem(413, Error("payload too large", "the body is larger than 10 MB")) from None
    except BrokenOff:
        raise _broken_off() from None
    if content and sent.content_encoding:
        raise _compressed(operation, sent.content_encoding)
    if operation.media_type and not operation.takes_json:
        found.body = content
        return content
    if not content.strip() or content.strip() == b"null":
        if operation.needs_body:
            found.refusals.append(_no_body(operation))
        return None
    if sent.media_type != JSONAPI:
        _judge_type(call, operation, sent, found)
    try:
        value = strict_json.parse(content)
    except strict_json.TooMany as error:
        raise Problem(413, Error("payload too large", str(error))) from None
    except strict_json.Dishonest as error:
        meta = {
            **_meta(operation),
            "fact": str(error),
            "expected": "one JSON value in UTF-8 that every parser reads alike",
            "hint": "Send what a JSON library writes.",
        }
        raise Problem(400, Error("bad request", str(error), meta=meta)) from None
    found.body, found.json = content, True
    return value


def _stray(call: Call, operation: Operation, sent: Sent, found: Outcome) -> None:
    """A body where none is due is a finding, whatever it is: no rule says what it should be."""
    try:
        content = sent.body()
    except TooLarge:
        content = b"too large to be read"
    except BrokenOff:
        raise _broken_off() from None
    if content.strip() in (b"", b"null"):
        return
    found.body = content
    fact = "this operation takes no body"
    finding = {**_meta(operation), "pointer": "", "fact": fact, "hint": "Send none."}
    found.found(Checked(None, [finding]), call.strict)


def _broken_off() -> Problem:
    return Problem(400, Error("bad request", "the body ends before its end"))


def _compressed(operation: Operation, coding: str) -> Problem:
    """Nobody knows what is in it: stored or judged as it came, it would be something else."""
    meta = {
        **_place(operation),
        "source": "decision: RFC 9110 names 415 for a content coding that is not read",
        "fact": f"the body was sent with Content-Encoding: {brief(coding)}",
        "expected": "a body that is not compressed",
        "hint": "Leave out Content-Encoding, and send the body as it is.",
    }
    error = Error("invalid content encoding", "content-encoding must not be set", meta=meta)
    return Problem(415, error, headers={"Accept-Encoding": "identity"})


def _judge_type(call: Call, operation: Operation, sent: Sent, found: Outcome) -> None:
    if sent.media_type in FORMS:
        fact = f"the body was sent as {sent.media_type}"
        hint = "Send Content-Type: application/vnd.api+json."
        found.findings.append({**_meta(operation), "pointer": "", "fact": fact, "hint": hint})
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


def _no_body(operation: Operation) -> Refusal:
    meta = {
        **_meta(operation),
        "pointer": "",
        "fact": "no body was sent",
        "expected": "a JSON object",
        "hint": "Send a body; the operation's page shows a sample payload.",
    }
    return Refusal(422, "invalid attribute", "Data can't be blank", "", meta)


def _meta(operation: Operation) -> dict[str, str]:
    return {**_place(operation), "source": operation.source}


def _place(operation: Operation) -> dict[str, str]:
    return {"operation": operation.id, "edition": operation.edition}


# body and query → contract


def _refuse(refusals: Sequence[Refusal]) -> None:
    """Raise what query and body broke, all at once; a 400 goes before every 422."""
    if not refusals:
        return
    status = min(refusal.status for refusal in refusals)
    told = [refusal for refusal in refusals if refusal.status == status]
    raise Problem(status, *(Error(f.title, f.detail, f.pointer, f.meta) for f in told))


# reply → document → contract


def _shown(
    call: Call, operation: Operation, reply: Reply, sent: Sent, cache: Store | None
) -> Answer:
    """The answer as it will be sent; a miss is a breach, and then the state is not swapped."""
    if reply.state is not None:
        call.turned(reply.state)
    status, data = reply.status or call.success, reply.data
    if isinstance(data, Raw):
        return Answer(status, data.content, {"Content-Type": data.media_type})
    if isinstance(data, Record | ListPage):
        parts = RenderedParts(call, operation, status, cache)
        envelope = document(call, data, sent.url, parts)
        misses = operation.check_envelope(status, envelope)
        body, kept = parts.joined(envelope), None
        if cache and parts.kept and not sent.writes and not misses:
            kept = cache.keep(call, *sent.where, Document(status, body))
    else:
        shown = operation.shown(status, None if data is None else {"data": data})
        misses = operation.check_answer(status, shown)
        body, kept = b"" if shown is None else json_bytes(shown), None
    if misses:
        said = [operation.explain_answer(status, miss) for miss in misses]
        raise Breach(operation.id, operation.edition, said)
    return Answer(status, body, {"Content-Type": JSONAPI} if body else {}, kept=kept)


def refusal(
    problem: Problem, place: Mapping[str, str], sources: Mapping[str, str] = NOWHERE
) -> Answer:
    """The documented answer; what explains itself also says of which operation and edition."""
    made = json_answer(problem.status, problem.document(place, sources) if problem.errors else None)
    made.headers.update(problem.headers)
    return made
