"""Organizations: the owners of everything else, and their entitlements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mockserver.jsonapi.handlers import create_record, delete_record, show_record, update_record
from mockserver.jsonapi.identifiers import to_one
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.nearest import there_is_no
from mockserver.pointers import escape
from mockserver.resources.execution_modes import ORGANIZATION, settle, with_pool
from mockserver.world import clock, ids
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind, Values, View
from mockserver.world.naming import by_name
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, Relation, State

TRIAL = timedelta(days=30)
OWNERS = {"name": "owners"}
MEMBERS = ("users", "teams")
MEMBERSHIPS = "organization-memberships"
DEFAULT_PROJECT = ("default-project", "organizations")
FIRST_PROJECT = "Default Project"


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
    reply = create_record(call)
    record = reply.data
    assert reply.state is not None
    assert isinstance(record, Record)
    state, team = call.create(call.kinds["teams"], reply.state, (record.key,), OWNERS)
    state = state.link(team.key, MEMBERS, [call.caller.record.key])
    if projects := call.kinds.get("projects"):
        state, project = call.create(projects, state, (record.key,), {"name": FIRST_PROJECT})
        state = state.link(record.key, DEFAULT_PROJECT, [project.key])
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
        _default_project(seeding, entry, pointer, record)
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


def _default_project(seeding: Seeding, entry: Any, pointer: str, record: Record) -> None:
    """That of a new organization, with the name and id of the entry that says that it is."""
    if (kind := seeding.kinds.get("projects")) is None:
        return
    given = (one for one in entry.get("projects", ()) if one.get("default"))
    said: Values = next(given, {})
    values, place = {"name": said.get("name", FIRST_PROJECT)}, f"{pointer}/projects"
    if project := seeding.create(kind, (record.key,), values, place, id=said.get("id")):
        seeding.state = seeding.state.link(record.key, DEFAULT_PROJECT, [project.key])


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


# August 2026


def external_id(values: Values, facts: Facts, now: str) -> str:
    """An opaque id that a new name does not change."""
    return f"org-{ids.code(0, values['name'], values['created-at'])}"


def search_organizations(call: Call) -> Reply:
    """Those that the caller belongs to and whose name or e-mail address holds what is asked for."""
    both, name, email = (
        str(call.query.get(asked, "")).casefold() for asked in ("q", "q[name]", "q[email]")
    )

    def wanted(record: Record) -> bool:
        own, address = record["name"].casefold(), record["email"].casefold()
        return (both in own or both in address) and name in own and email in address

    records = (call.state.get(item[-1]) for item in call.state.list(ROOT, "organizations"))
    seen = [r.key for r in records if wanted(r) and call.may("read-organization", r)]
    return Reply(data=listed(call, seen))


def create_with_membership(call: Call) -> Reply:
    """The creator is a member, not only one of the team `owners`."""
    reply = create_organization(call)
    record = reply.data
    assert reply.state is not None
    assert isinstance(record, Record)
    owners = record.key, call.caller.record.key
    state, _ = call.create(call.kinds[MEMBERSHIPS], reply.state, owners, {})
    return Reply(state=state, data=record)


def seed_with_memberships(
    seeding: Seeding, entry: Any, pointer: str, owner: Record | None
) -> Record | None:
    """Owners are members, as an entry among the memberships says it."""
    record = seed(seeding, entry, pointer, owner)
    team = seeding.state.find("teams", record.key, OWNERS["name"]) if record else None
    invite = seeding.kinds[MEMBERSHIPS].seed
    assert invite is not None
    for key in seeding.state.members(team.key, MEMBERS) if team else ():
        user = seeding.state.get(key)
        own = (user.id, user["username"])
        said = (one for one in entry.get(MEMBERSHIPS, ()) if one["user"] in own)
        invite(seeding, next(said, {"user": user.id}), f"{pointer}/owners", record)
    return record


def to_entitlement_set(view: View, record: Record) -> dict[str, Any]:
    return {
        "data": {"type": "entitlement-sets", "id": record["external-id"]},
        "links": {"related": f"/api/v2/organizations/{record.id}/entitlement-set"},
    }


def update_organization(call: Call) -> Reply:
    """With the agent pool that runs take where nothing else says so."""
    reply = update_record(call)
    assert isinstance(reply.data, Record)
    assert reply.state is not None
    return replace(reply, state=with_pool(call, ORGANIZATION, reply.state, reply.data))


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    return settle(call, ORGANIZATION, attributes, record)


def one(relation: Relation) -> Callable[[View, Record], dict[str, Any]]:
    """A relationship to the one member of a relation, or to none."""
    return lambda view, record: to_one(next(iter(view.members(record, relation)), None))


def closed_to_users(view: View, record: Record) -> str | None:
    """User tokens are taken where the organization says so; those of teams and its own always are."""
    if record["user-tokens-enabled"] or view.caller.record.kind != "users":
        return None
    return (
        f"{view.caller.name} may not use a user token in {record.id}: its user-tokens-enabled is "
        "false (a token of a team or of the organization is taken)"
    )


TODAY = replace(
    KIND,
    settled=settled,
    closed=closed_to_users,
    depends=lambda view, record: (view.granted(record), view.state.relations(record.key)),
    related=dict.fromkeys(
        ("default-project", "default_project"),
        lambda view, record: view.members(record, DEFAULT_PROJECT),
    ),
    made={
        **{name: made for name, made in KIND.made.items() if name != "enterprise-plan"},
        "external-id": external_id,
        "trial-expires-at": None,
        "plan-expires-at": None,
        "plan-identifier": "business",
    },
    computed={
        **KIND.computed,
        "plan-expired": False,
        "plan-is-trial": False,
        "plan-is-enterprise": False,
        "fair-run-queuing-enabled": True,
        "is-unified": False,
        "is-in-degraded-mode": False,
        "global-module-sharing": False,
        "global-provider-sharing": False,
        "remaining-testable-count": 100,
        "max-ttl-enabled": False,
        "two-factor-conformant": False,
    },
    relationships={
        "default-agent-pool": one(ORGANIZATION.pool),
        "default-project": one(DEFAULT_PROJECT),
        "entitlement-set": to_entitlement_set,
    },
    operations={
        **KIND.operations,
        "list-organizations": (search_organizations, "use-api"),
        "create-organization": (create_with_membership, "create-organization"),
        "update-organization": (update_organization, "own-organization"),
    },
    seed=seed_with_memberships,
    permissions={
        **KIND.permissions,
        **dict.fromkeys(
            (
                "can-access-via-teams",
                "can-enable-stacks",
                "can-manage-assessments",
                "can-manage-auditing",
                "can-manage-sso",
                "can-manage-subscription",
                "can-update-hyok-configuration",
                "can-view-authentication",
                "can-view-usage",
            ),
            "own-organization",
        ),
        **dict.fromkeys(
            ("can-read-assessments", "can-view-explorer", "can-view-hyok-feature-info"),
            "read-organization",
        ),
        **dict.fromkeys(
            (
                "can-create-module",
                "can-deploy-no-code-modules",
                "can-manage-no-code-modules",
                "can-manage-org-public-modules",
                "can-manage-public-modules",
            ),
            "manage-modules",
        ),
        **dict.fromkeys(
            (
                "can-create-provider",
                "can-manage-custom-providers",
                "can-manage-org-public-providers",
                "can-manage-public-providers",
            ),
            "manage-providers",
        ),
        "can-create-project": "create-project",
        "can-manage-run-tasks": "manage-run-tasks",
        "can-manage-tags": "create-workspace",
        "can-manage-users": "manage-membership",
        "can-manage-varsets": "create-workspace",
        "can-read-policies": "manage-policies",
        "can-read-run-tasks": "read-organization",
        "can-read-varsets": "read-organization",
        "can-update-agent-pools": "manage-agent-pools",
        "can-update-authentication-token": "manage-organization-token",
        "can-update-ssh-keys": "use-ssh-keys",
        "can-view-users": "manage-membership",
    },
)
EDITIONS = {"2026-08": TODAY}
