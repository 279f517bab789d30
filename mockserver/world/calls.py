"""What a handler gets and what it gives: a call in, a reply out.

A handler never sees a request, a response, JSON text or the time of day. It reads `call.state`,
computes a new one, and returns it with what is to be shown; or it raises a `Problem`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from mockserver.pointers import key_path_of
from mockserver.world import records
from mockserver.world.frozen import freeze
from mockserver.world.kinds import Kind, Values
from mockserver.world.state import Record, State
from mockserver.world.view import View


@dataclass(eq=False, repr=False)
class Call(View):
    """One request, as a handler needs it.

    `records` holds the records of the path by parameter name, `query` the checked parameters,
    `document` the checked body with defaults filled in (None: none was sent). `strict`: what no page
    lists is refused. `findings`: what the handler lets pass though no page lists it.
    """

    operation: str = ""
    records: Mapping[str, Record] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    document: Any = None
    strict: bool = False
    key: str = ""
    seed: int = 0
    now: str = ""
    findings: list[dict[str, str]] = field(default_factory=list)

    @property
    def record(self) -> Record:
        """The innermost record of the path."""
        return list(self.records.values())[-1]

    @property
    def kind(self) -> Kind:
        """The kind whose operation it is."""
        return self.kinds.answering[self.operation]

    @property
    def success(self) -> int:
        """The status with which the edition documents that it was done."""
        return self.facts.statuses[self.operation]

    @property
    def data(self) -> Any:
        return (self.document or {}).get("data") or {}

    @property
    def attributes(self) -> dict[str, Any]:
        """`data.attributes` of the body; empty where a client sends none."""
        return self.data.get("attributes") or {}

    def let_pass(self, pointer: str, **meta: str) -> None:
        """Take what no page lists: a finding, with which a strict world refuses the call.

        `meta`: the fact, what was expected, what to do, and the source where it is not the operation's.
        """
        self.findings.append({"pointer": pointer, "key-path": key_path_of(pointer), **meta})

    @cached_property
    def linkage(self) -> dict[str, Any]:
        """What the body says under each relationship; one without `data` says nothing."""
        said = self.data.get("relationships") or {}
        return {name: one["data"] for name, one in said.items() if one and "data" in one}

    def create(
        self, kind: Kind, state: State, owners: tuple[int, ...], values: Values
    ) -> tuple[State, Record]:
        """A new record; what `values` do not say is as the kind and the edition have it."""
        whole = records.initial_values(kind, self.facts, values, self.now)
        return records.create(kind, state, owners, whole, seed=self.seed)

    def change(
        self, kind: Kind, state: State, record: Record, changes: Values
    ) -> tuple[State, Record]:
        """The record with other values. Where one differs, the time of the change is kept too."""
        kept = records.kept_values(kind, self.facts, changes)
        if kind.touched and any(record.get(name) != freeze(new) for name, new in kept.items()):
            kept[kind.touched] = self.now
        return records.change(kind, state, record, kept)

    def touch(self, kind: Kind, state: State, record: Record) -> tuple[State, Record]:
        """The record as changed now, because its members have."""
        return records.change(kind, state, record, {kind.touched or "": self.now})


class ListPage(NamedTuple):
    """Records of one page of a list. `paged` is false where the list gives every record."""

    records: Sequence[Record]
    number: int
    size: int
    total: int
    paged: bool = True


class Raw(NamedTuple):
    """An answer that is no JSON."""

    content: bytes
    media_type: str = "application/octet-stream"


Shown = dict[str, Any]
"""A resource object that the handler has built itself."""


class Reply(NamedTuple):
    """The new state (None: nothing changed), and what is shown (None: no body).

    `status` None is the success that the edition documents for the operation.
    """

    status: int | None = None
    state: State | None = None
    data: Record | ListPage | Shown | list[Shown] | Raw | None = None

    @property
    def written(self) -> tuple[State, Record]:
        """Of a record that was made or changed: the state with it, and the record."""
        assert self.state is not None
        assert isinstance(self.data, Record)
        return self.state, self.data
