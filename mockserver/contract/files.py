"""Where the data lies: `contracts/` and `fixtures/`, inside the wheel or beside the checkout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """The folder of that data: under the package where installed, else beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def read(path: Path) -> Any:
    """A JSON file. Raises ValueError that names the file where it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: no JSON: {error}") from None


@cache
def names(kind: str) -> tuple[str, ...]:
    """Names of the editions (`contracts`) or the fixtures (`fixtures`) that ship."""
    place = folder(kind)
    if kind == "contracts":
        return tuple(sorted(path.parent.name for path in place.glob("*/edition.json")))
    return tuple(
        sorted(p.stem for p in place.glob("*.json") if not p.name.endswith(".schema.json"))
    )
