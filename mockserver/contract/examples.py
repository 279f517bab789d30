"""Examples of a page file, with what the rules say put in where it is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.contract.definitions import Definitions, defined
from mockserver.contract.pages import Page, refusals
from mockserver.contract.resource_definitions import ResourceDefinition
from mockserver.contract.successes import with_success

HOST = "https://app.terraform.io"
MERGED = ("attributes", "relationships")
"""What an answer shows as the body has set it."""


Said = Mapping[str, Any]


def examples(pages: Mapping[str, Page], paths: Mapping[str, Said]) -> dict[str, Said]:
    """Our own examples by operation id, of the operations whose path items these are."""
    known, common = defined(pages), refusals(pages)
    told = {id: said for page in pages.values() for id, said in page.operations.items()}
    return {
        id: whole_example(with_success(told[id], known), path, item, common, known)
        for path, methods in paths.items()
        for item in methods.values()
        if (id := item["operationId"]) in told
    }


def whole_example(
    said: Said, path: str, item: Said, refusals: Said, known: Definitions
) -> dict[str, Any]:
    """An operation's example, with every answer whole.

    `refusals` are those that operations share, by status; `known` has the records and their examples.
    """
    own = said.get("example", {})
    example = {"path": {}, **_linked(said, known), **own}
    example["path"] = {**_path(path, item, known), **own.get("path", {})}
    given = {**_misnamed(said), **own.get("answers", {})}
    answers: dict[str, Any] = {}
    for status in item["responses"]:
        told = said["answers"].get(status)
        form = told if isinstance(told, Mapping) else {}
        answer = given.get(status)
        if status >= "400":
            if refused := _refused(status, answer, refusals.get(status, {})):
                answers[status] = refused
        elif "document" in form:
            record = known.record(form["document"])
            data = _shown(_sent(record, example.get("body")), (answer or {}).get("data", {}))
            included = _included(data, example.get("query", {}), known)
            answers[status] = {**included, **(answer or {}), "data": data}
        elif "list" in form:
            records = (answer or {}).get("data", [{}])
            data = [_shown(known.record(form["list"]).example, record) for record in records]
            here = path.format(**example["path"])
            answers[status] = _page({**(answer or {}), "data": data}, said, here, example)
        else:
            answers[status] = answer
    return {**example, "answers": answers}


def _path(path: str, item: Said, known: Definitions) -> dict[str, str]:
    """The parameters of a path: ids or names of the records' examples."""
    if "x-token" in item:
        return {}
    named = known.named(path)
    return {parameter: _called(record.example, word) for parameter, word, record in named}


def _called(record: Said, word: str) -> str:
    named = record if word == "id" else record.get("attributes", {})
    return str(named.get(word, record.get("id", "")))


def _linked(said: Said, known: Definitions) -> dict[str, Any]:
    """The body that names records: the example of their type."""
    type = said.get("body", {}).get("identifiers")
    if type is None:
        return {}
    return {"body": {"data": [{"type": type, "id": _called(known.of_type(type).example, "id")}]}}


def _misnamed(said: Said) -> dict[str, Any]:
    """What refuses a body that names records of another type."""
    type = said.get("body", {}).get("identifiers")
    refused = {"detail": f"is not one of {type}", "pointer": "/data/0/type"}
    return {} if type is None else {"422": refused}


def _sent(record: ResourceDefinition, body: Any) -> Any:
    """The example of a record with what a body sets of it."""
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping) or data.get("type") != record.type:
        return record.example
    example: Said = record.example
    changed = {
        part: {name: value for name, value in data.get(part, {}).items() if name in example[part]}
        for part in MERGED
        if part in example
    }
    return merged(example, changed)


def _shown(base: Any, said: Said) -> Any:
    """An example of a record as an answer says it: whole, with a type, or as a difference. Links follow
    its id, and a relationship that is null is not shown.
    """
    if "type" in said:
        return said
    made = merged(base, said)
    if "id" in said and "links" in base and "links" not in said:
        links = base["links"].items()
        made["links"] = {n: link and link.replace(base["id"], said["id"]) for n, link in links}
    if "relationships" in made:
        linked = made["relationships"].items()
        made["relationships"] = {name: part for name, part in linked if part is not None}
    return made


def _included(data: Said, query: Said, known: Definitions) -> dict[str, Any]:
    """What a query includes of a record: of what its relationships name, the examples of the types."""
    if "include" not in query:
        return {}
    related = [data["relationships"].get(name, {}) for name in query["include"].split(",")]
    linked = [one.get("data") or [] for one in related]
    named = [item for one in linked for item in (one if isinstance(one, list) else [one])]
    examples = [(item["id"], known.of_type(item["type"]).example) for item in named]
    return {"included": [example for id, example in examples if example.get("id") == id]}


def merged(base: Any, said: Any) -> Any:
    """A value with a difference to it; null stands for itself."""
    if not isinstance(base, Mapping) or not isinstance(said, Mapping):
        return said
    return {**base, **{name: merged(base.get(name), part) for name, part in said.items()}}


def _refused(status: str, said: Said | None, refusal: Said) -> Any:
    """The body of a refusal, of its title, detail and pointer; None where there is no example."""
    if said is None:
        return refusal.get("example")
    error = {"status": status, "title": said.get("title", refusal.get("title"))}
    if "detail" in said:
        error["detail"] = said["detail"]
    source = {"source": {"pointer": said["pointer"]}} if "pointer" in said else {}
    return {"errors": [{**error, **source}]}


def _page(
    document: Mapping[str, Any], said: Mapping[str, Any], path: str, example: Mapping[str, Any]
) -> dict[str, Any]:
    """A list with its `meta` and `links`: a page of as many records as it says, else of its own."""
    query = example.get("query", {})
    count = document.get("meta", {}).get("pagination", {}).get("total-count", len(document["data"]))
    size = int(query.get("page[size]", said.get("pages", {"size": count})["size"]))
    here, last = int(query.get("page[number]", 1)), max(1, -(-count // max(1, size)))
    pagination = {
        "current-page": here,
        "prev-page": here - 1 or None,
        "next-page": here + 1 if here < last else None,
        "total-pages": last,
        "total-count": count,
    }
    made = {**document, "meta": {"pagination": pagination}}
    if "pages" not in said:
        return made

    def link(number: int | None) -> str | None:
        page = {"page[number]": str(number), "page[size]": str(size)}
        return f"{HOST}{path}?{urlencode({**page, **without(query)})}" if number else None

    links = {
        "self": link(here),
        "first": link(1),
        "prev": link(pagination["prev-page"]),
        "next": link(pagination["next-page"]),
        "last": link(last),
    }
    return {**made, "links": links}


def without(query: Mapping[str, str]) -> dict[str, str]:
    """A query without what says which page."""
    return {name: value for name, value in query.items() if not name.startswith("page[")}
