"""The state of one world: one immutable value.

A write computes a new `State`; whoever holds the old one still sees the old world. Snapshot, fork
and reset are a reference, readers need no lock, and the journal keeps both sides of a request.

Nothing here knows a resource type. A record says itself under which names it is found, who owns it
and how it sorts; `world.kinds` computes that from its kind.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from rpds import HashTrieMap

from mockserver.world import indexes
from mockserver.world.indexes import NONE
from mockserver.world.ordered import EMPTY, Ordered

ROOT = 0
"""Owner of what nobody owns (organizations, users)."""

TEXTS = frozenset({str, bytes})

Relation = tuple[str, str]
"""A relation by its name here and its name on the other side, e.g. `("policies", "policy-sets")`."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One resource as it is kept.

    `key` never changes (names and ids can); keys ascend, so they also say which came first.
    `owners[0]` is the record in whose list it stands; it goes when any owner goes.
    `names` are the entries under which it is found and which must be unique, `shared` those under
    which others may be found too.
    `values` are its attributes, frozen, spelled as the API's pages spell them; a name that begins
    with `_` is ours and never shown.
    """

    kind: str
    key: int
    id: str
    owners: tuple[int, ...]
    values: MappingProxyType[str, Any]
    names: tuple[tuple[Any, ...], ...]
    sort: tuple[Any, ...]
    shared: tuple[tuple[Any, ...], ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    @property
    def owner(self) -> int:
        return self.owners[0]

    def weight(self) -> int:
        """Roughly the bytes that keeping it costs; what the journal counts for what was replaced."""
        return 512 + sum([len(value) for value in self.values.values() if type(value) in TEXTS])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class State:
    """All records of a world, the names they are found by, their lists and their relations.

    `shared` are the keys of records by the entries that several may be found under, `serial` is the last key given out, `counters` the last number of each id prefix, `replaced` the
    bytes of records that were changed or removed since the beginning, `written` those of records
    added or changed (both only grow).

    What grows with the world is a persistent map, and none of these is ever walked: their order may
    differ between runs, and walking costs them a removal a step. What has a handful of entries (the
    lists of one owner, the relations of one record, the counters) is a plain dict, copied when it
    changes and never changed: that is quicker to look up and to make.
    """

    records: HashTrieMap[int, Record] = HashTrieMap()
    names: indexes.Names = HashTrieMap()
    owned: indexes.Lists = HashTrieMap()
    links: indexes.Links = HashTrieMap()
    shared: indexes.Shared = HashTrieMap()
    counters: Mapping[str, int] = field(default_factory=dict)
    serial: int = ROOT
    replaced: int = 0
    written: int = 0

    @classmethod
    def of(cls, records: Iterable[Record]) -> State:
        """A world of records that nobody owns, and whose keys begin after ROOT and leave none out: as if
        each were added in turn, at once. Raises KeyError where a name is taken.
        """
        found = {record.key: record for record in records}
        names: dict[Any, int] = {}
        lists: dict[str, builtins.list[Any]] = {}
        shared: indexes.Shared = HashTrieMap()
        for record in found.values():
            for name in record.names:
                if names.setdefault(name, record.key) != record.key:
                    raise KeyError(f"{' '.join(map(str, name))} is taken")
            lists.setdefault(record.kind, []).append((*record.sort, record.key))
            shared = indexes.shared(shared, record.key, (), record.shared)
        owned = {kind: Ordered.of(items) for kind, items in lists.items()}
        return cls(
            records=HashTrieMap(found),
            names=HashTrieMap(names),
            owned=HashTrieMap({ROOT: owned} if owned else {}),
            shared=shared,
            serial=max(found, default=ROOT),
            written=sum(record.weight() for record in found.values()),
        )

    # reading

    def get(self, key: int) -> Record:
        """The record of a key. This and `several` alone touch a record: a test counts here."""
        return self.records[key]

    def several(self, keys: Iterable[int]) -> builtins.list[Record]:
        """The records of keys, in their order: a page has a hundred, and a call of `get` is half
        of what one costs."""
        records = self.records
        return [records[key] for key in keys]

    def find(self, *name: Any) -> Record | None:
        """The record of that name, or None."""
        key = self.names.get(name)
        return None if key is None else self.get(key)

    def sharing(self, *entry: Any) -> Ordered:
        """Keys of the records that are found under an entry that several may have."""
        return self.shared.get(entry, EMPTY)

    def list(self, owner: int, kind: str) -> Ordered:
        """What an owner owns of a kind, in list order: items are `(*sort, key)`."""
        lists = self.owned.get(owner)
        return EMPTY if lists is None else lists.get(kind, EMPTY)

    def members(self, key: int, relation: Relation) -> Ordered:
        """Keys of the members of a relation, in order of their creation."""
        relations = self.links.get(key)
        return EMPTY if relations is None else relations.get(relation, EMPTY)

    def relations(self, key: int) -> Mapping[Relation, Ordered]:
        """All relations of a record: the same object for as long as none of them has changed."""
        return self.links.get(key, NONE)

    def all(self, kind: str, owner: int = ROOT) -> Iterator[Record]:
        """Records of a kind in order of their creation (touches each: for dumps, not for calls)."""
        keys = sorted(item[-1] for item in self.list(owner, kind))
        return (self.get(key) for key in keys)

    def every(self, kind: str | None = None) -> Iterator[Record]:
        """All records, or those of a kind, whoever owns them, in order of their creation: for dumps."""
        found = (self.records.get(key) for key in range(ROOT + 1, self.serial + 1))
        return (record for record in found if record and kind in (None, record.kind))

    # writing: each gives a new state

    def add(self, record: Record, counted: Mapping[str, int] = NONE) -> State:
        """With a new record. Its key must be `serial + 1`, its names free (its kind has asked).

        `counted`: the number that its id has, by prefix.
        """
        return State(
            records=self.records.insert(record.key, record),
            names=indexes.named(self.names, record.names, record.key),
            owned=_listed(self.owned, record, add=True),
            links=self.links,
            counters={**self.counters, **counted},
            shared=indexes.shared(self.shared, record.key, (), record.shared),
            serial=record.key,
            replaced=self.replaced,
            written=self.written + record.weight(),
        )

    def put(self, record: Record) -> State:
        """With a record in place of the one that has its key."""
        old = self.records[record.key]
        names, owned = self.names, self.owned
        if old.names != record.names:
            for name in old.names:
                names = names.remove(name)
            names = indexes.named(names, record.names, record.key)
        if old.sort != record.sort:
            owned = _listed(_listed(owned, old, add=False), record, add=True)
        return replace(
            self,
            records=self.records.insert(record.key, record),
            names=names,
            owned=owned,
            shared=indexes.shared(self.shared, record.key, old.shared, record.shared),
            replaced=self.replaced + old.weight(),
            written=self.written + record.weight(),
        )

    def remove(self, key: int) -> State:
        """Without a record, all that it owns, and every relation of these."""
        doomed, queue = [], [key]
        seen = {key}
        while queue:
            at = queue.pop()
            doomed.append(self.records[at])
            for items in self.owned.get(at, NONE).values():
                for item in items:
                    if item[-1] not in seen:
                        seen.add(item[-1])
                        queue.append(item[-1])
        state = self
        for record in doomed:
            state = state._unlisted(record)
        records, names, shared = state.records, state.names, state.shared
        for record in doomed:
            records = records.remove(record.key)
            shared = indexes.shared(shared, record.key, record.shared, ())
            for name in record.names:
                names = names.remove(name)
        weight = sum(record.weight() for record in doomed)
        return replace(
            state,
            records=records,
            names=names,
            shared=shared,
            replaced=state.replaced + weight,
        )

    def _unlisted(self, record: Record) -> State:
        links = self.links
        for (name, inverse), members in links.get(record.key, NONE).items():
            for member in members:
                if member in links:
                    links = indexes.linked(links, member, (inverse, name), record.key, add=False)
        owned = _listed(self.owned, record, add=False)
        return replace(self, links=links.discard(record.key), owned=owned.discard(record.key))

    def link(self, left: int, relation: Relation, rights: Iterable[int]) -> State:
        """With `rights` among the members of `left`, seen from both sides."""
        return self._relate(left, relation, rights, add=True)

    def unlink(self, left: int, relation: Relation, rights: Iterable[int]) -> State:
        """Without `rights` among the members of `left`, on both sides."""
        return self._relate(left, relation, rights, add=False)

    def _relate(self, left: int, relation: Relation, rights: Iterable[int], *, add: bool) -> State:
        links, inverse = self.links, (relation[1], relation[0])
        for right in rights:
            links = indexes.linked(links, left, relation, right, add=add)
            links = indexes.linked(links, right, inverse, left, add=add)
        return self if links is self.links else replace(self, links=links)


def _listed(owned: indexes.Lists, record: Record, *, add: bool) -> indexes.Lists:
    item = (*record.sort, record.key)
    return indexes.listed(owned, record.owners, record.kind, item, add=add)
