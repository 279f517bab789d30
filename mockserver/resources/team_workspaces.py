"""Team access: what a team may do in one workspace. Its type is `team-workspaces`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.jsonapi.handlers import delete_record, show_record
from mockserver.jsonapi.identifiers import identifier
from mockserver.jsonapi.missing import no_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.world.access import demand
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, View
from mockserver.world.naming import by_id
from mockserver.world.problems import Error, invalid_item, invalid_items, not_found
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

OWNERS = "owners"
LEVELS = ("read", "plan", "write", "admin")
"""Each including those before it."""
EVERYWHERE = "The owners team has admin access to every workspace"


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """One access a team and workspace; `owners` are the workspace and the team."""
    return (("team-workspaces", *owners),)


# who may do what


def _teams(view: View, organization: Record) -> Iterable[int]:
    return view.reached("teams", organization)


def grants(view: View, record: Record) -> Iterator[str]:
    """In a workspace: the levels that the caller's teams have there."""
    for team in _teams(view, view.owner(record)):
        if access := view.state.find("team-workspaces", record.key, team):
            yield access["access"]


def reach(view: View, type: str, within: Record) -> Iterator[int]:
    """The workspaces in which the caller's teams have access."""
    if type != "workspaces":
        return
    for team in _teams(view, within):
        for item in view.state.list(team, "team-workspaces"):
            yield view.state.get(item[-1]).owner


READ, MANAGE = "read-team-access", "manage-team-access"
"""List and add have no record in their path: their handlers ask once they know the workspace."""


# what is shown


def to_team(view: View, record: Record) -> dict[str, Any]:
    team = view.state.get(record.owners[1])
    return {"data": identifier(team), "links": {"related": f"/api/v2/teams/{team.id}"}}


def to_workspace(view: View, record: Record) -> dict[str, Any]:
    workspace = view.owner(record)
    path = f"/api/v2/organizations/{view.owner(workspace).id}/workspaces/{workspace['name']}"
    return {"data": identifier(workspace), "links": {"related": path}}


# operations


def list_access(call: Call) -> Reply:
    """Of one workspace, in order of creation; one that is unknown or unseen is 404."""
    id = call.query["filter[workspace][id]"]
    workspace = _found(call, "workspaces", id)
    if workspace is None:
        raise not_found(no_record(call, "workspaces", id))
    demand(call, call.operation, READ, workspace, "teams")
    items = call.state.list(workspace.key, "team-workspaces")
    return Reply(data=listed(call, (item[-1] for item in items)))


def add_access(call: Call) -> Reply:
    """The team must be one that the caller sees, so who only administers the workspace can name
    his own teams (only owners manage permissions for any team).
    """
    relationships = call.data["relationships"]
    workspace_id, team_id = (relationships[name]["data"]["id"] for name in ("workspace", "team"))
    workspace, team = _found(call, "workspaces", workspace_id), _found(call, "teams", team_id)
    errors: list[Error] = []
    if workspace is None or not call.sees(workspace):
        workspace = None
        errors.append(_unknown("workspace", workspace_id))
    else:
        demand(call, call.operation, MANAGE, workspace, "teams")
    if team is None or not call.sees(team) or (workspace and team.owner != workspace.owner):
        errors.append(_unknown("team", team_id))
    elif workspace:
        errors += _barred(call, workspace, team)
    if errors or not workspace or not team:
        raise invalid_items(errors)
    owners = workspace.key, team.key
    state, record = call.create(KIND, call.state, owners, call.attributes)
    return Reply(state=state, data=record)


def _found(call: Call, type: str, id: str) -> Record | None:
    find = call.kinds[type].find
    assert find is not None
    return find(call.state, id, None)


def _unknown(what: str, id: str) -> Error:
    return _wrong(
        what,
        f"{what.capitalize()} does not exist",
        fact=f"{id!r} is not the id of a {what} that this token may see, in the same organization",
        expected=f"the id of a {what}",
        hint=f"List the organization's {what}s to find their ids.",
    )


def _barred(call: Call, workspace: Record, team: Record) -> list[Error]:
    """Why a team that exists cannot be given access."""
    if team["name"] == OWNERS:
        fact = f"the access of the team {OWNERS} can be neither given nor taken"
        hint = "Leave it out: its members may do everything already."
        return [_wrong("team", EVERYWHERE, fact=fact, expected="another team", hint=hint)]
    other = call.state.find(*names({}, (workspace.key, team.key))[0])
    if other is None:
        return []
    return [
        _wrong(
            "team",
            "Team has already been taken",
            fact=f"the team has {other['access']} access already: team access {other.id}",
            expected="a team without access of its own",
            hint="To change it, remove the access and add it again.",
        )
    ]


def _wrong(what: str, detail: str, **meta: str) -> Error:
    return invalid_item(
        detail,
        f"/data/relationships/{what}/data",
        **meta,
    )


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """`{"platform": "read"}`, or `{"platform": {"id": "1", "access": "read"}}`."""
    assert owner is not None
    name, value = entry
    detail = value if isinstance(value, dict) else {"access": value}
    organization = seeding.state.get(owner.owner)
    team = seeding.named("teams", name, pointer, organization)
    if team is None:
        return None
    if team["name"] == OWNERS:
        seeding.fault(pointer, f"{EVERYWHERE}: leave it out")
        return None
    values, owners = {"access": detail["access"]}, (owner.key, team.key)
    found = seeding.there(KIND, values, owners)
    if found is None:
        return seeding.create(KIND, owners, values, pointer, id=detail.get("id"))
    if isinstance(value, dict):
        seeding.meet(KIND, found, value, pointer)
    elif found["access"] != value:
        seeding.clash(pointer, found, "access")
    return found


def dump(state: State, record: Record, entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return state.get(record.owners[1])["name"], entry


KIND = Kind(
    type="team-workspaces",
    names=names,
    find=by_id("team-workspaces"),
    show=resource,
    relationships={"team": to_team, "workspace": to_workspace},
    operations={
        "list-team-access-to-workspaces": (list_access, READ),
        "add-team-access-to-workspace": (add_access, MANAGE),
        "show-team-access-to-workspace": (show_record, READ),
        "remove-team-access-to-workspace": (delete_record, MANAGE),
    },
    read=READ,
    grants={"workspaces": grants},
    reach=reach,
    within="workspaces",
    about='What teams may do in it: the level by the team\'s name, e.g. {"platform": "read"}.',
    member="team-access",
    refers=("teams",),
    mapping=True,
    seed=seed,
    dump=dump,
    entry={"type": ["string", "object"], "pattern": f"^({'|'.join(LEVELS)})$"},
)
