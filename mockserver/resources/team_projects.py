"""Project team access: what a team may do in a project and its workspaces. Of August 2026."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import delete_record, show_record, update_record
from mockserver.jsonapi.identifiers import identifier
from mockserver.resources import access_levels
from mockserver.resources.access_of_caller import accesses, own, places, some
from mockserver.resources.team_access import (
    Place,
    access_kind,
    add_to,
    list_of,
)
from mockserver.resources.workspace_moves import IN_PROJECT, OF_PROJECT
from mockserver.world.state import Record
from mockserver.world.view import View

TYPE = "team-projects"
LEVELS = ("read", "write", "maintain", "admin")
IN_WORKSPACE = {"read": "read", "write": "write", "maintain": "admin", "admin": "admin"}
"""What a level of a project is in its workspaces (permissions page)."""
LIST, READ = "read-project", "read-project-access"
MANAGE, CHANGE = "manage-project-access", "change-project-access"
PLACE = Place("project", "projects", LIST, MANAGE)


# who may do what


def in_project(view: View, record: Record) -> Iterator[str]:
    for access in accesses(view, TYPE, record):
        if access["access"] != access_levels.CUSTOM:
            yield f"project-{access['access']}"
            continue
        yield "project-read"
        allowed, workspaces = access["project-access"], access["workspace-access"]
        if allowed["settings"] in ("update", "delete"):
            yield "project-update"
        if allowed["settings"] == "delete":
            yield "project-delete"
        if allowed["teams"] == "manage":
            yield "project-teams"
        yield from (f"project-{name}" for name in ("create", "move") if workspaces[name])


def in_access(view: View, record: Record) -> Iterator[str]:
    """What an access to the project says of the access of teams that the caller can see."""
    if own(view, record):
        yield "own-access"
    if not view.sees(view.state.get(record.owners[1])):
        return
    for access in accesses(view, TYPE, view.owner(record)):
        if access["project-access"]["teams"] in ("read", "manage"):
            yield "seen-access"
        if access["project-access"]["teams"] == "manage":
            yield "managed-access"


def in_workspace(view: View, record: Record) -> Iterator[str]:
    """By the access to the project that it is in."""
    for project in view.members(record, IN_PROJECT):
        for access in accesses(view, TYPE, project):
            level = IN_WORKSPACE.get(access["access"], access_levels.CUSTOM)
            yield from access_levels.words(level, access["workspace-access"], "locking")
            if access["workspace-access"]["delete"]:
                yield "workspace-delete"


def may_create(view: View, access: Record) -> bool:
    return bool(access["workspace-access"]["create"])


def administers(view: View, access: Record) -> bool:
    """Whether it makes an admin of the workspaces of its project, of which there are some."""
    level = IN_WORKSPACE.get(access["access"])
    return level == "admin" and len(view.state.members(access.owner, OF_PROJECT)) > 0


def reach(view: View, type: str, within: Record) -> Iterator[int]:
    """The projects in which the caller's teams have access, and the workspaces in them."""
    if type == "projects":
        yield from places(view, TYPE, within)
    elif type == "workspaces":
        for project in places(view, TYPE, within):
            yield from view.state.members(project, OF_PROJECT)


# what is shown


def to_project(view: View, record: Record) -> dict[str, Any]:
    project = view.owner(record)
    return {"data": identifier(project), "links": {"related": f"/api/v2/projects/{project.id}"}}


COMMON = access_kind(TYPE, PLACE, LEVELS, to_project)
TODAY = replace(
    COMMON,
    prefix="tprj",
    made=access_levels.made(access_levels.PROJECT),
    settled=access_levels.settled(access_levels.PROJECT),
    operations={
        "list-team-access-to-project": (list_of(PLACE), LIST),
        "add-team-access-to-project": (add_to(PLACE), MANAGE),
        "show-team-access-to-project": (show_record, READ),
        "update-team-access-to-project": (update_record, CHANGE),
        "remove-team-access-from-project": (delete_record, CHANGE),
    },
    read=READ,
    grants={"projects": in_project, "workspaces": in_workspace, TYPE: in_access},
    sought={
        "organizations": {
            "creates-workspaces": some(TYPE, may_create),
            "administers-a-workspace": some(TYPE, administers),
        }
    },
    reach=reach,
    entry={
        **COMMON.entry,
        "properties": {"project-access": {"required": []}, "workspace-access": {"required": []}},
    },
)
EDITIONS = {"2026-08": TODAY}
