"""Resource objects as bytes: built, judged and written once, and kept while nothing has changed.

Records are immutable values: what was once shown and judged need not be shown and judged again
while the record is the same object and all that its kind says it depends on is equal. That is asked
once for each state and caller, not once for each answer: it is a function of the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.operations import ResourceSchema
from mockserver.world.calls import Call
from mockserver.world.kinds import Caller, View
from mockserver.world.problems import Breach
from mockserver.world.state import Record, State

BYTES = 24 * 1024 * 1024
"""How much one store keeps of parts; a quarter of it, of lists."""

Depends = Callable[[View, Record], tuple[Any, ...]] | None


@dataclass(slots=True)
class Kept:
    """A part, what it was made of, and the sight in which that was last found unchanged."""

    record: Record
    made_of: tuple[Any, ...]
    part: bytes
    sight: object


@dataclass(slots=True)
class Document:
    """A list as it was answered, and the parts that it was joined from."""

    parts: Sequence[bytes]
    body: bytes
    clean: object = None
    """Who has looked for secrets in it and found none."""


class Bounded(dict[Any, Any]):
    """What is kept by key, up to so many bytes; it begins anew when that is full."""

    def __init__(self, most: int) -> None:
        self._size, self._most = 0, most

    def keep(self, key: Any, value: Any, size: int) -> None:
        self._size += size
        if self._size > self._most:
            self.clear()
            self._size = size
        self[key] = value


class Store:
    """Parts by record and component, shared by a world and its forks. Safe from any thread."""

    def __init__(self, most: int = BYTES) -> None:
        self.kept = Bounded(most)
        self.documents = Bounded(most // 4)
        self._sights: tuple[State | None, dict[Caller, object]] = (None, {})
        self.built = 0

    def sight(self, state: State, caller: Caller) -> object:
        """The same object for as long as the same caller looks at the same state."""
        known = self._sights
        if known[0] is not state:
            self._sights = known = (state, {})
        return known[1].setdefault(caller, object())

    def put(self, component: str, kept: Kept) -> bytes:
        self.kept.keep((kept.record.key, component), kept, len(kept.part))
        self.built += 1
        return kept.part


class RenderedParts:
    """The parts of one answer: called with a record, gives the number that stands for it."""

    def __init__(self, call: Call, operation: Operation, status: int, store: Store | None) -> None:
        self._call, self._operation, self._status = call, operation, status
        self._store = store
        self._kept = store.kept if store else {}
        self._sight = store.sight(call.state, call.caller) if store else None
        self._known: dict[str, tuple[ResourceSchema, Depends]] = {}
        self._all: list[bytes] = []
        self.document: Document | None = None

    def __call__(self, record: Record) -> int:
        resource, depends = self._known.get(record.kind) or self._learn(record)
        kept = self._kept.get((record.key, resource.name))
        if kept is None or kept.record is not record or kept.sight is not self._sight:
            self._all.append(self._looked_at(record, resource, depends, kept))
        else:
            self._all.append(kept.part)
        return len(self._all) - 1

    def _looked_at(
        self, record: Record, resource: ResourceSchema, depends: Depends, kept: Kept | None
    ) -> bytes:
        """What is kept where it is still what it was made of; else the part built anew."""
        if depends is None or self._store is None:
            return self._built(record, resource)
        made_of = depends(self._call, record)
        if kept is not None and kept.record is record and kept.made_of == made_of:
            kept.sight = self._sight
            return kept.part
        part = self._built(record, resource)
        return self._store.put(resource.name, Kept(record, made_of, part, self._sight))

    def _learn(self, record: Record) -> tuple[ResourceSchema, Depends]:
        """What the contract and the kind say of a record's kind, once an answer."""
        resource = self._operation.parts(self._status).get(record.kind)
        if resource is None:
            where = f"an answer with status {self._status}"
            raise self._breach([f"{record.kind} {record.id} has no place in {where}"])
        self._known[record.kind] = known = resource, self._call.kinds[record.kind].depends
        return known

    def _built(self, record: Record, resource: ResourceSchema) -> bytes:
        shown = resource.shown(self._call.show(record))
        if misses := resource.misses(shown):
            raise self._breach(misses)
        return written(shown)

    def _breach(self, misses: list[str]) -> Breach:
        return Breach(self._operation.id, self._operation.edition, misses)

    def joined(self, envelope: Mapping[str, Any]) -> bytes:
        """The document as bytes: equal to the last with one written at once.

        A list is joined once while its parts are the same objects and all beside them is equal.
        """
        data, included = envelope["data"], envelope.get("included")
        rest = {n: written(v) for n, v in envelope.items() if n not in ("data", "included")}
        if isinstance(data, int) or self._store is None:
            return self._whole(data, included, rest)
        parts, cut = tuple(self._all), None if included is None else len(data)
        key = (self._operation.id, tuple(map(id, parts)), cut, *rest.values())
        kept = self._store.documents.get(key)
        if kept is None:
            body = self._whole(data, included, rest)
            kept = Document(parts, body)  # it holds the parts: their ids go to no others
            self._store.documents.keep(key, kept, len(body))
        self.document = kept
        return bytes(kept.body)

    def _whole(
        self, data: int | list[int], included: list[int] | None, rest: dict[str, bytes]
    ) -> bytes:
        members = {"data": self._all[data] if isinstance(data, int) else self._array(data)}
        if included is not None:
            members["included"] = self._array(included)
        texts = (b'"%b":%b' % (name.encode(), text) for name, text in (members | rest).items())
        return b"{" + b",".join(texts) + b"}"

    def _array(self, places: list[int]) -> bytes:
        return b"[" + b",".join([self._all[at] for at in places]) + b"]"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def written(value: Any) -> bytes:
    """A JSON value as this server writes it."""
    return _encode(value).encode("utf-8")
