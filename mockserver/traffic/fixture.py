"""Recorded exchanges become a fixture: the world as they last showed it.

Walks the kinds as seeding does; `entries` say for each type what entry makes a record look so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.redaction import MASK
from mockserver.traffic.masking import LOST, MASKED
from mockserver.traffic.observed import Key, Observed
from mockserver.world.kinds import Kind, by_creation
from mockserver.world.naming import as_made

FixtureEntry = Callable[..., Any]
"""`entry(resource, known)`: what a fixture says of a resource object; None where it cannot."""


def fixture_document(observed: Observed, entries_of: Mapping[str, FixtureEntry]) -> dict[str, Any]:
    """The fixture. What cannot be told of a record is left out; `observed.remarks` says what."""
    made: dict[str, Any] = {"version": 1}
    entries: dict[Key, dict[str, Any]] = {}
    for type, kind in observed.kinds.items():
        if type not in entries_of:
            continue
        for key, resource in _of_kind(observed, kind):
            entry = entries_of[type](resource, observed.known)
            holder = made if kind.within is None else _holder(observed, kind, key, made, entries)
            if entry is None or holder is None:
                observed.remarks.append(
                    f"{type} {key[1]} is left out: what it belongs to was not seen"
                )
                continue
            _placed(holder, kind, entry)
            entries[key] = entry[1] if isinstance(entry, tuple) else entry
            observed.remarks += [f"{type} {key[1]}: {what}" for what in _lost(entries[key])]
    return made


def _of_kind(observed: Observed, kind: Kind) -> list[tuple[Key, dict[str, Any]]]:
    """The records of a kind, in the order of their creation where its lists tell."""
    found = [(key, resource) for key, resource in observed.seen.items() if key[0] == kind.type]
    if kind.sort in (by_creation, as_made):
        place = {id: at for at, id in enumerate(observed.order.get(kind.type, ()))}
        found.sort(key=lambda one: place.get(one[0][1], len(place)))
    return found


def _lost(entry: Mapping[str, Any]) -> Iterator[str]:
    """What an entry does not keep of its record, and what it has in its place."""
    for name, value in entry.items():
        if value in (LOST, MASK):
            yield f"its {name} was not recorded"
        elif isinstance(value, Mapping) and MASK in value.values():
            yield f"values of its {name} were not recorded"
        elif str(value).startswith(MASKED):
            yield f"its secret was not recorded; KEY.{value} opens in its place"


def _holder(
    observed: Observed,
    kind: Kind,
    key: Key,
    made: dict[str, Any],
    entries: dict[Key, dict[str, Any]],
) -> dict[str, Any] | None:
    """The entry in which a record's stands; one that was only named in paths is made here."""
    owner = observed.owners.get(key)
    if owner is None or kind.within is None:
        return None
    holder = entries.get((kind.within, owner))
    outer = observed.kinds[kind.within]
    if holder is None and outer.within is None and outer.identify:
        holder = entries[kind.within, owner] = {"name": owner}
        _placed(made, outer, holder)
    return holder


def _placed(holder: dict[str, Any], kind: Kind, entry: Any) -> None:
    if kind.mapping:
        name, detail = entry
        holder.setdefault(kind.member, {})[name] = detail
    else:
        holder.setdefault(kind.member, []).append(entry)
