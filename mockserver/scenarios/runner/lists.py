"""What every list keeps: a search that finds, included records that are named, every record once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from mockserver.contract import Operation
from mockserver.judge.documents import Resource, attribute, resources
from mockserver.judge.pointers import at
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import look
from mockserver.scenarios.runner.pagination import (
    META,
    clean,
    contains,
    default_size,
    included_names,
    links_kept,
    walk_pages,
)
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.representations import Representation, compare, in_list

PART = "go-tfe v0.3.19 policy_set_test.go (search): a substring"


def walked(driver: Driver, plan: Plan, record: Resource) -> None:
    """A list is the same whether it is read at once or page by page."""
    operation = plan.listing
    if operation is None:
        return
    # by name the second comes before the first: no order is that of another word by chance
    ids = {record["id"], *(driver.need(plan.type, word)["id"] for word in ("page", "next"))}
    if plan.search:
        query: dict[str, Any] = {plan.search: driver.common}
        pages = walk_pages(driver, operation, record, query, ids)
        _searched(driver, operation, plan, record)
        _sorted(driver, operation, plan, record, query)
        default_size(driver, operation, plan, record, query)
        if not driver.context.findings.known(operation.id, "/data"):
            links_kept(driver, operation, record, query, pages)
    else:
        _whole(driver, operation, plan, record, ids)
    with suppress(CannotContinue):  # where organizations are to be left alone
        _of_others(driver, operation, plan, record)


def _of_others(driver: Driver, operation: Operation, plan: Plan, record: Resource) -> None:
    """A list within an owner is without the records of another; where nothing narrows the list its
    pages are walked there, where nobody else makes any.
    """
    if [*operation.records.values()] != [driver.owner]:
        return
    other = driver.foreign(plan.type)
    if plan.most and not plan.search:
        ids = {other["id"], driver.foreign(plan.type)["id"]}
        pages = walk_pages(driver, operation, other, {}, ids)
        if not driver.context.findings.known(operation.id, "/data"):
            links_kept(driver, operation, other, {}, pages)
    answer = driver.call(operation.id, of=record, query=plan.query(record, plan.name_of(other)))
    for view in in_list(answer, other):
        what = "a record of another owner is listed"
        view.blame(driver.context, "", what, "others alone", operation.source)


def _searched(driver: Driver, operation: Operation, plan: Plan, record: Resource) -> None:
    """A search brings what has the text in its name, and nothing else."""
    name = plan.name_of(record)
    answer = driver.call(operation.id, of=record, query={plan.search: name})
    source = operation.parameters[plan.search].get("x-source", operation.source)
    if not clean(answer):
        return
    others = [r["id"] for _, r in resources(answer.document) if name not in plan.name_of(r)]
    what = f"the search for one name brings {len(others)} records without it"
    driver.holds(not others, answer, "/data", what, "records with the text in their name", source)
    _found_by_a_part(driver, operation, plan, record)
    nothing = driver.call(operation.id, of=record, query={plan.search: driver.name("nothing")})
    if clean(nothing):
        found = len(list(resources(nothing.document)))
        what = f"the search for a name that nothing has brings {found} records"
        driver.holds(not found, nothing, "/data", what, "no record", source)


def _found_by_a_part(driver: Driver, operation: Operation, plan: Plan, record: Resource) -> None:
    """A name is found by what stands in the midst of it."""
    part = plan.name_of(record)[2:-1]
    answer = driver.call(operation.id, of=record, query={plan.search: part})
    if clean(answer):
        what = "the search for a part of a name does not bring the record"
        said = operation.parameters[plan.search].get("x-source", operation.source)
        source = PART if plan.search == "search[name]" else said
        driver.holds(bool(in_list(answer, record)), answer, "/data", what, "the record", source)


def _sorted(
    driver: Driver, operation: Operation, plan: Plan, record: Resource, query: Mapping[str, Any]
) -> None:
    """Where a list can be asked for an order: by name or a time, and backwards.

    Records of one time may stand in any order among each other, those without one anywhere.
    """
    sort = operation.parameters.get("sort")
    if sort is None:
        return
    for order in sort["schema"].get("enum", ("name", "-name")):
        by = order.removeprefix("-")
        if by != "name" and not by.endswith("-at"):
            continue
        asked = {**query, "page[size]": plan.most, "sort": order}
        answer = driver.call(operation.id, of=record, query=asked)
        every = [resource for _, resource in resources(answer.document)]
        said = [plan.name_of(one) if by == "name" else attribute(one, by) for one in every]
        there = [value for value in said if isinstance(value, str)]
        source = sort.get("x-source", operation.source)
        if clean(answer):
            good = there == sorted(there, reverse=order != by)
            what, due = f"sort={order} brings {by}s in another order", f"{by}s in order"
            driver.holds(good, answer, "/data", what, due, source)


def _whole(
    driver: Driver, operation: Operation, plan: Plan, record: Resource, ids: set[str]
) -> None:
    """A list that nothing narrows gives every record, or a page of them, and says how many."""
    answer = driver.call(operation.id, of=record, query=plan.query(record, ""))
    order = [resource["id"] for _, resource in resources(answer.document)]
    total = at(answer.document, f"{META}/total-count")
    if plan.most and len(order) >= plan.most:
        return  # it is one page of several
    if plan.query(record):
        ids = {record["id"]}
    contains(driver, answer, order, ids)
    if answer.ok and isinstance(total, int) and "/data" not in answer.wrong:
        what = f"total-count is {total}, and {len(order)} records are listed"
        source = "decision: lists that do not page send the numbers of one page"
        driver.holds(
            total == len(order), answer, f"{META}/total-count", what, str(len(order)), source
        )


def inclusion(driver: Driver, plan: Plan, record: Resource) -> None:
    """What `include` names is sent along: what the linkage names, each once, shown as by itself."""
    for id in plan.actions.reads:
        operation = driver.context.edition.operation(id)
        narrow = plan.query(record, plan.name_of(record)) if id == plan.actions.list else {}
        names = included_names(operation)
        related = [name for name in names if name in plan.known.relationships]
        for asked in [*([name] for name in names), *([related] if len(related) > 1 else [])]:
            answer = driver.call(id, of=record, query={**narrow, "include": ",".join(asked)})
            if answer.ok and not answer.wrong:
                included(driver, plan, answer, asked, operation.parameters["include"]["x-source"])


def _linked_ids(driver: Driver, answer: JudgedAnswer, name: str) -> set[str]:
    """What a relation of the records in an answer names, by the word of most views of them."""
    items: list[Any] = []
    for _, resource in resources(answer.document):
        known = driver.truth.get((resource["type"], resource["id"]), {})
        pointer = f"/relationships/{name.replace('_', '-')}/data"  # as query parameters spell it
        data = known.get(pointer, at(resource, pointer))
        items += data if isinstance(data, list) else [known.get(f"{pointer}/id", data)]
    told = (item.get("id") if isinstance(item, Mapping) else item for item in items)
    return {id for id in told if isinstance(id, str)}


def _shown_alone(driver: Driver, plan: Plan, name: str) -> bool:
    """Whether an operation shows by itself what a relation names: else it need not be sent along."""
    known = plan.known.relationships.get(name.replace("_", "-"))
    types = known.types if known else ()
    return any(driver.context.plan(type).actions.shows for type in types)


def included(
    driver: Driver, plan: Plan, answer: JudgedAnswer, names: Sequence[str], source: str
) -> None:
    """An answer has along what its records name by the relations `names`, and nothing else."""
    named = {name: _linked_ids(driver, answer, name) for name in names}
    ids = set[str]().union(*named.values())
    owed = {id for name in names if _shown_alone(driver, plan, name) for id in named[name]}
    there = at(answer.document, "/included")
    found = [r for r in there if isinstance(r, Mapping)] if isinstance(there, list) else []
    extra = [r for r in found if r.get("id") not in ids]
    there_are = {str(r.get("id")) for r in found}
    what = f"include={','.join(names)}: {len(found)} records are included, {len(ids)} are named"
    fits = not extra and owed <= there_are and len(found) == len(there_are)
    if driver.holds(fits, answer, "/included", what, "the records that the linkage names", source):
        for number, resource in enumerate(found[:1]):
            if driver.context.plan(str(resource.get("type"))).actions.shows:
                views = [*look(driver, resource), Representation(answer, f"/included/{number}")]
                compare(driver.context, views)
