"""Where the policies of a set are in force: attached, by project, by tag, global, minus exclusions."""

from __future__ import annotations

import pytest

import mockserver
from mockserver.client import ControlError
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, FOURTH, PRODUCTION, SECOND, THIRD, body

pytestmark = pytest.mark.tfe(edition="2026-08")
TAGGED, VERSIONED = "polset-oPa4567890Abcdef", "polset-vErs10n567890Abc"
PLATFORM = "prj-pLatf0rm567890Ab"
SETS, POLICIES = f"{ORG}/policy-sets", f"{ORG}/policies"


def reasons(tfe: mockserver.World, **query: str) -> dict[tuple[str, str], str]:
    """The reason for each set in each workspace, both by name."""
    said = tfe.client.get("/_mock/effective-policies", query_string=query).json
    return {
        (one["policy-set"]["name"], one["workspace"]["name"]): one["reason"]
        for one in said["effective"]
    }


def relate(tfe: mockserver.World, set: str, name: str, type: str, *ids: str) -> None:
    members = {"data": [{"type": type, "id": id} for id in ids]}
    path = f"{ROOT}/policy-sets/{set}/relationships/{name}"
    assert tfe.client.post(path, json=members).status_code == 204


def test_each_reason_is_told_and_the_nearest_counts(tfe: mockserver.World) -> None:
    assert reasons(tfe) == {
        ("production", "workspace-1"): "attached to its project platform",
        ("production", "workspace-2"): "attached to this workspace",
        ("tagged", "workspace-1"): "the tag env=prod is selected",
    }
    relate(tfe, PRODUCTION, "workspaces", "workspaces", FIRST)
    assert reasons(tfe)["production", "workspace-1"] == "attached to this workspace"


def test_an_exclusion_goes_before_every_reason(tfe: mockserver.World) -> None:
    relate(tfe, PRODUCTION, "workspace-exclusions", "workspaces", SECOND)
    relate(tfe, PRODUCTION, "project-exclusions", "projects", PLATFORM)
    said = tfe.client.get("/_mock/effective-policies?policy-set=my-organization/production").json
    assert said["effective"] == []
    assert {one["workspace"]["name"]: one["reason"] for one in said["excluded"]} == {
        "workspace-1": "its project platform is excluded",
        "workspace-2": "this workspace is excluded",
        "workspace-3": "this workspace is excluded",
    }


def test_a_global_set_is_in_force_everywhere_but_where_it_is_excluded(
    tfe: mockserver.World,
) -> None:
    tfe.client.patch(f"{ROOT}/policy-sets/{PRODUCTION}", json={
        "data": {"type": "policy-sets", "attributes": {"global": True}}
    })  # fmt: skip
    found = reasons(tfe, **{"policy-set": PRODUCTION})
    assert {workspace for _, workspace in found} == {"workspace-1", "workspace-2", "workspace-4"}
    selector = {"data": [{"tag-key": "tier", "tag-value": None, "is-exclude": True}]}
    path = f"{ROOT}/policy-sets/{PRODUCTION}/tag-selectors"
    assert tfe.client.post(path, json=selector).status_code == 204
    found = reasons(tfe, **{"policy-set": PRODUCTION})
    assert {workspace for _, workspace in found} == {"workspace-2", "workspace-4"}


def test_a_selector_that_meets_nothing_is_taken_and_applies_nowhere(tfe: mockserver.World) -> None:
    path = f"{ROOT}/policy-sets/{TAGGED}/tag-selectors"
    tfe.client.delete(path, json={"data": [{"tag-key": "env", "tag-value": "prod"}]})
    said = {"data": [{"tag-key": "nobody", "tag-value": "has it"}]}
    assert tfe.client.post(path, json=said).status_code == 204
    assert reasons(tfe, **{"policy-set": TAGGED}) == {}
    shown = tfe.client.get(f"{ROOT}/policy-sets/{TAGGED}").json["data"]["attributes"]
    assert shown["scoping-type"] == "tag"
    assert shown["tag-selectors"] == [
        {"tag-key": "nobody", "tag-value": "has it", "is-exclude": False}
    ]


