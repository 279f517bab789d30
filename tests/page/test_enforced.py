"""The matrix of policies and workspaces, and the records it leads to."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from mockserver.control.enforcement import enforced, owners
from mockserver.pipeline.server import Server
from mockserver.resources import policy_sets

from .browsing import KEY, browser, text, worlds

FIXTURE: dict[str, Any] = {
    "organizations": [
        {
            "name": "acme",
            "email": "a@acme.example",
            "workspaces": [{"name": name} for name in ("web", "api", "jobs")],
            "policies": [{"name": name} for name in ("tags", "cost", "loose")],
            "policy-sets": [
                {"name": "attached", "policies": ["tags", "cost"], "workspaces": ["web", "jobs"]},
                {"name": "everywhere", "policies": ["cost"], "global": True},
                {"name": "hollow"},
            ],
        },
        {"name": "other", "email": "b@acme.example", "workspaces": [{"name": "away"}]},
    ]
}


def matrix(one: Any, owner: str = "acme") -> Any:
    answer = one.get(f"/worlds/1/enforced/{owner}/matrix.json")
    assert answer.status_code == 200
    return answer.json


def names(items: Any) -> list[str]:
    return [item["name"] for item in items]


def test_each_set_tells_its_policies_and_where_they_are_checked_with_the_reason() -> None:
    found = matrix(browser(fixture=FIXTURE).open())
    assert names(found["columns"]) == ["api", "jobs", "web"]
    told = {
        group["name"]: (
            names(group["members"]),
            {found["reasons"][reason]: at for reason, at in group["marks"]},
        )
        for group in found["groups"]
    }
    assert told == {
        "attached": (["tags", "cost"], {"attached to this workspace": [1, 2]}),
        "everywhere": (
            ["cost"],
            {"global: checked in every workspace of the organization": None},
        ),
        "hollow": ([], {}),
    }
    assert names(found["loose"]) == ["loose"]
    assert found["types"] == {
        "group": "policy-sets",
        "row": "policies",
        "column": "workspaces",
        "by": "",
    }


def test_columns_stand_by_their_group_and_what_is_excluded_has_its_reason() -> None:
    """As a later edition says it: here workspaces are grouped by their SSH key."""
    fixture = deepcopy(FIXTURE)
    organization = fixture["organizations"][0]
    ids = {"blue": "sshkey-1111111111111111", "red": "sshkey-2222222222222222"}
    organization["ssh-keys"] = [{"id": id, "name": n, "value": "x"} for n, id in ids.items()]
    for workspace, name in zip(organization["workspaces"], ("red", "blue", "red"), strict=True):
        workspace["ssh-key"] = ids[name]
    universe = Server().universe(key="k", fixture=fixture)
    how = replace(
        policy_sets.KIND.enforcement or pytest.fail("no enforcement"),
        excluded=lambda view, record: dict.fromkeys(
            [item[-1] for item in view.state.list(record.owner, "workspaces")][:1], "by hand"
        ),
        grouped="ssh-key",
    )
    kinds = universe.kinds.but(replace(policy_sets.KIND, enforcement=how)).of(universe.kinds.facts)
    (owner,) = (one for one in owners(kinds, universe.state) if one.id == "acme")
    found = enforced(kinds, universe.state, owner)
    columns = [(column["group"], column["name"]) for column in found["columns"]]
    assert columns == [("blue", "api"), ("red", "jobs"), ("red", "web")]
    assert found["types"]["by"] == "ssh-key"
    for group in found["groups"]:
        ((reason, at),) = group["gaps"]
        assert found["reasons"][reason] == "by hand"
        assert len(at) == 1


def test_an_organization_without_policies_has_an_empty_matrix() -> None:
    found = matrix(browser(fixture=FIXTURE).open(), "other")
    assert (found["groups"], found["loose"], names(found["columns"])) == ([], [], ["away"])


def test_a_matrix_of_five_hundred_by_five_hundred_is_a_small_document() -> None:
    many = range(500)
    fixture = {
        "organizations": [
            {
                "name": "acme",
                "email": "a@acme.example",
                "workspaces": [{"name": f"workspace-{n}"} for n in many],
                "policies": [{"name": f"policy-{n}"} for n in many],
                "policy-sets": [
                    {
                        "name": f"set-{n}",
                        "policies": [f"policy-{m}" for m in many if m % 50 == n],
                        **({"global": True} if n % 2 else {"workspaces": ["workspace-7"]}),
                    }
                    for n in range(50)
                ],
            }
        ]
    }
    found = matrix(browser(fixture=fixture).open())
    assert sum(len(group["members"]) for group in found["groups"]) == 500
    assert len(json.dumps(found)) < 150_000


def test_a_matrix_of_what_is_not_there_says_so() -> None:
    one = browser(fixture=FIXTURE).open()
    for path in ("/worlds/1/enforced/nobody", "/worlds/1/enforced/nobody/matrix.json"):
        answer = one.get(path)
        assert answer.status_code == 404
        assert "There is no organization named nobody in this world, or no longer." in text(answer)
    assert browser().get("/worlds/1/enforced/my-organization/matrix.json").status_code == 401


def test_a_record_stands_as_the_api_answers_it_with_links_to_its_relations() -> None:
    one = browser().open()
    path = "/worlds/1/records/policy-sets/polset-3yVQZvHzf5j3WRJ1"
    page = one.get(path)
    answer = one.client.get(
        "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1", headers={"Authorization": f"Bearer {KEY}"}
    )
    shown = text(page)
    for line in json.dumps(answer.json, indent=2, ensure_ascii=False).splitlines():
        assert line.strip() in shown
    for related in (
        "policies/pol-u3S5p2Uwk21keu1s",
        "workspaces/ws-2HRvNs49EWPjDqT1",
        "organizations/my-organization",
    ):
        assert f'<a href="/worlds/1/records/{related}">' in page.text
    assert (
        'curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/api/v2/policy-sets/' in shown
    )
    universe = worlds(one).universes.numbered(1)
    assert universe is not None
    assert universe.journal.count == 1  # the test's own: looking is no request


def test_every_record_of_a_world_can_be_looked_at_and_tells_no_secret() -> None:
    one = browser(fixture="documented").open()
    universe = worlds(one).universes.numbered(1)
    assert universe is not None
    for record in universe.state.every():
        page = one.get(f"/worlds/1/records/{record.kind}/{record.id}")
        assert page.status_code == 200, record.id
        assert KEY not in page.text
        assert f'href="/worlds/1/records/{record.kind}"' in page.text


def test_records_are_found_by_a_part_of_their_name() -> None:
    one = browser(fixture="busy").open()
    page = one.get("/worlds/1/records/workspaces?name=mail-prod")
    assert "acme/mail-prod-us" in text(page)
    assert "acme/orders-prod-us" not in text(page)
    assert "There is no" not in text(page)
    assert one.get("/worlds/1/records/nothing").status_code == 404
    assert one.get("/worlds/1/records/workspaces/ws-gone").status_code == 404
