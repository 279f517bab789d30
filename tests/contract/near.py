"""Instances near a schema: what fits it, changed in a place or three. For the loader's subset only.

hypothesis-jsonschema is broken with today's jsonschema; the subset is small enough for our own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sweeps import put, types, walk

from mockserver.contract.engines import Checker, Schema, resolve
from tests.examples import examples

LARGEST = 2**63 - 1


def swept(full: int, least: int = 1) -> settings:
    """The settings of a sweep; `full`: examples that the profile `thorough` tries."""
    return settings(
        max_examples=max(examples(full), least),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["", " ", "\n", "a\n", "\x00", "0", "null", "é", "٣", "ａ", "\u2028", "😀", "a" * 300, "../..", "%00"]
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-3, 200),
    st.integers(-LARGEST, LARGEST),
    st.sampled_from([LARGEST, -LARGEST, 0, 1, 2**53, 2**53 + 1]),
    st.sampled_from([0.0, -0.0, 1.0, 0.5, 1e-300, 1e300, 2.0**63]),
    st.floats(allow_nan=False, allow_infinity=False),
)
ATOMS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
JSON = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
"""Any JSON value."""


class Fitting:
    """Strategies for the schemas of one contract, each built once."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components
        self._built: dict[int, tuple[Schema, st.SearchStrategy[Any]]] = {}

    def of(self, schema: Schema) -> st.SearchStrategy[Any]:
        if id(schema) not in self._built:
            self._built[id(schema)] = (schema, self._build(resolve(schema, self._components)))
        return self._built[id(schema)][1]

    def _build(self, schema: Schema) -> st.SearchStrategy[Any]:
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return st.one_of(*(self.of(part) for part in schema[choice]))
        if "allOf" in schema:
            parts = [part for part in schema["allOf"] if "properties" in part or "type" in part]
            return st.one_of(*(self.of(part) for part in parts)) if parts else JSON
        if "type" not in schema and "properties" not in schema:
            return JSON
        allowed = sorted(types(schema)) if "type" in schema else ["object"]
        found = st.one_of(*(self._of_type(name, schema) for name in allowed))
        if "if" in schema:
            rule = {name: schema[name] for name in ("if", "then", "else") if name in schema}
            found = found.filter(Checker(rule, self._components).holds)
        return found

    def _of_type(self, name: str, schema: Schema) -> st.SearchStrategy[Any]:
        if name == "object":
            return self._object(schema)
        if name == "array":
            low, high = schema.get("minItems", 0), schema.get("maxItems", 3)
            inner = self.of(schema["items"]) if "items" in schema else JSON
            unique = repr if schema.get("uniqueItems") else None
            return st.lists(inner, min_size=low, max_size=max(low, min(high, 3)), unique_by=unique)
        if name == "string":
            return self._string(schema)
        if name in ("integer", "number"):
            low, high = schema.get("minimum", -LARGEST), schema.get("maximum", LARGEST)
            if name == "integer":
                return st.integers(low, high)
            return st.floats(max(low, -1e9), min(high, 1e9)) | st.integers(
                max(low, -9), min(high, 9)
            )
        return st.booleans() if name == "boolean" else st.none()

    def _object(self, schema: Schema) -> st.SearchStrategy[Any]:
        parts = {name: self.of(part) for name, part in schema.get("properties", {}).items()}
        required = {
            name: part for name, part in parts.items() if name in schema.get("required", ())
        }
        optional = {name: part for name, part in parts.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)

    def _string(self, schema: Schema) -> st.SearchStrategy[Any]:
        if "pattern" in schema:
            return st.sampled_from(matching(schema["pattern"]))
        low, high = schema.get("minLength", 0), schema.get("maxLength", 12)
        return st.text(min_size=low, max_size=max(low, min(high, 12)))


@cache
def matching(pattern: str) -> list[str]:
    """A dozen texts that match: drawing each anew would take most of a sweep's time.

    Python's `$` matches before a newline, so one of them may end in one.
    """
    found: dict[str, None] = {}

    @given(st.from_regex(re.compile(pattern, re.ASCII)))
    @swept(24)
    def collect(text: str) -> None:
        if len(text) < 100:
            found[text] = None

    collect()
    torn = [text for text in found if text.endswith("\n")]
    return [text for text in found if text not in torn][:11] + torn[:1]


CHANGES = ("replace", "cut", "add", "text", "number", "again", "wrap", "swap")


def near(schema: Schema, fitting: Fitting) -> st.SearchStrategy[Any]:
    """An instance of a schema, or one that misses it in up to three places."""
    return _near(fitting.of(schema))


@st.composite
def _near(draw: Any, fits: st.SearchStrategy[Any]) -> Any:
    value = draw(fits)
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2, 3]))):
        value = changed(draw, value)
    return value


def changed(draw: Any, value: Any) -> Any:
    """The value with one change, somewhere in it."""
    at, part = draw(st.sampled_from(list(walk(value))))
    match draw(st.sampled_from(CHANGES)):
        case "cut" if at:
            return without(value, at)
        case "add" if isinstance(part, dict):
            return put(value, at, {**part, draw(TEXTS): draw(ATOMS)})
        case "text" if isinstance(part, str):
            form = draw(st.sampled_from(["{}\n", "\n{}", "{} ", "{}٣", "é{}", "{0}{0}", "{}/.."]))
            return put(value, at, form.format(part))
        case "number" if isinstance(part, int | float):
            return put(value, at, draw(st.sampled_from([part + 1, -part, float(part), bool(part)])))
        case "again" if isinstance(part, list) and part:
            return put(value, at, [*part, part[0]])
        case "wrap":
            return put(value, at, draw(st.sampled_from([[part], {"data": part}])))
        case "swap":
            return put(value, at, draw(st.sampled_from([part for _, part in walk(value)])))
    return put(value, at, draw(JSON))


def without(value: Any, at: tuple[str | int, ...]) -> Any:
    if len(at) == 1:
        if isinstance(value, dict):
            return {name: part for name, part in value.items() if name != at[0]}
        return [part for place, part in enumerate(value) if place != at[0]]
    if isinstance(value, dict):
        return {**value, at[0]: without(value[at[0]], at[1:])}
    return [without(part, at[1:]) if n == at[0] else part for n, part in enumerate(value)]
