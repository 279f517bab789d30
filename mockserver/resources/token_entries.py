"""How fixtures say tokens: of whom each is, and by whom it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.resources.tokens import CREATOR, TYPE
from mockserver.world import ids
from mockserver.world.kinds import Kind
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

CALLERS = {"user": "users", "team": "teams", "organization": "organizations"}
OWNERS = {**CALLERS, "agent-pool": "agent-pools"}
"""What tokens belong to. An agent pool's are for agents: nobody calls this API with them."""
NAMED_WITHIN = ("team", "agent-pool")


def name_of(state: State, holder: Record) -> str:
    """As fixtures and the journal name a holder: a team as ORGANIZATION/TEAM, a pool likewise."""
    if holder.kind.removesuffix("s") in NAMED_WITHIN:
        return f"{state.get(holder.owner).id}/{holder['name']}"
    return str(holder.get("username") or holder.id)


def met(seeding: Seeding, kind: Kind, entry: Any, pointer: str, holder: Record) -> Record | None:
    """The token of an entry that was in the world before."""
    found = seeding.there(kind, _values(seeding, kind, entry), (holder.key,))
    if found:
        beside = ("name", *OWNERS, "created-by")
        rest = {name: part for name, part in entry.items() if name not in beside}
        seeding.meet(kind, found, rest, pointer)
    return found


def _values(seeding: Seeding, kind: Kind, entry: Any) -> dict[str, Any]:
    digest = ids.digest(entry["name"]) if "name" in entry else entry["digest"]
    return {**seeding.values(kind, entry), "_digest": digest}


def seeded(seeding: Seeding, entry: Any, pointer: str, holder: Record, kind: Kind) -> Record | None:
    said = _values(seeding, kind, entry)
    if other := seeding.state.find(TYPE, "digest", said["_digest"]):
        what = f"The name {entry['name']!r}" if "name" in entry else "The digest of a name"
        return seeding.taken(pointer, what, other)
    record = seeding.create(kind, (holder.key,), said, pointer, id=entry.get("id"))
    by = entry.get("created-by", holder.id if holder.kind == "users" else None)
    creator = _creator(seeding, by, f"{pointer}/created-by")
    if record and creator:
        seeding.state = seeding.state.link(record.key, CREATOR, [creator.key])
    return record


def _creator(seeding: Seeding, by: Any, pointer: str) -> Record | None:
    if not isinstance(by, Mapping):
        return seeding.named("users", by, pointer) if by is not None else None
    ((what, name),) = by.items()
    return holder_of(seeding, what, name, pointer)


def holder_of(seeding: Seeding, what: str, name: str, pointer: str) -> Record | None:
    if what not in NAMED_WITHIN:
        return seeding.named(OWNERS[what], name, pointer)
    organization, _, rest = name.partition("/")
    owner = seeding.named("organizations", organization, pointer)
    return seeding.named(OWNERS[what], rest, pointer, owner) if owner else None


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    holder = state.get(record.owner)
    creators = [state.get(key) for key in state.members(record.key, CREATOR)]
    return {
        **entry,
        holder.kind.removesuffix("s"): name_of(state, holder),
        "digest": record["_digest"],
        "created-by": _said(state, creators[0]) if creators else None,
    }


def _said(state: State, creator: Record) -> Any:
    """A user by his name; another by its type and name."""
    name = name_of(state, creator)
    return name if creator.kind == "users" else {creator.kind.removesuffix("s"): name}


HOLDER = "^[A-Za-z0-9_-]+"
ENTRY: Mapping[str, Any] = {
    "properties": {
        "id": {
            "pattern": "^(at-[A-Za-z0-9]+|[0-9]+)$",
            "x-expected": "at- with letters and digits of a user's token, digits of another's",
            "description": "Id: at-… for a user's token, else a number; made where omitted.",
        },
        "name": {
            "type": "string",
            "pattern": "^[^ \\t\\n\\r\\f\\v]+$",
            "x-expected": "what stands after the world's key and a dot, without spaces",
            "description": "What stands after the world's key and a dot, e.g. ann for KEY.ann; "
            "kept as a digest.",
        },
        "digest": {
            "$ref": "#/$defs/digest",
            "x-secret": True,
            "description": "Digest of the name, in place of the name.",
        },
        "user": {
            "type": "string",
            "minLength": 1,
            "description": "The user it belongs to, by username or id.",
        },
        "team": {
            "type": "string",
            "pattern": f"{HOLDER}/",
            "x-expected": "ORGANIZATION/TEAM, such as my-organization/platform",
            "description": "The team it belongs to, as ORGANIZATION/TEAM.",
        },
        "organization": {
            "type": "string",
            "pattern": f"{HOLDER}$",
            "description": "The organization it belongs to.",
        },
        "created-by": {
            "type": ["string", "null"],
            "minLength": 1,
            "description": "User who made it, by username or id; where omitted, the user for a "
            "user's token and null for another.",
        },
    },
    "oneOf": [{"required": [name]} for name in CALLERS],
    "anyOf": [{"required": ["name"]}, {"required": ["digest"]}],
    "not": {"required": ["name", "digest"]},
    "if": {"required": ["user"]},
    "then": {"properties": {"id": {"pattern": "^at-"}}},
    "else": {"properties": {"id": {"pattern": "^[0-9]+$"}}},
}
ENTRY_TODAY: Mapping[str, Any] = {
    **{name: said for name, said in ENTRY.items() if name not in ("if", "then", "else")},
    "properties": {
        **ENTRY["properties"],
        "id": {"pattern": "^at-[A-Za-z0-9]+$"},
        "agent-pool": {
            "type": "string",
            "pattern": f"{HOLDER}/",
            "x-expected": "ORGANIZATION/POOL, such as my-organization/agents",
            "description": "The agent pool it belongs to, as ORGANIZATION/POOL.",
        },
        "purpose": {
            "enum": ["audit-trails", None],
            "description": "What an organization's token is for; null for everything.",
        },
        "created-by": {
            "type": ["string", "object", "null"],
            "minLength": 1,
            "description": "User who made it, by username or id, or the team or organization "
            "that did; where omitted, the user for a user's token and null for another.",
            "properties": {
                name: {"type": "string", "description": f"The {name} that made it."}
                for name in ("team", "organization")
            },
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
    },
    "oneOf": [{"required": [name]} for name in OWNERS],
}
