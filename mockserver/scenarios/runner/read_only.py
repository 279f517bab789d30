"""What GETs alone can tell of a type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from mockserver.contract import Operation
from mockserver.judge.documents import Resource, resources
from mockserver.scenarios.runner import lists, pagination
from mockserver.scenarios.runner.actions import actions, primary
from mockserver.scenarios.runner.driver import Driver, Of
from mockserver.scenarios.runner.effects import judge_views, look
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.refusing import Each, all_refused

PARENTS = 20
"""Records that are asked for those of another type, until one has any."""


def looked(driver: Driver, plan: Plan, each: Each) -> None:
    """What GETs show of a type: its list, the first records by themselves, the lists below the first,
    pages, refusals.
    """
    context = driver.context
    if not any(context.edition.operation(id).method == "GET" for id in plan.actions.every):
        return  # its records are shown by lists of others alone
    try:
        record = next(iter(_some(driver, plan)), None)
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
                pagination.walk_pages(driver, listing, record, plan.query(record), set(), 3)
        for id in below(plan):
            driver.call(id, of=record)
    for id in plan.actions.reads:
        all_refused(driver, context.edition.operation(id), record, each)


def below(plan: Plan) -> Sequence[str]:
    """The lists of what belongs to a record of a type, but those that show types of their own."""
    own = {one.list for one in actions(plan.edition).values()}
    return [
        id
        for id, one in plan.edition.operations.items()
        if [*one.records.values()] == [plan.type]
        and id not in own
        and one.method == "GET"
        and primary(one, plan.edition)[1]
        and not any(parameter.get("required") for parameter in one.parameters.values())
    ]


def _some(driver: Driver, plan: Plan) -> Sequence[Resource]:
    """Records of a type as a GET shows them: of its list, where it is one of another record's of the
    first such that has any. Raises CannotContinue where there are none, or nothing to ask.
    """
    if plan.type == driver.owner:
        show = plan.edition.operation(plan.actions.shows[0])
        return _shown(driver, show, path=dict.fromkeys(show.records, driver.organization))
    listing = plan.listing
    if listing is None:
        raise CannotContinue("no operation lists them")
    type = _parent_type(driver, plan, listing)
    if type is None:
        return _shown(driver, listing)
    try:
        parents = _some(driver, driver.context.plan(type))[:PARENTS]
    except CannotContinue as reason:
        raise CannotContinue(f"{listing.id} is asked for those of {type}: {reason}") from None
    filters = [name for name, one in listing.parameters.items() if one.get("required")]
    for parent in parents:
        if found := _shown(driver, listing, of=parent, query=dict.fromkeys(filters, parent["id"])):
            return found
    if not parents:
        raise CannotContinue(f"there is no record of {type} that {listing.id} could be asked for")
    raise CannotContinue(
        f"{listing.id} shows none of the {len(parents)} {type} that it was asked for"
    )


def _parent_type(driver: Driver, plan: Plan, listing: Operation) -> str | None:
    """The type whose records a list is asked for, by path or filter; None where there is no need."""
    named = [*listing.records.values()]
    type = named[-1] if named else listing.judged
    return None if type in (driver.owner, plan.type) else type


def _shown(driver: Driver, operation: Operation, **of: Unpack[Of]) -> Sequence[Resource]:
    """What a GET shows, each record with the path that leads to it."""
    answer = driver.call(operation.id, **of)
    found = [resource for _, resource in resources(answer.document)]
    for record in found:
        driver.made.at(record, answer.asked[0])
    return found
