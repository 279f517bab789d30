"""Whether what is sent to a place may be a secret, though it stands elsewhere or under another name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.engines import Schema, resolve
from mockserver.nearest import nearest


def may_tell(schema: Schema, value: Any, components: Mapping[str, Schema]) -> bool:
    """Whether a value may hold a secret: at its place, or in another form than that which has one,
    or beside it under a name that is not listed (it may be misspelt).
    """
    schema = resolve(schema, components)
    if schema.get("x-secret") or not _holds_secret(schema, components):
        return bool(schema.get("x-secret"))
    if isinstance(value, list) and "items" in schema:
        return any(may_tell(schema["items"], item, components) for item in value)
    if not isinstance(value, dict) or "properties" not in schema:
        return True
    listed = schema["properties"]
    return any(
        may_tell(listed[name], part, components)
        if name in listed
        else may_be_secret(schema, name, components)
        for name, part in value.items()
    )


def _holds_secret(schema: Schema, components: Mapping[str, Schema]) -> bool:
    """Whether a secret may stand inside."""
    schema = resolve(schema, components)
    parts = [
        *schema.get("properties", {}).values(),
        *([schema["items"]] if "items" in schema else ()),
    ]
    return bool(schema.get("x-secret")) or any(_holds_secret(part, components) for part in parts)


def may_be_secret(schema: Schema, name: int | str, components: Mapping[str, Schema]) -> bool:
    """Whether what is not listed may be a secret: as the member that its name is nearest to; where
    it is near to none, as any of them.
    """
    members = schema.get("properties", {})
    near = nearest(str(name), members)
    return _holds_secret(members[near[0]] if near else schema, components)
