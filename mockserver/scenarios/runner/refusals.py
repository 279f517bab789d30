"""Every documented refusal of every operation: each request differs in one thing from a good one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.operations import JSONAPI
from mockserver.contract.query import UNFILTERED
from mockserver.contract.routes import routes
from mockserver.judge.documents import Resource
from mockserver.judge.findings import EFFECT
from mockserver.judge.pointers import leaves, within
from mockserver.judge.routes import filled
from mockserver.judge.sources import level_of
from mockserver.scenarios.runner import invalid_bodies
from mockserver.scenarios.runner.answer import Arguments, JudgedAnswer
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.driver import PREFIX, Driver
from mockserver.scenarios.runner.error_pointers import points_at
from mockserver.scenarios.runner.plan import CannotContinue
from mockserver.scenarios.runner.unanswered import NoAnswer

LARGE = 10 * 1024 * 1024 + 1


@cache
def large(json: bool) -> bytes:
    """A body over the limit, made once: 10 MB take their time."""
    return b'"' + b"x" * LARGE + b'"' if json else b"x" * LARGE


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """One request that must be refused: the status, why, and what differs.

    `source`: where the rule is said, where that is not where the status is. `wrong`: the path of
    what is wrong in the body.
    """

    status: int
    why: str
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    method: str | None = None
    token: str | None = ""
    media_type: str | None = JSONAPI
    source: str = ""
    wrong: tuple[str | int, ...] = ()


Each = Callable[[Callable[[RefusedRequest], bool], Iterable[RefusedRequest]], Iterable[bool]]
"""`map`, or that of an executor: several requests at the same time."""


def unknown_id(context: Context) -> str:
    """An id, or name, that nothing has."""
    return f"{PREFIX}-{context.run}-unknown"


def refusals(
    driver: Driver, operation: Operation, good: Arguments, fresh: Callable[[], Any]
) -> Iterator[RefusedRequest]:
    """All of one operation. `fresh`: a body that would succeed once more."""
    context = driver.context
    path, query, body = good
    nowhere = dict.fromkeys(path, unknown_id(context))
    if not operation.open:
        yield RefusedRequest(401, "no token", nowhere, {}, None, token=None)
        yield RefusedRequest(401, "an unknown token", nowhere, {}, None, token=unknown_id(context))
        for name, type in operation.records.items():
            yield RefusedRequest(
                404, f"an unknown {name}", {**path, name: nowhere[name]}, query, body
            )
            if other := _of_another_type(driver, type):
                why = f"the id of one of {other['type']} as {name}"
                yield RefusedRequest(404, why, {**path, name: other["id"]}, query, body)
    if method := _other_method(context, operation):
        yield RefusedRequest(405, f"the method {method}", path, {}, None, method=method)
    yield from _queries(operation, path, query, fresh() if body else body)
    if context.read_only:
        return
    if operation.takes_json:
        yield from _documents(context, operation, path, query, body, fresh)
    if operation.body and 413 in operation.responses:
        source = context.source_of(operation, 413)
        if context.local or level_of(source) == "fault":
            yield RefusedRequest(
                413, "a body of more than 10 MB", path, query, large(operation.takes_json)
            )


def _of_another_type(driver: Driver, type: str) -> Resource | None:
    """A record of another type, whose id is no name that one of this type may have."""
    taken = {driver.context.plan(type).name_of(record) for record in driver.made}
    others = (r for r in driver.made if r["type"] != type and r["id"] not in taken)
    return next((r for r in others if r["id"] != driver.context.plan(r["type"]).name_of(r)), None)


def _other_method(context: Context, operation: Operation) -> str | None:
    """A method that the path does not have, on no page either; one operation of a path asks for all."""
    same = [o for o in context.edition.operations.values() if o.path == operation.path]
    asks = next((one for one in same if one.id in context.only), same[0])
    if asks is not operation or context.read_only:
        return None
    taken = {one.method for one in same}
    known = routes(context.edition)
    methods = (m for m in ("PUT", "PATCH", "POST", "DELETE") if m not in taken)
    return next((m for m in methods if not known.not_built(m, operation.path)), None)


def _queries(
    operation: Operation, path: Mapping[str, str], query: Mapping[str, Any], body: Any
) -> Iterator[RefusedRequest]:
    if operation.method == "GET" and not operation.open:
        changed = {**query, "filter[nonsense]": "some"}
        yield RefusedRequest(
            400, "a filter that is not listed", path, changed, body, source=UNFILTERED
        )
    for name, parameter in operation.parameters.items():
        schema, source = parameter["schema"], parameter.get("x-source", operation.source)
        if "x-include" in schema:
            yield RefusedRequest(400, "an unknown include", path, {**query, name: "nonsense"}, body)
        elif parameter.get("required"):
            rest = {other: value for other, value in query.items() if other != name}
            yield RefusedRequest(422, f"no {name}", path, rest, body, source=source)
        elif schema["type"] == "integer":
            values = ["0", "some"]
            if "maximum" in schema:
                values.append(str(schema["maximum"] + 1))
            for value in values:
                changed = {**query, name: value}
                yield RefusedRequest(422, f"{name}={value}", path, changed, body, source=source)


def _documents(
    context: Context,
    operation: Operation,
    path: Mapping[str, str],
    query: Mapping[str, Any],
    body: Any,
    fresh: Callable[[], Any],
) -> Iterator[RefusedRequest]:
    """What is wrong with a JSON body: its type, its form, what is in it."""
    yield RefusedRequest(400, "a body that is not JSON", path, query, b'{"data":')
    if operation.needs_body:
        yield RefusedRequest(422, "no body", path, query, None, source=operation.source)
    good = {} if body is None else fresh()
    yield RefusedRequest(
        415, "a body sent as text/plain", path, query, good, media_type="text/plain"
    )
    body = fresh() if good else {"data": {"attributes": {}}}
    for invalid in invalid_bodies.bodies(operation, body, context.edition):
        yield RefusedRequest(
            422, invalid.why, path, query, invalid.body, source=invalid.source, wrong=invalid.path
        )


def refuse(driver: Driver, operation: Operation, wanted: RefusedRequest) -> bool:
    """Send one, and judge what comes back. Gives whether it was refused as it must be."""
    context = driver.context
    try:
        exchange = context.exchanged(
            operation,
            wanted.path,
            wanted.query,
            wanted.body,
            method=wanted.method,
            token=wanted.token,
            media_type=wanted.media_type,
            wanted=((wanted.status,), wanted.why),
        )
    except NoAnswer:  # which is told
        return False
    answer = context.judged(exchange, operation, (wanted.path, wanted.query, wanted.body))
    driver.remember(answer)
    if wanted.status == 405:
        for other in context.edition.operations.values():
            if other.path == operation.path:
                context.reached[other.id, answer.status] += 1
    source = wanted.source or context.source_of(operation, wanted.status)
    if not context.expect(answer, (wanted.status,), wanted.why, source):
        return False
    if wanted.wrong:
        points_at(driver, answer, wanted.wrong, wanted.why)
    return True


def all_refused(driver: Driver, operation: Operation, record: Resource | None, each: Each) -> None:
    """Every refusal of an operation, and that together they have changed nothing.

    Where the token may not make a record of the type, nothing is asked about those of others.
    """
    others = {*operation.records.values()} - {driver.owner}
    if record is None and others and driver.context.rights.limited:
        return
    good = _good(driver, operation, record)
    if good is None:
        return
    wanted = list(refusals(driver, operation, good, lambda: body_anew(driver, operation, good)))
    before = _state(driver, record) if operation.method != "GET" else None
    results = list(each(lambda one: refuse(driver, operation, one), wanted))
    if before is not None and all(results) and record is not None:
        asked = f"{operation.method} {filled(operation, good[0])}"
        _unchanged(driver, operation, asked, record, before)


def _good(driver: Driver, operation: Operation, record: Resource | None) -> Arguments | None:
    """What was asked when the operation last succeeded, of the record as it is called now."""
    path, query, body = driver.context.good.get(operation.id, ({}, {}, None))
    if operation.token and not path:
        return None  # no answer showed its URL
    try:
        return {**path, **driver.path(operation, record)}, query, body
    except CannotContinue:
        return (path, query, body) if operation.id in driver.context.good else None


def body_anew(driver: Driver, operation: Operation, good: Arguments) -> Any:
    """A body that would succeed: a create's with a name that nothing has."""
    for plan in driver.context.plans.values():
        if plan.actions.create == operation.id and plan.scenario.unique:
            document = good[2]
            name = driver.name("refused")
            attributes = {**document["data"]["attributes"], plan.name_attribute: name}
            return {"data": {**document["data"], "attributes": attributes}}
    return good[2]


def _state(driver: Driver, record: Resource | None) -> dict[str, Any] | None:
    """The record's leaves as its first show gives them; None where it cannot be told."""
    if record is None:
        return None
    plan = driver.context.plan(record["type"])
    if not plan.actions.shows:
        return None
    answer: JudgedAnswer = driver.call(plan.actions.shows[0], of=record)
    return dict(leaves(answer.data)) if answer.ok and not answer.wrong else None


def _unchanged(
    driver: Driver, operation: Operation, asked: str, record: Resource, before: Mapping[str, Any]
) -> None:
    after = _state(driver, record)
    if after is None:
        return
    moved = [p for p in {**before, **after} if before.get(p) != after.get(p)]
    ignored = {"/attributes/updated-at"}
    if moved := [p for p in moved if not within(p, ignored)]:
        what = f"refused requests have changed {', '.join(sorted(moved))}"
        source = "{add-policies-to-policy-set}: all or nothing"
        driver.context.findings.note(
            operation.id, EFFECT, what, "nothing changed", source, where=asked
        )
