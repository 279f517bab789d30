"""Where a rule is written, the edition says: Python of the server names operations and rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from mockserver.contract import load

ROOT = Path(__file__).parents[2] / "mockserver"
ROOMS = ("client", "contract", "control", "jsonapi", "pipeline", "resources", "web", "world")
EDITION = load("2019-07")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def strings(path: Path) -> Iterator[str]:
    """The string literals of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def named() -> Iterator[str]:
    """What modules of resources give as the source of a refusal."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="source", value=ast.Constant(value=str(said))):
                    yield said


def test_no_page_is_cited_outside_the_contract() -> None:
    found = {(path.name, text) for path in FILES for text in strings(path) if ".html" in text}
    assert found == set()


def test_every_source_of_a_refusal_is_a_name_of_the_edition_or_a_recording() -> None:
    unknown = {name for name in named() if name not in EDITION.sources}
    assert {name for name in unknown if not name.startswith("recorded answer")} == set()


def test_every_named_rule_is_named_by_somebody() -> None:
    everything = {text for path in ROOT.rglob("*.py") for text in strings(path)}
    assert set(EDITION.facts["sources"]) - everything == set()
