"""The matrix of policies and workspaces: the page, and what the script draws it of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask

from mockserver.control.enforcement import enforced, owners
from mockserver.page import doors
from mockserver.world.state import Record
from mockserver.world.universe import Universe

Said = Any


def show_matrix(number: int, owner: str) -> Said:
    universe = doors.world(number)
    return flask.render_template(
        "enforced.html", number=number, owner=_owner(universe, owner), world=universe
    )


def matrix(number: int, owner: str) -> Said:
    universe = doors.world(number)
    return enforced(universe.kinds, universe.state, _owner(universe, owner))


def _owner(universe: Universe, name: str) -> Record:
    for record in owners(universe.kinds, universe.state):
        if record.id == name:
            return record
    flask.abort(404, f"There is no organization named {name} in this world, or no longer.")


ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/worlds/<int:number>/enforced/<owner>", "GET", show_matrix),
    ("/worlds/<int:number>/enforced/<owner>/matrix.json", "GET", matrix),
)
