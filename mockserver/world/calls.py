"""What a handler gets and what it gives: a call in, a reply out.

A handler never sees a request, a response, JSON text or the time of day. It reads `call.state`,
computes a new one, and returns it with what is to be shown; or it raises a `Problem`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.world.access import Caller
from mockserver.world.kinds import Kind, Kinds, Values, change, create
from mockserver.world.state import Record, State


@dataclass
class View:
    """What one caller sees of one state.

    `facts` is the edition's own data (versions of Terraform, ...), `strict` whether the universe
    keeps to the pages alone, `used` when each token was last used (beside the state: a GET is no
    write).
    """

    kinds: Kinds
    state: State
    caller: Caller
    facts: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False
    used: Mapping[int, str] = field(default_factory=dict)
    _granted: dict[int, frozenset[str]] = field(default_factory=dict, repr=False)

    def granted(self, record: Record) -> frozenset[str]:
        """The words that the kinds grant the caller in a record."""
        words = self._granted.get(record.key)
        if words is None:
            words = frozenset(
                word for kind in self.kinds.values() for word in kind.grants(self, record)
            )
            self._granted[record.key] = words
        return words

    def can(self, record: Record, *words: str) -> bool:
        """Whether any of the words is granted in a record."""
        return not self.granted(record).isdisjoint(words)

    def sees(self, record: Record) -> bool:
        """Whether the caller may read a record, by the rule of its kind."""
        rule = self.kinds[record.kind].read
        return rule is None or rule.allows(self, record)

    def owner(self, record: Record) -> Record:
        """The record in whose list it stands."""
        return self.state.get(record.owner)

    def reached(self, type: str, within: Record) -> list[int]:
        """Keys of a type that grants of the kinds open within a record, each once, ascending."""
        kinds = self.kinds.values()
        return sorted(
            {key for kind in kinds if kind.reach for key in kind.reach(self, type, within)}
        )

    def turned(self, state: State) -> None:
        """Look at another state from now on: what was granted in the old one is asked again."""
        if state is not self.state:
            self.state = state
            self._granted.clear()

    def show(self, record: Record) -> dict[str, Any]:
        """The resource object of a record, before the edition decides what of it is served."""
        show = self.kinds[record.kind].show
        assert show is not None, f"{record.kind} has no show"
        return show(self, record)


@dataclass
class Call(View):
    """One request, as a handler needs it.

    `records` holds the records of the path by parameter name, `query` the checked parameters,
    `document` the checked body with defaults filled in (None: none was sent).
    """

    operation: str = ""
    records: Mapping[str, Record] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    document: Any = None
    key: str = ""
    seed: int = 0
    now: str = ""

    @property
    def record(self) -> Record:
        """The innermost record of the path."""
        return list(self.records.values())[-1]

    @property
    def data(self) -> Any:
        return (self.document or {}).get("data") or {}

    @property
    def attributes(self) -> dict[str, Any]:
        """`data.attributes` of the body; empty where a client sends none."""
        return self.data.get("attributes") or {}

    def create(
        self, kind: Kind, state: State, owners: tuple[int, ...], values: Values
    ) -> tuple[State, Record]:
        return create(kind, state, owners, values, seed=self.seed)

    def change(
        self, kind: Kind, state: State, record: Record, changes: Values
    ) -> tuple[State, Record]:
        return change(kind, state, record, changes)


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one page of a list. `paged` is false where the list gives every record."""

    records: Sequence[Record]
    number: int
    size: int
    total: int
    paged: bool = True


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is no JSON."""

    content: bytes
    media_type: str = "application/octet-stream"


Shown = dict[str, Any]
"""A resource object that the handler has built itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, the new state (None: nothing changed), and what is shown (None: no body)."""

    status: int
    state: State | None = None
    data: Record | Page | Shown | Raw | None = None


def within(records: Iterable[Record], owner: Record) -> bool:
    """Whether all records stand in lists of that owner."""
    return all(record.owner == owner.key for record in records)
