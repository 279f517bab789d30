"""Names: one that was given up finds nothing, and letter case counts only where it is said to."""

from __future__ import annotations

from mockserver.contract import Operation
from mockserver.contract.explain import brief, trail
from mockserver.judge.documents import Resource, resources
from mockserver.judge.pointers import brief_at
from mockserver.scenarios.runner.bodies import create_body
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.plan import Plan

LETTERS = " ä 漢 🚀"


def found_by(plan: Plan, record: Resource) -> list[Operation]:
    """The shows whose path names a record by its name."""
    shows = [plan.edition.operation(id) for id in plan.actions.shows]
    named = record["id"] == plan.name_of(record)
    return [show for show in shows if named or len(show.records) > 1]


def given_up(driver: Driver, plan: Plan, old: Resource, new: Resource) -> None:
    """After a new name the old one finds nothing."""
    if "" in (plan.name_of(old), plan.name_of(new)) or plan.name_of(old) == plan.name_of(new):
        return
    before = {**old, "id": old["id"] if old["id"] == plan.name_of(old) else new["id"]}
    for show in found_by(plan, old):
        why, source = "a name that was given up", driver.context.source_of(show, 404)
        driver.refused(404, show.id, of=before, why=why, source=source)
    if plan.listing and "search[name]" in plan.listing.parameters:
        answer = driver.call(plan.listing.id, of=new, query=plan.query(new, plan.name_of(old)))
        found = [r for _, r in resources(answer.document) if r["id"] == new["id"]]
        what = "the search for a name that was given up brings the record"
        driver.holds(not found, answer, "/data", what, "no record", plan.listing.source)


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
    if not plan.actions.updates or not plan.takes(plan.name_attribute):
        return record
    update = plan.edition.operation(plan.actions.updates[0])
    path = ("data", "attributes", plan.name_attribute)
    schema, _, _ = trail(update.body_schema, path, plan.edition.schemas)
    if "pattern" in schema:
        return record
    name = driver.name("letters") + LETTERS
    body = {"data": {"type": plan.type, "attributes": {plan.name_attribute: name}}}
    answer = driver.sent(update.id, body, record)
    if answer.status == 422:
        return record
    driver.context.expect(answer, [min(update.responses)], "a name of any letters", update.source)
    for base, resource in resources(answer.document):
        place = f"{base}/attributes/{plan.name_attribute}"
        what = f"{plan.name_attribute} is {brief_at(answer.document, place)}"
        driver.holds(
            plan.name_of(resource) == name, answer, place, what, brief(name), update.source
        )
        driver.made.renamed(record, {**resource, "type": plan.type})
        return {**resource, "type": plan.type}
    return record
