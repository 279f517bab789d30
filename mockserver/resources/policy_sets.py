"""Policy sets: groups of policies that are checked together in the workspaces they are attached to.

Source: policy-sets.html, the document this project started from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.jsonapi.identifiers import known, members, named, to_many, to_one
from mockserver.jsonapi.names import refuse_taken, taken
from mockserver.jsonapi.pages import paged
from mockserver.resources.permissions import SENTINEL
from mockserver.world.calls import Call, Reply, View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.problems import Error, Problem, invalid, invalid_items
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, Relation, State

POLICIES = ("policies", "policy-sets")
WORKSPACES = ("workspaces", "policy-sets")


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return (("policy-sets", owners[0], values["name"]),)


def show(view: View, record: Record) -> dict[str, Any]:
    """A global set counts all of the organization's workspaces and names none (page)."""
    organization = view.owner(record)
    policies = members(view, record, POLICIES)
    attached = [] if record["global"] else members(view, record, WORKSPACES)
    every = view.state.list(organization.key, "workspaces")
    return {
        "id": record.id,
        "type": "policy-sets",
        "attributes": {
            "name": record["name"],
            "description": record["description"],
            "global": record["global"],
            "policy-count": len(policies),
            "workspace-count": len(every) if record["global"] else len(attached),
            "created-at": record["created-at"],
            "updated-at": record["updated-at"],
        },
        "relationships": {"organization": to_one(organization), "policies": to_many(policies)}
        | ({} if record["global"] else {"workspaces": to_many(attached)}),
        "links": {"self": f"/api/v2/policy-sets/{record.id}"},
    }


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, its members, and for a global set how many workspaces there are."""
    state, organization = view.state, view.owner(record)
    count = len(state.list(organization.key, "workspaces")) if record["global"] else 0
    return organization.id, count, state.relations(record.key)


def _workspaces(view: View, record: Record) -> Iterable[Record]:
    """What `include=workspaces` brings: attached ones; a global set is attached to none."""
    return [] if record["global"] else members(view, record, WORKSPACES)


# operations


def list_policy_sets(call: Call) -> Reply:
    return Reply(200, data=paged(call, call.state.list(call.record.key, "policy-sets")))


def show_policy_set(call: Call) -> Reply:
    return Reply(200, data=call.record)


def create_policy_set(call: Call) -> Reply:
    """With its members, all of which must exist; else nothing is made."""
    organization, attributes = call.record, call.attributes
    relationships = call.data.get("relationships", {})
    errors: list[Error] = []
    keys = {}
    for relation in (POLICIES, WORKSPACES):
        data = relationships.get(relation[0], {}).get("data", [])
        pointer = f"/data/relationships/{relation[0]}/data"
        keys[relation] = named(call, data, relation[0], pointer, organization, errors)
    if attributes["global"] and keys[WORKSPACES]:
        errors += _global(call, "/data/relationships/workspaces/data").errors
    errors += taken(call, KIND, (organization.key,), attributes)
    if errors:
        raise invalid_items(errors)
    values = {
        "name": attributes["name"],
        "description": attributes["description"],
        "global": attributes["global"],
        "created-at": call.now,
        "updated-at": call.now,
    }
    state, record = call.create(KIND, call.state, (organization.key,), values)
    for relation, members_ in keys.items():
        state = state.link(record.key, relation, members_)
    return Reply(201, state, record)


def update_policy_set(call: Call) -> Reply:
    """A set that turns global keeps its attachments, hidden (decision)."""
    record, attributes = call.record, call.attributes
    if "name" in attributes:
        refuse_taken(call, KIND, (record.owner,), attributes, record)
    state, changed = call.change(KIND, call.state, record, attributes)
    if changed is not record:
        state, changed = call.change(KIND, state, changed, {"updated-at": call.now})
    return Reply(200, state, changed)


def delete_policy_set(call: Call) -> Reply:
    """Policies and workspaces stay."""
    return Reply(204, call.state.remove(call.record.key))


def add_policies(call: Call) -> Reply:
    return _add(call, POLICIES)


def remove_policies(call: Call) -> Reply:
    return _remove(call, POLICIES)


def attach_to_workspaces(call: Call) -> Reply:
    _refuse_global(call)
    return _add(call, WORKSPACES)


def detach_from_workspaces(call: Call) -> Reply:
    _refuse_global(call)
    return _remove(call, WORKSPACES)


def _add(call: Call, relation: Relation) -> Reply:
    """All or nothing: one unknown id and nothing changes. What is there already stays there."""
    errors: list[Error] = []
    organization = call.owner(call.record)
    keys = named(call, call.document["data"], relation[0], "/data", organization, errors)
    if errors:
        raise invalid_items(errors)
    return _related(call, call.state.link(call.record.key, relation, keys))


def _remove(call: Call, relation: Relation) -> Reply:
    """What is not there, or unknown, is gone already: 204 without effect (JSON:API)."""
    organization = call.owner(call.record)
    found = (known(call, relation[0], item["id"], organization) for item in call.document["data"])
    keys = [record.key for record in found if record]
    return _related(call, call.state.unlink(call.record.key, relation, keys))


def _related(call: Call, state: State) -> Reply:
    """Changed members move the set's `updated-at` (decision)."""
    if state is not call.state:
        state, _ = call.change(KIND, state, call.record, {"updated-at": call.now})
    return Reply(204, state)


