"""Where the data lies: `contracts/` and `fixtures/`, inside the wheel or beside the checkout."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.escaping import escaped

_PACKAGE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """The folder of that data: under the package where installed, else beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def is_released(place: Path) -> bool:
    """Whether data is a release's, in the package: our tests held it to its form, and no start does so
    again. In a checkout somebody may be changing it.
    """
    return place.resolve().is_relative_to(_PACKAGE)


LONG = 500_000
"""Letters of a text in which nobody looks for the line of a mistake."""

Members = list[tuple[str, Any]]


def read(path: Path, made: Callable[[Members], Any] | None = None) -> Any:
    """A JSON file, its objects as `made` makes them of their members. Raises ValueError that names the
    file where it is none, or where `made` is `once` and a name appears twice in one object.
    """
    text = path.read_text(encoding="utf-8")
    try:
        return parsed(text, made)
    except ValueError as error:
        raise ValueError(escaped(f"{path}: {error}")) from None


def parsed(text: str, made: Callable[[Members], Any] | None = None) -> Any:
    """The value of a JSON text. Raises ValueError as `read` does, without a name, and for integers
    of more than 20 letters."""
    try:
        return json.loads(text, object_pairs_hook=made, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    except _Twice as twice:
        raise ValueError(_with_line(twice.args[0], text)) from None


def _with_line(name: str, text: str) -> str:
    """That a name appears twice, and where: the reader of YAML knows, which JSON is as well. Of a
    long text it would take seconds.
    """
    from mockserver.contract import core_yaml

    place = ""
    try:
        core_yaml.load(text.replace("\t", " ") if len(text) < LONG else "")
    except (ValueError, RecursionError) as error:
        _, _, place = str(error).partition(core_yaml.TWICE)
    return f"{name!r} {core_yaml.TWICE}{place}"


def _integer(text: str) -> int:
    if len(text) > 20:
        raise ValueError(f"an integer of {len(text)} characters does not fit 64 bits")
    return int(text)


class _Twice(Exception):
    """A name that an object has twice."""


def once(members: Members) -> dict[str, Any]:
    """An object in which each name appears once; for `read` and `parsed`, which raise where one does not."""
    made = dict(members)
    if len(made) < len(members):
        names = [name for name, _ in members]
        raise _Twice(next(name for name in made if names.count(name) > 1))
    return made


@cache
def shipped_editions() -> tuple[str, ...]:
    """Names of the folders of `contracts` that hold an edition, and of our own contract."""
    return tuple(sorted(p.parent.name for p in folder("contracts").glob("*/edition.json")))


@cache
def shipped_fixtures(edition: str) -> Mapping[str, Path]:
    """Files of the fixtures of an edition by name: its own, in a folder of its name, go before those
    that every edition can read.
    """
    place = folder("fixtures")
    found = {p.stem: p for p in (*place.glob("*.json"), *(place / edition).glob("*.json"))}
    return {name: found[name] for name in sorted(found) if not name.endswith(".schema")}
