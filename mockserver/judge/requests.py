"""What a request breaks of its operation's contract."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract import Edition, Operation
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import Finding
from mockserver.judge.sources import Level, level_of


def judge_request(exchange: Exchange, operation: Operation, edition: Edition) -> Iterator[Finding]:
    """What a request breaks, told only where the server took it: then client and contract differ.

    What the contract does not list but lets pass is a note, and so is what we alone refuse.
    """
    if not 200 <= exchange.status < 300:
        return
    checks = [operation.check_query(exchange.query)]
    if operation.takes_json and exchange.request is not None:
        checks.append(operation.check_body(exchange.request))
    for checked in checks:
        for meta in (*(refusal.meta for refusal in checked.refusals), *checked.findings):
            source = meta.get("source", operation.source)
            level: Level = "note" if meta in checked.findings else level_of(source)
            place = "request" + (meta["pointer"] or f" ?{meta['key-path']}")
            yield Finding(
                level,
                operation.id,
                place,
                meta["fact"],
                meta.get("expected", ""),
                source,
                exchange.where,
            )