def _refuse_global(call: Call) -> None:
    if call.record["global"]:
        raise _global(call, "/data")


def _global(call: Call, pointer: str) -> Problem:
    attach = "detached from" if "detach" in call.operation else "attached to"
    return invalid(
        f"Global policy sets cannot be {attach} individual workspaces",
        pointer,
        fact="the policy set is global: it applies to all of the organization's workspaces",
        expected="no workspaces, or a set that is not global",
        key_path=pointer.strip("/").replace("/", ".") + "[]",
        source="policy-sets.html#attach-a-policy-set-to-workspaces (status: decision)",
        hint="Set data.attributes.global to false first, or leave the workspaces out.",
    )


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    assert owner is not None
    created = entry.get("created-at", seeding.now)
    values = {
        "name": entry["name"],
        "description": entry.get("description"),
        "global": entry.get("global", False),
        "created-at": created,
        "updated-at": entry.get("updated-at", created),
    }
    record = seeding.create(KIND, (owner.key,), values, pointer, id=entry.get("id"))
    if record is None:
        return None
    for relation in (POLICIES, WORKSPACES):
        for at, name in enumerate(entry.get(relation[0], ())):
            place = f"{pointer}/{relation[0]}/{at}"
            member = seeding.named(relation[0], name, place, owner)
            if member:
                seeding.state = seeding.state.link(record.key, relation, [member.key])
    return record


def dump(state: State, record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record["name"],
        "description": record["description"],
        "global": record["global"],
        "created-at": record["created-at"],
        "updated-at": record["updated-at"],
        "policies": [state.get(key)["name"] for key in state.members(record.key, POLICIES)],
        "workspaces": [state.get(key)["name"] for key in state.members(record.key, WORKSPACES)],
    }


def invariants(view: View, record: Record) -> Iterable[str]:
    """Both sides of a relation agree, and every member is of the same organization."""
    for relation in (POLICIES, WORKSPACES):
        for key in view.state.members(record.key, relation):
            member = view.state.records.get(key)
            if member is None:
                yield f"{record.id} has a member that does not exist"
            elif record.key not in view.state.members(key, (relation[1], relation[0])):
                yield f"{record.id} has {member.id}, which does not have it"
            elif member.owner != record.owner:
                yield f"{record.id} has {member.id} of another organization"


KIND = Kind(
    type="policy-sets",
    page="policy-sets",
    prefix="polset",
    names=names,
    sort=lambda values, key: (values["name"],),
    find=by_id("policy-sets"),
    show=show,
    depends=depends,
    related={
        "policies": lambda view, record: members(view, record, POLICIES),
        "workspaces": _workspaces,
    },
    operations={
        "list-policy-sets": (list_policy_sets, SENTINEL),
        "show-policy-set": (show_policy_set, SENTINEL),
        "create-policy-set": (create_policy_set, SENTINEL),
        "update-policy-set": (update_policy_set, SENTINEL),
        "delete-policy-set": (delete_policy_set, SENTINEL),
        "add-policies-to-policy-set": (add_policies, SENTINEL),
        "remove-policies-from-policy-set": (remove_policies, SENTINEL),
        "attach-policy-set-to-workspaces": (attach_to_workspaces, SENTINEL),
        "detach-policy-set-from-workspaces": (detach_from_workspaces, SENTINEL),
    },
    read=SENTINEL,
    invariants=invariants,
    within="organizations",
    member="policy-sets",
    refers=("policies", "workspaces"),
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
