"""Teams of August 2026: visible or secret, with members by invitation too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.jsonapi import resources
from mockserver.jsonapi.pagination import listed
from mockserver.resources import membership_of_teams, team_visibility
from mockserver.resources.team_members import MANAGE, MEMBERS, OWNERS
from mockserver.resources.teams import KIND as BEFORE
from mockserver.resources.teams import delete_team, seed
from mockserver.world.calls import Call, Reply
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record
from mockserver.world.view import View


def permissions_today(view: View, record: Record) -> dict[str, bool]:
    """`owners` can be neither renamed nor deleted, hidden nor given other rights."""
    shown = resources.permissions(view, record)
    fixed = FIXED if record["name"] == OWNERS else ()
    return {name: may and name not in fixed for name, may in shown.items()}


FIXED = (
    "can-destroy",
    "can-update-name",
    "can-update-organization-access",
    "can-update-visibility",
)


def search_teams(call: Call) -> Reply:
    """Those that the caller may see, by name; `q` and `filter[names]` choose among them."""
    asked = str(call.query.get("q", "")).casefold()
    names = call.query.get("filter[names]")
    wanted = None if names is None else {name.casefold() for name in names.split(",")}
    items = call.state.list(call.record.key, "teams")
    found = (call.state.get(item[-1]) for item in items)
    keys = [
        team.key
        for team in found
        if asked in team["name"].casefold()
        and (wanted is None or team["name"].casefold() in wanted)
        and call.may("read-team", team)
    ]
    return Reply(data=listed(call, keys))


def seed_today(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """Who is in a team is a member of the organization."""
    record = seed(seeding, entry, pointer, owner)
    invite = seeding.kinds["organization-memberships"].seed
    assert invite is not None
    for key in seeding.state.members(record.key, MEMBERS) if record else ():
        invite(seeding, {"user": seeding.state.get(key).id}, f"{pointer}/members", owner)
    return record


def links_of(name: str) -> Any:
    """A relationship that tells only where its records are."""
    return lambda view, record: {"links": {"related": f"/api/v2/teams/{record.id}/{name}"}}


TODAY = replace(
    BEFORE,
    computed={
        "hcp-resource-name": None,
        "is-unified": False,
        "permissions": permissions_today,
        "users-count": membership_of_teams.count,
        "non-service-users-count": membership_of_teams.count,
    },
    relationships={
        "organization": resources.owner,
        "users": membership_of_teams.shown_users,
        "organization-memberships": membership_of_teams.shown_memberships,
        "authentication-token": links_of("authentication-token"),
        "authentication-tokens": links_of("authentication-tokens"),
    },
    related={
        "users": membership_of_teams.active,
        "organization-memberships": membership_of_teams.memberships,
    },
    operations={
        **BEFORE.operations,
        **membership_of_teams.OPERATIONS,
        "list-teams": (search_teams, "read-organization"),
        "create-team": (team_visibility.create, MANAGE),
        "update-team": (
            membership_of_teams.unless_owners(team_visibility.update),
            team_visibility.MANAGE,
        ),
        "delete-team": (delete_team, team_visibility.MANAGE),
    },
    permissions={
        **dict.fromkeys(
            (
                "can-destroy",
                "can-update-visibility",
                "can-update-name",
                "can-update-sso-team-id",
                "can-update-member-token-management",
            ),
            team_visibility.MANAGE,
        ),
        "can-update-membership": "manage-team-members",
        "can-update-organization-access": team_visibility.ACCESS,
        "can-update-api-token": "manage-team-token",
        "can-view-api-token": "manage-team-token",
    },
    grants=membership_of_teams.GRANTS,
    refers=("organization-memberships",),
    seed=seed_today,
)
EDITIONS = {"2026-08": TODAY}
