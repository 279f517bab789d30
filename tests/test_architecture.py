"""docs/architecture.md says what is so: its drawing is the imports, and nothing goes round in a circle."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from configparser import ConfigParser
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import mockserver

ROOT = Path(__file__).parents[1]
PACKAGE = Path(mockserver.__file__).parent
MINUTE = (
    "mockserver/pipeline/pipeline.py",
    "contracts/2019-07/policy-sets.json",
    "mockserver/resources/policy_sets.py",
)

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef

Graph = Mapping[str, set[str]]


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(("mockserver", *parts)).removesuffix(".__init__")] = path
    return found


class Read(NamedTuple):
    """What a module says of itself; its tree is not kept.

    `imports`: the modules of ours that it imports anywhere; `types`: those that it imports for types
    alone. `classes`: the public ones. `functions`: their names and lines of code.
    """

    imports: set[str]
    types: set[str]
    classes: list[str]
    functions: list[tuple[str, int]]


@cache
def read(path: Path) -> Read:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    every = [*ast.walk(tree)]
    typing = {
        id(below)
        for node in every
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for below in ast.walk(statement)
    }
    found = [(imported(node, path), id(node) in typing) for node in every]
    run = set().union(*(names for names, typed in found if not typed))
    return Read(
        set().union(*(names for names, _ in found)),
        set().union(*(names for names, typed in found if typed)) - run,
        [one.name for one in tree.body if isinstance(one, ast.ClassDef) and one.name[0] != "_"],
        [(node.name, length(node)) for node in every if isinstance(node, FUNCTION)],
    )


def imported(node: ast.AST, path: Path) -> set[str]:
    """The modules of ours that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & modules().keys()
    if not isinstance(node, ast.ImportFrom) or node.module not in modules():
        return set()
    assert not node.level, f"{path} imports relatively"
    inner = {f"{node.module}.{alias.name}" for alias in node.names}
    return {one if one in modules() else node.module for one in inner}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function beside its arguments and its docstring."""
    first = function.body[ast.get_docstring(function, clean=False) is not None :] or function.body
    return (function.end_lineno or 0) - first[0].lineno + 1


def room(module: str) -> str:
    """The room of a module: the package or the single file right under `mockserver`."""
    return ".".join(module.split(".")[1:2])


@cache
def between_modules() -> Graph:
    every = {name: read(path) for name, path in modules().items()}
    return {name: one.imports - one.types - {name} for name, one in every.items()}


@cache
def between_rooms() -> Graph:
    """Rooms and the rooms they import, for types too; `mockserver/__init__.py` is no room."""
    graph: dict[str, set[str]] = {}
    for name, path in modules().items():
        if here := room(name):
            there = {room(other) for other in read(path).imports}
            graph.setdefault(here, set()).update(there - {here, ""})
    return graph


def circle(graph: Graph) -> str:
    """The names along a circle, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " → ".join(reversed(error.args[1]))
    return ""


def below(graph: Graph, start: str) -> set[str]:
    """What can be reached from there, itself included."""
    found, todo = {start}, [start]
    while todo:
        fresh = graph.get(todo.pop(), set()) - found
        found |= fresh
        todo += fresh
    return found


@cache
def heights() -> dict[str, int]:
    """The layer of each room in `setup.cfg`, the lowest 0."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = config["importlinter:contract:rooms"]["layers"].split("\n")
    lines = [re.findall(r"mockserver\.(\w+)", line) for line in layers]
    return {name: height for height, names in enumerate(reversed(lines)) for name in names}


@cache
def document() -> str:
    return (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@cache
def drawing() -> Graph:
    graph: dict[str, set[str]] = {}
    text = document().partition("```mermaid")[2].partition("```")[0]
    for tail, heads in re.findall(r"^ *(\w+) --> ([\w &]+)$", text, re.MULTILINE):
        graph.setdefault(tail, set()).update(heads.split(" & "))
    return graph


def test_no_room_imports_itself_in_a_circle() -> None:
    assert circle(between_rooms()) == ""


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circle(between_modules()) == ""


def test_a_circle_is_told_by_its_names() -> None:
    assert sorted(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}).split(" → ")[:3]) == ["a", "b", "c"]


def test_every_arrow_of_the_drawing_is_an_import() -> None:
    drawn = {(tail, head) for tail, heads in drawing().items() for head in heads}
    real = {(tail, head) for tail, heads in between_rooms().items() for head in heads}
    assert drawn - real == set()


def test_every_import_between_rooms_follows_the_arrows_of_the_drawing() -> None:
    missing = {
        (tail, head)
        for tail, heads in between_rooms().items()
        for head in heads
        if head not in below(drawing(), tail)
    }
    assert missing == set()


def test_every_arrow_leads_to_a_lower_layer_of_the_lint() -> None:
    layers = heights()
    arrows = [(tail, head) for tail, heads in drawing().items() for head in heads]
    laid = [(tail, head) for tail, head in arrows if tail in layers and head in layers]
    assert len(laid) > 10
    assert [(tail, head) for tail, head in laid if layers[tail] <= layers[head]] == []


def test_every_room_is_in_the_drawing_and_in_the_table() -> None:
    drawn = set(drawing()) | {head for heads in drawing().values() for head in heads}
    listed = set(re.findall(r"^\| `(\w+)`", document(), re.MULTILINE))
    rooms = {name for name, heads in between_rooms().items() if heads} | drawn
    assert drawn == rooms
    assert listed == rooms


@pytest.mark.parametrize("file", MINUTE)
def test_a_newcomer_reads_a_file_of_the_length_the_document_says(file: str) -> None:
    said = re.search(rf"`{re.escape(file)}` \| (\d+) lines", document())
    assert said, f"docs/architecture.md does not say how long {file} is"
    lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
    assert abs(lines - int(said[1])) <= 20, f"{file} has {lines} lines, {said[1]} are said"


def test_the_three_files_of_a_newcomer_have_at_most_430_lines_together() -> None:
    assert (
        sum(len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in MINUTE) <= 430
    )


@pytest.mark.parametrize("file", MINUTE)
def test_the_readme_names_the_files_of_a_newcomer(file: str) -> None:
    assert f"({file})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_glossary_has_at_most_twenty_words_each_once() -> None:
    text = document().partition("## Glossary")[2]
    words = re.findall(r"^- \*\*([\w -]+)\*\*:", text, re.MULTILINE)
    assert 10 <= len(words) <= 20
    assert len(set(words)) == len(words)


def test_no_two_modules_have_a_public_class_of_the_same_name() -> None:
    found: dict[str, list[str]] = {}
    for name, path in modules().items():
        for one in read(path).classes:
            found.setdefault(one, []).append(name)
    assert len(found) > 100
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_a_module_has_some_250_lines_at_the_most() -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > 260} == {}


def test_a_function_has_40_lines_at_the_most_beside_its_arguments_and_docstring() -> None:
    found = [
        (count, f"{name}.{function}")
        for name, path in modules().items()
        for function, count in read(path).functions
    ]
    assert len(found) > 1000
    assert [(count, name) for count, name in found if count > 40] == []
