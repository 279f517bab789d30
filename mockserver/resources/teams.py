"""Teams: groups of users within an organization, and what membership grants there.

Source: teams.html, permissions.html#organization-level-permissions, teams (users' guide).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.jsonapi.identifiers import members, to_many
from mockserver.world.access import Rule
from mockserver.world.calls import View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

OWNERS = "owners"
MEMBERS = ("users", "teams")
ACCESS = ("manage-policies", "manage-workspaces", "manage-vcs-settings")


find = by_id("teams", str.casefold)


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return (("teams", owners[0], values["name"].casefold()),)


def teams_of(view: View, organization: Record) -> Iterator[Record]:
    """The teams of an organization that the caller belongs to: his own, or the one he is."""
    subject = view.caller.record
    if subject.kind == "teams":
        if subject.owner == organization.key:
            yield subject
        return
    if subject.kind != "users":
        return
    owners = view.state.find("teams", organization.key, OWNERS)
    if owners and subject.key in view.state.members(owners.key, MEMBERS):
        yield owners  # first, and without a look at the others: an owner may do everything
        return
    for key in view.state.members(subject.key, (MEMBERS[1], MEMBERS[0])):
        team = view.state.get(key)
        if team.owner == organization.key:
            yield team


def grants(view: View, record: Record) -> Iterator[str]:
    """In an organization: `member`, `owner`, and what the organization access of teams allows."""
    if record.kind != "organizations":
        return
    for team in teams_of(view, record):
        yield "member"
        if team["name"] == OWNERS:
            yield "owner"
        yield from (name for name in ACCESS if team["organization-access"][name])


def reach(view: View, type: str, within: Record) -> Iterable[int]:
    """Teams that the caller belongs to: he sees these, owners see all."""
    return (team.key for team in teams_of(view, within)) if type == "teams" else ()


def sees(view: View, record: Record | None) -> bool:
    assert record is not None
    organization = view.owner(record)
    if view.can(organization, "owner", "organization-token"):
        return True
    return any(team.key == record.key for team in teams_of(view, organization))


READ = Rule(
    "owners and the organization's token see every team, others the teams they belong to",
    "users-teams-organizations/teams.html#managing-teams",
    sees,
)


def show(view: View, record: Record) -> dict[str, Any]:
    owner = view.can(view.owner(record), "owner", "organization-token")
    return {
        "id": record.id,
        "type": "teams",
        "attributes": {
            "name": record["name"],
            "users-count": len(view.state.members(record.key, MEMBERS)),
            "organization-access": dict(record["organization-access"]),
            "permissions": {
                "can-update-membership": owner,
                "can-destroy": owner and record["name"] != OWNERS,
                "can-update-organization-access": owner and record["name"] != OWNERS,
            },
        },
        "relationships": {"users": to_many(members(view, record, MEMBERS))},
        "links": {"self": f"/api/v2/teams/{record.id}"},
    }


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    assert owner is not None
    existing = seeding.state.find("teams", owner.key, OWNERS)
    access = dict.fromkeys(ACCESS, False) | entry.get("organization-access", {})
    if entry["name"] == OWNERS and existing:  # every organization has it: an entry adds to it
        record: Record | None = existing
    else:
        if entry["name"] == OWNERS:
            access = dict.fromkeys(ACCESS, True)
        record = seeding.create(
            KIND,
            (owner.key,),
            {"name": entry["name"], "organization-access": access},
            pointer,
            id=entry.get("id"),
        )
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


KIND = Kind(
    type="teams",
    page="teams",
    prefix="team",
    names=names,
    sort=lambda values, key: (values["name"],),
    find=find,
    show=show,
    related={"users": lambda view, record: members(view, record, MEMBERS)},
    read=READ,
    grants=grants,
    reach=reach,
    within="organizations",
    member="teams",
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
