"""Ids come from seed, prefix and count alone; time stands until it is moved."""

from __future__ import annotations

import re
import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mockserver
from mockserver.world import ids
from mockserver.world.clock import Clock, parse_timestamp, timestamp

ORG = "/api/v2/organizations/my-organization"


def test_an_id_looks_like_the_vendors() -> None:
    assert re.fullmatch(r"polset-[1-9A-HJ-NP-Za-km-z]{16}", ids.make(0, "polset", 1))
    assert ids.make(0, "", 7) == "7"


def test_ids_are_the_same_in_every_run() -> None:
    assert ids.make(0, "polset", 1) == "polset-PWKqEme5b15Zmwm2"
    assert ids.make(1, "polset", 1) != ids.make(0, "polset", 1)


def test_ids_of_prefixes_counts_and_seeds_differ() -> None:
    made = {
        ids.make(seed, prefix, count).partition("-")[2]
        for seed in range(5)
        for prefix in ("ws", "pol", "polset")
        for count in range(1, 200)
    }
    assert len(made) == 5 * 3 * 199


@given(st.text())
def test_a_digest_is_the_same_for_the_same_text_and_does_not_hold_it(secret: str) -> None:
    assert ids.digest(secret) == ids.digest(secret)
    assert re.fullmatch(r"[0-9a-f]{40}", ids.digest(secret))
    assert ids.digest(secret) != ids.digest(secret + "x")


def created(tfe: mockserver.World, type: str, name: str) -> str:
    attributes = {"name": name} | ({"enforce": []} if type == "policies" else {})
    document = {"data": {"type": type, "attributes": attributes}}
    answer = tfe.client.post(f"{ORG}/{type}", json=document)
    assert answer.status_code in (200, 201)
    return str(answer.json["data"]["id"])


def test_one_more_policy_never_renames_a_workspace() -> None:
    with mockserver.universe() as one, mockserver.universe() as other:
        created(other, "policies", "a")
        created(other, "policy-sets", "a")
        assert created(one, "workspaces", "a") == created(other, "workspaces", "a")
        assert created(one, "workspaces", "b") == created(other, "workspaces", "b")


def test_what_another_universe_does_changes_no_id_here() -> None:
    with mockserver.universe() as tfe:
        alone = [created(tfe, "policy-sets", name) for name in "abc"]
        tfe.reset()
        other = tfe.fork()
        together = []
        for name in "abc":
            created(other, "policy-sets", f"{name}-other")
            together.append(created(tfe, "policy-sets", name))
        assert together == alone


def test_ids_do_not_depend_on_the_key() -> None:
    with mockserver.universe(key="one") as one, mockserver.universe(key="other") as other:
        assert created(one, "policy-sets", "a") == created(other, "policy-sets", "a")


def test_another_seed_makes_other_ids() -> None:
    with mockserver.universe(seed=1) as one, mockserver.universe(seed=2) as other:
        assert created(one, "policy-sets", "a") != created(other, "policy-sets", "a")


def test_an_id_that_a_fixture_has_given_is_not_made_again() -> None:
    fixture = {
        "organizations": [
            {
                "name": "my-organization",
                "policy-sets": [{"name": "given", "id": ids.make(0, "polset", 1)}],
            }
        ]
    }
    with mockserver.universe(fixture=fixture) as tfe:
        assert created(tfe, "policy-sets", "made") == ids.make(0, "polset", 2)


# the clock


def test_time_stands_still_until_it_is_moved() -> None:
    clock = Clock("2019-07-15T00:00:00.000Z")
    time.sleep(0.003)
    assert clock.now() == "2019-07-15T00:00:00.000Z"
    clock.advance(1.5)
    assert clock.now() == "2019-07-15T00:00:01.500Z"
    clock.set("2018-01-01T12:00:00+02:00")
    assert clock.now() == "2018-01-01T10:00:00.000Z"
    clock.reset()
    assert (clock.now(), clock.running) == ("2019-07-15T00:00:00.000Z", False)


def test_a_running_clock_runs_on_from_where_it_is_set() -> None:
    clock = Clock("2019-07-15T00:00:00.000Z", running=True)
    first = clock.moment()
    time.sleep(0.003)
    assert clock.moment() > first
    clock.set("2020-01-01T00:00:00.000Z")
    time.sleep(0.003)
    assert clock.now().startswith("2020-01-01T00:00:00.0")
    assert clock.now() > "2020-01-01T00:00:00.000Z"
    clock.run(False)
    stopped = clock.now()
    time.sleep(0.003)
    assert (clock.now(), clock.running) == (stopped, False)
    clock.run()
    assert clock.running


def test_without_a_time_it_is_the_machines() -> None:
    assert abs(Clock().moment().timestamp() - time.time()) < 5


@pytest.mark.parametrize("text", ["", "yesterday", "2019-1-01T00:00:00Z", "2019-02-30 noon"])
def test_what_is_no_timestamp_is_refused_with_the_form_that_is_due(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a timestamp of the form YYYY-MM-DDTHH:MM:SS\.mmmZ"):
        parse_timestamp(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-13-01T00:00:00Z", "its month, 13, is not from 1 to 12"),
        ("2026-00-01T00:00:00Z", "its month, 0, is not from 1 to 12"),
        ("2019-02-30T00:00:00.000Z", "its day, 30, is not from 1 to 28"),
        ("2020-02-30T00:00:00.000+01:00", "its day, 30, is not from 1 to 29"),
        ("2019-07-15T25:00:00Z", "its hour, 25, is not from 0 to 23"),
        ("2019-07-15T23:60:00Z", "its minute, 60, is not from 0 to 59"),
        ("2019-07-15T23:59:60.000Z", "its second, 60, is not from 0 to 59"),
        ("2019-13-32", "its month, 13, is not from 1 to 12"),
    ],
)
def test_a_time_that_is_on_no_calendar_is_told_by_its_part(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{text!r} is on no calendar: {why}")):
        parse_timestamp(text)


@pytest.mark.parametrize("text", ["0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_a_year_that_no_world_may_be_in_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not between the years 1970 and 9000"):
        parse_timestamp(text)


def test_a_timestamp_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time zone"):
        parse_timestamp("2019-07-15T00:00:00.000")


@pytest.mark.parametrize("seconds", [1e300, -1e300, 1e15])
def test_time_does_not_leave_the_calendar(seconds: float) -> None:
    clock = Clock("2019-07-15T00:00:00.000Z")
    with pytest.raises(ValueError, match="outside the calendar"):
        clock.advance(seconds)
    assert clock.now() == "2019-07-15T00:00:00.000Z"


FIRST, LAST = datetime(1970, 1, 2), datetime(9000, 12, 30)


@given(
    st.datetimes(FIRST, LAST, timezones=st.just(parse_timestamp("2019-07-15T00:00:00.000Z").tzinfo))
)
def test_what_is_written_is_read_as_the_same_millisecond(moment: object) -> None:
    text = timestamp(moment)  # type: ignore[arg-type]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert timestamp(parse_timestamp(text)) == text


def test_a_clock_that_is_stopped_while_its_time_is_asked_tells_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Readers take no lock; the control plane stops clocks from a thread of its own."""
    clock, machine = Clock("2019-07-01T00:00:00Z", running=True), time.monotonic

    def meanwhile() -> float:
        monkeypatch.setattr("mockserver.world.clock.time.monotonic", machine)
        clock.run(False)
        return machine()

    monkeypatch.setattr("mockserver.world.clock.time.monotonic", meanwhile)
    assert clock.now().startswith("2019-07-01T00:00:0")
    assert not clock.running
