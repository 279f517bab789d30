"""Workspaces: running infrastructure, here as settings, a lock, and what refers to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.jsonapi.handlers import (
    create_record,
    delete_record,
    show_record,
    update_record,
)
from mockserver.jsonapi.identifiers import to_one
from mockserver.jsonapi.pagination import paged
from mockserver.jsonapi.resources import resource
from mockserver.resources import workspaces_of_projects as of_projects
from mockserver.resources.known_versions import newest
from mockserver.resources.workspace_locks import ENTRY as LOCK_ENTRY
from mockserver.resources.workspace_locks import (
    dump_lock,
    force_unlock_workspace,
    lock_workspace,
    seed_lock,
    unlock_workspace,
)
from mockserver.resources.workspace_settings import TOOL, may_have, no_such, settled
from mockserver.world import clock
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, To
from mockserver.world.naming import by_id, unique_name
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import View

SSH_KEY = ("ssh-key", "workspaces")


def sort(values: Mapping[str, Any], key: int) -> tuple[Any, ...]:
    """Last changed first, ties newest first (decision); the name is there for the search."""
    return (
        -round(clock.parse_timestamp(values["_changed"]).timestamp() * 1000),
        -key,
        values["name"],
    )


# what is shown


def ssh_key(view: View, record: Record) -> dict[str, Any]:
    keys = view.members(record, SSH_KEY)
    if not keys:
        return to_one(None)
    return {**to_one(keys[0]), "links": {"related": f"/api/v2/ssh-keys/{keys[0].id}"}}


def links(view: View, record: Record) -> dict[str, str]:
    """By name, in its organization."""
    organization = view.owner(record).id
    return {"self": f"/api/v2/organizations/{organization}/workspaces/{record['name']}"}


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, its SSH key, and what the caller may do in it."""
    organization, relations = view.owner(record), view.state.relations(record.key)
    every = view.may("administer-workspace", organization)
    words = frozenset[str]() if every else view.granted(record)
    return organization.id, relations, view.granted(organization), words


# operations


def list_workspaces(call: Call) -> Reply:
    organization = call.record
    if call.may("read-workspace", organization):
        return Reply(data=paged(call, call.state.list(organization.key, "workspaces"), 2))
    reached = (call.state.get(key) for key in call.reached("workspaces", organization))
    items = sorted((*record.sort, record.key) for record in reached)
    return Reply(data=paged(call, items, 2))


def assign_ssh_key(call: Call) -> Reply:
    """`id: null` unassigns."""
    record = call.record
    old = list(call.state.members(record.key, SSH_KEY))
    new: list[int] = []
    id = call.attributes["id"]
    if id is not None:
        organization = call.owner(record)
        key = call.kinds["ssh-keys"].find
        assert key is not None
        found = key(call.state, id, None)
        if found is None or found.owner != organization.key:
            raise no_such("SSH key", id, "/data/attributes/id", "list-ssh-keys")
        new = [found.key]
    state = call.state
    if old != new:
        state = state.unlink(record.key, SSH_KEY, old).link(record.key, SSH_KEY, new)
        state, record = call.touch(call.kind, state, record)
    return Reply(state=state, data=record)


# fixtures


REPOSITORY = {"identifier": "", "branch": "", "oauth-token-id": "", "ingress-submodules": False}
"""What is kept of every repository, as a body that says no more of one leaves it."""


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """With its lock, and the time that lists sort by."""
    assert owner is not None
    said, entry = seed_lock(seeding, entry, pointer)
    if "changed-at" in entry:
        said["_changed"] = entry["changed-at"]
    said["terraform-version"] = newest(seeding.state, seeding.facts, TOOL)
    _judge(seeding, entry, pointer, owner)
    if repo := entry.get("vcs-repo"):
        entry = {**entry, "vcs-repo": {**REPOSITORY, **repo}}
    kind = seeding.kinds["workspaces"]
    record = seeding.record(kind, entry, pointer, owner, **said)
    if record and "project" in kind.relations:
        of_projects.seed_project(seeding, record, owner)
    return record


