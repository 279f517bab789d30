"""How records are usually found, told apart and sorted: by id, and by a name that is unique in its owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mockserver.world.kinds import Kinds, Values
from mockserver.world.state import ROOT, Record, State

Fold = Callable[[str], str]
"""How a name is spelled where letters of two kinds are the same."""


def by_id(kind: str, fold: Fold = str) -> Callable[[State, str, Record | None], Record | None]:
    """The usual `find`: by id wherever it stands; within an owner by name, as `fold` spells it."""
    return partial(_found, kind, fold)


def _found(kind: str, fold: Fold, state: State, value: str, within: Record | None) -> Record | None:
    if within is None:
        return state.find(kind, value)
    return state.find(kind, within.key, fold(value))


def unique_name(
    kind: str, fold: Fold = str
) -> Callable[[Values, tuple[int, ...]], tuple[tuple[Any, ...], ...]]:
    """The usual `names`: the name is unique in its owner's list, as `fold` spells it."""
    return partial(_unique, kind, fold)


def _unique(
    kind: str, fold: Fold, values: Values, owners: tuple[int, ...]
) -> tuple[tuple[Any, ...], ...]:
    return ((kind, owners[0], fold(values["name"])),)


def made_for(how: object) -> tuple[str, Fold] | None:
    """The type and the spelling that a `find` or `names` of these was made for; None of another's own."""
    if not isinstance(how, partial) or how.func not in (_found, _unique):
        return None
    kind, fold = how.args
    return kind, fold


def by_name(values: Values, key: int) -> tuple[Any, ...]:
    """The usual `sort`."""
    return (values["name"],)


def as_made(values: Values, key: int) -> tuple[Any, ...]:
    """The first made first; the name is there for the search."""
    return (key, values["name"])


def label(kinds: Kinds, state: State, record: Record) -> str:
    """Its name with those of its owners before it, e.g. `my-organization/production`."""
    title = kinds[record.kind].named_as(record)
    if record.owner == ROOT:
        return title
    return f"{label(kinds, state, state.get(record.owner))}/{title}"
