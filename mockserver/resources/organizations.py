"""Organizations: the owners of everything else, and their entitlements.

Source: organizations.html, index.html#feature-entitlements; go-tfe v0.3.19 organization.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from mockserver.jsonapi.names import refuse_taken
from mockserver.jsonapi.pages import whole
from mockserver.world import clock
from mockserver.world.access import ANYONE, Rule
from mockserver.world.calls import Call, Reply, View
from mockserver.world.kinds import Kind
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, State

ENTITLEMENTS = (
    "state-storage",
    "operations",
    "vcs-integrations",
    "sentinel",
    "private-module-registry",
    "teams",
)
TRIAL = timedelta(days=30)
OWNERS = {
    "name": "owners",
    "organization-access": {
        "manage-policies": True,
        "manage-workspaces": True,
        "manage-vcs-settings": True,
    },
}
MEMBERS = ("users", "teams")


def find(state: State, value: str, within: Record | None) -> Record | None:
    """By name, without regard to case (recorded)."""
    return state.find("organizations", ROOT, value.casefold())


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return (("organizations", ROOT, values["name"].casefold()),)


# who may do what


def grants(view: View, record: Record) -> Iterable[str]:
    """The organization's own token is told from its members."""
    own = record.kind == "organizations" and view.caller.record.key == record.key
    return ("organization-token",) if own else ()


def _member(view: View, record: Record | None) -> bool:
    return record is not None and view.can(record, "member", "organization-token")


def _owner(view: View, record: Record | None) -> bool:
    return record is not None and view.can(record, "owner") and _no_organization(view, record)


def _no_organization(view: View, record: Record | None) -> bool:
    return view.caller.record.kind != "organizations"


READ = Rule(
    "members of the organization, by a user's or a team's token, and the organization's token",
    "users-teams-organizations/teams.html",
    _member,
)
OWN = Rule(
    "owners of the organization; organization tokens cannot change organizations",
    "users-teams-organizations/service-accounts.html#organization-service-accounts",
    _owner,
)
CREATE = Rule(
    "any user; team and organization tokens cannot create organizations",
    "users-teams-organizations/organizations.html",
    lambda view, record: view.caller.record.kind == "users",
)


# what is shown


def show(view: View, record: Record) -> dict[str, Any]:
    owner = view.can(record, "owner") and _no_organization(view, record)
    token = view.can(record, "organization-token")
    return {
        "id": record.id,
        "type": "organizations",
        "attributes": {
            "name": record["name"],
            "created-at": record["created-at"],
            "email": record["email"],
            "session-timeout": record["session-timeout"],
            "session-remember": record["session-remember"],
            "collaborator-auth-policy": record["collaborator-auth-policy"],
            "enterprise-plan": record["enterprise-plan"],
            "owners-team-saml-role-id": record["owners-team-saml-role-id"],
            "saml-enabled": False,
            "trial-expires-at": record["trial-expires-at"],
            "two-factor-conformant": True,
            "permissions": {
                "can-update": owner,
                "can-destroy": owner,
                "can-create-team": owner or token,
                "can-create-workspace": view.can(
                    record, "owner", "manage-workspaces", "organization-token"
                ),
                "can-update-oauth": view.can(
                    record, "owner", "manage-vcs-settings", "organization-token"
                ),
                "can-update-api-token": owner or token,
                "can-update-sentinel": view.can(
                    record, "owner", "manage-policies", "organization-token"
                ),
                "can-traverse": True,
                "can-create-workspace-migration": owner,
            },
        },
        "links": {"self": f"/api/v2/organizations/{record.id}"},
    }


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """What the caller may do in it."""
    return view.granted(record), _no_organization(view, record)


# operations


def list_organizations(call: Call) -> Reply:
    """Every organization that the caller belongs to, by name."""
    keys = (item[-1] for item in call.state.list(ROOT, "organizations"))
    seen = [key for key in keys if _member(call, call.state.get(key))]
    return Reply(200, data=whole(call, seen))


def show_organization(call: Call) -> Reply:
    return Reply(200, data=call.record)


