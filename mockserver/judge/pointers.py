"""JSON pointers into documents that a stranger has sent: nothing is taken for granted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from mockserver.contract.explain import brief
from mockserver.digits import whole_number
from mockserver.pointers import escape, parts


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()
"""What stands where nothing stands; null is something."""


def at(document: Any, pointer: str) -> Any:
    """What stands at a pointer; MISSING where nothing does."""
    for part in parts(pointer):
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list) and 0 <= (place := _place(part)) < len(document):
            document = document[place]
        else:
            return MISSING
    return document


def _place(part: str) -> int:
    index = whole_number(part)
    return -1 if index is None else index


def brief_at(document: Any, pointer: str) -> str:
    """What stands at a pointer, in a sentence: `missing` where nothing does."""
    value = at(document, pointer)
    return "missing" if value is MISSING else brief(value)


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Pointer and value of everything that is no object; lists are one value."""
    if not isinstance(value, dict) or not value:
        yield place, value
        return
    for name, item in value.items():
        inner = f"{place}/{escape(name)}"
        if isinstance(item, dict) and item:
            yield from leaves(item, inner)
        else:
            yield inner, item


def named_members(value: Any, names: Collection[str], place: str = "") -> Iterator[tuple[str, Any]]:
    """Those of `leaves` that are members of one of these names."""
    for name, item in value.items() if isinstance(value, dict) else ():
        if isinstance(item, dict) and item:
            yield from named_members(item, names, f"{place}/{escape(name)}")
        elif name in names:
            yield f"{place}/{escape(name)}", item


def collapsed(pointer: str) -> str:
    """A pointer with `*` for every index: one fault of a list is told once."""
    return re.sub(r"/\d+(?=/|$)", "/*", pointer)


def within(pointer: str, places: set[str]) -> bool:
    """Whether a pointer is one of the places, inside one, or around one."""
    return any(
        pointer == place or pointer.startswith(place + "/") or place.startswith(pointer + "/")
        for place in places
    )


def comparable(value: Any) -> Any:
    """A value as it is compared: the order of identifiers in a linkage does not count."""
    if isinstance(value, list) and all(isinstance(v, Mapping) and "id" in v for v in value):
        return sorted(str(item["id"]) for item in value)
    return value
