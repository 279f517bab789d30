"""Bodies made from the edition: what creates a record, and one PATCH for each attribute it may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.contract.engines import Schema
from mockserver.contract.types import Attribute
from mockserver.judge.documents import Resource, attribute
from mockserver.judge.pointers import MISSING
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.scenario import Change

TEXTS = ("Made by mockserver verify: ö, 字 and 🛰 are kept.", "Changed: ä, 漢 and 🚀 are kept.")
"""What a text is set to; no letter of it may be lost."""

Need = Callable[[str], Resource]
"""`need(type)`: a record of another type to name."""


def sample(schema: Schema, avoid: Any = MISSING) -> Any:
    """A value that a schema takes, other than `avoid`; MISSING where the schema alone cannot tell."""
    if "enum" in schema:
        return next((value for value in schema["enum"] if value != avoid), MISSING)
    types = schema.get("type")
    kind = types if isinstance(types, str) else next((t for t in types or () if t != "null"), None)
    if kind == "boolean":
        return avoid is not True
    if kind == "integer":
        low = schema.get("minimum", 0) + 1
        return low if low != avoid else low + 1
    if kind == "string" and "pattern" not in schema:
        return next(text for text in TEXTS if text != avoid)
    if kind == "array" and schema.get("items", {}).get("type") == "string":
        return ["one"] if avoid != ["one"] else ["one", "two"]
    if kind == "object":
        return next(_members(schema, avoid), MISSING)
    return MISSING


def _members(schema: Schema, avoid: Any) -> Iterator[dict[str, Any]]:
    """An object with one boolean member, for each of them."""
    known = avoid if isinstance(avoid, Mapping) else {}
    for name, part in schema.get("properties", {}).items():
        if part.get("type") == "boolean":
            yield {name: known.get(name) is not True}


def create_body(plan: Plan, name: str, need: Need, whole: bool = False) -> Any:
    """What makes a record: all that may be set where `whole`, else its name and what must be; None
    where nothing is sent.

    Raises CannotContinue where neither edition nor scenario know a value for what must be set.
    """
    if plan.actions.create and plan.edition.operation(plan.actions.create).body is None:
        return None
    values = plan.scenario.values(name)
    attributes: dict[str, Any] = {}
    for one in plan.known.attributes.values():
        named = one.name == plan.name_attribute
        needed = one.required or named or one.name in plan.scenario.needed
        if not one.create or not (needed or whole):
            continue
        value = _initial(one, plan, name, values)
        if value is not MISSING:
            attributes[one.name] = value
        elif one.required:
            raise CannotContinue(f"nothing says what {one.name} of {plan.type} may be")
    data: dict[str, Any] = {"type": plan.type, "attributes": attributes}
    if linkage := dict(_linkage(plan, need, whole)):
        data["relationships"] = linkage
    return {"data": data}


def _initial(one: Attribute, plan: Plan, name: str, values: Mapping[str, Any]) -> Any:
    if one.name in plan.scenario.left_alone:
        return MISSING
    if one.name in values:
        return next(iter(values[one.name]), MISSING)
    if one.name == plan.name_attribute:
        return name
    return sample(one.schema, one.default if one.has_default else MISSING)


def _linkage(plan: Plan, need: Need, whole: bool) -> Iterator[tuple[str, Any]]:
    for one in plan.known.relationships.values():
        if one.create and one.types and (one.required or whole):
            try:
                others = [need(one.types[0]) for _ in range(2 if one.many else 1)]
            except CannotContinue:
                if one.required:
                    raise
                continue
            found = [{"type": other["type"], "id": other["id"]} for other in others]
            yield one.name, {"data": found if one.many else found[0]}


def patches(plan: Plan, record: Resource, name: str) -> Iterator[Change]:
    """A PATCH that sends nothing, one for each attribute that may change, the new `name` last."""
    if not plan.actions.updates:
        return
    values = plan.scenario.values(plan.name_of(record))
    yield Change({})
    for one in plan.known.attributes.values():
        if not one.update or not plan.takes(one.name) or one.name == plan.name_attribute:
            continue
        if one.name in plan.scenario.left_alone:
            continue
        others = values[one.name][1:] if one.name in values else _others(one, record)
        besides = plan.scenario.besides.get(one.name, ())
        yield from (Change({one.name: value}, besides) for value in others)
    if plan.takes(plan.name_attribute):
        besides = plan.scenario.besides.get(plan.name_attribute, ())
        said = plan.scenario.values(name).get(plan.name_attribute, (name,))[0]
        yield Change({plan.name_attribute: said}, ("/id", "/links", *besides))


def _others(one: Attribute, record: Resource) -> Iterator[Any]:
    """Values that an attribute may change to. The last differs from any default: what a later PATCH
    resets is seen. Of an object's members the one that was set at creation comes last.
    """
    if one.schema.get("type") == "object":
        yield from reversed([*_members(one.schema, attribute(record, one.name))])
        return
    value = sample(one.schema, attribute(record, one.name))
    if value is not MISSING:
        if "null" in one.schema.get("type", ()):
            yield None
        yield value
