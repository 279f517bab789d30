"""From records to a document: `data`, and what goes with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mockserver.jsonapi.pagination import meta, page_links
from mockserver.jsonapi.resources import related
from mockserver.world.calls import Call, ListPage, Shown
from mockserver.world.state import Record

Renderer = Callable[[Record | Shown], Any]
"""What stands for a record, or for what a kind shows itself, in a document: its resource object, or
a number in place of it.
"""


def document(call: Call, data: Record | ListPage, url: str, part: Renderer) -> dict[str, Any]:
    """The JSON document of records. `url` is the request's, absolute.

    `call.state` is already the state after the call.
    """
    if isinstance(data, ListPage):
        shown: dict[str, Any] = {"data": [part(record) for record in data.records]}
        shown |= _included(call, data.records, part)
        if data.paged:
            shown["links"] = page_links(data, url, call.query)
        return {**shown, "meta": meta(data)}
    return {"data": part(data), **_included(call, [data], part)}


def _included(call: Call, records: Sequence[Record], part: Renderer) -> dict[str, Any]:
    """`included` where `include` asks for it: each once, only what the caller may see."""
    names = call.query.get("include")
    if not names:
        return {}
    found: dict[Any, Record | Shown] = {}
    for record in records:
        kind = call.kinds[record.kind]
        for name in names:
            for other in related(kind, name)(call, record):
                if not isinstance(other, Record):
                    found[other["id"]] = other
                elif call.sees(other):
                    found[other.key] = other
    return {"included": [part(one) for one in found.values()]}
