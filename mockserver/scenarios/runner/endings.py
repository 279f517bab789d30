"""What ends with a record that is removed, and what must not: members, owners, what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.judge.documents import Resource, linked, linked_one, resources
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.bodies import create_body
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import gone
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.relations import reverse

MOST = 3
"""Members of one relation that are looked at after their record has gone."""

Other = tuple[str, str, str | None]
"""Type and id of another record, and its relation that may name the one that is removed."""


def outlived(driver: Driver, plan: Plan, record: Resource) -> list[Other]:
    """The records that a record names, in whatever relation, and that must be there after it."""
    found: list[Other] = []
    for one in plan.known.relationships.values():
        member = driver.context.plan(one.types[0]) if one.types else None
        if member is None or not member.actions.create or not member.actions.shows:
            continue
        if _inside(member, plan):  # it ends with its owner, whatever relation names it
            continue
        back = reverse(plan, member) if one.many else None
        ids = linked(record, one.name) if one.many else [linked_one(record, one.name) or ""]
        there = [id for id in ids or () if id and driver.made.is_there(member.type, id)]
        found += [(member.type, id, back) for id in there[:MOST]]
    return found


def still_there(
    driver: Driver, removal: JudgedAnswer, record: Resource, others: Sequence[Other]
) -> None:
    """A record that was removed took none of them with it, and is in no relation of theirs."""
    source = driver.context.edition.operation(removal.operation).source
    for type, id, back in others:
        show = driver.context.plan(type).actions.shows[0]
        answer = driver.peek(show, {"type": type, "id": id})
        if gone(driver, answer):
            what = f"a record of {type} is gone with the one that named it"
        elif back and record["id"] in (linked(answer.data, back) or ()):
            what = f"a removed record is still in {back} of others"
        else:
            continue
        driver.context.blame_write(removal, what, "one record removed", source, what)


def belongings(driver: Driver, plan: Plan, record: Resource) -> list[Resource]:
    """A record of each type that cannot be without this one, made for it: in its path, or naming it."""
    made: list[Resource] = []
    for other in driver.context.plans.values():
        if other.type in driver.context.spared or not other.actions.shows:
            continue
        try:
            made += _belonging(driver, plan, record, other)
        except CannotContinue:
            continue
    return made


def _belonging(driver: Driver, plan: Plan, record: Resource, other: Plan) -> Iterator[Resource]:
    if other.actions.create is None:
        return
    create, inside = other.edition.operation(other.actions.create), _inside(other, plan)
    names = any(
        r.required and not r.many and plan.type in r.types
        for r in other.known.relationships.values()
    )
    if not inside and not names:
        return
    document = create_body(
        other, driver.name("owned"), lambda type: record if type == plan.type else driver.need(type)
    )
    answer = driver.sent(create.id, document, of=record if inside else driver.parent(other))
    driver.identities.judge_new(
        answer
    )  # where the record takes none, its own scenario has told of that
    for _, resource in resources(answer.document):
        yield {**resource, "type": other.type}


def _inside(other: Plan, plan: Plan) -> bool:
    """Whether records of `other` are made in the path of one of `plan`."""
    create = other.edition.operation(other.actions.create) if other.actions.create else None
    return create is not None and [*create.records.values()][-1:] == [plan.type]


def kept(
    driver: Driver, update: str, plan: Plan, record: Resource, belongings: Sequence[Resource]
) -> None:
    """What belongs to a record is there after a PATCH that changes nothing."""
    body = {"data": {"type": plan.type, "attributes": {}}}
    answer = driver.call(update, body, of=record)
    if not answer.ok:
        return
    source = driver.context.edition.operation(update).source
    for one in belongings:
        if driver.peek(driver.context.plan(one["type"]).actions.shows[0], one).status == 404:
            what = f"a PATCH loses a record of {one['type']} that belonged to the {plan.type}"
            driver.context.blame_write(answer, what, "nothing removed", source, what)


def gone_along(
    driver: Driver, removal: JudgedAnswer, plan: Plan, belongings: Sequence[Resource]
) -> None:
    """What belonged to a record that was removed is gone with it."""
    source = driver.context.edition.operation(removal.operation).source
    for one in belongings:
        answer = driver.peek(driver.context.plan(one["type"]).actions.shows[0], one)
        if answer.ok:
            what = f"a record of {one['type']} is there without the {plan.type} it belonged to"
            wanted = "what belonged to it removed too"
            driver.context.blame_write(removal, what, wanted, source, what)
        else:
            driver.made.gone(one)
