"""What a server may do otherwise without breaking anything: nothing is told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.contract import load
from tests.verify.mutations.spoiling import Answer, spoilt
from tests.verify.playing import NEW, OLD, run


def _reversed_keys(answer: Answer) -> None:
    if isinstance(document := answer.document, dict):
        answer.body = json.dumps(_turned(document)).encode()


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def _spaced(answer: Answer) -> None:
    if answer.document is not None:
        answer.body = b"\n " + json.dumps(answer.document, indent=4).encode() + b"\r\n"


def _headers(answer: Answer) -> None:
    answer.headers |= {"X-Request-Id": "1", "Vary": "Accept", "Cache-Control": "no-store"}


def _tagged(answer: Answer) -> None:
    answer.headers["ETag"] = f'W/"{hash(answer.body)}"'


def _other_order(answer: Answer) -> None:
    document = answer.document
    data = document.get("data") if isinstance(document, dict) else None
    for resource in data if isinstance(data, list) else [data]:
        relations = resource.get("relationships", {}) if isinstance(resource, dict) else {}
        for relation in relations.values():
            if isinstance(relation.get("data"), list):
                relation["data"].reverse()
    if data is not None:
        answer.document = document


def _charset(answer: Answer) -> None:
    if "json" in answer.headers.get("Content-Type", ""):
        answer.headers["Content-Type"] += "; charset=utf-8"


HARMLESS = [_reversed_keys, _spaced, _headers, _tagged, _other_order, _charset]


def _all(answer: Answer) -> None:
    for change in HARMLESS:
        change(answer)


@pytest.mark.parametrize("edition", [OLD, pytest.param(NEW, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "change",
    [_all, *(pytest.param(change, marks=pytest.mark.slow) for change in HARMLESS)],
    ids=lambda change: change.__name__.strip("_"),
)
def test_what_breaks_nothing_is_not_told(change: Callable[[Answer], None], edition: str) -> None:
    """All at once in every run; one by one, and in the long life of 2026-08, in the slow one."""
    changed = spoilt(dict.fromkeys(load(edition).operations, change), edition=edition)
    _, result = run(changed, edition=edition)
    assert [finding.line() for finding in result.findings] == []
    assert result.exit == 0
    assert result.unplayed == {}
