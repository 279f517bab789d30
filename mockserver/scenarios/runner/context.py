"""What one run against a server shares: its requests, judged and counted."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import urlencode

from mockserver.contract import Edition, Operation
from mockserver.contract.operations import JSONAPI
from mockserver.judge.answers import MISNAMED, judge_answer
from mockserver.judge.collected import Findings
from mockserver.judge.coverage import Coverage
from mockserver.judge.documents import parsed
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import EFFECT, STATUS
from mockserver.judge.pointers import at
from mockserver.judge.routes import filled
from mockserver.scenarios.runner.actions import Actions, owner_type
from mockserver.scenarios.runner.answer import Arguments, JudgedAnswer, login, misanswered
from mockserver.scenarios.runner.plan import Plan, plans
from mockserver.scenarios.runner.rights import Rights
from mockserver.scenarios.runner.scenario import Scenario
from mockserver.scenarios.runner.unanswered import NoAnswer, Wanted, source_of, unanswered
from mockserver.traffic.transport import CutOff, Response, Transport, Unreachable


@dataclass(eq=False)
class Context:
    """What all parts of one run share.

    `reached` counts answers by operation and status; `good` holds, by operation, what was asked
    when it last succeeded: refusals change one thing of it. `taken`: by operation the attributes of
    bodies that succeeded. `named`: the edition that the server says it speaks, empty for none. `spared`: types of which nothing is made. `only`: ids of the operations
    that are to be played, empty for all. `withheld`: entitlements that the organization does not have.
    `watch` is told of every exchange. `requests`: those that were sent, as often as each was. `wrote`: whether anything but a GET was sent; `lost`:
    whether one of those was not answered, and may have made something. `_answered`: target and headers
    of the first GET that was.
    """

    transport: Transport
    edition: Edition
    scenarios: Mapping[str, Scenario]
    organization: str
    token: str
    findings: Findings
    run: str = "run"
    local: bool = True
    named: str = ""
    read_only: bool = False
    spared: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    reached: Counter[tuple[str, int]] = field(default_factory=Counter)
    good: dict[str, tuple[Mapping[str, str], Mapping[str, Any], Any]] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)
    only: frozenset[str] = frozenset()
    skipped: dict[str, str] = field(default_factory=dict)
    watch: Callable[[Exchange, Operation], None] | None = None
    requests: int = 0
    wrote: bool = False
    lost: bool = False
    coverage: Coverage = field(init=False)
    rights: Rights = field(init=False)
    _answered: tuple[str, Mapping[str, str]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.coverage = Coverage(self.edition.name)
        self.rights = Rights(self.owner)

    @cached_property
    def plans(self) -> Mapping[str, Plan]:
        """How each type of the edition is played."""
        return plans(self.edition, self.scenarios)

    @cached_property
    def owner(self) -> str:
        """The type whose records own the others: what `--organization` names; empty for none."""
        return owner_type(self.edition) or ""

    def plan(self, type: str) -> Plan:
        """How a type is played; with no operations where the edition has none of it."""
        return self.plans.get(type) or Plan(type, self.edition, Actions(), Scenario())

    def type_made_by(self, operation: str) -> str:
        """The type of which an operation makes records; empty where it makes none."""
        plans = self.plans.values()
        return next((plan.type for plan in plans if plan.actions.create == operation), "")

    def closing(self, plan: Plan) -> str:
        """The entitlement that a type is closed without; empty where it is open."""
        ids = [id for id in (plan.actions.create, plan.actions.list) if id]
        asked = {self.edition.operation(id).entitlement or "" for id in ids}
        return next(iter(sorted(asked & self.withheld)), "")

    def exchanged(
        self,
        operation: Operation,
        path: Mapping[str, str],
        query: Mapping[str, Any] | Sequence[tuple[str, str]] = (),
        body: Any = None,
        *,
        method: str | None = None,
        token: str | None = "",
        media_type: str | None = JSONAPI,
        wanted: Wanted = ((), ""),
    ) -> Exchange:
        """One request as it is, and its answer. `token` None sends none, one after a scheme
        and a space goes with that; `body` bytes go as such.

        `wanted`: the statuses that the answer should have, and what is special about the request; its
        successes if omitted. Raises Unreachable, and NoAnswer where this one alone is not answered.
        """
        pairs = [(n, str(v)) for n, v in (query.items() if isinstance(query, Mapping) else query)]
        target = filled(operation, path) + (
            "?" + urlencode(pairs, errors="replace") if pairs else ""
        )
        headers = {"Accept": JSONAPI, "User-Agent": "mockserver-verify"}
        if token is not None and operation.token is None:
            held = token or self.token
            headers["Authorization"] = held if " " in held else f"Bearer {held}"
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if content is not None and media_type:
            headers["Content-Type"] = media_type
        method = method or operation.method
        self.wrote = self.wrote or method != "GET"  # whether or not the answer is waited for
        try:
            received = self.transport.send(method, target, headers, content)
        except Unreachable as lost:
            self._unanswered(lost, operation, f"{method} {target}", body, wanted)
        if method == "GET" and self._answered is None:
            self._answered = target, headers
        if received.status in (301, 302, 303, 307, 308):
            raise login(received.status, received.headers.get("location", ""))
        return self._counted(operation, method, target.partition("?")[0], pairs, body, received)

    def _counted(
        self,
        operation: Operation,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        body: Any,
        received: Response,
    ) -> Exchange:
        exchange = Exchange(
            method=method,
            path=path,
            query=query,
            request=body,
            status=received.status,
            media_type=received.headers.get("content-type", ""),
            answer=received.body,
            document=parsed(received.body),
            headers=received.headers,
        )
        exchange.where = exchange.asked
        sent = None if isinstance(body, bytes) else body
        self.coverage.add(operation.id, received.status, query, sent, exchange.document)
        with self._lock:
            self.requests += received.sent
            self.reached[operation.id, received.status] += 1
            if received.status < 300:
                self.taken |= {(operation.id, name) for name in _attributes(sent)}
        if self.watch:
            self.watch(exchange, operation)
        return exchange

    def _unanswered(
        self, lost: Unreachable, operation: Operation, asked: str, body: Any, wanted: Wanted
    ) -> NoReturn:
        """A fault of the operation where the server still answers what it has answered before."""
        with self._lock:
            self.requests += 1
        if self._answered is None:
            raise lost
        try:
            if not isinstance(lost, CutOff):
                raise lost
            probe = self.transport.send("GET", *self._answered, None)
        except Unreachable as gone:
            raise Unreachable(f"{gone}; asked for last: {operation.id}, {asked}") from None
        with self._lock:
            self.requests += probe.sent
        self.lost = self.lost or operation.method != "GET"
        self.findings.add(unanswered(lost, operation, asked, body, wanted))
        raise NoAnswer(f"the server {lost.fact} to {operation.id}")

    def judged(self, exchange: Exchange, operation: Operation, asked: Any) -> JudgedAnswer:
        """An exchange judged by the edition alone."""
        wrong, unlisted, misnamed = set(), set(), []
        for finding in judge_answer(exchange, operation, self.edition):
            if finding.place == STATUS:
                continue  # `expect` tells what was wanted of this request
            if finding.kind == MISNAMED:
                misnamed.append(finding)
                continue
            self.findings.add(finding)
            if finding.stray:
                unlisted.add(finding.place)
            elif finding.place[:1] in ("", "/"):
                wrong |= {finding.place, finding.beside or finding.place}
        return JudgedAnswer(
            operation.id,
            exchange.status,
            exchange.document,
            exchange.answer,
            exchange.headers,
            wrong,
            asked,
            frozenset(unlisted),
            misnamed,
            exchange.where,
        )

    def expect(self, answer: JudgedAnswer, statuses: Iterable[int], why: str, source: str) -> bool:
        """Whether the status is one of those; told where it is not. `source`: see `misanswered`."""
        wanted = sorted(statuses)
        if answer.status in wanted:
            return True
        operation = self.edition.operation(answer.operation)
        if not self.rights.bar(answer, operation, wanted[0]):
            documented = self.source_of(operation, wanted[0])
            self.findings.add(misanswered(answer, wanted, why, source, documented))
        return False

    def blame_write(
        self, write: JudgedAnswer, what: str, expected: str, source: str, kind: str = ""
    ) -> None:
        """A write did not do what it says, or did more."""
        self.findings.note(
            write.operation, EFFECT, what, expected, source, kind, where=write.request
        )

    def succeeded(self, operation: Operation, asked: Arguments) -> None:
        self.good[operation.id] = asked
        self.rights.succeeded(operation, asked[0])

    def source_of(self, operation: Operation, status: int) -> str:
        """Where a status of an operation is said."""
        return source_of(operation, status)


def _attributes(document: Any) -> Iterable[str]:
    """Names of the attributes that a body sends."""
    found = at(document, "/data/attributes")
    return found if isinstance(found, Mapping) else ()
