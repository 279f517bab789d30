"""Bodies that break a request's schema in one place each, made from one that keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract import Edition, Operation
from mockserver.contract.engines import Schema, resolve
from mockserver.contract.explain import trail
from mockserver.pointers import key_path

Path = tuple[str | int, ...]
WRONG: Mapping[str, Any] = {
    "string": 17,
    "boolean": "perhaps",
    "integer": "many",
    "number": "many",
    "array": "no-list",
    "object": 17,
}
"""For each type a value that no client sends for it, and that cannot be read as it."""
ABSENT = object()


class Invalid(NamedTuple):
    """A body, why it is wrong, the path of what is wrong in it, and where that is said."""

    body: Any
    why: str
    path: Path
    source: str


def bodies(operation: Operation, good: Any, edition: Edition) -> Iterator[Invalid]:
    """Each without a required member, or with one wrong value.

    Only what the contract refuses: what it lets pass from real clients is not among them.
    """
    for path, value, why in _breaks(operation.body_schema, good, (), edition):
        broken = _with(good, path, value)
        if operation.check_body(json.loads(json.dumps(broken))).refusals:
            _, source, _ = trail(operation.body_schema, path, edition.schemas)
            yield Invalid(broken, why, path, source or operation.source)


def _breaks(
    schema: Schema, good: Any, path: Path, edition: Edition
) -> Iterator[tuple[Path, Any, str]]:
    schema = resolve(schema, edition.schemas)
    if isinstance(good, list) and good and "items" in schema:
        yield from _breaks(schema["items"], good[0], (*path, 0), edition)
    if not isinstance(good, Mapping):
        return
    for name in schema.get("required", ()):
        if name in good:
            yield (*path, name), ABSENT, f"a body without {key_path((*path, name))}"
    for name, part in schema.get("properties", {}).items():
        part = resolve(part, edition.schemas)
        place = (*path, name)
        for value, fault in _wrong(part):
            yield place, value, f"a body whose {key_path(place)} is {fault}"
        if name in good:
            yield from _breaks(part, good[name], place, edition)


def _wrong(schema: Schema) -> Iterator[tuple[Any, str]]:
    """Values that a schema refuses, each with its fault."""
    types = schema.get("type")
    kind = next(
        (t for t in ([types] if isinstance(types, str) else types or ()) if t != "null"), ""
    )
    if "const" in schema:
        yield f"not-{schema['const']}", "another type of resource"
    elif "enum" in schema:
        yield "no-such-value", "none of the listed values"
    elif kind in WRONG:
        yield WRONG[kind], f"no {kind}"
    if "pattern" in schema and kind == "string":
        yield "not this!", "outside its pattern"
        yield "name-\n", "ended by a line feed"
        yield "näme-漢-🚀", "of letters outside its pattern"


def _with(good: Any, path: Path, value: Any) -> Any:
    """A copy with another value at a path."""
    copy = json.loads(json.dumps(good))
    inner = copy
    for part in path[:-1]:
        inner = inner[part]
    if value is ABSENT:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy
