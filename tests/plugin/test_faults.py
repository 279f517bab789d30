"""Every fault, as a client in this process and as a real client on a socket sees it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import mockserver
from mockserver.client import ControlError
from mockserver.contract import load
from mockserver.pipeline import request_faults
from mockserver.pipeline.fault_checks import faults_of, may_meet
from mockserver.world.fault_options import TAKES, WHAT, BadFault
from mockserver.world.faults import Faults
from mockserver.world.problems import Problem
from tests.cases import cases, each
from tests.waiting import until

SETS = "/api/v2/organizations/my-organization/policy-sets"
POLICY = "/api/v2/policies/pol-2HRvNs49EWPjDqT1"
MEDIA = "application/vnd.api+json"
EDITION = load("2019-07")
Tfe = mockserver.World
Ask = Callable[..., requests.Response]


@pytest.fixture
def ask(world: Tfe) -> Ask:
    """A call by requests, on a socket."""

    def ask(method: str, path: str, name: str | None = None, token: str = "") -> requests.Response:
        body = {"data": {"type": "policy-sets", "attributes": {"name": name}}} if name else None
        return requests.request(
            method,
            world.url + path,
            json=body,
            headers={"Authorization": f"Bearer {token or world.token}", "Content-Type": MEDIA},
            timeout=10,
        )

    return ask


def sets(tfe: Tfe) -> list[str]:
    """What is there, seen when nothing goes wrong."""
    tfe.faults.clear()
    return [one["attributes"]["name"] for one in tfe.client.get(SETS).json["data"]]


# each says in its text whether the write is done, and it is as it says


OPTIONS: dict[str, dict[str, Any]] = {
    "status": {"status": 422},
    "latency": {"seconds": 0.01},
    "rate-limit": {"limit": 1},
    "off-contract-status": {"status": 503},
}
DONE = {name for name, words in WHAT.items() if "done" in words}
NOT_DONE = {name for name, words in WHAT.items() if "not written" in words or "nothing is" in words}


def test_every_fault_says_whether_a_write_is_done() -> None:
    assert set(WHAT) == DONE | NOT_DONE
    assert not DONE & NOT_DONE
    assert Faults().shown() == []
    assert set(TAKES) <= set(WHAT)


@pytest.mark.parametrize("fault", WHAT)
def test_a_write_is_done_or_not_as_the_text_of_the_fault_says(
    world: Tfe, ask: Ask, fault: str
) -> None:
    if fault == "rate-limit":
        ask("GET", SETS)  # the limit is one a second
        world.faults.add(fault, limit=1)
        ask("GET", SETS)
    else:
        world.faults.add(fault, **OPTIONS.get(fault, {}))
    try:
        status = ask("POST", SETS, "new").status_code
    except requests.RequestException:
        status = None
    (seen,) = world.journal.exchanges("create-policy-set")
    assert seen.changed == (fault in DONE)
    assert seen.fault == (fault if fault != "lag" else None)
    if fault in NOT_DONE:
        assert status == seen.status >= 400
    assert sets(world) == (["new", "production"] if fault in DONE else ["production"])
    if fault in DONE:  # what is done is in the journal, whatever became of the answer
        assert str(world.journal.changes(seen)).startswith("added policy-sets my-organization/new")


# off the contract, as real clients see it


def test_closed_before_the_answer_is_a_connection_error(world: Tfe, ask: Ask) -> None:
    for method, path in (("GET", SETS), ("DELETE", POLICY)):
        world.faults.add("off-contract-closed")
        with pytest.raises(requests.ConnectionError) as closed:
            ask(method, path)
        assert "without response" in str(closed.value) or "reset" in str(closed.value).lower()
    world.faults.add("off-contract-closed")
    with pytest.raises(ConnectionError):
        world.client.get(SETS)
    assert ask("GET", SETS).status_code == 200


def test_cut_in_the_middle_of_the_answer_is_an_incomplete_read(world: Tfe, ask: Ask) -> None:
    world.faults.add("off-contract-cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        ask("GET", SETS)
    world.faults.add("off-contract-cut")
    with pytest.raises(requests.ConnectionError):  # without a body: before the end of the head
        ask("DELETE", POLICY)
    world.faults.add("off-contract-cut")
    with pytest.raises(ConnectionError):
        _ = world.client.get(SETS).data
    world.faults.add("off-contract-cut")
    with pytest.raises(requests.ConnectionError):
        ask("HEAD", SETS)


def test_a_truncated_answer_is_whole_and_no_json(world: Tfe, ask: Ask) -> None:
    for method, path in (("GET", SETS), ("DELETE", POLICY), ("GET", POLICY)):
        world.faults.add("off-contract-truncated")
        answer = ask(method, path)
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        with pytest.raises(requests.JSONDecodeError):
            answer.json()
    world.faults.add("off-contract-truncated")
    cut = world.client.get(SETS)
    assert (cut.status_code, cut.content_type) == (200, MEDIA)
    assert world.client.get(SETS).data.startswith(cut.data)
    for seen in world.journal.exchanges("list-policy-sets"):
        assert isinstance(seen.response, dict)  # the journal has what was meant


def test_an_html_page_stands_where_json_is_due(world: Tfe, ask: Ask) -> None:
    for method, path in (("GET", SETS), ("DELETE", POLICY)):
        world.faults.add("off-contract-html")
        answer = ask(method, path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
        assert answer.text.startswith("<!DOCTYPE html>")
    world.faults.add("off-contract-html")
    assert world.client.get("/api/v2/policies/nobody").status_code == 404
    assert world.journal.exchanges("show-policy")[0].response.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("status", [200, 204, 302, 418, 500, 503, 599])
def test_any_status_may_be_answered_as_a_proxy_would(world: Tfe, ask: Ask, status: int) -> None:
    world.faults.add("off-contract-status", status=status, path="/api/v2/organizations/*")
    answer = ask("POST", SETS, "new")
    assert answer.status_code == status
    assert answer.headers.get("Content-Type", "text/plain") == "text/plain"
    world.journal.expect("create-policy-set", status=status, count=1)


# documented answers


def test_a_status_is_answered_as_the_contract_shows_it(world: Tfe, ask: Ask) -> None:
    world.faults.add("status", operation="create-policy-set", status=422)
    assert ask("GET", SETS).status_code == 200
    assert ask("POST", SETS, "a").json()["errors"] == [
        {
            "status": "422",
            "title": "invalid attribute",
            "detail": "Name has already been taken",
            "source": {"pointer": "/data/attributes/name"},
        }
    ]
    assert ask("POST", SETS, "a").status_code == 201
    world.faults.add("status", status=404)
    assert ask("GET", SETS).json() == {"errors": [{"status": "404", "title": "not found"}]}


def test_a_status_without_an_operation_waits_for_one_that_documents_it(
    world: Tfe, ask: Ask
) -> None:
    world.faults.add("status", status=409)
    lock = "/api/v2/workspaces/ws-2HRvNs49EWPjDqT1/actions/lock"
    assert ask("GET", SETS).status_code == 200
    assert ask("POST", lock).status_code == 409
    assert ask("POST", lock).status_code == 200


def statuses() -> list[Any]:
    return [
        pytest.param(operation.id, status, id=f"2019-07/{operation.id} {status}")
        for operation in EDITION.operations.values()
        for status in operation.responses
        if status >= 400 and not operation.open
    ]


@pytest.fixture(scope="module")
def shared() -> Any:
    with mockserver.universe() as tfe:
        tfe.snapshot("first")
        yield tfe


def called(tfe: Tfe, operation: Any) -> Any:
    """The operation's own example, sent."""
    example = EDITION.examples.get(operation.id, {})
    path = operation.path
    for name, value in example.get("path", {}).items():
        path = path.replace("{" + name + "}", str(value))
    options: dict[str, Any] = {"query_string": example.get("query", {})}
    if "body" in example:
        raw = not operation.takes_json
        options |= {"data" if raw else "json": str(example["body"]) if raw else example["body"]}
    return tfe.client.open(path, method=operation.method, **options)