def _judge(seeding: Seeding, entry: Mapping[str, Any], pointer: str, owner: Record) -> None:
    """The rules that the API has for these, so that no fixture makes what no call could."""
    version = entry.get("terraform-version")
    if version is not None and not may_have(seeding.state, seeding.facts, version):
        last = newest(seeding.state, seeding.facts, TOOL)
        detail = f"{version!r} is no known version up to {last}, no newer one and no constraint"
        seeding.fault(f"{pointer}/terraform-version", detail)
    if repo := entry.get("vcs-repo"):
        place = f"{pointer}/vcs-repo/oauth-token-id"
        seeding.named("oauth-tokens", repo["oauth-token-id"], place, owner)


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "changed-at": record["_changed"], **dump_lock(state, record)}


KIND = Kind(
    type="workspaces",
    prefix="ws",
    names=unique_name("workspaces", str.casefold),
    sort=sort,
    title="name",
    find=by_id("workspaces", str.casefold),
    made={
        "created-at": lambda values, facts, now: now,
        "environment": "default",
        "terraform-version": lambda values, facts, now: facts[TOOL][0],
        "locked": False,
        "working-directory": "",
        "_changed": lambda values, facts, now: values["created-at"],
        "_locked-by": None,
        "_reason": "",
    },
    touched="_changed",
    relations={"ssh-key": To("ssh-keys", SSH_KEY, entry="ssh-key", one=True)},
    settled=settled,
    show=resource,
    computed={
        "actions": {"is-destroyable": True},
        "can-queue-destroy-plan": False,
    },
    relationships={
        "ssh-key": ssh_key,
        "latest-run": lambda view, record: to_one(None),
        "current-run": lambda view, record: to_one(None),
    },
    links=links,
    depends=depends,
    related={"organization": lambda view, record: (view.owner(record),)},
    operations={
        "list-workspaces": (list_workspaces, "list-workspaces"),
        "show-workspace": (show_record, "read-workspace"),
        "show-workspace-by-name": (show_record, "read-workspace"),
        "create-workspace": (create_record, "create-workspace"),
        "update-workspace": (update_record, "administer-workspace"),
        "update-workspace-by-name": (update_record, "administer-workspace"),
        "delete-workspace": (delete_record, "administer-workspace"),
        "delete-workspace-by-name": (delete_record, "administer-workspace"),
        "lock-workspace": (lock_workspace, "write-workspace"),
        "unlock-workspace": (unlock_workspace, "write-workspace"),
        "force-unlock-workspace": (force_unlock_workspace, "administer-workspace"),
        "assign-ssh-key-to-workspace": (assign_ssh_key, "assign-ssh-key"),
    },
    read="read-workspace",
    permissions={
        "can-update": "administer-workspace",
        "can-destroy": "administer-workspace",
        "can-queue-destroy": "apply-run",
        "can-queue-run": "plan-run",
        "can-queue-apply": "apply-run",
        "can-update-variable": "write-workspace",
        "can-lock": "write-workspace",
        "can-unlock": "write-workspace",
        "can-force-unlock": "administer-workspace",
        "can-read-settings": "read-workspace",
    },
    within="organizations",
    about="Workspaces: settings, a lock, and which teams have access.",
    member="workspaces",
    refers=("oauth-tokens", "teams", "users"),
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "vcs-repo": {
                "properties": {
                    "identifier": {"minLength": 1},
                    "oauth-token-id": {"pattern": "^ot-[A-Za-z0-9]+$"},
                },
                "required": ["identifier", "oauth-token-id"],
            },
            "changed-at": {
                "$ref": "#/$defs/timestamp",
                "description": "When it last changed, which is what lists sort by; created-at where "
                "omitted.",
            },
            **LOCK_ENTRY,
        },
        "dependentRequired": {"lock-reason": ["locked"], "locked-by": ["locked"]},
    },
)
