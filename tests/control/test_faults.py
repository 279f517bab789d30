"""Faults over the control plane: set, listed, added and cleared, with what there is where one is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.client import ControlError
from mockserver.world.fault_options import WHAT
from tests.client import SET, SETS, a_set

from .asking import ask, faults

pytestmark = pytest.mark.filterwarnings("ignore:the fault .* never happened")

THERE_ARE = f"There are: {', '.join(WHAT)}."


def test_faults_are_set_listed_counted_and_cleared(tfe: Any) -> None:
    wanted = [
        {"fault": "status", "operation": "create-policy-set", "when": {"nth": 2}, "status": 422},
        {"fault": "latency", "path": "/api/v2/organizations/*", "when": "all", "seconds": 0},
    ]
    shown = [{**fault, "seen": 0, "fired": 0} for fault in wanted]
    assert ask(tfe, "PUT", "faults", {"faults": wanted}).json == {"faults": shown}
    assert [tfe.client.post(SETS, json=a_set(name)).status_code for name in "abc"] == [
        201,
        422,
        201,
    ]
    shown[0] |= {"seen": 3, "fired": 1}
    shown[1] |= {"seen": 3, "fired": 3}
    assert ask(tfe, "GET", "faults").json == {"faults": shown}
    assert ask(tfe, "DELETE", "faults").status_code == 204
    assert ask(tfe, "GET", "faults").json == {"faults": []}
    assert tfe.client.post(SETS, json=a_set("d")).status_code == 201


def test_a_put_replaces_and_a_post_adds(tfe: Any) -> None:
    for name in ("latency", "lag"):
        ask(tfe, "PUT", "faults", {"faults": [{"fault": name}]})
    assert [fault["fault"] for fault in tfe.faults] == ["lag"]
    added = ask(tfe, "POST", "faults", {"fault": "expired-token", "operation": "show-policy-set"})
    assert added.status_code == 201
    assert [fault["fault"] for fault in tfe.faults] == ["lag", "expired-token"]
    tfe.client.get(SETS)
    assert [fault["seen"] for fault in tfe.faults] == [1, 0]


def test_everything_wrong_is_said_at_once_with_the_nearest(tfe: Any) -> None:
    wanted = [
        {"fault": "latncy"},
        {"fault": "status"},
        {"fault": "status", "status": 404, "operation": "create-policyset"},
        {"fault": "zzz"},
    ]
    found = faults(ask(tfe, "PUT", "faults", {"faults": wanted}))
    assert [pointer for pointer, _ in found] == [
        "/faults/0/fault",
        "/faults/1/fault",
        "/faults/2/operation",
        "/faults/3/fault",
    ]
    details = [detail for _, detail in found]
    assert details[0] == f"There is no fault named 'latncy'. Did you mean 'latency'? {THERE_ARE}"
    assert details[1] == "the fault 'status' needs a status"
    assert "'create-policyset'" in details[2]
    assert "create-policy-set" in details[2].split("'create-policyset'")[1]
    assert details[3] == f"There is no fault named 'zzz'. {THERE_ARE}"


def test_a_refused_put_leaves_the_faults_as_they_were(tfe: Any) -> None:
    tfe.faults.add("expired-token", when="all")
    assert (
        ask(tfe, "PUT", "faults", {"faults": [{"fault": "lag"}, {"fault": "x"}]}).status_code == 422
    )
    assert [fault["fault"] for fault in tfe.faults] == ["expired-token"]
    assert tfe.client.get(SETS).status_code == 401


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"fault": "latency", "when": "never"}, "/when"),
        ({"fault": "latency", "when": {"nth": 0}}, "/when/nth"),
        ({"fault": "latency", "when": {"share": 2}}, "/when/share"),
        ({"fault": "latency", "second": 1}, "/second"),
        ({"fault": "latency", "seconds": "long"}, "/seconds"),
        ({"fault": "latency", "seconds": -1}, "/seconds"),
        ({"fault": 5}, "/fault"),
        ({}, "/fault"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(
    tfe: Any, wanted: dict[str, Any], pointer: str
) -> None:
    assert pointer in [at for at, _ in faults(ask(tfe, "POST", "faults", wanted))]
    assert list(tfe.faults) == []


def test_the_handle_refuses_as_the_control_plane_does(tfe: Any) -> None:
    with pytest.raises(ControlError, match=r"Did you mean 'latency'\?"):
        tfe.faults.add("latncy")
    with pytest.raises((ControlError, KeyError), match="create-policy-set"):
        tfe.faults.add("latency", operation="create-policyset")


def test_a_fault_is_noted_on_the_exchange_that_it_happened_to(tfe: Any) -> None:
    tfe.faults.add("lost-entitlement", operation="show-policy-set")
    assert tfe.client.get(SET).status_code == 404
    assert tfe.client.get(SET).status_code == 200
    first, second = tfe.journal
    assert (first.fault, second.fault) == ("lost-entitlement", None)
    assert "lost the entitlement" in (first.why or "")


def test_faults_of_one_world_are_not_those_of_another(tfe: Any) -> None:
    other = tfe.fork()
    tfe.faults.add("expired-token", when="all")
    assert tfe.client.get(SETS).status_code == 401
    assert other.client.get(SETS).status_code == 200