@each(statuses())
def test_every_documented_error_of_every_operation_can_be_had_and_keeps_the_contract(
    shared: Tfe, id: str, status: int
) -> None:
    operation = EDITION.operations[id]
    shared.journal.clear()
    shared.faults.add("status", operation=id, status=status)
    answer = called(shared, operation)
    if answer.status_code == 404 != status:
        pytest.fail(f"the example of {id} leads nowhere in the documented world")
    assert answer.status_code == status
    assert operation.check_answer(status, answer.json) == []
    assert answer.json["errors"][0]["status"] in (str(status), status)
    (seen,) = shared.journal
    assert (seen.fault, seen.changed, seen.operation) == ("status", False, id)
    if status == 405:
        assert operation.method not in answer.headers["Allow"]
    if status == 429:
        assert answer.headers["X-RateLimit-Limit"] == "30"
        assert answer.headers["Retry-After"] == "1"
    if status in (401, 404):
        assert set(answer.json["errors"][0]) == {"status", "title"}
    assert len(shared.faults) == 1
    shared.faults.clear()


@each(cases(o for o in EDITION.operations.values() if o.entitlement))
def test_every_operation_that_needs_an_entitlement_can_lose_it(shared: Tfe, operation: Any) -> None:
    shared.restore("first")
    shared.faults.add("lost-entitlement", operation=operation.id)
    answer = called(shared, operation)
    shared.faults.clear()
    assert (answer.status_code, answer.json) == (
        404,
        {"errors": [{"status": "404", "title": "not found"}]},
    )


