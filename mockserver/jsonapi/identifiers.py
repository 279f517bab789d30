"""Resource identifiers: `{"type": "policies", "id": "pol-…"}`, out of records and into them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mockserver.nearest import singular
from mockserver.redaction import cut
from mockserver.world.calls import Call
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import Record


def identifier(record: Record) -> dict[str, str]:
    """One record's identifier."""
    return {"type": record.kind, "id": record.id}


def to_one(record: Record | None) -> dict[str, Any]:
    """A relationship to one record, or to none."""
    return {"data": identifier(record) if record else None}


def to_many(records: Iterable[Record]) -> dict[str, Any]:
    """A relationship to many records."""
    return {"data": [{"type": record.kind, "id": record.id} for record in records]}


def named_records(
    call: Call,
    data: Sequence[dict[str, Any]],
    type: str,
    pointer: str,
    owner: Record,
    errors: list[Error],
    *,
    one: bool = False,
) -> list[int]:
    """Keys of the records that identifiers name, each once, in the order sent.

    A record that does not exist, that the caller may not see, or that belongs to another
    organization is unknown, alike: an error with the item's pointer goes to `errors` (`one`: the
    pointer itself, of a relationship to one record).
    """
    what, keys = singular(type), dict[int, None]()
    for at, item in enumerate(data):
        record = known(call, type, item["id"], owner)
        if record:
            keys[record.key] = None
        else:
            place, id = pointer if one else f"{pointer}/{at}", cut(item["id"], 100)
            errors.append(
                invalid_item(
                    f"{id} is not one of the organization's {type}",
                    place,
                    fact=f"{id!r} is not the id of a {what} of {owner.id} that this token may see",
                    expected=f"the identifier of a {what} of {owner.id}",
                    hint=f"List the organization's {type} to find their ids.",
                )
            )
    return list(keys)


def known(call: Call, type: str, id: str, owner: Record) -> Record | None:
    """The record of a type and id, if it is the owner's and the caller may see it."""
    find = call.kinds[type].find
    assert find is not None
    record = find(call.state, id, None)
    if record is None or record.owner != owner.key or not call.sees(record):
        return None
    return record
