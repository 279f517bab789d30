"""Agent pools: which workspaces and projects may have their runs executed by agents of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.jsonapi.handlers import (
    create_record,
    delete_record,
    show_record,
    update_with_members,
)
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, To
from mockserver.world.naming import by_id, by_name, unique_name
from mockserver.world.problems import invalid
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import View

WORKSPACES = ("workspaces", "agent-pool")
PROJECTS = ("projects", "default-agent-pool")
ORGANIZATIONS = ("organizations", "default-agent-pool")
OAUTH_CLIENTS = ("oauth-clients", "agent-pool")
SCOPES = {
    "allowed-workspaces": To(
        "workspaces", ("allowed-workspaces", "allowed-agent-pools"), entry="allowed-workspaces"
    ),
    "allowed-projects": To(
        "projects", ("allowed-projects", "allowed-agent-pools"), entry="allowed-projects"
    ),
    "excluded-workspaces": To(
        "workspaces", ("excluded-workspaces", "excluded-agent-pools"), entry="excluded-workspaces"
    ),
}
FILTERS = {
    "filter[allowed_workspaces][name]": "allowed-workspaces",
    "filter[allowed-workspaces][name]": "allowed-workspaces",
    "filter[allowed_projects][name]": "allowed-projects",
}


def list_pools(call: Call) -> Reply:
    """By name where `sort` says no other order; `q` is a part of it."""
    part = str(call.query.get("q", "")).casefold()
    wanted = [(of, name) for query, of in FILTERS.items() if (name := call.query.get(query))]
    every = (call.state.get(item[-1]) for item in call.state.list(call.record.key, "agent-pools"))
    found = [
        record
        for record in every
        if part in record["name"].casefold() and all(_allows(call, record, *one) for one in wanted)
    ]
    sort = str(call.query.get("sort", "name"))
    if sort.endswith("created-at"):
        found.sort(key=lambda record: record.key)
    if sort.startswith("-"):
        found.reverse()
    return Reply(data=listed(call, [record.key for record in found]))


def _allows(call: Call, record: Record, scope: str, name: str) -> bool:
    """Whether a pool is for everything, or for what has that name."""
    members = call.members(record, SCOPES[scope].relation)
    return record["organization-scoped"] or any(one["name"] == name for one in members)


def delete_pool(call: Call) -> Reply:
    """One that runs would be executed by stays."""
    used = (WORKSPACES, PROJECTS, ORGANIZATIONS)
    if any(len(call.state.members(call.record.key, relation)) for relation in used):
        raise invalid(
            "Agent pool cannot be deleted while it is in use",
            None,
            fact=f"runs are executed by {call.record.id}",
            expected="a pool that no execution mode names",
            source="delete-agent-pool",
            hint="Give its workspaces, projects and organization another execution mode first.",
        )
    return delete_record(call)


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, and what it is for."""
    return view.owner(record).id, view.state.relations(record.key)


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """The entry that says `default` is the organization's."""
    assert owner is not None
    said = {name: part for name, part in entry.items() if name != "default"}
    record = seeding.record(POOLS, said, pointer, owner)
    if record and entry.get("default"):
        seeding.state = seeding.state.link(record.key, ORGANIZATIONS, [owner.key])
    return record


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    default = len(state.members(record.key, ORGANIZATIONS))
    return {**entry, "default": True} if default else entry


def in_pool(view: View, record: Record) -> Iterator[str]:
    """Who manages the pools of its organization manages its tokens."""
    if view.may(MANAGE, view.owner(record)):
        yield "token-manager"


READ, MANAGE = "read-agent-pools", "manage-agent-pools"
POOLS = Kind(
    type="agent-pools",
    prefix="apool",
    names=unique_name("agent-pools"),
    sort=by_name,
    title="name",
    find=by_id("agent-pools"),
    made={"created-at": lambda values, facts, now: now},
    relations={
        "workspaces": To("workspaces", WORKSPACES, entry="workspaces"),
        "projects": To("projects", PROJECTS, entry="projects"),
        "oauth-clients": To("oauth-clients", OAUTH_CLIENTS, entry="oauth-clients"),
        **SCOPES,
    },
    show=resource,
    computed={"agent-count": 0},
    depends=depends,
    operations={
        "list-agent-pools": (list_pools, READ),
        "show-agent-pool": (show_record, READ),
        "create-agent-pool": (create_record, MANAGE),
        "update-agent-pool": (update_with_members(*SCOPES), MANAGE),
        "delete-agent-pool": (delete_pool, MANAGE),
    },
    read=READ,
    grants={"agent-pools": in_pool},
    within="organizations",
    about="Agent pools, each with the workspaces and projects whose mode names it.",
    member="agent-pools",
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "default": {"type": "boolean", "description": "Whether it is the organization's."}
        }
    },
)
EDITIONS = {"2026-08": POOLS}
