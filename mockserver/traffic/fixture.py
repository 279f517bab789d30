"""Recorded exchanges become a fixture: the world as they last showed it.

Walks the kinds as seeding does; `entries` say for each type what entry makes a record look so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.fixtures import UnfitFixture
from mockserver.judge.pointers import MISSING, at
from mockserver.pointers import path_of, pointer
from mockserver.redaction import MASK
from mockserver.traffic.masking import LOST, MASKED
from mockserver.traffic.observed import Key, Observed
from mockserver.world.kinds import Kind, by_creation
from mockserver.world.naming import as_made
from mockserver.world.seeding import BadFixture

FixtureEntry = Callable[..., Any]
"""`entry(resource, known)`: what a fixture says of a resource object; None where it cannot."""


def fixture_document(observed: Observed, entries_of: Mapping[str, FixtureEntry]) -> dict[str, Any]:
    """The fixture. What cannot be told of a record is left out; `observed.remarks` says what."""
    made: dict[str, Any] = {"version": 1}
    entries = _named(observed, made)
    for type, kind in observed.kinds.items():
        if type not in entries_of:
            continue
        for key, resource in _of_kind(observed, kind):
            entry = entries_of[type](resource, observed.known)
            owner = kind.within and (kind.within, observed.owners.get(key, ""))
            holder = entries.get(owner) if owner else made
            if entry is None or holder is None:
                observed.remarks.append(
                    f"{type} {key[1]} is left out: what it belongs to was not seen"
                )
                continue
            _placed(holder, kind, entry)
            entries[key] = entry[1] if isinstance(entry, tuple) else entry
            observed.remarks += [f"{type} {key[1]}: {what}" for what in _lost(entries[key])]
    return made


def fitting(
    document: dict[str, Any], serve: Callable[[Any], object], remarks: list[str]
) -> dict[str, Any]:
    """The document without what no world can have of it, such as a user whom nothing has shown.

    `serve` raises UnfitFixture or BadFixture, as a server does; `remarks` gets what was left out, and why.
    Raises the same where nothing can be left out.
    """
    while True:
        try:
            serve(document)
        except (UnfitFixture, BadFixture) as error:
            faults = {_left_out(document, pointer): fact for pointer, fact in error.faults}
            faults.pop((), None)
            if not faults:
                raise
            for path in sorted(faults, reverse=True):  # what stands behind goes first
                remarks.append(f"{_called(document, path)} is left out: {faults[path]}")
                document = _without(document, path)
        else:
            return document


def _left_out(document: Any, place: str) -> tuple[str | int, ...]:
    """Where what goes stands: at the pointer itself, or the entry in which it is missing."""
    path = path_of(place)
    while path and at(document, pointer(path)) is MISSING:
        path = path[:-1]
    return path if len(path) > 1 else ()


def _called(document: Any, path: Sequence[str | int]) -> str:
    """What goes, by the entry in which it stands: an index says little of what was not written."""
    called, beyond = "", 0
    for end in range(1, len(path) + 1):
        part = at(document, pointer(path[:end]))
        if isinstance(part, dict) and (name := part.get("id") or part.get("name")):
            member = next(word for word in reversed(path[:end]) if isinstance(word, str))
            called, beyond = f"{member} {name}", end
    rest = pointer(path[beyond:]).removeprefix("/")
    return f"{called}: its {rest}" if called and rest else called or pointer(path)


def _without(part: Any, path: Sequence[str | int]) -> Any:
    """A copy without what stands there."""
    first, *rest = path
    made = part.copy()
    if rest:
        made[first] = _without(part[first], rest)
    else:
        del made[first]
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


def _named(observed: Observed, made: dict[str, Any]) -> dict[Key, dict[str, Any]]:
    """The entries of what paths have named and no answer has shown: the name is the id."""
    entries: dict[Key, dict[str, Any]] = {}
    there = {(type, id.casefold()) for type, id in observed.seen}
    for key in (*_owners(observed), *observed.named):
        kind, known = observed.kinds.get(key[0]), (key[0], key[1].casefold())
        if kind and kind.identify and kind.within is None and known not in there:
            there.add(known)
            entries[key] = {"name": key[1]}
            _placed(made, kind, entries[key])
    return entries


def _owners(observed: Observed) -> Iterator[Key]:
    for key, owner in observed.owners.items():
        within = observed.kinds[key[0]].within
        if within and key in observed.seen:
            yield within, owner


def _placed(holder: dict[str, Any], kind: Kind, entry: Any) -> None:
    if kind.mapping:
        name, detail = entry
        holder.setdefault(kind.member, {})[name] = detail
    else:
        holder.setdefault(kind.member, []).append(entry)
