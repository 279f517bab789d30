"""What recorded exchanges have shown of a world: its records as they were last seen, and their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.digits import whole_number
from mockserver.judge.documents import Resource, resources
from mockserver.judge.exchange import Exchange
from mockserver.judge.pointers import at
from mockserver.judge.routes import match
from mockserver.world.clock import parse_timestamp, timestamp
from mockserver.world.kinds import Kind, Kinds

Key = tuple[str, str]


@dataclass
class Observed:
    """What exchanges have shown: resources in the order they were first seen, and their owners.

    `settable` are the attributes by type that a create or an update may set; `order` the ids by type
    as lists show them, what was changed last first; `named` what paths have named and is not gone.
    """

    kinds: Kinds
    settable: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seen: dict[Key, dict[str, Any]] = field(default_factory=dict)
    owners: dict[Key, str] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)
    named: dict[Key, None] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def known(self, type: str, id: str) -> Resource | None:
        return self.seen.get((type, id))

    def show(self, resource: Mapping[str, Any], owner: str | None, of: Key | None = None) -> None:
        """A resource object as an answer had it; the last one counts. `of`: what the path named."""
        key = resource["type"], resource["id"]
        before = self.seen.get(key, {})
        names = ("text", "sent", "of", "secret", "query", "listed", "holders")
        kept: dict[str, Any] = {name: before[name] for name in names if name in before}
        for part in ("attributes", "relationships"):  # one answer shows what another does not
            old, new = before.get(part), resource.get(part)
            if isinstance(old, dict) and isinstance(new, dict):
                kept[part] = {**old, **new}
        if isinstance(secret := at(resource, "/attributes/token"), str):
            kept["secret"] = secret
        if of and of != key:
            kept["of"] = of
        self.seen[key] = {**resource, **kept, "settable": self.settable.get(key[0], ())}
        if owner := _related(self.kinds.get(key[0]), resource) or owner:
            self.owners[key] = owner


def observe(exchanges: Iterable[Exchange], edition: Edition, kinds: Kinds) -> Observed:
    """The world that successful exchanges have shown, in order."""
    observed = Observed(kinds)
    for type, listed in edition.types.items():
        able = (name for name, said in listed.attributes.items() if said.create or said.update)
        observed.settable[type] = tuple(able)
    for exchange in exchanges:
        operation, path = match(edition, exchange.method, exchange.path)
        if operation is None or not 200 <= exchange.status < 300:
            continue
        _take(observed, operation, path, exchange)
    _timed(observed)
    _named_by(observed)
    return observed


def _named_by(observed: Observed) -> None:
    """By relation the types and ids of the records that name a record as their one."""
    for key, resource in observed.seen.items():
        relationships = at(resource, "/relationships")
        for name in relationships if isinstance(relationships, Mapping) else ():
            data = at(relationships, f"/{name}/data")
            named = (data.get("type"), data.get("id")) if isinstance(data, Mapping) else ()
            other = observed.seen.get((str(named[0]), str(named[1]))) if named else None
            if other is not None:
                other.setdefault("named-by", {}).setdefault(name, []).append(key)


def _timed(observed: Observed) -> None:
    """A time of the last change for each record, so that they are listed as they were."""
    for type, ids in observed.order.items():
        there = [observed.seen[type, id] for id in ids if (type, id) in observed.seen]
        times = [at(resource, "/attributes/created-at") for resource in there]
        newest = max((time for time in times if isinstance(time, str)), default="")
        try:
            last = parse_timestamp(newest)
        except ValueError:
            continue
        for number, resource in enumerate(reversed(there), start=1):
            resource["changed-at"] = timestamp(last + timedelta(milliseconds=number))


def _take(
    observed: Observed, operation: Operation, path: Mapping[str, str], exchange: Exchange
) -> None:
    named = [(type, path[name]) for name, type in operation.records.items()]
    observed.named.update(dict.fromkeys(named))
    for _, resource in (*resources(exchange.document), *_included(exchange.document)):
        kind = observed.kinds.get(resource["type"])
        owner = next((id for type, id in named if kind and type == kind.within), None)
        observed.show(resource, owner, named[-1] if named else None)
        if exchange.query:
            observed.seen[resource["type"], resource["id"]]["query"] = dict(exchange.query)
    if named and operation.method == "PATCH":
        _renamed(observed, named[-1], exchange)
    _below(observed, operation, named, exchange)
    _ordered(observed, operation, exchange)
    if isinstance(exchange.request, dict) and operation.method in ("POST", "PATCH"):
        sent = at(exchange.request, "/data/attributes")
        for _, resource in resources(exchange.document):
            known = (resource["type"], resource["id"])
            if known in observed.seen:
                asked = sent if isinstance(sent, dict) else exchange.request
                before = observed.seen[known].get("sent", {})
                observed.seen[known]["sent"] = {**before, **asked}
    if exchange.text is not None and named and named[-1] in observed.seen:
        observed.seen[named[-1]]["text"] = exchange.text
    whole = operation.body is None and len(named) >= 1 and operation.path.endswith("}")
    if operation.method == "DELETE" and whole:
        _forget(observed, *named[-1])


def _renamed(observed: Observed, before: Key, exchange: Exchange) -> None:
    """What is called by its name is the same under another, with all that stands in it."""
    type, name = before
    kind = observed.kinds.get(type)
    new = at(exchange.document, "/data/id")
    if not (kind and kind.identify and (type, new) in observed.seen) or new == name:
        return
    observed.seen.pop(before, None)
    observed.named.pop(before, None)
    for key, owner in observed.owners.items():
        if owner == name:
            observed.owners[key] = new
    for resource in observed.seen.values():
        if resource.get("of") == before:
            resource["of"] = (type, new)


def _below(observed: Observed, operation: Operation, named: list[Key], exchange: Exchange) -> None:
    """What a list below a record holds is the record's, by the last word of its path; and of what is
    listed it is known who holds it.
    """
    data = at(exchange.document, "/data")
    holder = observed.seen.get(named[-1]) if named and isinstance(data, list) else None
    if holder is None or operation.method not in ("GET", "PATCH"):
        return
    listed = [resource for _, resource in resources(exchange.document)]
    holder.setdefault("listed", {})[operation.path.rpartition("/")[2]] = listed
    for resource in listed:
        observed.seen[resource["type"], resource["id"]].setdefault("holders", {})[named[-1][1]] = (
            None
        )


def _ordered(observed: Observed, operation: Operation, exchange: Exchange) -> None:
    """What is written stands first, a page where its number says; of a search no more is known than
    which stands before which."""
    shown: dict[str, list[str]] = {}
    for _, resource in resources(exchange.document):
        shown.setdefault(resource["type"], []).append(resource["id"])
    query = dict(exchange.query)
    narrowed = any(name.startswith(("search", "filter")) for name in query)
    for type, ids in shown.items():
        order = observed.order.setdefault(type, [])
        if operation.method == "GET" and not isinstance(at(exchange.document, "/data"), list):
            order += [id for id in ids if id not in order]
            continue
        rest = [id for id in order if id not in ids]
        if narrowed:
            places = iter([id for id in ids if id in order])
            order[:] = [next(places) if id in ids else id for id in order]
            order += [id for id in ids if id not in order]
        else:
            before = (whole_number(query.get("page[number]", "")) or 1) - 1
            start = before * (whole_number(query.get("page[size]", "")) or len(ids))
            order[:] = [*rest[:start], *ids, *rest[start:]]


def _included(document: Any) -> Iterator[tuple[str, Any]]:
    yield from resources({"data": at(document, "/included")})


def _forget(observed: Observed, type: str, name: str) -> None:
    """A record that was deleted, by id or by name, and what stood in it."""
    observed.named.pop((type, name), None)
    for key, resource in list(observed.seen.items()):
        if key[0] == type and name in (key[1], at(resource, "/attributes/name")):
            del observed.seen[key]
    for key in [key for key, owner in observed.owners.items() if owner == name]:
        observed.seen.pop(key, None)


def _related(kind: Kind | None, resource: Mapping[str, Any]) -> str | None:
    """The owner that a resource object itself names."""
    relationships = at(resource, "/relationships")
    if kind is None or not isinstance(relationships, Mapping):
        return None
    for name in relationships:
        data = at(relationships, f"/{name}/data")
        if isinstance(data, Mapping) and data.get("type") == kind.within:
            return str(data.get("id"))
    return None
