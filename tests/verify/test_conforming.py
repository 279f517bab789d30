"""Our own server conforms, and what verification has not brought about is listed with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract import load
from mockserver.scenarios.runner.unreached import unasked, unreached
from tests.verify.playing import TOKEN, run, server

EDITION = load("2019-07")


@pytest.fixture(scope="module")
def played() -> Any:
    app = server()
    return (app, *run(app))


def test_our_own_server_conforms(played: Any) -> None:
    _, _, outcome = played
    assert [finding.line() for finding in outcome.findings] == []
    assert outcome.exit == 0
    assert outcome.unplayed == {}


def test_every_operation_succeeds_at_least_once_save_one(played: Any) -> None:
    _, session, _ = played
    succeeded = {id for id, status in session.reached if status < 300}
    assert set(EDITION.operations) - succeeded == {"change-your-password"}


def test_every_documented_status_is_reached_or_has_a_reason(played: Any) -> None:
    _, session, _ = played
    missing = unreached(session)
    assert [pair for pair, reason in missing.items() if not reason] == []
    kinds = {pair.rpartition(" ")[2] for pair in missing}
    assert kinds <= {"200", "400", "404", "415", "422", "429", "500"}
    assert missing["create-team 500"] == "documented, but no request makes a server fail"
    assert (
        missing["show-policy-set 429"]
        == "only more requests a second than the server allows bring it about"
    )
    assert (
        missing["change-your-password 200"]
        == "it would change the password of who runs verification"
    )


def test_nothing_is_left_behind(played: Any) -> None:
    app, _, outcome = played
    assert outcome.left == []
    answer = app.test_client().get("/_mock/state", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "mockverify" not in answer.get_data(as_text=True)


def test_everything_that_is_made_carries_prefix_and_run() -> None:
    made: list[str] = []

    def watch(exchange: Any, operation: Any) -> None:
        if operation.id.startswith("create-") and exchange.status < 300:
            attributes = exchange.request["data"]["attributes"]
            made.append(attributes.get("name") or attributes["description"])

    run(server(), run="r4nd0m", watch=watch)
    assert made
    assert all(name.startswith("mockverify-r4nd0m-") for name in made)


def test_read_only_sends_gets_alone_and_conforms() -> None:
    methods: set[str] = set()
    _, outcome = run(
        server(), read_only=True, watch=lambda exchange, operation: methods.add(exchange.method)
    )
    assert methods == {"GET"}
    assert outcome.findings == []
    assert outcome.exit == 0


def test_one_operation_plays_its_type_alone() -> None:
    session, outcome = run(server(), only=frozenset({"create-ssh-key"}))
    refused = {id for id, status in session.reached if status == 415}
    assert refused == {"create-ssh-key"}
    assert outcome.exit == 0


def test_an_organization_that_is_not_empty_is_said_and_left_alone(played: Any) -> None:
    _, _, outcome = played
    assert outcome.lines[0] == (
        "note: the organization my-organization is not empty (2 policies, 1 policy-sets, 1 ssh-keys, "
        "2 teams, 4 workspaces): verify changes only what it has made itself"
    )


def test_what_is_not_asked_has_a_reason(played: Any) -> None:
    _, session, _ = played
    assert unasked(session) == {
        "an organization without sentinel": "verification can take no entitlement away",
        "an organization without teams": "verification can take no entitlement away",
        "list-workspaces without page[size]": "151 records would be made",
    }
