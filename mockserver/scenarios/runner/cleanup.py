"""Away with what a run has made, whatever became of it; what stays is named."""

from __future__ import annotations

from contextlib import suppress

from mockserver.judge.documents import Resource, attribute, resources
from mockserver.scenarios.runner.context import Plan
from mockserver.scenarios.runner.driver import PREFIX, CannotContinue, Driver
from mockserver.traffic.transport import Unreachable


def removed(driver: Driver, orphans: bool = False) -> list[str]:
    """Remove all that was made, the youngest first. Gives what is left, named.

    `orphans`: look for what the server has made although its answer never came to be read, as when
    a run is stopped in the middle of a request.
    """
    left = _all(driver)
    if orphans:
        with suppress(Unreachable, KeyboardInterrupt):
            _adopt(driver)
            left = _all(driver)
    return left


def _all(driver: Driver) -> list[str]:
    left = []
    for record in driver.made:
        plan = driver.context.plan(record["type"])
        if not plan.actions.removes:
            continue
        if _gone(driver, plan, record):
            driver.gone(record)
        else:
            name = attribute(record, plan.scenario.name_attribute) or ""
            left.append(f"{record['type']} {name} {record['id']}")
    return left


def _gone(driver: Driver, plan: Plan, record: Resource) -> bool:
    remove = driver.context.edition.operation(plan.actions.removes[0])
    try:
        exchange = driver.context.exchanged(remove, driver.path(remove, record))
    except (Unreachable, CannotContinue, KeyboardInterrupt):
        return False
    return exchange.status < 300 or exchange.status in (404, 410)


def _adopt(driver: Driver) -> None:
    """Records that carry this run's name and were never told of."""
    mine = f"{PREFIX}-{driver.context.run}-"
    for plan in driver.context.plans.values():
        if not plan.actions.list or not plan.actions.create:
            continue
        operation = driver.context.edition.operation(plan.actions.list)
        if any(parameter.get("required") for parameter in operation.parameters.values()):
            continue  # it goes with what it belongs to
        with suppress(CannotContinue):
            path = driver.path(
                operation, plan.scenario.parent(driver) if plan.scenario.parent else None
            )
            exchange = driver.context.exchanged(operation, path, driver.narrowed(plan, mine))
            answer = driver.context.judged(exchange, operation, (path, {}, None))
            for _, resource in resources(answer.document):
                if str(attribute(resource, plan.scenario.name_attribute) or "").startswith(mine):
                    driver.adopt(plan.type, resource, path)
