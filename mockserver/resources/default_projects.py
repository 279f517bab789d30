"""The default project of an organization: what workspaces are in that name no other."""

from __future__ import annotations

from typing import Any

from mockserver.world.calls import Call
from mockserver.world.kinds import Values
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

DEFAULT = ("default-project", "organizations")
NAME = "Default Project"


def is_default(state: State, project: Record) -> bool:
    return len(state.members(project.key, DEFAULT[::-1])) > 0


def with_default(call: Call, state: State, organization: Record) -> State:
    """A new organization has one, where the edition knows projects."""
    if (kind := call.kinds.get("projects")) is None:
        return state
    state, project = call.create(kind, state, (organization.key,), {"name": NAME})
    return state.link(organization.key, DEFAULT, [project.key])


# fixtures


def seed_default(seeding: Seeding, entry: Any, pointer: str, organization: Record) -> None:
    """That of a new organization, with the name and id of the entry that says that it is."""
    if (kind := seeding.kinds.get("projects")) is None:
        return
    given = (one for one in entry.get("projects", ()) if one.get("default"))
    said: Values = next(given, {})
    values, place = {"name": said.get("name", NAME)}, f"{pointer}/projects"
    if project := seeding.create(kind, (organization.key,), values, place, id=said.get("id")):
        seeding.state = seeding.state.link(organization.key, DEFAULT, [project.key])


def seed_project(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An organization has its default project already: the entry that says `default` is of it."""
    assert owner is not None
    kind = seeding.kinds["projects"]
    rest = {name: part for name, part in entry.items() if name != "default"}
    default = seeding.state.get(next(iter(seeding.state.members(owner.key, DEFAULT))))
    if entry.get("default"):
        record = seeding.change(kind, default, seeding.values(kind, rest))
        seeding.join(kind, record, rest, pointer, owner)
        return record
    name = str(entry["name"])
    if default.key in seeding.places and name.casefold() == default["name"].casefold():
        taken, remedy = f"The name {name!r}", 'an entry with "default": true describes that one'
        seeding.fault(pointer, f"{taken} is that of the default project {default.id}: {remedy}.")
        return None
    return seeding.record(kind, rest, pointer, owner)


def dump_project(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "default": True} if is_default(state, record) else entry
