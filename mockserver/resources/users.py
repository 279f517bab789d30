"""Users: people with accounts. The first of a world, made as `admin`, is who its key acts as.

What one sees and changes of oneself: `account.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import show_record
from mockserver.jsonapi.resources import resource
from mockserver.resources import account
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, State
from mockserver.world.view import Caller, View

ADMIN = "admin"
ADMIN_ID = "user-aDm1n567890abcdE"
"""In every world the same, so that a fixture which names him can be added to any of them."""
TEAMS = ("teams", "users")


def first(state: State) -> Record | None:
    """Who the world's key acts as: the first user of the world, whatever his name is now."""
    for item in state.list(ROOT, "users"):
        return state.get(item[-1])
    return None


def named(state: State, value: str) -> Record | None:
    """By id or username; `admin` is the first user, as long as nobody else has that name."""
    record = state.find("users", value) or state.find("users", ROOT, value.casefold())
    return record or (first(state) if _is_admin(value) else None)


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """Unique in the world without regard to case (decision: as the other names people type)."""
    return (("users", ROOT, values["username"].casefold()),)


def authenticate(state: State, digest: str | None) -> Caller | None:
    """The bare key acts as the first user, also after he has renamed himself."""
    record = first(state) if digest is None else None
    return Caller(record, f"user {record['username']}") if record else None


# who may do what


def grants(view: View, record: Record) -> Iterator[str]:
    """In a user: that it is the caller himself, or that an organization has both."""
    if view.caller.record.key == record.key:
        yield "himself"
    teams = (view.state.get(key) for key in view.state.members(record.key, TEAMS))
    if any(view.may("read-organization", view.owner(team)) for team in teams):
        yield "colleague"


# what is shown


def is_site_admin(view: View, record: Record) -> bool:
    admin = first(view.state)
    return admin is not None and admin.key == record.key


def tokens(view: View, record: Record) -> dict[str, Any]:
    return {"links": {"related": f"/api/v2/users/{record.id}/authentication-tokens"}}


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An entry for `admin`, or with `"admin": true`, says more about the first user."""
    username = entry["username"]
    admin, meant = first(seeding.state), named(seeding.state, username)
    if admin is None or not (entry.get("admin") or (meant and meant.key == admin.key)):
        return seeding.record(KIND, entry, pointer, None)
    said = seeding.values(KIND, entry)
    if not entry.get("admin"):
        said["username"] = admin["username"]  # he may have renamed himself: `admin` still means him
    elif meant and meant.key != admin.key:
        place = seeding.places.get(meant.key)
        where = f"at {place}" if place else "that is in the world already"
        seeding.fault(
            pointer, f"The username {username!r} is taken by the user {meant.id} {where}."
        )
        return None
    if entry.get("id", admin.id) != admin.id:
        seeding.fault(f"{pointer}/id", f"{ADMIN} already has the id {admin.id} in this world.")
        return None
    return seeding.change(KIND, admin, said)


def always(facts: Facts, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """`admin`, with the id that the document gives him, else with the one of the shipped worlds."""
    users = (u for u in document.get("users", ()) if u.get("admin") or _is_admin(u["username"]))
    entry: Mapping[str, Any] = next(users, {})
    return {"users": [{"username": ADMIN, "id": entry.get("id", ADMIN_ID)}]}


def _is_admin(username: str) -> bool:
    return username.casefold() == ADMIN


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    admin = first(state)
    renamed = admin and admin.key == record.key and record["username"] != ADMIN
    return {**entry, "admin": True} if renamed else entry


KIND = Kind(
    type="users",
    prefix="user",
    names=names,
    title="username",
    find=by_id("users"),
    named=named,
    made={
        "email": lambda values, facts, now: f"{values['username']}@example.com",
        "unconfirmed-email": None,
        "avatar-url": lambda values, facts, now: (
            f"https://avatars.example.com/{values['username']}"
        ),
        "v2-only": True,
        "two-factor": False,
        "_password": None,
    },
    secrets=("password",),
    show=resource,
    computed={
        "is-service-account": False,
        "is-site-admin": is_site_admin,
        "is-sso-login": False,
        "two-factor": lambda view, record: dict.fromkeys(
            ("enabled", "verified"), record["two-factor"]
        ),
    },
    relationships={"authentication-tokens": tokens},
    operations={"show-user": (show_record, "read-user"), **account.OPERATIONS},
    read="read-user",
    grants={"users": grants},
    permissions={
        "can-create-organizations": "use-api",
        "can-change-email": "change-account",
        "can-change-username": "change-account",
        "can-manage-user-tokens": "change-account",
    },
    authenticate=authenticate,
    about="People with accounts; an entry for admin, who exists in every world, says more about him.",
    member="users",
    always=always,
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "two-factor": {
                "type": "boolean",
                "description": "Whether two-factor authentication is on; false where omitted.",
            },
            "password": {
                "description": "Kept as a digest; without one any current password is right.",
            },
            "admin": {
                "type": "boolean",
                "description": "Whether this is admin under another name: the user whom the "
                "world's key acts as, renamed; false where omitted.",
            },
        }
    },
)


# August 2026


def grants_today(view: View, record: Record) -> Iterator[str]:
    """As before, and that he is invited to an organization that the caller is in."""
    yield from grants(view, record)
    memberships = view.state.all("organization-memberships", record.key)
    if any(view.may("read-organization", view.owner(membership)) for membership in memberships):
        yield "colleague"


def username(view: View, record: Record) -> str | None:
    """None of one who was invited and has no account: he is called by his e-mail address."""
    return None if record["username"] == record["email"] else str(record["username"])


TODAY = replace(
    KIND,
    computed={
        **KIND.computed,
        "username": username,
        **dict.fromkeys(("is-unified", "is-sudo", "enterprise-support", "has-linked-hcp"), False),
        "auth-method": "tfc",
        "has-git-hub-app-token": False,
        "is-admin": is_site_admin,
        "is-confirmed": True,
    },
    made={**KIND.made, "username": None, "v2-only": False},
    grants={"users": grants_today},
    entry={
        "properties": {
            **KIND.entry["properties"],
            "username": {
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "description": "The name the user is known by.",
            },
        }
    },
)
EDITIONS = {"2026-08": TODAY}
