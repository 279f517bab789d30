"""The control plane is held to its own contract: examples, answers, refusals, methods."""

from __future__ import annotations

import gzip
from copy import deepcopy
from typing import Any

import pytest

from mockserver.contract import contract, control

from .asking import ask, faults

pytestmark = pytest.mark.filterwarnings("ignore:the fault .* never happened")

CONTROL = control()
OPERATIONS = pytest.mark.parametrize(
    "operation", CONTROL.operations.values(), ids=lambda operation: operation.id
)
SUCCESS = {
    "create-universe": 201,
    "delete-universe": 204,
    "restore-exchange": 204,
    "reset-universe": 204,
    "seed-universe": 201,
    "take-snapshot": 204,
    "restore-snapshot": 204,
    "clear-journal": 204,
    "clear-faults": 204,
    "remove-fault": 204,
    "add-fault": 201,
}
BODIES: dict[str, Any] = {
    "create-universe": {"fixture": "documented"},
    "seed-universe": {"users": [{"username": "eve"}]},
    "change-clock": {"advance": 1},
    "set-faults": {"faults": [{"fault": "latency", "seconds": 0}]},
    "add-fault": {"fault": "latency", "seconds": 0},
}


@OPERATIONS
def test_every_operation_has_an_example_that_keeps_the_contract(operation: Any) -> None:
    example = CONTROL.examples[operation.id]
    if operation.body is not None:
        checked = operation.check_body(deepcopy(example["body"]))
        assert (checked.refusals, checked.findings) == ([], [])
    query = operation.check_query(example.get("query", {}).items())
    assert (query.refusals, query.findings) == ([], [])
    assert set(example.get("path", {})) == {
        part.strip("{}") for part in operation.path.split("/") if part.startswith("{")
    }
    assert str(SUCCESS.get(operation.id, 200)) in example["answers"]
    for status, answer in example["answers"].items():
        assert operation.check_answer(int(status), answer) == []


@OPERATIONS
def test_every_operation_answers_as_it_says(tfe: Any, operation: Any) -> None:
    tfe.client.get("/api/v2/organizations")
    tfe.snapshot("before")
    ask(tfe, "POST", "faults", {"fault": "lag", "operation": "show-policy"})
    path = operation.path.replace("{name}", "before").replace("{n}", "1")
    if operation.id == "show-who":
        path += "?operation=show-policy-set&caller=ann"
    answer = tfe.client.open(path, method=operation.method, json=BODIES.get(operation.id))
    assert answer.status_code == SUCCESS.get(operation.id, 200), answer.get_data(as_text=True)
    assert operation.check_answer(answer.status_code, answer.json if answer.data else None) == []
    if answer.data:
        assert answer.content_type == "application/json"


@OPERATIONS
def test_every_operation_but_the_open_ones_needs_the_key(tfe: Any, operation: Any) -> None:
    path = operation.path.replace("{name}", "x").replace("{n}", "1")
    for token in ("", "Bearer ", "Bearer nobody", f"Bearer {tfe.tokens['laptop']}", tfe.token):
        answer = tfe.client.open(
            path,
            method=operation.method,
            json=BODIES.get(operation.id),
            headers={"Authorization": token},
        )
        if operation.open:
            assert answer.status_code in (200, 201)
        else:
            assert faults(answer, 401) == [
                (
                    "",
                    "send the key of a world: Authorization: Bearer KEY "
                    "(other tokens do not open the control plane)",
                )
            ]


def test_five_operations_and_no_more_are_open() -> None:
    opened = {operation.id for operation in CONTROL.operations.values() if operation.open}
    assert opened == {
        "create-universe",
        "list-universes",
        "check-live",
        "check-ready",
        "show-openapi",
    }


@OPERATIONS
def test_every_refusal_and_what_is_sent_in_vain_keeps_the_contract(
    tfe: Any, operation: Any
) -> None:
    path = operation.path.replace("{name}", "x").replace("{n}", "9")
    sent: list[dict[str, Any]] = [
        {"query_string": "stray=1"},
        {"json": {"stray": [1]}},
        {"data": "{", "content_type": "application/json"},
        {"data": "null", "content_type": "application/json"},
        {"data": "[]", "content_type": "application/json"},
        {"data": '{"a":1,"a":2}', "content_type": "application/json"},
        {"data": "{}", "content_type": "text/plain"},
        {"data": b"x" * (10 * 1024 * 1024 + 1), "content_type": "application/json"},
        {"headers": {"Authorization": ""}},
    ]
    for options in sent:
        answer = tfe.client.open(path, method=operation.method, **options)
        document = answer.json if answer.data else None
        assert answer.status_code in operation.responses, (options, answer.get_data(as_text=True))
        assert operation.check_answer(answer.status_code, document) == []
        if operation.id == "delete-universe" and answer.status_code == 204:
            return


def test_an_unknown_path_is_404_with_those_there_are(tfe: Any) -> None:
    ((pointer, detail),) = faults(ask(tfe, "GET", "nowhere"), 404)
    assert pointer == ""
    assert detail.startswith("There is no endpoint /_mock/nowhere. There are: /_mock/clock, ")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "reset", "OPTIONS, POST"),
        ("POST", "state", "GET, HEAD, OPTIONS"),
        ("PATCH", "faults", "DELETE, GET, HEAD, OPTIONS, POST, PUT"),
    ],
)
def test_another_method_is_405_with_those_there_are(
    tfe: Any, method: str, path: str, allow: str
) -> None:
    answer = ask(tfe, method, path)
    assert faults(answer, 405) == [("", f"{method} is not one of {allow}")]
    assert answer.headers["Allow"] == allow
    options = ask(tfe, "OPTIONS", path)
    assert (options.status_code, options.headers["Allow"]) == (204, allow)


