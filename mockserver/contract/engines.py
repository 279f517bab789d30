"""Two engines, one verdict: `jsonschema_rs` decides, `jsonschema` explains and is the reference.

Without a wheel for `jsonschema_rs` everything works, slower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from mockserver.pointers import pointer

try:
    import jsonschema_rs
except ImportError:  # no wheel for this machine
    jsonschema_rs = None  # type: ignore[assignment]

_REGEX = jsonschema_rs and jsonschema_rs.Draft202012Validator(
    {"format": "regex"}, validate_formats=True
)

Schema = Mapping[str, Any]
Components = Mapping[str, Schema]
InstancePath = tuple[str | int, ...]
MOST = 1_000
"""How many misses are told of one value: 10 MB can hold millions, which nobody would read."""


class Miss(NamedTuple):
    """One place where a value does not keep a schema.

    `path` leads to the value, `fault` is `unlisted`, `missing` or the keyword that failed, `value`
    what stands there, `expected` the keyword's own value.
    """

    path: InstancePath
    fault: str
    value: Any
    expected: Any

    @property
    def pointer(self) -> str:
        return pointer(self.path)


class Checker:
    """One schema, compiled when it is first asked."""

    def __init__(self, schema: Schema, components: Mapping[str, Schema]) -> None:
        self.schema, self.components = schema, components

    @cached_property
    def _whole(self) -> dict[str, Any]:
        """The schema with exactly the components it reaches: compiling costs what is used."""
        if self.schema.get("$defs") is self.components:  # it has them already
            return {**self.schema}
        return {
            **self.schema,
            "components": {"schemas": reached(self.schema, self.components)},
        }

    @cached_property
    def _fast(self) -> Any:
        if jsonschema_rs is None:
            return None
        return jsonschema_rs.Draft202012Validator(self._whole, validate_formats=False)

    @cached_property
    def reference(self) -> Any:
        from mockserver.contract.reference import Reference

        return Reference(self._whole)

    def holds(self, value: Any) -> bool:
        """The verdict alone."""
        if self._fast is not None:
            try:
                return bool(self._fast.is_valid(value))
            except (
                UnicodeEncodeError
            ):  # half of a surrogate pair, which other servers' JSON may hold
                pass
        return bool(self.reference.is_valid(value))

    def misses(self, value: Any) -> list[Miss]:
        """Every place where a value does not keep the schema, up to MOST; empty where it does."""
        if self.holds(value):
            return []
        found: dict[tuple[InstancePath, str], Miss] = {}
        errors = self.reference.iter_errors(value)
        for miss in (miss for error in errors for miss in _misses(error)):
            found.setdefault((miss.path, miss.fault), miss)
            if len(found) == MOST:
                break
        return sorted(found.values(), key=lambda miss: [str(part) for part in miss.path])


def is_regex(text: str) -> bool:
    """Whether a text is a regular expression of ECMA-262, as `format: regex` is understood. False also
    where that cannot be told: without a wheel.
    """
    with suppress(UnicodeEncodeError):
        return _REGEX is not None and bool(_REGEX.is_valid(text))
    return False


def compiles(pattern: str) -> bool:
    """Whether the engine that decides compiles a pattern."""
    try:
        Checker({"pattern": pattern}, {}).holds("")
    except ValueError:
        return False
    return True


class Checkers:
    """The checkers of an edition: what several answers share is compiled once."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._known: dict[str, Checker] = {}

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Names of the members whose value must never be kept or logged."""
        return frozenset(secret_names(self._components))

    def of(self, schema: Schema) -> Checker:
        """The checker of a schema that names components."""
        name = schema["$ref"] if schema.keys() == {"$ref"} else repr(schema)
        if name not in self._known:
            self._known[name] = Checker(schema, self._components)
        return self._known[name]


def secret_names(schema: Any) -> Iterator[str]:
    """Names of the members that a schema, or one inside it, marks as secret."""
    if isinstance(schema, Mapping):
        for name, part in schema.items():
            if name == "properties":
                yield from (n for n, p in part.items() if p.get("x-secret"))
            yield from secret_names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from secret_names(part)


def _misses(error: Any) -> Iterator[Miss]:
    path: InstancePath = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        listed = error.schema.get("properties", {})
        for name, value in error.instance.items():
            if name not in listed:
                yield Miss((*path, name), "unlisted", value, sorted(listed))
    elif error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield Miss((*path, name), "missing", None, name)
    else:
        yield Miss(path, str(error.validator), error.instance, error.validator_value)


def resolve(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """A schema with its `$ref` followed; what stands beside the reference wins."""
    while "$ref" in schema:
        target = components[schema["$ref"].rpartition("/")[2]]
        schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def references(schema: Any) -> Iterator[str]:
    """Names of the components that a schema refers to."""
    queue = [schema]
    while queue:
        part = queue.pop()
        if isinstance(part, dict):
            name = part.get("$ref")
            if isinstance(name, str):
                yield name.rpartition("/")[2]
            queue += part.values()
        elif isinstance(part, list):
            queue += part


def reached(schema: Schema, components: Mapping[str, Schema]) -> dict[str, Schema]:
    """The components that a schema refers to, and those that they refer to."""
    found: dict[str, Schema] = {}
    queue = list(references(schema))
    while queue:
        name = queue.pop()
        if name not in found:
            found[name] = components[name]
            queue.extend(references(found[name]))
    return found
