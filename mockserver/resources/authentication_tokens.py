"""Tokens of users, teams and organizations, kept as digests and shown once.

Source: user-tokens.html, team-tokens.html, organization-tokens.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.world import ids
from mockserver.world.access import Caller
from mockserver.world.kinds import Kind, by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

OWNERS = {"user": "users", "team": "teams", "organization": "organizations"}


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """Found by its digest; a user's name for it is his own affair."""
    return (("authentication-tokens", "digest", values["_digest"]),)


def authenticate(state: State, digest: str | None) -> Caller | None:
    """The user, team or organization that a token belongs to."""
    if digest is None:
        return None
    token = state.find("authentication-tokens", "digest", digest)
    if token is None:
        return None
    owner = state.get(token.owner)
    what = owner.kind.removesuffix("s")
    if owner.kind == "teams":
        name = f"{state.get(owner.owner).id}/{owner['name']}"
    else:
        name = owner.get("username") or owner.id
    return Caller(owner, f"{what} {name}", token)


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """`{"name": "ann", "user": "ann"}`: the token is the universe's key, a dot, and the name."""
    what = next(name for name in OWNERS if name in entry)
    holder = _holder(seeding, what, entry[what], f"{pointer}/{what}")
    if holder is None:
        return None
    if what != "user" and len(seeding.state.list(holder.key, KIND.type)):
        seeding.fault(pointer, f"{what} {entry[what]!r} has a token already: it can have one")
        return None
    digest = ids.digest(entry["name"]) if "name" in entry else entry["digest"]
    values = {
        "created-at": entry.get("created-at", seeding.now),
        "description": entry.get("description"),
        "_digest": digest,
    }
    kind = KIND if what == "user" else NUMBERED
    return seeding.create(kind, (holder.key,), values, pointer, id=entry.get("id"))


def _holder(seeding: Seeding, what: str, name: str, pointer: str) -> Record | None:
    if what != "team":
        return seeding.named(OWNERS[what], name, pointer)
    organization, slash, team = name.partition("/")
    if not slash:
        seeding.fault(pointer, f"{name!r}: write a team as ORGANIZATION/TEAM")
        return None
    owner = seeding.named("organizations", organization, pointer)
    return seeding.named("teams", team, pointer, owner) if owner else None


def dump(state: State, record: Record) -> dict[str, Any]:
    holder = state.get(record.owner)
    what = holder.kind.removesuffix("s")
    name = holder.get("username") or holder.id
    if what == "team":
        name = f"{state.get(holder.owner).id}/{holder['name']}"
    entry = {"id": record.id, what: name, "digest": record["_digest"]}
    return entry | {
        "created-at": record["created-at"],
        "description": record["description"],
    }


KIND = Kind(
    type="authentication-tokens",
    page="user-tokens",
    prefix="at",
    names=names,
    find=by_id("authentication-tokens"),
    authenticate=authenticate,
    member="tokens",
    seed=seed,
    dump=dump,
)
NUMBERED = Kind(
    type="authentication-tokens",
    page="team-tokens",
    names=names,
    find=by_id("authentication-tokens"),
)
"""The same type with numbers for ids: tokens of teams and of organizations (their pages' samples)."""
