"""A schema as a table of key paths, as the vendor's pages show bodies: path, type, default, sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.contract.engines import Components, Schema, resolve
from mockserver.contract.explain import expected

DEEP = 12
"""Levels below which nothing is told: a schema may refer to itself."""


@dataclass(frozen=True, slots=True)
class KeyPath:
    """One row. `type` says in words what may stand there; `default` is JSON, None where there is
    none; `required`: of its parent, where that is there."""

    path: str
    type: str
    required: bool
    default: str | None
    description: str
    source: str


def key_paths(schema: Schema, components: Components) -> Iterator[KeyPath]:
    """Every place of a body, outermost first, in the page's order. Of a choice between resource
    objects only the names are told: each has a page of its own."""
    yield from _inside(resolve(schema, components), "", components, 0)


def _inside(schema: Schema, path: str, components: Components, depth: int) -> Iterator[KeyPath]:
    if depth > DEEP:
        return
    required = schema.get("required", ())
    for name, said in schema.get("properties", {}).items():
        yield from _place(
            f"{path}.{name}" if path else name, said, name in required, components, depth
        )
    if "items" in schema:
        items = resolve(schema["items"], components)
        yield from _inside(items, f"{path}[]", components, depth + 1)


def _place(
    path: str, said: Schema, required: bool, components: Components, depth: int
) -> Iterator[KeyPath]:
    schema = resolve(said, components)
    default = json.dumps(schema["default"], ensure_ascii=False) if "default" in schema else None
    description = str(schema.get("description", ""))
    source = str(schema.get("x-source", ""))
    yield KeyPath(path, _words(schema, components), required, default, description, source)
    yield from _inside(schema, path, components, depth + 1)


def _words(schema: Schema, components: Components) -> str:
    """What may stand there; of a list, what it is a list of."""
    choice: Any = resolve(schema.get("items", {}), components).get("anyOf", ())
    named = [part.get("$ref", "").rpartition("/")[2] for part in choice]
    if named and all(named):
        return "an array of " + " or ".join(name.removesuffix(".resource") for name in named)
    return expected(schema, components)
