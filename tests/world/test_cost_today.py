"""No call of August 2026 touches more records among many workspaces with tags than among 100."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .counting import BIG, SMALL, Counted, counted

ROOT = "/api/v2"
ORG = f"{ROOT}/organizations/my-organization"
EDITION = "2026-08"


def world(total: int) -> dict[str, Any]:
    """So many workspaces, each with tags; three in a project, one tagged `env=prod` by itself."""
    return {
        "users": [{"username": "eve"}],
        "tokens": [{"name": "eve", "user": "eve"}],
        "organizations": [
            {
                "name": "my-organization",
                "teams": [{"name": "payments", "members": ["eve"]}],
                "projects": [
                    {"name": "Default Project", "default": True},
                    {
                        "id": "prj-1",
                        "name": "payments",
                        "tag-bindings": {"env": "prod"},
                        "team-access": {"payments": "write"},
                    },
                    {"id": "prj-2", "name": "empty"},
                ],
                "workspaces": [
                    {
                        "id": f"ws-{at}",
                        "name": f"w{at:06}",
                        "tag-bindings": {"tier": f"t{at % 7}"}
                        | ({"env": "prod"} if at == 3 else {}),
                        **({"project": "payments"} if at < 3 else {}),
                    }
                    for at in range(total)
                ],
                "tags": [
                    {"id": "tag-1", "name": "rare", "workspaces": ["w000001", "w000004"]},
                    {"name": "common", "workspaces": [f"w{at:06}" for at in range(5, total)]},
                ],
                "policies": [{"id": "pol-1", "name": "limit"}],
                "policy-sets": [
                    {"id": "polset-1", "name": "all", "global": True, "policies": ["limit"]},
                    {
                        "id": "polset-2",
                        "name": "tagged",
                        "policies": ["limit"],
                        "tag-selectors": [
                            {"tag-key": "env", "tag-value": "prod", "is-exclude": False},
                            {"tag-key": "tier", "tag-value": None, "is-exclude": True},
                        ],
                    },
                    {
                        "id": "polset-3",
                        "name": "attached",
                        "policies": ["limit"],
                        "projects": ["payments"],
                        "workspaces": ["w000003"],
                        "workspace-exclusions": ["w000000"],
                    },
                ],
            }
        ],
    }


@pytest.fixture(scope="session")
def small() -> Iterator[Counted]:
    yield from counted(world(SMALL), EDITION)


@pytest.fixture(scope="session", params=BIG)
def big(request: pytest.FixtureRequest) -> Iterator[Counted]:
    yield from counted(world(int(request.param)), EDITION)


def got(path: str, **query: Any) -> Callable[[Any], Any]:
    asked = {name.replace("__", "]["): value for name, value in query.items()}
    return lambda tfe: tfe.client.get(path, query_string=asked)


def listed(query: str, caller: str | None = None) -> Callable[[Any], Any]:
    headers = {"Authorization": f"Bearer test-token.{caller}"} if caller else {}
    return lambda tfe: tfe.client.get(f"{ORG}/workspaces?page[size]=20{query}", headers=headers)


def sent(method: str, path: str, document: Any = None) -> Callable[[Any], Any]:
    return lambda tfe: tfe.client.open(path, method=method, json=document)


def body(type: str, relationships: Any = None, **attributes: Any) -> dict[str, Any]:
    said = {name.replace("_", "-"): value for name, value in attributes.items()}
    return {"data": {"type": type, "attributes": said, "relationships": relationships or {}}}


def named(type: str, *ids: str) -> dict[str, Any]:
    return {"data": [{"type": type, "id": id} for id in ids]}


TAG = {"data": [{"type": "tag-bindings", "attributes": {"key": "env", "value": "prod"}}]}
IN_PROJECT = {"project": {"data": {"type": "projects", "id": "prj-1"}}}
SELECTOR = {"data": [{"tag-key": "tier", "tag-value": "t1", "is-exclude": True}]}
WORKSPACE, SET = f"{ROOT}/workspaces/ws-0", f"{ROOT}/policy-sets/polset"
CALLS: dict[str, Callable[[Any], Any]] = {
    "list workspaces": listed(""),
    "list workspaces with include": listed("&include=organization,project"),
    "list a later page": listed("&page[number]=3"),
    "filter by a tag": listed("&filter[tagged][0][key]=env&filter[tagged][0][value]=prod"),
    "filter by a key": listed("&filter[tagged][0][key]=env"),
    "filter by two tags": listed(
        "&filter[tagged][0][key]=env&filter[tagged][1][key]=tier&filter[tagged][1][value]=t1"
    ),
    "filter by a tag that nearly all have": listed("&filter[tagged][0][key]=tier"),
    "filter by project": listed("&filter[project][id]=prj-1"),
    "search by a tag's name": listed("&search[tags]=rare"),
    "search without a tag": listed("&search[exclude-tags]=common"),
    "search by name": listed("&search[name]=00002"),
    "search by a pattern": listed("&search[wildcard-name]=*00002*"),
    "sort by name": listed("&sort=-name"),
    "list as a team of the project": listed("", "eve"),
    "show a workspace": got(WORKSPACE),
    "show a workspace by name": got(f"{ORG}/workspaces/W000001"),
    "show a workspace with include": got(WORKSPACE, include="organization,project"),
    "effective tags": got(f"{WORKSPACE}/effective-tag-bindings"),
    "create a workspace": sent("POST", f"{ORG}/workspaces", body("workspaces", name="new")),
    "create a workspace with tags in a project": sent(
        "POST",
        f"{ORG}/workspaces",
        body("workspaces", {**IN_PROJECT, "tag-bindings": TAG}, name="new"),
    ),
    "rename a workspace": sent("PATCH", WORKSPACE, body("workspaces", name="new")),
    "bind a tag": sent("PATCH", f"{WORKSPACE}/tag-bindings", TAG),
    "add a tag by name": sent(
        "POST",
        f"{WORKSPACE}/relationships/tags",
        {"data": [{"type": "tags", "attributes": {"name": "new"}}]},
    ),
    "move a workspace": sent("PATCH", f"{ROOT}/workspaces/ws-5", body("workspaces", IN_PROJECT)),
    "move workspaces": sent(
        "POST",
        f"{ROOT}/projects/prj-1/relationships/workspaces",
        named("workspaces", "ws-5", "ws-6"),
    ),
    "lock a workspace": sent("POST", f"{WORKSPACE}/actions/lock"),
    "delete a workspace": sent("DELETE", WORKSPACE),
    "delete a workspace safely": sent("POST", f"{WORKSPACE}/actions/safe-delete"),
    "list projects": got(f"{ORG}/projects"),
    "show a project": got(f"{ROOT}/projects/prj-1"),
    "bind a tag to a project": sent("PATCH", f"{ROOT}/projects/prj-1/tag-bindings", TAG),
    "delete a project": sent("DELETE", f"{ROOT}/projects/prj-2"),
    "list sets": got(f"{ORG}/policy-sets"),
    "show a global set": got(f"{SET}-1"),
    "create a global set": sent(
        "POST", f"{ORG}/policy-sets", body("policy-sets", name="new", **{"global": True})
    ),
    "select a tag": sent("POST", f"{SET}-1/tag-selectors", SELECTOR),
    "attach a project": sent("POST", f"{SET}-3/relationships/projects", named("projects", "prj-2")),
    "exclude a workspace": sent(
        "POST", f"{SET}-1/relationships/workspace-exclusions", named("workspaces", "ws-9")
    ),
    "delete a set": sent("DELETE", f"{SET}-1"),
    "effective policies of a workspace": got(
        "/_mock/effective-policies", workspace="my-organization/w000003"
    ),
    "effective policies of a workspace by id": got("/_mock/effective-policies", workspace="ws-1"),
    "effective policies of a set": got(
        "/_mock/effective-policies", **{"policy-set": "my-organization/attached"}
    ),
}


WALKING = {
    "filter by a tag that nearly all have",
    "search without a tag",
    "search by name",
    "search by a pattern",
    "sort by name",
}
"""What reads the names, or the keys, of all; no record more for it."""


@pytest.mark.parametrize("name", CALLS)
def test_no_call_touches_more_records_among_many_workspaces_than_among_100(
    name: str, small: Counted, big: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = small.touches(monkeypatch, CALLS[name])
    many = big.touches(monkeypatch, CALLS[name])
    assert many[: 2 if name in WALKING else 3] == few[: 2 if name in WALKING else 3]
    assert (many[2] > few[2]) is (name in WALKING)
    assert 0 < few[0] < 500