def create_organization(call: Call) -> Reply:
    """The creator becomes the first member of the team `owners`."""
    attributes = call.attributes
    refuse_taken(call, KIND, (ROOT,), attributes)
    values = {
        "created-at": call.now,
        "session-timeout": None,
        "session-remember": None,
        "enterprise-plan": "pro",
        "owners-team-saml-role-id": None,
        "trial-expires-at": clock.later(call.now, TRIAL),
        "entitlements": dict.fromkeys(ENTITLEMENTS, True),
        **attributes,
    }
    state, record = call.create(KIND, call.state, (ROOT,), values)
    state, team = call.create(call.kinds["teams"], state, (record.key,), OWNERS)
    state = state.link(team.key, MEMBERS, [call.caller.record.key])
    return Reply(201, state, record)


def update_organization(call: Call) -> Reply:
    """Another name is another id: the old name is not found any more."""
    record, attributes = call.record, call.attributes
    if "name" in attributes:
        refuse_taken(call, KIND, (ROOT,), attributes, record)
    state, changed = call.change(KIND, call.state, record, attributes)
    return Reply(200, state, changed)


def destroy_organization(call: Call) -> Reply:
    """Takes all it owns with it (decision)."""
    return Reply(204, call.state.remove(call.record.key))


def show_entitlement_set(call: Call) -> Reply:
    record = call.record
    return Reply(
        200,
        data={
            "id": record.id,
            "type": "entitlement-sets",
            "attributes": {name: record["entitlements"][name] for name in ENTITLEMENTS},
            "links": {"self": f"/api/v2/entitlement-sets/{record.id}"},
        },
    )


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    created = entry.get("created-at", seeding.now)
    entitled = dict.fromkeys(ENTITLEMENTS, True) | entry.get("entitlements", {})
    values = {
        "name": entry["name"],
        "email": entry.get("email", f"{entry['name']}@example.com"),
        "created-at": created,
        "session-timeout": entry.get("session-timeout"),
        "session-remember": entry.get("session-remember"),
        "collaborator-auth-policy": entry.get("collaborator-auth-policy", "password"),
        "enterprise-plan": entry.get("enterprise-plan", "pro"),
        "owners-team-saml-role-id": entry.get("owners-team-saml-role-id"),
        "trial-expires-at": entry.get("trial-expires-at", clock.later(created, TRIAL)),
        "entitlements": entitled,
    }
    record = seeding.create(KIND, (ROOT,), values, pointer)
    if record is None:
        return None
    teams = seeding.kinds["teams"]
    id = next((t.get("id") for t in entry.get("teams", ()) if t["name"] == OWNERS["name"]), None)
    team = seeding.create(teams, (record.key,), OWNERS, f"{pointer}/owners", id=id)
    for at, username in enumerate(entry.get("owners") or ["admin"]):
        place = f"{pointer}/owners/{at}"
        if (user := seeding.named("users", username, place)) and team:
            seeding.state = seeding.state.link(team.key, MEMBERS, [user.key])
    return record


def dump(state: State, record: Record) -> dict[str, Any]:
    team = state.find("teams", record.key, OWNERS["name"])
    owners = state.members(team.key, MEMBERS) if team else ()
    values = {name: value for name, value in record.values.items() if name != "entitlements"}
    return {
        **values,
        "entitlements": dict(record["entitlements"]),
        "owners": [state.get(key)["username"] for key in owners],
    }


KIND = Kind(
    type="organizations",
    page="organizations",
    identify=lambda values: str(values["name"]),
    names=names,
    sort=lambda values, key: (values["name"],),
    find=find,
    show=show,
    depends=depends,
    operations={
        "list-organizations": (list_organizations, ANYONE),
        "show-organization": (show_organization, READ),
        "create-organization": (create_organization, CREATE),
        "update-organization": (update_organization, OWN),
        "destroy-organization": (destroy_organization, OWN),
        "show-entitlement-set": (show_entitlement_set, READ),
    },
    read=READ,
    grants=grants,
    entitled=lambda record, name: bool(record["entitlements"][name]),
    member="organizations",
    refers=("users",),
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
