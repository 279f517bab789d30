"""The access that the teams of a caller have, to workspaces or to projects: what rights are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mockserver.world.state import Record
from mockserver.world.view import View


def _teams(view: View, organization: Record) -> Iterable[int]:
    return view.reached("teams", organization)


def accesses(view: View, type: str, place: Record) -> Iterator[Record]:
    """The accesses that the caller's teams have to a place."""
    for team in _teams(view, view.owner(place)):
        if access := view.state.find(type, place.key, team):
            yield access


def places(view: View, type: str, organization: Record) -> Iterator[int]:
    """Keys of the places that the caller's teams have access to."""
    return (access.owner for access in _of_caller(view, type, organization))


def some(type: str, fits: Callable[[View, Record], bool]) -> Callable[[View, Record], bool]:
    """Whether an access of a team of the caller's fits, to any place of an organization."""
    return lambda view, organization: any(
        fits(view, access) for access in _of_caller(view, type, organization)
    )


def _of_caller(view: View, type: str, organization: Record) -> Iterator[Record]:
    for team in _teams(view, organization):
        for item in view.state.list(team, type):
            yield view.state.get(item[-1])


def own(view: View, record: Record) -> bool:
    """Whether an access is of a team of the caller's."""
    return record.owners[1] in _teams(view, view.owner(view.owner(record)))
