"""What a resource type is: one table of plain functions, and no class to inherit from.

A kind says how its ids look, under which names a record is found and must be unique, how lists
sort, who may do what, how each operation is answered, and how a fixture entry becomes a record and
a record an entry again. Everything else walks the kinds and never names one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from mockserver.world import ids
from mockserver.world.state import Record, State, freeze

if TYPE_CHECKING:
    from mockserver.world.access import Caller, Rule
    from mockserver.world.calls import Call, Reply, View
    from mockserver.world.seeding import Seeding

Values = Mapping[str, Any]
Handler = Callable[["Call"], "Reply"]


def _no_names(values: Values, owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return ()


def _by_creation(values: Values, key: int) -> tuple[Any, ...]:
    return ()


def _nothing(view: View, record: Record) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One resource type.

    `type`, `page`: as the API spells them. `prefix`: of its ids; empty where ids are numbers.
    `identify`: the id where it is not made but said by the values (an organization's name).
    `names(values, owners)`: further unique entries it is found by, e.g. `(type, owner, name)`.
    `sort(values, key)`: place in lists, a tuple; ties go by creation.
    `find(state, value, within)`: the record that a path parameter names. `named(state, value)`: the
    one that a fixture names, where people have another name for it than paths.

    `show(view, record)`: the resource object. `depends(view, record)`: all that it is made of beside
    the record itself, compared with `==`; while nothing of it has changed it is neither built nor
    judged again. None: it is built each time. `related`: what `include` may name, each giving
    records. `operations`: by operation id, the function that answers it and the rule who may.
    `read`: who may see a record. `grants(view, record)`: words that say what the caller may do in
    `record` by virtue of this kind. `reach(view, type, within)`: records of a type that those
    grants open, for callers who do not see all. `entitled(record, name)`: whether an entitlement
    is on, None where this kind has no say. `authenticate(state, digest)`: the caller a secret
    stands for (digest None: the key itself).
    `callers(state)`: everyone a token can stand for.

    `within`, `member`: where entries stand in a fixture: in the entry of which kind (None: at the
    top), under which name, in an object (`mapping`) or a list. `refers`: types whose records an
    entry names, so that these are read first. `seed`, `dump`: entry to records, record to entry.
    `always`: the fixture of what every world has, as a document says it. `title`: its name in
    labels. `invariants(view, record)`: sentences about what does not hold; none where all does.
    """

    type: str
    page: str
    prefix: str = ""
    identify: Callable[[Values], str] | None = None
    names: Callable[[Values, tuple[int, ...]], tuple[tuple[Any, ...], ...]] = _no_names
    sort: Callable[[Values, int], tuple[Any, ...]] = _by_creation
    find: Callable[[State, str, Record | None], Record | None] | None = None
    named: Callable[[State, str], Record | None] | None = None
    show: Callable[[View, Record], dict[str, Any]] | None = None
    depends: Callable[[View, Record], tuple[Any, ...]] | None = None
    related: Mapping[str, Callable[[View, Record], Iterable[Record]]] = field(default_factory=dict)
    operations: Mapping[str, tuple[Handler, Rule]] = field(default_factory=dict)
    read: Rule | None = None
    grants: Callable[[View, Record], Iterable[str]] = _nothing
    reach: Callable[[View, str, Record], Iterable[int]] | None = None
    entitled: Callable[[Record, str], bool] | None = None
    authenticate: Callable[[State, str | None], Caller | None] | None = None
    callers: Callable[[State], Iterable[Caller]] | None = None
    within: str | None = None
    member: str = ""
    mapping: bool = False
    refers: tuple[str, ...] = ()
    seed: Callable[[Seeding, Any, str, Record | None], Record | None] | None = None
    dump: Callable[[State, Record], Any] | None = None
    always: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    title: Callable[[Record], str] = lambda record: record.id
    invariants: Callable[[View, Record], Iterable[str]] = _nothing


class Kinds(dict[str, Kind]):
    """What serves an edition: its kinds by type, in the order in which fixtures are read.

    An entry may refer to what stands before it, and what stands within another is read before what
    stands at the top; beside that, kinds keep the order they are given in. `table` holds what
    answers each operation, and the rule who may. Raises ValueError where two kinds answer one
    operation, and graphlib.CycleError where entries refer in a circle.
    """

    def __init__(self, kinds: Iterable[Kind]) -> None:
        given = {kind.type: kind for kind in kinds}
        super().__init__((type, given[type]) for type in _in_order(given))
        self.table: dict[str, tuple[Handler, Rule]] = {}
        for kind in self.values():
            if twice := self.table.keys() & kind.operations.keys():
                raise ValueError(f"two kinds answer {', '.join(sorted(twice))}")
            self.table |= kind.operations

    def but(self, *kinds: Kind) -> Kinds:
        """With other kinds in place of those of their types."""
        return Kinds({**self, **{kind.type: kind for kind in kinds}}.values())


def _in_order(given: Mapping[str, Kind]) -> Iterator[str]:
    names = ((kind.type, (kind.within or "", *kind.refers)) for kind in given.values())
    before = {type: [name for name in first if name in given] for type, first in names}
    places = {type: (kind.within is None, at) for at, (type, kind) in enumerate(given.items())}
    sorter, ready = TopologicalSorter(before), list[str]()
    sorter.prepare()
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=lambda type: places[type])
        yield (first := ready.pop(0))
        sorter.done(first)


def by_id(
    kind: str, fold: Callable[[str], str] = str
) -> Callable[[State, str, Record | None], Record | None]:
    """The usual `find`: by id wherever it stands; within an owner by name, as `fold` spells it."""

    def find(state: State, value: str, within: Record | None) -> Record | None:
        if within is None:
            return state.find(kind, value)
        return state.find(kind, within.key, fold(value))

    return find


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
