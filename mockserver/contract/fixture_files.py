"""Fixture files: the same document as JSON, YAML or TOML.

YAML is read by its core schema, whose only words for other values than texts are `null`, `true`,
`false` and numbers: a workspace may be called `on`, and a time stays as it is written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.contract.files import read


def _json(path: Path) -> Any:
    return read(path, once=True)


def _toml(path: Path) -> Any:
    try:
        return _written(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: not TOML: {error}") from None


def _yaml(path: Path) -> Any:
    import yaml

    try:
        return yaml.load(path.read_text(encoding="utf-8"), _core_schema())
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        place = f" (line {at.line + 1}, column {at.column + 1})" if at else ""
        what = getattr(error, "problem", None) or str(error)
        raise ValueError(f"{path}: not YAML: {what}{place}") from None


FORMATS: Mapping[str, Callable[[Path], Any]] = {
    ".json": _json,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".toml": _toml,
}
"""What reads a file, by the end of its name."""


def read_file(path: Path) -> Any:
    """The document of a file; one of another name is taken for JSON.

    Raises ValueError that names the file, where it is none or has a name twice in one object.
    """
    try:
        return FORMATS.get(path.suffix, _json)(path)
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not in UTF-8") from None


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


MERGE = "tag:yaml.org,2002:merge"
CORE = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?", "-+0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
    ("str", None, ""),
    ("seq", None, ""),
    ("map", None, ""),
)
"""The tags of YAML 1.2's core schema: how a plain text of it looks, and with which letters it begins."""


@cache
def _core_schema() -> Any:
    """PyYAML's safe loader with these tags alone, and names that are texts and stand once."""
    import yaml

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            names: set[str] = set()
            for key, _ in node.value:
                if key.tag == MERGE:
                    continue
                name = self.construct_object(key, deep=True)
                fault = "appears twice in one object" if isinstance(name, str) else "is not text"
                if not isinstance(name, str) or name in names:
                    raise yaml.constructor.ConstructorError(
                        problem=f"{name!r} {fault}", problem_mark=key.start_mark
                    )
                names.add(name)
            return super().construct_mapping(node, deep)

    Loader.yaml_implicit_resolvers = {}
    Loader.yaml_constructors = {None: yaml.SafeLoader.construct_undefined}
    for word, form, first in CORE:
        tag = f"tag:yaml.org,2002:{word}"
        if form is not None:
            Loader.add_implicit_resolver(tag, re.compile(f"^(?:{form})$"), list(first))
        if word != "merge":
            Loader.add_constructor(tag, yaml.SafeLoader.yaml_constructors[tag])
    return Loader
