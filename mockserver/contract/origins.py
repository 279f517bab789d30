"""Where in the page files a place of a body is written, so that a report can point there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.contract.editions import Edition
from mockserver.contract.engines import InstancePath, Schema
from mockserver.contract.files import read

Written = tuple[Path, tuple[str, ...]]
"""A page file, and the names that lead from its root to a place in it."""


def of_operation(edition: Edition, id: str, word: str) -> Written:
    """Where a word of an operation is written; what follows by a rule follows from its call."""
    file = edition.place / f"{edition.operation(id).page}.json"
    said = _at(file, ("operations", id))
    return file, ("operations", id, word if word in said else "call")


def of_body(edition: Edition, schema: Schema, path: InstancePath) -> Written | None:
    """The innermost place on a path through a body that is written; None where the schema has no
    name. What a rule puts around a record (`data`, the items of a list) is written nowhere.
    """
    component = schema.get("$ref", "").rpartition("/")[2]
    if component not in edition.origins:
        return None
    page, _, name = edition.origins[component].partition(".")
    found: Written = edition.place / f"{page}.json", ("$defs", name)
    whole = found
    for part in path:
        inner = _inner(*found, part)
        if inner is not None:
            found = inner
        elif found != whole or not (part == "data" or isinstance(part, int)):
            break
    return found


def _inner(file: Path, names: tuple[str, ...], part: str | int) -> Written | None:
    """The place of a member or item, definitions that are referred to looked up."""
    step = ("items",) if isinstance(part, int) else ("properties", part)
    while True:
        node = _at(file, names)
        if _at(file, (*names, *step)) is not None:
            return file, (*names, *step)
        if not isinstance(node, Mapping) or "$ref" not in node:
            return None
        page, _, name = node["$ref"].partition("#/$defs/")
        file, names = (file.parent / page if page else file), ("$defs", name)


def _at(file: Path, names: tuple[str, ...]) -> Any:
    node = _read(file)
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


@cache
def _read(file: Path) -> Any:
    return read(file)
