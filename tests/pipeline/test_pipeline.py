"""A request is a function from a state to an outcome: it can be asked without a server, and again."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.pipeline import pipeline
from mockserver.pipeline.messages import Sent
from mockserver.pipeline.outcome import Outcome, Setting
from mockserver.pipeline.pipeline import run
from mockserver.pipeline.server import Server
from mockserver.world.universe import Universe

ORG = "/api/v2/organizations/my-organization"
SET = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"
NOW = "2019-07-15T00:00:00.000Z"
TYPE = "application/vnd.api+json"


@pytest.fixture(scope="module")
def server() -> Server:
    return Server()


@pytest.fixture(scope="module")
def universe(server: Server) -> Universe:
    return server.universe(key="test-token", fixture="documented")


@pytest.fixture(scope="module")
def world(server: Server, universe: Universe) -> Setting:
    return Setting(
        edition=server.contract(),
        kinds=universe.kinds,
        key=universe.key,
    )


def sent(method: str, path: str, document: Any = None, token: str = "test-token") -> Sent:
    body = b"" if document is None else json.dumps(document).encode()
    return Sent(
        method=method,
        path=path,
        query="",
        arguments=(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": TYPE},
        root=lambda: "http://localhost",
        receive=lambda: body,
    )


def a_set(name: str) -> dict[str, Any]:
    return {"data": {"type": "policy-sets", "attributes": {"name": name}}}


def told(outcome: Outcome) -> tuple[int, bytes, dict[str, str], str | None]:
    return outcome.answer.status, outcome.answer.body, outcome.answer.headers, outcome.why


def test_a_dry_run_says_what_would_come_of_a_request_and_changes_nothing(
    world: Setting, universe: Universe
) -> None:
    before = universe.state
    outcome = run(world, before, sent("POST", f"{ORG}/policy-sets", a_set("dry")), NOW)
    assert outcome.answer.status == 201
    assert outcome.state is not None
    assert outcome.state.written > before.written
    assert universe.state is before
    assert universe.journal.count == 0
    id = json.loads(outcome.answer.body)["data"]["id"]
    shown = run(world, outcome.state, sent("GET", f"/api/v2/policy-sets/{id}"), NOW)
    assert shown.answer.status == 200
    assert run(world, before, sent("GET", f"/api/v2/policy-sets/{id}"), NOW).answer.status == 404


REQUESTS = st.sampled_from(
    [
        ("GET", SET, None),
        ("GET", f"{ORG}/policy-sets", None),
        ("POST", f"{ORG}/policy-sets", a_set("a")),
        ("POST", f"{ORG}/policy-sets", a_set("not this!")),
        ("POST", f"{ORG}/policy-sets", None),
        ("PATCH", SET, {"data": {"type": "policy-sets", "attributes": {"global": True}}}),
        ("PATCH", SET, {"data": {"type": "policy-sets", "attributes": {"unknown": 1}}}),
        ("DELETE", SET, None),
        ("DELETE", ORG, None),
        ("PUT", SET, None),
        ("GET", "/api/v2/nowhere", None),
        ("GET", SET, "test-token.nobody"),
    ]
)


@given(requests=st.lists(REQUESTS, min_size=1, max_size=6))
def test_the_same_requests_on_the_same_state_have_the_same_outcomes(
    requests: list[tuple[str, str, Any]], world: Setting, universe: Universe
) -> None:
    def outcomes() -> list[Any]:
        state, found = universe.state, []
        for method, path, more in requests:
            token = more if isinstance(more, str) else "test-token"
            body = None if isinstance(more, str) else more
            outcome = run(world, state, sent(method, path, body, token), NOW)
            assert outcome.state is None or outcome.done
            assert outcome.state is None or outcome.answer.status < 300
            state = outcome.state or state
            found.append(told(outcome))
        return found

    assert outcomes() == outcomes()


def test_a_mistake_of_ours_is_an_outcome_with_no_state(
    world: Setting, universe: Universe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(call: Any) -> Any:
        raise ZeroDivisionError

    rule = world.kinds.table["show-policy-set"][1]
    monkeypatch.setitem(world.kinds.table, "show-policy-set", (broken, rule))
    outcome = run(world, universe.state, sent("GET", SET), NOW)
    assert isinstance(outcome.breach, ZeroDivisionError)
    assert (outcome.state, outcome.done) == (None, False)
    assert outcome.place == {"operation": "show-policy-set", "edition": "2019-07"}


def test_the_pipeline_knows_no_lock_no_log_no_time_and_no_universe() -> None:
    tree = ast.parse(Path(pipeline.__file__).read_text())
    named = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
    }
    forbidden = {"time", "threading", "logging", "random", "socket", "os"}
    assert not named & forbidden
    assert not any("universe" in str(name) or "journal" in str(name) for name in named)
