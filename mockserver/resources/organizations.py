"""Organizations: the owners of everything else, and their entitlements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from mockserver.jsonapi.handlers import create_record, delete_record, show_record, update_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.nearest import there_is_no
from mockserver.pointers import escape
from mockserver.resources.default_projects import seed_default, with_default
from mockserver.resources.execution_modes import ORGANIZATION, with_pool
from mockserver.world import clock
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_name
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, State
from mockserver.world.view import View

TRIAL = timedelta(days=30)
OWNERS = {"name": "owners"}
MEMBERS = ("users", "teams")
MEMBERSHIPS = "organization-memberships"


def find(state: State, value: str, within: Record | None) -> Record | None:
    """By name, without regard to case (recorded)."""
    return state.find("organizations", ROOT, value.casefold())


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return (("organizations", ROOT, values["name"].casefold()),)


# who may do what


def grants(view: View, record: Record) -> Iterable[str]:
    """The organization's own token is told from its members."""
    return ("organization-token",) if view.caller.record.key == record.key else ()


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """What the caller may do in it."""
    return (view.granted(record),)


# operations


def list_organizations(call: Call) -> Reply:
    """Every organization that the caller belongs to, by name."""
    keys = (item[-1] for item in call.state.list(ROOT, "organizations"))
    seen = [key for key in keys if call.may("read-organization", call.state.get(key))]
    return Reply(data=listed(call, seen))


def create_organization(call: Call) -> Reply:
    """The creator becomes the first member of the team `owners`."""
    state, record = create_record(call).written
    state, team = call.create(call.kinds["teams"], state, (record.key,), OWNERS)
    state = state.link(team.key, MEMBERS, [call.caller.record.key])
    state = with_default(call, state, record)
    state = with_pool(call, ORGANIZATION, state, record)
    return Reply(state=state, data=record)


def show_entitlement_set(call: Call) -> Reply:
    """Its id is the organization's, or the one that no new name changes where there is one."""
    record = call.record
    id = record.get("external-id") or record.id
    return Reply(
        data={
            "id": id,
            "type": "entitlement-sets",
            "attributes": dict(record["entitlements"]),
            "links": {"self": f"/api/v2/entitlement-sets/{id}"},
        },
    )


def entitlements(facts: Facts) -> dict[str, bool]:
    """What an organization may use where nobody says otherwise."""
    names = facts.attributes["entitlement-sets"]
    return {name: name not in facts["not-entitled"] for name in names}


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """With the team `owners`, which has the id that an entry among the teams gives it."""
    known, entitled = entitlements(seeding.facts), entry.get("entitlements", {})
    for name in entitled.keys() - known.keys():
        detail = there_is_no("entitlement", name, known)
        seeding.fault(f"{pointer}/entitlements/{escape(name)}", detail)
    said = {name: part for name, part in entry.items() if name != "owners"}
    kind = seeding.kinds["organizations"]
    record = seeding.record(kind, said, pointer, None, {"entitlements": known | entitled})
    if record is None:
        return None
    owners = entry.get("owners") or ["admin"]
    if record.key in seeding.met:
        team, owners = (
            seeding.state.find("teams", record.key, OWNERS["name"]),
            entry.get("owners", ()),
        )
    else:
        team = _owners(seeding, entry, pointer, record)
        seed_default(seeding, entry, pointer, record)
    for at, username in enumerate(owners):
        place = f"{pointer}/owners/{at}"
        if (user := seeding.named("users", username, place)) and team:
            seeding.state = seeding.state.link(team.key, MEMBERS, [user.key])
    return record


def _owners(seeding: Seeding, entry: Any, pointer: str, record: Record) -> Record | None:
    """The team of a new organization, with the id that an entry among the teams gives it."""
    teams = seeding.kinds["teams"]
    id = next((t.get("id") for t in entry.get("teams", ()) if t["name"] == OWNERS["name"]), None)
    return seeding.create(teams, (record.key,), OWNERS, f"{pointer}/owners", id=id)


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    team = state.find("teams", record.key, OWNERS["name"])
    owners = state.members(team.key, MEMBERS) if team else ()
    return {**entry, "owners": [state.get(key)["username"] for key in owners]}


KIND = Kind(
    type="organizations",
    identify=lambda values: str(values["name"]),
    names=names,
    sort=by_name,
    title="name",
    find=find,
    made={
        "email": lambda values, facts, now: f"{values['name']}@example.com",
        "created-at": lambda values, facts, now: now,
        "enterprise-plan": "pro",
        "trial-expires-at": lambda values, facts, now: clock.later(values["created-at"], TRIAL),
        "entitlements": lambda values, facts, now: entitlements(facts),
    },
    show=resource,
    computed={
        "saml-enabled": False,
        "two-factor-conformant": True,
    },
    depends=depends,
    operations={
        "list-organizations": (list_organizations, "use-api"),
        "show-organization": (show_record, "read-organization"),
        "create-organization": (create_organization, "create-organization"),
        "update-organization": (update_record, "own-organization"),
        "destroy-organization": (delete_record, "own-organization"),
        "show-entitlement-set": (show_entitlement_set, "read-organization"),
    },
    read="read-organization",
    permissions={
        "can-update": "own-organization",
        "can-destroy": "own-organization",
        "can-create-team": "manage-teams",
        "can-create-workspace": "create-workspace",
        "can-update-oauth": "manage-vcs-settings",
        "can-update-api-token": "manage-organization-token",
        "can-update-sentinel": "update-sentinel",
        "can-traverse": "use-api",
        "can-create-workspace-migration": "own-organization",
    },
    grants={"organizations": grants},
    entitled=lambda record, name: bool(record["entitlements"][name]),
    about="Organizations, each with all that it owns; the name is the id.",
    member="organizations",
    refers=("users",),
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "email": {"minLength": 1},
            "entitlements": {
                "type": "object",
                "additionalProperties": {
                    "type": "boolean",
                    "description": "Whether it is entitled to that.",
                },
                "description": "What the plan includes: everything that is not turned off here.",
            },
            "owners": {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "description": "By username or id."},
                "description": "Members of the team owners; admin where omitted or empty.",
            },
        }
    },
)
