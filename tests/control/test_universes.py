"""Worlds are made, looked at, forked, put back and taken away, each apart from the others."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from mockserver.client import ControlError, Gone
from mockserver.web.app import create_app
from mockserver.world import ids
from mockserver.world.universe import Stale
from mockserver.world.universes import Full, Taken, Universes
from tests.client import EPOCH, SET, SETS, a_set

from .asking import ask, by, client_of, create_set, faults, names_of_sets

pytestmark = pytest.mark.filterwarnings("ignore:the fault .* never happened")


def made(tfe: Any, **wanted: Any) -> Any:
    answer = ask(tfe, "POST", "universes", wanted)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.json


# making one


def test_one_is_made_with_a_key_chosen_or_made_for_you(tfe: Any) -> None:
    chosen = made(tfe, key="chosen-by-me", fixture="documented")
    assert chosen == {"key": "chosen-by-me", "edition": "2019-07", "url": "http://localhost"}
    given = made(tfe)
    assert len(given["key"]) == 24
    assert given["key"].isalnum()
    assert given["key"] != made(tfe)["key"]


def test_a_key_that_is_made_cannot_be_computed(tfe: Any) -> None:
    """The seed is known to whoever shares it: two servers of one seed do not make one key."""
    with mockserver.universe(seed=0) as one, mockserver.universe(seed=0) as other:
        assert one.token != other.token
        assert one.fork().token != other.fork().token
    computed = {ids.code(0, "universe", count) for count in range(1_000)}
    assert made(tfe)["key"] not in computed


def test_an_empty_body_or_none_makes_an_empty_world(tfe: Any) -> None:
    for options in ({}, {"json": {}}, {"data": "null"}, {"data": " "}):
        answer = tfe.client.post("/_mock/universes", content_type="application/json", **options)
        assert answer.status_code == 201
        other = client_of(tfe, answer.json["key"])
        assert other.get("/api/v2/organizations").json["data"] == []
        assert other.get("/_mock/universe").json["fixture"] is None


def test_a_key_that_is_taken_is_409(tfe: Any) -> None:
    answer = ask(tfe, "POST", "universes", {"key": tfe.token})
    said = "a world with that key exists: choose another, or name none"
    assert faults(answer, 409) == [("/key", said)]
    assert names_of_sets(tfe.client) == ["production"]


@pytest.mark.parametrize("key", ["a.b", ".", "", "a b", "a/b", "a\n", "a\\b", 'a"b', "x" * 201])
def test_a_key_has_no_dot_slash_backslash_double_quote_or_space_and_is_not_empty(
    tfe: Any, key: str
) -> None:
    for pointer, detail in faults(ask(tfe, "POST", "universes", {"key": key})):
        assert pointer == "/key"
        assert detail.startswith("key does not fit (its value is not shown); expected a string of ")


def test_everything_wrong_with_a_wish_is_said_at_once(tfe: Any) -> None:
    wanted = {"key": 5, "edition": [], "seed": -1, "strict": "yes", "stray": 1, "now": "soon"}
    found = faults(ask(tfe, "POST", "universes", wanted))
    assert [pointer for pointer, _ in found] == [
        "/edition",
        "/key",
        "/now",
        "/seed",
        "/strict",
        "/stray",
    ]
    assert dict(found)["/strict"] == (
        'strict is "yes"; expected true or false. Send true or false as strict.'
    )
    assert dict(found)["/seed"].startswith("seed is -1; expected an integer of at least 0")


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ({"edition": "2018-01"}, ("/edition", "There is no edition named '2018-01'. Did you mean '2019-07'? There are: 2019-07, 2026-08.")),
        ({"edition": "control"}, ("/edition", "There is no edition named 'control'. There are: 2019-07, 2026-08.")),
        (
            {"fixture": "docmented"},
            ("/fixture", "There is no fixture named 'docmented'. Did you mean 'documented'? There are: busy, documented, empty, platform."),
        ),
        (
            {"now": "2019-02-30T00:00:00.000Z"},
            ("/now", "'2019-02-30T00:00:00.000Z' is on no calendar: its day, 30, is not from 1 to 28"),
        ),
        ({"fork": "nobody"}, ("/fork", "No world has that key.")),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused_with_what_there_is(
    tfe: Any, wanted: dict[str, str], fault: tuple[str, str]
) -> None:
    answer = ask(tfe, "POST", "universes", wanted)
    assert faults(answer, 404 if "fork" in wanted else 422) == [fault]


def test_a_fixture_is_a_name_that_ships_never_a_file_of_this_machine(
    tfe: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text('{"version": 1}')
    monkeypatch.chdir(tmp_path)
    said = "There is no fixture named 'secret'. There are: busy, documented, empty, platform."
    assert faults(ask(tfe, "POST", "universes", {"fixture": "secret"})) == [("/fixture", said)]
    assert faults(ask(tfe, "POST", "seed", {"fixture": "secret"})) == [("/fixture", said)]


def test_a_fixture_with_faults_is_refused_with_the_place_of_each(tfe: Any) -> None:
    fixture = {"organizations": [{"name": "o", "owners": ["nobody"]}], "users": [{"username": 5}]}
    (fault,) = faults(ask(tfe, "POST", "universes", {"fixture": fixture, "key": "k"}))
    assert fault[0] == "/fixture/users/0/username"
    del fixture["users"]
    answer = ask(tfe, "POST", "universes", {"fixture": fixture, "key": "k"})
    assert faults(answer) == [("/fixture/organizations/0/owners/0", "There is no user 'nobody'.")]
    assert made(tfe, key="k")["key"] == "k"  # nothing was made before


def test_a_world_has_the_seed_strictness_and_time_it_was_made_with(tfe: Any) -> None:
    moment = "2018-09-11T18:21:21.784Z"
    wanted = made(tfe, fixture="documented", seed=7, strict=True, now=moment)
    other = client_of(tfe, wanted["key"])
    shown = other.get("/_mock/universe").json
    assert (shown["seed"], shown["strict"], shown["now"]) == (7, True, moment)
    assert other.post(SETS, json=a_set(stray=1)).status_code == 422
    assert other.post(SETS, json=a_set()).json["data"]["attributes"]["created-at"] == moment


# looking at one


def test_a_world_tells_what_it_is_and_holds(tfe: Any) -> None:
    before = ask(tfe, "GET", "universe").json["records"]
    assert (before["policy-sets"], before["workspaces"]) == (1, 4)
    create_set(tfe)
    tfe.snapshot("before")
    shown = ask(tfe, "GET", "universe").json
    assert shown.pop("age") >= 0
    assert shown.pop("number") >= 1
    assert shown == {
        "key": tfe.token,
        "edition": "2019-07",
        "fixture": "documented",
        "seed": 0,
        "strict": False,
        "now": EPOCH,
        "records": {**before, "policy-sets": 2},
        "exchanges": 1,
        "snapshots": ["before"],
    }


def test_the_worlds_of_a_server_are_listed_by_numbers_that_open_nothing(tfe: Any) -> None:
    number = ask(tfe, "GET", "universe").json["number"]
    create_set(tfe)
    other = made(tfe, key="chosen-by-me")
    answer = tfe.client.get("/_mock/universes", headers={"Authorization": ""})
    assert answer.status_code == 200
    *_, ours, last = answer.json["universes"]
    assert (ours["number"], last["number"]) == (number, number + 1)
    assert ours.pop("age") >= 0
    records = sum(ask(tfe, "GET", "universe").json["records"].values())
    assert ours == {
        "number": number,
        "edition": "2019-07",
        "fixture": "documented",
        "records": records,
        "exchanges": 1,
        "breaches": 0,
    }
    assert other["key"] not in answer.text
    assert tfe.token not in answer.text
    for token in (str(number), f"{number}."):
        assert client_of(tfe, token).get(SETS).status_code == 401


def test_a_number_is_never_given_twice(tfe: Any) -> None:
    first = client_of(tfe, made(tfe)["key"])
    number = first.get("/_mock/universe").json["number"]
    assert first.delete("/_mock/universe").status_code == 204
    assert client_of(tfe, made(tfe)["key"]).get("/_mock/universe").json["number"] == number + 1


def test_a_world_goes_back_to_before_an_exchange(tfe: Any) -> None:
    for name in ("first", "second", "third"):
        create_set(tfe, name)
    assert ask(tfe, "POST", "journal/2/restore").status_code == 204
    assert names_of_sets(tfe.client) == ["first", "production"]
    assert ask(tfe, "GET", "journal").json["count"] == 4
    assert create_set(tfe, "second").startswith("polset-")
    answer = ask(tfe, "POST", "journal/9/restore")
    assert faults(answer, 404) == [("", "exchange 9 does not exist; there are 5")]


def test_a_fork_begins_before_an_exchange(tfe: Any) -> None:
    for name in ("first", "second"):
        create_set(tfe, name)
    other = client_of(tfe, made(tfe, fork=tfe.token, before=2)["key"])
    assert names_of_sets(other) == ["first", "production"]
    assert names_of_sets(tfe.client) == ["first", "production", "second"]
    answer = ask(tfe, "POST", "universes", {"fork": tfe.token, "before": 9})
    assert faults(answer, 404) == [("/before", "exchange 9 does not exist; there are 3")]
    answer = ask(tfe, "POST", "universes", {"before": 2})
    told = "it is of a fork: name the world to fork as well"
    assert faults(answer) == [("/before", told)]


# apart from each other


def test_two_worlds_may_have_the_same_names_and_know_nothing_of_each_other(tfe: Any) -> None:
    other = client_of(tfe, made(tfe, fixture="documented")["key"])
    create_set(tfe, "here")
    other.post(SETS, json=a_set("there"))
    tfe.client.delete(SET)
    other.patch("/_mock/clock", json={"advance": 60})
    other.put("/_mock/snapshots/there")
    other.put("/_mock/faults", json={"faults": [{"fault": "expired-token", "when": "all"}]})
    assert names_of_sets(tfe.client) == ["here"]
    other.delete("/_mock/faults")
    assert names_of_sets(other) == ["production", "there"]
    assert tfe.clock.now == EPOCH
    assert ask(tfe, "GET", "universe").json["snapshots"] == []
    assert [exchange.method for exchange in tfe.journal] == ["POST", "DELETE", "GET"]


def test_a_token_opens_the_world_of_its_key_alone(tfe: Any) -> None:
    key = made(tfe, fixture="documented")["key"]
    create_set(tfe, "here")
    for token, names in (
        (f"{tfe.token}.laptop", ["here", "production"]),
        (f"{key}.laptop", ["production"]),
    ):
        assert names_of_sets(client_of(tfe, token)) == names
    assert client_of(tfe, "laptop").get(SETS).status_code == 401
    assert client_of(tfe, f"nobody.{tfe.token}").get(SETS).status_code == 401


# back to how it was made


def test_reset_puts_back_records_ids_clock_journal_faults_and_snapshots(tfe: Any) -> None:
    before = tfe.state()
    first = create_set(tfe)
    tfe.client.delete(SET)
    tfe.clock.advance(60)
    tfe.faults.add("latency", when="all", seconds=0)
    tfe.snapshot("x")
    assert ask(tfe, "POST", "reset").status_code == 204
    assert tfe.state() == before
    assert tfe.clock.now == EPOCH
    assert len(tfe.journal) == 0
    assert list(tfe.faults) == []
    assert ask(tfe, "GET", "universe").json["snapshots"] == []
    assert create_set(tfe) == first  # the same id again


def test_reset_goes_back_to_before_what_was_seeded_later(tfe: Any) -> None:
    tfe.seed({"users": [{"username": "later"}]})
    tfe.reset()
    assert "later" not in [user["username"] for user in tfe.state()["users"]]


def test_reset_lets_a_clock_run_again_that_was_stopped() -> None:
    app = create_app(key="test-token", running=True)
    client = client_of(_Holder(app), "test-token")
    client.patch("/_mock/clock", json={"now": "2000-01-01T00:00:00.000Z", "running": False})
    assert client.post("/_mock/reset").status_code == 204
    clock = client.get("/_mock/clock").json
    assert clock["running"] is True
    assert clock["now"] > "2020"


class _Holder:
    """What `client_of` wants, of an application."""

    def __init__(self, app: Any) -> None:
        self.client = app.test_client()


# snapshots


def test_a_snapshot_brings_back_records_and_the_ids_that_come_next(tfe: Any) -> None:
    tfe.snapshot("before")
    first = create_set(tfe, "one")
    tfe.client.delete(SET)
    tfe.restore("before")
    assert names_of_sets(tfe.client) == ["production"]
    assert create_set(tfe, "another") == first
    tfe.restore("before")  # as often as one likes
    assert names_of_sets(tfe.client) == ["production"]


@pytest.mark.parametrize("name", ["%2E", "%2E%2E"])
def test_a_snapshot_has_no_name_that_clients_take_out_of_a_path(tfe: Any, name: str) -> None:
    said = f"{name.replace('%2E', '.')!r} cannot be the name of a snapshot: take another"
    assert faults(ask(tfe, "PUT", f"snapshots/{name}")) == [("", said)]
    assert ask(tfe, "GET", "universe").json["snapshots"] == []


def test_restoring_leaves_clock_journal_faults_and_snapshots(tfe: Any) -> None:
    tfe.snapshot("before")
    tfe.clock.advance(60)
    create_set(tfe)
    tfe.faults.add("latency", seconds=0, operation="delete-policy")
    tfe.snapshot("after")
    tfe.restore("before")
    assert tfe.clock.now == "2019-07-15T00:01:00.000Z"
    assert len(tfe.journal) == 1
    assert len(tfe.faults) == 1
    tfe.restore("after")
    assert names_of_sets(tfe.client) == ["production", "staging"]


def test_a_snapshot_is_named_again_and_the_last_counts(tfe: Any) -> None:
    tfe.snapshot("x")
    create_set(tfe)
    tfe.snapshot("x")
    tfe.client.delete(SET)
    tfe.restore("x")
    assert names_of_sets(tfe.client) == ["production", "staging"]


def test_a_snapshot_that_is_not_there_is_404_with_those_there_are(tfe: Any) -> None:
    assert faults(ask(tfe, "POST", "snapshots/x/restore"), 404) == [
        ("", "There is no snapshot named 'x'. There are none.")
    ]
    for name in ("before-upgrade", "after"):
        assert ask(tfe, "PUT", f"snapshots/{name}").status_code == 204
    answer = ask(tfe, "POST", "snapshots/before-upgade/restore")
    assert faults(answer, 404) == [
        (
            "",
            "There is no snapshot named 'before-upgade'. Did you mean 'before-upgrade'? There are: after, before-upgrade.",
        )
    ]
    answer = ask(tfe, "POST", "snapshots/zzz/restore")
    assert faults(answer, 404) == [
        ("", "There is no snapshot named 'zzz'. There are: after, before-upgrade.")
    ]


# forks


def test_a_fork_begins_where_the_other_is_and_goes_its_own_way(tfe: Any) -> None:
    create_set(tfe, "before")
    tfe.clock.advance(60)
    other = tfe.fork("forked")
    assert other.token == "forked"
    assert other.state() == tfe.state()
    assert other.clock.now == tfe.clock.now
    assert len(other.journal) == 0
    create_set(tfe, "here")
    create_set(other, "there")
    other.clock.advance(60)
    assert tfe.clock.now == "2019-07-15T00:01:00.000Z"
    assert names_of_sets(tfe.client) == ["before", "here", "production"]
    assert names_of_sets(other.client) == ["before", "production", "there"]
    other.reset()  # as it was made: forked
    assert names_of_sets(other.client) == ["before", "production"]
    assert other.clock.now == tfe.clock.now


def test_a_forks_ids_go_on_as_the_others_would(tfe: Any) -> None:
    create_set(tfe, "before")
    other = tfe.fork()
    assert create_set(other, "next") == create_set(tfe, "next")


def test_tokens_of_a_fork_begin_with_its_own_key(tfe: Any) -> None:
    other = tfe.fork("forked")
    assert (
        other.client.get(SETS, headers={"Authorization": "Bearer forked.laptop"}).status_code == 200
    )
    assert client_of(tfe, f"{other.token}.org").get(SETS).status_code == 200


@pytest.mark.tfe(strict=True, seed=3)
def test_a_fork_is_as_strict_and_has_the_same_seed(tfe: Any) -> None:
    other = tfe.fork()
    shown = other.client.get("/_mock/universe").json
    assert (shown["strict"], shown["seed"], shown["fixture"]) == (True, 3, "documented")


def test_beside_fork_only_a_key_may_stand(tfe: Any) -> None:
    wanted = {"fork": tfe.token, "seed": 1, "fixture": "empty"}
    assert faults(ask(tfe, "POST", "universes", wanted)) == [
        ("/fork", "a fork has these of the other world: leave out fixture, seed")
    ]
    answer = ask(tfe, "POST", "universes", {"fork": tfe.token, "key": tfe.token})
    assert answer.status_code == 409


# away with one


def test_a_deleted_world_opens_nothing_any_more_and_its_key_is_free(tfe: Any) -> None:
    other = client_of(tfe, made(tfe, key="short-lived", fixture="documented")["key"])
    assert other.delete("/_mock/universe").status_code == 204
    for path in (SETS, "/_mock/universe", "/_mock/state"):
        assert other.get(path).status_code == 401
    assert made(tfe, key="short-lived")["key"] == "short-lived"


def test_who_holds_a_deleted_world_is_told_so(tfe: Any) -> None:
    other = tfe.fork()
    other.delete()
    with pytest.raises(Gone):
        other.state()


def test_worlds_are_counted_and_bounded(tfe: Any) -> None:
    room = Universes(most=2)
    server = tfe.client.application.extensions["mockserver"]
    for key in ("a", "b"):
        room.add(server.made(key=key))
    with pytest.raises(
        Full, match="there are 2 worlds already: delete one that is no longer needed"
    ):
        room.add(server.made(key="c"))
    room.remove("a")
    room.add(server.made(key="c"))
    with pytest.raises(Taken):
        room.add(server.made(key="c"))
    assert sorted(universe.key for universe in room) == ["b", "c"]
    assert len(room) == 2


def test_worlds_that_are_long_idle_expire_when_another_is_made(
    tfe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    server = tfe.client.application.extensions["mockserver"]
    room = Universes(idle=60.0)
    now = time.monotonic()
    room.add(server.made(key="idle"))
    room.add(server.made(key="used"))
    monkeypatch.setattr(time, "monotonic", lambda: now + 50)
    assert room.get("used") is not None
    monkeypatch.setattr(time, "monotonic", lambda: now + 100)
    room.add(server.made(key="new"))
    assert sorted(universe.key for universe in room) == ["new", "used"]


# a request and a reset


def test_a_request_that_a_reset_overtakes_swaps_nothing(tfe: Any) -> None:
    server = tfe.client.application.extensions["mockserver"]
    universe = server.universes.get(tfe.token)
    generation, before = universe.generation, universe.state
    universe.reset()
    with pytest.raises(Stale, match="reset while this request was under way"):
        universe.swap(before, before.remove(1), generation)
    assert universe.state is universe.first
    with pytest.raises(Stale):  # another write was faster
        universe.swap(before.remove(1), before, universe.generation)


def test_a_bad_wish_of_the_handle_is_an_error_with_place_and_reason(tfe: Any) -> None:
    with pytest.raises(ControlError) as raised:
        tfe.restore("nothing")
    assert raised.value.status == 404
    assert str(raised.value) == "There is no snapshot named 'nothing'. There are none."
    with pytest.raises(ControlError, match=r"^/now: 'x' is not a timestamp of the form"):
        tfe.clock.set("x")


def test_universe_without_pytest_is_the_same_handle() -> None:
    with mockserver.universe(key="mine", seed=3, now="2020-01-01T00:00:00.000Z") as world:
        assert (world.token, world.clock.now) == ("mine", "2020-01-01T00:00:00.000Z")
        assert world.client.get(SETS, headers=by(world, "laptop")).status_code == 200
