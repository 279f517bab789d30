"""Which project a workspace is in, and how it gets into another."""

from __future__ import annotations

from mockserver.jsonapi.identifiers import named_records
from mockserver.world.access import demand
from mockserver.world.calls import Call, Reply
from mockserver.world.problems import Error, Problem, invalid_item
from mockserver.world.state import Record, State

IN_PROJECT = ("project", "workspaces")
"""The project of a workspace."""
OF_PROJECT = IN_PROJECT[::-1]
"""The workspaces of a project."""
MOVE = "move-workspaces"


def moved(call: Call, state: State, workspace: Record, project: Record) -> State:
    """By who may move workspaces in both projects."""
    before = state.members(workspace.key, IN_PROJECT)
    for key in {*before, project.key} if project.key not in before else ():
        demand(call, call.operation, MOVE, state.get(key), None)
    state = state.unlink(workspace.key, IN_PROJECT, before)
    return state.link(workspace.key, IN_PROJECT, [project.key])


def move_workspaces(call: Call) -> Reply:
    """Into this project, out of those they are in, by who may move workspaces in all of them; all
    or none.
    """
    errors: list[Error] = []
    organization, sent = call.owner(call.record), call.document["data"]
    keys = named_records(call, sent, "workspaces", "/data", organization, errors)
    state, places = call.state, {item["id"]: at for at, item in enumerate(sent)}
    errors += [
        _unmoved(places[record.id], record, left)
        for record in state.several(keys)
        for left in call.members(record, IN_PROJECT)
        if not call.may(MOVE, left)
    ]
    if errors:
        raise Problem(403, *(error._replace(title="forbidden") for error in errors))
    for key in keys:
        state = state.unlink(key, IN_PROJECT, state.members(key, IN_PROJECT))
    return Reply(state=state.link(call.record.key, OF_PROJECT, keys))


def _unmoved(at: int, workspace: Record, project: Record) -> Error:
    return invalid_item(
        f"{workspace.id} cannot be moved out of its project",
        f"/data/{at}",
        fact=f"this token may not move workspaces out of {project.id}",
        expected="workspaces of projects that this token may move them out of",
        hint="Ask who administers that project, or leave the workspace out.",
    )
