"""Tokens of users, teams and organizations, kept as digests and shown once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import delete_record, show_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.world import ids
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Caller, Kind, To
from mockserver.world.naming import by_id
from mockserver.world.problems import not_found
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

TYPE = "authentication-tokens"
OWNERS = {"user": "users", "team": "teams", "organization": "organizations"}
CREATOR = ("created-by", "tokens-made")


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """Found by its digest; a user's name for it is his own affair."""
    return ((TYPE, "digest", values["_digest"]),) if values["_digest"] else ()


def authenticate(state: State, digest: str | None) -> Caller | None:
    """The user, team or organization that a token belongs to."""
    token = state.find(TYPE, "digest", digest)
    if token is None:
        return None
    return _caller(state, state.get(token.owner), token)


def _caller(state: State, holder: Record, token: Record | None = None) -> Caller:
    return Caller(holder, f"{holder.kind.removesuffix('s')} {_name(state, holder)}", token)


def callers(state: State) -> Iterator[Caller]:
    """Every user, team and organization: whether or not it has a token just now."""
    for kind in OWNERS.values():
        yield from (_caller(state, holder) for holder in state.every(kind))


def _name(state: State, holder: Record) -> str:
    """As fixtures and the journal name a holder: a team as ORGANIZATION/TEAM."""
    if holder.kind == "teams":
        return f"{state.get(holder.owner).id}/{holder['name']}"
    return str(holder.get("username") or holder.id)


# operations


def list_user_tokens(call: Call) -> Reply:
    """Another user's list is empty (page)."""
    own = call.may("own-user-token", call.record)
    items = call.state.list(call.record.key, TYPE) if own else ()
    return Reply(data=listed(call, (item[-1] for item in items)))


def create_user_token(call: Call) -> Reply:
    return _made(call, KIND, call.state, call.attributes)


def generate(call: Call) -> Reply:
    """The one token of a team or an organization; the one before ends at once (pages)."""
    state = call.state
    for token in _tokens(state, call.record):
        state = state.remove(token.key)
    return _made(call, NUMBERED, state, {})


def show_one(call: Call) -> Reply:
    return Reply(data=_the_one(call))


def delete_one(call: Call) -> Reply:
    return Reply(state=call.state.remove(_the_one(call).key))


def _tokens(state: State, holder: Record) -> list[Record]:
    return [state.get(item[-1]) for item in state.list(holder.key, TYPE)]


def _the_one(call: Call) -> Record:
    tokens = _tokens(call.state, call.record)
    if not tokens:
        raise not_found(f"{call.record.id} has no token: generate one first")
    return tokens[0]


def _made(call: Call, kind: Kind, state: State, said: Mapping[str, Any]) -> Reply:
    """A new token of the path's record, with its secret this once."""
    state, record = call.create(kind, state, (call.record.key,), said)
    of = record.id
    while state.find(TYPE, "digest", digest := ids.digest(secret := ids.token(call.seed, of))):
        of += "+"  # a fixture has named a token so
    state, record = call.change(kind, state, record, {"_digest": digest})
    if call.caller.record.kind == "users":
        state = state.link(record.key, CREATOR, [call.caller.record.key])
    call.turned(state)
    shown = call.show(record)
    shown["attributes"]["token"] = f"{call.key}.{secret}"
    return Reply(state=state, data=shown)


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """`{"name": "ann", "user": "ann"}`: the token is the universe's key, a dot, and the name.

    A user's token is made by himself, another by nobody, unless `created-by` says by whom.
    """
    what = next(name for name in OWNERS if name in entry)
    holder = _holder(seeding, what, entry[what], f"{pointer}/{what}")
    if holder is None:
        return None
    said = {
        **seeding.values(KIND, entry),
        "_digest": ids.digest(entry["name"]) if "name" in entry else entry["digest"],
    }
    if found := seeding.there(KIND, said, (holder.key,)):
        rest = {n: part for n, part in entry.items() if n not in ("name", what, "created-by")}
        seeding.meet(KIND, found, rest, pointer)
        return found
    if what != "user" and len(seeding.state.list(holder.key, TYPE)):
        seeding.fault(pointer, f"{what} {entry[what]!r} has a token already: it can have one")
        return None
    kind = KIND if what == "user" else NUMBERED
    record = seeding.create(kind, (holder.key,), said, pointer, id=entry.get("id"))
    by = entry.get("created-by", holder.id if what == "user" else None)
    creator = seeding.named("users", by, f"{pointer}/created-by") if by is not None else None
    if record and creator:
        seeding.state = seeding.state.link(record.key, CREATOR, [creator.key])
    return record


