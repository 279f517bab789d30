"""Faults and the clock on the page."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.world.fault_options import WHAT
from mockserver.world.universe import Universe
from tests.client import EPOCH

from .browsing import Browser, browser, text, worlds

FAULTS, CLOCK = "/worlds/1/faults", "/worlds/1/clock"


def world(one: Browser) -> Universe:
    found = worlds(one).universes.numbered(1)
    assert found is not None
    return found


def test_every_fault_there_is_can_be_chosen_with_what_it_does() -> None:
    shown = text(browser().open().get(FAULTS))
    assert "None is set" in shown
    for name, about in WHAT.items():
        assert f"{name} {' '.join(about.replace('`', ' ').split())}" in shown


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        (
            {"fault": "status", "operation": "show-policy", "status": "404", "seconds": "3"},
            {"fault": "status", "operation": "show-policy", "when": "next", "status": 404},
        ),
        (
            {"fault": "latency", "when": "nth", "number": "3", "seconds": "0.5"},
            {"fault": "latency", "when": {"nth": 3}, "seconds": 0.5},
        ),
        (
            {"fault": "rate-limit", "when": "", "limit": "2", "clock": "world"},
            {"fault": "rate-limit", "when": "all", "limit": 2, "clock": "world"},
        ),
        (
            {
                "fault": "expired-token",
                "path": "/api/v2/policies/*",
                "when": "share",
                "number": ".2",
            },
            {"fault": "expired-token", "path": "/api/v2/policies/*", "when": {"share": 0.2}},
        ),
    ],
)
def test_a_fault_is_added_as_the_control_plane_takes_it(
    form: dict[str, str], fault: dict[str, Any]
) -> None:
    one = browser().open()
    assert one.post(FAULTS, page=FAULTS, **form).status_code == 303
    assert world(one).faults.shown() == [{**fault, "seen": 0, "fired": 0}]
    assert "The fault was added." in text(one.get(FAULTS))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"fault": "status"}, "the fault 'status' needs a status"),
        ({"fault": "nonsense"}, "There is no fault named 'nonsense'"),
        ({"fault": "latency", "when": "nth", "number": "often"}, "/when"),
        ({"fault": "latency", "operation": "show-polcy"}, "show-polcy"),
    ],
)
def test_what_makes_no_sense_is_refused_in_the_control_planes_words(
    form: dict[str, str], said: str
) -> None:
    one = browser().open()
    answer = one.post(FAULTS, page=FAULTS, **form)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not world(one).faults


def test_one_fault_is_removed_and_the_others_keep_their_counts() -> None:
    one = browser().open()
    for name in ("latency", "expired-token", "lag"):
        world(one).faults.add(name, when="all")
    world(one).faults.fitting(None, "/x")[2].due()
    assert (
        one.post(f"{FAULTS}/remove", page=FAULTS, place="2", fault="expired-token").status_code
        == 303
    )
    shown = world(one).faults.shown()
    assert [(fault["fault"], fault["seen"]) for fault in shown] == [("latency", 0), ("lag", 1)]
    stale = one.post(f"{FAULTS}/remove", page=FAULTS, place="2", fault="latency")
    assert stale.status_code == 409
    assert "the faults have changed since this page was shown: look again" in text(stale)
    assert one.post(f"{FAULTS}/remove", page=FAULTS).status_code == 303
    assert not world(one).faults


def test_the_clock_stands_runs_is_advanced_and_set() -> None:
    one = browser().open()
    assert f"It is {EPOCH} in this world; its clock stands still." in text(one.get(CLOCK))
    one.post(CLOCK, page=CLOCK, advance="3600")
    assert "It is 2019-07-15T01:00:00.000Z in this world, and its clock stands still." in text(
        one.get(CLOCK)
    )
    one.post(CLOCK, page=CLOCK, now="2020-01-01T00:00:00.000Z")
    assert world(one).clock.now() == "2020-01-01T00:00:00.000Z"
    one.post(CLOCK, page=CLOCK, running="yes")
    assert world(one).clock.running
    one.post(CLOCK, page=CLOCK, running="no")
    assert not world(one).clock.running


@pytest.mark.parametrize("form", [{"advance": "soon"}, {"now": "tomorrow"}, {"advance": "1e300"}])
def test_a_time_that_is_none_is_refused(form: dict[str, str]) -> None:
    one = browser().open()
    assert one.post(CLOCK, page=CLOCK, **form).status_code == 422
    assert world(one).clock.now() == EPOCH
