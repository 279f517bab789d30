"""Where in the contract's files a finding is about: file and line, so that a report can point there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from mockserver.contract import Edition
from mockserver.contract.origins import Written, of_body, of_operation
from mockserver.judge.findings import EFFECT, STATUS, TYPE, Finding
from mockserver.pointers import path_of

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

Place = tuple[str, int]


def located(finding: Finding, edition: Edition) -> Place | None:
    """File, relative to the project's root, and line from 1; None where no operation is named."""
    operation = edition.operations.get(finding.operation)
    if operation is None:
        return None
    if finding.place in (STATUS, TYPE):
        return _line(of_operation(edition, operation.id, "answers"), edition)
    if finding.place == EFFECT:
        return _line(of_operation(edition, operation.id, "call"), edition)
    if finding.place.startswith("request"):
        if not operation.takes_json or "?" in finding.place:
            return _line(of_operation(edition, operation.id, "call"), edition)
        pointer = finding.place.removeprefix("request")
        return _line(of_body(edition, operation.body_schema, path_of(pointer)), edition)
    success = min(operation.responses)
    refusal = next((status for status in operation.responses if status >= 400), success)
    schema = operation.answer_schema(refusal if "/errors" in finding.place else success)
    if schema is None:
        return _line(of_operation(edition, operation.id, "answers"), edition)
    return _line(of_body(edition, schema, path_of(finding.place)), edition)


def _line(written: Written | None, edition: Edition) -> Place | None:
    if written is None:
        return None
    file, names = written
    return f"contracts/{edition.place.name}/{file.name}", line_numbers(file)["", *names]


@cache
def line_numbers(file: Path) -> Mapping[tuple[str, ...], int]:
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
