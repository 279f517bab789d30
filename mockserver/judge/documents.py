"""Reads JSON:API documents that anybody may have sent: nothing about their form is assumed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Resource = Mapping[str, Any]
"""A resource object."""


DEPTH = 200
"""Levels of the deepest document that is looked at: whoever walks one takes a few calls for each."""


def parsed(text: str | bytes, otherwise: Any = None) -> Any:
    """A text as JSON; `otherwise` where it is none, or deeper than any document is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return otherwise
    return otherwise if _is_deep(value) else value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def resources(document: Any) -> Iterator[tuple[str, Any]]:
    """Pointer and value of the primary resource objects of a document."""
    data = document.get("data") if isinstance(document, dict) else None
    if isinstance(data, list):
        yield from ((f"/data/{n}", item) for n, item in enumerate(data) if is_resource(item))
    elif is_resource(data):
        yield "/data", data


def included(document: Any) -> Iterator[tuple[str, Any]]:
    """Pointer and value of the resource objects that a document includes."""
    items = document.get("included") if isinstance(document, dict) else None
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if is_resource(item):
            yield f"/included/{number}", item


def is_resource(value: Any) -> bool:
    """Whether it is an object with a type and an id, both texts."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("id"), str) and isinstance(value.get("type"), str)


def same(one: Resource, other: Resource) -> bool:
    return (one.get("type"), one.get("id")) == (other.get("type"), other.get("id"))


def attribute(resource: Resource, name: str) -> Any:
    """An attribute of a resource object; None where it is not shown."""
    return _member(_member(resource, "attributes"), name)


def linked(resource: Resource, name: str) -> list[str] | None:
    """Ids in a to-many relation of a resource object; None where it does not show it."""
    relation = _member(_member(resource, "relationships"), name)
    data = relation.get("data") if isinstance(relation, Mapping) else None
    if not isinstance(data, list):
        return None
    return [str(item.get("id")) for item in data if isinstance(item, Mapping)]


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def linked_one(resource: Resource, name: str) -> str | None:
    """The id in a to-one relation of a resource object; None where it shows none."""
    data = _member(_member(_member(resource, "relationships"), name), "data")
    id = _member(data, "id")
    return id if isinstance(id, str) else None
