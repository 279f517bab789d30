"""Servers and recordings that answer anything at all: verification tells, and never breaks."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.contract import load
from mockserver.judge.exchange import Exchange
from mockserver.resources import kinds
from mockserver.scenarios.runner.run import DEFECT
from mockserver.traffic.judging import judge_recording
from tests.examples import examples
from tests.verify.mutations.spoiling import routed
from tests.verify.playing import run

KINDS = kinds("2019-07")

EDITION = load("2019-07")
ROOMS = Path(__file__).parents[2] / "mockserver"
GENERAL = [
    *ROOMS.glob("judge/*.py"),
    *ROOMS.glob("scenarios/runner/*.py"),
    *ROOMS.glob("traffic/*.py"),
]
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from(["id", "type"])
)
NAMES = st.sampled_from(
    [
        "data",
        "id",
        "type",
        "attributes",
        "relationships",
        "errors",
        "meta",
        "included",
        "links",
        "x",
    ]
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=20,
)
NAMED = ("username", "email", "name", "token")
HORRORS: list[Any] = [
    None,
    [],
    {},
    7,
    "text",
    {"data": None},
    {"data": []},
    {"data": [None, 7, {"id": 1, "type": []}]},
    {"data": {"id": "x", "type": ["y"]}},
    {"data": {"id": "a/b?c", "type": "policies", "attributes": []}},
    {"data": {"id": "x", "type": "policy-sets", "relationships": {"policies": []}}},
    {"data": {"id": "x", "type": "teams", "attributes": {"name": {}}, "relationships": 4}},
    {"data": {"id": "x", "type": "nothing-known", "attributes": {"name": "n"}}},
    {"data": [{"id": "x", "type": "workspaces", "attributes": None}], "meta": {"pagination": []}},
    {"data": [], "meta": {"pagination": {"total-count": "many"}}, "links": [], "included": {}},
    {"errors": [None]},
]


def horrid(seed: int) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """A server that answers a known address with any status and any JSON, the same each time."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked = (
            f"{seed} {environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ['QUERY_STRING']}"
        )
        number = int(hashlib.sha256(asked.encode()).hexdigest()[:8], 16)
        operation, _ = routed(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        status = (
            min(operation.responses) if operation and number % 4 else (200, 404, 422)[number % 3]
        )
        start(f"{status} X", [("Content-Type", "application/vnd.api+json")])
        example = EDITION.examples[operation.id].get("answers", {}) if operation else {}
        body = HORRORS[number % len(HORRORS)]
        if str(status) in example and number % 3:
            body = json.loads(json.dumps(example[str(status)]))
            spoil(body, number)
        return [json.dumps(body).encode()]

    return answer


def spoil(body: Any, number: int) -> None:
    """One member of a good document, replaced."""
    data = body.get("data") if isinstance(body, dict) else None
    resource = data[0] if isinstance(data, list) and data else data
    if isinstance(resource, dict):
        name = sorted(resource)[number % len(resource)]
        resource[name] = HORRORS[number % 7]


@pytest.mark.parametrize("seed", range(examples(12)))
def test_a_server_that_answers_anything_is_told_so_and_breaks_nothing(seed: int) -> None:
    _, outcome = run(horrid(seed))
    assert outcome.exit in (1, 2, 3, 4)
    assert [why for why in outcome.unplayed.values() if why.startswith(DEFECT)] == []


def test_a_server_whose_names_no_encoding_has_is_judged_to_the_end() -> None:
    names = {"id": "\ud800", "type": "users", "attributes": dict.fromkeys(NAMED, "\ud800")}

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "application/vnd.api+json")])
        return [json.dumps({"data": names}).encode()]

    _, outcome = run(answer)
    assert outcome.exit == 1
    assert [why for why in outcome.unplayed.values() if why.startswith(DEFECT)] == []


@settings(max_examples=examples(150))
@given(st.sampled_from(sorted(EDITION.operations)), st.integers(100, 599), JSON, JSON)
def test_a_recording_of_anything_is_judged(
    operation: str, status: int, request: Any, response: Any
) -> None:
    contract = EDITION.operations[operation]
    path = contract.path.replace("{", "").replace("}", "")
    exchange = Exchange(
        method=contract.method,
        path=path,
        query=[("include", "x"), ("page[size]", "y")],
        request=request,
        status=status,
        answer=json.dumps(response).encode(),
    )
    recorded = judge_recording([exchange], EDITION)
    assert sum(recorded.judged.values()) == 1
    for finding in recorded.findings:
        assert finding.line()


def test_only_a_scenario_names_a_resource_type() -> None:
    assert len(GENERAL) > 30
    for path in GENERAL:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in KINDS, f"{path.name}:{node.lineno} names {node.value}"
                assert node.value not in EDITION.operations, f"{path.name}:{node.lineno}"
