"""Resource objects and documents as bytes: built, judged and written once, kept while nothing changes.

Records are immutable values: what was once shown and judged need not be shown and judged again
while the record is the same object and all that its kind says it depends on is equal. That is asked
once for each state and caller, not once for each answer: it is a function of the two. A document
that is made of such parts alone is a function of state, caller and URL.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from mockserver.contract import Operation
from mockserver.contract.resource_schemas import ResourceSchema
from mockserver.jsonapi import resources
from mockserver.world.calls import Call, Shown
from mockserver.world.problems import Breach
from mockserver.world.state import Record, State
from mockserver.world.view import Caller, View

BYTES = 24 * 1024 * 1024
"""How much one store keeps of parts; a quarter of it, of lists."""

Depends = Callable[[View, Record], tuple[Any, ...]] | None


@dataclass(slots=True, eq=False, repr=False)
class Kept:
    """A part, what it was made of, and the sight in which that was last found unchanged."""

    record: Record
    made_of: tuple[Any, ...]
    part: bytes
    sight: object


@dataclass(slots=True, eq=False, repr=False)
class Document:
    """The body of an answer to a read, with its status.

    `clean` is who has looked for secrets in it and found none.
    """

    status: int
    body: bytes
    clean: object = None


class Bounded(dict[Any, Any]):
    """What is kept by key, up to so many bytes; it begins anew when that is full."""

    def __init__(self, most: int) -> None:
        self._size, self._most = 0, most

    def keep(self, key: Any, value: Any, size: int) -> None:
        if self._size + size > self._most:
            self.clear()
        self._size += size
        self[key] = value

    def clear(self) -> None:
        super().clear()
        self._size = 0


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
            self.documents.clear()
            self._sights = known = (state, {})
        return known[1].setdefault(caller, object())

    def document(self, call: Call, url: str, query: str) -> Document | None:
        """What the same caller was answered there, in the state as it is."""
        return self.documents.get((self.sight(call.state, call.caller), call.operation, url, query))

    def keep(self, call: Call, url: str, query: str, document: Document) -> Document:
        key = (self.sight(call.state, call.caller), call.operation, url, query)
        self.documents.keep(key, document, len(document.body))
        return document

    def put(self, component: str, kept: Kept) -> bytes:
        self.kept.keep((kept.record.key, component), kept, len(kept.part))
        self.built += 1
        return kept.part


class Relationships(NamedTuple):
    """The relationships of all records that are alone in one way: as an object, which is only looked
    at and never given away, and as the text of the member.
    """

    shown: dict[str, Any]
    text: str


@lru_cache(maxsize=512)
def _relationships(alone: resources.Alone) -> Relationships:
    shown = resources.relationships_of(alone)
    return Relationships(shown, _encode({"relationships": shown})[1:-1])


def _written(shown: Shown, known: Relationships) -> bytes:
    """A resource object that has these relationships, as bytes: equal to one written at once."""
    text = _encode({**shown, "relationships": None})
    # the last one: only links follow, and what stands in a string has its quotes escaped
    before, _, after = text.rpartition('"relationships":null')
    return f"{before}{known.text}{after}".encode()


class RenderedParts:
    """The parts of one answer: called with a record, or with what a kind shows itself, gives the
    number that stands for it.
    """

    def __init__(self, call: Call, operation: Operation, status: int, store: Store | None) -> None:
        self._call, self._operation, self._status = call, operation, status
        self._store = store
        self._known_parts = store.kept if store else {}
        self._sight = store.sight(call.state, call.caller) if store else None
        self._known: dict[str, tuple[ResourceSchema, Depends]] = {}
        self._all: list[bytes] = []
        self.kept = store is not None and call.kind.depends is not None
        """Whether all of them are kept, and so what chose them. A list of what is built each time may
        depend on the time, as an empty one does that found no token expired."""

    def __call__(self, record: Record | Shown) -> int:
        if not isinstance(record, Record):
            self._all.append(self._judged(record, self._schema(record["type"], record["id"])))
            return len(self._all) - 1
        resource, depends = self._known.get(record.kind) or self._learn(record)
        kept = self._known_parts.get((record.key, resource.name))
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
            self.kept = False
            return self._built(record, resource)
        made_of = depends(self._call, record)
        if kept is not None and kept.record is record and kept.made_of == made_of:
            kept.sight = self._sight
            return kept.part
        part = self._built(record, resource)
        return self._store.put(resource.name, Kept(record, made_of, part, self._sight))

    def _learn(self, record: Record) -> tuple[ResourceSchema, Depends]:
        """What the contract and the kind say of a record's kind, once an answer."""
        resource = self._schema(record.kind, record.id)
        self._known[record.kind] = known = resource, self._call.kinds[record.kind].depends
        return known

    def _schema(self, type: str, id: str) -> ResourceSchema:
        resource = self._operation.parts(self._status).get(type)
        if resource is None:
            where = f"an answer with status {self._status}"
            raise self._breach([f"{type} {id} has no place in {where}"])
        return resource

    def _built(self, record: Record, resource: ResourceSchema) -> bytes:
        alone = resources.alone(self._call, record) if self._store else None
        if alone is not None:
            known = _relationships(alone)
            shown = resources.resource(self._call, record, known.shown)
            if resource.holds(shown):
                return _written(shown, known)
        return self._judged(self._call.show(record), resource)

    def _judged(self, shown: Shown, resource: ResourceSchema) -> bytes:
        if not resource.holds(shown):  # the kind may know more than the edition lists
            shown = resource.shown(shown)
            if misses := resource.misses(shown):
                raise self._breach(misses)
        return json_bytes(shown)

    def _breach(self, misses: list[str]) -> Breach:
        return Breach(self._operation.id, self._operation.edition, misses)

    def joined(self, envelope: Mapping[str, Any]) -> bytes:
        """The document as bytes: equal to one written at once."""
        members = [
            (name, self._joined(value) if name in ("data", "included") else json_bytes(value))
            for name, value in envelope.items()
        ]
        return b"{%b}" % b",".join([b'"%b":%b' % (name.encode(), text) for name, text in members])

    def _joined(self, places: int | list[int]) -> bytes:
        if isinstance(places, int):
            return self._all[places]
        return b"[%b]" % b",".join([self._all[at] for at in places])


_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":")
).encode  # of what is a tree: nobody need look for circles


def json_bytes(value: Any) -> bytes:
    """A JSON value as this server writes it."""
    return _encode(value).encode("utf-8")
