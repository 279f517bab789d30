"""The lock of a workspace: taken, given back, broken, and said in a fixture."""

from __future__ import annotations

from typing import Any

from mockserver.jsonapi.identifiers import identifier
from mockserver.world.calls import Call, Reply
from mockserver.world.problems import Problem, conflict
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

LOCKERS = {"users": "User", "teams": "Team", "organizations": "Organization"}


def show_locked(call: Call, record: Record) -> dict[str, Any]:
    """Only the answer of lock shows by whom (page)."""
    shown = call.show(record)
    locker = call.caller.record
    if locker.kind != "organizations":  # the contract has no type for it there
        shown["relationships"]["locked-by"] = {
            "data": identifier(locker),
            "links": {"related": f"/api/v2/{locker.kind}/{locker.id}"},
        }
    return shown


def lock_workspace(call: Call) -> Reply:
    record = call.record
    if record["locked"]:
        raise conflict(
            "Unable to lock workspace. The workspace is already locked.",
            fact=told(call, record),
            expected="a workspace that is not locked",
            hint="Unlock it first; force-unlock breaks the lock of another.",
        )
    body = call.document if isinstance(call.document, dict) else {}
    reason = body.get("reason") or call.attributes.get("reason") or ""
    changes = {"locked": True, "_locked-by": call.caller.record.key, "_reason": reason}
    state, record = call.change(call.kind, call.state, record, changes)
    call.turned(state)
    return Reply(state=state, data=show_locked(call, record))


def told(call: Call, record: Record) -> str:
    """Who has locked a workspace, and why, as far as that is known."""
    by = _holder(call, record)
    named = f" by {_called(call, by)}" if by else ""
    reason = f", who says {record['_reason']!r}" if by and record["_reason"] else ""
    return f"{record.id} is locked{named}{reason}"


def _holder(call: Call, record: Record) -> Record | None:
    return call.state.records.get(record["_locked-by"])


def _called(call: Call, locker: Record) -> str:
    return f"{LOCKERS[locker.kind]} {call.kinds[locker.kind].named_as(locker)}"


def unlock_workspace(call: Call) -> Reply:
    """By who locked it; another is told by whom (recorded; clients parse the sentence)."""
    record = call.record
    if not record["locked"]:
        raise _open(record, "unlock")
    locker = _holder(call, record)
    if locker and locker.key != call.caller.record.key:
        name = _called(call, locker)
        raise conflict(
            f"Unable to unlock workspace. The workspace is locked by {name} "
            "and may not be unlocked except by them.",
            fact=told(call, record),
            expected=f"a call by {name}",
            hint="Unlock it with their token, or break the lock: POST actions/force-unlock.",
        )
    return _unlocked(call)


def force_unlock_workspace(call: Call) -> Reply:
    if not call.record["locked"]:
        raise _open(call.record, "force unlock")
    return _unlocked(call)


def _open(record: Record, verb: str) -> Problem:
    return conflict(
        f"Unable to {verb} workspace. The workspace is not locked.",
        fact=f"{record.id} is not locked",
        expected="a workspace that is locked",
        hint="Leave the call out, or lock the workspace first.",
    )


def _unlocked(call: Call) -> Reply:
    changes = {"locked": False, "_locked-by": None, "_reason": ""}
    state, record = call.change(call.kind, call.state, call.record, changes)
    return Reply(state=state, data=record)


def _locker(seeding: Seeding, entry: Any, pointer: str) -> Record | None:
    by = entry.get("locked-by", {"type": "users", "id": "admin"})
    if by is None:
        return None  # who locked it is gone
    return seeding.named(by["type"], by["id"], f"{pointer}/locked-by")


def seed_lock(seeding: Seeding, entry: Any, pointer: str) -> tuple[dict[str, Any], Any]:
    """What is kept of an entry's lock, and the entry with its holder by id."""
    if not entry.get("locked"):
        return {}, entry
    locker = _locker(seeding, entry, pointer)
    if locker and "locked-by" in entry:
        entry = {**entry, "locked-by": {"type": locker.kind, "id": locker.id}}
    said = {
        "_locked-by": locker.key if locker else None,
        "_reason": entry.get("lock-reason", ""),
    }
    return said, entry


def dump_lock(state: State, record: Record) -> dict[str, Any]:
    """A record's lock as an entry says it."""
    if not record["locked"]:
        return {}
    locker = state.records.get(record["_locked-by"])
    locked_by = {"type": locker.kind, "id": locker.id} if locker else None
    return {"lock-reason": record["_reason"], "locked-by": locked_by}


ENTRY = {
    "lock-reason": {"type": "string", "description": "Why it is locked; empty where omitted."},
    "locked-by": {
        "type": ["object", "null"],
        "properties": {
            "type": {"enum": list(LOCKERS), "description": "Type of the record."},
            "id": {"type": "string", "minLength": 1, "description": "Its id, or a username."},
        },
        "required": ["type", "id"],
        "additionalProperties": False,
        "description": "Who has locked it; admin where omitted, null where he is gone.",
    },
}
"""The members of a fixture's entry that say it."""
