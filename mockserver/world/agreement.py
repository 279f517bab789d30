"""An entry of a fixture beside the record that a world has already: in what they disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.world import ids
from mockserver.world.dumping import entry_of
from mockserver.world.kinds import Kind, Kinds, Values
from mockserver.world.state import Record, State


def disagreements(
    kinds: Kinds, state: State, kind: Kind, record: Record, entry: Values
) -> Iterator[str]:
    """Names of the members of an entry that say something else than the record.

    Members that are added to are left out: those of a relation, and what stands within the entry.
    """
    known = entry_of(kinds, state, kind, record)
    added = {to.entry for to in kind.relations.values() if to.entry and not to.one}
    added |= {inner.member for inner in kinds.values() if inner.within == kind.type}
    if kind.titled:
        added.add(kind.title or "")  # by which it was found, perhaps in other letters
    for name, value in entry.items():
        if name not in added and not _agree(name, value, known):
            yield name


def _agree(name: str, said: Any, known: Values) -> bool:
    """Whether what an entry says is so; of an object, what it names."""
    digest = known.get(f"{name}-digest")
    if digest is not None and isinstance(said, str):
        return ids.digest(said) == str(digest)
    value = known.get(name)
    if isinstance(said, Mapping) and isinstance(value, Mapping):
        return all(_agree(inner, part, value) for inner, part in said.items())
    return bool(said == value)
