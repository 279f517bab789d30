"""An entry of a fixture becomes a record; `world.fixtures` walks a document and finds the entries.

An entry has what the edition lets a body set and what the kind keeps beside that, and names the
members of the kind's relations. One for a record that the world has already must agree with it, and
brings what stands within it and its members.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.escaping import faults_told
from mockserver.nearest import either, nearest, singular
from mockserver.pointers import escape
from mockserver.world import ids, records
from mockserver.world.agreement import disagreements
from mockserver.world.facts import Facts
from mockserver.world.kinds import Kind, Kinds, Values
from mockserver.world.state import ROOT, Record, State


class BadEntry(NamedTuple):
    """One thing wrong with a fixture: the JSON pointer of its place, and the fact."""

    pointer: str
    detail: str


class BadFixture(Exception):
    """A fixture that cannot become a world. `faults` holds every reason with its place, `fixture` its
    name or path, empty where it has none.
    """

    def __init__(self, faults: list[BadEntry], fixture: str = "") -> None:
        self.faults, self.fixture = faults, fixture
        super().__init__(faults, fixture)

    def __str__(self) -> str:
        return faults_told(self.faults, self.fixture)


NOTHING: Values = MappingProxyType({})


@dataclass(eq=False, repr=False)
class Seeding:
    """A state in the making, and what was found wrong on the way.

    `places`: where in the document the entry of a record stands; `met`: records that were in the
    world before and have an entry; `later`: members that are linked once every entry is read;
    `given`: the ids that entries name, which are made for no other record.
    """

    kinds: Kinds
    state: State
    seed: int
    now: str
    given: frozenset[str] = frozenset()
    faults: list[BadEntry] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    later: list[tuple[Kind, Record, Values, str, Record | None]] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What the edition says."""
        return self.kinds.facts

    def fault(self, pointer: str, detail: str) -> None:
        self.faults.append(BadEntry(pointer, detail))

    def record(
        self,
        kind: Kind,
        entry: Any,
        pointer: str,
        owner: Record | None,
        filled: Values = NOTHING,
        **said: Any,
    ) -> Record | None:
        """The record of an entry with its members, or a fault. `said` are values that the entry
        does not have as they are kept; what it has goes before them, `filled` before that.
        """
        values = {**said, **self.values(kind, entry), **filled}
        owners = (owner.key if owner else ROOT,)
        if record := self.there(kind, values, owners, entry.get("id")):
            self.meet(kind, record, entry, pointer)
        else:
            record = self.create(kind, owners, values, pointer, id=entry.get("id"))
        if record:
            self.join(kind, record, entry, pointer, owner)
        return record

    def there(
        self, kind: Kind, values: Values, owners: tuple[int, ...], id: str | None = None
    ) -> Record | None:
        """The record of these owners that was in the world before: by its unique name, or by the id
        where its kind has none.
        """
        names = kind.names(values, owners) or ([(kind.type, id)] if id else [])
        found = (self.state.find(*name) for name in names)
        mine = (one for one in found if one and one.owners == owners)
        return next((one for one in mine if one.key not in self.places), None)

    def meet(self, kind: Kind, record: Record, entry: Values, pointer: str) -> None:
        """An entry for a record that was in the world before: a fault where the two disagree."""
        self.places[record.key] = pointer
        self.met.add(record.key)
        for name in disagreements(self.kinds, self.state, kind, record, entry):
            self.clash(f"{pointer}/{escape(name)}", record, name)

    def clash(self, pointer: str, record: Record, name: str) -> None:
        """A fault: an entry says something else than a record that was in the world before."""
        what, label = singular(record.kind), self.kinds[record.kind].named_as(record)
        there = f"The world already has the {what} {label!r} ({record.id})"
        self.fault(pointer, f"{there}, with a different {name}.")

    def values(self, kind: Kind, entry: Values) -> dict[str, Any]:
        """What an entry says of a record, as it is kept."""
        values = {
            name: entry[name] for name in records.form(kind, self.facts).entries if name in entry
        }
        for name in records.form(kind, self.facts).secrets:
            if name in entry:
                values[f"_{name}"] = ids.digest(entry[name])
            elif f"{name}-digest" in entry:
                values[f"_{name}"] = entry[f"{name}-digest"]
        return values

    def join(
        self,
        kind: Kind,
        record: Record,
        entry: Values,
        pointer: str,
        owner: Record | None,
        *,
        last: bool = False,
    ) -> None:
        """Link the members that an entry names: those of the owner where they stand in one; those of
        the same type once all are read.
        """
        for to in kind.relations.values():
            if (named := entry.get(to.entry)) is None:
                continue
            if to.type == kind.type and not last:
                self.later.append((kind, record, {to.entry: named}, pointer, owner))
                continue
            place, within = f"{pointer}/{to.entry}", owner if self.kinds[to.type].within else None
            for at, name in [(place, named)] if to.one else entries(named, place):
                if member := self.named(to.type, name, at, within):
                    self.state = self.state.link(record.key, to.relation, [member.key])

    def create(
        self,
        kind: Kind,
        owners: tuple[int, ...],
        values: Values,
        pointer: str,
        *,
        id: str | None = None,
    ) -> Record | None:
        """A record of a kind, or a fault that names both places where something is taken."""
        values = records.initial_values(kind, self.facts, values, self.now)
        if id is not None and (other := self.state.find(kind.type, id)):
            return self.taken(pointer, f"The id {id!r}", other)
        for name in kind.names(values, owners):
            if other := self.state.find(*name):
                return self.taken(pointer, f"The {kind.title or 'name'} {name[-1]!r}", other)
        if kind.identify and (other := self.state.find(kind.type, kind.identify(values))):
            return self.taken(pointer, f"The id {kind.identify(values)!r}", other)
        self.state, record = records.create(
            kind, self.state, owners, values, seed=self.seed, id=id, kept=self.given
        )
        self.places[record.key] = pointer
        return record

    def change(self, kind: Kind, record: Record, changes: Values) -> Record:
        self.state, record = records.change(kind, self.state, record, changes)
        return record

    def taken(self, pointer: str, what: str, other: Record) -> Record | None:
        """A fault: an entry says of itself what another record has."""
        place = self.places.get(other.key)
        where = f"at {place}" if place else "that is in the world already"
        self.fault(pointer, f"{what} is taken by the {singular(other.kind)} {other.id} {where}.")
        return None

    def named(
        self, type: str, name: str, pointer: str, within: Record | None = None
    ) -> Record | None:
        """The record that an entry refers to by name, or a fault that lists the nearest names."""
        kind = self.kinds[type]
        assert kind.find is not None
        record = kind.named(self.state, name) if kind.named else None
        if record := record or kind.find(self.state, name, within):
            return record
        record = self.state.find(type, name)  # an id, if it is one of his
        if record and within and record.owner == within.key:
            return record
        if record and within:
            what, another = singular(type), singular(within.kind)
            self.fault(pointer, f"The {what} {record.id} belongs to another {another}.")
            return None
        owner = within.key if within else ROOT
        known = [kind.named_as(record) for record in self.state.all(type, owner)]
        near = [repr(one) for one in nearest(name, known, 3)]
        question = f" Did you mean {either(near)}?" if near else ""
        place = f" in the {singular(within.kind)} {within.id}" if within else ""
        self.fault(pointer, f"There is no {singular(type)} {name!r}{place}.{question}")
        return None


def entries(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Entries of a list with their pointers; of an object as `(name, value)` pairs."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield f"{place}/{escape(name)}", (name, item)
    else:
        for at, item in enumerate(value or ()):
            yield f"{place}/{at}", item
