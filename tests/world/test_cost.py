"""No call touches more records in a large world than at 100.

Large is 10,000 records, which a second makes; with `-m slow`, 100,000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .counting import BIG, SMALL, Counted, counted

ROOT = "/api/v2"
ORG = f"{ROOT}/organizations/my-organization"


def world(total: int) -> dict[str, Any]:
    """So many records in all, workspaces, policies and sets alike; the same few of them related."""
    each = total // 3
    return {
        "users": [{"username": "ann"}, {"username": "eve"}],
        "tokens": [{"name": "ann", "user": "ann"}, {"name": "eve", "user": "eve"}],
        "organizations": [
            {
                "name": "my-organization",
                "teams": [
                    {
                        "name": "policy",
                        "members": ["ann"],
                        "organization-access": {"manage-policies": True, "manage-workspaces": True},
                    },
                    {"name": "readers", "members": ["eve"]},
                ],
                "workspaces": [
                    {"id": f"ws-{at}", "name": f"w{at:05}", "team-access": {"readers": "read"}}
                    if at < 3
                    else {"name": f"w{at:05}"}
                    for at in range(each)
                ],
                "policies": [
                    {"id": f"pol-{at}", "name": f"p{at:05}"} if at < 5 else {"name": f"p{at:05}"}
                    for at in range(each)
                ],
                "policy-sets": [
                    {
                        "id": f"polset-{at}",
                        "name": f"s{at:05}",
                        "policies": ["p00000", "p00001"],
                        "workspaces": ["w00000"],
                    }
                    if at < 3
                    else {"name": f"s{at:05}"}
                    for at in range(each)
                ],
            }
        ],
    }


@pytest.fixture(scope="session")
def small() -> Iterator[Counted]:
    yield from counted(world(SMALL), "2019-07")


@pytest.fixture(scope="session", params=BIG)
def total(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="session")
def big(total: int) -> Iterator[Counted]:
    yield from counted(world(total), "2019-07")


def by(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer test-token.{name}"}


def document(type: str, relationships: Any = None, **attributes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"type": type, "attributes": attributes}
    if relationships:
        data["relationships"] = relationships
    return {"data": data}


def named(type: str, *ids: str) -> dict[str, Any]:
    return {"data": [{"type": type, "id": id} for id in ids]}


SET, POLICY, WORKSPACE = (
    f"{ROOT}/policy-sets/polset-0",
    f"{ROOT}/policies/pol-0",
    f"{ROOT}/workspaces/ws-0",
)
CALLS: dict[str, Callable[[Any], Any]] = {
    "show set": lambda tfe: tfe.client.get(SET),
    "show set with include": lambda tfe: tfe.client.get(f"{SET}?include=policies,workspaces"),
    "show policy": lambda tfe: tfe.client.get(POLICY),
    "show policy with include": lambda tfe: tfe.client.get(f"{POLICY}?include=policy-sets"),
    "show workspace": lambda tfe: tfe.client.get(WORKSPACE),
    "show workspace by name": lambda tfe: tfe.client.get(f"{ORG}/workspaces/W00001"),
    "show workspace with include": lambda tfe: tfe.client.get(f"{WORKSPACE}?include=organization"),
    "show organization": lambda tfe: tfe.client.get(ORG),
    "show entitlements": lambda tfe: tfe.client.get(f"{ORG}/entitlement-set"),
    "list organizations": lambda tfe: tfe.client.get(f"{ROOT}/organizations"),
    "list sets": lambda tfe: tfe.client.get(f"{ORG}/policy-sets"),
    "list sets with include": lambda tfe: tfe.client.get(
        f"{ORG}/policy-sets?include=policies,workspaces"
    ),
    "list policies": lambda tfe: tfe.client.get(f"{ORG}/policies"),
    "list policies with include": lambda tfe: tfe.client.get(f"{ORG}/policies?include=policy-sets"),
    "list workspaces": lambda tfe: tfe.client.get(f"{ORG}/workspaces?page[size]=20"),
    "list workspaces with include": lambda tfe: tfe.client.get(
        f"{ORG}/workspaces?page[size]=20&include=organization"
    ),
    "list a later page": lambda tfe: tfe.client.get(
        f"{ORG}/policy-sets?page[size]=10&page[number]=3"
    ),
    "search sets": lambda tfe: tfe.client.get(f"{ORG}/policy-sets?search[name]=s0000&page[size]=5"),
    "search workspaces": lambda tfe: tfe.client.get(f"{ORG}/workspaces?search[name]=00002"),
    "list a page past the end": lambda tfe: tfe.client.get(f"{ORG}/policies?page[number]=9999"),
    "create set": lambda tfe: tfe.client.post(
        f"{ORG}/policy-sets",
        json=document(
            "policy-sets",
            {"policies": named("policies", "pol-1"), "workspaces": named("workspaces", "ws-1")},
            name="new",
        ),
    ),
    "create policy": lambda tfe: tfe.client.post(
        f"{ORG}/policies", json=document("policies", name="new", enforce=[])
    ),
    "create workspace": lambda tfe: tfe.client.post(
        f"{ORG}/workspaces", json=document("workspaces", name="new")
    ),
    "create organization": lambda tfe: tfe.client.post(
        f"{ROOT}/organizations", json=document("organizations", name="new", email="a@b.c")
    ),
    "update set": lambda tfe: tfe.client.patch(SET, json=document("policy-sets", name="new")),
    "turn a set global": lambda tfe: tfe.client.patch(
        SET, json=document("policy-sets", **{"global": True})
    ),
    "update policy": lambda tfe: tfe.client.patch(
        POLICY, json=document("policies", description="x")
    ),
    "upload policy": lambda tfe: tfe.client.put(f"{POLICY}/upload", data=b"x"),
    "update workspace": lambda tfe: tfe.client.patch(
        WORKSPACE, json=document("workspaces", name="new")
    ),
    "lock workspace": lambda tfe: tfe.client.post(f"{WORKSPACE}/actions/lock"),
    "update organization": lambda tfe: tfe.client.patch(
        ORG, json=document("organizations", email="a@b.c")
    ),
    "rename organization": lambda tfe: tfe.client.patch(
        ORG, json=document("organizations", name="new")
    ),
    "add policies": lambda tfe: tfe.client.post(
        f"{SET}/relationships/policies", json=named("policies", "pol-2", "pol-3")
    ),
    "remove policies": lambda tfe: tfe.client.delete(
        f"{SET}/relationships/policies", json=named("policies", "pol-0")
    ),
    "attach workspaces": lambda tfe: tfe.client.post(
        f"{SET}/relationships/workspaces", json=named("workspaces", "ws-2")
    ),
    "detach workspaces": lambda tfe: tfe.client.delete(
        f"{SET}/relationships/workspaces", json=named("workspaces", "ws-0")
    ),
    "delete set": lambda tfe: tfe.client.delete(SET),
    "delete policy": lambda tfe: tfe.client.delete(POLICY),
    "delete workspace": lambda tfe: tfe.client.delete(WORKSPACE),
    "list sets as a team's member": lambda tfe: tfe.client.get(
        f"{ORG}/policy-sets", headers=by("ann")
    ),
    "list workspaces as a team's member": lambda tfe: tfe.client.get(
        f"{ORG}/workspaces?page[size]=20", headers=by("ann")
    ),
    "create set as a team's member": lambda tfe: tfe.client.post(
        f"{ORG}/policy-sets", json=document("policy-sets", name="new"), headers=by("ann")
    ),
    "list workspaces as who sees three": lambda tfe: tfe.client.get(
        f"{ORG}/workspaces", headers=by("eve")
    ),
    "show workspace as who sees three": lambda tfe: tfe.client.get(WORKSPACE, headers=by("eve")),
}


WALKING = {"search sets", "search workspaces"}
"""What reads the names of all; no record more for it."""


@pytest.mark.parametrize("name", CALLS)
def test_no_call_touches_more_records_in_a_large_world_than_at_100(
    name: str, small: Counted, big: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = small.touches(monkeypatch, CALLS[name])
    many = big.touches(monkeypatch, CALLS[name])
    assert many[:2] == few[:2]
    assert (many[2] != few[2]) is (name in WALKING)
    assert few[0] < 400
    assert few[0] > 0


def test_a_refused_create_touches_no_more_either(
    small: Counted, big: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(tfe: Any) -> Any:
        wrong = document("policy-sets", {"policies": named("policies", "pol-none")}, name="s00000")
        answer = tfe.client.post(f"{ORG}/policy-sets", json=wrong)
        assert answer.status_code == 422
        answer.status_code = 200
        return answer

    assert big.touches(monkeypatch, refused) == small.touches(monkeypatch, refused)


def test_the_big_world_is_as_big_as_it_says(big: Counted, total: int) -> None:
    kinds = ("workspaces", "policies", "policy-sets")
    totals = [
        big.tfe.client.get(f"{ORG}/{kind}?page[size]=1").json["meta"]["pagination"]["total-count"]
        for kind in kinds
    ]
    assert sum(totals) == total - 1
