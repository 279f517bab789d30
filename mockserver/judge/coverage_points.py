"""What a schema leaves open, as points that traffic can exercise, and which of them a value does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.contract.engines import Components, Schema, resolve

MANY = 40
"""Items of a list that are looked at: more of one kind tell little more."""


def members(schema: Schema, components: Components, path: str = "") -> Iterator[str]:
    """Key paths of every member that a request may send, as the pages write them."""
    schema = resolve(schema, components)
    if "items" in schema:
        yield from members(schema["items"], components, f"{path}[]")
    for name, part in schema.get("properties", {}).items():
        inner = f"{path}.{name}" if path else name
        yield inner
        yield from members(part, components, inner)


def sent(schema: Schema, value: Any, components: Components, path: str = "") -> Iterator[str]:
    """Key paths of the members that a request sends, and its enum values (`path = value`)."""
    schema = resolve(schema, components)
    if "enum" in schema and value in schema["enum"]:
        yield value_point(path, value)
    if isinstance(value, list) and "items" in schema:
        for item in value[:MANY]:
            yield from sent(schema["items"], item, components, f"{path}[]")
    if isinstance(value, dict):
        for name, part in schema.get("properties", {}).items():
            if name in value:
                inner = f"{path}.{name}" if path else name
                yield inner
                yield from sent(part, value[name], components, inner)


def enum_values(schema: Schema, components: Components, path: str = "") -> Iterator[str]:
    """Every enum value that a request may send."""
    schema = resolve(schema, components)
    for value in schema.get("enum", ()):
        yield value_point(path, value)
    if "items" in schema:
        yield from enum_values(schema["items"], components, f"{path}[]")
    for name, part in schema.get("properties", {}).items():
        yield from enum_values(part, components, f"{path}.{name}" if path else name)


class LeftOpen(NamedTuple):
    """What a schema leaves open at a key path, and at the places below it.

    `nullable`: null is one of several types. `types`: the resource types that an item may be of.
    `items`: the place of a list's items, None for what is no list. `optional`: members that
    may be absent, with the points of one that is there and of one that is not. `members`: the place
    of each that leaves something open.
    """

    path: str
    enum: Sequence[Any]
    nullable: bool
    types: tuple[str, ...] | None
    items: LeftOpen | None
    optional: Mapping[str, tuple[str, str]]
    members: Mapping[str, LeftOpen]

    @property
    def is_open(self) -> bool:
        return bool(self.enum or self.nullable or self.members or self.optional) or not (
            self.types is None and self.items is None
        )


def left_open(schema: Schema, components: Components, path: str = "") -> LeftOpen:
    """What may differ between two answers of one schema, read once for all of them."""
    schema = resolve(schema, components)
    members, required = schema.get("properties", {}), schema.get("required", ())
    paths = {name: f"{path}.{name}" if path else name for name in members}
    below = {name: left_open(part, components, paths[name]) for name, part in members.items()}
    named = [_type_of(resolve(choice, components)) for choice in schema.get("anyOf", ())]
    return LeftOpen(
        path,
        schema.get("enum", ()),
        _nullable(schema),
        tuple(filter(None, named)) if "anyOf" in schema else None,
        left_open(schema["items"], components, f"{path}[]") if "items" in schema else None,
        {
            name: (f"{inner} there", f"{inner} absent")
            for name, inner in paths.items()
            if name not in required
        },
        {name: place for name, place in below.items() if place.is_open},
    )


def branches(place: LeftOpen) -> Iterator[str]:
    """Every branch of a place.

    A member that is there or not, null or not; a list that is empty or not; an enum value; which
    of several types an item is.
    """
    yield from (value_point(place.path, value) for value in place.enum)
    if place.nullable:
        yield from (f"{place.path} null", f"{place.path} not null")
    yield from (f"{place.path} {type}" for type in place.types or ())
    if place.items:
        yield from (f"{place.path}[] empty", f"{place.path}[] filled")
        yield from branches(place.items)
    for points in place.optional.values():
        yield from points
    for inner in place.members.values():
        yield from branches(inner)


def take_branches(place: LeftOpen, value: Any, taken: set[str]) -> None:
    """Add the branches that a value takes."""
    if place.enum and value in place.enum:
        taken.add(value_point(place.path, value))
    if place.nullable:
        taken.add(f"{place.path} null" if value is None else f"{place.path} not null")
    if isinstance(value, list):
        if place.items:
            taken.add(f"{place.path}[] {'filled' if value else 'empty'}")
            for item in value[:MANY] if place.items.is_open else ():
                take_branches(place.items, item, taken)
    elif isinstance(value, dict):
        if place.types is not None:
            taken.add(f"{place.path} {value.get('type')}")
        for name, (there, absent) in place.optional.items():
            taken.add(there if name in value else absent)
        for name, inner in place.members.items():
            if name in value:
                take_branches(inner, value[name], taken)


def value_point(path: str, value: Any) -> str:
    return f"{path} = {json.dumps(value)}"


def _nullable(schema: Schema) -> bool:
    types = schema.get("type")
    return isinstance(types, list) and "null" in types and len(types) > 1


def _type_of(schema: Schema) -> str | None:
    named: str | None = schema.get("properties", {}).get("type", {}).get("const")
    return named
