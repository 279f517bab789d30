"""Names that must be unique: one refusal for every kind, in the vendor's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.nearest import singular
from mockserver.world.calls import Call
from mockserver.world.kinds import Kind
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import Record


def taken(
    call: Call,
    kind: Kind,
    owners: tuple[int, ...],
    values: Mapping[str, Any],
    record: Record | None = None,
) -> list[Error]:
    """An error where another record than `record` is found under a name of these values."""
    title = kind.title or "name"
    for name in kind.names(values, owners):
        other = call.state.find(*name)
        if other is None or (record is not None and other.key == record.key):
            continue
        error = invalid_item(
            f"{title.capitalize()} has already been taken",
            f"/data/attributes/{title}",
            fact=_said(call, kind, other),
            expected="a value that no other record has",
            source="recorded answers of the real service",
            hint="Send another value, or change the record that has it.",
        )
        return [error]
    return []


def _said(call: Call, kind: Kind, other: Record) -> str:
    """Which record has it, for those alone who may see that one."""
    if not call.sees(other):
        return f"another {singular(kind.type)} already has it"
    title = kind.title or "name"
    return f"the {singular(other.kind)} {other.id} already has the {title} {kind.named_as(other)!r}"
