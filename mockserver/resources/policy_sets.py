"""Policy sets: groups of policies that are checked together in the workspaces they are attached to.

Their page is the document that this project started from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.jsonapi.handlers import (
    add_members,
    create_record,
    delete_record,
    list_records,
    remove_members,
    show_record,
    update_record,
)
from mockserver.jsonapi.identifiers import to_many
from mockserver.jsonapi.resources import owner, resource
from mockserver.pointers import key_path_of
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Enforcement, Handler, Kind, Scope, To, Values
from mockserver.world.naming import by_id, by_name, unique_name
from mockserver.world.problems import Error, invalid_item, invalid_items
from mockserver.world.state import Record
from mockserver.world.view import View

POLICIES = ("policies", "policy-sets")
WORKSPACES = ("workspaces", "policy-sets")


def attached(view: View, record: Record) -> list[Record]:
    """The workspaces it is attached to; a global set applies to all and is attached to none."""
    return [] if record["global"] else view.members(record, WORKSPACES)


def workspace_count(view: View, record: Record) -> int:
    """A global set counts all of the organization's workspaces (page)."""
    if record["global"]:
        return len(view.state.list(record.owner, "workspaces"))
    return len(view.state.members(record.key, WORKSPACES))


def shown_workspaces(view: View, record: Record) -> dict[str, Any] | None:
    """A global set names none (page)."""
    return None if record["global"] else to_many(attached(view, record))


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, its members, and for a global set how many workspaces there are."""
    count = workspace_count(view, record) if record["global"] else 0
    return view.owner(record).id, count, view.state.relations(record.key)


# rules of global sets: what turns global keeps its attachments, hidden (decision)


def checked(call: Call, values: Values, record: Record | None) -> Iterable[Error]:
    """A set is not made global and attached at once."""
    workspaces = call.linkage.get("workspaces")
    if record is None and values["global"] and workspaces:
        yield global_error("attached to", "/data/relationships/workspaces/data")


def unless_global(handler: Handler, verb: str) -> Handler:
    """The handler for sets that are attached to workspaces one by one."""

    def handled(call: Call) -> Reply:
        if call.record["global"]:
            raise invalid_items([global_error(verb, "/data")])
        reply: Reply = handler(call)
        return reply

    return handled


def global_error(verb: str, pointer: str, name: str = "workspaces") -> Error:
    """`name`: what it cannot be `verb`."""
    return invalid_item(
        f"Global policy sets cannot be {verb} individual {name}",
        pointer,
        fact=f"the policy set is global: it applies to all of the organization's {name}",
        expected=f"no {name}, or a set that is not global",
        key_path=f"{key_path_of(pointer)}[]",
        source="attach-policy-set-to-workspaces",
        hint=f"Set data.attributes.global to false first, or leave the {name} out.",
    )


EVERYWHERE = Scope("global: checked in every workspace of the organization", None)


def reasons(view: View, record: Record) -> list[Scope]:
    """Why and in which workspaces the policies of a set are checked."""
    attached = Scope("attached to this workspace", view.state.members(record.key, WORKSPACES))
    return [EVERYWHERE if record["global"] else attached]


RIGHT = "manage-policies"
"""Read and change alike (permissions page)."""
KIND = Kind(
    type="policy-sets",
    prefix="polset",
    names=unique_name("policy-sets"),
    sort=by_name,
    title="name",
    find=by_id("policy-sets"),
    made={
        "created-at": lambda values, facts, now: now,
        "updated-at": lambda values, facts, now: values["created-at"],
    },
    touched="updated-at",
    relations={
        "policies": To("policies", POLICIES, entry="policies"),
        "workspaces": To("workspaces", WORKSPACES, entry="workspaces"),
    },
    checked=checked,
    show=resource,
    computed={
        "policy-count": lambda view, record: len(view.state.members(record.key, POLICIES)),
        "workspace-count": workspace_count,
    },
    relationships={"organization": owner, "workspaces": shown_workspaces},
    depends=depends,
    related={
        "policies": lambda view, record: view.members(record, POLICIES),
        "workspaces": attached,
    },
    operations={
        "list-policy-sets": (list_records, RIGHT),
        "show-policy-set": (show_record, RIGHT),
        "create-policy-set": (create_record, RIGHT),
        "update-policy-set": (update_record, RIGHT),
        "delete-policy-set": (delete_record, RIGHT),
        "add-policies-to-policy-set": (add_members("policies"), RIGHT),
        "remove-policies-from-policy-set": (remove_members("policies"), RIGHT),
        "attach-policy-set-to-workspaces": (
            unless_global(add_members("workspaces"), "attached to"),
            RIGHT,
        ),
        "detach-policy-set-from-workspaces": (
            unless_global(remove_members("workspaces"), "detached from"),
            RIGHT,
        ),
    },
    read=RIGHT,
    enforcement=Enforcement("policies", "workspaces", reasons),
    within="organizations",
    about="Policies that are checked together; a global set keeps its workspaces, hidden.",
    member="policy-sets",
)
EDITIONS = {"2026-08": None}
"""Those of August 2026: `policy_sets_2026`."""