def test_a_lost_entitlement_closes_what_needs_one_and_nothing_else(world: Tfe, ask: Ask) -> None:
    world.faults.add("lost-entitlement", when="all")
    assert ask("GET", SETS).status_code == 404
    assert ask("GET", "/api/v2/organizations/my-organization/workspaces").status_code == 200
    assert world.journal.exchanges("list-policy-sets")[0].why == (
        "a fault: the organization has lost the entitlement"
    )


def test_an_expired_token_is_401_until_the_fault_ends(world: Tfe, ask: Ask) -> None:
    world.faults.add("expired-token", when="all")
    answer = ask("GET", SETS, token=world.tokens["ann"])
    assert (answer.status_code, answer.json()) == (
        401,
        {"errors": [{"status": "401", "title": "unauthorized"}]},
    )
    assert world.journal.exchanges()[-1].operation == "list-policy-sets"
    world.faults.clear()
    assert ask("GET", SETS).status_code == 200


# rate limits, index.html#rate-limiting


class Stopwatch:
    """The time that limits go by, which goes on when a test says so."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    made = Stopwatch()
    monkeypatch.setattr(request_faults, "time", made)
    return made


@pytest.mark.usefixtures("watch")
def test_a_rate_limit_answers_429_with_the_documented_body_and_headers(
    world: Tfe, ask: Ask
) -> None:
    world.faults.add("rate-limit", operation="list-policy-sets")
    answers = [world.client.get(SETS) for _ in range(40)]
    passed = [answer for answer in answers if answer.status_code == 200]
    assert len(passed) == 30
    assert [a.headers["X-RateLimit-Remaining"] for a in passed[:30]] == [
        str(left) for left in range(29, -1, -1)
    ]
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert limited.json == {
        "errors": [
            {
                "status": "429",
                "title": "Too many requests",
                "detail": "You have exceeded the API's rate limit of 30 requests per second.",
            }
        ]
    }
    assert limited.headers["X-RateLimit-Limit"] == "30"
    assert limited.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < float(limited.headers["X-RateLimit-Reset"]) <= 1
    assert "X-RateLimit-Limit" not in ask("GET", POLICY).headers


def test_who_waits_for_the_reset_may_go_on(world: Tfe, ask: Ask, watch: Stopwatch) -> None:
    world.faults.add("rate-limit", limit=2)
    first = [ask("GET", SETS) for _ in range(3)]
    assert [answer.status_code for answer in first] == [200, 200, 429]
    watch.now += float(first[2].headers["X-RateLimit-Reset"]) - 0.001
    assert ask("GET", SETS).status_code == 429
    watch.now += 0.001
    assert ask("GET", SETS).status_code == 200


def test_a_limit_on_the_clock_of_the_world_is_waited_out_without_sleeping(world: Tfe) -> None:
    world.faults.add("rate-limit", limit=2, clock="world")
    assert [world.client.get(SETS).status_code for _ in range(3)] == [200, 200, 429]
    world.clock.advance(0.4)
    limited = world.client.get(SETS)
    assert limited.headers["X-RateLimit-Reset"] == "0.600"
    world.clock.advance(0.599)
    assert world.client.get(SETS).status_code == 429
    world.clock.advance(0.001)
    assert [world.client.get(SETS).status_code for _ in range(3)] == [200, 200, 429]
    assert next(iter(world.faults))["clock"] == "world"


def test_a_clock_advanced_by_what_the_header_says_is_never_short_of_it(world: Tfe) -> None:
    world.faults.add("rate-limit", limit=1, clock="world")
    for millisecond in range(0, 1000, 37):
        world.clock.set(f"2019-07-15T00:{millisecond % 60:02}:00.{millisecond:03}Z")
        assert [world.client.get(SETS).status_code for _ in range(2)] == [200, 429]
        world.clock.advance(0.3)
        limited = world.client.get(SETS)
        world.clock.advance(float(limited.headers["X-RateLimit-Reset"]))
        assert world.client.get(SETS).status_code == 200
        world.clock.advance(60)


def test_a_clock_that_is_set_back_frees_the_limit(world: Tfe) -> None:
    world.faults.add("rate-limit", limit=1, clock="world")
    assert [world.client.get(SETS).status_code for _ in range(2)] == [200, 429]
    world.clock.advance(-3600)
    assert [world.client.get(SETS).status_code for _ in range(2)] == [200, 429]


def test_without_that_wish_the_limit_is_the_walls_whatever_the_world_says(world: Tfe) -> None:
    world.faults.add("rate-limit", limit=1)
    world.client.get(SETS)
    world.clock.advance(3600)
    assert world.client.get(SETS).status_code == 429


def test_latency_takes_no_clock_it_is_always_real_time(world: Tfe) -> None:
    with pytest.raises(ControlError, match="/clock: The fault 'latency' does not take 'clock'"):
        world.faults.add("latency", clock="world")


def test_retry_after_stands_beside_the_vendors_header_on_a_429_alone(world: Tfe) -> None:
    world.faults.add("rate-limit", limit=1)
    passed, limited = world.client.get(SETS), world.client.get(SETS)
    assert "Retry-After" not in passed.headers
    assert limited.headers["Retry-After"] == "1"  # whole seconds, never less than the vendor's


def test_requests_count_for_who_sends_them_whichever_token_he_uses(world: Tfe, ask: Ask) -> None:
    world.faults.add("rate-limit", limit=1)
    laptop = world.tokens["laptop"]  # another token of admin, who the key is too
    seen = [ask("GET", SETS, token=token).status_code for token in (world.token, laptop)]
    assert seen == [200, 429]
    assert ask("GET", "/api/v2/account/details", token=world.tokens["ann"]).status_code == 200
    stranger = f"{world.token}.nobody"
    assert [ask("GET", SETS, token=stranger).status_code for _ in range(2)] == [401, 429]


def test_refusals_carry_the_headers_of_a_limit_and_ping_tells_it_beforehand(
    world: Tfe, ask: Ask
) -> None:
    assert "X-RateLimit-Limit" not in ask("GET", "/api/v2/ping").headers
    world.faults.add("rate-limit", limit=5)
    ping, lost = ask("GET", "/api/v2/ping"), ask("GET", "/api/v2/policies/nobody")
    assert (ping.status_code, lost.status_code) == (204, 404)
    assert ping.headers["X-RateLimit-Limit"] == lost.headers["X-RateLimit-Limit"] == "5"
    assert lost.headers["X-RateLimit-Remaining"] == "4"


# latency


def test_latency_waits_give_or_take_the_jitter_the_same_in_every_run() -> None:
    def waits(seed: int) -> list[float]:
        fault = Faults(seed).add("latency", when="all", seconds=1.0, jitter=0.5)
        return [fault.delay() for _ in range(20)]

    assert waits(1) == waits(1) != waits(2)
    assert all(0.5 <= seconds <= 1.5 for seconds in waits(1))
    assert len(set(waits(1))) == 20


def test_a_call_that_waits_holds_nobody_up(world: Tfe, ask: Ask) -> None:
    world.faults.add("latency", seconds=20, operation="create-policy-set")
    slow = threading.Thread(target=ask, args=("POST", SETS, "slow"))
    slow.start()
    until(lambda: [fault["fired"] for fault in world.faults] == [1])
    assert world.client.delete(POLICY).status_code == 204  # a write of the same world
    world.snapshot("meanwhile")
    assert slow.is_alive()
    world.faults.clear()  # it ends with the fault
    slow.join(timeout=30)
    assert not slow.is_alive()
    assert sets(world) == ["production", "slow"]


def test_a_reset_wakes_who_waits_and_his_write_does_not_reach_the_new_world(
    world: Tfe, ask: Ask
) -> None:
    world.faults.add("latency", seconds=20, operation="create-policy-set")
    seen: list[int] = []
    slow = threading.Thread(target=lambda: seen.append(ask("POST", SETS, "slow").status_code))
    slow.start()
    until(lambda: [fault["fired"] for fault in world.faults] == [1])
    world.reset()
    slow.join(timeout=30)
    assert seen == [409]  # not lost silently
    assert list(world.journal) == []  # the fresh journal begins after the reset
    assert sets(world) == ["production"]


# lag


def test_reads_lag_behind_the_last_writes_which_are_done(world: Tfe, ask: Ask) -> None:
    ask("POST", SETS, "one")
    made = ask("POST", SETS, "two").json()["data"]
    world.faults.add("lag", when="all", writes=1)
    assert ask("GET", f"/api/v2/policy-sets/{made['id']}").status_code == 404
    names = [one["attributes"]["name"] for one in ask("GET", SETS).json()["data"]]
    assert names == ["one", "production"]
    assert (
        ask("DELETE", f"/api/v2/policy-sets/{made['id']}").status_code == 204
    )  # writes do not lag
    world.faults.clear()
    world.faults.add("lag", writes=3)
    assert [one["attributes"]["name"] for one in ask("GET", SETS).json()["data"]] == ["production"]
    assert [one["attributes"]["name"] for one in ask("GET", SETS).json()["data"]] == [
        "one",
        "production",
    ]


def test_a_token_that_was_made_by_the_last_write_is_not_known_yet(world: Tfe, ask: Ask) -> None:
    owners = "/api/v2/teams/team-ow4nErsTeam5678A/authentication-token"
    token = ask("POST", owners).json()["data"]["attributes"]["token"]
    world.faults.add("lag")
    assert ask("GET", SETS, token=token).status_code == 401
    assert ask("GET", SETS, token=token).status_code == 200


def test_where_nothing_was_written_there_is_no_lag(world: Tfe, ask: Ask) -> None:
    world.faults.add("lag", when="all")
    assert ask("GET", SETS).json()["data"][0]["attributes"]["name"] == "production"


# where and when


def statuses_of(world: Tfe, times: int, **fault: Any) -> str:
    world.faults.add("off-contract-status", status=503, **fault)
    seen = [world.client.get(SETS).status_code for _ in range(times)]
    world.faults.clear()
    return "".join("x" if status == 503 else "." for status in seen)


def test_a_fault_happens_to_the_next_call_the_nth_all_or_a_share(world: Tfe) -> None:
    assert statuses_of(world, 4) == "x..."
    assert statuses_of(world, 4, when="next") == "x..."
    assert statuses_of(world, 4, when={"nth": 3}) == "..x."
    assert statuses_of(world, 4, when="all") == "xxxx"
    share = statuses_of(world, 200, when={"share": 0.25})
    assert 30 <= share.count("x") <= 70
    assert statuses_of(world, 200, when={"share": 0.25}) == share  # from the world's seed
    assert statuses_of(world, 4, when={"share": 0}) == "...."
    assert statuses_of(world, 4, when={"share": 1}) == "xxxx"


def test_a_share_is_the_same_whatever_else_goes_wrong(world: Tfe) -> None:
    alone = statuses_of(world, 50, when={"share": 0.5})
    world.faults.add("off-contract-status", status=503, when={"share": 0.5})
    world.faults.add("latency", when={"share": 0.5}, seconds=0.001, jitter=0.001)
    seen = [world.client.get(SETS).status_code for _ in range(50)]
    assert "".join("x" if status == 503 else "." for status in seen) == alone


def test_a_fault_has_a_place_an_operation_a_path_or_any(world: Tfe, ask: Ask) -> None:
    world.faults.add("off-contract-status", status=503, when="all", operation="show-policy")
    assert [ask("GET", path).status_code for path in (SETS, POLICY)] == [200, 503]
    world.faults.clear()
    world.faults.add("off-contract-status", status=503, when="all", path="*/policy-sets")
    assert [ask("GET", path).status_code for path in (SETS, POLICY)] == [503, 200]
    world.faults.clear()
    world.faults.add("off-contract-status", status=503, when="all")
    assert [ask("GET", path).status_code for path in (SETS, POLICY)] == [503, 503]
    assert ask("GET", "/api/v2/nowhere").status_code == 503


def test_next_waits_for_a_call_that_comes_so_far(world: Tfe, ask: Ask) -> None:
    """A fault is never spent on a call that was refused before it could happen."""
    world.faults.add("status", operation="show-policy", status=422)
    assert ask("GET", "/api/v2/policies/nobody").status_code == 404
    assert ask("GET", POLICY, token=f"{world.token}.nobody").status_code == 401
    (fault,) = world.faults
    assert (fault["seen"], fault["fired"]) == (0, 0)
    assert ask("GET", POLICY).status_code == 422
    (fault,) = world.faults
    assert (fault["seen"], fault["fired"]) == (1, 1)


def test_faults_are_listed_with_their_counts_and_end_with_clear_or_reset(world: Tfe) -> None:
    added = world.faults.add("status", operation="show-policy", status=422, when={"nth": 2})
    assert added == {
        "fault": "status",
        "operation": "show-policy",
        "when": {"nth": 2},
        "status": 422,
        "seen": 0,
        "fired": 0,
    }
    world.client.get(POLICY)
    assert list(world.faults) == [{**added, "seen": 1}]
    world.faults.clear()
    assert len(world.faults) == 0
    world.faults.add("rate-limit")
    assert next(iter(world.faults))["when"] == "all"
    world.reset()
    assert list(world.faults) == []


def test_faults_belong_to_one_world(world: Tfe) -> None:
    world.faults.add("off-contract-status", status=503, when="all")
    fork = world.fork()
    assert fork.client.get(SETS).status_code == 200
    assert world.client.get(SETS).status_code == 503
    fork.delete()


def test_two_faults_may_happen_to_one_call(world: Tfe, ask: Ask) -> None:
    world.faults.add("latency", seconds=0.001)
    world.faults.add("expired-token")
    world.faults.add("off-contract-html")
    answer = ask("GET", SETS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "text/html")
    assert world.journal.exchanges()[-1].fault == "latency, expired-token, off-contract-html"


# bad input


@pytest.mark.parametrize(
    ("fault", "options", "said"),
    [
        (
            "latancy",
            {},
            "/fault: There is no fault named 'latancy'. Did you mean 'latency'? There are: status, latency, "
            "rate-limit, lag, expired-token, lost-entitlement, off-contract-status, "
            "off-contract-closed, off-contract-cut, off-contract-truncated, off-contract-html",
        ),
        ("status", {}, "/fault: the fault 'status' needs a status"),
        (
            "latency",
            {"second": 1},
            "/second: second is not listed",
        ),
        (
            "latency",
            {"status": 422},
            "/status: The fault 'latency' does not take 'status'. There are: operation, path, when, "
            "seconds, jitter",
        ),
        (
            "latency",
            {"operation": "create-policy-sets"},
            "/operation: Edition 2019-07 has no operation 'create-policy-sets'. Did you mean "
            "'create-policy-set', ",
        ),
        (
            "status",
            {"operation": "show-policy-set", "status": 409},
            "/status: show-policy-set does not document the status 409; it documents 400, 401, "
            "404, 405, 422, 429. For another status use off-contract-status.",
        ),
        ("status", {"status": 503}, "/status: any operation of edition 2019-07 does not document"),
        ("status", {"status": 200, "operation": "show-policy-set"}, "does not document the status"),
        (
            "lost-entitlement",
            {"operation": "list-organizations"},
            "/operation: list-organizations needs no entitlement. These do: ",
        ),
        (
            "latency",
            {"path": "/api/v2/policy-set/*"},
            "/path: '/api/v2/policy-set/*' matches no path of edition 2019-07. Did you mean "
            "/api/v2/policy-sets/{id}, ",
        ),
        ("latency", {"path": "organizations"}, "(* matches anything.)"),
        (
            "latency",
            {"path": "/api/v2/policies/*", "operation": "show-policy-set"},
            "/path: '/api/v2/policies/*' does not match the path of show-policy-set, "
            "/api/v2/policy-sets/{id}",
        ),
        (
            "latency",
            {"operation": "ping"},
            "/operation: ping needs no token, so it belongs to no world",
        ),
        ("latency", {"when": "sometimes"}, "/when: when is "),
        ("latency", {"when": {"nth": 0}}, "/when"),
        ("latency", {"when": {"nth": 1, "share": 0.5}}, "/when"),
        (
            "off-contract-status",
            {"status": 101},
            "/status: an answer's status is one of 200 to 599",
        ),
    ],
)
def test_a_bad_fault_is_refused_with_what_there_is(
    world: Tfe, fault: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ControlError) as refused:
        world.faults.add(fault, **options)
    assert said in str(refused.value)
    assert refused.value.status == 422
    assert list(world.faults) == []


@each(cases(o for o in EDITION.operations.values() if not o.open))
def test_the_path_of_every_operation_may_be_disturbed(operation: Any) -> None:
    whole = re.sub(r"{[^}]*}", "x-1", operation.path)
    for path in (operation.path, whole, whole + "/", "*", whole[:-1] + "*", whole[:-1] + "?"):
        assert not list(faults_of(EDITION, {"fault": "latency", "path": path})), path


def test_a_documented_path_that_is_not_built_may_be_disturbed(world: Tfe) -> None:
    world.faults.add("off-contract-status", status=503, path="/api/v2/admin/*")
    assert world.client.get("/api/v2/admin/users").status_code == 503


def test_a_slash_at_the_end_is_no_other_path(world: Tfe) -> None:
    world.faults.add("off-contract-status", status=503, when="all", path=SETS)
    assert [world.client.get(path).status_code for path in (SETS, SETS + "/")] == [503, 503]


PIECES = [text for size in (1, 2, 3) for text in map("".join, product("ab", repeat=size))]


@given(st.text("ab/*?", max_size=8), st.sampled_from(["/a/{x}/b", "/{x}", "/a/{x}", "/a{x}/{y}"]))
def test_a_pattern_may_meet_a_template_where_it_fits_one_of_its_paths(
    pattern: str, template: str
) -> None:
    shape = re.sub(r"{[^}]*}", "{}", template)
    values = product([*PIECES, "abababab"], repeat=template.count("{"))
    paths = [shape.format(*parts) for parts in values]
    fits = any(fnmatchcase(path, pattern.rstrip("/")) for path in paths)
    assert may_meet(pattern, template) or not fits


@pytest.mark.parametrize(
    ("pattern", "template", "meets"),
    [
        ("/a/*", "/a/{x}", True),
        ("/a/", "/a/{x}", False),
        ("/a/b/c", "/a/{x}", False),
        ("/*/c", "/a/{x}", True),
        ("/*/c", "/a/{x}/c", True),
        ("/a/?", "/a/{x}", True),
        ("/a/[bc]d", "/a/{x}", True),
        ("/a/[bc]d", "/a/x", False),
        ("", "/a", False),
        ("*" * 100_000, "/a/{x}", True),
        ("b" * 100_000, "/a/{x}", False),
    ],
)
def test_a_pattern_meets_a_template_or_not(pattern: str, template: str, meets: bool) -> None:
    assert may_meet(pattern, template) is meets


@pytest.mark.parametrize(
    "options",
    [
        {"when": "sometimes"},
        {"when": {"nth": 0}},
        {"when": {"share": 2}},
        {"when": {"share": 1, "nth": 1}},
        {"when": {}},
        {"when": {"nth": True, "x": 1}},
        {"limit": 3},
        {"nonsense": 3},
    ],
)
def test_the_world_itself_refuses_bad_faults_too(options: dict[str, Any]) -> None:
    with pytest.raises(BadFault):
        Faults().add("latency", **options)


def test_a_problem_has_its_own_text() -> None:
    assert str(Problem(404, why="because")) == "because"
