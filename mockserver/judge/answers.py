"""What an answer breaks of its operation's contract: status, content type, body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.contract.engines import Miss, Schema
from mockserver.contract.explain import explained, resolve
from mockserver.judge.consequences import conditional
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import STATUS, TYPE, Finding, decided
from mockserver.judge.laws import told_again


def judge_answer(exchange: Exchange, operation: Operation, edition: Edition) -> list[Finding]:
    """What an answer breaks: status, content type, body."""
    return [
        Finding(
            "note" if not failed and decided(edition, operation.id, source) else "fault",
            operation.id,
            place,
            what,
            expected,
            source,
            exchange.where,
            beside=beside,
        )
        for failed, place, what, expected, source, beside in _broken(exchange, operation, edition)
    ]


Broken = tuple[bool, str, str, str, str, str]
"""Whether the server failed, and place, fact, expectation, source, pointer of what stands beside."""


def _broken(exchange: Exchange, operation: Operation, edition: Edition) -> Iterator[Broken]:
    status = exchange.status
    if status not in operation.responses:
        known = _nearest(operation, status)
        source = operation.responses[known[0]].get("x-source", operation.source)
        expected = " or ".join(str(one) for one in known)
        what = f"status {status} is not documented"
        yield status >= 500, STATUS, what, expected, source, ""
        return
    content = operation.responses[status].get("content", {})
    source = operation.responses[status].get("x-source", operation.source)
    if exchange.raw:
        return
    if not content:
        if exchange.answer.strip():
            yield False, "", f"{status} has a body", "no body", source, ""
        return
    media = exchange.media_type
    if media is not None and media.partition(";")[0].strip().lower() not in content:
        what = f"Content-Type is {media or 'absent'}"
        yield False, TYPE, what, " or ".join(content), source, ""
    if operation.answer_schema(status) is not None:
        yield from _body(exchange, operation, edition, source)


def _body(
    exchange: Exchange, operation: Operation, edition: Edition, source: str
) -> Iterator[Broken]:
    document = exchange.document
    if document is None:
        try:
            document = json.loads(exchange.answer)
        except (ValueError, RecursionError):
            what = "the body is no JSON" if exchange.answer.strip() else "there is no body"
            yield False, "", what, "a JSON document", source, ""
            return
    places = set()
    for place, what, expected, cited, beside in misses(
        operation, exchange.status, document, edition
    ):
        places.add(place)
        yield False, place, what, expected, cited or source, beside
    for one in told_again(document, edition) if exchange.method == "GET" else ():
        if one.pointer not in places:
            yield False, one.pointer, one.fact, one.expected, one.source, ""


def _nearest(operation: Operation, status: int) -> list[int]:
    """The documented statuses of the same class: 2xx for 2xx, 4xx for 4xx."""
    same = [known for known in operation.responses if known // 100 == status // 100]
    return same or [min(operation.responses)]


def misses(
    operation: Operation, status: int, document: Any, edition: Edition
) -> Iterator[tuple[str, str, str, str, str]]:
    """Pointer, fact, expectation and source of each place that breaks the schema of an answer.

    A member that is missing beside one of a like name is told once, as renamed: the last is the
    other's pointer.
    """
    schema = operation.answer_schema(status)
    assert schema is not None
    found = [
        (part, miss)
        for miss in operation.checker(schema).misses(document)
        for part, miss in _refined(schema, miss, edition)
    ]
    renamed = _renamed([miss for _, miss in found])
    following = conditional(schema, [miss for _, miss in found], edition.schemas)
    for part, miss in found:
        if miss.pointer in renamed.values() or miss.path in following:
            continue
        _, meta = explained(miss, part, edition.schemas)
        what, beside = meta["fact"], renamed.get(miss.pointer, "")
        if beside:
            what += f", and {beside.rpartition('/')[2]} stands there instead"
        yield miss.pointer, what, meta["expected"], meta["source"], beside


def _refined(schema: Schema, miss: Miss, edition: Edition) -> Iterator[tuple[Schema, Miss]]:
    """Where one of several schemas must fit, the misses of the one whose type the value names."""
    if miss.fault in ("anyOf", "oneOf") and isinstance(miss.value, Mapping):
        for choice in miss.expected:
            part = resolve(choice, edition.schemas)
            named = resolve(part.get("properties", {}).get("type", {}), edition.schemas)
            if named.get("const") == miss.value.get("type"):
                name = choice.get("$ref", "").rpartition("/")[2]
                for inner in edition.checker(name).misses(miss.value) if name else ():
                    placed = Miss(
                        (*miss.path, *inner.path), inner.fault, inner.value, inner.expected
                    )
                    yield _placed(part, miss.path), placed
                return
    yield schema, miss


def _placed(schema: Schema, path: tuple[str | int, ...]) -> Schema:
    """A schema that has another at a path, so that an explanation finds its way there."""
    for part in reversed(path):
        schema = {"items": schema} if isinstance(part, int) else {"properties": {part: schema}}
    return schema


def _renamed(misses: Sequence[Miss]) -> dict[str, str]:
    """Pointers of missing members, each with the unlisted one that stands there in its place."""
    strays = [miss for miss in misses if miss.fault == "unlisted"]
    renamed: dict[str, str] = {}
    for miss in misses:
        if miss.fault != "missing":
            continue
        beside = {
            str(stray.path[-1]): stray.pointer
            for stray in strays
            if stray.path[:-1] == miss.path[:-1]
        }
        spelled = {name.replace("_", "-").casefold(): name for name in beside}
        near = get_close_matches(str(miss.path[-1]), spelled, n=1, cutoff=0.6)
        if near and beside[spelled[near[0]]] not in renamed.values():
            renamed[miss.pointer] = beside[spelled[near[0]]]
    return renamed
