"""Examples of a page file, with what the rules say put in where it is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

HOST = "https://app.terraform.io"


def whole_example(
    said: Mapping[str, Any], path: str, responses: Mapping[str, Any], common: Mapping[str, Any]
) -> dict[str, Any]:
    """An operation's example.

    A success without a body answers none; refusals that are always the same are as they always
    are; a list has the counts and links of the page that it is.
    """
    example = dict(said["example"])
    example.setdefault("path", {})
    answers = dict(example.get("answers", {}))
    for status in responses:
        if status < "300" and status not in answers:
            answers[status] = None
        elif status in common:
            answers.setdefault(status, common[status])
    for status, answer in said["answers"].items():
        if isinstance(answer, Mapping) and "list" in answer:
            answers[status] = _page(answers[status], said, path.format(**example["path"]), example)
    return {**example, "answers": dict(sorted(answers.items()))}


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
