"""What other callers see: one without rights nothing, one with rights the same."""

from __future__ import annotations

from mockserver.judge.documents import Resource, resources
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import look
from mockserver.scenarios.runner.plan import Plan
from mockserver.scenarios.runner.representations import Representation, compare, listed
from mockserver.scenarios.runner.scenario import Callers


def seen_by_others(driver: Driver, plan: Plan, record: Resource) -> None:
    """A private record as others see it."""
    if not plan.scenario.private or (callers := _callers(driver)) is None:
        return
    why = "a caller without rights"
    for id in plan.actions.reads:
        query = plan.query(record) if id == plan.actions.list else {}
        source = plan.scenario.private
        driver.refused(
            404, id, of=record, query=query, token=callers.unable, why=why, source=source
        )
    views = look(driver, record)
    for id in plan.actions.shows:
        answer = driver.call(id, of=record, token=callers.able)
        views += [Representation(answer, base) for base, _ in resources(answer.document)]
    if plan.listing:
        query = plan.query(record, plan.name_of(record))
        views += listed(
            driver.call(plan.listing.id, of=record, query=query, token=callers.able), record
        )
    compare(driver.context, views, {}, plan.scenario.only_in)


def _callers(driver: Driver) -> Callers | None:
    makers = (plan.scenario.callers for plan in driver.context.plans.values())
    make = next((make for make in makers if make), None)
    return make(driver) if make else None
