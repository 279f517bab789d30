"""What workspaces of August 2026 have beside those of 2019: a project, tags, consumers of their state."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.jsonapi import resources
from mockserver.jsonapi.handlers import (
    add_members,
    create_record,
    delete_record,
    remove_members,
    update_record,
)
from mockserver.jsonapi.identifiers import known, named_records
from mockserver.jsonapi.pagination import listed
from mockserver.resources import tag_bindings, tags, workspace_locks
from mockserver.resources.default_projects import DEFAULT
from mockserver.resources.execution_modes import (
    WORKSPACE,
    with_pool,
)
from mockserver.resources.workspace_lists import list_workspaces
from mockserver.resources.workspace_moves import IN_PROJECT, moved
from mockserver.resources.workspace_settings import no_such
from mockserver.world.access import demand
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import To
from mockserver.world.problems import Error, Problem, conflict, invalid_items
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import View

AUTO_DESTROY = ("auto-destroy-at", "auto-destroy-activity-duration")
INHERITS = "inherits-project-auto-destroy"
CONSUMERS = ("remote-state-consumers", "remote-state-producers")


# what is shown


def permissions(view: View, record: Record) -> dict[str, bool]:
    """Who administers it may delete it with what it manages where the organization allows that."""
    shown = resources.permissions(view, record)
    allowed = view.owner(record)["allow-force-delete-workspaces"]
    return {
        **shown,
        "can-force-delete": shown["can-force-delete"] or (allowed and shown["can-destroy"]),
    }


# operations


def create_workspace(call: Call) -> Reply:
    """In the project that is named, else in the default one, by who may create them there."""
    state, record = create_record(call).written
    organization = call.record
    if not len(state.members(record.key, IN_PROJECT)):
        state = state.link(record.key, IN_PROJECT, state.members(organization.key, DEFAULT))
    for key in state.members(record.key, IN_PROJECT):
        demand(call, call.operation, "create-workspace-in-project", state.get(key), None)
    return _whole(call, state, record, organization)


def update_workspace(call: Call) -> Reply:
    state, record = update_record(call).written
    organization = call.owner(record)
    sent = call.linkage.get("project")
    if sent:
        found = known(call, "projects", sent["id"], organization)
        if found is None:
            place = "/data/relationships/project/data"
            raise no_such("Project", sent["id"], place, "list-projects")
        state = moved(call, state, record, found)
    return _whole(call, state, record, organization)


def _whole(call: Call, state: State, record: Record, organization: Record) -> Reply:
    """With the agent pool, the tags and the tag bindings that the body names."""
    state = with_pool(call, WORKSPACE, state, record)
    sent = call.linkage
    if "tags" in sent:
        place = "/data/relationships/tags/data"
        state = tags.tagged(call, state, record, organization, place, sent["tags"])
    if "tag-bindings" in sent:
        bindings = sent["tag-bindings"]
        state, record = tag_bindings.replaced(call, call.kind, state, record, bindings)
    return Reply(state=state, data=record)


def delete_workspace(call: Call) -> Reply:
    """One that manages resources only by who may force it (page: 403)."""
    count = call.record["resource-count"]
    if count and not permissions(call, call.record)["can-force-delete"]:
        meta = {
            "fact": f"{call.record.id} manages {count} resources, and its organization keeps its "
            "admins from deleting it with them (allow-force-delete-workspaces)",
            "expected": "a workspace that manages nothing, or the token of an owner",
            "hint": "Destroy the resources first, or let an owner delete it.",
        }
        detail = "Not authorized to perform a force delete on the workspace"
        raise Problem(403, Error("forbidden", detail, meta=meta))
    return delete_record(call)


def safe_delete_workspace(call: Call) -> Reply:
    """Only one that nobody has locked and that manages nothing (suite)."""
    record = call.record
    if record["locked"]:
        raise conflict(
            "Workspace is locked and cannot be safely deleted.",
            fact=workspace_locks.told(call, record),
            expected="a workspace that is not locked",
            hint="Unlock it first, or DELETE it all the same.",
        )
    if record["resource-count"]:
        raise conflict(
            "Workspace has resources under management and cannot be safely deleted.",
            fact=f"{record.id} manages {record['resource-count']} resources",
            expected="a workspace that manages nothing",
            hint="Destroy the resources first, or DELETE it all the same.",
        )
    return delete_record(call)


def list_consumers(call: Call) -> Reply:
    """The workspaces that may read its state, all others where everyone may: of those, what the
    caller may read (page).
    """
    record = call.record
    keys: Iterable[int] = call.state.members(record.key, CONSUMERS)
    if record["global-remote-state"] and call.query.get("show_only_configured") != "true":
        every = call.state.list(record.owner, "workspaces")
        keys = (item[-1] for item in every if item[-1] != record.key)
    if not call.may("read-workspace", call.owner(record)):
        keys = (key for key in keys if call.sees(call.state.get(key)))
    return Reply(data=listed(call, [*keys]))


def replace_consumers(call: Call) -> Reply:
    errors: list[Error] = []
    organization = call.owner(call.record)
    keys = named_records(call, call.document["data"], "workspaces", "/data", organization, errors)
    if errors:
        raise invalid_items(errors)
    old = call.state.members(call.record.key, CONSUMERS)
    state = call.state.unlink(call.record.key, CONSUMERS, old)
    return Reply(state=state.link(call.record.key, CONSUMERS, keys))


RELATIONS = {
    "project": To("projects", IN_PROJECT, entry="project", one=True),
    "remote-state-consumers": To("workspaces", CONSUMERS, entry="remote-state-consumers"),
}
DELETE = "delete-workspace"
OPERATIONS = {
    "list-workspaces": (list_workspaces, "list-workspaces"),
    "create-workspace": (create_workspace, "create-workspace-somewhere"),
    "update-workspace": (update_workspace, "administer-workspace"),
    "update-workspace-by-name": (update_workspace, "administer-workspace"),
    "delete-workspace": (delete_workspace, DELETE),
    "delete-workspace-by-name": (delete_workspace, DELETE),
    "safe-delete-workspace": (safe_delete_workspace, DELETE),
    "safe-delete-workspace-by-name": (safe_delete_workspace, DELETE),
    "list-remote-state-consumers": (list_consumers, "read-workspace"),
    "add-remote-state-consumers": (
        add_members("remote-state-consumers"),
        "administer-workspace",
    ),
    "remove-remote-state-consumers": (
        remove_members("remote-state-consumers"),
        "administer-workspace",
    ),
    "replace-remote-state-consumers": (replace_consumers, "replace-consumers"),
    "list-workspace-tag-bindings": (tag_bindings.list_bindings, "read-workspace"),
    "add-or-update-tag-bindings-on-workspace": (tag_bindings.add_bindings, "tag-workspace"),
    "list-workspace-effective-tag-bindings": (tag_bindings.list_effective, "read-workspace"),
}
UNSAID = (
    "apply-duration-average",
    "plan-duration-average",
    "policy-check-failures",
    "run-failures",
    "last-assessment-result-at",
    "auto-destroy-status",
    "no-code-upgrade-available",
    "source-module-id",
    "effective-state-version-retention-desc",
    "effective-run-data-retention-desc",
)
"""What only runs and other records tell that are not served: null."""


# fixtures


def seed_project(seeding: Seeding, record: Record, owner: Record) -> None:
    """An entry that names no project stands in the default one."""
    if not len(seeding.state.members(record.key, IN_PROJECT)):
        default = seeding.state.members(owner.key, DEFAULT)
        seeding.state = seeding.state.link(record.key, IN_PROJECT, default)


ENTRY = {
    "resource-count": {
        "type": "integer",
        "minimum": 0,
        "description": "How many resources it manages, which keep it from being deleted safely.",
    },
    "setting-overwrites": {
        "type": "object",
        "description": "Which settings are its own; none where omitted.",
    },
    "tag-bindings": {
        "type": "object",
        "additionalProperties": {"type": ["string", "null"], "description": "The value."},
        "description": "Its tags with values, by key.",
    },
}
