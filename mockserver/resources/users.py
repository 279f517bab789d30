"""Users: people with accounts. The first of a world, made as `admin`, is who its key acts as.

Source: users.html, and account.html for what one sees and changes of oneself (`account.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.resources import account
from mockserver.world import ids
from mockserver.world.access import Caller, Rule
from mockserver.world.calls import Call, Reply, View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, State

ADMIN = "admin"
ADMIN_ID = "user-aDm1n567890abcdE"
"""In every world the same, so that a fixture which names him can be added to any of them."""
TEAMS = ("teams", "users")

find = by_id("users")


def first(state: State) -> Record | None:
    """Who the universe's key acts as: the first user of the world, whatever his name is now."""
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


def _sees(view: View, record: Record | None) -> bool:
    assert record is not None
    if view.caller.record.key == record.key:
        return True
    teams = (view.state.get(key) for key in view.state.members(record.key, TEAMS))
    return any(view.can(view.owner(team), "member", "organization-token") for team in teams)


READ = Rule(
    "the user himself, and whoever is in an organization with him",
    "users.html#show-a-user (who is authorized to view a user: decision)",
    _sees,
)


# what is shown


def show(view: View, record: Record) -> dict[str, Any]:
    """Others see a name and a picture (page); the rest is for oneself alone."""
    own = view.caller.record.key == record.key
    admin = first(view.state)
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
    }
    if own:
        attributes |= {
            "is-site-admin": admin is not None and admin.key == record.key,
            "is-sso-login": False,
            "two-factor": {"enabled": record["two-factor"], "verified": record["two-factor"]},
            "email": record["email"],
            "unconfirmed-email": record["unconfirmed-email"],
        }
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


def show_user(call: Call) -> Reply:
    return Reply(200, data=call.record)


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An entry for `admin`, or with `"admin": true`, says more about the first user."""
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
    admin, meant = first(seeding.state), named(seeding.state, username)
    if admin is None or not (entry.get("admin") or (meant and meant.key == admin.key)):
        return seeding.create(KIND, (ROOT,), values, pointer, id=entry.get("id"))
    said = {name: value for name, value in values.items() if name in entry}
    if "password" in entry or "password-digest" in entry:
        said["_password"] = values["_password"]
    if not entry.get("admin"):
        said["username"] = admin["username"]  # he may have renamed himself: `admin` still means him
    elif meant and meant.key != admin.key:
        taken = seeding.places.get(meant.key, "in the world already")
        seeding.fault(pointer, f"{username!r} is taken: {taken} (users {meant.id})")
        return None
    if entry.get("id", admin.id) != admin.id:
        seeding.fault(f"{pointer}/id", f"{ADMIN} has the id {admin.id} in this world already")
        return None
    return seeding.change(KIND, admin, said)


def always(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """`admin`, with the id that the document gives him, else with the one of the shipped worlds."""
    users = (u for u in document.get("users", ()) if u.get("admin") or _is_admin(u["username"]))
    entry: Mapping[str, Any] = next(users, {})
    return {"users": [{"username": ADMIN, "id": entry.get("id", ADMIN_ID)}]}


def _is_admin(username: str) -> bool:
    return username.casefold() == ADMIN


def dump(state: State, record: Record) -> dict[str, Any]:
    entry = {"id": record.id} | {
        name: value for name, value in record.values.items() if not name.startswith("_")
    }
    if record["_password"] is not None:
        entry["password-digest"] = record["_password"]
    admin = first(state)
    if admin and admin.key == record.key and record["username"] != ADMIN:
        entry["admin"] = True
    return entry


KIND = Kind(
    type="users",
    page="users",
    prefix="user",
    names=names,
    find=find,
    named=named,
    show=show,
    operations={"show-user": (show_user, READ), **account.OPERATIONS},
    read=READ,
    authenticate=authenticate,
    member="users",
    always=always,
    seed=seed,
    dump=dump,
    title=lambda record: str(record["username"]),
)
