"""Names: one that was given up finds nothing, and letter case counts only where it is said to."""

from __future__ import annotations

import json

from mockserver.contract import Operation
from mockserver.contract.explain import brief, trail
from mockserver.judge.documents import Resource, resources
from mockserver.judge.pointers import brief_at
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.bodies import create_body
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.plan import Plan

ENDINGS = (" ä 漢 🚀", "\n")
"""Of names: letters beyond ASCII and beyond 16 bits, and what a careless pattern lets pass."""


def found_by(plan: Plan, record: Resource) -> list[Operation]:
    """The shows whose path names a record by its name."""
    shows = [plan.edition.operation(id) for id in plan.actions.shows]
    named = record["id"] == plan.name_of(record)
    return [
        s for s in shows if named or (len(s.records) > 1 and not [*s.records][-1].endswith("id"))
    ]


def given_up(driver: Driver, plan: Plan, old: Resource, new: Resource) -> None:
    """After a new name the old one finds nothing."""
    if "" in (plan.name_of(old), plan.name_of(new)) or plan.name_of(old) == plan.name_of(new):
        return
    before = {**old, "id": old["id"] if old["id"] == plan.name_of(old) else new["id"]}
    for show in found_by(plan, old):
        why, source = "a name that was given up", driver.context.source_of(show, 404)
        driver.refused(404, show.id, of=before, why=why, source=source)
    if before["id"] == plan.name_of(old):
        _owns_nothing(driver, plan, before)
    if plan.listing and plan.search:
        answer = driver.call(plan.listing.id, of=new, query=plan.query(new, plan.name_of(old)))
        found = [r for _, r in resources(answer.document) if r["id"] == new["id"]]
        what = "the search for a name that was given up brings the record"
        driver.holds(not found, answer, "/data", what, "no record", plan.listing.source)
    free_again(driver, plan, plan.name_of(old))


def _owns_nothing(driver: Driver, plan: Plan, before: Resource) -> None:
    """Nothing is listed under an owner's name that was given up."""
    for other in driver.context.plans.values():
        listing = other.listing
        if listing and other.type != plan.type and [*listing.records.values()] == [plan.type]:
            why = f"a name of {plan.type} that was given up"
            source = driver.context.source_of(listing, 404)
            path = dict.fromkeys(listing.records, str(before["id"]))
            driver.refused(404, listing.id, path=path, why=why, source=source)


def free_again(driver: Driver, plan: Plan, name: str) -> None:
    """A name that no record has any more can be given to another."""
    source = plan.scenario.unique.get(plan.name_attribute)
    if source is None or plan.actions.create is None:
        return
    document = create_body(plan, name, driver.need)
    create = driver.context.edition.operation(plan.actions.create)
    if create.check_body(json.loads(json.dumps(document))).refusals:
        return  # a PATCH may give names that a create may not
    answer = driver.sent(create.id, document, of=driver.parent(plan))
    success = [status for status in create.responses if status < 300]
    driver.context.expect(answer, success, "a name that no record has any more", source)
    driver.identities.judge_new(answer)


def other_case(driver: Driver, plan: Plan, record: Resource) -> None:
    """Where letter case does not count, another spelling finds the record and is taken."""
    source, name = plan.scenario.any_case, plan.name_of(record).swapcase()
    if not source or plan.actions.create is None:
        return
    for show in found_by(plan, record):
        answer = driver.call(show.id, of=record, path=_last(show, name))
        for base, resource in resources(answer.document):
            what = "the name in another case finds another record"
            same = resource["id"] == record["id"]
            driver.holds(same, answer, f"{base}/id", what, record["id"], source)
    why = "a name that another record has in another case"
    document = create_body(plan, name, driver.need)
    parent = driver.parent(plan)
    driver.refused(422, plan.actions.create, document, of=parent, why=why, source=source)


def _last(show: Operation, name: str) -> dict[str, str]:
    """The path parameter that names the record."""
    return {[*show.records][-1]: name}


def any_letters(driver: Driver, plan: Plan, record: Resource) -> Resource:
    """A name of any letters is kept or refused, never mangled. Gives the record as it is then."""
    for ending in ENDINGS:
        name = driver.name("letters") + ending
        if plan.actions.create and _takes_any(plan, plan.actions.create):
            create = plan.edition.operation(plan.actions.create)
            parent = driver.parent(plan)
            answer = driver.sent(create.id, create_body(plan, name, driver.need), of=parent)
            _kept(driver, plan, answer, create, name)
        if not (plan.actions.updates and plan.takes(plan.name_attribute)):
            continue
        update = plan.edition.operation(plan.actions.updates[0])
        if _takes_any(plan, update.id):
            again = {plan.name_attribute: driver.name("letters") + ending}
            body = {"data": {"type": plan.type, "attributes": again}}
            answer = driver.sent(update.id, body, of=record)
            for resource in _kept(driver, plan, answer, update, again[plan.name_attribute]):
                driver.made.renamed(record, resource)
                record = resource
    return record


def _takes_any(plan: Plan, operation: str) -> bool:
    """Whether the edition says nothing of the letters that a name may have."""
    asked = plan.edition.operation(operation)
    if asked.body is None:
        return False
    body = asked.body_schema
    schema, _, _ = trail(body, ("data", "attributes", plan.name_attribute), plan.edition.schemas)
    return bool(schema) and "pattern" not in schema


def _kept(
    driver: Driver, plan: Plan, answer: JudgedAnswer, operation: Operation, name: str
) -> list[Resource]:
    """The record of a name that was taken, held to that name; none where it was refused."""
    if answer.status == 422:
        return []
    success = [status for status in operation.responses if status < 300]
    driver.context.expect(answer, success, "a name of any letters", operation.source)
    made: list[Resource] = []
    for base, resource in resources(answer.document):
        place = f"{base}/attributes/{plan.name_attribute}"
        what = f"{plan.name_attribute} is {brief_at(answer.document, place)}"
        fits = plan.name_of(resource) == name
        driver.holds(fits, answer, place, what, brief(name), operation.source)
        made.append({**resource, "type": plan.type})
    return made
