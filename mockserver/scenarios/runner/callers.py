"""What other callers see: one without rights nothing, one with rights the same."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from mockserver.contract import Operation
from mockserver.judge.documents import Resource, resources
from mockserver.scenarios.runner.answer import Arguments
from mockserver.scenarios.runner.bodies import create_body
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import look
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.refusing import body_anew
from mockserver.scenarios.runner.representations import Representation, compare, in_list
from mockserver.scenarios.runner.scenario import Callers

RIGHTS = "{permissions}"
WITHOUT = "a caller without rights"
PERMISSIONS = "/attributes/permissions"
"""What a record shows each caller of his own: what he may do."""


def seen_by_others(driver: Driver, plan: Plan, record: Resource) -> None:
    """A record as others see it, and what they may do with one."""
    callers = others(driver)
    if callers is None:
        return
    _unseen(driver, plan, record, callers.unable)
    _unchangeable(driver, plan, callers.unable)
    _seen(driver, plan, record, callers.able)
    if plan.scenario.private and plan.actions.create:
        document = create_body(plan, driver.name("able"), driver.need)
        driver.call(plan.actions.create, document, of=driver.parent(plan), token=callers.able)


def others(driver: Driver) -> Callers | None:
    """The tokens of others, made once a run; None where the edition, or the server, has none."""
    makers = (plan.scenario.callers for plan in driver.context.plans.values())
    make = next((make for make in makers if make), None)
    if driver.callers is None and make:
        before = len(driver.made)
        with suppress(CannotContinue):
            driver.callers = make(driver)
        driver.made.keep(len(driver.made) - before)
    return driver.callers


def _unseen(driver: Driver, plan: Plan, record: Resource, token: str) -> None:
    """Without rights a record is not shown, and a list is refused or is without it; one that is open
    to all who belong to its owner is shown."""
    source = plan.scenario.private or RIGHTS
    if plan.scenario.open:
        for id in plan.actions.shows:
            driver.call(id, of=record, token=token)
        return
    for id in plan.actions.shows:
        driver.refused(404, id, of=record, token=token, why=WITHOUT, source=source)
    if plan.listing is None:
        return
    query = plan.query(record, plan.name_of(record))
    if plan.scenario.private:
        id = plan.listing.id
        driver.refused(404, id, of=record, query=query, token=token, why=WITHOUT, source=source)
        return
    answer = driver.sent(plan.listing.id, of=record, query=query, token=token)
    for view in in_list(answer, record):
        what = f"{WITHOUT} is shown the record"
        view.blame(driver.context, "", what, "what the caller may see", source)


def _unchangeable(driver: Driver, plan: Plan, token: str) -> None:
    """Without rights nothing is done: tried on a record of its own, the removals last."""
    other = driver.need(plan.type, "others")
    able = [id for id in plan.actions.every if id not in plan.actions.reads]
    for id in sorted(able, key=lambda id: id in plan.actions.removes):
        operation = driver.context.edition.operation(id)
        if (asked := _about(driver, plan, operation, other)) is None or operation.token:
            continue  # whoever has a presigned URL has the right
        path, query, body = asked
        # members that the caller may not see are unknown, where the path names nothing
        statuses = 404 if operation.records else (404, 422)
        driver.refused(
            statuses, id, body, query=query, path=path, token=token, why=WITHOUT,
            source=plan.scenario.private or RIGHTS,
        )  # fmt: skip


def _about(driver: Driver, plan: Plan, operation: Operation, other: Resource) -> Arguments | None:
    """What succeeds with rights: asked before, and about another record where it would change one.

    None where it never has succeeded, and needs a body.
    """
    good = driver.context.good.get(operation.id)
    if good and operation.method == "GET":
        return good
    named = [*operation.records.values()][-1:] == [other["type"]]
    if not good and (operation.body or not named):
        return None
    path, query, _ = good or ({}, {}, None)
    body = body_anew(driver, operation, good) if good else None
    if body and operation.id == plan.actions.create:
        body = create_body(plan, driver.name("refused"), driver.need)
    try:
        return (driver.path(operation, other) if named else path), query, body
    except CannotContinue:  # it is another's, as a variable is no parameter of a policy set
        return _last_shown(driver, operation) or path, query, body


def _last_shown(driver: Driver, operation: Operation) -> Mapping[str, str] | None:
    """The path of a record that was shown last, where an operation has the path of a GET."""
    same = (o for o in driver.context.edition.operations.values() if o.path == operation.path)
    shown = (driver.context.good.get(o.id) for o in same if o.method == "GET")
    return next((good[0] for good in shown if good), None)


def _seen(driver: Driver, plan: Plan, record: Resource, token: str) -> None:
    """With rights a record is the same; where rights are said to be enough it must be shown."""
    views, asked = look(driver, record), []
    for id in plan.actions.reads:
        query = plan.query(record, plan.name_of(record)) if id == plan.actions.list else {}
        ask = driver.call if plan.scenario.private else driver.sent
        asked.append(ask(id, None, of=record, query=query, token=token))
    shown = [answer for answer in asked if answer.ok]
    for answer in shown:
        found = [Representation(answer, base) for base, _ in resources(answer.document)]
        views += in_list(answer, record) if answer.operation == plan.actions.list else found
    listing = next((a for a in shown if a.operation == plan.actions.list), None)
    if plan.scenario.private and listing and not in_list(listing, record):
        what = "a caller with rights is not shown the record in the list"
        source = driver.context.edition.operation(listing.operation).source
        driver.holds(False, listing, "/data", what, "every record", source)
    compare(driver.context, views, {}, plan.scenario.only_in, PERMISSIONS)
