"""What the sweeps share: everything that the contract lists, and a world to try it in.

Nothing here names an operation: a page that is added to an edition is swept from then on.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any
from urllib.parse import quote

from mockserver.contract import Edition, Operation, control, editions, load
from mockserver.contract.engines import Checker, Schema, resolve
from mockserver.pipeline.server import Server
from mockserver.pointers import pointer
from mockserver.web.app import application
from mockserver.web.testing import ApiClient
from mockserver.world.universe import Universe
from tests.cases import cases, each, some
from tests.client import Answer, send

Path = tuple[str | int, ...]

EDITIONS: tuple[Edition, ...] = tuple(load(name) for name in editions())
EVERY = (*EDITIONS, control())
"""The editions, and the contract of our own endpoints."""
OPERATIONS: tuple[Operation, ...] = tuple(
    operation for edition in EDITIONS for operation in edition.operations.values()
)
TAKING_JSON = tuple(operation for operation in OPERATIONS if operation.takes_json)
KEY = "sweep"


# worlds


class World:
    """One universe without a socket."""

    def __init__(self, server: Server, universe: Universe, client: ApiClient) -> None:
        self.server, self.universe, self.client = server, universe, client

    def send(self, method: str, path: str, **request: Any) -> Answer:
        return send(self.client, method, path, **request)

    def play(self, operation: Operation, **changed: Any) -> Answer:
        """An operation's example, with other `path`, `query`, `headers` or `body` where given."""
        request = {**example(operation), **changed}
        path = operation.path.format_map(
            {name: quote(value, safe="") for name, value in request.get("path", {}).items()}
        )
        return self.send(
            operation.method,
            path,
            query=request.get("query", ""),
            body=sent(operation, request),
            headers=request.get("headers"),
        )

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """What the last request was found to hold beyond the contract."""
        last = list(self.universe.journal)[-1]
        return list(last.findings)


@cache
def _server(edition: str, fixture: str, strict: bool) -> tuple[Server, Universe, Any]:
    server = Server(edition=edition)
    made = server.made(key="first", edition=edition, fixture=fixture, strict=strict)
    return server, made, application(server)


def fresh(edition: str, *, fixture: str = "documented", strict: bool = False) -> World:
    """A world as the fixture makes it, with nothing done in it yet."""
    server, first, app = _server(edition, fixture, strict)
    server.universes.remove(KEY)
    universe = server.universes.add(first.fork(KEY))
    return World(server, universe, ApiClient.of(app, KEY))


def example(operation: Operation) -> dict[str, Any]:
    """Our own example of an operation; a presigned URL in it is one of the world of `KEY`."""
    shown = dict(load(operation.edition).examples[operation.id])
    if operation.token:
        name = shown["path"][operation.token].partition(".")[2]
        shown["path"] = {operation.token: f"{KEY}.{name}"}
    return shown


def sent(operation: Operation, request: Mapping[str, Any]) -> Any:
    """The body of an example: bytes where the operation takes no JSON."""
    body = request.get("body")
    if body is None and "body-base64" in request:
        return b64decode("".join(request["body-base64"]))
    return body.encode() if isinstance(body, str) and not operation.takes_json else body


def success(operation: Operation) -> int:
    """The one status that an operation's success answers."""
    (status,) = [status for status in operation.responses if status < 400]
    return status


def misses(operation: Operation, got: Answer) -> list[str]:
    """Where an answer is not what the operation documents, one sentence each."""
    if got.status not in operation.responses:
        return [f"{got.status} is not documented ({sorted(operation.responses)}): {got.body!r}"]
    found = []
    content = operation.responses[got.status].get("content", {})
    if content and got.media_type not in content:
        found.append(f"{got.status} is {got.media_type!r}, documented are {sorted(content)}")
    if not content and got.body:
        found.append(f"{got.status} documents no body, but has {got.body!r}")
    if operation.answer_schema(got.status) is not None:
        found += [
            operation.explain_answer(got.status, miss)
            for miss in operation.check_answer(got.status, got.json)
        ]
    if got.status == 405 and "Allow" not in got.headers:
        found.append("405 comes without Allow")
    return found


def errors_checker(edition: str) -> Checker:
    return load(edition).checker("common.errors")


# schemas


def walk(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place of a JSON value, the whole first."""
    yield at, value
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(part, (*at, name))


def listed(schema: Schema, components: Mapping[str, Schema], at: Path = ()) -> Iterator[Any]:
    """`(path, schema, parent)` of every place in a body: members, and first items of arrays."""
    schema = resolve(schema, components)
    for name, part in schema.get("properties", {}).items():
        yield (*at, name), resolve(part, components), schema
        yield from listed(part, components, (*at, name))
    if "items" in schema:
        yield (*at, 0), resolve(schema["items"], components), schema
        yield from listed(schema["items"], components, (*at, 0))


def types(schema: Schema) -> set[str]:
    """JSON types that a schema lets pass."""
    if "type" in schema:
        named = schema["type"]
        return {named} if isinstance(named, str) else set(named)
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    assert values, f"no type can be told of {schema}"
    return {kind(value) for value in values}


def kind(value: Any) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    for python, name in ((int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, python):
            return name
    return "object"


def whole(schema: Schema, components: Mapping[str, Schema], like: Any = None) -> Any:
    """An instance with every listed member; values of `like` where it has them."""
    schema = resolve(schema, components)
    allowed = types(schema)
    if "object" in allowed:
        given = like if isinstance(like, dict) else {}
        return {
            name: whole(part, components, given.get(name))
            for name, part in schema.get("properties", {}).items()
        }
    if "array" in allowed:
        given = like if isinstance(like, list) and like else [None]
        return [whole(schema["items"], components, item) for item in given]
    if like is not None and kind(like) in allowed:
        return like
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if allowed == {"null"}:
        return None
    return {"string": "text", "integer": max(1, schema.get("minimum", 1)), "boolean": True}[
        min(allowed - {"null"})
    ]


def put(value: Any, path: Path, part: Any) -> Any:
    """A copy with `part` at a place."""
    value = deepcopy(value)
    if not path:
        return part
    inner = value
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = part
    return value


def cut(value: Any, path: Path) -> Any:
    """A copy without the member at a place."""
    value = deepcopy(value)
    inner = value
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return value


def at(value: Any, path: Path) -> Any:
    for name in path:
        value = value[name]
    return value


__all__ = [
    "EDITIONS", "EVERY", "KEY", "OPERATIONS", "TAKING_JSON", "World", "at", "cases", "cut", "each",
    "errors_checker", "example", "fresh", "kind", "listed", "misses", "pointer", "put",
    "some", "success", "types", "walk", "whole",
]  # fmt: skip
