"""Tags: names that an organization groups its workspaces by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.jsonapi.handlers import list_records
from mockserver.jsonapi.identifiers import known, named_records
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, To, Values
from mockserver.world.naming import by_id, unique_name
from mockserver.world.ordered import EMPTY, Ordered
from mockserver.world.problems import Error, invalid_item, invalid_items, not_found
from mockserver.world.state import Record, State
from mockserver.world.view import View

WORKSPACES = ("workspaces", "tags")
OF_WORKSPACE = ("tags", "workspaces")
WITHOUT = "filter[exclude][taggable][id]"


def names_of(view: View, record: Record) -> list[str]:
    """Names of a workspace's tags."""
    return sorted(tag["name"] for tag in view.members(record, OF_WORKSPACE))


def by_creation(values: Values, key: int) -> tuple[Any, ...]:
    return ()


# operations, each of a workspace


def list_tags(call: Call) -> Reply:
    return Reply(data=listed(call, call.state.members(call.record.key, OF_WORKSPACE)))


def add_tags(call: Call) -> Reply:
    """By id those there are, by name new ones too."""
    state = tagged(call, call.state, call.record, call.owner(call.record), "/data")
    return Reply(state=state)


def remove_tags(call: Call) -> Reply:
    """What the workspace does not have is gone already."""
    organization = call.owner(call.record)
    found = [_found(call, call.state, item, organization) for item in call.document["data"]]
    keys = [tag.key for tag in found if tag]
    return Reply(state=call.state.unlink(call.record.key, OF_WORKSPACE, keys))


def tagged(
    call: Call, state: State, record: Record, organization: Record, pointer: str, sent: Any = None
) -> State:
    """The state in which a workspace has the tags that a body names.

    Raises a 422 for an id that is no tag's, and for what names none.
    """
    errors: list[Error] = []
    keys: list[int] = []
    for at, item in enumerate(call.document["data"] if sent is None else sent):
        tag, name = _found(call, state, item, organization), _name(item)
        if tag is None and name and not item.get("id"):
            state, tag = call.create(TAGS, state, (organization.key,), {"name": name})
        if tag:
            keys.append(tag.key)
        else:
            errors.append(_unknown(item, f"{pointer}/{at}"))
    if errors:
        raise invalid_items(errors)
    return state.link(record.key, OF_WORKSPACE, keys)


def _name(item: Any) -> str:
    return str(item.get("attributes", {}).get("name") or "").casefold()


def _found(call: Call, state: State, item: Any, organization: Record) -> Record | None:
    if id := item.get("id"):
        tag = state.find("tags", id)
        return tag if tag and tag.owner == organization.key else None
    return state.find("tags", organization.key, _name(item))


def _unknown(item: Any, pointer: str) -> Error:
    id = item.get("id")
    no_id = "no id is said" if id is None else f"{id!r} is no tag of this organization"
    return invalid_item(
        "Tag does not exist",
        pointer,
        fact=f"{no_id}, and no name is said",
        expected="a tag's id, or attributes with a name",
        hint="Name the tag: it is made where there is none.",
    )


def search(call: Call, parameter: str) -> Iterator[tuple[str, Ordered]]:
    """For each tag that a query parameter names: the name, and the workspaces that have it."""
    for part in filter(None, str(call.query.get(parameter, "")).split(",")):
        tag = call.state.find("tags", call.record.key, part.strip().casefold())
        yield part.strip(), call.state.members(tag.key, WORKSPACES) if tag else EMPTY


# operations, each of an organization


def list_of_organization(call: Call) -> Reply:
    """`q` is a part of the name; the tags of one workspace can be left out."""
    part, id = str(call.query.get("q", "")).casefold(), str(call.query.get(WITHOUT, ""))
    if not part and not id:
        return list_records(call)
    workspace = call.state.find("workspaces", id)
    out = call.state.members(workspace.key, OF_WORKSPACE) if workspace else EMPTY
    every = (call.state.get(item[-1]) for item in call.state.list(call.record.key, "tags"))
    found = (tag.key for tag in every if part in tag["name"].casefold() and tag.key not in out)
    return Reply(data=listed(call, found))


def delete_tags(call: Call) -> Reply:
    """All of them must be there (page); no workspace has them afterwards."""
    found = {
        item["id"]: known(call, "tags", item["id"], call.record) for item in call.document["data"]
    }
    state = call.state
    for id, tag in found.items():
        if tag is None:
            raise not_found(f"{id!r} is no tag of {call.record.id}: nothing was deleted.")
        state = state.remove(tag.key) if tag.key in state.records else state
    return Reply(state=state)


def add_workspaces(call: Call) -> Reply:
    """Those that the caller may give tags to."""
    errors: list[Error] = []
    items, organization = call.document["data"], call.owner(call.record)
    keys = named_records(call, items, "workspaces", "/data", organization, errors)
    if errors:
        raise invalid_items(errors)
    for workspace in map(call.state.get, keys):
        if not call.may(TAG, workspace):
            raise not_found(f"The caller may give no tags to {workspace.id}.")
    return Reply(state=call.state.link(call.record.key, WORKSPACES, keys))


TAG = "tag-workspace"
OPERATIONS = {
    "list-tags": (list_of_organization, "read-organization"),
    "delete-tags": (delete_tags, "create-workspace"),
    "add-workspaces-to-tag": (add_workspaces, "read-organization"),
    "list-workspace-tags": (list_tags, "read-workspace"),
    "add-tags-to-workspace": (add_tags, TAG),
    "remove-tags-from-workspace": (remove_tags, TAG),
}
TAGS = Kind(
    type="tags",
    prefix="tag",
    names=unique_name("tags", str.casefold),
    sort=by_creation,
    title="name",
    find=by_id("tags", str.casefold),
    made={"created-at": lambda values, facts, now: now},
    relations={
        "workspaces": To("workspaces", WORKSPACES, entry="workspaces", counted="instance-count"),
    },
    show=resource,
    relationships={
        "organization": lambda view, record: {
            "data": {"type": "organizations", "id": view.owner(record).id}
        }
    },
    links=lambda view, record: {},
    operations=OPERATIONS,
    within="organizations",
    about="Tags of workspaces: each with those that have it.",
    member="tags",
)
EDITIONS = {"2026-08": TAGS}
