"""Projects: what workspaces of an organization stand in; each has one by default."""

from __future__ import annotations

import re
from typing import Any

from mockserver.digits import counted
from mockserver.jsonapi.handlers import create_record, delete_record, show_record, update_record
from mockserver.jsonapi.identifiers import to_one
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.resources import tag_bindings
from mockserver.resources.default_projects import dump_project, is_default, seed_project
from mockserver.resources.execution_modes import (
    ORGANIZATION,
    PROJECT,
    effective,
    settle,
    with_pool,
)
from mockserver.resources.workspace_moves import MOVE, OF_PROJECT, move_workspaces
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id, by_name, unique_name
from mockserver.world.problems import invalid
from mockserver.world.state import Record
from mockserver.world.view import View

NAME = re.compile(r"[A-Za-z0-9_ -]+", re.ASCII)


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
    state, record = reply.written
    state = with_pool(call, PROJECT, state, record)
    sent = call.linkage.get("tag-bindings")
    if sent is not None:
        state, record = tag_bindings.replaced(call, PROJECTS, state, record, sent)
    return Reply(state=state, data=record)


def delete_project(call: Call) -> Reply:
    """Neither the default project nor one with workspaces can be deleted."""
    record = call.record
    if is_default(call.state, record):
        raise _kept(
            "The default project cannot be deleted",
            fact=f"{record.id} is the default project of {call.owner(record).id}",
            hint="Give it another name, or delete its organization.",
        )
    if count := len(call.state.members(record.key, OF_PROJECT)):
        raise _kept(
            "Project cannot be deleted while it has workspaces",
            fact=f"{record.id} has {counted(count, 'workspace')}",
            hint="Move its workspaces to another project first, or delete them.",
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
        "workspace-count": lambda view, record: len(view.state.members(record.key, OF_PROJECT)),
        "team-count": lambda view, record: len(view.state.list(record.key, "team-projects")),
        "default-execution-mode": lambda view, record: modes(view, record)[0],
    },
    relationships={
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
    seed=seed_project,
    dump=dump_project,
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
