"""What a schema leaves open, as points that traffic can exercise, and which of them a value does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mockserver.contract.engines import Components, Schema
from mockserver.contract.explain import resolve

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


def branches(schema: Schema, components: Components, path: str = "") -> Iterator[str]:
    """What may differ between two answers of one schema.

    A member that is there or not, null or not; a list that is empty or not; an enum value; which
    of several types an item is.
    """
    schema = resolve(schema, components)
    for value in schema.get("enum", ()):
        yield value_point(path, value)
    if _nullable(schema):
        yield from (f"{path} null", f"{path} not null")
    for choice in schema.get("anyOf", ()):
        inner = resolve(choice, components)
        name = _type_of(inner)
        if name:
            yield f"{path} {name}"
    if "items" in schema:
        yield from (f"{path}[] empty", f"{path}[] filled")
        yield from branches(schema["items"], components, f"{path}[]")
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        inner_path = f"{path}.{name}" if path else name
        if name not in required:
            yield from (f"{inner_path} there", f"{inner_path} absent")
        yield from branches(part, components, inner_path)


def branches_taken(
    schema: Schema, value: Any, components: Components, path: str = ""
) -> Iterator[str]:
    """The branches that a value takes."""
    schema = resolve(schema, components)
    if "enum" in schema and value in schema["enum"]:
        yield value_point(path, value)
    if _nullable(schema):
        yield f"{path} null" if value is None else f"{path} not null"
    if "anyOf" in schema and isinstance(value, dict):
        yield f"{path} {value.get('type')}"
    if "items" in schema and isinstance(value, list):
        yield f"{path}[] {'filled' if value else 'empty'}"
        for item in value[:MANY]:
            yield from branches_taken(schema["items"], item, components, f"{path}[]")
    if not isinstance(value, dict):
        return
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        inner = f"{path}.{name}" if path else name
        if name not in required:
            yield f"{inner} {'there' if name in value else 'absent'}"
        if name in value:
            yield from branches_taken(part, value[name], components, inner)


def value_point(path: str, value: Any) -> str:
    return f"{path} = {json.dumps(value)}"


def _nullable(schema: Schema) -> bool:
    types = schema.get("type")
    return isinstance(types, list) and "null" in types and len(types) > 1


def _type_of(schema: Schema) -> str | None:
    named: str | None = schema.get("properties", {}).get("type", {}).get("const")
    return named
