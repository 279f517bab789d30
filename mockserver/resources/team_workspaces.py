"""Team access: what a team may do in one workspace. Its type is `team-workspaces`.

Source: team-access.html, permissions.html#workspace-level-permissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.world.calls import View
from mockserver.world.kinds import Kind, by_id
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State

find = by_id("team-workspaces")


def names(values: Mapping[str, Any], owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """One access a team and workspace; `owners` are the workspace and the team."""
    return (("team-workspaces", *owners),)


def _teams(view: View, organization: Record) -> Iterable[int]:
    return view.reached("teams", organization)


def grants(view: View, record: Record) -> Iterator[str]:
    """In a workspace: the levels that the caller's teams have there."""
    if record.kind != "workspaces":
        return
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


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """`{"platform": "read"}`, or `{"platform": {"id": "1", "access": "read"}}`."""
    assert owner is not None
    name, value = entry
    detail = value if isinstance(value, dict) else {"access": value}
    organization = seeding.state.get(owner.owner)
    team = seeding.named("teams", name, pointer, organization)
    if team is None:
        return None
    values = {"access": detail["access"]}
    return seeding.create(KIND, (owner.key, team.key), values, pointer, id=detail.get("id"))


def dump(state: State, record: Record) -> tuple[str, dict[str, Any]]:
    team = state.get(record.owners[1])
    return team["name"], {"id": record.id, "access": record["access"]}


KIND = Kind(
    type="team-workspaces",
    page="team-access",
    names=names,
    find=find,
    grants=grants,
    reach=reach,
    within="workspaces",
    member="team-access",
    mapping=True,
    seed=seed,
    dump=dump,
)
