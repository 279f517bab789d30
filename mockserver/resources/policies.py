"""Policies: Sentinel code with an enforcement mode, grouped into policy sets.

What `enforce` shows when is the vendor's client suite's (go-tfe v0.3.19 policy_test.go).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.jsonapi.handlers import (
    create_record,
    delete_record,
    list_records,
    show_record,
    update_record,
)
from mockserver.jsonapi.resources import own_link, resource
from mockserver.redaction import cut
from mockserver.world.calls import Call, Raw, Reply
from mockserver.world.kinds import Kind, To
from mockserver.world.naming import by_id, by_name, unique_name
from mockserver.world.problems import invalid, not_found
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import View

SETS = ("policy-sets", "policies")
DEFAULT_MODE = "hard-mandatory"


# what is shown


def enforce(view: View, record: Record) -> list[dict[str, str]]:
    """Empty before the first upload (suite)."""
    uploaded = record["_content"] is not None
    return [{"path": f"{record['name']}.sentinel", "mode": record["_mode"]}] if uploaded else []


def links(view: View, record: Record) -> dict[str, str]:
    path = own_link(record)["self"]
    download = {} if record["_content"] is None else {"download": f"{path}/download"}
    return {"self": path, "upload": f"{path}/upload", **download}


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name and the sets it is in."""
    return view.owner(record).id, view.state.relations(record.key)


# operations


def create_policy(call: Call) -> Reply:
    """Its sets have another member from now on."""
    state, record = create_record(call).written
    kind = call.kinds["policy-sets"]
    for key in state.members(record.key, SETS):
        state, _ = call.touch(kind, state, state.get(key))
    return Reply(state=state, data=record)


def upload_policy(call: Call) -> Reply:
    """Any bytes, none at all included (suite); the Sentinel text is not judged."""
    changes = {"_content": call.document or b"", "updated-at": call.now}
    state, record = call.change(call.kind, call.state, call.record, changes)
    return Reply(state=state, data=record)


def download_policy(call: Call) -> Reply:
    content = call.record["_content"]
    if content is None:
        raise not_found(f"{call.record.id} has no content: upload it first")
    return Reply(data=Raw(content))


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """A name never changes (page). `enforce` gives the mode; without it the mode stays (suite).

    Clients of later editions send the mode alone, as `enforcement-level`.
    """
    name = record["name"] if record else attributes["name"]
    enforce, level = attributes.pop("enforce", None), attributes.pop("enforcement-level", None)
    kept = {**attributes, "name": name}
    if enforce is not None or level:
        kept["_mode"] = level or mode_of(call, enforce, f"{name}.sentinel", DEFAULT_MODE)
    return kept


def mode_of(call: Call, enforce: Sequence[Mapping[str, Any]], file: str, default: str) -> str:
    """The mode that an enforcement map gives to the policy's one file; the default, and a finding, where
    it names another (page)."""
    if len(enforce) > 1:
        raise invalid(
            "Enforce can only have one entry",
            "/data/attributes/enforce",
            fact=f"enforce has {len(enforce)} entries",
            expected="one entry: policies have a single file",
            source="create-policy",
            hint=f"Send one entry with the path {file}.",
        )
    for entry in enforce:
        if entry.get("path", file) == file:
            return str(entry.get("mode", default))
        call.let_pass(
            "/data/attributes/enforce/0/path",
            fact=f"the policy is {default}: its one file is {file}, "
            f"and enforce[0].path is {cut(entry['path'], 60)!r}",
            expected=file,
            hint=f"Send {file}.",
        )
    return default


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An entry has the mode of its one file, and the code that was uploaded."""
    content = entry["code"].encode() if "code" in entry else None
    if "code-base64" in entry:
        content = b64decode(entry["code-base64"])
    updated = {} if content is None else {"updated-at": seeding.now}
    said = {"_content": content, "_mode": entry.get("mode", DEFAULT_MODE), **updated}
    entry = {name: part for name, part in entry.items() if name != "code-base64"}
    kind = seeding.kinds["policies"]
    return seeding.record(kind, entry | _code(content), pointer, owner, **said)


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"mode": record["_mode"]} | _code(record["_content"])


def _code(content: bytes | None) -> dict[str, str]:
    """What was uploaded, as an entry says it."""
    if content is None:
        return {}
    try:
        return {"code": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"code-base64": b64encode(content).decode()}


RIGHT = "manage-policies"
"""Read and change alike (permissions page)."""
KIND = Kind(
    type="policies",
    prefix="pol",
    names=unique_name("policies"),
    sort=by_name,
    title="name",
    find=by_id("policies"),
    made={"updated-at": None, "_content": None},
    touched="updated-at",
    relations={"policy-sets": To("policy-sets", SETS, counted="policy-set-count")},
    settled=settled,
    show=resource,
    computed={"enforce": enforce},
    links=links,
    depends=depends,
    operations={
        "list-policies": list_records,
        "show-policy": show_record,
        "create-policy": create_policy,
        "update-policy": update_record,
        "upload-policy": upload_policy,
        "download-policy": download_policy,
        "delete-policy": delete_record,
    },
    right=RIGHT,
    read=RIGHT,
    within="organizations",
    about="Sentinel policies, each with an enforcement mode.",
    member="policies",
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "mode": {
                "enum": [DEFAULT_MODE, "soft-mandatory", "advisory"],
                "description": f"What a failing check does to the run; {DEFAULT_MODE} where omitted.",
            },
            "code": {
                "type": "string",
                "description": "The Sentinel code; without it nothing has been uploaded yet.",
            },
            "code-base64": {
                "type": "string",
                "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
                "x-expected": "Base64",
                "description": "What was uploaded, where it is not UTF-8 text, in Base64.",
            },
        },
        "not": {"required": ["code", "code-base64"]},
    },
)
