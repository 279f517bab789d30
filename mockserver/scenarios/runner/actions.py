"""What can be done with the records of each type, read from an edition's operations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from mockserver.contract import Edition, Operation
from mockserver.contract.engines import resolve

RELATIONSHIP = re.compile(r".*/relationships/([^/{}]+)")


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Operation ids of one type. Of several of one sense the one that names the record by id is first.

    `add`, `remove`: by relationship, for to-many relationships that have operations of their own.
    `every`: all operations of the type, in the edition's order.
    """

    create: str | None = None
    list: str | None = None
    shows: Sequence[str] = ()
    updates: Sequence[str] = ()
    removes: Sequence[str] = ()
    add: Mapping[str, str] = field(default_factory=dict)
    remove: Mapping[str, str] = field(default_factory=dict)
    every: Sequence[str] = ()

    @property
    def reads(self) -> Sequence[str]:
        """The operations that show a record, the list last."""
        return (*self.shows, *([self.list] if self.list else []))


def primary(operation: Operation, edition: Edition) -> tuple[str | None, bool]:
    """The type of the primary data that a success shows, and whether it is a list of it."""
    schema = resolve(operation.answer_schema(min(operation.responses)) or {}, edition.schemas)
    data = resolve(schema.get("properties", {}).get("data", {}), edition.schemas)
    one = resolve(data.get("items", data), edition.schemas)
    members = one.get("properties", {})
    type = resolve(members.get("type", {}), edition.schemas).get("const")
    return (type if "attributes" in members else None), "items" in data


@cache
def actions(edition: Edition) -> Mapping[str, Actions]:
    """The actions of every type that an edition has operations for, in the edition's order."""
    subjects = {id: subject(operation, edition) for id, operation in edition.operations.items()}
    types = dict.fromkeys(type for type in subjects.values() if type)
    return {
        type: _of_type(
            type, [o for id, o in edition.operations.items() if subjects[id] == type], edition
        )
        for type in types
    }


def subject(operation: Operation, edition: Edition) -> str | None:
    """The type that an operation is about: what it, or its path's other methods, show; else the
    type of the record that the path names last. A type that nothing makes, lists or names in a
    path of its own belongs to that record too. A presigned URL is about the type of its page.
    """
    if operation.token:
        return operation.page
    named = list(operation.records.values())
    beside = [one for one in edition.operations.values() if one.path == operation.path]
    for one in (operation, *beside):
        type, _ = primary(one, edition)
        if type and (not named or type in _addressed(edition)):
            return type
    return named[-1] if named else None


@cache
def _addressed(edition: Edition) -> frozenset[str]:
    """Types of which a path names a record, be it not for its relations alone."""
    own = (o for o in edition.operations.values() if not RELATIONSHIP.fullmatch(o.path))
    return frozenset(t for o in own for t in o.records.values())


def _of_type(type: str, operations: Sequence[Operation], edition: Edition) -> Actions:
    def of(method: str) -> list[str]:
        """Operations on one record, the one with the shortest path of names first."""
        found = [
            one for one in own
            if one.method == method and one.path.endswith("}") and [*one.records.values()][-1:] == [type]
        ]  # fmt: skip
        return [one.id for one in sorted(found, key=lambda one: len(one.records))]

    lists = [o for o in operations if o.method == "GET" and primary(o, edition)[1]]
    # the tokens of users are also of teams and of pools: the page that shows one by its id decides
    shown_on = {o.page for o in operations if [*o.records.values()] == [type] and o.method == "GET"}
    lists.sort(key=lambda one: (one.page != type, one.page not in shown_on))
    made_in = {o.path for o in operations if o.method == "POST"}
    listing = next((o for o in lists if o.path in made_in), next(iter(lists), None))
    around = {*listing.records.values(), type} if listing else set[str]()
    # what names a record of the type within another than the list does: parameters are variables
    strange = [o for o in operations if len(o.records) > 1 and not {*o.records.values()} <= around]
    own = [o for o in operations if not listing or o not in strange]
    makes = [o.id for o in operations if o.method == "POST" and listing and o.path == listing.path]
    relations = {
        (one.method, found[1]): one.id
        for one in operations
        if (found := RELATIONSHIP.fullmatch(one.path)) and one.method in ("POST", "DELETE")
    }
    return Actions(
        create=next(iter(makes), None),
        list=listing.id if listing else None,
        shows=of("GET"),
        updates=of("PATCH"),
        removes=of("DELETE"),
        add={name: id for (method, name), id in relations.items() if method == "POST"},
        remove={name: id for (method, name), id in relations.items() if method == "DELETE"},
        every=[one.id for one in operations],
    )


def owner_type(edition: Edition) -> str | None:
    """The type whose records own most others: what `--organization` names."""
    first = Counter(
        next(iter(operation.records.values()))
        for operation in edition.operations.values()
        if operation.records and not operation.path.endswith("}")
    )
    return first.most_common(1)[0][0] if first else None
