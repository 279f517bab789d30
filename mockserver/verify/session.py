"""A run against one server: its requests, judged and counted, and what it must clean up."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from mockserver.contract import Edition, Operation
from mockserver.contract.operations import JSONAPI
from mockserver.verify.findings import STATUS, Findings
from mockserver.verify.judge import Exchange, judged
from mockserver.verify.matching import filled
from mockserver.verify.wire import Received, Unreachable, Wire
from mockserver.world.kinds import Kinds
from mockserver.world.lives import Life, Seen


class Login(Unreachable):
    """The server sends its callers to a login page: the token is not what it wants."""


@dataclass(eq=False)
class Session:
    """What all parts of one run share.

    `reached` counts answers by operation and status; `good` holds, by operation, what was asked
    when it last succeeded: refusals change one thing of it. `spared`: types of which nothing is
    made. `watch` is told of every exchange.
    """

    wire: Wire
    edition: Edition
    kinds: Kinds
    organization: str
    token: str
    findings: Findings
    run: str = "run"
    local: bool = True
    read_only: bool = False
    spared: frozenset[str] = frozenset()
    reached: Counter[tuple[str, int]] = field(default_factory=Counter)
    good: dict[str, tuple[Mapping[str, str], Mapping[str, Any], Any]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    watch: Callable[[Exchange, Operation], None] | None = None
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def lives(self) -> Mapping[str, Life]:
        """The life of each type that has one."""
        return {type: kind.life for type, kind in self.kinds.items() if kind.life}

    @property
    def owner(self) -> str:
        """The type whose records own the others: what `--organization` names."""
        within = (kind.within for kind in self.kinds.values())
        return next(type for type in within if type and self.kinds[type].within is None)

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
    ) -> Exchange:
        """One request as it is, and its answer. `token` None sends none; `body` bytes go as such."""
        pairs = [(n, str(v)) for n, v in (query.items() if isinstance(query, Mapping) else query)]
        target = filled(operation, path) + ("?" + urlencode(pairs) if pairs else "")
        headers = {"Accept": JSONAPI, "User-Agent": "mockserver-verify"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.token}"
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if content is not None and media_type:
            headers["Content-Type"] = media_type
        method = method or operation.method
        received = self.wire.send(method, target, headers, content)
        if received.status in (301, 302, 303, 307, 308):
            self._redirected(received.status, received.headers.get("location", ""))
        return self._counted(operation, method, target.partition("?")[0], pairs, body, received)

    def _counted(
        self,
        operation: Operation,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        body: Any,
        received: Received,
    ) -> Exchange:
        exchange = Exchange(
            method=method,
            path=path,
            query=query,
            request=body,
            status=received.status,
            media_type=received.headers.get("content-type", ""),
            answer=received.body,
            headers=received.headers,
        )
        with self._lock:
            self.requests += 1
            self.reached[operation.id, received.status] += 1
        if self.watch:
            self.watch(exchange, operation)
        return exchange

    def _redirected(self, status: int, location: str) -> None:
        where = "a login page" if any(w in location for w in ("login", "session", "sso")) else ""
        raise Login(
            f"the server answers {status} and sends its callers to {where or 'another address'}: "
            "is --url the API's own address, and the token one of the API?"
        )

    def seen(self, exchange: Exchange, operation: Operation, asked: Any) -> Seen:
        """An exchange judged by the edition alone."""
        document = None
        with suppress(ValueError):
            document = json.loads(exchange.answer) if exchange.answer.strip() else None
        exchange.document = document
        wrong = set()
        for finding in judged(exchange, operation, self.edition):
            self.findings.add(finding)
            if finding.place.startswith("/") or finding.place == "":
                wrong |= {finding.place, finding.beside or finding.place}
        return Seen(
            operation.id,
            exchange.status,
            document,
            exchange.answer,
            exchange.headers,
            wrong,
            asked,
        )

    def expect(self, seen: Seen, statuses: Iterable[int], why: str, source: str) -> bool:
        """Whether the status is one of those; noted where it is not."""
        wanted = sorted(statuses)
        if seen.status in wanted:
            return True
        what = f"{why} is answered {seen.status}" if why else f"status {seen.status}"
        expected = " or ".join(str(status) for status in wanted)
        self.findings.note(seen.operation, STATUS, what, expected, source)
        return False

    def source(self, operation: Operation, status: int) -> str:
        """Where a status of an operation is said."""
        return str(operation.responses.get(status, {}).get("x-source", operation.source))
