"""A world becomes a fixture document: the other way round is `world.seeding`."""

from __future__ import annotations

from typing import Any

from mockserver.world import records
from mockserver.world.frozen import thaw
from mockserver.world.kinds import Kind, Kinds, To
from mockserver.world.state import ROOT, Record, State


def dump(kinds: Kinds, state: State) -> dict[str, Any]:
    """The state as a fixture document, secrets as digests: a world made from it is equal."""
    document: dict[str, Any] = {"version": 1, "edition": kinds.facts["edition"]}
    for kind in kinds.values():
        if kind.member and kind.within is None:
            document[kind.member] = _entries(kinds, state, kind, ROOT)
    document["counters"] = dict(sorted(state.counters.items()))
    return document


def _entries(kinds: Kinds, state: State, kind: Kind, owner: int) -> Any:
    entries: list[Any] = []
    found = state.every(kind.type) if kind.within is None else state.all(kind.type, owner)
    for record in found:
        entry = _kept(kinds, state, kind, record)
        for inner in kinds.values():
            if inner.member and inner.within == kind.type:
                entry[inner.member] = _entries(kinds, state, inner, record.key)
        said = kind.dump(state, record, entry) if kind.dump else entry
        if said is not None:
            entries.append(said)
    return dict(entries) if kind.mapping else entries


def entry_of(kinds: Kinds, state: State, kind: Kind, record: Record) -> dict[str, Any]:
    """A record as an entry says it, without what stands within it."""
    kept = _kept(kinds, state, kind, record)
    entry: Any = (kind.dump and kind.dump(state, record, kept)) or kept
    said: dict[str, Any] = entry[1] if kind.mapping else entry  # an object's are pairs
    return said


def _kept(kinds: Kinds, state: State, kind: Kind, record: Record) -> dict[str, Any]:
    """What is kept of a record, as an entry says it."""
    entry: dict[str, Any] = {} if kind.identify else {"id": record.id}
    for name, value in record.values.items():
        if not name.startswith("_"):
            entry[name] = thaw(value)
    for name in records.form(kind, kinds.facts).secrets:
        if (digest := record.get(f"_{name}")) is not None:
            entry[f"{name}-digest"] = digest
    for to in kind.relations.values():
        if to.entry:
            names = [_name(kinds, to, state.get(k)) for k in state.members(record.key, to.relation)]
            if names or not to.one:
                entry[to.entry] = names[0] if to.one else names
    return entry


def _name(kinds: Kinds, to: To, member: Record) -> str:
    """By which an entry names a member: its title where that is one of its names, else its id."""
    kind = kinds[to.type]
    return kind.named_as(member) if kind.titled else member.id
