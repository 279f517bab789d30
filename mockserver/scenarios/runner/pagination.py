"""Pages of a list: their numbers, their links, their size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mockserver.contract import Operation
from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, resources
from mockserver.judge.pointers import MISSING, at
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.plan import Plan

PAGES = "{pagination}"
META = "/meta/pagination"
FEW = 25
"""Records that are made to see the size of a page: a larger one is not asked for."""


def largest(operation: Operation) -> int:
    """The most records that a page of a list may have."""
    return int(operation.parameters["page[size]"]["schema"]["maximum"])


def walk_pages(
    driver: Driver,
    operation: Operation,
    record: Resource | None,
    query: Mapping[str, Any],
    ids: set[str],
    most: int = 6,
) -> Sequence[JudgedAnswer]:
    """Every page of one record, `most` of them, then the one past the end. Gives the pages."""
    everything = driver.call(
        operation.id, of=record, query={**query, "page[size]": largest(operation)}
    )
    order = [resource["id"] for _, resource in resources(everything.document)]
    if len(order) >= largest(operation):
        return []  # there may be more than one page holds
    if not contains(driver, everything, order, ids):
        return []
    _numbers(driver, everything, 1, 1, len(order))
    pages: list[JudgedAnswer] = []
    for number in [*range(1, min(len(order), most) + 1), len(order) + 1]:
        paging = {"page[number]": number, "page[size]": 1}
        page = driver.call(operation.id, of=record, query={**query, **paging})
        if len(order) > 1 and not _stands(driver, page):
            return pages
        wanted = order[number - 1 : number]
        found = [resource["id"] for _, resource in resources(page.document)]
        if len(found) <= 1:
            _numbers(driver, page, number, len(order), len(order))
        if found != wanted and (clean(page) or len(found) > 1):
            what = f"page {number} of size 1 holds {brief(found)}, the whole list {brief(wanted)} there"
            driver.holds(False, page, "/data", what, brief(wanted), PAGES)
            return pages
        pages.append(page)
    return pages


def page_among(driver: Driver, page: JudgedAnswer, number: int, total: Any) -> None:
    """The numbers and links of a page of one record, of a list that says how many it has."""
    if not _stands(driver, page) or not isinstance(total, int) or total < number:
        return
    _numbers(driver, page, number, total, total)
    if clean(page):
        near = {"self": number, "prev": number - 1, "next": number + 1}
        _kept(driver, page, {"first": 1, "last": total, **near})


def _stands(driver: Driver, page: JudgedAnswer) -> bool:
    """Whether a page among several says where it stands."""
    for place in (META, "/links"):
        missing = next(
            (
                p
                for p in ("/meta", META, "/links")
                if place.startswith(p) and at(page.document, p) is MISSING
            ),
            "",
        )
        if page.ok and missing:
            what = f"{missing} is missing on a page among several"
            return driver.holds(False, page, missing, what, "numbers and links of the page", PAGES)
    return True


def clean(answer: JudgedAnswer) -> bool:
    return answer.ok and not answer.wrong


def contains(driver: Driver, answer: JudgedAnswer, order: list[str], ids: set[str]) -> bool:
    """All that was made is there, each once."""
    if not answer.ok or "/data" in answer.wrong or "" in answer.wrong:
        return False
    missing = ids - set(order)
    twice = len(order) - len(set(order))
    what = f"{len(missing)} of {len(ids)} records that were made are not listed"
    if twice:
        what = f"{twice} records are listed twice"
    good = not missing and not twice
    return driver.holds(
        good, answer, "/data", what, "each record once", operation_source(driver, answer)
    )


def operation_source(driver: Driver, answer: JudgedAnswer) -> str:
    return driver.context.edition.operation(answer.operation).source


def _numbers(driver: Driver, answer: JudgedAnswer, number: int, pages: int, total: int) -> None:
    """The numbers and links beside a page."""
    if not answer.ok or at(answer.document, META) is MISSING:
        return
    expected: dict[str, Any] = {
        "current-page": number,
        "prev-page": number - 1 if number > 1 else None,
        "next-page": number + 1 if number < pages else None,
        "total-pages": pages,
        "total-count": total,
    }
    for name, value in expected.items():
        said = at(answer.document, f"{META}/{name}")
        what = f"{name} is {brief(said)} on page {number} of {pages}"
        source = PAGES if number <= pages else "go-tfe v0.3.19 policy_set_test.go (past the end)"
        driver.holds(said == value, answer, f"{META}/{name}", what, brief(value), source)
    for name, there in (("prev", number > 1), ("next", number < pages)):
        link = at(answer.document, f"/links/{name}")
        if link is not MISSING and (link is not None) != there:
            expects = "an address" if there else "null"
            what = f"links.{name} is {'null' if link is None else 'an address'} on page {number}"
            driver.holds(False, answer, f"/links/{name}", what, expects, PAGES)


def links_kept(
    driver: Driver,
    operation: Operation,
    record: Resource,
    query: Mapping[str, Any],
    pages: Sequence[JudgedAnswer],
) -> None:
    """The links of every page, and of one with included records."""
    last = int(pages[-1].asked[1]["page[number]"]) - 1 if pages else 0  # the last is past the end
    for number, page in enumerate(pages[:-1], start=1):
        others = {"first": 1, "prev": number - 1, "next": number + 1, "last": last}
        _kept(driver, page, {"self": number, **others})
    for include in included_names(operation)[:1]:
        asked = {**query, "include": include, "page[size]": 1}
        page = driver.call(operation.id, of=record, query=asked)
        if clean(page) and at(page.document, "/included") not in (MISSING, []):
            _kept(driver, page, {"self": 1, "next": 2})


def _kept(driver: Driver, answer: JudgedAnswer, numbers: Mapping[str, int]) -> None:
    """A page's links lead to the page that they name, of the same list: all that was asked is kept."""
    asked = {name: str(value) for name, value in answer.asked[1].items()}
    for name, number in numbers.items():
        link = at(answer.document, f"/links/{name}")
        if not isinstance(link, str):
            continue
        try:
            found = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
        except ValueError:
            found = {}
        for word, value in {**asked, "page[number]": str(number)}.items():
            if found.get(word) != value and (word in asked or number > 1):
                has = "is not there" if word not in found else f"is {brief(found[word])}"
                what = f"{word} {has} in links.{name}"
                driver.holds(False, answer, f"/links/{name}", what, brief(value), PAGES)
                break


def default_size(
    driver: Driver, operation: Operation, plan: Plan, record: Resource, query: Mapping[str, Any]
) -> None:
    """Where nothing is said of its size a page has the documented one; told by one record more."""
    size = operation.parameters["page[size]"]["schema"].get("default")
    if not isinstance(size, int) or size > FEW:
        return
    there = driver.call(operation.id, of=record, query={**query, "page[size]": largest(operation)})
    for _ in range(size + 1 - len([*resources(there.document)])):
        driver.need(plan.type, "many")
    page = driver.call(operation.id, of=record, query=dict(query))
    found = len([*resources(page.document)])
    what = f"a page has {found} records where its size is not said"
    source = operation.parameters["page[size]"].get("x-source", operation.source)
    if clean(page):
        driver.holds(found == size, page, "/data", what, f"{size} of {size + 1}", source)


def included_names(operation: Operation) -> Sequence[str]:
    """What `include` may name."""
    schema = operation.parameters.get("include", {}).get("schema", {})
    names: Sequence[str] = schema.get("x-include", ())
    return names
