"""Teams: groups of users within an organization, each with its rights across it.

Source: teams.html, permissions.html#organization-level-permissions, teams (users' guide);
go-tfe v0.3.19 team.go (PATCH). Membership and what it grants: `team_members.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.jsonapi.identifiers import members, to_many
from mockserver.jsonapi.names import refuse_taken
from mockserver.jsonapi.pages import whole
from mockserver.resources import team_members
from mockserver.resources.permissions import organization_of
from mockserver.resources.team_members import ACCESS, MANAGE, MEMBERS, OWNERS, manages
from mockserver.world.access import Rule
from mockserver.world.calls import Call, Reply, View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.problems import Problem, invalid
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

find = by_id("teams", str.casefold)


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """Unique in the organization without regard to case (decision, as workspaces: recorded)."""
    return (("teams", owners[0], values["name"].casefold()),)


# who may do what


def sees(view: View, record: Record | None) -> bool:
    assert record is not None
    return manages(view, record) or record.key in view.reached("teams", view.owner(record))


READ = Rule(
    "owners and the organization's token see every team, others the teams they belong to",
    "users-teams-organizations/teams.html#managing-teams",
    sees,
)
LIST = Rule(
    "members of the organization, by a user's or a team's token, and the organization's token",
    "users-teams-organizations/teams.html#managing-teams",
    lambda view, record: view.can(organization_of(view, record), "member", "organization-token"),
)


# what is shown


def show(view: View, record: Record) -> dict[str, Any]:
    manager = manages(view, record)
    return {
        "id": record.id,
        "type": "teams",
        "attributes": {
            "name": record["name"],
            "users-count": len(view.state.members(record.key, MEMBERS)),
            "organization-access": dict(record["organization-access"]),
            "permissions": {
                "can-update-membership": manager,
                "can-destroy": manager and record["name"] != OWNERS,
                "can-update-organization-access": manager and record["name"] != OWNERS,
            },
        },
        "relationships": {
            "users": to_many(members(view, record, MEMBERS)),
            "authentication-token": {"meta": {}},
        },
        "links": {"self": f"/api/v2/teams/{record.id}"},
    }


# operations


def list_teams(call: Call) -> Reply:
    """Every team by name for who manages them; for others those they belong to."""
    organization = call.record
    items = call.state.list(organization.key, "teams")
    if manages(call, organization):
        return Reply(200, data=whole(call, (item[-1] for item in items)))
    own = (call.state.get(key) for key in call.reached("teams", organization))
    return Reply(200, data=whole(call, (key for *_, key in sorted((*t.sort, t.key) for t in own))))


def show_team(call: Call) -> Reply:
    return Reply(200, data=call.record)


def create_team(call: Call) -> Reply:
    """Without members; answers 200 (page)."""
    organization, attributes = call.record, call.attributes
    refuse_taken(call, KIND, (organization.key,), attributes)
    state, record = call.create(KIND, call.state, (organization.key,), attributes)
    return Reply(200, state, record)


def update_team(call: Call) -> Reply:
    """Rights that are left out stay (suite). `owners` keeps its name and its rights (decision)."""
    record, attributes = call.record, call.attributes
    changes = dict(attributes)
    if "organization-access" in attributes:
        access = {**record["organization-access"], **attributes["organization-access"]}
        changes["organization-access"] = access
    if record["name"] == OWNERS:
        _refuse_owners(changes)
    if "name" in attributes:
        refuse_taken(call, KIND, (record.owner,), attributes, record)
    state, changed = call.change(KIND, call.state, record, changes)
    return Reply(200, state, changed)


def delete_team(call: Call) -> Reply:
    """Its token and its access to workspaces go too; its members stay (decision)."""
    record = call.record
    if record["name"] == OWNERS:
        raise _owners("The owners team cannot be deleted", "", "no such request")
    return Reply(204, call.state.remove(record.key))


def _refuse_owners(changes: Mapping[str, Any]) -> None:
    if changes.get("name", OWNERS) != OWNERS:
        raise _owners("The owners team cannot be renamed", "data.attributes.name", f'"{OWNERS}"')
    for name, on in changes.get("organization-access", {}).items():
        if not on:
            path = f"data.attributes.organization-access.{name}"
            raise _owners("The owners team has every right in the organization", path, "true")


def _owners(detail: str, path: str, expected: str) -> Problem:
    return invalid(
        detail,
        "/" + path.replace(".", "/") if path else None,
        fact=f"every organization has a team named {OWNERS}, with full access",
        expected=expected,
        key_path=path,
        source="users-teams-organizations/teams.html#the-owners-team (status: decision)",
        hint=f"Leave {OWNERS} as it is; make another team for other names and rights.",
    )


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """Every organization has `owners` already: an entry for it adds members."""
    assert owner is not None
    said = entry.get("organization-access", {})
    record: Record | None
    if entry["name"] == OWNERS:
        record = seeding.state.find("teams", owner.key, OWNERS)
        for name in (name for name, on in said.items() if not on):
            place = f"{pointer}/organization-access/{name}"
            seeding.fault(place, f"the team {OWNERS} has every right in its organization")
    else:
        values = {"name": entry["name"], "organization-access": dict.fromkeys(ACCESS, False) | said}
        record = seeding.create(KIND, (owner.key,), values, pointer, id=entry.get("id"))
    if record is None:
        return None
    for at, username in enumerate(entry.get("members", ())):
        user = seeding.named("users", username, f"{pointer}/members/{at}")
        if user:
            seeding.state = seeding.state.link(record.key, MEMBERS, [user.key])
    return record


def dump(state: State, record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record["name"],
        "organization-access": dict(record["organization-access"]),
        "members": [state.get(key)["username"] for key in state.members(record.key, MEMBERS)],
    }


def invariants(view: View, record: Record) -> Iterable[str]:
    """`owners` is never empty, and never without a right."""
    if record["name"] == OWNERS:
        if not len(view.state.members(record.key, MEMBERS)):
            yield f"{record.id}, the team {OWNERS} of {view.owner(record).id}, is empty"
        if not all(record["organization-access"].values()):
            yield f"{record.id}, the team {OWNERS} of {view.owner(record).id}, lacks a right"


KIND = Kind(
    type="teams",
    page="teams",
    prefix="team",
    names=names,
    sort=lambda values, key: (values["name"],),
    find=find,
    show=show,
    related={"users": lambda view, record: members(view, record, MEMBERS)},
    operations={
        "list-teams": (list_teams, LIST),
        "create-team": (create_team, MANAGE),
        "show-team-information": (show_team, READ),
        "update-team": (update_team, MANAGE),
        "delete-team": (delete_team, MANAGE),
        **team_members.OPERATIONS,
    },
    read=READ,
    grants=team_members.grants,
    reach=team_members.reach,
    invariants=invariants,
    within="organizations",
    member="teams",
    refers=("users",),
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
