"""Tokens of users, teams, organizations and agent pools, kept as digests and shown once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import delete_record, show_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.resources import expiring_tokens, token_entries
from mockserver.resources.token_entries import CALLERS, OWNERS, holder_of, met, name_of, seeded
from mockserver.resources.tokens import CREATOR, TYPE, made, tokens_of
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, To
from mockserver.world.naming import by_id
from mockserver.world.problems import not_found, unauthorized
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import Caller


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """Found by its digest; a user's name for it is his own affair."""
    return ((TYPE, "digest", values["_digest"]),) if values["_digest"] else ()


def authenticate(state: State, digest: str | None) -> Caller | None:
    """The user, team or organization that a token belongs to. Raises a 401 problem for an agent's."""
    token = state.find(TYPE, "digest", digest)
    if token is None:
        return None
    holder = state.get(token.owner)
    if holder.kind not in CALLERS.values():
        raise unauthorized(f"a token of {holder.id} is for agents: no call is made with it")
    return _caller(state, holder, token)


def _caller(state: State, holder: Record, token: Record | None = None) -> Caller:
    name = f"{holder.kind.removesuffix('s')} {name_of(state, holder)}"
    return Caller(holder, name, token, token.get("expired-at") if token else None)


def callers(state: State) -> Iterator[Caller]:
    """Every user, team and organization: whether or not it has a token just now."""
    for kind in CALLERS.values():
        yield from (_caller(state, holder) for holder in state.every(kind))


# operations


def list_user_tokens(call: Call) -> Reply:
    """Another user's list is empty (page)."""
    own = call.may("own-user-token", call.record)
    items = call.state.list(call.record.key, TYPE) if own else ()
    return Reply(data=listed(call, (item[-1] for item in items)))


def create_user_token(call: Call) -> Reply:
    return made(call, KIND, call.state, call.attributes)


def generate(call: Call) -> Reply:
    """The one token of a team or an organization; the one before ends at once (pages)."""
    state = call.state
    for token in tokens_of(state, call.record):
        state = state.remove(token.key)
    return made(call, NUMBERED, state, {})


def show_one(call: Call) -> Reply:
    return Reply(data=_the_one(call))


def delete_one(call: Call) -> Reply:
    return Reply(state=call.state.remove(_the_one(call).key))


def _the_one(call: Call) -> Record:
    tokens = tokens_of(call.state, call.record)
    if not tokens:
        raise not_found(f"{call.record.id} has no token: generate one first")
    return tokens[0]


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """`{"name": "ann", "user": "ann"}`: the token is the world's key, a dot, and the name.

    A user's token is made by himself, another by nobody, unless `created-by` says by whom.
    """
    what = next(name for name in OWNERS if name in entry)
    holder = holder_of(seeding, what, entry[what], f"{pointer}/{what}")
    if holder is None:
        return None
    kind = KIND if what == "user" else NUMBERED
    if found := met(seeding, kind, entry, pointer, holder):
        return found
    if what != "user" and tokens_of(seeding.state, holder):
        seeding.fault(pointer, f"{what} {entry[what]!r} has a token already: it can have one")
        return None
    return seeded(seeding, entry, pointer, holder, kind)


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
    token_names=lambda document: [t["name"] for t in document.get("tokens", ()) if "name" in t],
    about="API tokens besides the world's key, each of one user, team or organization.",
    member="tokens",
    refers=tuple(CALLERS.values()),
    seed=seed,
    dump=token_entries.dump,
    entry=token_entries.ENTRY,
)
NUMBERED = replace(KIND, prefix="")
"""The same type with numbers for ids: tokens of teams and of organizations (their pages' samples)."""


# August 2026: described, they are several; each of them ends some day


def seed_one_of_several(
    seeding: Seeding, entry: Any, pointer: str, owner: Record | None
) -> Record | None:
    """As before; a team and an organization have one token of each description and purpose."""
    what = next(name for name in OWNERS if name in entry)
    holder = holder_of(seeding, what, entry[what], f"{pointer}/{what}")
    if holder is None:
        return None
    kind = seeding.kinds[TYPE]
    if found := met(seeding, kind, entry, pointer, holder):
        return found
    said = entry.get("description"), entry.get("purpose")
    if holder.kind in ("teams", "organizations") and expiring_tokens.such(
        seeding.state, holder, *said
    ):
        described = f"described {said[0]!r}" if said[0] is not None else "without a description"
        seeding.fault(pointer, f"{what} {entry[what]!r} has a token {described} already")
        return None
    return seeded(seeding, entry, pointer, holder, kind)


TODAY = replace(
    KIND,
    made={**MADE, "expired-at": expiring_tokens.in_two_years, "purpose": None},
    relationships={"team": expiring_tokens.to_team},
    operations={**KIND.operations, **expiring_tokens.OPERATIONS},
    refers=tuple(OWNERS.values()),
    seed=seed_one_of_several,
    entry=token_entries.ENTRY_TODAY,
)
EDITIONS = {"2026-08": TODAY}