def test_tags_do_not_stand_beside_what_is_attached(tfe: mockserver.World) -> None:
    selector = {"data": [{"tag-key": "env", "tag-value": "prod"}]}
    refused = tfe.client.post(f"{ROOT}/policy-sets/{PRODUCTION}/tag-selectors", json=selector)
    assert refused.status_code == 422
    members = {"data": [{"type": "workspaces", "id": FOURTH}]}
    refused = tfe.client.post(f"{ROOT}/policy-sets/{TAGGED}/relationships/workspaces", json=members)
    assert refused.status_code == 422
    assert "Tag selectors cannot stand beside" in refused.json["errors"][0]["detail"]


def test_a_global_set_takes_selectors_that_exclude_and_says_so_of_others(
    tfe: mockserver.World,
) -> None:
    one = {"tag-key": "env", "tag-value": "prod", "is-exclude": False}
    named = body("policy-sets", name="all", **{"global": True, "tag-selectors": [one]})
    at_once = tfe.client.post(SETS, json=named)
    named["data"]["attributes"]["tag-selectors"] = []
    path = (
        f"{ROOT}/policy-sets/{tfe.client.post(SETS, json=named).json['data']['id']}/tag-selectors"
    )
    for refused in (at_once, tfe.client.post(path, json={"data": [one]})):
        [error] = refused.json["errors"]
        assert error["detail"] == "Tag selectors of a global policy set can only exclude"
        assert error["meta"]["fact"].startswith("the policy set is global: ")
        assert error["meta"]["hint"] == (
            "Send is-exclude as true, or set data.attributes.global to false first."
        )
    assert tfe.client.post(path, json={"data": [one | {"is-exclude": True}]}).status_code == 204


def test_a_refused_scope_names_the_key_path_of_what_it_points_at(tfe: mockserver.World) -> None:
    web = {"workspaces": {"data": [{"type": "workspaces", "id": FIRST}]}}
    one = {"tag-key": "env", "tag-value": "prod", "is-exclude": False}
    attributes = {"name": "all", "tag-selectors": [one]}
    requests = (
        ("POST", SETS, body("policy-sets", web, **attributes)),
        ("POST", SETS, body("policy-sets", **attributes, **{"global": True})),
        ("POST", SETS, body("policy-sets", web, name="all", **{"global": True})),
        ("PATCH", f"{ROOT}/policy-sets/{TAGGED}", body("policy-sets", web)),
        ("POST", f"{ROOT}/policy-sets/{PRODUCTION}/tag-selectors", {"data": [one]}),
        ("POST", f"{ROOT}/policy-sets/{TAGGED}/relationships/workspaces", web["workspaces"]),
    )
    refused = [tfe.client.open(path, method=way, json=sent).json for way, path, sent in requests]
    assert [
        (e["source"]["pointer"], e["meta"]["key-path"]) for r in refused for e in r["errors"]
    ] == [
        ("/data/attributes/tag-selectors/0", "data.attributes.tag-selectors[]"),
        ("/data/attributes/tag-selectors/0", "data.attributes.tag-selectors[]"),
        ("/data/relationships/workspaces/data", "data.relationships.workspaces.data[]"),
        ("/data/relationships/workspaces/data", "data.relationships.workspaces.data[]"),
        ("/data/0", "data[]"),
        ("/data", "data[]"),
    ]


@pytest.mark.parametrize(("name", "type"), [("workspaces", "workspaces"), ("projects", "projects")])
def test_a_global_set_is_attached_to_nothing(tfe: mockserver.World, name: str, type: str) -> None:
    id = {"workspaces": FIRST, "projects": PLATFORM}[type]
    linked = {name: {"data": [{"type": type, "id": id}]}}
    made = tfe.client.post(SETS, json=body("policy-sets", linked, name="all", **{"global": True}))
    assert made.status_code == 422
    assert made.json["errors"][0]["source"]["pointer"] == f"/data/relationships/{name}/data"
    made = tfe.client.post(SETS, json=body("policy-sets", name="all", **{"global": True}))
    shown = made.json["data"]
    assert "workspaces" not in shown["relationships"]
    assert (shown["attributes"]["workspace-count"], shown["attributes"]["project-count"]) == (4, 3)
    path = f"{ROOT}/policy-sets/{shown['id']}/relationships/{name}"
    assert tfe.client.post(path, json=linked[name]).status_code == 422


