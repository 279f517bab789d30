"""Queries and includes of August 2026 that the vendor's document names, each by what it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import mockserver

ORG = "/api/v2/organizations/acme"
DOCUMENT: dict[str, Any] = {
    "users": [{"username": "admin"}],
    "organizations": [
        {
            "name": "acme",
            "owners": ["admin"],
            "agent-pools": [{"name": "builders", "workspaces": ["agents"]}],
            "policies": [
                {"name": "a", "updated-at": "2026-07-03T00:00:00.000Z"},
                {"name": "b", "updated-at": "2026-07-01T00:00:00.000Z"},
                {"name": "c", "updated-at": "2026-07-02T00:00:00.000Z"},
            ],
            "projects": [{"name": "shop", "tag-bindings": {"team": "shop"}}],
            "policy-sets": [{"name": "a", "kind": "opa"}, {"name": "b", "kind": "opa"}],
            "workspaces": [
                {
                    "name": "agents",
                    "tag-bindings": {"env": "prod", "tier": "web"},
                    "execution-mode": "agent",
                    "setting-overwrites": {"execution-mode": True, "agent-pool": True},
                },
                {"name": "plain", "tag-bindings": {"env": None}},
                {"name": "shop", "project": "shop"},
            ],
        }
    ],
}


@pytest.fixture
def acme() -> Iterator[mockserver.World]:
    with mockserver.universe(fixture=DOCUMENT, edition="2026-08") as tfe:
        yield tfe


def get(tfe: mockserver.World, path: str, **query: str) -> Any:
    headers = {"Authorization": f"Bearer {tfe.token}"}
    answer = tfe.client.get(path, query_string=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def names(tfe: mockserver.World, path: str, **query: str) -> list[str]:
    return [one["attributes"]["name"] for one in get(tfe, path, **query)["data"]]


@pytest.mark.parametrize(
    ("type", "sort", "expected"),
    [
        ("workspaces", "latest-change-at", ["agents", "plain", "shop"]),
        ("workspaces", "-latest-change-at", ["shop", "plain", "agents"]),
        ("workspaces", "-current-run.created-at", ["shop", "plain", "agents"]),
        ("policies", "name", ["a", "b", "c"]),
        ("policies", "-name", ["c", "b", "a"]),
        ("policies", "updated-at", ["b", "c", "a"]),
        ("policies", "-updated-at", ["a", "c", "b"]),
    ],
)
def test_workspaces_are_sorted_by_their_latest_change_and_policies_by_name_or_theirs(
    acme: mockserver.World, type: str, sort: str, expected: list[str]
) -> None:
    assert names(acme, f"{ORG}/{type}", sort=sort) == expected
    for name in expected:
        assert names(acme, f"{ORG}/{type}", sort=sort, **{"search[name]": name}) == [name]


def test_a_policy_that_was_never_uploaded_is_sorted_before_the_others(
    acme: mockserver.World,
) -> None:
    sent = {"name": "z", "enforcement-level": "advisory"}
    document = {"data": {"type": "policies", "attributes": sent}}
    headers = {"Authorization": f"Bearer {acme.token}"}
    made = acme.client.post(f"{ORG}/policies", json=document, headers=headers)
    assert made.json["data"]["attributes"]["updated-at"] is None
    assert names(acme, f"{ORG}/policies", sort="updated-at") == ["z", "b", "c", "a"]


def test_workspaces_have_all_tags_that_are_asked_for_or_one_of_them(
    acme: mockserver.World,
) -> None:
    tags = {"filter[tagged][0][key]": "env", "filter[tagged][1][key]": "team"}
    path = f"{ORG}/workspaces"
    assert names(acme, path, sort="name", **tags) == []
    both = {**tags, "filter[tagged][1][key]": "tier"}
    assert names(acme, path, sort="name", **both) == ["agents"]
    union = {"filter[tag-union]": "true"}
    assert names(acme, path, sort="name", **tags, **union) == ["agents", "plain", "shop"]


def test_a_tag_without_a_value_is_any_or_one_that_has_none(acme: mockserver.World) -> None:
    env, path = {"filter[tagged][0][key]": "env"}, f"{ORG}/workspaces"
    null = {"filter[tag-value-default-null]": "true"}
    prod = {"filter[tagged][0][value]": "prod"}
    assert names(acme, path, sort="name", **env) == ["agents", "plain"]
    assert names(acme, path, sort="name", **env, **null) == ["plain"]
    assert names(acme, path, sort="name", **env, **prod, **null) == ["agents"]


def test_policy_sets_are_listed_as_they_were_made(acme: mockserver.World) -> None:
    for name in ("zoo", "ant"):
        made = {"data": {"type": "policy-sets", "attributes": {"name": name}}}
        assert acme.client.post(f"{ORG}/policy-sets", json=made).status_code == 201
    assert names(acme, f"{ORG}/policy-sets")[-2:] == ["zoo", "ant"]


@pytest.mark.parametrize("what", ["workspaces", "projects"])
def test_the_value_of_a_tag_without_its_key_is_refused_not_passed_over(
    acme: mockserver.World, what: str
) -> None:
    answer = acme.client.get(f"{ORG}/{what}?filter[tagged][1][value]=prod")
    assert answer.status_code == 400
    (error,) = answer.json["errors"]
    key = "filter[tagged][1][key]"
    assert error["detail"] == f"filter[tagged][1][value] is no filter without {key}"
    assert error["meta"]["hint"] == f"Send the key of the tag as {key}."


def test_workspaces_include_their_agent_pool_and_nothing_of_what_is_not_served(
    acme: mockserver.World,
) -> None:
    shown = get(acme, f"{ORG}/workspaces/agents", include="agent_pool,latest_run")
    assert [one["attributes"]["name"] for one in shown["included"]] == ["builders"]
    assert get(acme, f"{ORG}/workspaces/plain", include="agent_pool,vars")["included"] == []


@pytest.mark.parametrize("what", ["policies", "policy-sets"])
def test_a_kind_and_a_part_of_the_name_are_asked_for_at_once(
    acme: mockserver.World, what: str
) -> None:
    kind = {"policies": "sentinel", "policy-sets": "opa"}[what]
    both = {"filter[kind]": kind, "search[name]": "B"}
    assert names(acme, f"{ORG}/{what}", **both) == ["b"]


def test_memberships_of_a_user_include_their_organizations(acme: mockserver.World) -> None:
    shown = get(acme, "/api/v2/organization-memberships", include="organization,user")
    assert {one["type"] for one in shown["included"]} == {"organizations", "users"}


def test_what_the_document_takes_as_null_is_null_afterwards(acme: mockserver.World) -> None:
    headers = {"Authorization": f"Bearer {acme.token}"}
    (shop,) = (p for p in get(acme, f"{ORG}/projects")["data"] if p["attributes"]["name"] == "shop")
    for path, type, name in (
        (f"/api/v2/projects/{shop['id']}", "projects", "description"),
        (ORG, "organizations", "owners-team-saml-role-id"),
    ):
        sent = {"data": {"type": type, "attributes": {name: None}}}
        answer = acme.client.patch(path, json=sent, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json["data"]["attributes"][name] is None
