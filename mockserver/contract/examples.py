"""Examples of a page file, with what the rules say put in where it is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

HOST = "https://app.terraform.io"


Said = Mapping[str, Any]


def whole_example(
    said: Said, path: str, responses: Said, refusals: Said, shown: Callable[[str], Any]
) -> dict[str, Any]:
    """An operation's example, with every answer whole.

    `refusals` are those that operations share, by status; `shown(name)` is the example of a record.
    """
    example = {"path": {}, **said["example"]}
    given = example.get("answers", {})
    answers: dict[str, Any] = {}
    for status in responses:
        told = said["answers"].get(status)
        form = told if isinstance(told, Mapping) else {}
        answer = given.get(status)
        if status >= "400":
            if refused := _refused(status, answer, refusals.get(status, {})):
                answers[status] = refused
        elif "document" in form:
            data = merged(shown(form["document"]), (answer or {}).get("data", {}))
            answers[status] = {**(answer or {}), "data": data}
        elif "list" in form:
            records = (answer or {}).get("data", [{}])
            data = [merged(shown(form["list"]), record) for record in records]
            here = path.format(**example["path"])
            answers[status] = _page({**(answer or {}), "data": data}, said, here, example)
        else:
            answers[status] = answer
    return {**example, "answers": answers}


def merged(base: Any, said: Any) -> Any:
    """An example of a record as an answer says it: whole, with a type, or as a difference."""
    if not isinstance(base, Mapping) or not isinstance(said, Mapping) or "type" in said:
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
