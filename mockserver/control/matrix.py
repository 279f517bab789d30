"""The matrix caller × operation of a fixture's world, which people keep as documentation."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.pipeline.server import Server
from mockserver.world import who


def matrix(
    fixture: str, edition: str, names: Sequence[str] = (), ids: Sequence[str] = ()
) -> dict[str, dict[str, str]]:
    """`{operation: {caller: cell}}`, cells as `who.cell` writes them.

    `names` and `ids` pick callers and operations; all where empty. Raises UnknownEdition,
    UnknownFixture, UnfitFixture, BadFixture, and KeyError with the nearest names.
    """
    server = Server(edition=edition)
    universe = server.made(key="who", fixture=fixture)
    state, kinds = universe.state, universe.kinds
    everyone = who.callers(kinds, state)
    chosen = [who.called(kinds, state, name) for name in names] or list(everyone.values())
    found: dict[str, dict[str, str]] = {}
    for id in ids or [id for id in server.contract().operations if id in universe.kinds.table]:
        asked = server.asked(id)
        found[id] = {
            caller.name: who.cell(list(who.verdicts(kinds, state, caller, asked)))
            for caller in chosen
        }
    return found
