"""Laws across the exchanges of one recording: what it has shown before is remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, included, resources
from mockserver.judge.exchange import Exchange
from mockserver.judge.laws import LawViolation
from mockserver.judge.pointers import at, comparable, leaves, within

KEEPS = "a PATCH keeps what it omits"


Follows = Mapping[str, Mapping[str, Collection[str]]]
"""By type and attribute the pointers that change with it; under "" those that may change whatever is
sent, as what a workspace has from its project.
"""
NOTHING: Follows = MappingProxyType({})
"""Where it is not known what changes with what."""


class History:
    """The attributes of records as a recording last showed them."""

    def __init__(self, edition: Edition, follows: Follows = NOTHING) -> None:
        self._edition, self._follows = edition, follows
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    def broken(
        self, exchange: Exchange, operation: Operation, path: Mapping[str, str]
    ) -> Iterator[LawViolation]:
        """Where an answer has other values than before for what the request did not change."""
        named = [*operation.records.items()]
        key = (named[-1][1], path.get(named[-1][0], "")) if named else ("", "")
        if operation.method == "PATCH" and exchange.status < 300:
            for base, resource in resources(exchange.document):
                before = self._known.get(key) or self._known.get(_name(resource), {})
                yield from self._changed(base, resource, before, exchange.request, operation)
        if operation.method not in ("GET", "PATCH"):
            self._known.pop(key, None)  # what else it may change is its own affair
        self._remember(exchange)

    def _changed(
        self,
        base: str,
        resource: Resource,
        before: Mapping[str, Any],
        request: Any,
        operation: Operation,
    ) -> Iterator[LawViolation]:
        attributes = at(request, "/data/attributes")
        sent = {pointer for pointer, _ in leaves(attributes, "/attributes")}
        follows = self._follows.get(str(resource.get("type")), {})
        for name in ("", *(attributes if isinstance(attributes, Mapping) else ())):
            sent.update(follows.get(name, ()))
        for pointer, value in before.items():
            now = comparable(at(resource, pointer))
            if now != value and self._settable(resource, pointer) and not within(pointer, sent):
                fact = f"{KEEPS}: {pointer} is {brief(now)}, and was {brief(value)} before"
                yield LawViolation(base + pointer, fact, brief(value), operation.source)

    def _settable(self, resource: Resource, pointer: str) -> bool:
        """Whether a PATCH sets the attribute, and nothing else does."""
        type = self._edition.types.get(str(resource.get("type")))
        one = type.attributes.get(pointer.split("/")[2]) if type else None
        return one is not None and one.update

    def _remember(self, exchange: Exchange) -> None:
        if exchange.status >= 300:
            return
        for _, resource in (*resources(exchange.document), *included(exchange.document)):
            found = leaves(at(resource, "/attributes"), "/attributes")
            known = {pointer: comparable(value) for pointer, value in found}
            for name in {str(resource["id"]), str(known.get("/attributes/name", resource["id"]))}:
                self._known[resource["type"], name] = known


def _name(resource: Resource) -> tuple[str, str]:
    return str(resource["type"]), str(resource["id"])
