"""What a write must have done, as every view of the records shows it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from mockserver.judge.documents import Resource, resources, same
from mockserver.judge.findings import STATUS
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.plan import CannotContinue
from mockserver.scenarios.runner.representations import (
    Representation,
    agrees,
    compare,
    in_list,
    lawful,
    vote,
)
from mockserver.scenarios.runner.scenario import Expected


def look(driver: Driver, record: Resource) -> list[Representation]:
    """The record as every show and the list show it; a view that fails is left out."""
    plan = driver.context.plan(record["type"])
    views = []
    for show in plan.actions.shows:
        answer = driver.call(show, of=record)
        views += [
            Representation(answer, base) for base, _ in resources(answer.document) if answer.ok
        ]
    if plan.actions.list:
        query = plan.query(record, plan.name_of(record))
        with suppress(CannotContinue):  # where a list stands below another type than its owner
            answer = driver.call(plan.actions.list, of=record, query=query)
            views += in_list(answer, record)
    return views


def must_show(
    driver: Driver, write: JudgedAnswer, *expected: tuple[Resource, Expected], why: str, source: str
) -> bool:
    """What a write must have done, as every view of each record shows it. Gives whether it has.

    Where the first record does not agree, nor all of the others, the write is at fault, told by
    the first alone; else the views that disagree are.
    """
    looks = [(record, wanted, look(driver, record)) for record, wanted in expected]
    agreed = [agrees(views, wanted) for _, wanted, views in looks]
    done = agreed[0] or (len(agreed) > 1 and all(agreed[1:]))
    for number, (record, wanted, views) in enumerate(looks):
        own = [
            Representation(write, base) for base, r in resources(write.document) if same(r, record)
        ]
        written = own[0] if own and write.ok else None
        if number and not done:
            for view in views:
                view.answer.wrong |= {view.base + pointer for pointer in wanted}
        else:
            apart = done and not agreed[number]
            vote(driver.context, write, written, views, wanted, why, source, apart)
        judge_views(driver, record["type"], [*own, *views] if write.ok else views)
    return all(agreed)


def judge_views(driver: Driver, type: str, views: Sequence[Representation]) -> None:
    """Compare views of one record, and hold them to the laws of its type."""
    plan = driver.context.plan(type)
    for view in views[:1]:
        name = type, str(view.resource.get("id"))
        known = driver.truth.get(name, {})
        driver.truth[name] = compare(driver.context, views, known, plan.scenario.only_in)
    lawful(driver.context, views)


def reread(driver: Driver, record: Resource) -> Resource:
    """The record as the server shows it now; as it was where it does not."""
    views = look(driver, record)
    judge_views(driver, record["type"], views)
    able = [view for view in views if not view.blamed()] or views
    same = {"type": record["type"], "id": record["id"]}
    return {**able[0].resource, **same} if able else record


def gone(driver: Driver, shown: JudgedAnswer) -> bool:
    """Whether a record is not there any more: 404, of an operation that is not told to answer all so."""
    context, show = driver.context, shown.operation
    never = show not in context.good and context.findings.known(show, STATUS)
    return shown.status == 404 and not never
