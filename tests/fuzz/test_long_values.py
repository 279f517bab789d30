"""No message quotes a value of megabytes: what is told of one is cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sweeps import OPERATIONS, World, cases, each, example, fresh, put, some, walk

from mockserver.contract import Operation

LONG = "x" * 20_000
TOLD = 10_000
"""Letters of all that is told of one mistake: some texts of two thousand each."""


def bodies(operation: Operation) -> Iterator[Any]:
    """The example's, each time with one long text in it, or under a long name."""
    body = example(operation).get("body") if operation.takes_json else None
    for at, value in [] if body is None else walk(body):
        if isinstance(value, dict):
            yield put(body, (*at, LONG), 1)
        elif isinstance(value, str):
            yield put(body, at, LONG)


def told(world: World, answer: Any) -> str:
    """What an answer and the journal say of a mistake; not what was sent."""
    errors = (answer.json or {}).get("errors", "") if answer.status >= 400 else ""
    entry = list(world.universe.journal)[-1]
    return json.dumps([errors, list(entry.findings), entry.why])


@each(some(cases(o for o in OPERATIONS if not o.open), 5), [False, True])
def test_what_is_told_of_a_long_value_is_short(operation: Operation, strict: bool) -> None:
    requests = [{"body": body} for body in bodies(operation)]
    queries = [*operation.parameters, "filter[nope]", LONG]
    requests += [{"query": f"{name}={LONG}"} for name in queries]
    world = fresh(operation.edition, strict=strict)
    for request in requests:
        answer = world.play(operation, **request)
        assert len(told(world, answer)) < TOLD, request
