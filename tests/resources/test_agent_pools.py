"""Agent pools, and the execution modes that name them, in the edition of today."""

from __future__ import annotations

import pytest

import mockserver
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, body

pytestmark = pytest.mark.tfe(edition="2026-08")
POOL, PLATFORM = "apool-yoGUFz5zcRMMz53i", "prj-pLatf0rm567890Ab"


def test_runs_are_executed_by_the_pool_of_the_nearest_that_names_one(tfe: mockserver.World) -> None:
    def pool() -> str | None:
        shown = tfe.client.get(f"{ROOT}/workspaces/{FIRST}").json["data"]["relationships"]
        data = shown["agent-pool"]["data"]
        return data and str(data["id"])

    assert pool() is None
    named = {"default-agent-pool": {"data": {"type": "agent-pools", "id": POOL}}}
    change = body("organizations", named, default_execution_mode="agent")
    assert tfe.client.patch(ORG, json=change).status_code == 200
    assert pool() == POOL
    project = body("projects", default_execution_mode="local")
    tfe.client.patch(f"{ROOT}/projects/{PLATFORM}", json=project)
    assert pool() is None
    own = body("workspaces", execution_mode="agent", agent_pool_id=POOL)
    assert tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=own).status_code == 200
    assert pool() == POOL
    with mockserver.universe(edition="2026-08", fixture=tfe.state()) as other:
        assert other.state() == tfe.state()


def test_a_pool_in_use_is_not_deleted(tfe: mockserver.World) -> None:
    own = body("workspaces", execution_mode="agent", agent_pool_id=POOL)
    tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=own)
    refused = tfe.client.delete(f"{ROOT}/agent-pools/{POOL}")
    assert refused.status_code == 422
    assert "while it is in use" in refused.json["errors"][0]["detail"]
    tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=body("workspaces", execution_mode="remote"))
    assert tfe.client.delete(f"{ROOT}/agent-pools/{POOL}").status_code == 204


def test_a_pool_is_given_up_with_the_mode_of_ones_own(tfe: mockserver.World) -> None:
    """As the provider does before it deletes the pool; the mode comes back with a pool alone."""
    path = f"{ROOT}/projects/{PLATFORM}"
    named = {"default-agent-pool": {"data": {"type": "agent-pools", "id": POOL}}}
    own = body("projects", named, default_execution_mode="agent", default_agent_pool_id=POOL)
    assert tfe.client.patch(path, json=own).status_code == 200
    both = ("default-execution-mode", "default-agent-pool")
    gone = body("projects", setting_overwrites=dict.fromkeys(both, False))
    shown = tfe.client.patch(path, json=gone).json["data"]
    assert shown["attributes"]["default-execution-mode"] == "remote"
    again = tfe.client.patch(
        path, json=body("projects", setting_overwrites=dict.fromkeys(both, True))
    )
    assert again.json["errors"][0]["detail"] == (
        "Default agent pool must be specified when using 'agent' execution mode"
    )
    assert tfe.client.delete(f"{ROOT}/agent-pools/{POOL}").status_code == 204


def test_what_a_pool_is_for_is_replaced(tfe: mockserver.World) -> None:
    path, first = f"{ROOT}/agent-pools/{POOL}", {"data": [{"type": "workspaces", "id": FIRST}]}
    scoped = body("agent-pools", {"allowed-workspaces": first}, organization_scoped=False)
    assert tfe.client.patch(path, json=scoped).status_code == 200
    query = {"filter[allowed-workspaces][name]": "workspace-1"}
    found = tfe.client.get(f"{ORG}/agent-pools", query_string=query).json["data"]
    assert [one["id"] for one in found] == [POOL]
    none = body("agent-pools", {"allowed-workspaces": {"data": []}})
    shown = tfe.client.patch(path, json=none).json["data"]["relationships"]
    assert shown["allowed-workspaces"] == {"data": []}
    assert tfe.client.get(f"{ORG}/agent-pools", query_string=query).json["data"] == []
    stranger = {"data": [{"type": "workspaces", "id": "ws-nobody"}]}
    refused = tfe.client.patch(path, json=body("agent-pools", {"allowed-workspaces": stranger}))
    assert refused.status_code == 422


def test_pools_are_listed_by_name_by_creation_and_by_what_they_are_for(
    tfe: mockserver.World,
) -> None:
    def names(**query: str) -> list[str]:
        listed = tfe.client.get(f"{ORG}/agent-pools", query_string=query).json["data"]
        return [one["attributes"]["name"] for one in listed]

    everywhere = names()
    first = {"data": [{"type": "workspaces", "id": FIRST}]}
    platform = {"data": [{"type": "projects", "id": PLATFORM}]}
    for name, scope in (
        ("b", {"allowed-workspaces": first}),
        ("a", {"allowed-projects": platform}),
    ):
        pool = body("agent-pools", scope, name=name, organization_scoped=False)
        assert tfe.client.post(f"{ORG}/agent-pools", json=pool).status_code == 200
    assert names() == names(sort="name") == sorted([*everywhere, "a", "b"])
    assert names(sort="-name") == names()[::-1]
    assert names(sort="created-at") == [*everywhere, "b", "a"]
    assert names(sort="-created-at") == names(sort="created-at")[::-1]
    for spelled in ("allowed_workspaces", "allowed-workspaces"):
        assert sorted(names(**{f"filter[{spelled}][name]": "workspace-1"})) == ["b", *everywhere]
    found = names(**{"filter[allowed_projects][name]": "platform"})
    assert sorted(found) == ["a", *everywhere]
    assert sorted(names(**{"filter[allowed_projects][name]": "nothing"})) == everywhere


def test_a_scope_that_says_nothing_stays_as_it_is(tfe: mockserver.World) -> None:
    path, first = f"{ROOT}/agent-pools/{POOL}", {"data": [{"type": "workspaces", "id": FIRST}]}
    tfe.client.patch(path, json=body("agent-pools", {"allowed-workspaces": first}))
    kept = tfe.client.patch(path, json=body("agent-pools", {"allowed-workspaces": {}}))
    assert kept.status_code == 200
    assert kept.json["data"]["relationships"]["allowed-workspaces"] == first


@pytest.mark.parametrize(("type", "id"), [("workspaces", FIRST), ("projects", PLATFORM)])
def test_overwrites_that_are_empty_say_nothing(tfe: mockserver.World, type: str, id: str) -> None:
    """pytfe sends an empty object with every workspace: it was a 500."""
    path, said = f"{ROOT}/{type}/{id}", body(type, setting_overwrites={})
    before = tfe.client.get(path).json["data"]["attributes"]["setting-overwrites"]
    changed = tfe.client.patch(path, json=said)
    assert changed.status_code == 200
    assert changed.json["data"]["attributes"]["setting-overwrites"] == before
    made = body(type, name="made", setting_overwrites={})
    shown = tfe.client.post(f"{ORG}/{type}", json=made)
    assert shown.status_code == 201
    assert set(shown.json["data"]["attributes"]["setting-overwrites"].values()) == {False}
