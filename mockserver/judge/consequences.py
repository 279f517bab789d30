"""What follows from a fault in a condition is no fault of its own.

A schema may say: if `attributes.global` is true, then `relationships` have no workspaces. Where
`global` itself is missing or of another type, what `then` and `else` ask for means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.engines import InstancePath, Miss, Schema, resolve
from mockserver.contract.explain import brief
from mockserver.pointers import key_path


def conditional(
    schema: Schema, misses: Sequence[Miss], components: Mapping[str, Schema]
) -> set[InstancePath]:
    """Paths of the misses that only follow from a miss in the condition of an `if`."""
    following: set[InstancePath] = set()
    places = {miss.path for miss in misses}
    for base, whole in {
        base: part for miss in misses for base, part in _conditions(schema, miss.path, components)
    }.items():
        asks = {(*base, *path) for path in _paths(whole["if"])}
        if not any(place[: len(ask)] == ask for ask in asks for place in places):
            continue
        wants = {
            (*base, *path) for word in ("then", "else") for path in _paths(whole.get(word, {}))
        }
        following |= {
            place
            for place in places - asks
            for want in wants
            if place[: len(want)] == want and not any(place[: len(a)] == a for a in asks)
        }
    return following


def forbidden(
    schema: Schema, miss: Miss, components: Mapping[str, Schema]
) -> tuple[InstancePath, str] | None:
    """The member that a `not` forbids, and the condition in words; None for another miss.

    The miss itself is of the object around the member.
    """
    names: list[str] = miss.expected.get("required", []) if miss.fault == "not" else []
    if len(names) != 1 or set(miss.expected) != {"required"}:
        return None
    said = [
        f"{key_path(path)} is {brief(value)}"
        for _, whole in _conditions(schema, miss.path, components)
        for path, value in _consts(whole["if"])
    ]
    return (*miss.path, names[0]), " and ".join(said)


def _consts(schema: Schema, path: InstancePath = ()) -> Iterator[tuple[InstancePath, Any]]:
    """The values that a condition asks for."""
    if "const" in schema:
        yield path, schema["const"]
    for name, part in schema.get("properties", {}).items():
        yield from _consts(part, (*path, name))


def _conditions(
    schema: Schema, path: InstancePath, components: Mapping[str, Schema]
) -> Iterator[tuple[InstancePath, Schema]]:
    """The schemas with an `if` on the way to a place, each with its own place."""
    schema = resolve(schema, components)
    for at in range(len(path) + 1):
        if "if" in schema:
            yield path[:at], schema
        if at == len(path):
            return
        part: Any = (
            schema.get("items")
            if isinstance(path[at], int)
            else schema.get("properties", {}).get(path[at])
        )
        if part is None:
            return
        schema = resolve(part, components)


def _paths(schema: Schema, path: InstancePath = ()) -> Iterator[InstancePath]:
    """Paths of the members that a schema looks at, the innermost."""
    inner: dict[str, Schema] = {name: {} for name in schema.get("required", ())}
    inner |= schema.get("properties", {})
    for word in ("not", "then", "else"):
        if word in schema:
            yield from _paths(schema[word], path)
    if not inner and path:
        yield path
    for name, part in inner.items():
        yield from _paths(part, (*path, name))
