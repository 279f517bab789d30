"""The records of a world: by type, and one as the API answers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import flask

from mockserver.contract import Operation
from mockserver.nearest import did_you_mean, singular
from mockserver.page import doors
from mockserver.page.asking import api
from mockserver.page.bodies import Link, lines
from mockserver.world.naming import label
from mockserver.world.universe import Universe

SHOWN = 500
"""Records on one page; a part of the name finds the others."""

Said = Any


def list_records(number: int, type: str) -> Said:
    universe = doors.world(number)
    if type not in universe.kinds:
        flask.abort(404, f"This world knows no type {type}. {did_you_mean(type, universe.kinds)}")
    kinds, state, clean = universe.kinds, universe.state, doors.server().redactor(universe).text
    part = flask.request.args.get("name", "")
    every = list(state.every(type))
    fitting = (
        [r for r in every if part in r.id or part in label(kinds, state, r)] if part else every
    )
    return flask.render_template(
        "records.html",
        number=number,
        type=type,
        about=kinds[type].about,
        part=part,
        records=[(clean(label(kinds, state, record)), record) for record in fitting[:SHOWN]],
        fitting=len(fitting),
        all=len(every),
    )


def show_record(number: int, type: str, id: str) -> Said:
    universe = doors.world(number)
    record = universe.state.find(type, id) if type in universe.kinds else None
    if record is None:
        flask.abort(404, f"There is no {singular(type)} {id} in this world, or no longer.")
    operation = shows(universe, type)
    path, shown, more = None, None, False
    clean = doors.server().redactor(universe)
    if operation is not None:
        (parameter,) = operation.records
        path = operation.path.replace(f"{{{parameter}}}", quote(id, safe=""))
        answer = json.loads(api(universe, path))
        shown, more = lines(clean.value(answer), links(universe))
    return flask.render_template(
        "record.html",
        number=number,
        type=type,
        record=record,
        label=clean.text(label(universe.kinds, universe.state, record)),
        about=universe.kinds[type].about,
        operation=operation,
        path=path,
        lines=shown,
        more=more,
    )


def shows(universe: Universe, type: str) -> Operation | None:
    """The operation of the edition that shows one record of a type; None where it has none."""
    for operation in doors.server().contract(universe.edition).operations.values():
        ends = operation.path.endswith("}") and operation.method == "GET"
        if ends and list(operation.records.values()) == [type]:
            return operation
    return None


def links(universe: Universe) -> Link:
    """Where a record of this world is shown."""
    number, state, kinds = universe.number, universe.state, universe.kinds

    def link(type: str, id: str) -> str | None:
        there = type in kinds and state.find(type, id) is not None
        return f"/worlds/{number}/records/{type}/{quote(id, safe='')}" if there else None

    return link


ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/worlds/<int:number>/records/<type>", "GET", list_records),
    ("/worlds/<int:number>/records/<type>/<id>", "GET", show_record),
)
