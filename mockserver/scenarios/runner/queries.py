"""What narrows a list, whichever it is: what fits nothing brings nothing, and pages go on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract import Operation
from mockserver.judge.documents import Resource, attribute, linked_one, resources
from mockserver.judge.pointers import at
from mockserver.scenarios.runner import lists
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.pagination import (
    META,
    PAGES,
    clean,
    included_names,
    page_among,
)
from mockserver.scenarios.runner.plan import Plan
from mockserver.scenarios.runner.representations import in_list

NARROWS = re.compile(r"q|(q|search|filter)\[.*")
PART = re.compile(r"[\w-]+")

FITS_NOTHING: Mapping[str, str] = {
    "filter[versioned]": "true",
    "filter[current-run][status]": "applied",
    "filter[expiry_status]": "expired",
    "filter[status]": "inactive",
    "filter[is_service_account]": "true",
}
"""By parameter that takes certain words alone one that no record of a run fits; else any text does."""
ELSEWHERE = re.compile(
    r"filter\[(kind|project|exclude|tag-union|tag-value-default-null|permissions|allowed[_-]\w+)\].*"
    r"|filter\[tagged\].*\[value\]|search\[exclude-tags\]"
)
"""What scenarios ask in steps of their own: records fit it without having the text, or with another."""

NOT_ASKED: Mapping[str, str] = {
    "list-projects filter[permissions][create-workspace]": "who runs verification may do so in all",
    "list-projects filter[permissions][update]": "who runs verification may do so in all",
    "list-organization-memberships-of-team sort": "all that a run invites have one status",
    "create-team include": "show-team-information includes the same",
    "update-team include": "show-team-information includes the same",
}
"""Documented "operation parameter" pairs that no request of a run has, each with the reason."""


def narrowed(driver: Driver, plan: Plan, record: Resource | None) -> None:
    """Every list of a type, asked as it was when it last succeeded, and narrower."""
    for id in plan.actions.every:
        operation = driver.context.edition.operation(id)
        asked = driver.context.good.get(id)
        if asked is None or operation.method != "GET":
            continue
        path, query, _ = asked
        alone = [*operation.records.values()] == [driver.owner]
        walked = record and operation == plan.listing and (plan.search or alone)
        searched = plan.search if walked else ""
        names, pages = _filters(operation, searched), "page[size]" in operation.parameters
        includes = [] if id in plan.actions.reads else included_names(operation)
        if not (names or includes) and (walked or not pages):
            continue
        everything = driver.sent(id, path=path, query=query)  # what it was asked of may be gone
        if not clean(everything) or not everything.data or not isinstance(everything.data, list):
            continue
        if pages and not walked:
            _second(driver, everything)
        for name in includes:
            answer = driver.call(id, path=path, query={**query, "include": name})
            if clean(answer):
                source = operation.parameters["include"]["x-source"]
                lists.included(driver, plan, answer, [name], source)
        for name in names:
            _narrowed(driver, everything, name, record)


def _filters(operation: Operation, searched: str) -> Sequence[str]:
    """The parameters that leave out what does not fit, but those that are looked at elsewhere."""
    return [
        name
        for name, parameter in operation.parameters.items()
        if NARROWS.fullmatch(name)
        and not parameter.get("required")
        and name != searched
        and not ELSEWHERE.fullmatch(name)
    ]


def _narrowed(driver: Driver, everything: JudgedAnswer, name: str, record: Resource | None) -> None:
    """What nothing has brings nothing, and what the record has brings it."""
    operation = driver.context.edition.operation(everything.operation)
    path, query, _ = everything.asked
    source = operation.parameters[name].get("x-source", operation.source)
    nothing = FITS_NOTHING.get(name) or driver.name("nothing")
    answer = driver.sent(operation.id, path=path, query={**query, name: nothing})
    found = len([*resources(answer.document)])
    what = f"{name}={nothing} brings {found} records that do not fit"
    if clean(answer) and not driver.holds(not found, answer, "/data", what, "no record", source):
        return
    value = _of_record(record, name) if record and in_list(everything, record) else None
    if record and value:
        answer = driver.call(operation.id, path=path, query={**query, name: value})
        what = f"{name}={value} does not bring the record that fits"
        if clean(answer):
            fits = bool(in_list(answer, record))
            driver.holds(fits, answer, "/data", what, "the record", source)


def _of_record(record: Resource, name: str) -> str | None:
    """The value of a record that a parameter is named after: `filter[team][id]`, `search[version]`."""
    *_, before, last = ["", *PART.findall(name)]
    found: Any = linked_one(record, before) if last == "id" else attribute(record, last)
    return found if isinstance(found, str) else None


def _second(driver: Driver, everything: JudgedAnswer) -> None:
    """The second page of one record holds the second of all, and says where it stands.

    How many there are is what it says itself: others may make records between two requests.
    """
    path, query, _ = everything.asked
    paging: Mapping[str, Any] = {"page[size]": 1, "page[number]": 2}
    page = driver.call(everything.operation, path=path, query={**query, **paging})
    wanted = [resource["id"] for _, resource in resources(everything.document)][1:2]
    found = [resource["id"] for _, resource in resources(page.document)]
    what = f"page 2 of size 1 holds {len(found)} records, others than the whole list there"
    if clean(page):
        driver.holds(found == wanted, page, "/data", what, "the second record alone", PAGES)
        if wanted and not driver.context.findings.known(page.operation, "/data"):
            page_among(driver, page, 2, at(page.document, f"{META}/total-count"))
