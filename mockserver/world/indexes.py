"""The persistent maps by which the records of a state are found, each with the function that changes it.

Keys of records are whole numbers; who holds an old map still has it as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from rpds import HashTrieMap

from mockserver.world.ordered import EMPTY, Ordered

NONE: Mapping[Any, Any] = MappingProxyType({})

Entry = tuple[Any, ...]
Names: TypeAlias = "HashTrieMap[Entry, int]"
"""The key of the one record that has a name."""
Shared: TypeAlias = "HashTrieMap[Entry, Ordered]"
"""The keys of all records that are found under an entry."""
Lists: TypeAlias = "HashTrieMap[int, Mapping[str, Ordered]]"
"""By owner and type, what it owns: items that sort, the key last."""
Links: TypeAlias = "HashTrieMap[int, Mapping[tuple[str, str], Ordered]]"
"""By record and relation, the keys of its members."""


def named(names: Names, new: tuple[Entry, ...], key: int) -> Names:
    """With a record under its names. Raises KeyError where one is taken."""
    for name in new:
        if name in names:
            raise KeyError(f"{name} is taken")
        names = names.insert(name, key)
    return names


def shared(found: Shared, key: int, old: tuple[Entry, ...], new: tuple[Entry, ...]) -> Shared:
    """With a record under its new entries instead of the old ones; an empty entry is none."""
    if old == new:
        return found
    for entry in old:
        rest = found[entry].discard(key)
        found = found.insert(entry, rest) if len(rest) else found.remove(entry)
    for entry in new:
        found = found.insert(entry, found.get(entry, EMPTY).add(key))
    return found


def linked(links: Links, key: int, relation: tuple[str, str], other: int, *, add: bool) -> Links:
    """With another record among the members of one, or without it."""
    relations = links.get(key, NONE)
    old = relations.get(relation, EMPTY)
    new = old.add(other) if add else old.discard(other)
    return links if new is old else links.insert(key, {**relations, relation: new})


def listed(owned: Lists, owners: tuple[int, ...], type: str, item: Entry, *, add: bool) -> Lists:
    """With an item in the list of each owner, or without it."""
    for owner in owners:
        lists = owned.get(owner, NONE)
        old = lists.get(type, EMPTY)
        new = old.add(item) if add else old.discard(item)
        if new is not old:
            owned = owned.insert(owner, {**lists, type: new})
    return owned
