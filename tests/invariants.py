"""What must hold of every world, whatever was done to it: sentences about what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mockserver.resources.team_members import OWNERS
from mockserver.world.kinds import Kind
from mockserver.world.state import Record
from mockserver.world.view import View


def unsound(view: View) -> list[str]:
    """The sentences about a state, its records in order of their creation; none where all holds."""
    records = [view.state.get(key) for key in sorted(view.state.records)]
    return [said for record in records for said in _of(view, record)]


def _of(view: View, record: Record) -> Iterator[str]:
    yield from relations(view, record)
    yield from OF_TYPE.get(record.kind, lambda view, record: ())(view, record)


def relations(view: View, record: Record) -> Iterator[str]:
    """Both sides of every relation agree, and members stand in the list of the same owner."""
    kind = view.kinds[record.kind]
    for (name, inverse), members in view.state.relations(record.key).items():
        for key in members:
            member = view.state.records.get(key)
            if member is None:
                yield f"{record.id} has a member that does not exist"
            elif record.key not in view.state.members(key, (inverse, name)):
                yield f"{record.id} has {member.id}, which does not have it"
            elif together(kind, view.kinds[member.kind]) and member.owner != record.owner:
                yield f"{record.id} has {member.id} of another organization"


def together(one: Kind, other: Kind) -> bool:
    """Whether both stand in the list of an owner of the same kind."""
    return one.within is not None and one.within == other.within


def tokens(view: View, record: Record) -> Iterator[str]:
    """A team and an organization have one token at most."""
    holder = view.owner(record)
    if holder.kind != "users" and len(view.state.list(holder.key, record.kind)) > 1:
        yield f"{holder.id} has more than one token"


def teams(view: View, record: Record) -> Iterator[str]:
    """`owners` is never empty, and never without a right."""
    if record["name"] == OWNERS:
        if not len(view.state.members(record.key, ("users", "teams"))):
            yield f"{record.id}, the team {OWNERS} of {view.owner(record).id}, is empty"
        if not all(record["organization-access"].values()):
            yield f"{record.id}, the team {OWNERS} of {view.owner(record).id}, lacks a right"


def team_workspaces(view: View, record: Record) -> Iterator[str]:
    """Team and workspace are of one organization, and the team is not `owners`."""
    workspace, team = view.owner(record), view.state.get(record.owners[1])
    if workspace.owner != team.owner:
        yield f"team access {record.id} joins {workspace.id} and {team.id} of another organization"
    if team["name"] == OWNERS:
        yield f"team access {record.id} is of {team.id}, the team {OWNERS}"


OF_TYPE: Mapping[str, Callable[[View, Record], Iterable[str]]] = {
    "authentication-tokens": tokens,
    "teams": teams,
    "team-workspaces": team_workspaces,
}
