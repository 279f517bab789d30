"""Relations that have operations of their own: what is added and removed, as both sides show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mockserver.judge.documents import Resource, linked
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.bodies import create_body
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show, reread
from mockserver.scenarios.runner.error_pointers import points_at
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.scenario import Expected, identifiers

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
    sent = (answer.asked[2] or {"data": {}})["data"].get("relationships", {})
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


def effect(
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
    unknown: Resource = {"type": relation.member.type, "id": UNKNOWN}
    steps: tuple[tuple[str, list[Resource], list[Resource], str, str], ...] = (
        (relation.add, [one], [one], f"{what} were added", adds),
        (relation.add, [one, one], [one], "adding what is there has no effect", IDEMPOTENT),
        (relation.remove, [one], [], f"{what} were removed", removes),
        (relation.remove, [one], [], "removing what is not there has no effect", IDEMPOTENT),
        (relation.remove, [unknown], [], "removing what is unknown has no effect", IDEMPOTENT),
        (relation.add, [one, two], [one, two], f"two {what} were added at once", adds),
        (relation.add, [], [one, two], "adding nothing has no effect", IDEMPOTENT),
        (relation.remove, [], [one, two], "removing nothing has no effect", IDEMPOTENT),
        (relation.remove, [one, two], [], f"two {what} were removed at once", removes),
    )
    for operation, sent, now, why, source in steps:
        answer = driver.call(operation, identifiers(*sent), of=record)
        members, known = [*old, *now], [other for other in sent or now if other is not unknown]
        if not effect(driver, relation, answer, record, members, known, why=why, source=source):
            return False
    return True


def _refused(driver: Driver, relation: ToMany, record: Resource, one: Resource) -> None:
    """With one that cannot be added nothing is."""
    old = _members(driver, relation, record)
    source = driver.context.edition.operation(relation.add).source
    for what, stranger in strangers(driver, relation.member, record["id"]):
        why = f"{relation.name}: {what} among several"
        sent = identifiers(one, stranger)
        answer = driver.refused(422, relation.add, sent, of=record, why=why, source=source)
        points_at(driver, answer, ("data", 1), why)
        if not answer.ok:
            why = "a refused addition adds nothing"
            effect(driver, relation, answer, record, old, [one], why=why, source=source)


def strangers(driver: Driver, member: Plan, other: str) -> Iterator[tuple[str, Resource]]:
    """What no relation to records of a type may name; `other`: the id of one of another type."""
    yield "an unknown one", {"type": member.type, "id": UNKNOWN}
    if other != member.name_attribute:
        yield "the id of another type", {"type": member.type, "id": other}
    with suppress(CannotContinue):  # where organizations are to be left alone
        yield "one of another owner", driver.foreign(member.type)


def refused_at_creation(driver: Driver, plan: Plan, record: Resource) -> None:
    """A record that would name a stranger is not made."""
    assert plan.actions.create
    create = driver.context.edition.operation(plan.actions.create)
    for known in plan.known.relationships.values():
        member = driver.context.plan(known.types[0]) if known.create and known.types else None
        if member is None or not member.actions.create:
            continue
        for what, stranger in strangers(driver, member, record["id"]):
            why = f"{known.name} at creation: {what}"
            name = driver.name("strange")
            document = create_body(plan, name, driver.need)
            found = identifiers(stranger)["data"]
            linkage = document["data"].setdefault("relationships", {})
            linkage[known.name] = {"data": found if known.many else found[0]}
            path: tuple[str | int, ...] = ("data", "relationships", known.name, "data")
            path += (0,) if known.many else ()
            answer = driver.refused(
                422, create.id, document, of=driver.parent(plan), why=why, source=create.source
            )
            if create.records or "owner" not in what:  # of two owners neither is the wrong one
                points_at(driver, answer, path, why)


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
        effect(driver, relation, answer, record, old, [], why=why, source=source)
