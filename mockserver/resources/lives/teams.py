"""The life of teams and their members. Source: teams.html, team-members.html; go-tfe v0.3.19."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.world.lives import (
    Change,
    Known,
    Life,
    Play,
    Resource,
    attribute,
    body,
    chosen,
    counted,
    linked,
)

PAGE = "teams.html"
MEMBERS = "team-members.html"
OWNERS = "users-teams-organizations/teams.html#the-owners-team (status: decision)"


def document(play: Play, name: str, **about: Any) -> Any:
    return body("teams", {"name": name, "organization-access": {"manage-policies": True}})


def changes(play: Play) -> Sequence[Change]:
    """A right that is left out stays; a name may have spaces here."""
    return (
        Change({"organization-access": {"manage-workspaces": True}}),
        Change({}),
        Change({"organization-access": {"manage-policies": False}}),
        Change({"name": play.name("renamed")}),
    )


def play(stage: Play, record: Resource) -> None:
    _members(stage, record)
    _owners(stage)


def _members(stage: Play, record: Resource) -> None:
    """Members are named by username; the linkage names their ids."""
    user = stage.call("get-your-account-details").data
    name = attribute(user, "username")
    if not isinstance(name, str):
        return
    named = {"data": [{"type": "users", "id": name}]}
    users = "/relationships/users/data"
    added = stage.call("add-user-to-team", named, of=record)
    source = f"{MEMBERS}#add-a-user-to-team"
    stage.effect(added, (record, {users: [user]}), why="a member was added", source=source)
    stranger = {"data": [{"type": "users", "id": stage.name("nobody")}]}
    why = "a username that nobody has"
    stage.refused(422, "add-user-to-team", stranger, of=record, why=why, source=source)
    removed = stage.call("delete-user-from-team", named, of=record)
    source = f"{MEMBERS}#delete-a-user-from-team"
    stage.effect(removed, (record, {users: []}), why="a member was removed", source=source)


def _owners(stage: Play) -> None:
    """`owners` of an organization of verification's own can be neither deleted nor renamed."""
    organization = stage.need("organizations")
    teams = stage.call("list-teams", of=organization).data
    for team in teams if isinstance(teams, list) else []:
        if attribute(team, "name") == "owners" and isinstance(team.get("id"), str):
            why = "the team owners and its end"
            stage.refused(422, "delete-team", of=team, why=why, source=OWNERS)
            other = body("teams", {"name": stage.name("usurper")})
            stage.refused(422, "update-team", other, of=team, why="owners renamed", source=OWNERS)


def entry(resource: Resource, known: Known) -> Any:
    """Members by username; every organization has `owners` already."""
    made = chosen(resource, "name")
    if made.get("name") != "owners":
        made |= chosen(resource, "organization-access")
    users = (known("users", id) for id in linked(resource, "users") or ())
    names = (attribute(user, "username") for user in users if user)
    return made | {"members": [name for name in names if isinstance(name, str)]}


LIFE = Life(
    create="create-team",
    shows=("show-team-information",),
    list="list-teams",
    updates=("update-team",),
    removes=("delete-team",),
    document=document,
    unique={"name": f"{PAGE}#create-a-team: unique in the organization"},
    changes=changes,
    laws=(counted("users-count", "users", f"{PAGE}#create-a-team"),),
    play=play,
    entry=entry,
)
