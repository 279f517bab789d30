"""What an answer breaks of its operation's contract: status, content type, body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.contract import Edition, Operation
from mockserver.contract.engines import InstancePath, Miss, Schema, resolve
from mockserver.contract.explain import brief, explained, trail
from mockserver.judge.consequences import conditional, forbidden
from mockserver.judge.demands import checker, checkers
from mockserver.judge.documents import is_resource, parsed
from mockserver.judge.drift import STABILITY, Stray, strays
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import STATUS, TYPE, Finding
from mockserver.judge.laws import told
from mockserver.judge.misnamed import misnamed
from mockserver.judge.pointers import MISSING
from mockserver.judge.sources import level_of
from mockserver.nearest import nearest
from mockserver.pointers import key_path, pointer

MISNAMED, TOLD = "misnamed", "secret"
NOT_MODIFIED = 304
SILENT = (401, 404)
RECORDED = "recorded answers of the real service"


class Violation(NamedTuple):
    """A place that breaks the contract; `beside`: the pointer of what stands there in its place."""

    place: str
    what: str
    expected: str
    source: str
    kind: str = ""
    beside: str = ""


def judge_answer(exchange: Exchange, operation: Operation, edition: Edition) -> list[Finding]:
    """What an answer breaks, and what it shows that the edition does not list."""
    found, besides = [], set()
    for one in _broken(exchange, operation, edition):
        besides |= {one.beside, one.place} if one.kind == TOLD else {one.beside}
        failed = one.place == STATUS and exchange.status >= 500
        found.append(
            Finding(
                "fault" if failed else level_of(one.source),
                operation.id,
                one.place,
                one.what,
                one.expected,
                one.source,
                exchange.where,
                beside=one.beside,
                kind=one.kind,
            )
        )
    return found + [f for f in _drift(exchange, operation, edition) if f.place not in besides]


def _broken(exchange: Exchange, operation: Operation, edition: Edition) -> Iterator[Violation]:
    status = exchange.status
    if status == NOT_MODIFIED:  # HTTP's own answer, not the API's
        return
    if status not in operation.responses:
        known = _nearest(operation, status)
        source = operation.responses[known[0]].get("x-source", operation.source)
        expected = " or ".join(str(one) for one in known)
        yield Violation(STATUS, f"status {status} is not documented", expected, source, str(status))
        return
    content = operation.responses[status].get("content", {})
    source = operation.responses[status].get("x-source", operation.source)
    if exchange.raw or exchange.method == "HEAD":
        return
    if not content:
        if exchange.answer.strip():
            yield Violation("", f"{status} has a body", "no body", source, str(status))
        return
    media = exchange.media_type
    if media is not None and media.partition(";")[0].strip().lower() not in content:
        what = f"Content-Type is {media or 'absent'}"
        yield Violation(TYPE, what, " or ".join(content), source)
    if operation.answer_schema(status) is not None:
        yield from _body(exchange, operation, edition, source)


def _body(
    exchange: Exchange, operation: Operation, edition: Edition, source: str
) -> Iterator[Violation]:
    document = exchange.document
    if document is None:
        document = parsed(exchange.answer, MISSING)
        if document is MISSING:
            what = "the body is not JSON" if exchange.answer.strip() else "there is no body"
            yield Violation("", what, "a JSON document", source, "no JSON")
            return
    places = set()
    for one in misses(operation, exchange.status, document, edition):
        places.add(one.place)
        yield one if one.source else one._replace(source=source)
    if not places and exchange.status < 300:
        for law in misnamed(exchange, document, operation, edition):
            yield Violation(law.pointer, law.fact, law.expected, law.source, MISNAMED)
    if exchange.status in SILENT:
        yield from _explains(document, exchange.status)
    for law in told(document, edition, creation=exchange.method != "GET"):
        if law.pointer not in places:
            yield Violation(law.pointer, law.fact, law.expected, law.source, TOLD)


def _explains(document: Any, status: int) -> Iterator[Violation]:
    """A 401 or 404 says no more than that: what a caller may not touch looks like what is not there."""
    errors = document.get("errors") if isinstance(document, Mapping) else None
    for number, error in enumerate(errors if isinstance(errors, list) else ()):
        for name in ("detail", "source", "meta"):
            if isinstance(error, Mapping) and name in error:
                what = f"a {status} explains itself: {name} is {brief(error[name])}"
                wanted = "nothing but status and title"
                yield Violation(f"/errors/{number}/{name}", what, wanted, RECORDED, "explains")


def _drift(exchange: Exchange, operation: Operation, edition: Edition) -> Iterator[Finding]:
    if exchange.document is None or exchange.status not in operation.responses:
        return
    if not operation.check_answer(exchange.status, exchange.document):
        return
    for stray in strays(operation, exchange.status, exchange.document, edition):
        what = f"{stray.member} of {stray.type} is not listed"
        yield Finding(
            "drift",
            operation.id,
            stray.pointer,
            what,
            "the members that are listed",
            STABILITY,
            exchange.where,
            stray=stray,
        )


def _nearest(operation: Operation, status: int) -> list[int]:
    """The documented statuses of the same class: 2xx for 2xx, 4xx for 4xx."""
    same = [known for known in operation.responses if known // 100 == status // 100]
    return same or [min(operation.responses)]


def misses(
    operation: Operation, status: int, document: Any, edition: Edition
) -> Iterator[Violation]:
    """Each place that breaks what the edition demands of an answer.

    A member that is missing beside an unlisted one of a like name is told once, as renamed.
    """
    schema = operation.answer_schema(status)
    assert schema is not None
    found = [
        (part, miss)
        for miss in checker(edition, operation.id, status).misses(document)
        for part, miss in _refined(schema, miss, edition)
    ]
    if not found:
        return
    renamed = _renamed(
        [miss for _, miss in found], list(strays(operation, status, document, edition))
    )
    following = conditional(schema, [miss for _, miss in found], edition.schemas)
    for part, miss in found:
        if miss.path in following:
            continue
        if member := forbidden(part, miss, edition.schemas):
            yield _needless(*member, part, edition)
            continue
        _, meta = explained(miss, part, edition.schemas, secrets=edition.secrets)
        what, beside = meta["fact"], renamed.get(miss.pointer, "")
        if beside:
            what += f", and {beside.rpartition('/')[2]} stands there instead"
        yield Violation(miss.pointer, what, meta["expected"], meta["source"], miss.fault, beside)


def _needless(path: InstancePath, condition: str, schema: Schema, edition: Edition) -> Violation:
    """A member that must not be there."""
    _, source, _ = trail(schema, path, edition.schemas)
    wanted = f"no such member where {condition}" if condition else "no such member"
    return Violation(pointer(path), f"{key_path(path)} is there", wanted, source, "not")


def _refined(schema: Schema, miss: Miss, edition: Edition) -> Iterator[tuple[Schema, Miss]]:
    """Where one of several schemas must fit, the misses of the one whose type the value names.

    A type that none of them has is drift.
    """
    if miss.fault not in ("anyOf", "oneOf") or not isinstance(miss.value, Mapping):
        yield schema, miss
        return
    for choice in miss.expected:
        part = resolve(choice, edition.schemas)
        named = resolve(part.get("properties", {}).get("type", {}), edition.schemas)
        if named.get("const") == miss.value.get("type"):
            for inner in checkers(edition).of(choice).misses(miss.value):
                placed = Miss((*miss.path, *inner.path), inner.fault, inner.value, inner.expected)
                yield _placed(part, miss.path), placed
            return
    if not is_resource(miss.value):
        yield schema, miss


def _placed(schema: Schema, path: tuple[str | int, ...]) -> Schema:
    """A schema that has another at a path, so that an explanation finds its way there."""
    for part in reversed(path):
        schema = {"items": schema} if isinstance(part, int) else {"properties": {part: schema}}
    return schema


def _renamed(misses: Sequence[Miss], strays: Sequence[Stray]) -> dict[str, str]:
    """Pointers of missing members, each with the unlisted one that stands there in its place."""
    renamed: dict[str, str] = {}
    for miss in misses:
        if miss.fault != "missing":
            continue
        parent = miss.pointer.rpartition("/")[0]
        beside = {
            stray.pointer.rpartition("/")[2]: stray.pointer
            for stray in strays
            if stray.pointer.rpartition("/")[0] == parent
        }
        spelled = {name.replace("_", "-").casefold(): name for name in beside}
        near = nearest(str(miss.path[-1]), spelled)
        if near and beside[spelled[near[0]]] not in renamed.values():
            renamed[miss.pointer] = beside[spelled[near[0]]]
    return renamed
