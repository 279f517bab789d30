"""Relations that have operations of their own: what is added and removed, as both sides show it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from mockserver.judge.documents import Resource, linked
from mockserver.judge.findings import EFFECT
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show, reread
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.scenario import Expected, identifiers

MOST = 3
"""Members that are looked at after their record has gone."""
UNKNOWN = "unknown-0000000000000000"
IDEMPOTENT = "JSON:API 1.0: what is there already is not added, what is not there is not missed"


@dataclass(frozen=True)
class ToMany:
    """A to-many relation of `plan`'s records to records of `member`; `back`: the other side's name.

    `add`, `remove`: ids of its operations.
    """

    plan: Plan
    name: str
    member: Plan
    back: str | None
    add: str
    remove: str

    @property
    def pointer(self) -> str:
        return f"/relationships/{self.name}/data"


def relations(driver: Driver, plan: Plan) -> list[ToMany]:
    """The relations of a type whose members can be made."""
    found = []
    for name, add in plan.actions.add.items():
        known = plan.known.relationships.get(name)
        member = driver.context.plan(known.types[0]) if known and known.types else None
        if member and member.actions.create and name in plan.actions.remove:
            back = reverse(plan, member)
            found.append(ToMany(plan, name, member, back, add, plan.actions.remove[name]))
    return found


def reverse(plan: Plan, member: Plan) -> str | None:
    """The to-many relation of `member` that names records of `plan`'s type."""
    names = (r.name for r in member.known.relationships.values() if r.many and plan.type in r.types)
    return next(names, None)


def played(driver: Driver, plan: Plan, record: Resource) -> None:
    """Every relation: one and two at once, twice, unknown, of another type, deleted."""
    for relation in relations(driver, plan):
        old = _members(driver, relation, record)
        one, two = (driver.need(relation.member.type, "member") for _ in range(2))
        works = _added_and_removed(driver, relation, record, old, one, two)
        _refused(driver, relation, record, one)
        if works:
            _deleted(driver, relation, record, old, one)


def _members(driver: Driver, relation: ToMany, record: Resource) -> list[Resource]:
    """Identifiers of what is in a relation now, enough of them to compare."""
    return [{"id": id} for id in linked(reread(driver, record), relation.name) or ()]


def members_of_created(
    driver: Driver, plan: Plan, record: Resource, answer: JudgedAnswer
) -> set[str]:
    """Both sides show the members that a create has named. Gives the pointers that were looked at."""
    sent = answer.asked[2]["data"].get("relationships", {})
    source = driver.context.edition.operation(answer.operation).source
    pointers = set()
    for name, linkage in sent.items():
        known = plan.known.relationships[name]
        if not known.many:
            continue
        back = reverse(plan, driver.context.plan(known.types[0]))
        pointer = f"/relationships/{name}/data"
        expected: list[tuple[Resource, Expected]] = [(record, {pointer: linkage["data"]})]
        if back:
            wanted = {f"/relationships/{back}/data": [record]}
            expected += [(member, wanted) for member in linkage["data"]]
        must_show(driver, answer, *expected, why=f"{name} were named at creation", source=source)
        pointers.add(pointer)
    return pointers


def must_show_members(
    driver: Driver,
    relation: ToMany,
    answer: JudgedAnswer,
    record: Resource,
    members: Sequence[Resource],
    sent: Sequence[Resource],
    *,
    why: str,
    source: str,
) -> bool:
    """Both sides show that `members` are in the relation of `record`; `sent`: what was asked for."""
    expected: list[tuple[Resource, Expected]] = [(record, {relation.pointer: list(members)})]
    if relation.back:
        inside = {member["id"] for member in members}
        for one in {other["id"]: other for other in sent}.values():
            back = f"/relationships/{relation.back}/data"
            expected.append((one, {back: [record] if one["id"] in inside else []}))
    return must_show(driver, answer, *expected, why=why, source=source)


