"""What every list keeps: pages that add up, a search that finds, included records that are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.explain import brief
from mockserver.verify.play import Stage
from mockserver.verify.pointers import MISSING, at
from mockserver.verify.views import View, compare, resources
from mockserver.world.lives import Life, Resource, Seen, attribute

PAGES = "index.html#pagination"
META = "/meta/pagination"


def walked(stage: Stage, type: str, life: Life, record: Resource) -> None:
    """A list is the same whether it is read at once or page by page."""
    if not life.list:
        return
    operation = stage.session.edition.operation(life.list)
    ids = {record["id"], *(stage.need(type, "page")["id"] for _ in range(2))}
    if "search[name]" in operation.parameters:
        paged(stage, operation, record, {"search[name]": _common(stage)}, ids)
        _searched(stage, operation, life, record)
    else:
        _whole(stage, operation, life, record, ids)


def paged(
    stage: Stage,
    operation: Operation,
    record: Resource | None,
    query: Mapping[str, Any],
    ids: set[str],
    most: int = 6,
) -> None:
    """Every page of one record, `most` of them, then the one past the end."""
    everything = stage.call(operation.id, of=record, query={**query, "page[size]": 150})
    order = [resource["id"] for _, resource in resources(everything.document)]
    if not _contains(stage, everything, order, ids):
        return
    _numbers(stage, everything, 1, 1, len(order))
    for number in [*range(1, min(len(order), most) + 1), len(order) + 1]:
        paging = {"page[number]": number, "page[size]": 1}
        page = stage.call(operation.id, of=record, query={**query, **paging})
        wanted = order[number - 1 : number]
        found = [resource["id"] for _, resource in resources(page.document)]
        if len(found) <= 1:
            _numbers(stage, page, number, len(order), len(order))
        if found != wanted and (_clean(page) or len(found) > 1):
            what = f"page {number} of size 1 holds {found}, the whole list {wanted} there"
            stage.holds(False, page, "/data", what, brief(wanted), PAGES)
            return


def _clean(seen: Seen) -> bool:
    return seen.ok and not seen.wrong


def _common(stage: Stage) -> str:
    """What all names of this run have in common."""
    return stage.name("x").partition("-x-")[0]


def _contains(stage: Stage, seen: Seen, order: list[str], ids: set[str]) -> bool:
    """All that was made is there, each once."""
    if not seen.ok or "/data" in seen.wrong or "" in seen.wrong:
        return False
    missing = ids - set(order)
    twice = len(order) - len(set(order))
    what = f"{len(missing)} of {len(ids)} records that were made are not listed"
    if twice:
        what = f"{twice} records are listed twice"
    good = not missing and not twice
    return stage.holds(good, seen, "/data", what, "each record once", operation_source(stage, seen))


def operation_source(stage: Stage, seen: Seen) -> str:
    return stage.session.edition.operation(seen.operation).source


def _numbers(stage: Stage, seen: Seen, number: int, pages: int, total: int) -> None:
    """The numbers and links beside a page."""
    if not seen.ok or at(seen.document, META) is MISSING:
        return
    expected: dict[str, Any] = {
        "current-page": number,
        "prev-page": number - 1 if number > 1 else None,
        "next-page": number + 1 if number < pages else None,
        "total-pages": pages,
        "total-count": total,
    }
    for name, value in expected.items():
        said = at(seen.document, f"{META}/{name}")
        what = f"{name} is {brief(said)} on page {number} of {pages}"
        source = PAGES if number <= pages else "go-tfe v0.3.19 policy_set_test.go (past the end)"
        stage.holds(said == value, seen, f"{META}/{name}", what, brief(value), source)
    for name, there in (("prev", number > 1), ("next", number < pages)):
        link = at(seen.document, f"/links/{name}")
        if link is not MISSING and (link is not None) != there:
            expects = "an address" if there else "null"
            what = f"links.{name} is {'null' if link is None else 'an address'} on page {number}"
            stage.holds(False, seen, f"/links/{name}", what, expects, PAGES)


def _searched(stage: Stage, operation: Operation, life: Life, record: Resource) -> None:
    """A search brings what has the text in its name, and nothing else."""
    name = str(attribute(record, life.named))
    seen = stage.call(operation.id, of=record, query={"search[name]": name})
    source = operation.parameters["search[name]"].get("x-source", operation.source)
    if not _clean(seen):
        return
    others = [
        r["id"] for _, r in resources(seen.document) if name not in str(attribute(r, life.named))
    ]
    what = f"the search for one name brings {len(others)} records without it"
    stage.holds(not others, seen, "/data", what, "records with the text in their name", source)
    nothing = stage.call(operation.id, of=record, query={"search[name]": stage.name("nothing")})
    if _clean(nothing):
        found = len(list(resources(nothing.document)))
        what = f"the search for a name that nothing has brings {found} records"
        stage.holds(not found, nothing, "/data", what, "no record", source)


def _whole(stage: Stage, operation: Operation, life: Life, record: Resource, ids: set[str]) -> None:
    """A list that does not page gives every record, and says how many."""
    seen = stage.call(operation.id, of=record, query=dict(life.query(record)))
    order = [resource["id"] for _, resource in resources(seen.document)]
    if life.query(record):
        ids = {record["id"]}
    _contains(stage, seen, order, ids)
    total = at(seen.document, f"{META}/total-count")
    if seen.ok and isinstance(total, int) and "/data" not in seen.wrong:
        what = f"total-count is {total}, and {len(order)} records are listed"
        source = "decision: lists that do not page send the numbers of one page"
        stage.holds(total == len(order), seen, f"{META}/total-count", what, str(len(order)), source)


def included(stage: Stage, life: Life, record: Resource) -> None:
    """What `include` names is sent along: what the linkage names, each once, shown as by itself."""
    for id in (*life.shows, *([life.list] if life.list else [])):
        operation = stage.session.edition.operation(id)
        schema = operation.parameters.get("include", {}).get("schema", {})
        narrow = stage.narrowed(life, str(attribute(record, life.named))) if id == life.list else {}
        for name in schema.get("x-include", ()):
            seen = stage.call(id, of=record, query={**narrow, "include": name})
            if seen.ok and not seen.wrong:
                _named(stage, seen, record, name, operation.parameters["include"]["x-source"])


def _named(stage: Stage, seen: Seen, record: Resource, name: str, source: str) -> None:
    items: list[Any] = []
    for _, resource in resources(seen.document):
        known = stage.truth.get((resource["type"], resource["id"]), {})
        pointer = f"/relationships/{name}/data"
        data = known.get(pointer, at(resource, pointer))
        items += data if isinstance(data, list) else [known.get(f"{pointer}/id", data)]
    told = (item.get("id") if isinstance(item, Mapping) else item for item in items)
    ids = {id for id in told if isinstance(id, str)}
    there = at(seen.document, "/included")
    found = [r for r in there if isinstance(r, Mapping)] if isinstance(there, list) else []
    extra = [r for r in found if r.get("id") not in ids]
    short = len(ids) - len({str(r.get("id")) for r in found})
    what = f"include={name}: {len(found)} records are included, {len(ids)} are named"
    fits = not extra and not short and len(found) == len(ids)
    if stage.holds(fits, seen, "/included", what, "the records that the linkage names", source):
        for number, resource in enumerate(found[:1]):
            other = stage.session.lives.get(resource["type"])
            if other and other.shows:
                views = [*stage.look(resource), View(seen, f"/included/{number}")]
                compare(stage.session, views)
