"""Two things a schema says beside yes and no: what to fill in, and what to show."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mockserver.contract.engines import Components, Schema, resolve

NOTHING = object()


Fill = Callable[[Any], None]


def filler(schema: Schema, components: Components) -> Fill | None:
    """A function that puts the documented defaults where a create body is silent; None where the
    schema has none.

    Parents are made where absent, but only where nothing inside is required: an omitted `vcs-repo`
    stays omitted.
    """
    schema = resolve(schema, components)
    each = filler(schema["items"], components) if "items" in schema else None
    members = []
    for name, part in schema.get("properties", {}).items():
        part = resolve(part, components)
        inner = filler(part, components)
        makes = inner and part.get("type") == "object" and not part.get("required")
        absent = part.get("default", _filled(inner) if inner and makes else NOTHING)
        if inner or absent is not NOTHING:
            members.append((name, inner, absent, _maker(absent)))
    if not members:
        return None if each is None else lambda items: _fill_each(items, each)

    def fill(value: Any) -> None:
        if not isinstance(value, dict):
            return
        for name, inner, absent, make in members:
            if name in value:
                if inner:
                    inner(value[name])
            elif absent is not NOTHING:
                value[name] = make() if make else absent

    return fill


def _maker(default: Any) -> Callable[[], Any] | None:
    """Makes an array or object of its own for each body: reading one is quicker than copying it."""
    if not isinstance(default, (list, dict)):
        return None
    return partial(marshal.loads, marshal.dumps(default)) if default else default.copy


def _filled(fill: Fill) -> Any:
    """The object that is made of defaults alone; NOTHING where there are none."""
    made: dict[str, Any] = {}
    fill(made)
    return made or NOTHING


def _fill_each(items: Any, fill: Fill) -> None:
    if isinstance(items, list):
        for item in items:
            fill(item)


def is_resource_schema(schema: Schema) -> bool:
    """Whether a schema is that of a resource object: it has an id and a type of its own."""
    properties = schema.get("properties", {})
    return (
        "id" in properties and "attributes" in properties and "const" in properties.get("type", {})
    )


def resource_schemas(schema: Schema, components: Components) -> dict[str, str]:
    """The resource objects that a document holds: component names by resource type."""
    return {type_of(components[name]): name for name in resource_names(schema, components)}


def type_of(schema: Schema) -> str:
    """The type of a resource object, by its schema."""
    return str(schema["properties"]["type"]["const"])


def resource_names(schema: Any, components: Components) -> list[str]:
    """The component names of the resource objects that a schema, or a list of them, leads to."""
    found: list[str] = []
    queue, seen = [schema], set[str]()
    while queue:
        part = queue.pop()
        if type(part) is list:
            queue += part
        elif type(part) is dict:
            name = part.get("$ref", "").rpartition("/")[2]
            if not name:
                queue += part.values()
            elif name not in seen:
                seen.add(name)
                if is_resource_schema(components[name]):
                    found.append(name)
                else:
                    queue.append(components[name])
    return found


def envelope(schema: Schema, components: Components) -> Any:
    """The schema of a document in which a number stands for each resource object.

    A resource object that was judged once and has not changed need not be judged again; what is
    around it is judged on every answer.
    """
    if isinstance(schema, list):
        return [envelope(part, components) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    name = schema.get("$ref", "").rpartition("/")[2] if "$ref" in schema else ""
    if name and is_resource_schema(components[name]):
        return {"type": "integer"}
    if name and resource_schemas(schema, components):
        return envelope(components[name], components)
    return {key: envelope(part, components) for key, part in schema.items()}


Show = Callable[[Any], Any]


def shower(schema: Schema, components: Components) -> Show:
    """A function that gives a value without what the schema does not list.

    The edition decides what is served: a kind may know more than an edition shows.
    """
    return _Showers(components).of(schema)


def _whole(value: Any) -> Any:
    return value


class _Showers:
    def __init__(self, components: Components) -> None:
        self._components = components

    def of(self, schema: Schema) -> Show:
        schema = resolve(schema, self._components)
        if "anyOf" in schema:
            return self._by_type(schema["anyOf"])
        if "items" in schema:
            return _each(self.of(schema["items"]))
        if "properties" in schema and schema.get("additionalProperties") is False:
            return _only({name: self.of(part) for name, part in schema["properties"].items()})
        return _whole

    def _by_type(self, choices: list[Schema]) -> Show:
        table: dict[str, Show] = {}
        for choice in choices:
            resolved = resolve(choice, self._components)
            named = resolved.get("properties", {}).get("type", {}).get("const")
            if named is None:
                return _whole
            table[named] = self.of(resolved)
        return lambda value: table.get(value.get("type"), _whole)(value)


def _each(show: Show) -> Show:
    return _whole if show is _whole else lambda items: [show(item) for item in items]


def _only(members: dict[str, Show]) -> Show:
    deep = {name: show for name, show in members.items() if show is not _whole}

    def show(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        shown = {name: item for name, item in value.items() if name in members}
        for name, inner in deep.items():
            if name in shown:
                shown[name] = inner(shown[name])
        return shown

    return show
