"""Where a rule is written, the edition says: Python names operations and rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from mockserver.contract import editions, load
from mockserver.judge.collected import cited
from mockserver.judge.findings import Finding

ROOT = Path(__file__).parents[2] / "mockserver"
EDITION = load("2019-07")
EDITIONS = [load(name) for name in editions()]
FILES = sorted(ROOT.rglob("*.py"))
READER = "pages.py"
"""Where the contract's files are read, which give a page's own name for its facts."""


@cache
def strings(path: Path) -> frozenset[str]:
    """The string literals of a module, docstrings too."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    values = (node.value for node in nodes if isinstance(node, ast.Constant))
    return frozenset(value for value in values if isinstance(value, str))


def named() -> Iterator[str]:
    """What modules of resources give as the source of a refusal."""
    for path in sorted((ROOT / "resources").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="source", value=ast.Constant(value=str(said))):
                    yield said


def test_no_page_is_cited_outside_the_contract() -> None:
    ours = {path.name for path in (ROOT / "page" / "templates").rglob("*.html")}
    files = [path for path in FILES if path != ROOT / "contract" / READER]
    assert ours
    assert {
        (path.name, text)
        for path in files
        for text in strings(path)
        if ".html" in text and text not in ours
    } == set()


def test_a_name_in_braces_is_an_operation_or_a_rule_of_an_edition() -> None:
    said = [
        text
        for room in ("judge", "scenarios")
        for path in (ROOT / room).rglob("*.py")
        for text in strings(path)
    ]
    names = {name for text in said for name in re.findall(r"\{([a-z]+(?:-[a-z]+)+)\}", text)}
    assert len(names) > 15
    known = {source for name in editions() for source in load(name).sources}
    assert names - known == set()


def test_an_edition_that_does_not_know_a_rule_cites_the_page_of_the_operation() -> None:
    finding = Finding("fault", "show-policy", "", "it is", "that", "{no-such-rule}: it is said")
    assert cited(EDITION, finding) == f"{EDITION.source('show-policy')}: it is said"
    strange = replace(finding, operation="not-there")
    assert cited(EDITION, strange) == "2019-07: it is said"


def test_every_source_of_a_refusal_is_a_name_of_the_edition_or_a_recording() -> None:
    known = {name for edition in EDITIONS for name in edition.sources}
    unknown = {name for name in named() if name not in known}
    assert {name for name in unknown if not name.startswith("recorded answer")} == set()


def test_every_named_rule_is_named_by_somebody() -> None:
    everything = " ".join(text for path in FILES for text in strings(path))
    for edition in EDITIONS:
        named = {name for name in edition.facts["sources"] if name in everything}
        assert set(edition.facts["sources"]) - named == set()
