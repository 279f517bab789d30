"""The matrix caller × operation of a fixture's world, which people keep as documentation."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.pipeline.server import Server
from mockserver.world import who
from mockserver.world.state import Record
from mockserver.world.universe import Universe
from mockserver.world.who import Verdict


def matrix(
    fixture: str, edition: str | None = None, names: Sequence[str] = (), ids: Sequence[str] = ()
) -> dict[str, dict[str, str]]:
    """`{operation: {caller: cell}}`, cells as `who.cell` writes them.

    `edition` None: that of the fixture, or the default. `names` and `ids` pick callers and
    operations; all where empty. Raises UnknownEdition,
    UnknownFixture, UnfitFixture, BadFixture, and KeyError with the nearest names.
    """
    server = Server()
    universe = server.made(key="who", edition=edition, fixture=fixture)
    found = verdicts(server, universe, names, ids)
    return {id: {name: who.cell(cell) for name, cell in row.items()} for id, row in found.items()}


def verdicts(
    server: Server, universe: Universe, names: Sequence[str] = (), ids: Sequence[str] = ()
) -> dict[str, dict[str, list[Verdict]]]:
    """The same of a world that is there, with the rules: `{operation: {caller: verdicts}}`."""
    state, kinds = universe.state, universe.kinds
    everyone = who.callers(kinds, state)
    chosen = [who.called(kinds, state, name) for name in names] or list(everyone.values())
    edition = universe.edition
    found: dict[str, dict[str, list[Verdict]]] = {}
    records: dict[str, dict[str, Record]] = {}
    for id in ids or [id for id in server.contract(edition).operations if id in kinds.table]:
        asked = server.asked(id, edition)
        if asked.type and asked.type not in records:
            records[asked.type] = who.labelled(kinds, state, asked.type)
        among = records.get(asked.type or "")
        found[id] = {
            caller.name: list(who.verdicts(kinds, state, caller, asked, among=among))
            for caller in chosen
        }
    return found