def test_head_and_a_trailing_slash_are_taken(tfe: Any) -> None:
    head = tfe.client.head("/_mock/state")
    assert (head.status_code, head.data) == (200, b"")
    assert tfe.client.get("/_mock/state/").json == tfe.state()


@pytest.mark.parametrize(
    "type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/vnd.api+json",
        "application/x-www-form-urlencoded",
        None,
    ],
)
def test_what_curl_sends_is_json_too(tfe: Any, type: str | None) -> None:
    options = {"content_type": type} if type else {}
    answer = tfe.client.patch("/_mock/clock", data='{"advance": 1}', **options)
    assert answer.status_code == 200


def test_another_type_is_415(tfe: Any) -> None:
    answer = tfe.client.patch("/_mock/clock", data="{}", content_type="text/plain")
    assert faults(answer, 415) == [("", "send Content-Type: application/json, not 'text/plain'")]


def test_a_compressed_body_is_415(tfe: Any) -> None:
    answer = tfe.client.patch(
        "/_mock/clock", data=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}
    )
    sentence = "send the body as it is: leave out Content-Encoding, not 'gzip'"
    assert faults(answer, 415) == [("", sentence)]


# health, the contract itself, the clock


def test_health_needs_no_token(tfe: Any) -> None:
    for path, status in (("live", "live"), ("ready", "ready")):
        answer = tfe.client.get(f"/_mock/health/{path}", headers={"Authorization": ""})
        assert (answer.status_code, answer.json["status"]) == (200, status)
    before = answer.json["universes"]
    tfe.fork()
    assert ask(tfe, "GET", "health/ready").json["universes"] == before + 1


def test_the_contract_is_served_without_a_token(tfe: Any) -> None:
    for query, edition in (
        ("", "2019-07"),
        ("?edition=2019-07", "2019-07"),
        ("?edition=control", "control"),
    ):
        answer = tfe.client.get(f"/_mock/openapi.json{query}", headers={"Authorization": ""})
        assert answer.status_code == 200
        assert answer.json["openapi"] == "3.1.0"
        assert answer.json == contract(edition).openapi()
    answer = ask(tfe, "GET", "openapi.json?edition=2019-70")
    assert faults(answer, 404) == [
        (
            "",
            "There is no edition named '2019-70'. Did you mean '2019-07'? There are: 2019-07, 2026-08.",
        )
    ]


def test_the_clock_is_shown_set_advanced_run_and_stopped(tfe: Any) -> None:
    epoch = {"now": "2019-07-15T00:00:00.000Z", "running": False}
    assert ask(tfe, "GET", "clock").json == epoch
    assert ask(tfe, "PATCH", "clock", {}).json == epoch
    assert ask(tfe, "PATCH", "clock", {"advance": 1.5}).json["now"] == "2019-07-15T00:00:01.500Z"
    changed = ask(tfe, "PATCH", "clock", {"now": "2020-01-01T00:00:00.000Z", "advance": -1})
    assert changed.json == {"now": "2019-12-31T23:59:59.000Z", "running": False}
    assert ask(tfe, "PATCH", "clock", {"running": True}).json["running"] is True
    assert tfe.clock.running
    tfe.clock.run(False)
    assert tfe.clock.now == tfe.clock.now


def test_the_beginning_of_a_name_is_told_the_name(tfe: Any) -> None:
    (told,) = faults(ask(tfe, "PATCH", "clock", {"run": False}))
    assert told == (
        "/run",
        "run is not listed (false); expected no such member. Did you mean running?",
    )
    (told,) = faults(ask(tfe, "PATCH", "clock", {"ru": False}))
    assert told[1].endswith("Leave out ru; it has no effect."), "two letters begin too much"


def test_a_clock_that_cannot_be_so_stays_as_it_was(tfe: Any) -> None:
    for wanted, pointer in (
        ({"now": "2019-02-30T00:00:00.000Z"}, "/now"),
        ({"advance": 1e300}, "/advance"),
        ({"now": "2030-01-01T00:00:00.000Z", "advance": 1e300}, "/advance"),
        ({"now": "2030-01-01T00:00:00.000Z", "advance": "a day"}, "/advance"),
        ({"now": "soon", "running": True}, "/now"),
        ({"advance": 5, "stray": True}, "/stray"),
    ):
        assert [at for at, _ in faults(ask(tfe, "PATCH", "clock", wanted))] == [pointer]
        assert ask(tfe, "GET", "clock").json == {
            "now": "2019-07-15T00:00:00.000Z",
            "running": False,
        }
    assert faults(ask(tfe, "PATCH", "clock", {"advance": 1e300})) == [
        (
            "/advance",
            "1e+300 seconds from 2019-07-15T00:00:00.000Z is outside the calendar (1970 to 9000)",
        )
    ]


LONG = "x" * 20_000


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "seed", {"organizations": [{"name": "o", "policy-sets": [{"name": LONG}] * 2}]}),
        ("POST", "seed", {LONG: 1}),
        ("POST", "universes", {"edition": LONG}),
        ("POST", "universes", {LONG: 1}),
        ("POST", "faults", {"fault": LONG}),
        ("POST", "faults", {"fault": "status", "status": 500, "path": LONG}),
        ("GET", f"effective-policies?workspace={LONG}", None),
        ("GET", f"journal?operation={LONG}", None),
    ],
)
def test_what_is_told_of_a_long_value_is_short(
    tfe: Any, method: str, path: str, document: Any
) -> None:
    answer = ask(tfe, method, path, document)
    assert answer.status_code >= 400
    assert len(answer.data) < 5_000
