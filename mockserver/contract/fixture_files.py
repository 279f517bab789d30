"""Fixture files: the same document as JSON, YAML or TOML.

YAML is read by its core schema, whose only words for other values than texts are `null`, `true`,
`false` and numbers: a workspace may be called `on`, and a time stays as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any

from mockserver.contract.files import once, parsed

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
        _refuse_unsayable(document)
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not in UTF-8") from None
    except RecursionError:
        raise ValueError(f"{path}: nested deeper than {DEPTH} levels") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return document


def _refuse_unsayable(document: Any) -> None:
    """Raise ValueError for depth, numbers and letters that a request could not send either."""
    todo = [(document, 1)]
    while todo:
        value, depth = todo.pop()
        if isinstance(value, Mapping | list):
            if depth > DEPTH:
                raise ValueError(f"nested deeper than {DEPTH} levels")
            parts = chain(*value.items()) if isinstance(value, Mapping) else value
            todo += ((part, depth + 1) for part in parts)
        elif isinstance(value, str) and not value.isascii():
            _refuse_surrogates(value)
        elif isinstance(value, float) and not isfinite(value):
            raise ValueError(f"{value} is not a number of JSON")
        elif isinstance(value, int) and abs(value) > LARGEST:
            raise ValueError(f"the integer {value} does not fit 64 bits")


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a string holds a lone surrogate (\\ud800 to \\udfff)") from None


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
