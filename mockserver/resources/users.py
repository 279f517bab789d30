"""Users: people with accounts. `admin` exists in every world and is who the universe's key acts as.

Source: users.html, account.html; go-tfe v0.3.19 user.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.world import ids
from mockserver.world.access import ANYONE, Caller
from mockserver.world.calls import View
from mockserver.world.kinds import Kind
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, State

ADMIN = "admin"


def find(state: State, value: str, within: Record | None) -> Record | None:
    """By id or by username: fixtures and team members name people by username."""
    return state.find("users", value) or state.find("users", ROOT, value)


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return (("users", ROOT, values["username"]),)


def authenticate(state: State, digest: str | None) -> Caller | None:
    """The bare key acts as `admin`."""
    if digest is not None:
        return None
    admin = state.find("users", ROOT, ADMIN)
    return Caller(admin, f"user {ADMIN}") if admin else None


def show(view: View, record: Record) -> dict[str, Any]:
    own = view.caller.record.key == record.key
    attributes = {
        "username": record["username"],
        "is-service-account": False,
        "avatar-url": record["avatar-url"],
        "v2-only": record["v2-only"],
        "permissions": {
            "can-create-organizations": True,
            "can-change-email": own,
            "can-change-username": own,
            "can-manage-user-tokens": own,
        },
        "two-factor": {"enabled": record["two-factor"], "verified": record["two-factor"]},
    }
    if own:
        attributes |= {"email": record["email"], "unconfirmed-email": record["unconfirmed-email"]}
    return {
        "id": record.id,
        "type": "users",
        "attributes": attributes,
        "relationships": {
            "authentication-tokens": {
                "links": {"related": f"/api/v2/users/{record.id}/authentication-tokens"}
            }
        },
        "links": {"self": f"/api/v2/users/{record.id}"},
    }


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    username = entry["username"]
    values = {
        "username": username,
        "email": entry.get("email", f"{username}@example.com"),
        "unconfirmed-email": entry.get("unconfirmed-email"),
        "avatar-url": entry.get("avatar-url", f"https://avatars.example.com/{username}"),
        "v2-only": entry.get("v2-only", True),
        "two-factor": entry.get("two-factor", False),
        "_password": ids.digest(entry["password"])
        if "password" in entry
        else entry.get("password-digest"),
    }
    admin = seeding.state.find("users", ROOT, ADMIN)
    if username == ADMIN and admin:  # every world has him: an entry says more about him
        said = {name: value for name, value in values.items() if name.strip("_") in entry}
        if "password-digest" in entry:
            said["_password"] = entry["password-digest"]
        return seeding.change(KIND, admin, said)
    return seeding.create(KIND, (ROOT,), values, pointer, id=entry.get("id"))


def always(document: Mapping[str, Any]) -> dict[str, Any]:
    """`admin` exists in every world, as the fixture says him."""
    said = (user for user in document.get("users", ()) if user["username"] == ADMIN)
    return {"users": [next(said, {"username": ADMIN})]}


def dump(state: State, record: Record) -> dict[str, Any]:
    entry = {"id": record.id} | {
        name: value for name, value in record.values.items() if not name.startswith("_")
    }
    if record["_password"] is not None:
        entry["password-digest"] = record["_password"]
    return entry


KIND = Kind(
    type="users",
    page="users",
    prefix="user",
    names=names,
    find=find,
    show=show,
    read=ANYONE,
    authenticate=authenticate,
    member="users",
    seed=seed,
    dump=dump,
    always=always,
    title=lambda record: str(record["username"]),
)
