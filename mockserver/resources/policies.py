"""Policies: Sentinel code with an enforcement mode, grouped into policy sets.

Source: policies.html; go-tfe v0.3.19 policy.go and policy_test.go (what `enforce` shows when).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.jsonapi.identifiers import members, named, to_many, to_one
from mockserver.jsonapi.names import taken
from mockserver.jsonapi.pages import paged
from mockserver.resources.permissions import SENTINEL
from mockserver.world.calls import Call, Raw, Reply, View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.problems import Error, invalid, invalid_items, not_found
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

SETS = ("policy-sets", "policies")
DEFAULT_MODE = "hard-mandatory"


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return (("policies", owners[0], values["name"]),)


def show(view: View, record: Record) -> dict[str, Any]:
    path = f"/api/v2/policies/{record.id}"
    uploaded = record["_content"] is not None
    entry = {"path": f"{record['name']}.sentinel", "mode": record["_mode"]}
    sets = members(view, record, SETS)
    return {
        "id": record.id,
        "type": "policies",
        "attributes": {
            "name": record["name"],
            "description": record["description"],
            "enforce": [entry] if uploaded else [],
            "policy-set-count": len(sets),
            "updated-at": record["updated-at"],
        },
        "relationships": {
            "organization": to_one(view.owner(record)),
            "policy-sets": to_many(sets),
        },
        "links": {"self": path, "upload": f"{path}/upload"}
        | ({"download": f"{path}/download"} if uploaded else {}),
    }


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name and the sets it is in."""
    return view.owner(record).id, view.state.relations(record.key)


# operations


def list_policies(call: Call) -> Reply:
    return Reply(200, data=paged(call, call.state.list(call.record.key, "policies")))


def show_policy(call: Call) -> Reply:
    return Reply(200, data=call.record)


def create_policy(call: Call) -> Reply:
    """Answers 200 (page). The code comes with an upload; until then `enforce` is empty (suite)."""
    organization, attributes = call.record, call.attributes
    errors: list[Error] = taken(call, KIND, (organization.key,), attributes)
    data = call.data.get("relationships", {}).get("policy-sets", {}).get("data", [])
    pointer = "/data/relationships/policy-sets/data"
    sets = named(call, data, "policy-sets", pointer, organization, errors)
    if errors:
        raise invalid_items(errors)
    name = attributes["name"]
    values = {
        "name": name,
        "description": attributes.get("description"),
        "updated-at": None,
        "_mode": _mode(call, name, attributes["enforce"]),
        "_content": None,
    }
    state, record = call.create(KIND, call.state, (organization.key,), values)
    state = state.link(record.key, SETS, sets)
    for key in sets:
        kind = call.kinds["policy-sets"]
        state, _ = call.change(kind, state, state.get(key), {"updated-at": call.now})
    return Reply(200, state, record)


def update_policy(call: Call) -> Reply:
    """`name` is ignored (page). `enforce` replaces; without it the mode stays (suite)."""
    record, attributes = call.record, call.attributes
    changes: dict[str, Any] = {}
    if "description" in attributes:
        changes["description"] = attributes["description"]
    if "enforce" in attributes:
        changes["_mode"] = _mode(call, record["name"], attributes["enforce"])
    state, changed = call.change(KIND, call.state, record, changes)
    if changed is not record:
        state, changed = call.change(KIND, state, changed, {"updated-at": call.now})
    return Reply(200, state, changed)


def upload_policy(call: Call) -> Reply:
    """Any bytes, none at all included (suite); the Sentinel text is not judged."""
    content = call.document or b""
    changes = {"_content": content, "updated-at": call.now}
    state, record = call.change(KIND, call.state, call.record, changes)
    return Reply(200, state, record)


def download_policy(call: Call) -> Reply:
    content = call.record["_content"]
    if content is None:
        raise not_found(f"{call.record.id} has no content: upload it first")
    return Reply(200, data=Raw(content))


def delete_policy(call: Call) -> Reply:
    """Takes it out of every policy set (decision)."""
    return Reply(204, call.state.remove(call.record.key))


def _mode(call: Call, name: str, enforce: Sequence[Mapping[str, Any]]) -> str:
    """The mode that an enforcement map gives to the policy's one file."""
    if len(enforce) > 1:
        raise invalid(
            "Enforce can only have one entry",
            "/data/attributes/enforce",
            fact=f"enforce has {len(enforce)} entries",
            expected="one entry: policies have a single file",
            key_path="data.attributes.enforce",
            source="policies.html#create-a-policy (decision: 422)",
            hint=f"Send one entry with the path {name}.sentinel.",
        )
    for entry in enforce:
        if entry["path"] == f"{name}.sentinel":
            return str(entry.get("mode", DEFAULT_MODE))
    return DEFAULT_MODE


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    assert owner is not None
    content = entry["code"].encode() if "code" in entry else None
    if "code-base64" in entry:
        content = b64decode(entry["code-base64"])
    updated = entry.get("updated-at", seeding.now if content is not None else None)
    values = {
        "name": entry["name"],
        "description": entry.get("description"),
        "updated-at": updated,
        "_mode": entry.get("mode", DEFAULT_MODE),
        "_content": content,
    }
    return seeding.create(KIND, (owner.key,), values, pointer, id=entry.get("id"))


def dump(state: State, record: Record) -> dict[str, Any]:
    entry = {"id": record.id, "name": record["name"], "description": record["description"]}
    entry |= {"mode": record["_mode"], "updated-at": record["updated-at"]}
    content = record["_content"]
    if content is not None:
        try:
            entry["code"] = content.decode("utf-8")
        except UnicodeDecodeError:
            entry["code-base64"] = b64encode(content).decode()
    return entry


KIND = Kind(
    type="policies",
    page="policies",
    prefix="pol",
    names=names,
    sort=lambda values, key: (values["name"],),
    find=by_id("policies"),
    show=show,
    depends=depends,
    related={"policy-sets": lambda view, record: members(view, record, SETS)},
    operations={
        "list-policies": (list_policies, SENTINEL),
        "show-policy": (show_policy, SENTINEL),
        "create-policy": (create_policy, SENTINEL),
        "update-policy": (update_policy, SENTINEL),
        "upload-policy": (upload_policy, SENTINEL),
        "download-policy": (download_policy, SENTINEL),
        "delete-policy": (delete_policy, SENTINEL),
    },
    read=SENTINEL,
    within="organizations",
    member="policies",
    seed=seed,
    dump=dump,
    title=lambda record: str(record["name"]),
)
