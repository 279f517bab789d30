"""Variables of workspaces and parameters of policy sets: one type, `vars`, of August 2026.

The value of a sensitive one is kept as a digest and never shown again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.jsonapi import handlers
from mockserver.jsonapi.resources import owner, resource
from mockserver.world import ids
from mockserver.world.calls import Call
from mockserver.world.kinds import Kind, Values
from mockserver.world.problems import Error, invalid_item
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import View

TYPE = "vars"
READ, WRITE, PARAMETERS = "read-variables", "write-variables", "manage-policies"
HOLDERS = {"workspace": "workspaces", "policy-set": "policy-sets"}
PATHS = {"workspaces": "vars", "policy-sets": "parameters"}


def find(state: State, value: str, within: Record | None) -> Record | None:
    """By id, of the record that a path names before it."""
    record = state.find(TYPE, value)
    return record if record and within in (None, state.get(record.owner)) else None


# what is kept and shown


def settled(call: Any, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """The value in plain text is kept where it is not sensitive; each PATCH is a version (suite)."""
    before: Mapping[str, Any] = (
        record.values if record else {"sensitive": False, "_plain": "", "version": 0}
    )
    sensitive = attributes.get("sensitive", before["sensitive"])
    plain = attributes["value"] if "value" in attributes else before["_plain"]
    return {
        **attributes,
        "_plain": None if sensitive else plain or "",
        "version": before["version"] + 1,
    }


def checked(call: Call, values: Values, record: Record | None) -> Iterator[Error]:
    """What is sensitive stays so (decision)."""
    now = {**(record.values if record else {}), **values}
    if record and record["sensitive"] and not now["sensitive"]:
        yield invalid_item(
            "Sensitive cannot be changed from true to false",
            "/data/attributes/sensitive",
            fact=f"the value of {record.id} is sensitive, and not known any more",
            expected="true",
            hint="Delete it, and make another with a value that may be shown.",
        )


def names(values: Values, owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """A key is one of its category there."""
    return ((TYPE, owners[0], values["category"], values["key"]),)


def version_id(view: View, record: Record) -> str:
    return ids.code(0, record.id, record["version"], 24)


def links(view: View, record: Record) -> dict[str, str]:
    holder = view.owner(record)
    return {"self": f"/api/v2/{holder.kind}/{holder.id}/{PATHS[holder.kind]}/{record.id}"}


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """`{"workspace": "my-organization/web", "key": "region", "value": "eu"}`."""
    what = next(name for name in HOLDERS if name in entry)
    organization, _, name = entry[what].partition("/")
    within = seeding.named("organizations", organization, f"{pointer}/{what}")
    holder = seeding.named(HOLDERS[what], name, f"{pointer}/{what}", within) if within else None
    if holder is None:
        return None
    category = "policy-set" if what == "policy-set" else "terraform"
    plain = None if entry.get("sensitive") else entry.get("value", "")
    return seeding.record(TODAY, entry, pointer, holder, category=category, _plain=plain)


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    """The value in plain text, or of a sensitive one the digest."""
    holder = state.get(record.owner)
    what = next(name for name, type in HOLDERS.items() if type == holder.kind)
    named = {what: f"{state.get(holder.owner).id}/{holder['name']}"}
    if record["_plain"] is None:
        return {**entry, **named}
    rest = {name: value for name, value in entry.items() if name != "value-digest"}
    return {**rest, **named, "value": record["_plain"]}


TODAY = Kind(
    type=TYPE,
    prefix="var",
    names=names,
    title="key",
    find=find,
    made={
        "_plain": "",
        "version": 1,
        "created-at": lambda values, facts, now: now,
    },
    settled=settled,
    checked=checked,
    show=resource,
    computed={"value": lambda view, record: record["_plain"], "version-id": version_id},
    relationships={"configurable": owner},
    links=links,
    operations={
        "list-variables": (handlers.list_records, READ),
        "list-all-variables": (handlers.list_records, READ),
        "show-variable": (handlers.show_record, READ),
        "create-variable": (handlers.create_record, WRITE),
        "update-variable": (handlers.update_record, WRITE),
        "delete-variable": (handlers.delete_record, WRITE),
        "list-parameters": (handlers.list_records, PARAMETERS),
        "show-parameter": (handlers.show_record, PARAMETERS),
        "create-parameter": (handlers.create_record, PARAMETERS),
        "update-parameter": (handlers.update_record, PARAMETERS),
        "delete-parameter": (handlers.delete_record, PARAMETERS),
    },
    read=READ,
    about="Variables of workspaces and parameters of policy sets; a sensitive value as its digest.",
    member=TYPE,
    refers=tuple(HOLDERS.values()),
    seed=seed,
    dump=dump,
    entry={
        "properties": {
            "category": {"enum": ["terraform", "env", "policy-set"]},
            "value": {"description": "Its value; kept as a digest where it is sensitive."},
            "version": {"type": "integer", "minimum": 1, "description": "How often it was set."},
            **{
                name: {
                    "type": "string",
                    "pattern": "^[A-Za-z0-9_-]+/",
                    "x-expected": f"ORGANIZATION/{name.upper()}, such as my-organization/my-{name}",
                    "description": f"The {name.replace('-', ' ')} whose it is, as ORGANIZATION/NAME.",
                }
                for name in HOLDERS
            },
        },
        "required": ["key"],
        "oneOf": [{"required": [name]} for name in HOLDERS],
    },
)
EDITIONS = {"2026-08": TODAY}
