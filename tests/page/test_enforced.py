"""The matrix of policies and workspaces, and the records it leads to."""

from __future__ import annotations

import json
from typing import Any

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


TODAY: dict[str, Any] = {
    "organizations": [
        {
            "name": "acme",
            "email": "a@acme.example",
            "projects": [{"name": "shop"}, {"name": "lake"}],
            "workspaces": [
                {"name": "web", "project": "shop"},
                {"name": "api", "project": "shop"},
                {"name": "etl", "project": "lake"},
                {"name": "alone"},
            ],
            "policies": [{"name": "tags"}],
            "policy-sets": [
                {
                    "name": "shops",
                    "policies": ["tags"],
                    "projects": ["shop"],
                    "workspace-exclusions": ["api"],
                }
            ],
        }
    ]
}


def test_columns_stand_by_project_and_what_is_excluded_has_its_reason() -> None:
    found = matrix(browser(edition="2026-08", fixture=TODAY).open())
    assert found["types"]["by"] == "project"
    columns = [(column["group"], column["name"]) for column in found["columns"]]
    assert columns == [
        ("Default Project", "alone"),
        ("lake", "etl"),
        ("shop", "api"),
        ("shop", "web"),
    ]
    ((checked, at),) = found["groups"][0]["marks"]
    ((excluded, but),) = found["groups"][0]["gaps"]
    assert (found["reasons"][checked], at) == ("attached to its project shop", [3])
    assert (found["reasons"][excluded], but) == ("this workspace is excluded", [2])


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
