"""Policy sets: groups of policies that are checked together in the workspaces they are attached to.

Their page is the document that this project started from.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.jsonapi import handlers
from mockserver.jsonapi.resources import resource
from mockserver.pointers import key_path_of
from mockserver.world.calls import Call
from mockserver.world.enforcement import Enforcement, Scope
from mockserver.world.kinds import Kind, To, Values
from mockserver.world.naming import by_id, by_name, unique_name
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import Record
from mockserver.world.view import View

POLICIES = ("policies", "policy-sets")
"""The relation `policies` of a policy set, which a policy has as `policy-sets`."""
WORKSPACES = ("workspaces", "policy-sets")
"""In the same way: `workspaces` of a policy set, `policy-sets` of a workspace."""


# a global set applies to all workspaces of its organization (page); what turns global keeps its
# attachments, hidden (decision)


def reasons(view: View, record: Record) -> list[Scope]:
    """Why and in which workspaces the policies of a set are checked."""
    if record["global"]:
        return [Scope("global: checked in every workspace of the organization", None)]
    return [Scope("attached to this workspace", view.state.members(record.key, WORKSPACES))]


def checked(call: Call, values: Values, record: Record | None) -> Iterable[Error]:
    """A set is not made global and attached at once."""
    if record is None and values["global"] and call.linkage.get("workspaces"):
        yield global_error("attached to", "/data/relationships/workspaces/data", "workspaces")


def unless_global(call: Call, name: str, verb: str) -> Iterable[Error]:
    """Nor is it attached, or detached, one by one while it is global."""
    if call.record["global"]:
        yield global_error(verb, "/data", name)


def global_error(verb: str, pointer: str, name: str) -> Error:
    return invalid_item(
        f"Global policy sets cannot be {verb} individual {name}",
        pointer,
        fact=f"the policy set is global: it applies to all of the organization's {name}",
        expected=f"no {name}, or a set that is not global",
        key_path=f"{key_path_of(pointer)}[]",
        source=f"attach-policy-set-to-{name}",
        hint=f"Set data.attributes.global to false first, or leave the {name} out.",
    )


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
        "policies": To("policies", POLICIES, entry="policies", counted="policy-count"),
        "workspaces": To(
            "workspaces", WORKSPACES, entry="workspaces", unless="global", counted="workspace-count"
        ),
    },
    checked=checked,
    show=resource,
    depends=lambda view, record: (
        view.owner(record).id,
        view.state.list(record.owner, "workspaces").size if record["global"] else 0,
        view.state.relations(record.key),
    ),
    operations={
        "list-policy-sets": handlers.list_records,
        "show-policy-set": handlers.show_record,
        "create-policy-set": handlers.create_record,
        "update-policy-set": handlers.update_record,
        "delete-policy-set": handlers.delete_record,
        "add-policies-to-policy-set": handlers.add_members("policies"),
        "remove-policies-from-policy-set": handlers.remove_members("policies"),
        "attach-policy-set-to-workspaces": handlers.add_members("workspaces", unless_global),
        "detach-policy-set-from-workspaces": handlers.remove_members("workspaces", unless_global),
    },
    right="manage-policies",
    read="manage-policies",
    enforcement=Enforcement("policies", "workspaces", reasons),
    within="organizations",
    about="Policies that are checked together; a global set keeps its workspaces, hidden.",
    member="policy-sets",
)
