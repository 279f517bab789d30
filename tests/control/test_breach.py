"""A mistake of our own is a 500 that names itself, is kept, and leaves the world as it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from mockserver.pipeline.server import Server
from mockserver.resources import kinds
from mockserver.web.testing import ApiClient, Live
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kinds
from mockserver.world.universe import Universe
from tests.client import ORG, POLICY, SET, SETS, a_set

KINDS = kinds("2019-07")

SHOW = KINDS["policy-sets"].show


def with_show(show: Callable[[Any, Any], dict[str, Any]]) -> Kinds:
    """Our kinds, with another way to show a policy set."""
    return KINDS.but(replace(KINDS["policy-sets"], show=show))


def with_operation(id: str, handler: Callable[[Call], Reply]) -> Kinds:
    kind = KINDS["policy-sets"]
    rule = kind.table[id][1]
    return KINDS.but(replace(kind, operations={**kind.operations, id: (handler, rule)}))


@contextmanager
def served(kinds: Kinds) -> Iterator[tuple[ApiClient, Universe]]:
    with Live(Server(kinds=lambda edition: kinds)) as live:
        universe = live.server.universe(key="test-token", fixture="documented")
        yield ApiClient.of(live.app, "test-token"), universe


def spoilt(view: Any, record: Any) -> dict[str, Any]:
    """A policy set as it is, but that counts of `staging` are texts."""
    assert SHOW is not None
    shown = SHOW(view, record)
    if record["name"] == "staging":
        shown["attributes"]["policy-count"] = "many"
    return shown


def test_a_breach_is_a_500_that_names_operation_edition_and_pointer() -> None:
    with served(with_show(spoilt)) as (client, _):
        answer = client.post(SETS, json=a_set("staging"))
        assert answer.status_code == 500
        assert answer.content_type == "application/vnd.api+json"
        (error,) = answer.json["errors"]
        assert (error["status"], error["title"]) == ("500", "breach of contract")
        assert error["detail"].startswith(
            "the answer of create-policy-set (edition 2019-07) breaks the contract: "
        )
        assert "attributes/policy-count" in error["detail"]
        assert 'is "many", expected an integer of at least 0' in error["detail"]
        assert "policy-sets.html" in error["detail"]
        assert error["meta"]["operation"] == "create-policy-set"
        assert error["meta"]["edition"] == "2019-07"
        assert error["meta"]["hint"] == (
            "This is a defect of the mock server, not of your request: please report it."
        )


def test_a_breach_leaves_the_state_untouched_and_is_kept_in_the_journal() -> None:
    with served(with_show(spoilt)) as (client, universe):
        before = universe.state
        client.post(SETS, json=a_set("staging"))
        assert universe.state is before
        (entry,) = universe.journal
        assert (entry.operation, entry.status, entry.caller) == (
            "create-policy-set",
            500,
            "user admin",
        )
        assert entry.before is entry.after
        assert entry.breach is not None
        assert entry.breach.startswith("breach of contract: the answer of create-policy-set")
        assert entry.request == a_set("staging")
        assert [breach.number for breach in universe.journal.breaches] == [1]
        shown = client.get("/_mock/journal?status=500").json["exchanges"]
        assert [one["breach"] for one in shown] == [entry.breach]
        assert shown[0]["changed"] is False
        assert client.get("/_mock/journal/1/changes").json == {"changes": []}


def test_the_next_request_is_fine() -> None:
    with served(with_show(spoilt)) as (client, _):
        assert client.post(SETS, json=a_set("staging")).status_code == 500
        made = client.post(SETS, json=a_set("another"))
        assert made.status_code == 201
        listed = [r["attributes"]["name"] for r in client.get(SETS).json["data"]]
        assert listed == ["another", "production"]
        assert client.post(SETS, json=a_set("staging")).status_code == 500  # and not "taken"


def test_every_miss_is_named() -> None:
    def twice(view: Any, record: Any) -> dict[str, Any]:
        assert SHOW is not None
        shown = SHOW(view, record)
        del shown["attributes"]["name"]
        shown["links"]["self"] = "nowhere"
        return shown

    with served(with_show(twice)) as (client, _):
        (error,) = client.get(SET).json["errors"]
        assert "attributes/name" in error["detail"]
        assert "name is missing" in error["detail"]
        assert "links/self" in error["detail"]


def test_a_record_on_a_page_that_breaks_the_contract_breaks_the_list() -> None:
    with served(with_show(spoilt)) as (client, universe):
        kind = KINDS["policy-sets"]
        from mockserver.world.records import create

        organization = universe.state.find("organizations", "my-organization")
        assert organization is not None
        values = {
            "name": "staging",
            "description": None,
            "global": False,
            "created-at": "2019-07-15T00:00:00.000Z",
            "updated-at": "2019-07-15T00:00:00.000Z",
        }
        universe.state, _ = create(kind, universe.state, (organization.key,), values, seed=0)
        assert client.get(SETS).status_code == 500
        assert client.get(f"{SETS}?page[size]=1").status_code == 200  # it stands on the next


def test_an_included_record_that_breaks_the_contract_breaks_the_answer() -> None:
    def nameless(view: Any, record: Any) -> dict[str, Any]:
        shown = KINDS["policies"].show(view, record)  # type: ignore[misc]
        shown["attributes"]["name"] = None
        return shown

    kinds = KINDS.but(replace(KINDS["policies"], show=nameless))
    with served(kinds) as (client, _):
        assert client.get(f"{SET}?include=policies").status_code == 500
        assert client.get(SET).status_code == 200
        assert client.get(POLICY).status_code == 500


@pytest.mark.parametrize("bare", [True, False])
def test_a_status_that_is_not_documented_is_a_breach(bare: bool) -> None:
    def teapot(call: Call) -> Reply:
        return Reply(418, data=None if bare else call.record)

    with served(with_operation("show-policy-set", teapot)) as (client, _):
        answer = client.get(SET)
        assert answer.status_code == 500
        assert "status 418" in answer.json["errors"][0]["detail"]


def test_a_body_where_none_is_documented_is_a_breach() -> None:
    def talkative(call: Call) -> Reply:
        return Reply(204, call.state.remove(call.record.key), call.record)

    with served(with_operation("delete-policy-set", talkative)) as (client, universe):
        before = universe.state
        answer = client.delete(SET)
        assert answer.status_code == 500
        assert "has no place in an answer with status 204" in answer.json["errors"][0]["detail"]
        assert universe.state is before


def test_members_that_the_edition_does_not_list_are_left_out_not_a_breach() -> None:
    def more(view: Any, record: Any) -> dict[str, Any]:
        assert SHOW is not None
        shown = SHOW(view, record)
        shown["attributes"]["kind"] = "sentinel"
        shown["relationships"]["projects"] = {"data": []}
        return shown

    with served(with_show(more)) as (client, _):
        answer = client.get(SET)
        assert answer.status_code == 200
        assert "kind" not in answer.json["data"]["attributes"]
        assert "projects" not in answer.json["data"]["relationships"]


# an exception that nobody expected


def broken(call: Call) -> Reply:
    call.state.remove(call.record.key)
    raise ZeroDivisionError("a secret of ours")


def test_an_unexpected_exception_is_a_500_that_names_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with served(with_operation("update-policy-set", broken)) as (client, universe):
        before = universe.state
        with caplog.at_level(logging.ERROR, "mockserver"):
            answer = client.patch(SET, json={"data": {"type": "policy-sets"}})
        assert answer.status_code == 500
        assert answer.json == {
            "errors": [
                {
                    "status": "500",
                    "title": "unexpected exception",
                    "detail": "ZeroDivisionError in update-policy-set",
                    "meta": {
                        "operation": "update-policy-set",
                        "edition": "2019-07",
                        "hint": "This is a defect of the mock server, not of your request: "
                        "please report it.",
                    },
                }
            ]
        }
        assert "Traceback" in caplog.text  # where we look for it
        assert "a secret of ours" not in answer.get_data(as_text=True)
        assert universe.state is before
        (entry,) = universe.journal
        assert entry.breach == "unexpected exception: ZeroDivisionError in update-policy-set"
        assert client.get(SET).status_code == 200
        assert client.delete(SET).status_code == 204


def test_the_lock_of_the_world_is_free_again_afterwards() -> None:
    import threading

    with served(with_operation("update-policy-set", broken)) as (client, universe):
        client.patch(SET, json={"data": {"type": "policy-sets"}})
        done = threading.Event()

        def write() -> None:
            with universe.writing:
                done.set()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(2)
        assert done.is_set()


def test_a_mistake_in_the_control_plane_names_itself_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with served(KINDS) as (client, universe):
        monkeypatch.setattr(Universe, "dump", lambda self: 1 / 0)
        with caplog.at_level(logging.ERROR, "mockserver"):
            answer = client.get("/_mock/state")
        assert answer.status_code == 500
        assert answer.json == {
            "errors": [{"pointer": "", "detail": "ZeroDivisionError: division by zero"}]
        }
        monkeypatch.undo()
        assert client.get("/_mock/state").status_code == 200
        assert client.get(ORG).status_code == 200
        assert universe.state is universe.first


def test_an_answer_of_the_control_plane_that_breaks_its_contract_is_a_500(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(KINDS) as (client, _):
        monkeypatch.setattr(Universe, "shown", lambda self: {"key": 5})
        answer = client.get("/_mock/universe")
        assert answer.status_code == 500
        detail = answer.json["errors"][0]["detail"]
        assert detail.startswith("AssertionError: show-universe breaks the control contract: ")
        assert "/key: key is 5, expected a string" in detail
