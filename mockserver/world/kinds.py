"""What a resource type is: one table of plain functions, and no class to inherit from.

A kind says what no contract can say: how its ids look, under which names a record is found and must
be unique, how lists sort, what is computed, how each operation is answered and who may. What is
merely set and shown needs no line: the edition lists it. All else walks the kinds and names none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.nearest import did_you_mean
from mockserver.world.enforcement import Enforcement
from mockserver.world.facts import NO_FACTS, Facts
from mockserver.world.state import Record, Relation, State

if TYPE_CHECKING:
    from mockserver.world.view import Caller, View

Values = Mapping[str, Any]
Handler = Callable[[Any], Any]
"""`(Call) -> Reply`; both stand on this module, so that no circle of imports says so here."""
Make = Callable[[Values, Facts, str], Any]
"""What a new record has: from its values until now, the edition, and the time."""


class UnfitKind(ValueError):
    """What a kind says wrongly, perhaps beside others. `types`: theirs; who knows the modules names them."""

    def __init__(self, type: str, reason: str, *others: str) -> None:
        super().__init__(f"the kind {type} {reason}")
        self.types = (type, *others)


class To(NamedTuple):
    """A relation of a kind to records of a `type`, by its name here and on the other side.

    `entry`: the member of a fixture's entry that names them, empty where the other side's does.
    `one`: whether there is one of them at most. `unless`: an attribute that hides them while it is true.
    `counted`: the attribute that says how many they are; while they are hidden, how many of the type
    their owner has.
    """

    type: str
    relation: Relation
    entry: str = ""
    one: bool = False
    unless: str = ""
    counted: str = ""


def _no_names(values: Values, owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    return ()


def by_creation(values: Values, key: int) -> tuple[Any, ...]:
    return ()


def _unchecked(call: Any, values: Values, record: Record | None) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Kind:
    """One resource type.

    `type`: as the API spells it. `prefix`: of its ids; empty where ids are numbers.
    `identify`: the id where it is not made but said by the values (an organization's name).
    `names(values, owners)`: further unique entries it is found by, e.g. `(type, owner, name)`;
    `shared(values, owners)`: those that several may have, e.g. `(type, owner, tag)`.
    `sort(values, key)`: place in lists, a tuple; ties go by creation. `title`: the attribute that
    names a record in labels and messages; None: its id.
    `find(state, value, within)`: the record that a path parameter names. `named(state, value)`: the
    one that a fixture names, where people have another name for it than paths.

    Kept are the attributes that the edition lets a body set, and those of `made`: what a new record
    has where nobody says so, a value or `(values, facts, now)`; a name that begins with `_` is
    never shown. `secrets`: further attributes kept as digests, as those are that the edition calls
    secret. `relations`: by relationship. `touched`: the timestamp that each change moves. `settled(call, attributes, record)`: what was sent, as it is
    kept; `checked(call, values, record)`: errors beside those of names. Record None: a new one.

    `show(view, record)`: the resource object. `computed`: attributes that are not kept, a value or
    `(view, record)`; `relationships`: those that are neither a relation nor the record in whose list
    it stands, or are shown otherwise, None where one is omitted; `links`. `depends(view, record)`: all
    that it is made of beside the record itself, compared with `==`; while nothing of it has changed it
    is neither built nor judged again. None: it is built each time, as is each list that its operations
    answer: it may depend on the time. `related`: what `include` may name beside its relations, each giving records or resource objects of no kind. `operations`: by
    operation id, the function that answers it, with the right that it takes where that is not `right`.
    `read`: the right that seeing a record takes. `permissions`: by permission that is shown, the right
    that it stands for.
    `grants`: by type, `(view, record)`: words that say what the caller may do in a record of that
    type, and in what it owns, by virtue of this kind. `sought`: by type and word, `(view, record)`:
    whether a word is granted that takes a look at many records: it is asked for where a right names
    it. `reach(view, type, within)`: records of a type that those
    grants open, for callers who do not see all. `entitled(record, name)`: whether an entitlement
    is on, None where this kind has no say. `closed(view, record)`: why the caller's token is not taken
    in a record and in what it owns, None where it is. `authenticate(state, digest)`: the caller a secret
    stands for (digest None: the key itself). `presigned(state, name)`: the caller that a presigned
    URL stands for, by what follows the key in it. `callers(state)`: everyone a token can stand for.
    `token_names(document)`: the tokens that a fixture names.

    `about`: what its records are, in a sentence. `within`, `member`: where entries stand in a fixture: in the entry of which kind (None: at the
    top), under which name, in an object (`mapping`) or a list. `refers`: types whose records an
    entry names beside those of its relations, so that these are read first. `seed`, `dump`: entry
    to record, record to entry (None: every world begins with it), where a fixture says it differently than the API; `entry`: the JSON
    Schema of that, laid over what the edition and the kind say anyway. `begins(facts)`: ids and values
    of the records that every world has; `always`: the
    fixture of what every world has, as the edition and a document say it. `enforcement`: where its members are enforced.
    """

    type: str
    prefix: str = ""
    identify: Callable[[Values], str] | None = None
    names: Callable[[Values, tuple[int, ...]], tuple[tuple[Any, ...], ...]] = _no_names
    shared: Callable[[Values, tuple[int, ...]], tuple[tuple[Any, ...], ...]] = _no_names
    sort: Callable[[Values, int], tuple[Any, ...]] = by_creation
    title: str | None = None
    find: Callable[[State, str, Record | None], Record | None] | None = None
    named: Callable[[State, str], Record | None] | None = None
    made: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    relations: Mapping[str, To] = field(default_factory=dict)
    touched: str | None = None
    settled: Callable[[Any, dict[str, Any], Record | None], dict[str, Any]] | None = None
    checked: Callable[[Any, Values, Record | None], Iterable[Any]] = _unchecked
    show: Callable[[View, Record], dict[str, Any]] | None = None
    computed: Mapping[str, Any] = field(default_factory=dict)
    relationships: Mapping[str, Callable[[View, Record], Any]] = field(default_factory=dict)
    links: Callable[[View, Record], dict[str, str]] | None = None
    depends: Callable[[View, Record], tuple[Any, ...]] | None = None
    related: Mapping[str, Callable[[View, Record], Iterable[Any]]] = field(default_factory=dict)
    permissions: Mapping[str, str] = field(default_factory=dict)
    operations: Mapping[str, Handler | tuple[Handler, str]] = field(default_factory=dict)
    right: str = ""
    read: str | None = None
    grants: Mapping[str, Callable[[View, Record], Iterable[str]]] = field(default_factory=dict)
    sought: Mapping[str, Mapping[str, Callable[[View, Record], bool]]] = field(default_factory=dict)
    reach: Callable[[View, str, Record], Iterable[int]] | None = None
    entitled: Callable[[Record, str], bool] | None = None
    closed: Callable[[View, Record], str | None] | None = None
    authenticate: Callable[[State, str | None], Caller | None] | None = None
    presigned: Callable[[State, str], Caller | None] | None = None
    callers: Callable[[State], Iterable[Caller]] | None = None
    token_names: Callable[[Values], Iterable[str]] | None = None
    about: str = ""
    within: str | None = None
    member: str = ""
    mapping: bool = False
    refers: tuple[str, ...] = ()
    seed: Callable[[Any, Any, str, Record | None], Record | None] | None = None
    dump: Callable[[State, Record, dict[str, Any]], Any] | None = None
    entry: Mapping[str, Any] = field(default_factory=dict)
    begins: Callable[[Facts], Iterable[tuple[str, Values]]] | None = None
    always: Callable[[Facts, Mapping[str, Any]], Mapping[str, Any]] | None = None
    enforcement: Enforcement | None = None

    @property
    def titled(self) -> bool:
        """Whether a record is found by its title."""
        return self.title is not None and self.names is not _no_names

    @property
    def table(self) -> dict[str, tuple[Handler, str]]:
        """What answers each operation, and the right that it takes. Raises UnfitKind where one has none."""
        made = {
            id: answered if isinstance(answered, tuple) else (answered, self.right)
            for id, answered in self.operations.items()
        }
        if lacking := [id for id, (_, right) in made.items() if not right]:
            raise UnfitKind(self.type, f"names no right for {', '.join(lacking)}")
        return made

    def named_as(self, record: Record) -> str:
        """What labels and messages call a record."""
        return str(record[self.title]) if self.title else record.id


class Kinds(dict[str, Kind]):
    """What serves an edition: its kinds by type, in the order in which fixtures are read.

    An entry may refer to what stands before it, and what stands within another is read before what
    stands at the top; beside that, kinds keep the order they are given in. `table` holds what
    answers each operation, and the right that it takes; `facts` what the edition says. Raises UnfitKind
    where two kinds answer one operation, and graphlib.CycleError where entries refer in a circle.
    """

    __hash__ = object.__hash__  # type: ignore[assignment]  # each is another: what is cached by it

    def __init__(self, kinds: Iterable[Kind], facts: Facts = NO_FACTS) -> None:
        given = {kind.type: kind for kind in kinds}
        super().__init__((type, given[type]) for type in _in_order(given))
        self.facts = facts
        self.table: dict[str, tuple[Handler, str]] = {}
        self.answering: dict[str, Kind] = {}
        self.granting: dict[str, list[Callable[[View, Record], Iterable[str]]]] = {}
        self.sought: dict[str, list[tuple[str, Callable[[View, Record], bool]]]] = {}
        self.authenticating = [kind.authenticate for kind in self.values() if kind.authenticate]
        self.presigned = [kind.presigned for kind in self.values() if kind.presigned]
        for kind in self.values():
            for type, grants in kind.grants.items():
                self.granting.setdefault(type, []).append(grants)
            for type, words in kind.sought.items():
                self.sought.setdefault(type, []).extend(words.items())
            if twice := self.table.keys() & kind.operations.keys():
                other = self.answering[id := min(twice)].type
                raise UnfitKind(kind.type, f"answers {id}, and so does the kind {other}", other)
            self.table |= kind.table
            self.answering |= dict.fromkeys(kind.operations, kind)

    def but(self, *kinds: Kind) -> Kinds:
        """With other kinds in place of those of their types."""
        return Kinds({**self, **{kind.type: kind for kind in kinds}}.values(), self.facts)

    def of(self, facts: Facts) -> Kinds:
        """Those of an edition of which that is known: which has an operation of theirs, or their
        records, or they answer none, or say who may. Raises UnfitKind where it lacks a right that
        they take.
        """
        bound = Kinds((kind for kind in self.values() if _is_of(kind, facts)), facts)
        for id, (_, right) in bound.table.items():
            if id in facts.statuses and right not in facts.rights:
                raise UnfitKind(bound.answering[id].type, no_right(id, right, facts))
        return bound


def no_right(word: str, right: str, facts: Facts) -> str:
    """That what stands under a word of a kind is no right of an edition."""
    near = did_you_mean(right, facts.rights)
    return f"names the right {right!r} for {word}, which edition.json lacks under rights. {near}"


def _is_of(kind: Kind, facts: Facts) -> bool:
    """A kind by which callers are known or may do something is of every edition."""
    has = kind.operations.keys() & facts.statuses.keys() or kind.type in facts.attributes
    return bool(has or not kind.operations or kind.grants or kind.authenticate)


def _in_order(given: Mapping[str, Kind]) -> Iterator[str]:
    before = {type: _before(kind) & given.keys() for type, kind in given.items()}
    places = {type: (kind.within is None, at) for at, (type, kind) in enumerate(given.items())}
    sorter, ready = TopologicalSorter(before), list[str]()
    sorter.prepare()
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=lambda type: places[type])
        yield (first := ready.pop(0))
        sorter.done(first)


def _before(kind: Kind) -> set[str]:
    """Types whose entries are read before those of a kind."""
    named = (to.type for to in kind.relations.values() if to.entry and to.type != kind.type)
    return {kind.within or "", *kind.refers, *named}
