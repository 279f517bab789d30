"""Recorded traffic, judged without a server: what was answered, what was asked, what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.contract.differences import Difference
from mockserver.digits import counted
from mockserver.judge.answers import judge_answer
from mockserver.judge.collected import MANY, Findings
from mockserver.judge.coverage import Coverage
from mockserver.judge.documents import parsed, resources
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import Finding
from mockserver.judge.history import NOTHING, Follows, History
from mockserver.judge.laws import LawViolation, violations
from mockserver.judge.likely_edition import LEAST, likeliest, likely_edition, not_named
from mockserver.judge.requests import judge_request
from mockserver.judge.result import CONFORMS, DIFFERS, USAGE, Result, cleaned, plain, verdict
from mockserver.judge.routes import match
from mockserver.judge.sources import Level, level_of
from mockserver.traffic.masking import Mask
from mockserver.traffic.recordings import BadRecording
from mockserver.traffic.unrouted import NOT_BUILT, Unrouted, met

API = "/api/v2/"
LONG = 200
"""Letters of a path that a line repeats."""


@dataclass
class Recorded:
    """What a recording came to. `unknown`: calls of the API that its edition does not document,
    `not_built`: those that it does and that are not supported here, each by its route. `elsewhere`:
    exchanges that were none of the API's. `unread`: places of what cannot be judged, by the reason.

    `mask` is what it has learned of secrets: nothing is told of it without.
    """

    findings: Findings
    coverage: Coverage
    mask: Mask
    history: History
    judged: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, Unrouted] = field(default_factory=dict)
    not_built: dict[str, Unrouted] = field(default_factory=dict)
    elsewhere: int = 0
    unread: dict[str, list[str]] = field(default_factory=dict)
    stopped: str = ""


def judge_recording(
    exchanges: Iterable[Exchange],
    edition: Edition,
    only: frozenset[str] = frozenset(),
    drift: Level = "drift",
    follows: Follows = NOTHING,
) -> Recorded:
    """Judge every exchange as it comes; a recording that breaks off is judged as far as it goes."""
    mask = Mask(edition.secrets)
    recorded = Recorded(
        Findings(edition, only, drift), Coverage(edition.name), mask, History(edition, follows)
    )
    try:
        for exchange in exchanges:
            if exchange.unread:
                recorded.unread.setdefault(exchange.unread, []).append(exchange.where)
                continue
            operation, path = match(edition, exchange.method, exchange.path)
            mask.learn_token(exchange.token)
            mask.learned(exchange.request)
            if operation is None:
                count_unknown(recorded, exchange, edition)
            elif not only or operation.id in only:
                _take(recorded, exchange, operation, path, edition)
    except BadRecording as error:
        recorded.stopped = str(error)
    return recorded


def _take(
    recorded: Recorded,
    exchange: Exchange,
    operation: Operation,
    path: Mapping[str, str],
    edition: Edition,
) -> None:
    recorded.judged[operation.id] += 1
    exchange.document = exchange.document or _document(exchange)
    recorded.mask.learned(exchange.document)
    judge(recorded, exchange, operation, path, edition)


def judge(
    recorded: Recorded,
    exchange: Exchange,
    operation: Operation,
    path: Mapping[str, str],
    edition: Edition,
) -> list[Finding]:
    """What one exchange breaks; kept in the recording, and counted in its coverage."""
    request = None if isinstance(exchange.request, bytes) else deepcopy(exchange.request)
    status, document = exchange.status, exchange.document
    recorded.coverage.add(operation.id, status, exchange.query, request, document)
    found = judge_answer(exchange, operation, edition)
    lawful = not found and status < 300
    found += judge_request(replace(exchange, request=request), operation, edition)
    across = list(recorded.history.broken(exchange, operation, path))
    if lawful:
        found += _as_findings(exchange, operation, [*lawless(exchange, edition), *across])
    for finding in found:
        recorded.findings.add(finding)
    return found


def _document(exchange: Exchange) -> Any:
    if not exchange.answer.strip() or exchange.raw:
        return None
    return parsed(exchange.answer)


def lawless(exchange: Exchange, edition: Edition) -> Iterator[LawViolation]:
    """Where the resource objects of an answer break the laws of their types."""
    for base, resource in resources(exchange.document):
        for one in violations(resource, edition):
            yield one._replace(pointer=base + one.pointer)


def _as_findings(
    exchange: Exchange, operation: Operation, violations: Iterable[LawViolation]
) -> Iterator[Finding]:
    for one in violations:
        yield Finding(
            level_of(one.source),
            operation.id,
            one.pointer,
            one.fact,
            one.expected,
            one.source,
            exchange.where,
        )


def count_unknown(recorded: Recorded, exchange: Exchange, edition: Edition) -> None:
    """A call that no operation answers, among its like."""
    if not exchange.path.startswith(API):
        recorded.elsewhere += 1
        return
    route, documented = met(exchange.method, exchange.path, edition)
    calls = recorded.not_built if documented else recorded.unknown
    calls.setdefault(route, Unrouted(exchange.path, exchange.where)).times += 1


def _places(where: Sequence[str]) -> str:
    more = f" and {len(where) - MANY} more" if len(where) > MANY else ""
    return ", ".join(where[:MANY]) + more


def beyond(recorded: Recorded) -> list[Difference]:
    """What a recording has and its edition has not: routes, then members of the types it shows.

    Written by others: without secrets, each text on one line.
    """
    text = plain(recorded.mask.clean)
    return [
        Difference("addition", text(route), "", f"{why}, {text(one.said)}")
        for why, calls in (("not documented", recorded.unknown), (NOT_BUILT, recorded.not_built))
        for route, one in calls.items()
    ] + [
        Difference(
            "addition",
            text(type),
            text(member),
            f"not listed, {counted(count, 'time')}",
            ("shown",),
        )
        for type, members in recorded.findings.unlisted.items()
        for member, count in members.items()
    ]


def looks_like(recorded: Recorded, edition: Edition) -> list[str]:
    """A line about the edition that a recording seems to be of, where it seems to be another one."""
    return likely_edition(recorded.findings.unlisted, recorded.unknown, edition, _least(recorded))


def _least(recorded: Recorded) -> int:
    """How much makes another edition likely: a single call where this one answers none."""
    return LEAST if recorded.judged or recorded.findings.only else 1


def _not_judged(recorded: Recorded) -> list[str]:
    """A line about each thing in a recording that no operation judges."""
    lines = [f"unknown route: {route}: {one.said}" for route, one in recorded.unknown.items()]
    lines += [f"{NOT_BUILT}: {route}: {one.said}" for route, one in recorded.not_built.items()]
    lines += [f"not judged: {_places(where)}: {why}" for why, where in recorded.unread.items()]
    if recorded.elsewhere:
        lines.append(f"none of the API's: {counted(recorded.elsewhere, 'exchange')}")
    return lines


def result(recorded: Recorded, edition: Edition, named: bool = True) -> Result:
    """What became of a recording: unknown routes are listed, and no fault of anybody's.

    `named`: whether anybody has said that it is of this edition. If not, one that looks like another
    edition neither conforms nor differs.
    """
    findings, lines = list(recorded.findings), _not_judged(recorded)
    faults = sum(finding.level == "fault" for finding in findings)
    judged, stopped = recorded.judged, recorded.stopped
    shown = recorded.findings.unlisted
    other, many = likeliest(shown, recorded.unknown, edition, _least(recorded))
    unsaid = bool(other) and not named and not stopped
    if not unsaid:
        lines += looks_like(recorded, edition)
    if not judged and not stopped:
        stopped = "the recording holds no exchange of the API: there is nothing to judge"
    count, only = sum(judged.values()), recorded.findings.only
    if unsaid:
        stopped = not_named(other, many, edition)
        lines.append(
            f"judged by {edition.name}: {counted(count, 'exchange')}, {counted(faults, 'fault')}"
        )
    elif not stopped:
        lines.append(f"{verdict(edition, findings, only)}; {counted(count, 'exchange')}")
    elif judged:
        lines.append(
            f"judged before it stopped: {counted(count, 'exchange')}, {counted(faults, 'fault')}"
        )
    made = Result(
        edition=edition,
        findings=findings,
        exit=DIFFERS if unsaid else USAGE if stopped else DIFFERS if faults else CONFORMS,
        lines=lines,
        stopped=stopped,
        unplayed={},
        operations={id: judged[id] for id in edition.operations if id in judged},
        only=only,
        coverage=recorded.coverage,
    )
    return cleaned(made, recorded.mask.clean)
