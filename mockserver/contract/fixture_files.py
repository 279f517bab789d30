"""Fixture files: the same document as JSON, YAML or TOML.

YAML is read by its core schema, whose only words for other values than texts are `null`, `true`,
`false` and numbers: a workspace may be called `on`, and a time stays as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from math import isfinite
from pathlib import Path
from typing import Any

from mockserver.contract.files import once, parsed
from mockserver.escaping import escaped
from mockserver.nearest import either
from mockserver.pointers import pointer

DEPTH = 64
"""Levels of the deepest document; a fixture has a dozen."""
LARGEST = 2**63 - 1


def _json(text: str) -> Any:
    return parsed(text, once)


def _toml(text: str) -> Any:
    import tomllib

    try:
        return _written(tomllib.loads(text))
    except ValueError as error:  # TOMLDecodeError, and what `int` says of thousands of digits
        raise ValueError(f"not TOML: {error}") from None


def _yaml(text: str) -> Any:
    from mockserver.contract import core_yaml

    return core_yaml.load(text)


FORMATS: Mapping[str, Callable[[str], Any]] = {
    ".json": _json,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".toml": _toml,
}
"""What reads a file, by the end of its name."""


def read_file(path: Path) -> Any:
    """The document of a file; one of another name is taken for JSON.

    Raises ValueError that names the file, where it is none, has a name twice in one object, or holds
    what no JSON of this API can say.
    """
    try:
        document = FORMATS.get(path.suffix, _json)(path.read_text(encoding="utf-8"))
        refuse_unsayable(document)
        return document
    except UnicodeDecodeError:
        wrong = "not in UTF-8"
    except RecursionError:
        wrong = f"nested deeper than {DEPTH} levels"
    except ValueError as error:
        wrong = f"{error}{_taken_for_json(path)}"
    raise ValueError(escaped(f"{path}: {wrong}"))


def _taken_for_json(path: Path) -> str:
    """That a file is read as JSON for want of another end of its name; empty where it has one."""
    if path.suffix in FORMATS:
        return ""
    return f"; its name does not end in {either([*FORMATS])}, so it is read as JSON"


def refuse_unsayable(document: Any) -> None:
    """Raise ValueError, with the place, for what a request could not send either: depth, numbers,
    letters, and what is no value of JSON at all.
    """
    todo: list[tuple[Any, tuple[str | int, ...]]] = [(document, ())]
    while todo:
        value, path = todo.pop()
        if wrong := _unsayable(value, len(path) + 1):
            place = f" (at {pointer(path)})" if 0 < len(path) < DEPTH else ""
            raise ValueError(f"{wrong}{place}")
        if isinstance(value, Mapping):
            todo += ((part, (*path, name)) for name, part in value.items())
            todo += ((name, path) for name in value)  # looked at first: a place is told with them
        elif isinstance(value, list | tuple):
            todo += ((part, (*path, at)) for at, part in enumerate(value))


def _unsayable(value: Any, depth: int) -> str:
    """What is wrong with a value itself; empty where nothing is."""
    if isinstance(value, Mapping | list | tuple):
        if depth > DEPTH:
            return f"nested deeper than {DEPTH} levels"
        names = value if isinstance(value, Mapping) else ()
        strange = [name for name in names if not isinstance(name, str)]
        return f"a name is of type {type(strange[0]).__name__}, not a text" if strange else ""
    if isinstance(value, str):
        if value.isascii():
            return ""
        lone = "a string holds a lone surrogate (\\ud800 to \\udfff)"
        return lone if any("\ud800" <= letter <= "\udfff" for letter in value) else ""
    if isinstance(value, float) and not isfinite(value):
        return f"{value} is not a number of JSON"
    if isinstance(value, int) and abs(value) > LARGEST:
        large = f"the integer {value}" if abs(value) < 10**40 else "an integer"
        return f"{large} does not fit 64 bits"
    if value is None or isinstance(value, int | float):
        return ""
    return f"a value of type {type(value).__name__} is not JSON"


def _written(value: Any) -> Any:
    """TOML's own times as the API writes them; one without a time zone as it stands."""
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_written(part) for part in value]
    if isinstance(value, datetime) and value.tzinfo is not None:
        text = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return text.removesuffix("+00:00") + "Z"
    return value.isoformat() if isinstance(value, date | time) else value
