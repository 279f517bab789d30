"""Every documented refusal of every operation: each request differs in one thing from a good one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.operations import JSONAPI
from mockserver.verify import bad
from mockserver.verify.findings import EFFECT, decided
from mockserver.verify.play import PREFIX, Stage, Stop
from mockserver.verify.pointers import leaves, within
from mockserver.verify.session import Session
from mockserver.world.lives import Asked, Resource, Seen

LARGE = 10 * 1024 * 1024 + 1


@dataclass(frozen=True, slots=True)
class Refusal:
    """One request that must be refused: the status, why, and what differs."""

    status: int
    why: str
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    method: str | None = None
    token: str | None = ""
    media_type: str | None = JSONAPI


def unknown(session: Session) -> str:
    """An id, or name, that nothing has."""
    return f"{PREFIX}-{session.run}-unknown"


def refusals(
    stage: Stage, operation: Operation, good: Asked, fresh: Callable[[], Any]
) -> Iterator[Refusal]:
    """All of one operation. `fresh`: a body that would succeed once more."""
    session = stage.session
    path, query, body = good
    nowhere = dict.fromkeys(path, unknown(session))
    if not operation.open:
        yield Refusal(401, "no token", nowhere, {}, None, token=None)
        yield Refusal(401, "an unknown token", nowhere, {}, None, token=unknown(session))
        for name in operation.records:
            yield Refusal(404, f"an unknown {name}", {**path, name: nowhere[name]}, query, body)
    if method := _other_method(session, operation):
        yield Refusal(405, f"the method {method}", path, {}, None, method=method)
    yield from _queries(operation, path, query, body)
    if session.read_only:
        return
    if operation.takes_json:
        yield from _documents(session, operation, path, query, body, fresh)
    if operation.body and 413 in operation.responses:
        source = session.source(operation, 413)
        if session.local or not decided(session.edition, operation.id, source):
            large = b"x" * LARGE if not operation.takes_json else b'"' + b"x" * LARGE + b'"'
            yield Refusal(413, "a body of more than 10 MB", path, query, large)


def _other_method(session: Session, operation: Operation) -> str | None:
    """A method that the path does not have; one operation of a path asks for all."""
    same = [o for o in session.edition.operations.values() if o.path == operation.path]
    if same[0] is not operation or session.read_only:
        return None
    taken = {one.method for one in same}
    return next((m for m in ("PUT", "PATCH", "POST", "DELETE") if m not in taken), None)


def _queries(
    operation: Operation, path: Mapping[str, str], query: Mapping[str, Any], body: Any
) -> Iterator[Refusal]:
    for name, parameter in operation.parameters.items():
        schema = parameter["schema"]
        if "x-include" in schema:
            yield Refusal(400, "an unknown include", path, {**query, name: "nonsense"}, body)
        elif parameter.get("required"):
            rest = {other: value for other, value in query.items() if other != name}
            yield Refusal(422, f"no {name}", path, rest, body)
        elif schema["type"] == "integer":
            values = ["0", "some"] + (["151"] if schema.get("maximum") == 150 else [])
            for value in values:
                yield Refusal(422, f"{name}={value}", path, {**query, name: value}, body)


def _documents(
    session: Session,
    operation: Operation,
    path: Mapping[str, str],
    query: Mapping[str, Any],
    body: Any,
    fresh: Callable[[], Any],
) -> Iterator[Refusal]:
    """What is wrong with a JSON body: its type, its form, what is in it."""
    yield Refusal(400, "a body that is no JSON", path, query, b'{"data":')
    if operation.needs_body:
        yield Refusal(422, "no body", path, query, None)
    good = {} if body is None else fresh()
    yield Refusal(415, "a body sent as text/plain", path, query, good, media_type="text/plain")
    body = fresh() if good else {"data": {"attributes": {}}}
    for why, broken in bad.bodies(operation, body, session.edition):
        yield Refusal(422, why, path, query, broken)


def refuse(stage: Stage, operation: Operation, wanted: Refusal) -> bool:
    """Send one, and judge what comes back. Gives whether it was refused as it must be."""
    session = stage.session
    exchange = session.exchanged(
        operation,
        wanted.path,
        wanted.query,
        wanted.body,
        method=wanted.method,
        token=wanted.token,
        media_type=wanted.media_type,
    )
    seen = session.seen(exchange, operation, (wanted.path, wanted.query, wanted.body))
    stage.remember(seen)
    if wanted.status == 405:
        for other in session.edition.operations.values():
            if other.path == operation.path:
                session.reached[other.id, seen.status] += 1
    source = session.source(operation, wanted.status)
    return session.expect(seen, (wanted.status,), wanted.why, source)


def all_refused(
    stage: Stage, operation: Operation, record: Resource | None, pool: Executor
) -> None:
    """Every refusal of an operation, and that together they have changed nothing."""
    good = _good(stage, operation, record)
    if good is None:
        return
    wanted = list(refusals(stage, operation, good, lambda: _fresh(stage, operation, good)))
    before = _state(stage, record) if operation.method != "GET" else None
    results = list(pool.map(lambda one: refuse(stage, operation, one), wanted))
    if before is not None and all(results) and record is not None:
        _unchanged(stage, operation, record, before)


def _good(stage: Stage, operation: Operation, record: Resource | None) -> Asked | None:
    """What was asked when the operation last succeeded, of the record as it is called now."""
    path, query, body = stage.session.good.get(operation.id, ({}, {}, None))
    try:
        return {**path, **stage.path(operation, record)}, query, body
    except Stop:
        return (path, query, body) if operation.id in stage.session.good else None


def _fresh(stage: Stage, operation: Operation, good: Asked) -> Any:
    """A body that would succeed: a create's with a name that nothing has."""
    for life in stage.session.lives.values():
        if life.create == operation.id and life.document and life.unique:
            document = good[2]
            name = stage.name("refused")
            attributes = {**document["data"]["attributes"], life.named: name}
            return {"data": {**document["data"], "attributes": attributes}}
    return good[2]


def _state(stage: Stage, record: Resource | None) -> dict[str, Any] | None:
    """The record's leaves as its first show gives them; None where it cannot be told."""
    if record is None:
        return None
    life = stage.session.lives.get(record["type"])
    if life is None or not life.shows:
        return None
    seen: Seen = stage.call(life.shows[0], of=record)
    return dict(leaves(seen.data)) if seen.ok and not seen.wrong else None


def _unchanged(
    stage: Stage, operation: Operation, record: Resource, before: Mapping[str, Any]
) -> None:
    after = _state(stage, record)
    if after is None:
        return
    moved = [p for p in {**before, **after} if before.get(p) != after.get(p)]
    ignored = {"/attributes/updated-at"}
    if moved := [p for p in moved if not within(p, ignored)]:
        what = f"refused requests have changed {', '.join(sorted(moved))}"
        source = "policy-sets.html#add-policies-to-the-policy-set: all or nothing"
        stage.session.findings.note(operation.id, EFFECT, what, "nothing changed", source)
