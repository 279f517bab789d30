"""Teams: groups of users within an organization, each with its rights across it.

Membership and what it grants: `team_members.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.jsonapi import resources
from mockserver.jsonapi.handlers import create_record, delete_record, show_record, update_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.resources import team_members
from mockserver.resources.team_members import GRANTS, MANAGE, MEMBERS, OWNERS
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind, To, Values
from mockserver.world.naming import by_id, by_name, unique_name
from mockserver.world.problems import Problem, invalid
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record
from mockserver.world.view import View


def access(values: Values, facts: Facts, now: str) -> dict[str, bool]:
    """What members may do in the organization where nobody says: all for `owners`, else nothing."""
    said = facts.attributes.get("teams", {}).get("organization-access")
    return dict.fromkeys(said.schema["properties"] if said else (), values["name"] == OWNERS)


# what is shown


def permissions(view: View, record: Record) -> dict[str, bool]:
    """Nobody may take from `owners` what it is."""
    ordinary = record["name"] != OWNERS
    shown = resources.permissions(view, record)
    return {
        name: may and (ordinary or name == "can-update-membership") for name, may in shown.items()
    }


# operations


def list_teams(call: Call) -> Reply:
    """Every team by name for who manages them; for others those they belong to."""
    organization = call.record
    items = call.state.list(organization.key, "teams")
    if call.may(MANAGE, organization):
        return Reply(data=listed(call, (item[-1] for item in items)))
    own = (call.state.get(key) for key in call.reached("teams", organization))
    return Reply(data=listed(call, (key for *_, key in sorted((*t.sort, t.key) for t in own))))


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """Rights that are left out stay (suite). `owners` keeps its name and its rights (decision)."""
    if record and "organization-access" in attributes:
        access = {**record["organization-access"], **attributes["organization-access"]}
        attributes["organization-access"] = access
    if record and record["name"] == OWNERS:
        _refuse_owners(attributes)
    return attributes


def delete_team(call: Call) -> Reply:
    """Its token and its access to workspaces go too; its members stay (decision)."""
    if call.record["name"] == OWNERS:
        raise _owners("The owners team cannot be deleted", "", "no such request")
    return delete_record(call)


def _refuse_owners(changes: Mapping[str, Any]) -> None:
    if changes.get("name", OWNERS) != OWNERS:
        raise _owners("The owners team cannot be renamed", "/data/attributes/name", f'"{OWNERS}"')
    for name, on in changes.get("organization-access", {}).items():
        if not on:
            pointer = f"/data/attributes/organization-access/{name}"
            raise _owners("The owners team has every right in the organization", pointer, "true")


def _owners(detail: str, pointer: str, expected: str) -> Problem:
    return invalid(
        detail,
        pointer or None,
        fact=f"every organization has a team named {OWNERS}, with full access",
        expected=expected,
        source="owners-team",
        hint=f"Leave {OWNERS} as it is; make another team for other names and rights.",
    )


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """Every organization has `owners` already: an entry for it adds members."""
    assert owner is not None
    kind, said = seeding.kinds["teams"], entry.get("organization-access", {})
    if entry["name"] != OWNERS:
        whole = access(entry, seeding.facts, seeding.now) | said
        return seeding.record(kind, entry, pointer, owner, {"organization-access": whole})
    for name in (name for name, on in said.items() if not on):
        place = f"{pointer}/organization-access/{name}"
        seeding.fault(place, f"the team {OWNERS} has every right in its organization")
    record = seeding.state.find("teams", owner.key, OWNERS)
    if record:
        if record.key not in seeding.places:
            seeding.meet(kind, record, entry, pointer)
        else:
            values = seeding.values(kind, entry)
            values.pop("organization-access", None)
            record = seeding.change(kind, record, values)
        seeding.join(kind, record, entry, pointer, owner)
    return record


KIND = Kind(
    type="teams",
    prefix="team",
    # unique in the organization without regard to case (decision, as workspaces: recorded)
    names=unique_name("teams", str.casefold),
    sort=by_name,
    title="name",
    find=by_id("teams", str.casefold),
    made={"organization-access": access},
    relations={"users": To("users", MEMBERS, entry="members", counted="users-count")},
    settled=settled,
    show=resource,
    computed={"permissions": permissions},
    relationships={"authentication-token": lambda view, record: {"meta": {}}},
    operations={
        "list-teams": (list_teams, "list-teams"),
        "create-team": (create_record, MANAGE),
        "show-team-information": (show_record, "read-team"),
        "update-team": (update_record, MANAGE),
        "delete-team": (delete_team, MANAGE),
        **team_members.OPERATIONS,
    },
    read="read-team",
    permissions=dict.fromkeys(
        ("can-update-membership", "can-destroy", "can-update-organization-access"), MANAGE
    ),
    grants=GRANTS,
    reach=team_members.reach,
    within="organizations",
    about="Teams; every organization has owners, and an entry can give its id and more members.",
    member="teams",
    seed=seed,
    entry={
        "properties": {
            "organization-access": {
                "required": [],
                "description": "What members may do across the organization; false where omitted, "
                "all true for owners.",
            }
        }
    },
)
