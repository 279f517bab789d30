"""A fixture document becomes a world; the other way round is `world.dumping`.

Walks the kinds in their order; what a world has already is added to. All or nothing: every fault is
gathered with its place, and a document with a fault changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.pointers import escape
from mockserver.world import clock
from mockserver.world.kinds import Kinds
from mockserver.world.naming import label
from mockserver.world.seeding import BadEntry, BadFixture, Seeding, entries
from mockserver.world.state import Record, State


def seed(
    kinds: Kinds, state: State, document: Mapping[str, Any], *, seed: int, now: str
) -> tuple[State, dict[str, dict[str, str]]]:
    """A state with the document's records, and `{type: {label: id}}` of its entries.

    The document has passed the schema of fixtures. Raises BadFixture with every fault.
    """
    seeding = Seeding(kinds, state, seed, now, frozenset(_ids(document)))
    seeding.faults += _impossible_times(document, "")
    if seeding.faults:
        raise BadFixture(seeding.faults)
    found: dict[str | None, list[tuple[Any, str, Record | None]]] = {None: [(document, "", None)]}
    for kind in kinds.values():
        made = found[kind.type] = []
        for parent, place, owner in found.get(kind.within, ()):
            for pointer, entry in entries(parent.get(kind.member), f"{place}/{kind.member}"):
                if kind.seed:
                    record = kind.seed(seeding, entry, pointer, owner)
                else:
                    record = seeding.record(kind, entry, pointer, owner)
                if record:
                    made.append((entry, pointer, record))
    for waiting in seeding.later:
        seeding.join(*waiting, last=True)
    if seeding.faults:
        raise BadFixture(seeding.faults)
    counters = dict(seeding.state.counters)
    for prefix, count in document.get("counters", {}).items():
        counters[prefix] = max(count, counters.get(prefix, 0))
    done = replace(seeding.state, counters=counters)
    made_records = {
        type: {label(kinds, done, record): record.id for _, _, record in items if record}
        for type, items in found.items()
        if type and items
    }
    return done, made_records


def token_names(kinds: Kinds, document: Mapping[str, Any]) -> frozenset[str]:
    """The tokens that a document names: what stands after the key and a dot."""
    found = (kind.token_names(document) for kind in kinds.values() if kind.token_names)
    return frozenset(name for names in found for name in names)


def _ids(value: Any) -> Iterator[str]:
    """What stands as the id of anything in a document."""
    if isinstance(value, Mapping):
        if isinstance(id := value.get("id"), str):
            yield id
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        yield from _ids(item)


def _impossible_times(value: Any, place: str) -> Iterator[BadEntry]:
    """Times that have the form of one but are on no calendar, such as 30 February."""
    if isinstance(value, dict | Mapping):
        for name, item in value.items():
            inner = f"{place}/{escape(name)}"
            if name.endswith("-at") and isinstance(item, str) and re.match(clock.PATTERN, item):
                try:
                    clock.parse_timestamp(item)
                except ValueError as error:
                    yield BadEntry(inner, str(error))
            else:
                yield from _impossible_times(item, inner)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _impossible_times(item, f"{place}/{at}")
