"""Team access: what a team may do in one workspace. Its type is `team-workspaces`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import delete_record, show_record, update_record
from mockserver.jsonapi.identifiers import identifier
from mockserver.jsonapi.resources import resource
from mockserver.resources import access_levels
from mockserver.resources.team_access import (
    Place,
    accesses,
    add_to,
    list_of,
    names,
    own,
    seed_of,
    teams_of_caller,
    to_team,
)
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id
from mockserver.world.state import Record, State
from mockserver.world.view import View

TYPE = "team-workspaces"
LEVELS = ("read", "plan", "write", "admin")
"""Each including those before it."""
READ, MANAGE = "read-team-access", "manage-team-access"
PLACE = Place("workspace", "workspaces", READ, MANAGE)


# who may do what


def grants(view: View, record: Record) -> Iterator[str]:
    """In a workspace: the levels that the caller's teams have there."""
    for access in accesses(view, TYPE, record):
        yield access["access"]


def reach(view: View, type: str, within: Record) -> Iterator[int]:
    """The workspaces in which the caller's teams have access."""
    if type != "workspaces":
        return
    for team in teams_of_caller(view, within):
        for item in view.state.list(team, TYPE):
            yield view.state.get(item[-1]).owner


# what is shown


def to_workspace(view: View, record: Record) -> dict[str, Any]:
    workspace = view.owner(record)
    path = f"/api/v2/organizations/{view.owner(workspace).id}/workspaces/{workspace['name']}"
    return {"data": identifier(workspace), "links": {"related": path}}


def dump(state: State, record: Record, entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return state.get(record.owners[1])["name"], entry


KIND = Kind(
    type=TYPE,
    names=names(TYPE),
    find=by_id(TYPE),
    show=resource,
    relationships={"team": to_team, "workspace": to_workspace},
    operations={
        "list-team-access-to-workspaces": (list_of(PLACE), READ),
        "add-team-access-to-workspace": (add_to(PLACE), MANAGE),
        "show-team-access-to-workspace": (show_record, READ),
        "remove-team-access-to-workspace": (delete_record, MANAGE),
    },
    read=READ,
    grants={"workspaces": grants},
    reach=reach,
    within="workspaces",
    about='What teams may do in it: the level by the team\'s name, e.g. {"platform": "read"}.',
    member="team-access",
    refers=("teams",),
    mapping=True,
    seed=seed_of(PLACE, TYPE),
    dump=dump,
    entry={"type": ["string", "object"], "pattern": f"^({'|'.join(LEVELS)})$"},
)


# August 2026: levels in detail, and one of one's own


LIST = "read-workspace"
TODAYS = replace(PLACE, read=LIST)


def grants_today(view: View, record: Record) -> Iterator[str]:
    for access in accesses(view, TYPE, record):
        yield from access_levels.words(access["access"], access.values, "workspace-locking")


def administers_one(view: View, organization: Record) -> bool:
    """Whether a team of the caller's has the level admin in some workspace."""
    return any(
        view.state.get(item[-1])["access"] == "admin"
        for team in teams_of_caller(view, organization)
        for item in view.state.list(team, TYPE)
    )


TODAY = replace(
    KIND,
    prefix="tws",
    settled=access_levels.settled(access_levels.WORKSPACE),
    operations={
        **KIND.operations,
        "list-team-access-to-workspaces": (list_of(TODAYS), LIST),
        "add-team-access-to-workspace": (add_to(TODAYS), MANAGE),
        "update-team-access-to-workspace": (update_record, MANAGE),
    },
    grants={
        "workspaces": grants_today,
        TYPE: lambda view, record: ("own-access",) if own(view, record) else (),
    },
    sought={"organizations": {"administers-a-workspace": administers_one}},
    entry={"type": ["string", "object"], "pattern": f"^({'|'.join(LEVELS)})$"},
)
EDITIONS = {"2026-08": TODAY}
