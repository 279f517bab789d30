"""From the definition of a record to what is shown of it and sent to it.

A role is what is asked of a definition: `answer`, `create` or `update`. The rules stand in
`contracts/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.engines import Schema
from mockserver.contract.resource_definitions import (
    CLOSED,
    COMPONENTS,
    LINKAGE,
    ResourceDefinition,
    Types,
    patched,
)

ANSWER, CREATE, UPDATE = "answer", "create", "update"
OURS = {
    "readOnly", "writeOnly", "default", "properties", "items", "x-source", "x-required",
    "x-optional", "x-shown", "x-create", "x-update", "x-sent", "x-of", "x-id",
}  # fmt: skip
"""Words of a member that a role reads; the rest stands in every role as it is written."""
READ_ONLY = "x-read-only"
"""Of an object that is sent: the members that are only shown, each with what changes it; empty where
no page says that.
"""
CONDITIONS = ("if", "then", "else")
TOLD = {
    "attributes": "What it is.",
    "relationships": "What it is related to.",
    "links": "Where it is found.",
}


def resource_schema(record: ResourceDefinition, types: Types) -> dict[str, Any]:
    """The resource object as an answer shows it."""
    _refuse_required(record.schema)
    said, source = record.schema["properties"], record.source
    own = {"description": f"The {record.noun}'s id.", **said["id"]}
    type = {"const": record.type, "description": f"Always {record.type}.", "x-source": source}
    members = {"id": _member(own, ANSWER, source, types), "type": type}
    for name in said:
        if name not in members:
            of = said[name].get("x-source", source)
            members[name] = _part(said[name], ANSWER, of, types, TOLD[name]) | _ours(said[name])
    needed = [name for name in members if not said.get(name, {}).get("x-optional")]
    made = {"type": "object", "properties": members, "required": needed, **CLOSED}
    conditions = {word: record.schema[word] for word in CONDITIONS if word in record.schema}
    return {"title": record.title, "x-source": source, **made, **conditions}


def body_schema(
    record: ResourceDefinition, role: str, types: Types, title: str, source: str, at: str
) -> Any:
    """The body of a create or an update.

    `source` is that of the body, `at` that of its attributes; empty where it is the same.
    """
    said = record.schema["properties"]
    members: dict[str, Any] = {
        "type": {"const": record.type, "description": f"Must be {record.type}."},
        "attributes": _part(said["attributes"], role, at, types, "What to set."),
    }
    if f"x-{role}" in said["id"]:
        own = {"type": "string", "description": f"The {record.noun}'s id."}
        members["id"] = {**own, "x-source": said["id"][f"x-{role}"]["x-source"]}
    needed = ["type", "attributes"] if role == CREATE else ["type"]
    linked = _part(said.get("relationships", {}), role, at, types, "What to link.")
    if linked["properties"]:
        members["relationships"] = linked
        needed += ["relationships"] if "required" in linked else []
    data = {
        "type": "object",
        "description": f"The {record.noun}.",
        "properties": members,
        "required": needed,
        **CLOSED,
    }
    made = {"title": title, "x-source": source, "type": "object", "properties": {"data": data}}
    fills = {"x-fill-defaults": True} if role == CREATE else {}
    return {**made, "required": ["data"], **CLOSED, **fills}


def _part(said: Schema, role: str, source: str, types: Types, told: str) -> dict[str, Any]:
    members = _members(said, role, source, types)
    return {"type": "object", "description": said.get("description", told), **members}


def _members(
    said: Schema, role: str, source: str, types: Types, fresh: bool = False
) -> dict[str, Any]:
    """The members of an object that a role has, those it needs, and that there are no others.

    An answer has all that are not said to be optional; a body needs what is required where a
    thing is made: at creation, and in the items of a list.
    """
    _refuse_required(said)
    parts: Mapping[str, Schema] = said.get("properties", {})
    never, own = "writeOnly" if role == ANSWER else "readOnly", f"x-{role}"
    kept = {
        name: part
        for name, part in parts.items()
        if not part.get(never) and part.get(own) is not False
    }
    made: dict[str, Any] = {
        "properties": {name: _member(part, role, source, types) for name, part in kept.items()}
    }
    if role == ANSWER:
        needed = [name for name, part in kept.items() if not part.get("x-optional")]
        shown = {}
    else:
        makes = fresh or role == CREATE
        needed = [name for name, part in kept.items() if makes and part.get("x-required")]
        shown = {n: p.get("x-changed-by", "") for n, p in parts.items() if p.get("readOnly")}
    if needed:
        made["required"] = needed
    if shown:
        made[READ_ONLY] = shown
    return made | CLOSED


def _refuse_required(said: Schema) -> None:
    if "required" in said:
        raise ValueError(
            f"required {said['required']}: a record has all its members; say x-optional of what an "
            "answer may lack, x-required of what a create must send"
        )


def _member(part: Schema, role: str, source: str, types: Types) -> dict[str, Any]:
    """One member as a role has it. Its source is of what is shown; a body has one of its own."""
    inner = source
    if role == ANSWER:
        inner = source = part.get("x-source", source)
    else:
        sent, own = part.get("x-sent"), part.get(f"x-{role}")
        if sent or own:
            patch = {**(sent or {}), **(own or {})}
            source = patch.pop("x-source", source)
            part = patched(part, patch)
    if "$ref" in part and part["$ref"].startswith(LINKAGE):
        return _relationship(part, role, source, types)
    made = {name: said for name, said in part.items() if name not in OURS}
    if source:
        made["x-source"] = source
    if role == ANSWER:
        made.update(_ours(part))
    if role == CREATE and "default" in part:
        made["default"] = part["default"]
    if "properties" in part:
        made.update(_members(part, role, inner, types))
    if "properties" in part.get("items", {}):
        members = _members(part["items"], role, inner, types, fresh=True)
        made["items"] = {"type": "object", **members}
    elif "items" in part:
        made["items"] = part["items"]
    return made


def _relationship(part: Schema, role: str, source: str, types: Types) -> dict[str, Any]:
    data = _linkage(part, role, types)
    if role == CREATE and "default" in part:
        data["default"] = part["default"]
    made: dict[str, Any] = {"type": "object"}
    if "description" in part:
        made["description"] = part["description"]
    if source:
        made["x-source"] = source
    if role != ANSWER:
        needed = {"required": ["data"]} if part.get("x-required") else {}
        return {**made, "properties": {"data": data}, **needed, **CLOSED}
    made.update(_ours(part))
    beside = _members(part, role, source, types)
    needed = {"required": ["data", *beside.get("required", ())]}
    return {**made, "properties": {"data": data, **beside["properties"]}, **needed, **CLOSED}


def _ours(part: Schema) -> dict[str, Any]:
    """That we show a member which not every sample shows: no other server must."""
    return {"x-shown": True} if part.get("x-shown") else {}


def _linkage(part: Schema, role: str, types: Types) -> dict[str, Any]:
    """The `data` of a relationship."""
    type, kind = part["x-of"], part["$ref"].removeprefix(LINKAGE)
    if kind == "one-or-null":
        return _one_or_null(part, types)
    own = None if isinstance(type, list) else types.get(type)
    if own is None:
        raise ValueError(f"a relationship names {type}, and no page has records of that type")
    reference = {"$ref": f"{COMPONENTS}{own.identifier}"}
    if kind == "one":
        return {**reference, "description": "Its identifier."}
    unique = {"uniqueItems": True} if role == ANSWER else {}
    made = {"type": "array", **unique, "items": reference}
    return {**made, "description": f"Identifiers of {type.replace('-', ' ')}."}


def _one_or_null(part: Schema, types: Types) -> dict[str, Any]:
    """An identifier or null; of one type, or of any of several."""
    named = [part["x-of"]] if isinstance(part["x-of"], str) else part["x-of"]
    own = types.get(named[0]) if len(named) == 1 else None
    form = part.get("x-id") or (own and own.schema["properties"]["id"].get("pattern"))
    told = {"description": f"Must be {' or '.join(named)}."}
    members = {
        "type": {"const": named[0], **told} if len(named) == 1 else {"enum": named, **told},
        "id": {
            "type": "string",
            **({"pattern": form} if form else {}),
            "description": "Its id.",
        },
    }
    made = {"properties": members, "required": list(members), **CLOSED}
    return {"type": ["object", "null"], "description": "Its identifier, or null.", **made}
