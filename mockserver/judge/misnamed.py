"""Whether an answer is about the record that was asked for: its id, its owner, its links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract import Edition, Operation
from mockserver.contract.explain import brief, trail
from mockserver.judge.documents import Resource, attribute, linked_one, resources
from mockserver.judge.exchange import Exchange
from mockserver.judge.laws import LawViolation
from mockserver.judge.pointers import at
from mockserver.judge.routes import match
from mockserver.pointers import escape, path_of

FILTER = re.compile(r"filter\[([a-z-]+)\]\[id\]")
NAMES = ("name", "username")
"""Attributes by which paths name records."""
METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE")


def misnamed(
    exchange: Exchange, document: Any, operation: Operation, edition: Edition
) -> Iterator[LawViolation]:
    """Where the resource objects of an answer name another record than the request did."""
    _, path = match(edition, exchange.method, exchange.path)
    named = [(type, path[name]) for name, type in operation.records.items() if name in path]
    filters = {
        found[1]: value for name, value in exchange.query if (found := FILTER.fullmatch(name))
    }
    for base, resource in resources(document):
        if other := list(_other(base, resource, named, exchange, operation)):
            yield from other  # what else it names is the other's
            continue
        yield from _owned(base, resource, named, filters, operation)
        yield from _linked(base, resource, operation, edition, exchange.status)


def _other(
    base: str,
    resource: Resource,
    named: list[tuple[str, str]],
    exchange: Exchange,
    operation: Operation,
) -> Iterator[LawViolation]:
    """Another record than the path names last; a PATCH may give it another name.

    A list below the path of a record holds others of its type: a workspace's consumers.
    """
    if not named or named[-1][0] != resource["type"] or operation.method == "PATCH":
        return
    if base != "/data":
        return
    if not _is(resource, named[-1][1]):
        fact = f"the answer is about {brief(resource['id'])}"
        yield LawViolation(f"{base}/id", fact, brief(named[-1][1]), operation.source)


def _owned(
    base: str,
    resource: Resource,
    named: list[tuple[str, str]],
    filters: Mapping[str, str],
    operation: Operation,
) -> Iterator[LawViolation]:
    """Records of another owner than the path, or a filter, names."""
    names = at(resource, "/relationships")
    for name in names if isinstance(names, Mapping) else ():
        id, type = linked_one(resource, name), at(resource, f"/relationships/{name}/data/type")
        if id is None or type == resource["type"]:
            continue
        wanted = [filters[name]] if name in filters else [v for t, v in named if t == type]
        if wanted and id.casefold() != wanted[0].casefold():
            place = f"{base}/relationships/{name}/data/id"
            fact = f"{name} is {brief(id)}"
            yield LawViolation(place, fact, brief(wanted[0]), operation.source)


def _linked(
    base: str, resource: Resource, operation: Operation, edition: Edition, status: int
) -> Iterator[LawViolation]:
    """Links that lead to another record of the type."""
    links = resource.get("links")
    for name, link in links.items() if isinstance(links, Mapping) else ():
        if not isinstance(link, str) or (to := _route(link, edition)) is None:
            continue
        type, value = to
        if type == resource["type"] and not _is(resource, value):
            place = f"{base}/links/{escape(name)}"
            schema = operation.answer_schema(status) or {}
            _, source, _ = trail(schema, path_of(place), edition.schemas)
            fact = f"links.{name} leads to {brief(value)}"
            yield LawViolation(place, fact, f"{brief(resource['id'])}", source or operation.source)


def _route(link: str, edition: Edition) -> tuple[str, str] | None:
    """Type and id, or name, of the record that a link names last; None where it is no route."""
    try:
        path = urlsplit(link).path
    except ValueError:
        return None
    for method in METHODS:
        operation, values = match(edition, method, path)
        if operation and operation.records:
            name, type = [*operation.records.items()][-1]
            return type, values[name]
    return None


def _is(resource: Resource, value: str) -> bool:
    """Whether a record is the one of an id, or of a name."""
    names = (attribute(resource, name) for name in NAMES)
    known = {str(resource["id"]), *(str(name) for name in names if name)}
    return value.casefold() in {one.casefold() for one in known}
