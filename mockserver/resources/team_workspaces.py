"""Team access: what a team may do in one workspace. Its type is `team-workspaces`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from mockserver.world.state import Record
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


def reach(view: View, type: str, within: Record) -> Iterable[int]:
    """The workspaces in which the caller's teams have access."""
    return places(view, TYPE, within) if type == "workspaces" else ()


# what is shown


def to_workspace(view: View, record: Record) -> dict[str, Any]:
    workspace = view.owner(record)
    path = f"/api/v2/organizations/{view.owner(workspace).id}/workspaces/{workspace['name']}"
    return {"data": identifier(workspace), "links": {"related": path}}


KIND = replace(
    access_kind(TYPE, PLACE, LEVELS, to_workspace),
    operations={
        "list-team-access-to-workspaces": (list_of(PLACE), READ),
        "add-team-access-to-workspace": (add_to(PLACE), MANAGE),
        "show-team-access-to-workspace": (show_record, READ),
        "remove-team-access-to-workspace": (delete_record, MANAGE),
    },
    read=READ,
    grants={"workspaces": grants},
    reach=reach,
)


# August 2026: levels in detail, and one of one's own


LIST = "read-workspace"
TODAYS = PLACE._replace(read=LIST)


def grants_today(view: View, record: Record) -> Iterator[str]:
    for access in accesses(view, TYPE, record):
        yield from access_levels.words(access["access"], access.values, "workspace-locking")


def administers(view: View, access: Record) -> bool:
    return bool(access["access"] == "admin")


TODAY = replace(
    KIND,
    prefix="tws",
    made=access_levels.made(access_levels.WORKSPACE),
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
    sought={"organizations": {"administers-a-workspace": some(TYPE, administers)}},
)
EDITIONS = {"2026-08": TODAY}
