"""Who may do what: callers and operations, each cell with its rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import flask

from mockserver.control.matrix import verdicts
from mockserver.page import doors
from mockserver.world.universe import Universe
from mockserver.world.who import Verdict, callers, cell

MOST = 200_000
"""Verdicts that are worked out for one page: some seconds."""

Said = Any


def show_who(number: int) -> Said:
    universe = doors.world(number)
    kinds, edition = universe.kinds, doors.server().contract(universe.edition)
    built = [o for o in edition.operations.values() if o.id in kinds.table]
    pages = list(dict.fromkeys(o.page for o in built))
    first = [kind.type for kind in kinds.values() if kind.enforcement and kind.type in pages]
    page = flask.request.args.get("page", (first or pages)[0])
    ids = [o.id for o in built if o.page == page]
    if not ids:
        flask.abort(404, f"Edition {universe.edition} has no page {page} with operations.")
    everyone = list(callers(kinds, universe.state))
    large = _verdicts(universe, ids) * len(everyone) > MOST
    found = {} if large else verdicts(doors.server(), universe, ids=ids)
    return flask.render_template(
        "who.html",
        number=number,
        page=page,
        pages=pages,
        callers=everyone,
        large=large,
        query=urlencode({"caller": everyone[0], "operation": ids[0]}),
        rows={id: {name: _cell(each) for name, each in row.items()} for id, row in found.items()},
    )


def _verdicts(universe: Universe, ids: Sequence[str]) -> int:
    """How many a caller: one for each record of the type of each operation."""
    types = [doors.server().asked(id, universe.edition).type for id in ids]
    counts = {type: sum(1 for _ in universe.state.every(type)) for type in set(types) if type}
    return sum(counts.get(type or "", 1) for type in types)


def _cell(found: list[Verdict]) -> dict[str, str]:
    """`yes`, `no`, `some 2/5` or `-`, and the rule in a sentence."""
    if not found:
        return {"word": "-", "rule": "there is no record that it could be done to"}
    hidden = next((verdict for verdict in found if not verdict.may), None)
    rule = f"for {found[0].rule} ({found[0].source})"
    return {"word": cell(found), "rule": hidden.why if hidden and hidden.why else rule}


ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/worlds/<int:number>/who", "GET", show_who),
)