def test_what_is_deleted_is_in_force_nowhere(tfe: mockserver.World) -> None:
    tfe.client.delete(f"{ROOT}/workspaces/{SECOND}")
    assert reasons(tfe, **{"policy-set": PRODUCTION}) == {
        ("production", "workspace-1"): "attached to its project platform"
    }
    tfe.client.delete(f"{ROOT}/policy-sets/{PRODUCTION}")
    assert ("production", "workspace-1") not in reasons(tfe)


def test_the_handle_names_policy_set_and_reason(tfe: mockserver.World) -> None:
    (one,) = tfe.effective_policies("my-organization/workspace-1")
    assert (one.policy, one.policy_set, one.reason) == (
        "my-example-policy",
        "production",
        "attached to its project platform",
    )
    assert tfe.effective_policies(THIRD) == []
    with pytest.raises(
        ControlError, match="no workspace 'nobody': give an id or ORGANIZATION/NAME"
    ):
        tfe.effective_policies("nobody")
    near = "no workspace 'my-organization/workspace-l'. Did you mean 'my-organization/workspace-"
    with pytest.raises(ControlError, match=near):
        tfe.effective_policies("my-organization/workspace-l")


@pytest.mark.tfe(edition="2019-07")
def test_it_is_asked_of_the_edition_of_2019_too(tfe: mockserver.World) -> None:
    (one,) = tfe.effective_policies(FIRST)
    assert (one.policy_set, one.reason) == ("production", "attached to this workspace")


# policy sets of today


def test_a_version_of_the_tool_is_chosen_with_agents_and_overriding_needs_them_too(
    tfe: mockserver.World,
) -> None:
    path = f"{ROOT}/policy-sets/{PRODUCTION}"
    on = body("policy-sets", agent_enabled=True, policy_tool_version="0.24.0", overridable=True)
    shown = tfe.client.patch(path, json=on).json["data"]["attributes"]
    assert (shown["policy-tool-version"], shown["overridable"]) == ("0.24.0", True)
    off = body("policy-sets", agent_enabled=False)
    shown = tfe.client.patch(path, json=off).json["data"]["attributes"]
    assert (shown["policy-tool-version"], shown["overridable"]) == (None, None)


def test_a_set_selects_tags_from_its_creation_on(tfe: mockserver.World) -> None:
    """As go-tfe sends them (its suite, TestPolicySetsCreateWithTagSelectors)."""
    env = {"tag-key": "env", "tag-value": "prod"}
    made = tfe.client.post(SETS, json=body("policy-sets", name="by-tags", tag_selectors=[env, env]))
    shown = made.json["data"]
    assert shown["attributes"]["tag-selectors"] == [{**env, "is-exclude": False}]
    assert shown["attributes"]["scoping-type"] == "tag"
    path = f"{ROOT}/policy-sets/{shown['id']}"
    team = {"tag-key": "team", "tag-value": None, "is-exclude": True}
    changed = tfe.client.patch(path, json=body("policy-sets", tag_selectors=[team]))
    assert changed.json["data"]["attributes"]["tag-selectors"] == [team]


def test_tags_are_not_selected_beside_what_a_set_names_nor_where_it_is_global(
    tfe: mockserver.World,
) -> None:
    named = {"workspaces": {"data": [{"type": "workspaces", "id": FIRST}]}}
    chosen, left_out = {"tag-key": "env"}, {"tag-key": "env", "is-exclude": True}
    for said in ({"relationships": named}, {"global": True}):
        refused = tfe.client.post(
            SETS, json=body("policy-sets", name="both", tag_selectors=[left_out, chosen], **said)
        )
        (error,) = refused.json["errors"]
        assert (refused.status_code, error["source"]["pointer"]) == (
            422,
            "/data/attributes/tag-selectors/1",
        )
    refused = tfe.client.patch(
        f"{ROOT}/policy-sets/{PRODUCTION}", json=body("policy-sets", tag_selectors=[chosen])
    )
    assert refused.status_code == 422
    none = {"workspaces": {"data": []}, "projects": {"data": []}}
    instead = body("policy-sets", none, tag_selectors=[chosen])
    assert tfe.client.patch(f"{ROOT}/policy-sets/{PRODUCTION}", json=instead).status_code == 200
    fine = body("policy-sets", name="fine", tag_selectors=[left_out], **{"global": True})
    assert tfe.client.post(SETS, json=fine).status_code == 201
