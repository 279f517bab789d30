"""Away with what a run has made, whatever became of it; what stays is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from mockserver.judge.documents import Resource, resources
from mockserver.scenarios.runner.driver import PREFIX, Driver
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.traffic.transport import Unreachable

GONE = (404, 410)


def clean_up(driver: Driver) -> list[str]:
    """Remove all that was made, the youngest first. Gives what is left, named.

    Raises KeyboardInterrupt where it is stopped: the run ends then, and `clean_up_at_last` goes on.
    """
    return _all(driver, _plainly)


def clean_up_at_last(driver: Driver, orphans: bool, stops: list[str]) -> list[str]:
    """As `clean_up`, also where it is stopped.

    `orphans`: look for what the server has made although its answer never came to be read, as when
    a run is stopped in the middle of a request. `stops`: the signals that have stopped the run; those
    that are heard here are appended. The first of all lets it go on, each of the others gives up one
    removal, so that a server that hangs can be left.
    """

    def insisting(ask: Callable[[], bool]) -> bool:
        while True:
            try:
                return ask()
            except KeyboardInterrupt as stop:
                stops.append(named(stop))
                if len(stops) > 1:
                    return False

    left = _all(driver, insisting)
    if orphans:
        with suppress(Unreachable):
            insisting(lambda: _adopt(driver))
            left = _all(driver, insisting)
    return left


def named(stop: KeyboardInterrupt) -> str:
    """What a stop is called."""
    return str(stop) or "Ctrl-C"


Insisting = Callable[[Callable[[], bool]], bool]
"""`insisting(ask)`: what `ask` gives; it may ask again where it is stopped, or give False."""


def _plainly(ask: Callable[[], bool]) -> bool:
    return ask()


def _all(driver: Driver, insisting: Insisting) -> list[str]:
    left: list[Resource] = []
    driver.parents.clear()
    for record in driver.made:
        plan = driver.context.plan(record["type"])
        if not plan.actions.removes:
            continue
        if insisting(partial(_gone, driver, plan, record)):
            driver.made.gone(record)
        else:
            left.append(record)
    return [
        _named(driver, record)
        for record in left
        if not insisting(partial(_gone_along, driver, record))
    ]


def _named(driver: Driver, record: Resource) -> str:
    return f"{record['type']} {driver.context.plan(record['type']).name_of(record)} {record['id']}"


def _gone_along(driver: Driver, record: Resource) -> bool:
    """Whether what could not be removed has gone with what it belonged to."""
    plan = driver.context.plan(record["type"])
    shows = [driver.context.edition.operation(id) for id in plan.actions.shows]
    try:
        asked = [driver.context.exchanged(show, driver.path(show, record)) for show in shows]
        return bool(asked) and all(exchange.status in GONE for exchange in asked)
    except (Unreachable, CannotContinue):
        return False


def _gone(driver: Driver, plan: Plan, record: Resource) -> bool:
    remove = driver.context.edition.operation(plan.actions.removes[0])
    try:
        exchange = driver.context.exchanged(remove, driver.path(remove, record))
        if exchange.status == 403:  # instead of 404, if it is not shown either
            return not _shown(driver, plan, record)
    except (Unreachable, CannotContinue):
        return False
    return exchange.status < 300 or exchange.status in GONE


def _shown(driver: Driver, plan: Plan, record: Resource) -> bool:
    shows = [driver.context.edition.operation(id) for id in plan.actions.shows]
    return any(
        driver.context.exchanged(show, driver.path(show, record)).status < 300 for show in shows
    )


def _adopt(driver: Driver) -> bool:
    """Records that carry this run's name and were never told of are to be removed too."""
    mine = f"{PREFIX}-{driver.context.run}-"
    for plan in driver.context.plans.values():
        if plan.listing is None or not plan.actions.create:
            continue
        if any(parameter.get("required") for parameter in plan.listing.parameters.values()):
            continue  # it goes with what it belongs to
        with suppress(CannotContinue):
            parent = plan.scenario.parent(driver) if plan.scenario.parent else None
            path = driver.path(plan.listing, parent)
            exchange = driver.context.exchanged(plan.listing, path, plan.query({}, mine))
            answer = driver.context.judged(exchange, plan.listing, (path, {}, None))
            for _, resource in resources(answer.document):
                if plan.name_of(resource).startswith(mine):
                    driver.made.adopt(plan.type, resource, path)
    return True
