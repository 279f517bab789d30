"""One handle for a world in this process and for one elsewhere: both do all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests

import mockserver
from mockserver.client import ControlError, Gone, UnknownOperation
from mockserver.contract.fixtures import UnfitFixture, UnknownFixture
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer

SETS = "/api/v2/organizations/my-organization/policy-sets"
ACME: dict[str, Any] = {"organizations": [{"name": "acme", "policies": [{"name": "p"}]}]}


def names(tfe: mockserver.World) -> list[str]:
    return [one["attributes"]["name"] for one in tfe.client.get(SETS).json["data"]]


def test_the_client_is_authenticated_and_speaks_json_api(
    world: mockserver.World, create: Callable[..., Any]
) -> None:
    made = create(world.client)
    assert made.status_code == 201
    assert made.headers["Content-Type"] == "application/vnd.api+json"
    assert world.client.get(f"/api/v2/policy-sets/{made.json['data']['id']}").json == made.json
    (seen,) = world.journal.expect("create-policy-set")
    assert (seen.caller, seen.findings) == ("user admin", [])


def test_the_client_sends_queries_headers_and_bytes(world: mockserver.World) -> None:
    ann = {"Authorization": f"Bearer {world.tokens['ann']}"}
    page = world.client.get(SETS, query_string={"page[size]": 1, "search[name]": "pröd uct"})
    assert (page.status_code, page.json["data"]) == (200, [])
    assert world.client.get("/api/v2/account/details", headers=ann).json["data"]["attributes"][
        "username"
    ] == ("ann")
    policy = "/api/v2/policies/pol-2HRvNs49EWPjDqT1"
    put = world.client.put(f"{policy}/upload", data=b"main = rule { 1 }")
    assert put.status_code == 200
    assert world.client.get(f"{policy}/download").data == b"main = rule { 1 }"
    assert world.client.head(SETS).status_code == 200
    assert world.client.delete(policy).status_code == 204
    assert world.journal.exchanges("list-policy-sets")[0].query.startswith("page")


def test_url_token_and_env_are_what_clients_read(world: mockserver.World) -> None:
    host = world.url.removeprefix("http://")
    assert world.env == {
        "TFE_ADDRESS": world.url,
        "TFE_TOKEN": world.token,
        "TFE_HOSTNAME": host,
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "no_proxy": "127.0.0.1,localhost,::1",
    }
    answer = requests.get(
        world.url + SETS, headers={"Authorization": f"Bearer {world.token}"}, timeout=10
    )
    assert answer.status_code == 200
    assert world.tokens["ann"] == f"{world.token}.ann"


def test_seed_takes_a_name_a_path_and_a_document(world: mockserver.World, tmp_path: Path) -> None:
    records = world.seed(ACME)
    assert list(records["policies"]) == ["acme/p"]
    path = tmp_path / "more.json"
    path.write_text(json.dumps({"organizations": [{"name": "more"}]}))
    assert list(world.seed(path)["organizations"]) == ["more"]
    assert world.seed("empty") == {}


def test_seed_says_every_fault_with_its_place_and_changes_nothing(world: mockserver.World) -> None:
    before = world.state()
    with pytest.raises(UnknownFixture, match="Did you mean 'documented'"):
        world.seed("documentet")
    with pytest.raises(UnfitFixture) as unfit:
        world.seed({"organizations": [{"nam": "x"}], "users": [{"username": 3}]})
    assert [pointer for pointer, _ in unfit.value.faults] == [
        "/organizations/0/nam",
        "/organizations/0/name",
        "/users/0/username",
    ]
    clash = {"name": "my-organization", "email": "x@example.com"}
    with pytest.raises(ControlError) as taken:
        world.seed({"organizations": [{"name": "new"}, clash]})
    assert taken.value.status == 422
    assert taken.value.errors[0]["pointer"] == "/organizations/1/email"
    assert world.state() == before


def test_reset_returns_to_the_beginning_ids_clock_journal_faults_and_snapshots_too(
    world: mockserver.World, create: Callable[..., Any]
) -> None:
    first, state, now = create(world.client).data, world.state(), world.clock.now
    world.clock.advance(60)
    world.snapshot("a")
    world.faults.add("latency", when="all", seconds=0)
    world.reset()
    assert (len(world.journal), len(world.faults), world.clock.now) == (0, 0, now)
    with pytest.raises(ControlError, match="There is no snapshot named 'a'"):
        world.restore("a")
    assert create(world.client).data == first
    assert world.state() == state


def test_snapshot_and_restore_name_a_state(
    world: mockserver.World, create: Callable[..., Any]
) -> None:
    world.snapshot("before it")
    create(world.client)
    assert names(world) == ["production", "staging"]
    world.restore("before it")
    assert names(world) == ["production"]
    with pytest.raises(
        ControlError, match=r"There is no snapshot named 'before'. Did you mean 'before it'\?"
    ):
        world.restore("before")
    for name in ("a/b", ".", ".."):
        for call in (world.snapshot, world.restore):
            with pytest.raises(ValueError, match=r"has no slash and is neither \. nor \.\.$"):
                call(name)
    world.snapshot("...")
    world.restore("...")


def test_a_fork_is_a_world_of_its_own(world: mockserver.World, create: Callable[..., Any]) -> None:
    create(world.client)
    fork = world.fork()
    create(fork.client, "other")
    assert (names(fork), names(world)) == (
        ["other", "production", "staging"],
        ["production", "staging"],
    )
    assert fork.token != world.token
    assert (len(fork.journal), len(world.journal)) == (2, 2)
    fork.reset()  # where it began, not where its parent did
    assert names(fork) == ["production", "staging"]
    again = fork.fork()
    assert names(again) == ["production", "staging"]
    named = world.fork(f"{world.token}-named")
    assert named.token == f"{world.token}-named"
    with pytest.raises(ControlError, match="exists"):
        world.fork(named.token)
    for one in (named, again, fork):
        one.delete()


def test_the_clock_stands_until_it_is_set_advanced_or_let_run(
    world: mockserver.World, create: Callable[..., Any]
) -> None:
    clock = world.clock
    assert (clock.now, clock.running) == ("2019-07-15T00:00:00.000Z", False)
    assert clock.advance(1.5) == "2019-07-15T00:00:01.500Z"
    assert clock.set("2020-02-29T12:00:00Z") == "2020-02-29T12:00:00.000Z"
    made = create(world.client).json["data"]["attributes"]
    assert made["created-at"] == made["updated-at"] == "2020-02-29T12:00:00.000Z"
    clock.run()
    assert clock.running
    assert clock.now > "2020-02-29T12:00:00.000Z" or clock.now.startswith("2020-02-29T12:00:00")
    clock.run(False)
    assert not clock.running
    assert clock.now == clock.now
    assert clock.set(datetime(2021, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == (
        "2021-01-01T00:00:00.000Z"
    )
    for bad, why in (
        ("yesterday", "/now: 'yesterday' is not a timestamp of the form"),
        ("2020-01-01", "/now: '2020-01-01' names no time zone"),
        (datetime(2020, 1, 1), "/now: '2020-01-01T00:00:00' names no time zone"),
    ):
        with pytest.raises(ControlError, match=why):
            clock.set(bad)
    with pytest.raises(ControlError, match="/advance"):
        clock.advance(1e300)


def test_state_is_a_fixture_that_makes_an_equal_world(
    world: mockserver.World, create: Callable[..., Any]
) -> None:
    create(world.client)
    with mockserver.universe(fixture=world.state()) as other:
        assert names(other) == names(world)
        assert other.state() == world.state()


def test_a_deleted_world_is_gone_and_says_so(world: mockserver.World) -> None:
    client = world.client
    world.delete()
    for use in (world.state, world.reset, world.journal.clear, world.check, world.fork):
        with pytest.raises(Gone, match="is gone: it was deleted"):
            use()
    if client.application.name == "mockserver":
        with pytest.raises(Gone, match="is gone: it was deleted"):
            client.get(SETS)
    else:
        assert client.get(SETS).status_code == 401


def test_an_operation_that_the_edition_does_not_have_is_answered_with_the_nearest(
    world: mockserver.World,
) -> None:
    said = (
        "Edition 2019-07 has no operation 'create-policy-sets'. Did you mean "
        "'create-policy-set', 'create-policy' or "
    )
    for ask in (
        lambda: world.journal.expect("create-policy-sets"),
        lambda: world.journal.not_called("create-policy-sets"),
        lambda: world.journal.in_order("create-policy-sets"),
        lambda: world.journal.exchanges("create-policy-sets"),
    ):
        with pytest.raises(UnknownOperation) as unknown:
            ask()
        assert str(unknown.value).startswith(said)


def test_to_connect_needs_a_server_and_a_world_there(served: str) -> None:
    with pytest.raises(Gone, match="No world has this key"):
        mockserver.connect(served, "nobody")
    with pytest.raises(ControlError, match=r"no mock server answers at http://127\.0\.0\.1:9: "):
        mockserver.connect("http://127.0.0.1:9", "k", timeout=5)
    with pytest.raises(
        ControlError, match="'nonsense' is not the address of a server: it must begin with"
    ):
        mockserver.connect("nonsense", "k", timeout=5)


def test_elsewhere_than_on_loopback_a_fork_needs_the_control_token() -> None:
    app = create_app(key="k", control_token="c", loopback=False)
    with LiveServer(app) as server:
        tfe = mockserver.connect(server.url, "k")
        with pytest.raises(ControlError, match="send the control token") as refused:
            tfe.fork()
        assert not isinstance(refused.value, Gone)
        fork = mockserver.connect(server.url, "k", control_token="c").fork()
        assert names(fork) == ["production"]
        assert names(fork.fork()) == ["production"]


def test_every_public_member_of_a_handle_has_a_docstring_and_types() -> None:
    for kind in (
        mockserver.World,
        mockserver.client.JournalReader,
        mockserver.client.handle.FaultsHandle,
    ):
        for name, member in vars(kind).items():
            if callable(member) and not name.startswith("_"):
                assert member.__doc__, f"{kind.__name__}.{name}"
                assert "return" in member.__annotations__, f"{kind.__name__}.{name}"
