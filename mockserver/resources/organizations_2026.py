"""Organizations of August 2026: projects, members by invitation, agent pools, what a plan includes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import update_record
from mockserver.jsonapi.identifiers import to_one
from mockserver.jsonapi.pagination import listed
from mockserver.resources import data_retention_policies
from mockserver.resources.default_projects import DEFAULT
from mockserver.resources.execution_modes import ORGANIZATION, settle, with_pool
from mockserver.resources.organizations import KIND as BEFORE
from mockserver.resources.organizations import (
    MEMBERS,
    MEMBERSHIPS,
    OWNERS,
    create_organization,
    seed,
)
from mockserver.world import ids
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.kinds import Values
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, Relation
from mockserver.world.view import View


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
    state, record = create_organization(call).written
    owners = record.key, call.caller.record.key
    state, _ = call.create(call.kinds[MEMBERSHIPS], state, owners, {})
    return Reply(state=state, data=record)


def seed_with_memberships(
    seeding: Seeding, entry: Any, pointer: str, owner: Record | None
) -> Record | None:
    """Owners are members; those that have an entry among the memberships get in by it, in its place."""
    record = seed(seeding, entry, pointer, owner)
    team = seeding.state.find("teams", record.key, OWNERS["name"]) if record else None
    invite = seeding.kinds[MEMBERSHIPS].seed
    assert invite is not None
    said = {one["user"] for one in entry.get(MEMBERSHIPS, ())}
    for key in seeding.state.members(team.key, MEMBERS) if team else ():
        user = seeding.state.get(key)
        if said.isdisjoint((user.id, user["username"])):
            invite(seeding, {"user": user.id}, f"{pointer}/owners", record)
    return record


def to_entitlement_set(view: View, record: Record) -> dict[str, Any]:
    return {
        "data": {"type": "entitlement-sets", "id": record["external-id"]},
        "links": {"related": f"/api/v2/organizations/{record.id}/entitlement-set"},
    }


def update_organization(call: Call) -> Reply:
    """With the agent pool that runs take where nothing else says so."""
    state, record = update_record(call).written
    return Reply(state=with_pool(call, ORGANIZATION, state, record), data=record)


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
        "false (a token of a team or of the organization is taken; only owners can undo it: make a "
        "token of their team with the organization's, and PATCH the organization with that)"
    )


TODAY = replace(
    BEFORE,
    settled=settled,
    closed=closed_to_users,
    depends=lambda view, record: (view.granted(record), view.state.relations(record.key)),
    related=dict.fromkeys(
        ("default-project", "default_project"),
        lambda view, record: view.members(record, DEFAULT),
    ),
    made={
        **{name: made for name, made in BEFORE.made.items() if name != "enterprise-plan"},
        "external-id": external_id,
        "trial-expires-at": None,
        "plan-expires-at": None,
        "plan-identifier": "business",
        **data_retention_policies.MADE,
    },
    computed={
        **BEFORE.computed,
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
        "data-retention-policy": data_retention_policies.to_policy,
        "default-agent-pool": one(ORGANIZATION.pool),
        "default-project": one(DEFAULT),
        "entitlement-set": to_entitlement_set,
    },
    operations={
        **BEFORE.operations,
        "list-organizations": (search_organizations, "use-api"),
        "create-organization": (create_with_membership, "create-organization"),
        "update-organization": (update_organization, "own-organization"),
        **data_retention_policies.operations(
            "organization", "read-organization", "own-organization"
        ),
    },
    entry={
        **BEFORE.entry,
        "properties": {**BEFORE.entry["properties"], **data_retention_policies.ENTRY},
    },
    seed=seed_with_memberships,
    permissions={
        **BEFORE.permissions,
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
