"""Resource objects as bytes: built, judged and written once, and kept while nothing has changed.

Records are immutable values: what was once shown and judged need not be shown and judged again
while the record is the same object and all that its kind says it depends on is equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.operations import Resource
from mockserver.world.calls import Call, View
from mockserver.world.problems import Breach
from mockserver.world.state import Record

BYTES = 24 * 1024 * 1024
"""How much one store keeps; it begins anew when that is full."""

Depends = Callable[[View, Record], tuple[Any, ...]] | None
Kept = tuple[Record, tuple[Any, ...], bytes]


class Store:
    """Parts by record and component, shared by a world and its forks. Safe from any thread."""

    def __init__(self, most: int = BYTES) -> None:
        self._kept: dict[tuple[int, str], Kept] = {}
        self._size = 0
        self._most = most
        self.built = 0

    def get(self, record: Record, component: str, depends: tuple[Any, ...]) -> bytes | None:
        kept = self._kept.get((record.key, component))
        if kept is not None and kept[0] is record and kept[1] == depends:
            return kept[2]
        return None

    def put(self, record: Record, component: str, depends: tuple[Any, ...], part: bytes) -> None:
        self._size += len(part)
        if self._size > self._most:
            self._kept, self._size = {}, len(part)
        self._kept[record.key, component] = (record, depends, part)
        self.built += 1


class Parts:
    """The parts of one answer: called with a record, gives the number that stands for it."""

    def __init__(self, call: Call, operation: Operation, status: int, store: Store | None) -> None:
        self._call, self._operation, self._status = call, operation, status
        self._store = store
        self._known: dict[str, tuple[Resource, Depends]] = {}
        self._all: list[bytes] = []

    def __call__(self, record: Record) -> int:
        self._all.append(self._part(record))
        return len(self._all) - 1

    def _part(self, record: Record) -> bytes:
        resource, depends = self._known.get(record.kind) or self._learn(record)
        if depends is None or self._store is None:
            return self._built(record, resource)
        made_of = depends(self._call, record)
        kept = self._store.get(record, resource.name, made_of)
        if kept is None:
            kept = self._built(record, resource)
            self._store.put(record, resource.name, made_of, kept)
        return kept

    def _learn(self, record: Record) -> tuple[Resource, Depends]:
        """What the contract and the kind say of a record's kind, once an answer."""
        resource = self._operation.parts(self._status).get(record.kind)
        if resource is None:
            where = f"an answer with status {self._status}"
            raise self._breach([f"{record.kind} {record.id} has no place in {where}"])
        self._known[record.kind] = known = resource, self._call.kinds[record.kind].depends
        return known

    def _built(self, record: Record, resource: Resource) -> bytes:
        shown = resource.shown(self._call.show(record))
        if misses := resource.misses(shown):
            raise self._breach(misses)
        return written(shown)

    def _breach(self, misses: list[str]) -> Breach:
        return Breach(self._operation.id, self._operation.edition, misses)

    def joined(self, envelope: Mapping[str, Any]) -> bytes:
        """The document as bytes: equal to the last with one written at once."""
        return b"{" + b",".join(self._member(*item) for item in envelope.items()) + b"}"

    def _member(self, name: str, value: Any) -> bytes:
        if name == "data" and isinstance(value, int):
            text = self._all[value]
        elif name in ("data", "included"):
            text = b"[" + b",".join([self._all[at] for at in value]) + b"]"
        else:
            text = written(value)
        return b'"' + name.encode() + b'":' + text


def written(value: Any) -> bytes:
    """A JSON value as this server writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
