"""How much of the contract some traffic has exercised: points that could be met, and that were.

A point is `(kind, operation, what)`. Kinds: `operation`; `status`; `attribute` (a member of a
request's body); `parameter`; `value` (an enum value or an include that a request may send);
`branch` (what may differ between two answers of one schema).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from mockserver.contract import Edition, Operation, load
from mockserver.judge import coverage_points
from mockserver.nearest import nearest, there_is_no

Point = tuple[str, str, str]
KINDS = ("operation", "status", "attribute", "parameter", "value", "branch")


@cache
def points(edition: str) -> Mapping[str, frozenset[Point]]:
    """Every point of an edition, by operation."""
    contract = load(edition)
    return {
        operation.id: frozenset(_points(operation, contract))
        for operation in contract.operations.values()
    }


def _points(operation: Operation, edition: Edition) -> Iterator[Point]:
    id, schemas = operation.id, edition.schemas
    yield "operation", id, ""
    for name, parameter in operation.parameters.items():
        yield "parameter", id, name
        yield from (
            ("value", id, f"{name} = {v}") for v in parameter["schema"].get("x-include", ())
        )
    if operation.takes_json:
        yield from (
            ("attribute", id, m) for m in coverage_points.members(operation.body_schema, schemas)
        )
        yield from (
            ("value", id, v) for v in coverage_points.enum_values(operation.body_schema, schemas)
        )
    for status in operation.responses:
        yield "status", id, str(status)
        if (place := _left_open(edition.name, id, status)) is not None:
            said = coverage_points.branches(place)
            yield from (("branch", id, f"{status} {branch}") for branch in said)


@cache
def _left_open(edition: str, operation: str, status: int) -> coverage_points.LeftOpen | None:
    """What an answer of success leaves open; None where no schema is known."""
    contract = load(edition)
    schema = contract.operations[operation].answer_schema(status)
    if schema is None or status >= 300:
        return None
    return coverage_points.left_open(schema, contract.schemas)


TOUCHED = "touched"
"""Stands for the operations that the traffic has met."""
ENOUGH = 100
"""Exchanges of one operation and status that are worth a look when they are forgotten."""


class Coverage:
    """The points that traffic of one edition has met. Safe to add to from any thread."""

    def __init__(self, edition: str, met: Iterable[Point] = ()) -> None:
        self.edition = edition
        self._contract = load(edition)
        self._known = points(edition)
        self._met = set(met)
        self._taken: dict[tuple[str | None, int], set[int]] = {}
        self._lock = threading.Lock()

    @property
    def met(self) -> frozenset[Point]:
        return frozenset(self._met)

    @property
    def missing(self) -> list[Point]:
        """What was not met, in order of the operations."""
        every = (point for id in self._known for point in sorted(self._known[id], key=_order))
        return [point for point in every if point not in self._met]

    def add(
        self,
        operation: str | None,
        status: int,
        query: Iterable[tuple[str, str]] = (),
        request: Any = None,
        response: Any = None,
    ) -> None:
        """One exchange; bodies as JSON values, None where there was none."""
        if operation is None or operation not in self._known:
            return
        contract = self._contract.operations[operation]
        found = {("operation", operation, ""), ("status", operation, str(status))}
        found.update(self._asked(contract, query, request))
        if status < 300 and response is not None and status in contract.responses:
            found.update(self._answered(contract, status, response))
        with self._lock:
            self._met |= found & self._known[operation]

    def _asked(
        self, operation: Operation, query: Iterable[tuple[str, str]], request: Any
    ) -> Iterator[Point]:
        id = operation.id
        for name, text in query:
            yield "parameter", id, name
            if "x-include" in operation.parameters.get(name, {}).get("schema", {}):
                yield from (("value", id, f"{name} = {part}") for part in text.split(","))
        if operation.takes_json and request is not None:
            said = coverage_points.sent(operation.body_schema, request, self._contract.schemas)
            for what in said:
                yield ("value" if " = " in what else "attribute"), id, what

    def _answered(self, operation: Operation, status: int, response: Any) -> Iterator[Point]:
        place = _left_open(self.edition, operation.id, status)
        if place is not None:
            taken: set[str] = set()
            coverage_points.take_branches(place, response, taken)
            yield from (("branch", operation.id, f"{status} {branch}") for branch in taken)

    def merge(self, met: Iterable[Iterable[str]]) -> None:
        """What another run, or another worker, has met."""
        with self._lock:
            for kind, operation, what in met:
                if (kind, operation, what) in self._known.get(operation, ()):
                    self._met.add((kind, operation, what))

    def of(self, words: Iterable[str]) -> Coverage:
        """The coverage of some operations: their ids, their pages, or `touched` for those met.

        All of it where nothing is named. Raises ValueError for a word that is none of these.
        """
        operations = self._contract.operations
        wanted: set[str] = set()
        for word in words:
            if refused := not_counted(word, [self.edition]):
                raise ValueError(refused)
            if word == TOUCHED:
                wanted |= {id for kind, id, _ in self._met if kind == "operation"}
            wanted |= {id for id, operation in operations.items() if word in (id, operation.page)}
        part = Coverage(self.edition, self._met)
        if words:
            part._known = {id: points for id, points in self._known.items() if id in wanted}
        return part

    def clear(self) -> None:
        """Nothing was met."""
        with self._lock:
            self._met.clear()

    def take(self, exchange: Any) -> None:
        """An exchange of a world's journal, on its way out of it.

        Of an operation and status the first ENOUGH different ones are looked at: what goes by a
        thousand times must not slow the world down.
        """
        told = self._taken.setdefault((exchange.operation, exchange.status), set())
        if len(told) >= ENOUGH:
            return
        same = hash((exchange.query, exchange.sent, exchange.got))
        if same in told:
            return
        told.add(same)
        query = parse_qsl(exchange.query, keep_blank_values=True)
        self.add(exchange.operation, exchange.status, query, exchange.request, exchange.response)

    def counts(self, operation: str | None = None) -> dict[str, tuple[int, int]]:
        """By kind how many were met and how many there are, of one operation or of all."""
        chosen = [self._known[operation]] if operation else list(self._known.values())
        of = dict.fromkeys(KINDS, 0)
        met = dict.fromkeys(KINDS, 0)
        for group in chosen:
            for point in group:
                of[point[0]] += 1
                met[point[0]] += point in self._met
        return {kind: (met[kind], of[kind]) for kind in KINDS}

    @property
    def percent(self) -> float:
        """Of all points, rounded down to a tenth: 100 means every one."""
        counts = self.counts().values()
        met, of = sum(m for m, _ in counts), sum(n for _, n in counts)
        return int(1000 * met / of) / 10 if of else 0.0

    @property
    def summary(self) -> str:
        """`64.0% of edition 2019-07`, or of those of its operations that are counted."""
        counted, every = len(self._known), len(points(self.edition))
        if counted == every:
            return f"{self.percent}% of edition {self.edition}"
        says = f"what edition {self.edition} says of {counted} of its {every} operations"
        return f"{self.percent}% of {says}"

    @property
    def operations(self) -> list[str]:
        return list(self._known)

    def shown(self) -> dict[str, Any]:
        """As `/_mock/coverage` and JSON reports give it."""
        return {
            "edition": self.edition,
            "percent": self.percent,
            "kinds": [
                {"kind": kind, "met": met, "of": of} for kind, (met, of) in self.counts().items()
            ],
            "met": [list(point) for point in sorted(self._met)],
            "missing": [list(point) for point in self.missing],
        }


def not_counted(word: str, editions: Iterable[str]) -> str:
    """Why none of these editions has such an operation or page; empty where one has."""
    operations = [one for edition in editions for one in load(edition).operations.values()]
    pages = [TOUCHED, *dict.fromkeys(operation.page for operation in operations)]
    ids = dict.fromkeys(operation.id for operation in operations)
    if word in pages or word in ids:
        return ""
    [near] = nearest(word, [*pages, *ids]) or [TOUCHED]
    return there_is_no("operation or page", word, pages if near in pages else ids)


def _order(point: Point) -> tuple[int, str]:
    return KINDS.index(point[0]), point[2]


def rows(coverage: Coverage) -> list[list[str]]:
    """For people, as a table: heads, each operation, all together; `12/14` is met and there are."""
    found = [["operation", *KINDS[1:]]]
    for id in coverage.operations:
        found.append([id, *_cells(coverage.counts(id))])
    met, of = coverage.counts()["operation"]
    found.append([f"{met} of {of} operations", *_cells(coverage.counts())])
    return found


def _cells(counts: Mapping[str, tuple[int, int]]) -> list[str]:
    return [f"{met}/{of}" if of else "-" for met, of in (counts[kind] for kind in KINDS[1:])]
