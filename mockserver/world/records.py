"""Records made and changed, by what their kind and the edition say of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.world import ids
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind, Values
from mockserver.world.state import Record, State, freeze


def in_entries(kind: Kind, facts: Facts) -> list[str]:
    """The attributes that a fixture's entry may have as they are kept, in order."""
    settable = facts.kept.get(kind.type, {})
    hidden = secrets(kind, facts)
    names = [*(n for n in settable if n not in kind.computed and n not in hidden), *kind.made]
    first = [kind.title] if kind.title else []
    return [name for name in dict.fromkeys([*first, *names]) if not name.startswith("_")]


def secrets(kind: Kind, facts: Facts) -> tuple[str, ...]:
    """The attributes of a kind that are kept as digests, under their name with `_` before it."""
    kept = facts.kept.get(kind.type, {})
    return tuple(dict.fromkeys((*kind.secrets, *(n for n, said in kept.items() if said.secret))))


def kept(kind: Kind, facts: Facts, given: Values) -> dict[str, Any]:
    """Values as they are kept: a secret as its digest, and nothing that the kind computes."""
    hidden, values = secrets(kind, facts), {}
    for name, value in given.items():
        if name in hidden:
            values[f"_{name}"] = ids.digest(value)
        elif name not in kind.computed or name in kind.made:
            values[name] = value
    return values


def first(kind: Kind, facts: Facts, given: Values, now: str) -> dict[str, Any]:
    """All values of a new record: what is given, else what the kind makes, else the edition's
    default, else null.
    """
    values = kept(kind, facts, given)
    for name, said in facts.kept.get(kind.type, {}).items():
        name = f"_{name}" if said.secret else name
        if name not in values and name not in kind.made and name not in kind.computed:
            values[name] = said.default
    for name, made in kind.made.items():
        if name not in values:
            values[name] = made(values, facts, now) if callable(made) else made
    return values


def create(
    kind: Kind,
    state: State,
    owners: tuple[int, ...],
    values: Values,
    *,
    seed: int,
    id: str | None = None,
) -> tuple[State, Record]:
    """A new record of a kind in a new state. Raises KeyError where one of its names is taken."""
    if kind.identify:
        id = kind.identify(values)
    while id is None:
        state, count = state.fresh(kind.prefix or kind.type)
        made = ids.make(seed, kind.prefix, count)
        id = None if (kind.type, made) in state.names else made
    key = state.serial + 1
    record = Record(
        kind=kind.type,
        key=key,
        id=id,
        owners=owners,
        values=freeze(values),
        names=((kind.type, id), *kind.names(values, owners)),
        sort=kind.sort(values, key),
    )
    return state.add(record), record


def change(kind: Kind, state: State, record: Record, changes: Values) -> tuple[State, Record]:
    """The record with other values, in a new state; both as they were where nothing differs."""
    values = freeze({**record.values, **changes})
    if values == record.values:
        return state, record
    id = kind.identify(values) if kind.identify else record.id
    changed = replace(
        record,
        id=id,
        values=values,
        names=((kind.type, id), *kind.names(values, record.owners)),
        sort=kind.sort(values, record.key),
    )
    return state.put(changed), changed
