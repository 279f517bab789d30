"""JSON values that cannot change, and back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
"""Types of what is neither array nor object: most values, which need no closer look."""


def freeze(value: Any) -> Any:
    """A JSON value that cannot change: tuples for arrays, read-only mappings for objects."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, (list, tuple)):
        return tuple([freeze(item) for item in value]) if value else ()
    if isinstance(value, Mapping):
        return MappingProxyType(
            {n: item if type(item) in _PLAIN else freeze(item) for n, item in value.items()}
        )
    return value


def seal(values: dict[str, Any]) -> MappingProxyType[str, Any]:
    """As `freeze`, without a copy: of a dict that its maker lets go of."""
    for name, value in values.items():
        if type(value) not in _PLAIN:
            values[name] = freeze(value)
    return MappingProxyType(values)


def thaw(value: Any) -> Any:
    """The same JSON value as fresh dicts and lists, free to be changed."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, (list, tuple)):
        return [thaw(item) for item in value] if value else []
    if isinstance(value, Mapping):
        return {name: thaw(item) for name, item in value.items()}
    return value