def _holder(seeding: Seeding, what: str, name: str, pointer: str) -> Record | None:
    if what != "team":
        return seeding.named(OWNERS[what], name, pointer)
    organization, _, team = name.partition("/")
    owner = seeding.named("organizations", organization, pointer)
    return seeding.named("teams", team, pointer, owner) if owner else None


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    holder = state.get(record.owner)
    creators = [state.get(key)["username"] for key in state.members(record.key, CREATOR)]
    return {
        **entry,
        holder.kind.removesuffix("s"): _name(state, holder),
        "digest": record["_digest"],
        "created-by": creators[0] if creators else None,
    }


HOLDER = "^[A-Za-z0-9_-]+"
ENTRY: Mapping[str, Any] = {
    "properties": {
        "id": {
            "pattern": "^(at-[A-Za-z0-9]+|[0-9]+)$",
            "description": "Id: at-… for a user's token, else a number; made where omitted.",
        },
        "name": {
            "type": "string",
            "pattern": "^[^ \\t\\n\\r\\f\\v]+$",
            "description": "What stands after the universe's key and a dot, e.g. ann for KEY.ann; "
            "kept as a digest.",
        },
        "digest": {
            "$ref": "#/$defs/digest",
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
    "oneOf": [{"required": [name]} for name in OWNERS],
    "anyOf": [{"required": ["name"]}, {"required": ["digest"]}],
    "not": {"required": ["name", "digest"]},
    "if": {"required": ["user"]},
    "then": {"properties": {"id": {"pattern": "^at-"}}},
    "else": {"properties": {"id": {"pattern": "^[0-9]+$"}}},
}
MADE = {
    "created-at": lambda values, facts, now: now,
    "description": None,
    "_digest": None,
}
KIND = Kind(
    type=TYPE,
    prefix="at",
    names=names,
    find=by_id(TYPE),
    made=MADE,
    relations={"created-by": To("users", CREATOR, one=True)},
    show=resource,
    computed={
        "last-used-at": lambda view, record: view.used.get(record.key),
        "token": None,
    },
    operations={
        "list-user-tokens": (list_user_tokens, "list-user-tokens"),
        "create-user-token": (create_user_token, "create-user-token"),
        "show-user-token": (show_record, "own-user-token"),
        "destroy-user-token": (delete_record, "own-user-token"),
        "generate-new-team-token": (generate, "manage-team-token"),
        "show-team-token": (show_one, "manage-team-token"),
        "delete-team-token": (delete_one, "manage-team-token"),
        "generate-new-organization-token": (generate, "manage-organization-token"),
        "show-organization-token": (show_one, "manage-organization-token"),
        "delete-organization-token": (delete_one, "manage-organization-token"),
    },
    read="own-user-token",
    authenticate=authenticate,
    callers=callers,
    about="API tokens besides the universe's key, each of one user, team or organization.",
    member="tokens",
    refers=tuple(OWNERS.values()),
    seed=seed,
    dump=dump,
    entry=ENTRY,
)
NUMBERED = replace(KIND, prefix="")
"""The same type with numbers for ids: tokens of teams and of organizations (their pages' samples)."""
