"""What every record goes through, whatever its type: made, shown, listed, changed, removed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from mockserver.contract.explain import trail
from mockserver.judge.documents import Resource, attribute, resources
from mockserver.judge.pointers import leaves, within
from mockserver.scenarios.runner import endings, names, relations
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.bodies import create_body, patches
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import judge_views, look, reread
from mockserver.scenarios.runner.error_pointers import points_at
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.representations import Representation, in_list, vote
from mockserver.scenarios.runner.scenario import Change

KEEPS = "a PATCH keeps what it omits"
MOVED = "/attributes/updated-at"
STILL = "decision: a PATCH that changes nothing moves no time"
TAKEN = "a name that another record has"


def created(driver: Driver, plan: Plan) -> Resource:
    """The answer of a create shows what was sent, and the defaults of what was not."""
    record, answer = driver.make(plan, driver.name("first"), whole=True)
    linked = relations.members_of_created(driver, plan, record, answer)
    written = next((Representation(answer, base) for base, _ in resources(answer.document)), None)
    reads = look(driver, record)
    operation = driver.context.edition.operation(answer.operation)
    sent = json.loads(json.dumps(answer.asked[2]))
    expected = echoed(driver, plan, answer, operation.check_body(sent).value if sent else {})
    expected = {pointer: value for pointer, value in expected.items() if pointer not in linked}
    source = operation.source
    vote(driver.context, answer, written, reads, expected, "what was sent is shown", source)
    judge_views(driver, plan.type, ([written] if written else []) + reads)
    return record


def echoed(driver: Driver, plan: Plan, answer: JudgedAnswer, document: Any) -> dict[str, Any]:
    """Values by pointer that the answer must show, of what was sent and is neither hidden nor secret."""
    data = document.get("data", {})
    operation = driver.context.edition.operation(answer.operation)
    schema = operation.answer_schema(min(s for s in operation.responses if s < 300)) or {}
    hidden = {f"/attributes/{name}" for name in plan.scenario.not_echoed}
    expected: dict[str, Any] = {}
    for part in ("attributes", "relationships"):
        for pointer, value in leaves(data.get(part, {}), f"/{part}"):
            path = ("data", *pointer.split("/")[1:])
            listed, _, secret = trail(schema, path, driver.context.edition.schemas)
            if listed and not secret and value != {} and not within(pointer, hidden):
                expected[pointer] = value
    return expected


def unique(driver: Driver, plan: Plan, record: Resource) -> None:
    """No second record may have what must be unique, neither made so nor changed to it."""
    assert plan.actions.create
    for name, source in plan.scenario.unique.items():
        value = attribute(record, name)
        if not isinstance(value, str):
            continue
        document = create_body(plan, value, driver.need)
        parent = driver.parent(plan)
        create = plan.actions.create
        answer = driver.refused(422, create, document, of=parent, why=TAKEN, source=source)
        points_at(driver, answer, ("data", "attributes", name), TAKEN)
        for update in plan.actions.updates[:1]:
            if plan.takes(name):
                other = driver.need(plan.type, "other")
                body = {"data": {"type": plan.type, "attributes": {name: value}}}
                answer = driver.refused(422, update, body, of=other, why=TAKEN, source=source)
                points_at(driver, answer, ("data", "attributes", name), TAKEN)


def all_changed(driver: Driver, plan: Plan, record: Resource) -> Resource:
    """Every PATCH, one after the other. Gives the record as it is then."""
    if plan.scenario.before_changes and plan.actions.updates:
        with suppress(CannotContinue):
            plan.scenario.before_changes(driver, record)
        record = reread(driver, record)
    name = driver.name("renamed")
    for number, change in enumerate([*plan.scenario.changes(driver), *patches(plan, record, name)]):
        before, record = record, changed(driver, plan, record, change, number)
        names.given_up(driver, plan, before, record)
    return record


def changed(driver: Driver, plan: Plan, record: Resource, change: Change, number: int) -> Resource:
    """A PATCH shows what was sent and keeps what it omits; GET and list agree."""
    update = plan.actions.updates[number % len(plan.actions.updates)]
    body = {"data": {"type": plan.type, "attributes": dict(change.attributes)}}
    answer = driver.call(update, body, of=record)
    if not answer.ok:
        return record
    written = next((Representation(answer, base) for base, _ in resources(answer.document)), None)
    after = {**written.resource, "type": plan.type} if written else _supposed(plan, record, change)
    driver.made.renamed(record, after)
    reads = look(driver, after)
    source = driver.context.edition.operation(update).source
    sent = echoed(driver, plan, answer, body)
    vote(driver.context, answer, written, reads, sent, "what was sent is shown", source)
    moves = {*plan.scenario.may_change, *change.besides, *sent}
    known = driver.truth.get((plan.type, record["id"]), {})
    own = {pointer: value for pointer, value in known.items() if not _follows(pointer)}
    kept = {pointer: value for pointer, value in own.items() if not within(pointer, moves)}
    vote(driver.context, answer, written, reads, kept, KEEPS, source)
    changes_itself = any(not one.endswith("-at") for one in plan.scenario.may_change)
    if not (change.attributes or changes_itself):
        still = {MOVED: known[MOVED]} if MOVED in known else {}
        vote(driver.context, answer, written, reads, still, "an empty PATCH changes nothing", STILL)
    judge_views(driver, plan.type, ([written] if written else []) + reads)
    same = {"type": plan.type, "id": after["id"]}
    return next(({**view.resource, **same} for view in reads), after)


def _follows(pointer: str) -> bool:
    """Whether it goes and comes with the id that a relation names."""
    return pointer.startswith("/relationships/") and not pointer.endswith(("/data", "/data/id"))


def _supposed(plan: Plan, record: Resource, change: Change) -> Resource:
    """What a record must be after a change whose answer does not show it."""
    known = record.get("attributes")
    before = known if isinstance(known, Mapping) else {}
    after = {**record, "attributes": {**before, **change.attributes}}
    if plan.name_attribute in change.attributes and record["id"] == plan.name_of(record):
        after["id"] = change.attributes[plan.name_attribute]
    return after


def own_steps(driver: Driver, plan: Plan, record: Resource) -> Resource:
    """What is peculiar to the type. Gives the record as it is then."""
    if plan.scenario.steps is None:
        return record
    plan.scenario.steps(driver, record)
    return reread(driver, record)


def end(driver: Driver, plan: Plan, record: Resource) -> None:
    """Each way of removing a record, on one of its own where there are several."""
    for number, remove in enumerate(plan.actions.removes):
        if number:
            try:
                record = driver.need(plan.type, "last")
            except CannotContinue:
                return
        removed(driver, plan, remove, record, plan.actions.updates[number : number + 1])
    with suppress(CannotContinue):
        driver.need(plan.type, "after")  # with an id of its own


def removed(
    driver: Driver, plan: Plan, remove: str, record: Resource, updates: Sequence[str] = ()
) -> None:
    """A removed record is found nowhere, and cannot be removed again.

    `updates`: what must not remove what belongs to it.
    """
    context = driver.context
    others = endings.outlived(driver, plan, record)
    own = endings.belongings(driver, plan, record)
    for update in updates if own else ():
        endings.kept(driver, update, plan, record, own)
    answer = driver.call(remove, of=record)
    if not answer.ok:
        return
    source = context.edition.operation(remove).source
    shows = [driver.peek(show, record) for show in plan.actions.shows]
    found = [show for show in shows if show.ok]
    listing = _listed_again(driver, plan, record)
    still = bool(listing) and bool(in_list(listing, record)) if listing else False
    if (found or still) and len(found) == len(shows) and still == bool(listing):
        what = "the record is still there after it was removed"
        context.blame_write(answer, what, "a record that is gone", source)
        return
    driver.made.gone(record)
    endings.still_there(driver, answer, record, others)
    endings.gone_along(driver, answer, plan, own)
    for show in shows:
        contract = context.edition.operation(show.operation)
        context.expect(show, (404,), "a removed record", context.source_of(contract, 404))
    if listing and still:
        for view in in_list(listing, record):
            view.blame(context, "", "a removed record is still listed", "others alone", source)
    contract = context.edition.operation(remove)
    why = "a second DELETE"
    driver.refused(404, remove, of=record, why=why, source=context.source_of(contract, 404))
    names.free_again(driver, plan, plan.name_of(record))


def _listed_again(driver: Driver, plan: Plan, record: Resource) -> JudgedAnswer | None:
    """The list in which a record would stand; None where the type has none or it does not answer."""
    if plan.listing is None:
        return None
    path, query = driver.path(plan.listing, record), plan.query(record, plan.name_of(record))
    exchange = driver.context.exchanged(plan.listing, path, query)
    answer = driver.context.judged(exchange, plan.listing, (path, query, None))
    return answer if answer.ok else None
