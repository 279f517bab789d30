"""Data retention policies: how long an organization or a workspace keeps its data. One of each at most;
it is kept as a value of what it belongs to, and nothing is ever deleted by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.world import ids
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler
from mockserver.world.problems import invalid, not_found
from mockserver.world.state import Record
from mockserver.world.view import View

NAME, DAYS = "data-retention-policy", "delete-older-than-n-days"
DELETE_OLDER = "data-retention-policy-delete-olders"
DONT_DELETE = "data-retention-policy-dont-deletes"
MADE = {NAME: None}


def to_policy(view: View, record: Record) -> dict[str, Any]:
    """The relationship that says which of the two types it has (suite)."""
    kept = record[NAME]
    return {"data": kept and {"type": _type(kept), "id": kept["id"]}}


def _type(kept: Mapping[str, Any]) -> str:
    return DONT_DELETE if kept[DAYS] is None else DELETE_OLDER


def _shown(kept: Mapping[str, Any], holder: Record) -> dict[str, Any]:
    attributes = {} if kept[DAYS] is None else {DAYS: kept[DAYS]}
    target = {"data": {"type": holder.kind, "id": holder.id}}
    return {
        "id": kept["id"],
        "type": _type(kept),
        "attributes": attributes,
        "relationships": {"target": target},
    }


# operations


def show(call: Call) -> Reply:
    return Reply(data=_shown(_kept(call), call.record))


def write(call: Call) -> Reply:
    """What is sent takes the place of what was there, which keeps its id unless the type changes."""
    before, days = call.record[NAME], _days(call)
    new = {"id": before and before["id"], DAYS: days}
    if before is None or _type(before) != _type(new):
        new["id"] = _id(call)
    state, record = call.change(call.kinds[call.record.kind], call.state, call.record, {NAME: new})
    return Reply(state=state, data=_shown(record[NAME], record))


def delete(call: Call) -> Reply:
    _kept(call)
    kind = call.kinds[call.record.kind]
    return Reply(state=call.change(kind, call.state, call.record, {NAME: None})[0])


def _id(call: Call) -> str:
    """Another each time: what was written until now never was before."""
    return f"drp-{ids.code(call.seed, 'drp', f'{call.record.key} {call.state.written}')}"


def _kept(call: Call) -> Mapping[str, Any]:
    kept: Mapping[str, Any] | None = call.record[NAME]
    if kept is None:
        raise not_found(f"{call.record.id} has no data retention policy: set one first")
    return kept


def _days(call: Call) -> int | None:
    if call.data["type"] == DONT_DELETE:
        return None
    if (days := call.attributes.get(DAYS)) is None:
        raise invalid(
            "Delete older than n days can't be blank",
            f"/data/attributes/{DAYS}",
            fact=f"a policy of type {DELETE_OLDER} says of no age that it is old",
            expected="a number of days",
            hint=f"Send {DAYS}, or the type {DONT_DELETE}.",
        )
    return int(days)


def operations(of: str, read: str, change: str) -> Mapping[str, tuple[Handler, str]]:
    """Those below organizations or workspaces, and the rights that they take."""
    named = f"{NAME}-of-{of}"
    return {
        f"show-{named}": (show, read),
        f"create-or-update-{named}": (write, change),
        f"update-{named}": (write, change),
        f"remove-{named}": (delete, change),
    }


ENTRY: Mapping[str, Any] = {
    NAME: {
        "type": ["object", "null"],
        "properties": {
            "id": {
                "type": "string",
                "pattern": "^drp-[A-Za-z0-9]+$",
                "description": "The policy's id.",
            },
            DAYS: {
                "type": ["integer", "null"],
                "minimum": 1,
                "description": "Age in days from which data is deleted; null: never.",
            },
        },
        "required": ["id", DAYS],
        "additionalProperties": False,
        "description": "How long its data is kept; not said where omitted.",
    }
}
