"""Records made and changed, by what their kind and the edition say of them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from mockserver.world import ids
from mockserver.world.facts import Facts
from mockserver.world.frozen import freeze, seal
from mockserver.world.kinds import Kind, Kinds, Make, Values
from mockserver.world.state import ROOT, Record, State


class Form(NamedTuple):
    """How records of a kind are kept in an edition.

    `secrets`: attributes that are kept as digests, under their name with `_` before it. `entries`:
    those that a fixture's entry may have as they are kept. `defaults`: what a new record has where
    its maker does not say so; `made`: what it makes of the other values then. `left_out`: what the
    kind computes, and so is not kept.
    """

    secrets: tuple[str, ...]
    entries: tuple[str, ...]
    defaults: Mapping[str, Any]
    made: Mapping[str, Make]
    left_out: frozenset[str]


@lru_cache(maxsize=512)
def form(kind: Kind, facts: Facts) -> Form:
    """The form of a kind's records, worked out once for each edition."""
    settable = facts.kept.get(kind.type, {})
    hidden = (*kind.secrets, *(name for name, said in settable.items() if said.secret))
    left_out = kind.computed.keys() - kind.made.keys()
    plain = [name for name in settable if name not in hidden and name not in left_out]
    names = [kind.title, *plain, *kind.made] if kind.title else [*plain, *kind.made]
    kept = [(f"_{name}" if said.secret else name, said.default) for name, said in settable.items()]
    return Form(
        secrets=tuple(dict.fromkeys(hidden)),
        entries=tuple(name for name in dict.fromkeys(names) if not name.startswith("_")),
        defaults={
            **{n: d for n, d in kept if n not in kind.made and n not in left_out},
            **{n: made for n, made in kind.made.items() if not callable(made)},
        },
        made={n: made for n, made in kind.made.items() if callable(made)},
        left_out=frozenset(left_out),
    )


def kept_values(kind: Kind, facts: Facts, given: Values) -> dict[str, Any]:
    """Values as they are kept: a secret as its digest, and nothing that the kind computes."""
    return _kept(form(kind, facts), dict(given), given)


def _kept(how: Form, values: dict[str, Any], given: Values) -> dict[str, Any]:
    """Values, what is given among them, as they are kept."""
    for name in how.left_out:
        values.pop(name, None)
    for name in how.secrets:
        if name in given:
            values.pop(name, None)
            values[f"_{name}"] = None if given[name] is None else ids.digest(given[name])
    return values


def initial_values(kind: Kind, facts: Facts, given: Values, now: str) -> dict[str, Any]:
    """All values of a new record: what is given, else what the kind makes, else the edition's
    default, else null.
    """
    how = form(kind, facts)
    values = _kept(how, {**how.defaults, **given}, given)
    for name, make in how.made.items():
        if name not in values:
            values[name] = make(values, facts, now)
    return values


def create(
    kind: Kind,
    state: State,
    owners: tuple[int, ...],
    values: dict[str, Any],
    *,
    seed: int,
    id: str | None = None,
    kept: Container[str] = (),
) -> tuple[State, Record]:
    """A new record of a kind in a new state, with initial values that become its own. An id that is
    made is none of those `kept` for others. Raises KeyError where one of its names is taken.
    """
    if kind.identify:
        id = kind.identify(values)
    counted: dict[str, int] = {}
    if id is None:
        id, counted = _numbered(kind, state, seed, kept)
    record = _made(kind, state.serial + 1, id, owners, values)
    return state.add(record, counted), record


def _made(kind: Kind, key: int, id: str, owners: tuple[int, ...], values: dict[str, Any]) -> Record:
    return Record(
        kind=kind.type,
        key=key,
        id=id,
        owners=owners,
        values=seal(values),
        names=((kind.type, id), *kind.names(values, owners)),
        sort=kind.sort(values, key),
        shared=kind.shared(values, owners),
    )


def begun(kinds: Kinds, now: str) -> State:
    """The state in which every world begins: of the records that kinds say each has.

    Raises ValueError where the edition lists one twice.
    """
    listed = (
        (kind, *one) for kind in kinds.values() if kind.begins for one in kind.begins(kinds.facts)
    )
    made = (
        _made(kind, key, id, (ROOT,), initial_values(kind, kinds.facts, values, now))
        for key, (kind, id, values) in enumerate(listed, ROOT + 1)
    )
    try:
        return State.of(made)
    except KeyError as taken:
        raise ValueError(f"edition.json lists one of them twice: {taken.args[0]}") from None


def _numbered(
    kind: Kind, state: State, seed: int, kept: Container[str]
) -> tuple[str, dict[str, int]]:
    """The next id of a kind that no record has, or is to have, and its number by prefix."""
    prefix = kind.prefix or kind.type
    count = state.counters.get(prefix, 0) + 1
    while (kind.type, id := ids.make(seed, kind.prefix, count)) in state.names or id in kept:
        count += 1
    return id, {prefix: count}


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
        shared=kind.shared(values, record.owners),
    )
    return state.put(changed), changed
