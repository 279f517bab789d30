"""What an answer shows beyond what its edition lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract import Edition, Operation
from mockserver.contract.engines import InstancePath, Schema, resolve
from mockserver.pointers import key_path, pointer

STABILITY = "{stability}: new attributes, links and relationships are backwards compatible"


class Stray(NamedTuple):
    """A member that is not listed: where it stands, the type that shows it, its name there."""

    pointer: str
    type: str
    member: str


def strays(operation: Operation, status: int, document: Any, edition: Edition) -> Iterator[Stray]:
    """The members of an answer that its edition does not list, each where it begins."""
    schema = operation.answer_schema(status) or {}
    yield from _strays(schema, document, (), ("documents", ()), edition.schemas)


def _strays(
    schema: Schema,
    value: Any,
    path: InstancePath,
    holder: tuple[str, InstancePath],
    components: Mapping[str, Schema],
) -> Iterator[Stray]:
    schema = resolve(schema, components)
    if "anyOf" in schema and isinstance(value, Mapping):
        found = [part for part in schema["anyOf"] if _type(part, components) == value.get("type")]
        if not found:
            yield Stray(pointer(path), str(value.get("type")), "the whole type")
            return
        schema = resolve(found[0], components)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from _strays(schema["items"], item, (*path, number), holder, components)
    if not isinstance(value, Mapping) or "properties" not in schema:
        return
    if "attributes" in schema["properties"] and _type(schema, components):
        holder = str(_type(schema, components)), path
    for name, inner in value.items():
        place = (*path, str(name))
        if name in schema["properties"]:
            yield from _strays(schema["properties"][name], inner, place, holder, components)
        elif schema.get("additionalProperties") is False:
            type, base = holder
            yield Stray(pointer(place), type, key_path(place[len(base) :]))


def _type(schema: Schema, components: Mapping[str, Schema]) -> Any:
    members = resolve(schema, components).get("properties", {})
    return resolve(members.get("type", {}), components).get("const")
