"""What GETs alone can tell of a type."""

from __future__ import annotations

from concurrent.futures import Executor

from mockserver.judge.documents import Resource, resources
from mockserver.scenarios.runner import lists, pagination
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import judge_views, look
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.refusals import all_refused


def looked(driver: Driver, plan: Plan, pool: Executor) -> None:
    """What GETs show of a type: its list, the first records by themselves, pages, refusals."""
    context = driver.context
    try:
        record = _first(driver, plan)
    except CannotContinue as reason:
        context.skipped[plan.type] = str(reason)
        return
    if record is None:
        context.skipped[plan.type] = "there is no record to read"
    else:
        judge_views(driver, plan.type, look(driver, record))
        lists.inclusion(driver, plan, record)
        if plan.actions.list:
            listing = context.edition.operation(plan.actions.list)
            if "page[size]" in listing.parameters:
                pagination.walk_pages(driver, listing, record, {}, set(), 3)
    for id in plan.actions.reads:
        all_refused(driver, context.edition.operation(id), record, pool)


def _first(driver: Driver, plan: Plan) -> Resource | None:
    """The first record of a type's list, or the organization itself."""
    edition = driver.context.edition
    if plan.type == driver.owner:
        show = edition.operation(plan.actions.shows[0])
        answer = driver.call(show.id, path=dict.fromkeys(show.records, driver.organization))
        return next((resource for _, resource in resources(answer.document)), None)
    if not plan.actions.list:
        raise CannotContinue("it has no list to read")
    operation = edition.operation(plan.actions.list)
    if any(parameter.get("required") for parameter in operation.parameters.values()):
        raise CannotContinue(f"{operation.id} wants to be asked for a record's")
    answer = driver.call(plan.actions.list)
    return next((resource for _, resource in resources(answer.document)), None)