def _added_and_removed(
    driver: Driver,
    relation: ToMany,
    record: Resource,
    old: list[Resource],
    one: Resource,
    two: Resource,
) -> bool:
    """Whether all that is added and removed is so; the first that is not is told, and ends it."""
    what, edition = relation.name, driver.context.edition
    adds, removes = (edition.operation(id).source for id in (relation.add, relation.remove))
    steps: tuple[tuple[str, list[Resource], list[Resource], str, str], ...] = (
        (relation.add, [one], [one], f"{what} were added", adds),
        (relation.add, [one, one], [one], "adding what is there has no effect", IDEMPOTENT),
        (relation.remove, [one], [], f"{what} were removed", removes),
        (relation.remove, [one], [], "removing what is not there has no effect", IDEMPOTENT),
        (relation.add, [one, two], [one, two], f"two {what} were added at once", adds),
        (relation.remove, [one, two], [], f"two {what} were removed at once", removes),
    )
    for operation, sent, now, why, source in steps:
        answer = driver.call(operation, identifiers(*sent), of=record)
        members = [*old, *now]
        if not must_show_members(
            driver, relation, answer, record, members, sent, why=why, source=source
        ):
            return False
    return True


def _refused(driver: Driver, relation: ToMany, record: Resource, one: Resource) -> None:
    """With one that cannot be added nothing is."""
    old = _members(driver, relation, record)
    source = driver.context.edition.operation(relation.add).source
    type = relation.member.type
    strangers: list[tuple[str, Resource]] = [
        ("an unknown one among several", {"type": type, "id": UNKNOWN}),
        ("the id of another type among several", {"type": type, "id": record["id"]}),
    ]
    with suppress(CannotContinue):  # where organizations are to be left alone
        strangers.append(("one of another owner among several", foreign(driver, relation.member)))
    for why, stranger in strangers:
        answer = driver.refused(
            422,
            relation.add,
            identifiers(one, stranger),
            of=record,
            why=f"{relation.name}: {why}",
            source=source,
        )
        if not answer.ok:
            why = "a refused addition adds nothing"
            must_show_members(driver, relation, answer, record, old, [one], why=why, source=source)


def foreign(driver: Driver, member: Plan) -> Resource:
    """A record of a type that belongs to another owner than verification was given."""
    return driver.need(member.type, "foreign", of=driver.need(driver.owner, "owner"))


def _deleted(
    driver: Driver, relation: ToMany, record: Resource, old: list[Resource], one: Resource
) -> None:
    """A member that is deleted is no member any more."""
    if not relation.member.actions.removes:
        return
    added = driver.call(relation.add, identifiers(one), of=record)
    if not added.ok:
        return
    remove = relation.member.actions.removes[0]
    answer = driver.call(remove, of=one)
    if answer.ok:
        driver.made.gone(one)
        source = driver.context.edition.operation(remove).source
        why = f"a deleted record is in no {relation.name}"
        must_show_members(driver, relation, answer, record, old, [], why=why, source=source)


def outlived(driver: Driver, plan: Plan, record: Resource) -> list[tuple[ToMany, str]]:
    """The members of a record that must be there after it: relation and id, before it is removed."""
    found = []
    for one in plan.known.relationships.values():
        member = driver.context.plan(one.types[0]) if one.many and one.types else None
        if member and member.actions.create and member.actions.shows:
            relation = ToMany(plan, one.name, member, reverse(plan, member), "", "")
            ids = [
                id for id in linked(record, one.name) or () if driver.made.is_there(member.type, id)
            ]
            found += [(relation, id) for id in ids[:MOST]]
    return found


def still_there(
    driver: Driver, removal: str, record: Resource, members: Sequence[tuple[ToMany, str]]
) -> None:
    """A record that was removed took no member with it, and is in no member's relation."""
    source = driver.context.edition.operation(removal).source
    for relation, id in members:
        show = relation.member.actions.shows[0]
        answer = driver.peek(show, {"type": relation.member.type, "id": id})
        if answer.status == 404:
            what = f"a record of {relation.member.type} is gone with the one that named it"
        elif relation.back and record["id"] in (linked(answer.data, relation.back) or ()):
            what = f"a removed record is still in {relation.back} of others"
        else:
            continue
        driver.context.findings.note(removal, EFFECT, what, "one record removed", source, what)
