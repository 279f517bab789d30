"""Where in the contract's files a finding is about: file and line, so that a report can point there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.contract.engines import Path as Parts
from mockserver.judge.findings import EFFECT, STATUS, TYPE, Finding

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

Place = tuple[str, int]


def located(finding: Finding, edition: Edition) -> Place | None:
    """File, relative to the project's root, and line from 1; None where no operation is named."""
    operation = edition.operations.get(finding.operation)
    if operation is None:
        return None
    if finding.place in (STATUS, TYPE):
        return _in_paths(operation, edition, "responses")
    if finding.place == EFFECT:
        return _in_paths(operation, edition, "operationId")
    if finding.place.startswith("request"):
        if not operation.takes_json or "?" in finding.place:
            return _in_paths(operation, edition, "operationId")
        pointer = finding.place.removeprefix("request")
        return _in_schema(operation.body_schema, _parts(pointer), edition)
    success = min(operation.responses)
    refusal = next((status for status in operation.responses if status >= 400), success)
    schema = operation.answer_schema(refusal if "/errors" in finding.place else success)
    if schema is None:
        return _in_paths(operation, edition, "responses")
    return _in_schema(schema, _parts(finding.place), edition)


def _parts(pointer: str) -> Parts:
    names = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return tuple(int(name) if name.isdigit() else name for name in names)


def _in_paths(operation: Operation, edition: Edition, member: str) -> Place | None:
    for file in sorted(edition.place.glob("*/paths.json")):
        wanted = ("", operation.path, operation.method.lower(), member)
        if (line := lines(file).get(wanted)) is not None:
            return _named(file, edition), line
    return None


def _in_schema(schema: Mapping[str, Any], path: Parts, edition: Edition) -> Place | None:
    """Follow a path through schemas and references, to the innermost place that is written.

    What the last step refers to is not followed: the finding is about the member, not its type.
    """
    file, at, schema = _referred(None, (), schema, edition)
    best = (_named(file, edition), 1) if file else None
    for number, part in enumerate(path, start=1):
        step = ("items",) if isinstance(part, int) else ("properties", part)
        inner: Any = schema
        for name in step:
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        if not isinstance(inner, Mapping):
            break
        schema, at = inner, (*at, *step)
        if file is not None and (line := lines(file).get(at)) is not None:
            best = _named(file, edition), line
        if number < len(path):
            file, at, schema = _referred(file, at, schema, edition)
    return best


def _referred(
    file: Path | None, at: tuple[str, ...], schema: Mapping[str, Any], edition: Edition
) -> tuple[Path | None, tuple[str, ...], Mapping[str, Any]]:
    """Where a schema stands and what it says, references followed."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        folder, _, stem = name.partition(".")
        file, at, schema = edition.place / folder / f"{stem}.json", ("",), edition.schemas[name]
    return file, at, schema


def _named(file: Path, edition: Edition) -> str:
    return f"contracts/{edition.place.name}/{file.relative_to(edition.place).as_posix()}"


@cache
def lines(file: Path) -> Mapping[tuple[str, ...], int]:
    """The line of every member and item of a JSON file, by the names that lead to it."""
    return dict(_lines(file.read_text(encoding="utf-8")))


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    path: list[str] = [""]
    kinds: list[str] = []
    key: str | None = None
    line, done = 1, 0
    for token in TOKEN.finditer(text):
        line, done = line + text.count("\n", done, token.start()), token.start()
        said = token[0]
        if said in "{[":
            kinds.append(said)
            path.append("0" if said == "[" else "")
            if said == "[":
                yield tuple(path), line
        elif said in "}]":
            kinds.pop()
            path.pop()
        elif said == ",":
            if kinds[-1] == "[":
                path[-1] = str(int(path[-1]) + 1)
            key = None
        elif said == ":":
            continue
        elif kinds and kinds[-1] == "{" and key is None:
            key = said[1:-1].replace('\\"', '"')
            path[-1] = key
            yield tuple(path), line
        if said in "{[":
            key = None
