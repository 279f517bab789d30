"""Projects: what workspaces of an organization stand in; each has one by default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.digits import counted
from mockserver.jsonapi.handlers import create_record, delete_record, show_record, update_record
from mockserver.jsonapi.identifiers import named_records, to_one
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import owner, resource
from mockserver.resources import tag_bindings
from mockserver.resources.execution_modes import (
    ORGANIZATION,
    PROJECT,
    effective,
    settle,
    with_pool,
)
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id, by_name, unique_name
from mockserver.world.problems import Error, Problem, invalid, invalid_item
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import View

WORKSPACES = ("workspaces", "project")
NAME = re.compile(r"[A-Za-z0-9_ -]+", re.ASCII)
OF_WORKSPACE = ("project", "workspaces")
DEFAULT = ("default-project", "organizations")
"""Of an organization: where workspaces go that name no other."""
MOVE = "move-workspaces"


# what is shown


def modes(view: View, record: Record) -> tuple[str, Record | None]:
    return effective(view, record, (PROJECT, record), (ORGANIZATION, view.owner(record)))


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization with its mode and pool, its own relations and how many teams, and what the
    caller may do."""
    organization = view.owner(record)
    return (
        organization.id,
        modes(view, record),
        view.state.relations(record.key),
        len(view.state.list(record.key, "team-projects")),
        view.granted(organization),
        view.granted(record),
    )


# operations


def list_projects(call: Call) -> Reply:
    """Those that the caller may read, by name; `q`, names and tags narrow them."""
    part = str(call.query.get("q", "")).casefold()
    named = str(call.query.get("filter[names]", "")).casefold()
    wanted = {name for name in named.split(",") if name}
    tags = [*tag_bindings.filters(call)]
    every = (call.state.get(item[-1]) for item in call.state.list(call.record.key, "projects"))
    found = [
        record.key
        for record in every
        if part in record["name"].casefold()
        and (not wanted or record["name"].casefold() in wanted)
        and all(tag_bindings.has(record, *tag) for tag in tags)
        and call.sees(record)
        and all(_permitted(call, record, name) for name in ("create-workspace", "update"))
    ]
    return Reply(data=listed(call, found[::-1] if call.query.get("sort") == "-name" else found))


def _permitted(call: Call, record: Record, name: str) -> bool:
    """Whether the caller has a permission that a filter asks for."""
    if call.query.get(f"filter[permissions][{name}]") != "true":
        return True
    return call.may(PROJECTS.permissions[f"can-{name}"], record)


def create_project(call: Call) -> Reply:
    return _whole(call, create_record(call))


def update_project(call: Call) -> Reply:
    return _whole(call, update_record(call))


def _whole(call: Call, reply: Reply) -> Reply:
    """With the agent pool and the tag bindings that the body names."""
    record, state = reply.data, reply.state
    assert isinstance(record, Record)
    assert state is not None
    state = with_pool(call, PROJECT, state, record)
    sent = call.linkage.get("tag-bindings")
    if sent is not None:
        state, record = tag_bindings.replaced(call, PROJECTS, state, record, sent)
    return Reply(state=state, data=record)


def delete_project(call: Call) -> Reply:
    """Neither the default project nor one with workspaces can be deleted."""
    record = call.record
    if len(call.state.members(record.key, (DEFAULT[1], DEFAULT[0]))):
        raise _kept(
            "The default project cannot be deleted",
            fact=f"{record.id} is the default project of {call.owner(record).id}",
            hint="Give it another name, or delete its organization.",
        )
    if count := len(call.state.members(record.key, WORKSPACES)):
        raise _kept(
            "Project cannot be deleted while it has workspaces",
            fact=f"{record.id} has {counted(count, 'workspace')}",
            hint="Move its workspaces to another project first.",
        )
    return delete_record(call)


def _kept(detail: str, *, fact: str, hint: str) -> Exception:
    return invalid(
        detail,
        None,
        fact=fact,
        expected="an empty project that is not the default one",
        source="delete-project",
        hint=hint,
    )


def move_workspaces(call: Call) -> Reply:
    """Into this project, out of those they are in, by who may move workspaces in all of them; all
    or none.
    """
    errors: list[Error] = []
    organization, sent = call.owner(call.record), call.document["data"]
    keys = named_records(call, sent, "workspaces", "/data", organization, errors)
    state, places = call.state, {item["id"]: at for at, item in enumerate(sent)}
    errors += [
        _unmoved(places[record.id], record, left)
        for record in state.several(keys)
        for left in call.members(record, OF_WORKSPACE)
        if not call.may(MOVE, left)
    ]
    if errors:
        raise Problem(403, *(replace(error, title="forbidden") for error in errors))
    for key in keys:
        state = state.unlink(key, OF_WORKSPACE, state.members(key, OF_WORKSPACE))
    return Reply(state=state.link(call.record.key, WORKSPACES, keys))


