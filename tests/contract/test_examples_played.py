"""Every example is valid, and a fresh world answers it as documented."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from sweeps import EDITIONS, OPERATIONS, World, cases, each, example, fresh, misses, success, walk

from mockserver.contract import Edition, Operation, engines, load
from mockserver.contract.routes import routes
from mockserver.pipeline import server

every_operation = each(cases(OPERATIONS))
PATHS = [
    pytest.param([o for o in OPERATIONS if (o.edition, o.path) == at], id="".join(at))
    for at in sorted({(o.edition, o.path) for o in OPERATIONS})
]
"""The operations of every path."""


def _lock(world: World, operation: Operation) -> None:
    lock = load(operation.edition).operation("lock-workspace")
    assert world.play(lock, path=example(operation)["path"]).status == 200


PREPARED: dict[str, tuple[Callable[[World, Operation], None], str]] = {
    "unlock-workspace": (_lock, "only what is locked can be unlocked"),
    "force-unlock-workspace": (_lock, "only what is locked can be unlocked"),
}
"""What must be done in a fresh world before an example can be played, and why."""


def prepared(operation: Operation, **options: Any) -> World:
    """A fresh world in which the operation's example can be played."""
    world = fresh(operation.edition, **options)
    if operation.id in PREPARED:
        PREPARED[operation.id][0](world, operation)
    return world


# on paper


@every_operation
def test_an_example_names_what_the_operation_has_and_nothing_else(operation: Operation) -> None:
    shown = example(operation)
    assert set(shown) <= {"path", "query", "headers", "body", "body-base64", "answers"}
    assert set(shown.get("path", {})) == {*operation.records, *filter(None, [operation.token])}
    assert set(shown.get("query", {})) <= set(operation.parameters)
    assert all(isinstance(value, str) for value in shown.get("query", {}).values())
    if operation.body is None:
        assert "body" not in shown
    if operation.needs_body:
        assert "body" in shown


@every_operation
def test_an_example_sends_a_request_that_is_documented(operation: Operation) -> None:
    shown = example(operation)
    checked = operation.check_query(list(shown.get("query", {}).items()))
    assert (checked.findings, checked.refusals) == ([], [])
    if operation.takes_json and "body" in shown:
        assert operation.checker(operation.body_schema).misses(shown["body"]) == []


@every_operation
def test_an_example_shows_answers_that_are_documented(operation: Operation) -> None:
    for status, answer in example(operation)["answers"].items():
        if operation.responses[int(status)].get("content", {}).keys() == {
            "application/octet-stream"
        }:
            assert isinstance(answer, str)
        else:
            found = operation.check_answer(int(status), answer)
            assert [operation.explain_answer(int(status), miss) for miss in found] == []


@every_operation
def test_an_example_of_a_refusal_says_its_status_in_every_error(operation: Operation) -> None:
    for status, answer in example(operation)["answers"].items():
        if int(status) >= 400:
            assert {str(error["status"]) for error in answer["errors"]} == {status}


# in a world


@every_operation
def test_a_fresh_world_answers_an_example_with_the_documented_success(
    operation: Operation,
) -> None:
    world = prepared(operation)
    got = world.play(operation)
    assert got.status == success(operation), got.body
    assert misses(operation, got) == []
    assert world.universe.journal.breaches == []
    if not operation.open:  # what needs no token reaches no world
        assert world.findings == []


@every_operation
def test_a_strict_world_takes_an_example_too(operation: Operation) -> None:
    got = prepared(operation, strict=True).play(operation)
    assert got.status == success(operation), got.body
    assert misses(operation, got) == []


@every_operation
def test_an_answer_has_the_members_that_the_example_shows(operation: Operation) -> None:
    """Values may differ (ids that are made, links with a host); the form may not."""
    got = prepared(operation).play(operation)
    if got.json is not None:
        shown = example(operation)["answers"][str(success(operation))]
        ours, documented = members(got.json), members(shown)
        empty = nothing(got.json) | nothing(shown)
        assert without(ours, empty) == without(documented, empty)


def members(document: Any) -> set[str]:
    """Key paths of a document; what lists hold is taken together."""
    return {spelled(at) for at, _ in walk(document)}


def nothing(document: Any) -> set[str]:
    """Key paths of members that are null or an empty list: what else stands there, one answer shows."""
    return {spelled(at) for at, value in walk(document) if value is None or value == []}


def without(paths: set[str], empty: set[str]) -> set[str]:
    """Key paths that do not lead into what is empty in one of two documents."""
    return {path for path in paths if not any(path.startswith(f"{at}.") for at in empty)}


