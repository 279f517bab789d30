"""From a reply to a document: `data`, and what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.jsonapi.pages import links, meta
from mockserver.world.calls import Call, Page, Raw, Reply
from mockserver.world.state import Record


def document(call: Call, reply: Reply, url: str) -> Any:
    """The JSON document of a reply; None where it has none. `url` is the request's, absolute.

    `call.state` is already the state after the call.
    """
    data = reply.data
    if data is None or isinstance(data, Raw):
        return None
    if isinstance(data, Page):
        shown: dict[str, Any] = {"data": [call.show(record) for record in data.records]}
        shown |= _included(call, data.records)
        if data.paged:
            shown["links"] = links(data, url, call.query)
        return {**shown, "meta": meta(data)}
    if isinstance(data, Record):
        return {"data": call.show(data), **_included(call, [data])}
    return {"data": data}


def _included(call: Call, records: Sequence[Record]) -> dict[str, Any]:
    """`included` where `include` asks for it: each record once, only what the caller may see."""
    names = call.query.get("include")
    if not names:
        return {}
    found: dict[int, Record] = {}
    for record in records:
        related = call.kinds[record.kind].related
        for name in names:
            for other in related[name](call, record) if name in related else ():
                if call.sees(other):
                    found[other.key] = other
    return {"included": [call.show(record) for record in found.values()]}