def _unmoved(at: int, workspace: Record, project: Record) -> Error:
    return invalid_item(
        f"{workspace.id} cannot be moved out of its project",
        f"/data/{at}",
        fact=f"this token may not move workspaces out of {project.id}",
        expected="workspaces of projects that this token may move them out of",
        hint="Ask who administers that project, or leave the workspace out.",
    )


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """A name has few signs; clients read the sentence that says so (suite)."""
    name = attributes.get("name", "name")
    if others := "".join(dict.fromkeys(sign for sign in name if not NAME.fullmatch(sign))):
        raise invalid(
            "Name may only contain letters, numbers, spaces, dashes, and underscores",
            "/data/attributes/name",
            fact=f"data.attributes.name is {name!r}, with {others!r} in it",
            expected="letters, digits, spaces, - and _",
            source="create-project",
            hint=f"Leave out {others!r}.",
        )
    if not name.strip():
        raise invalid(
            "Name can't be blank",
            "/data/attributes/name",
            fact=f"data.attributes.name is {name!r}, spaces alone",
            expected="a name that is not blank",
            source="create-project",
            hint="Send a letter or a digit in it.",
        )
    return settle(call, PROJECT, attributes, record)


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An organization has its default project already: the entry that says `default` is of it."""
    assert owner is not None
    rest = {name: part for name, part in entry.items() if name != "default"}
    default = seeding.state.get(next(iter(seeding.state.members(owner.key, DEFAULT))))
    if entry.get("default"):
        record = seeding.change(PROJECTS, default, seeding.values(PROJECTS, rest))
        seeding.join(PROJECTS, record, rest, pointer, owner)
        return record
    if default.key in seeding.places and (taken := _taken(default, rest)):
        remedy = 'an entry with "default": true describes that one'
        seeding.fault(pointer, f"{taken} is that of the default project {default.id}: {remedy}.")
        return None
    return seeding.record(PROJECTS, rest, pointer, owner)


def _taken(default: Record, entry: Mapping[str, Any]) -> str:
    """What an entry has of a default project that it does not say it is; empty if nothing."""
    if entry.get("id") == default.id:
        return f"The id {default.id!r}"
    name = str(entry["name"])
    return f"The name {name!r}" if name.casefold() == default["name"].casefold() else ""


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    default = len(state.members(record.key, (DEFAULT[1], DEFAULT[0])))
    return {**entry, "default": True} if default else entry


PROJECTS = Kind(
    type="projects",
    prefix="prj",
    names=unique_name("projects", str.casefold),
    shared=tag_bindings.shared("projects"),
    sort=by_name,
    title="name",
    find=by_id("projects", str.casefold),
    made={
        "created-at": lambda values, facts, now: now,
        "default-execution-mode": "remote",
        "setting-overwrites": {"default-execution-mode": False, "default-agent-pool": False},
        "tag-bindings": {},
    },
    settled=settled,
    show=resource,
    computed={
        "is-unified": False,
        "workspace-count": lambda view, record: len(view.state.members(record.key, WORKSPACES)),
        "team-count": lambda view, record: len(view.state.list(record.key, "team-projects")),
        "default-execution-mode": lambda view, record: modes(view, record)[0],
    },
    relationships={
        "organization": owner,
        "default-agent-pool": lambda view, record: to_one(modes(view, record)[1]),
        "tag-bindings": lambda view, record: {
            "links": {"related": f"/api/v2/projects/{record.id}/tag-bindings"}
        },
        "effective-tag-bindings": tag_bindings.to_effective,
    },
    related={"effective_tag_bindings": tag_bindings.inherited},
    depends=depends,
    operations={
        "list-projects": (list_projects, "list-projects"),
        "show-project": (show_record, "read-project"),
        "create-project": (create_project, "create-project"),
        "update-project": (update_project, "update-project"),
        "delete-project": (delete_project, "delete-project"),
        "move-workspaces-into-project": (move_workspaces, MOVE),
        "list-project-tag-bindings": (tag_bindings.list_bindings, "read-project"),
        "add-or-update-tag-bindings-on-project": (tag_bindings.add_bindings, "update-project"),
        "list-project-effective-tag-bindings": (tag_bindings.list_effective, "read-project"),
    },
    read="read-project",
    permissions={
        "can-read": "read-project",
        "can-update": "update-project",
        "can-destroy": "delete-project",
        "can-create-workspace": "create-workspace-in-project",
        "can-move-workspace": MOVE,
        "can-move-stack": "administer-project",
        "can-manage-stacks": "administer-project",
        "can-view-stacks": "read-project",
        "can-update-stacks": "administer-project",
        "can-deploy-no-code-modules": "create-workspace-in-project",
        "can-read-teams": "administer-project",
        "can-manage-tags": "update-project",
        "can-manage-teams": "manage-project-access",
        "can-manage-varsets": "administer-project",
        "can-manage-ephemeral-workspace-for-projects": "administer-project",
    },
    within="organizations",
    about="Projects; every organization has one for what names no other, which says default.",
    member="projects",
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "default": {"type": "boolean", "description": "Whether it is the default project."},
            "tag-bindings": {
                "type": "object",
                "additionalProperties": {"type": ["string", "null"], "description": "The value."},
                "description": "Its tags: values by key.",
            },
            "setting-overwrites": {
                "type": "object",
                "description": "Which settings are its own; none where omitted.",
            },
        }
    },
)
EDITIONS = {"2026-08": PROJECTS}
