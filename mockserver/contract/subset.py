"""The part of JSON Schema that contracts may use; the loader refuses the rest at start.

With it two engines come to one verdict, and a finding (an unlisted member) can be told from a
refusal: an object is closed only where all of its properties stand.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mockserver.contract.engines import compiles, is_regex
from mockserver.contract.resource_definitions import patched

PLAIN = {
    "type", "const", "enum", "required", "minItems", "maxItems", "uniqueItems", "minLength",
    "maxLength", "pattern", "minimum", "maximum", "default", "title", "description", "$ref",
    "additionalProperties", "dependentRequired", "examples", "readOnly", "writeOnly",
}  # fmt: skip
PATCHES = ("x-sent", "x-create", "x-update", "x-identifier")
"""Differences to a schema in a page file."""
ONE = {"items", "not", "if", "then", "else"}
MANY = {"anyOf", "oneOf", "allOf"}
LIMITS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
)
"""Words that no value meets where the first is over the second."""
_UNSURE = re.compile(r"\\(?![fnrtv])[0-9A-Za-z<>]|\(\?(?!:)|\[\^?\]")
_ODD = re.compile(r"\{[0-9,]*[0-9]{3}|\[\^?\[|--|&&|~~|\|\|")
"""What ECMA-262 has and an engine may refuse, or take for an operator of sets: many times, and [[, --, &&."""
_REF = re.compile(r"#/components/schemas/[A-Za-z0-9.-]+")


class Unsupported(ValueError):
    """A schema that the loader refuses. The message names file, place and reason."""


def check(schema: Any, where: str, place: str = "") -> None:
    """Raises Unsupported at the first thing that the two engines might judge differently.

    `where` is the file, `place` the pointer to the schema in it.
    """
    for at, reason in faults(schema, place, True):
        raise Unsupported(f"{where}#{at}: {reason}")


def faults(schema: Any, place: str, may_close: bool) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, dict):
        yield place, "a schema is an object here, not true or false"
        return
    closed = schema.get("additionalProperties")
    if closed is not None and closed is not False:
        yield place, "additionalProperties can only be false"
    if closed is False and (not may_close or "allOf" in schema or "$ref" in schema):
        yield place, "an object is closed only where all its properties stand"
    for name, value in schema.items():
        inner = f"{place}/{name}"
        if name == "properties":
            for member, part in value.items():
                yield from faults(part, f"{inner}/{member}", may_close)
        elif name in ONE:
            yield from faults(value, inner, may_close and name == "items")
        elif name in MANY:
            for at, part in enumerate(value):
                yield from faults(part, f"{inner}/{at}", False)
        elif name not in PLAIN and not name.startswith("x-"):
            yield inner, f"the keyword {name!r} is outside the subset"
    yield from _patches(schema, place, may_close)
    yield from _value_faults(schema, place)


def _patches(schema: Mapping[str, Any], place: str, may_close: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the differences to a schema."""
    for name in PATCHES:
        patch = schema.get(name)
        if isinstance(patch, dict):
            yield from faults(patched({}, patch), f"{place}/{name}", may_close)
            crossed = _crossed(patched(schema, patch)) if name != "x-identifier" else ()
            for least, most in crossed:
                beside, said = (least, most) if most in patch else (most, least)
                if said in patch and beside not in patch:
                    reason = f"{patch[said]} crosses {beside} {schema[beside]}: no value meets both"
                    yield f"{place}/{name}/{said}", reason


def _value_faults(schema: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    pattern = schema.get("pattern")
    if pattern is not None and _UNSURE.search(pattern):
        yield f"{place}/pattern", f"{pattern!r}: write classes out in ASCII, no look-around"
    elif pattern is not None and (reason := unsound(pattern)):
        yield f"{place}/pattern", f"{pattern!r} is not a regular expression: {reason}"
    if schema.get("readOnly") is True and schema.get("x-required") is True:
        yield f"{place}/x-required", "no create can send what is readOnly; take one of the two away"
    for least, most in _crossed(schema):
        reason = f"{schema[least]} is over {most} {schema[most]}: no value meets both"
        yield f"{place}/{least}", reason
    if "$ref" in schema and not _REF.fullmatch(schema["$ref"]):
        yield f"{place}/$ref", f"{schema['$ref']!r} is not a #/components/schemas/ reference"


def _crossed(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The limits of a schema of which the least is over the most; a difference may take one away."""
    for least, most in LIMITS:
        low, high = schema.get(least), schema.get(most)
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield least, most


@cache
def unsound(pattern: str) -> str:
    """Why one of the engines cannot compile a pattern; empty where both can.

    `re` is slow to compile: it is asked only of what is no regular expression to ECMA-262, which is
    stricter, and for its reason.
    """
    if is_regex(pattern) and not _ODD.search(pattern):
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError, FutureWarning) as error:
        return str(error)
    return "" if compiles(pattern) else "jsonschema_rs cannot compile it"
