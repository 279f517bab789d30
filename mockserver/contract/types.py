"""The resource types of an edition as plain data: what a record of each has, and who may set it.

Handed to those who keep records, so that they need not know schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract.engines import Components, Schema, resolve
from mockserver.contract.operations import Operation
from mockserver.contract.shapes import resource_names, type_of

SETTING = (".create", ".update")
"""Ends of the names of the bodies that set attributes."""


class Attribute(NamedTuple):
    """One attribute of a resource type.

    `schema` is what an answer shows, references followed; where it is never shown, what is sent.
    `default` is what a create fills in, and counts only where `has_default`. `create` and `update`
    say whether such a body may set it, `required` whether a create must. `read_only` is what no
    body sets, `secret` what must never be kept or logged, `shown` false what no answer has.
    """

    name: str
    schema: Schema
    default: Any = None
    has_default: bool = False
    create: bool = False
    update: bool = False
    required: bool = False
    shown: bool = True
    secret: bool = False

    @property
    def read_only(self) -> bool:
        return not (self.create or self.update)


class Relationship(NamedTuple):
    """One relationship of a resource type.

    `types` are those of the resources that its linkage may name; none where it has only links.
    `many` tells a list from a single one, `nullable` whether a single one may be null.
    `create`, `update` and `required` are as of an attribute.
    """

    name: str
    types: tuple[str, ...] = ()
    many: bool = False
    nullable: bool = False
    create: bool = False
    update: bool = False
    required: bool = False


class ResourceType(NamedTuple):
    """One resource type: its attributes and relationships by name, in the page's order."""

    name: str
    attributes: Mapping[str, Attribute]
    relationships: Mapping[str, Relationship]


def resource_types(operations: Iterable[Operation], schemas: Components) -> dict[str, ResourceType]:
    """The types whose records an edition's operations show, by name.

    Where several resource objects bear one type (an account is a user to oneself), the one that
    bears the type's name stands there, the others stand under the names of their components.
    """
    operations = list(operations)
    answers = [
        schema for operation in operations for schema in operation.successes.values() if schema
    ]
    shown = {name: type_of(schemas[name]) for name in resource_names(answers, schemas)}
    own = {type: f"{type}.resource" for type in shown.values()}
    bodies: dict[Any, list[tuple[str, Schema]]] = {}
    for o in operations:
        if o.takes_json and o.body_schema.get("$ref", "").endswith(SETTING):
            named = _type_of(o.body_schema, schemas)
            bodies.setdefault(named, []).append((o.method, o.body_schema))
    return {
        name if own[type] in shown and own[type] != name else type: _resource_type(
            type,
            schemas[name],
            bodies.get(type, []),
            schemas,
        )
        for name, type in sorted(shown.items())
    }


def _data(body: Schema, schemas: Components) -> Schema:
    whole = resolve(body, schemas)
    return resolve(whole.get("properties", {}).get("data", {}), schemas)


def _type_of(body: Schema, schemas: Components) -> Any:
    return _data(body, schemas).get("properties", {}).get("type", {}).get("const")


def _resource_type(
    type: str, shown: Schema, bodies: list[tuple[str, Schema]], schemas: Components
) -> ResourceType:
    attributes: dict[str, dict[str, Any]] = {
        name: {"schema": part} for name, part in _members(shown, "attributes", schemas)
    }
    relationships = {
        name: _relationship(part, schemas)
        for name, part in _members(shown, "relationships", schemas)
    }
    for method, body in bodies:
        data = _data(body, schemas)
        makes = method == "POST"
        word = "create" if makes else "update"
        needed = _needed(data, "attributes", schemas) if makes else ()
        for name, part in _members(data, "attributes", schemas):
            said = attributes.setdefault(name, {"schema": part, "shown": False})
            said[word] = True
            if "default" in part:
                said |= {"default": part["default"], "has_default": True}
            if name in needed:
                said["required"] = True
            if part.get("x-secret"):
                said["secret"] = True
        needed = _needed(data, "relationships", schemas) if makes else ()
        for name, _ in _members(data, "relationships", schemas):
            if name in relationships:  # else sent and never shown
                relationships[name] |= {
                    word: True,
                    **({"required": True} if name in needed else {}),
                }
    return ResourceType(
        type,
        {name: Attribute(name, **said) for name, said in attributes.items()},
        {name: Relationship(name, **said) for name, said in relationships.items()},
    )


def _members(schema: Schema, name: str, schemas: Components) -> Iterator[tuple[str, Schema]]:
    part = resolve(schema.get("properties", {}).get(name, {}), schemas)
    return ((inner, resolve(said, schemas)) for inner, said in part.get("properties", {}).items())


def _needed(schema: Schema, name: str, schemas: Components) -> Iterable[str]:
    part = schema.get("properties", {}).get(name, {})
    needed: Iterable[str] = resolve(part, schemas).get("required", ())
    return needed


def _relationship(schema: Schema, schemas: Components) -> dict[str, Any]:
    data = resolve(schema.get("properties", {}).get("data", {}), schemas)
    many = data.get("type") == "array"
    item = resolve(data["items"], schemas) if many else data
    type = item.get("properties", {}).get("type", {})
    types = tuple(type.get("enum", [type["const"]] if "const" in type else ()))
    return {"types": types, "many": many, "nullable": "null" in data.get("type", ())}