def spelled(at: tuple[str | int, ...]) -> str:
    return ".".join("[]" if isinstance(step, int) else step for step in at)


@pytest.mark.parametrize("id", PREPARED)
def test_a_preparation_is_needed_for_the_reason_given(id: str) -> None:
    operation = load(EDITIONS[0].name).operation(id)
    got = fresh(operation.edition).play(operation)
    assert 400 <= got.status < 500, "the example plays without"
    assert PREPARED[id][1]


@every_operation
def test_without_a_token_an_example_is_answered_401_unless_the_operation_is_open(
    operation: Operation,
) -> None:
    world = prepared(operation)
    got = world.play(operation, headers={"Authorization": ""})
    if operation.open or operation.token:
        assert got.status == success(operation)
    else:
        assert got.status == 401
        assert got.json == {"errors": [{"status": "401", "title": "unauthorized"}]}
    assert misses(operation, got) == []


@every_operation
def test_where_a_record_of_the_path_is_missing_the_answer_is_404(operation: Operation) -> None:
    for name in operation.records:
        world = fresh(operation.edition)
        path = {**example(operation)["path"], name: "nothing-of-that-name"}
        got = world.play(operation, path=path)
        assert got.status == 404
        assert got.json == {"errors": [{"status": "404", "title": "not found"}]}
        assert misses(operation, got) == []


@each(PATHS)
def test_a_method_that_a_path_does_not_have_is_answered_405_with_those_it_has(
    here: list[Operation],
) -> None:
    allowed = {o.method for o in here}
    if "GET" in allowed:
        allowed.add("HEAD")
    world = fresh(here[0].edition)
    concrete = here[0].path.format_map(example(here[0]).get("path", {}))
    known = routes(load(here[0].edition))
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - allowed:
        got = world.send(method, concrete)
        if known.not_built(method, concrete):
            assert got.status == 404, "documented, but not built"
            continue
        assert got.status == 405, method
        assert set(got.headers["Allow"].split(", ")) == allowed | {"OPTIONS"}
        assert all(misses(operation, got) == [] for operation in here)
        (error,) = got.errors
        assert error["title"] == "method not allowed"


@each(PATHS)
def test_options_are_answered_204_with_the_methods_of_a_path(here: list[Operation]) -> None:
    world = fresh(here[0].edition)
    got = world.send("OPTIONS", here[0].path.format_map(example(here[0]).get("path", {})))
    assert (got.status, got.body) == (204, b"")
    assert {o.method for o in here} <= set(got.headers["Allow"].split(", "))


@each(cases(o for o in OPERATIONS if o.method == "GET"))
def test_head_is_answered_as_get_without_a_body(operation: Operation) -> None:
    world = prepared(operation)
    shown = example(operation)
    path = operation.path.format_map(shown.get("path", {}))
    got = world.send("HEAD", path, query=shown.get("query", ""))
    expected = prepared(operation).play(operation)
    assert (got.status, got.body) == (expected.status, b"")
    assert got.media_type == expected.media_type


# without the fast engine


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Edition:
    """An edition, and a server of it, on a machine that has no wheel for jsonschema_rs."""
    monkeypatch.setattr(engines, "jsonschema_rs", None)
    edition = Edition(EDITIONS[0].place)
    monkeypatch.setattr(server, "load", lambda name: edition)
    return edition


def test_without_jsonschema_rs_every_example_is_answered_alike(plain: Edition) -> None:
    for operation in plain.operations.values():
        got = prepared(operation).play(operation)
        assert got.status == success(operation), operation.id
        assert misses(operation, got) == []
        if operation.takes_json:
            checker = operation.checker(operation.body_schema)
            assert checker._fast is None
            assert checker.holds(7) is (operation.body_schema == {})


WITHOUT = """
import sys
sys.modules["jsonschema_rs"] = None
import mockserver
from mockserver.contract import engines
assert engines.jsonschema_rs is None
client = mockserver.create_app().test_client()
headers = {"Authorization": "Bearer test-token", "Content-Type": "application/vnd.api+json"}
path = "/api/v2/organizations/my-organization/policy-sets"
good = {"data": {"type": "policy-sets", "attributes": {"name": "fresh"}}}
print(client.post(path, json=good, headers=headers).status_code)
good["data"]["attributes"]["name"] = 7
print(client.post(path, json=good, headers=headers).json["errors"][0]["source"]["pointer"])
"""


def test_without_a_wheel_for_jsonschema_rs_the_server_starts_and_checks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["201", "/data/attributes/name"]
