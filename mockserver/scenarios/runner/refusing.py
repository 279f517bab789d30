"""Every documented refusal of an operation is sent, judged, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mockserver.contract import Operation
from mockserver.judge.documents import Resource
from mockserver.judge.findings import EFFECT, Finding
from mockserver.judge.pointers import leaves, within
from mockserver.judge.routes import filled
from mockserver.scenarios.runner.answer import Arguments, JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.error_pointers import points_at
from mockserver.scenarios.runner.plan import CannotContinue
from mockserver.scenarios.runner.refusals import RefusedRequest, refusals
from mockserver.scenarios.runner.unanswered import NoAnswer

Each = Callable[[Callable[[Any], bool], Iterable[Any]], Iterable[bool]]
"""`map`, or that of an executor: several requests at the same time."""


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
    results = _each_refused(driver, operation, wanted, each)
    if before is not None and all(results) and record is not None:
        asked = f"{operation.method} {filled(operation, good[0])}"
        _unchanged(driver, operation, asked, record, before)


def _each_refused(
    driver: Driver, operation: Operation, wanted: Sequence[RefusedRequest], each: Each
) -> list[bool]:
    """Whether each was refused as it must be; findings in this order, whichever is answered first."""
    findings = driver.context.findings

    def refused(one: tuple[RefusedRequest, list[Finding]]) -> bool:
        with findings.aside(one[1]):
            return refuse(driver, operation, one[0])

    sent: list[tuple[RefusedRequest, list[Finding]]] = [(one, []) for one in wanted]
    try:
        return list(each(refused, sent))
    finally:
        for _, kept in sent:
            for finding in kept:
                findings.add(finding)


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
