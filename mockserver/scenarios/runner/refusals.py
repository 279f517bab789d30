"""What every operation must refuse: requests that each differ in one thing from a good one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mockserver.contract import Operation
from mockserver.contract.operations import JSONAPI
from mockserver.contract.query import UNFILTERED
from mockserver.contract.routes import routes
from mockserver.judge.documents import Resource
from mockserver.judge.sources import level_of
from mockserver.scenarios.runner import invalid_bodies
from mockserver.scenarios.runner.answer import Arguments
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.driver import PREFIX, Driver

LARGE = 10 * 1024 * 1024 + 1


@cache
def large(json: bool) -> bytes:
    """A body over the limit, made once: 10 MB take their time."""
    return b'"' + b"x" * LARGE + b'"' if json else b"x" * LARGE


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """One request that must be refused: the status, why, and what differs.

    `source`: where the rule is said, where that is not where the status is. `wrong`: the path of
    what is wrong in the body.
    """

    status: int
    why: str
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    method: str | None = None
    token: str | None = ""
    media_type: str | None = JSONAPI
    source: str = ""
    wrong: tuple[str | int, ...] = ()


def unknown_id(context: Context) -> str:
    """An id, or name, that nothing has."""
    return f"{PREFIX}-{context.run}-unknown"


def refusals(
    driver: Driver, operation: Operation, good: Arguments, fresh: Callable[[], Any]
) -> Iterator[RefusedRequest]:
    """All of one operation. `fresh`: a body that would succeed once more."""
    context = driver.context
    path, query, body = good
    nowhere = dict.fromkeys(path, unknown_id(context))
    if not operation.open:
        yield RefusedRequest(401, "no token", nowhere, {}, None, token=None)
        yield RefusedRequest(401, "an unknown token", nowhere, {}, None, token=unknown_id(context))
        for name, type in operation.records.items():
            yield RefusedRequest(
                404, f"an unknown {name}", {**path, name: nowhere[name]}, query, body
            )
            if other := _of_another_type(driver, type):
                why = f"the id of one of {other['type']} as {name}"
                yield RefusedRequest(404, why, {**path, name: other["id"]}, query, body)
    if method := _other_method(context, operation):
        yield RefusedRequest(405, f"the method {method}", path, {}, None, method=method)
    yield from _queries(operation, path, query, fresh() if body else body)
    if context.read_only:
        return
    if operation.takes_json:
        yield from _documents(context, operation, path, query, body, fresh)
    if operation.body and 413 in operation.responses:
        source = context.source_of(operation, 413)
        if context.local or level_of(source) == "fault":
            yield RefusedRequest(
                413, "a body of more than 10 MB", path, query, large(operation.takes_json)
            )


def _of_another_type(driver: Driver, type: str) -> Resource | None:
    """A record of another type, whose id is no name that one of this type may have."""
    taken = {driver.context.plan(type).name_of(record) for record in driver.made}
    others = (r for r in driver.made if r["type"] != type and r["id"] not in taken)
    return next((r for r in others if r["id"] != driver.context.plan(r["type"]).name_of(r)), None)


def _other_method(context: Context, operation: Operation) -> str | None:
    """A method that the path does not have, on no page either; one operation of a path asks for all."""
    same = [o for o in context.edition.operations.values() if o.path == operation.path]
    asks = next((one for one in same if one.id in context.only), same[0])
    if asks is not operation or context.read_only:
        return None
    taken = {one.method for one in same}
    known = routes(context.edition)
    methods = (m for m in ("PUT", "PATCH", "POST", "DELETE") if m not in taken)
    return next((m for m in methods if not known.not_built(m, operation.path)), None)


def _queries(
    operation: Operation, path: Mapping[str, str], query: Mapping[str, Any], body: Any
) -> Iterator[RefusedRequest]:
    if operation.method == "GET" and not operation.open:
        changed = {**query, "filter[nonsense]": "some"}
        yield RefusedRequest(
            400, "a filter that is not listed", path, changed, body, source=UNFILTERED
        )
    for name, parameter in operation.parameters.items():
        schema, source = parameter["schema"], parameter.get("x-source", operation.source)
        if "x-include" in schema:
            yield RefusedRequest(400, "an unknown include", path, {**query, name: "nonsense"}, body)
        elif parameter.get("required"):
            rest = {other: value for other, value in query.items() if other != name}
            yield RefusedRequest(422, f"no {name}", path, rest, body, source=source)
        elif schema["type"] == "integer":
            values = ["0", "some"]
            if "maximum" in schema:
                values.append(str(schema["maximum"] + 1))
            for value in values:
                changed = {**query, name: value}
                yield RefusedRequest(422, f"{name}={value}", path, changed, body, source=source)


def _documents(
    context: Context,
    operation: Operation,
    path: Mapping[str, str],
    query: Mapping[str, Any],
    body: Any,
    fresh: Callable[[], Any],
) -> Iterator[RefusedRequest]:
    """What is wrong with a JSON body: its type, its form, what is in it."""
    yield RefusedRequest(400, "a body that is not JSON", path, query, b'{"data":')
    if operation.needs_body:
        yield RefusedRequest(422, "no body", path, query, None, source=operation.source)
    good = {} if body is None else fresh()
    yield RefusedRequest(
        415, "a body sent as text/plain", path, query, good, media_type="text/plain"
    )
    body = fresh() if good else {"data": {"attributes": {}}}
    for invalid in invalid_bodies.bodies(operation, body, context.edition):
        yield RefusedRequest(
            422, invalid.why, path, query, invalid.body, source=invalid.source, wrong=invalid.path
        )
