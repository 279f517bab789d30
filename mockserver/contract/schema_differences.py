"""Where two schemas differ, and whether who relied on the one can rely on the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from mockserver.contract.engines import Components, Schema, resolve
from mockserver.contract.explain import brief, expected

Role = Literal["sent", "shown"]
SENT: Role = "sent"
SHOWN: Role = "shown"
Pair = tuple[Schema, Schema]
CHOICES = ("anyOf", "oneOf", "allOf", "not", "if", "then", "else")
HOLDERS = ("attributes", "relationships", "links")
"""What has no meaning beside its members: where one comes or goes, its members are told."""
EMPTY: Schema = {"properties": {}}
BOUNDS = ("pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")


class SchemaChange(NamedTuple):
    """`place`: a key path, as the pages write it; `verb`: what has happened there, in a word or two;
    `details`: from what to what, each in words.
    """

    place: str
    verb: str
    details: tuple[str, ...] = ()
    breaking: bool = True


def changes(
    old: Schema, new: Schema, before: Components, after: Components, role: Role, place: str = ""
) -> Iterator[SchemaChange]:
    """Every change on the way through two schemas, the outermost of each branch."""
    old, new = resolve(old, before), resolve(new, after)
    yield from _form(old, new, before, after, role, place)
    if role == SENT and "default" in {*old, *new} and old.get("default") != new.get("default"):
        was = f"was {_value(old, 'default')}, is {_value(new, 'default')}"
        yield SchemaChange(place, "default", (was,))
    if "items" in old and "items" in new:
        yield from changes(old["items"], new["items"], before, after, role, f"{place}[]")
    if "properties" in old and "properties" in new:
        yield from _members(old, new, before, after, role, place)


def _value(schema: Schema, word: str) -> str:
    return brief(schema[word]) if word in schema else "none"


def _form(
    old: Schema, new: Schema, before: Components, after: Components, role: Role, place: str
) -> Iterator[SchemaChange]:
    """What is said of the value itself: its types, its values, its bounds."""
    was, now = _types(old), _types(new)
    if was and now and was != now:
        kept = was < now if role == SENT else now < was
        yield SchemaChange(place, "type", _from_to(was, now), not kept)
    listed, lists = _values(old), _values(new)
    if listed != lists and not (listed is None and lists is None):
        yield SchemaChange(
            place, "values", _values_told(listed, lists), not _wider(listed, lists, role)
        )
    if any(old.get(word) != new.get(word) for word in CHOICES):
        freed = role == SENT and not any(word in new for word in CHOICES)
        told = f"was {_ruled(old, before)}, is {_ruled(new, after)}"
        yield SchemaChange(place, "rule", (told,), not freed)
    if role == SENT:
        for word in BOUNDS:
            if old.get(word) != new.get(word):
                detail = f"{word} was {_value(old, word)}, is {_value(new, word)}"
                yield SchemaChange(place, "rule", (detail,), word in new)
    listed, lists = old.get("x-include"), new.get("x-include")
    if listed != lists:
        yield SchemaChange(
            place, "values", _values_told(listed, lists), not _wider(listed, lists, role)
        )


def _ruled(schema: Schema, components: Components) -> str:
    """What a schema says beside its members, in words."""
    if any(word in schema for word in CHOICES) and "properties" in schema:
        return "a rule between its members"
    return expected(schema, components) if "properties" not in schema else "none"


def _types(schema: Schema) -> frozenset[str]:
    types = schema.get("type", ())
    return frozenset([types] if isinstance(types, str) else types)


def _from_to(was: frozenset[str], now: frozenset[str]) -> tuple[str, ...]:
    return (f"was {' or '.join(sorted(was))}, is {' or '.join(sorted(now))}",)


def _values(schema: Schema) -> list[Any] | None:
    """The values that a place may have; None where it is not held to a list."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values_told(old: list[Any] | None, new: list[Any] | None) -> tuple[str, ...]:
    if old is None or new is None:
        return (f"was {_listed(old)}, is {_listed(new)}",)
    more, fewer = [v for v in new if v not in old], [v for v in old if v not in new]
    told = [f"{word} {_listed(n)}" for word, n in (("more", more), ("fewer", fewer)) if n]
    return tuple(told) or ("in another order",)


def _listed(values: list[Any] | None) -> str:
    return "anything" if values is None else ", ".join(brief(value) for value in values)


def _wider(old: list[Any] | None, new: list[Any] | None, role: Role) -> bool:
    """Whether all that was sent may be sent still, or what is shown was shown before."""
    if role == SHOWN:
        old, new = new, old
    return old is not None and (new is None or all(value in new for value in old))


def _members(
    old: Schema, new: Schema, before: Components, after: Components, role: Role, place: str
) -> Iterator[SchemaChange]:
    """Members that came and went, those that must be there, and what changed inside the others."""
    was, now = old["properties"], new["properties"]
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    for name, schema in was.items():
        inner = f"{place}.{name}" if place else name
        if name not in now:
            if name in HOLDERS:
                yield from _members(resolve(schema, before), EMPTY, before, after, role, inner)
            else:
                yield SchemaChange(inner, "gone", (expected(schema, before),))
            continue
        if (name in needed) != (name in needs):
            yield _need(inner, name in needs, role)
        yield from changes(schema, now[name], before, after, role, inner)
    for name, schema in now.items():
        if name not in was:
            inner, must = f"{place}.{name}" if place else name, role == SENT and name in needs
            if name in HOLDERS:
                yield from _members(EMPTY, resolve(schema, after), before, after, role, inner)
                continue
            yield SchemaChange(inner, "new", _described(schema, after, role, must), must)


def _need(place: str, needed: bool, role: Role) -> SchemaChange:
    if role == SENT:
        return SchemaChange(place, "must be sent" if needed else "need not be sent", (), needed)
    return SchemaChange(place, "always shown" if needed else "may be missing", (), not needed)


def _described(schema: Schema, components: Components, role: Role, must: bool) -> tuple[str, ...]:
    """A new member in words: what it is, what it is without, whether it must be sent."""
    schema = resolve(schema, components)
    default = role == SENT and "default" in schema
    return (
        expected(schema, components),
        *([f"default {brief(schema['default'])}"] if default else ()),
        *(["must be sent"] if must else ()),
    )
