"""Recorded traffic, judged without a server: what was answered, what was asked, what is unknown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.verify.coverage import Coverage
from mockserver.verify.findings import Finding, Findings, Level, decided
from mockserver.verify.judge import Exchange, asked, judged
from mockserver.verify.matching import Routes
from mockserver.verify.pointers import leaves
from mockserver.verify.recordings import BadRecording
from mockserver.verify.views import resources
from mockserver.world.lives import Life

API = "/api/v2/"
WORD, ID = re.compile(r"[a-z][a-z-]{0,39}|v2|"), re.compile(r"[a-z]+-[A-Za-z0-9]{16}")
SECRET = "user-tokens.html, ssh-keys.html: a secret is shown at creation alone"


@dataclass
class Recorded:
    """What a recording came to. `elsewhere`: exchanges that were none of the API's."""

    findings: Findings
    coverage: Coverage
    judged: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    elsewhere: int = 0
    stopped: str = ""


def read(
    exchanges: Iterable[Exchange],
    edition: Edition,
    lives: Mapping[str, Life],
    only: frozenset[str] = frozenset(),
) -> Recorded:
    """Judge every exchange as it comes; a recording that breaks off is judged as far as it goes."""
    routes = Routes(edition)
    recorded = Recorded(Findings(edition, only), Coverage(edition.name))
    try:
        for exchange in exchanges:
            operation, _ = routes.match(exchange.method, exchange.path)
            if operation is None:
                strange(recorded, exchange)
            elif not only or operation.id in only:
                _take(recorded, exchange, operation, edition, lives)
    except BadRecording as error:
        recorded.stopped = str(error)
    return recorded


def _take(
    recorded: Recorded,
    exchange: Exchange,
    operation: Operation,
    edition: Edition,
    lives: Mapping[str, Life],
) -> None:
    recorded.judged[operation.id] += 1
    exchange.document = exchange.document or _document(exchange)
    verdict(recorded, exchange, operation, edition, lives)


def verdict(
    recorded: Recorded,
    exchange: Exchange,
    operation: Operation,
    edition: Edition,
    lives: Mapping[str, Life],
) -> list[Finding]:
    """What one exchange breaks; kept in the recording, and counted in its coverage."""
    request = None if isinstance(exchange.request, bytes) else deepcopy(exchange.request)
    status, document = exchange.status, exchange.document
    recorded.coverage.add(operation.id, status, exchange.query, request, document)
    found = judged(exchange, operation, edition)
    lawful = not found and status < 300
    found += asked(replace(exchange, request=request), operation, edition)
    if lawful:
        found += lawless(exchange, operation, edition, lives)
    for finding in found:
        recorded.findings.add(finding)
    return found


def _document(exchange: Exchange) -> Any:
    if not exchange.answer.strip() or exchange.raw:
        return None
    try:
        return json.loads(exchange.answer)
    except (ValueError, RecursionError):
        return None


def lawless(
    exchange: Exchange, operation: Operation, edition: Edition, lives: Mapping[str, Life]
) -> Iterator[Finding]:
    """Where the resource objects of an answer break the laws of their types."""
    for base, resource in resources(exchange.document):
        life = lives.get(resource["type"])
        for law in life.laws if life else ():
            for pointer, fact in law.test(resource):
                place = base + pointer
                level: Level = "note" if decided(edition, operation.id, law.source) else "fault"
                at = exchange.where
                yield Finding(level, operation.id, place, fact, law.words, law.source, at)
        if operation.method == "GET":
            for pointer, value in leaves(resource):
                if pointer.rpartition("/")[2] in edition.secrets and value is not None:
                    what, place = f"{pointer} holds a value", base + pointer
                    yield Finding(
                        "fault", operation.id, place, what, "null", SECRET, exchange.where
                    )


def strange(recorded: Recorded, exchange: Exchange) -> None:
    """A route that the edition does not have, told without what may be an id or a secret."""
    if not exchange.path.startswith(API):
        recorded.elsewhere += 1
        return
    parts = exchange.path.split("/")
    plain = [part if WORD.fullmatch(part) and not ID.fullmatch(part) else "*" for part in parts]
    recorded.unknown[f"{exchange.method} {'/'.join(plain)}"] += 1
