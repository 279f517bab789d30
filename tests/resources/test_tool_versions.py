"""Versions of Terraform, Sentinel and OPA, and what workspaces and policy sets make of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import mockserver
from mockserver.contract import load
from mockserver.pipeline.server import facts
from mockserver.resources import kinds
from mockserver.world.records import begun
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, attributes, body, data, error, errors

pytestmark = pytest.mark.tfe(edition="2026-08")
TERRAFORM, SENTINEL = f"{ROOT}/admin/terraform-versions", f"{ROOT}/admin/sentinel-versions"
BUILD = {"url": "https://example.com/t", "sha": "ab" * 32, "os": "linux", "arch": "amd64"}
WHERE = {"url": BUILD["url"], "sha": BUILD["sha"]}


def found(tfe: mockserver.World, version: str, path: str = TERRAFORM) -> Any:
    (one,) = data(tfe.client.get(path, query_string={"filter[version]": version}))
    return one


def add(tfe: mockserver.World, version: str, path: str = TERRAFORM, **more: Any) -> Any:
    sent = body(path.rpartition("/")[2], version=version, **{**WHERE, **more})
    return data(tfe.client.post(path, json=sent), 201)


def test_a_world_begins_with_the_released_versions_the_newest_first(tfe: mockserver.World) -> None:
    listed = [one["attributes"] for one in data(tfe.client.get(TERRAFORM))]
    assert len(listed) == 20
    assert [one["version"] for one in listed[:3]] == ["1.15.8", "1.15.8-acme", "1.15.7"]
    assert {one["official"] for one in listed if "-" not in one["version"]} == {True}
    part = data(tfe.client.get(TERRAFORM, query_string={"search[version]": "0.15."}))
    assert [one["attributes"]["version"][:5] for one in part] == ["0.15."] * 6
    nothing = tfe.client.get(TERRAFORM, query_string={"filter[version]": "1000.0.0"})
    assert data(nothing) == []


def test_url_and_sha_are_the_build_for_amd64(tfe: mockserver.World) -> None:
    made = add(tfe, "1.0.5577006791947779410")
    assert made["attributes"]["archs"] == [BUILD]
    path = f"{TERRAFORM}/{made['id']}"
    moved = body("terraform-versions", url="https://example.com/other")
    shown = attributes(tfe.client.patch(path, json=moved))
    assert shown["archs"] == [{**BUILD, "url": "https://example.com/other"}]
    arm = [{**BUILD, "arch": "arm64"}]
    shown = attributes(tfe.client.patch(path, json=body("terraform-versions", archs=arm)))
    assert (shown["url"], shown["sha"], shown["archs"]) == (None, None, arm)
    nowhere = body("terraform-versions", version="1.0.77")
    refused = error(tfe.client.post(TERRAFORM, json=nowhere))
    assert refused["detail"] == "Archs can't be blank"


def test_a_reason_is_shown_while_the_version_is_deprecated(tfe: mockserver.World) -> None:
    made = add(tfe, "1.0.99", deprecated=True, deprecated_reason="has a bug")
    assert made["attributes"]["deprecated-reason"] == "has a bug"
    path = f"{TERRAFORM}/{made['id']}"
    shown = attributes(tfe.client.patch(path, json=body("terraform-versions", deprecated=False)))
    assert shown["deprecated-reason"] is None


def test_a_workspace_has_a_version_that_is_known_and_enabled(tfe: mockserver.World) -> None:
    workspace = f"{ROOT}/workspaces/{FIRST}"
    own = body("workspaces", terraform_version="1.0.5577006791947779410")
    assert error(tfe.client.patch(workspace, json=own))["detail"].endswith("not a valid version")
    made = add(tfe, "1.0.5577006791947779410")
    assert tfe.client.patch(workspace, json=own).status_code == 200
    path = f"{TERRAFORM}/{made['id']}"
    assert attributes(tfe.client.get(path))["usage"] == 1
    in_use = error(tfe.client.delete(path))
    assert in_use["detail"] == "Version cannot be removed: 1 uses it"
    off = body("terraform-versions", enabled=False)
    assert tfe.client.patch(path, json=off).status_code == 200
    assert tfe.client.patch(workspace, json=own).status_code == 200, "it keeps what it has"
    other = body("workspaces", name="other", terraform_version="1.0.5577006791947779410")
    refused = error(tfe.client.post(f"{ORG}/workspaces", json=other))
    assert "is disabled" in refused["meta"]["fact"]


def test_the_newest_that_is_enabled_is_what_a_new_workspace_has(tfe: mockserver.World) -> None:
    def newest(name: str, **said: str) -> str:
        made = tfe.client.post(f"{ORG}/workspaces", json=body("workspaces", name=name, **said))
        return str(attributes(made, 201)["terraform-version"])

    assert newest("one") == "1.15.8"
    path = f"{TERRAFORM}/{found(tfe, '1.15.8')['id']}"
    tfe.client.patch(path, json=body("terraform-versions", enabled=False))
    add(tfe, "1.15.9-beta1", beta=True)
    assert newest("two") == "1.15.7"
    add(tfe, "2.0.0")
    assert newest("three") == newest("four", terraform_version="latest") == "2.0.0"


def test_what_the_edition_lists_stays_official_and_is_not_removed(tfe: mockserver.World) -> None:
    path = f"{TERRAFORM}/{found(tfe, '1.9.8')['id']}"
    assert error(tfe.client.delete(path))["detail"] == "Version cannot be removed: it is official"
    change = body("terraform-versions", official=False, version="1.9.99")
    pointers = [one["source"]["pointer"] for one in errors(tfe.client.patch(path, json=change))]
    assert pointers == ["/data/attributes/version", "/data/attributes/official"]
    assert tfe.client.delete(f"{TERRAFORM}/{add(tfe, '1.9.99')['id']}").status_code == 204


def test_a_version_is_there_once(tfe: mockserver.World) -> None:
    twice = body("terraform-versions", version="1.9.8", **WHERE)
    refused = error(tfe.client.post(TERRAFORM, json=twice))
    assert refused["detail"] == "Version has already been taken"
    assert refused["source"]["pointer"] == "/data/attributes/version"


@pytest.mark.parametrize("version", ["", "1.9", "v1.9.8", "1.9.8 ", "latest", 1, None, "1.9.8\n"])
def test_what_is_no_version_is_422(tfe: mockserver.World, version: Any) -> None:
    sent = body("terraform-versions", version=version, **WHERE)
    refused = error(tfe.client.post(TERRAFORM, json=sent))
    assert refused["source"]["pointer"] == "/data/attributes/version"


def test_a_policy_set_names_a_version_of_its_own_tool(tfe: mockserver.World) -> None:
    sets = f"{ORG}/policy-sets"

    def answer(name: str, version: str, **said: Any) -> Any:
        sent = body("policy-sets", name=name, agent_enabled=True, **said)
        sent["data"]["attributes"]["policy-tool-version"] = version
        return tfe.client.post(sets, json=sent)

    assert attributes(answer("a", "0.23.0"), 201)["policy-tool-version"] == "0.23.0"
    refused = error(answer("b", "0.9.0"))
    assert refused["source"]["pointer"] == "/data/attributes/policy-tool-version"
    add(tfe, "0.9.0", SENTINEL)
    assert answer("b", "0.9.0").status_code == 201
    assert answer("c", "0.9.0", kind="opa").status_code == 422
    assert answer("d", "0.99.0").status_code == 201
    (finding,) = list(tfe.journal)[-1].findings
    assert "is newer than 0.23.0" in finding["fact"]


def test_a_version_of_sentinel_is_removed_though_a_set_has_it(tfe: mockserver.World) -> None:
    made = add(tfe, "0.9.0", SENTINEL)
    sent = body("policy-sets", name="a", agent_enabled=True, policy_tool_version="0.9.0")
    kept = data(tfe.client.post(f"{ORG}/policy-sets", json=sent), 201)
    assert attributes(tfe.client.get(f"{SENTINEL}/{made['id']}"))["usage"] == 1
    assert tfe.client.delete(f"{SENTINEL}/{made['id']}").status_code == 204
    shown = attributes(tfe.client.get(f"{ROOT}/policy-sets/{kept['id']}"))
    assert shown["policy-tool-version"] == "0.9.0"


def test_who_does_not_administer_the_installation_is_answered_404(tfe: mockserver.World) -> None:
    ann = {"Authorization": f"Bearer {tfe.tokens['ann']}"}
    path = f"{TERRAFORM}/{found(tfe, '1.9.8')['id']}"
    sent = body("terraform-versions", version="1.9.99", **WHERE)
    for method, where in (("GET", TERRAFORM), ("POST", TERRAFORM), ("GET", path)):
        answer = tfe.client.open(where, method=method, json=sent, headers=ann)
        assert answer.status_code == 404
    for method in ("PATCH", "DELETE"):
        change = body("terraform-versions", enabled=False)
        answer = tfe.client.open(path, method=method, json=change, headers=ann)
        assert answer.status_code == 404


def test_the_state_tells_what_differs_and_a_world_is_made_from_it(tfe: mockserver.World) -> None:
    assert len(tfe.state()["terraform-versions"]) == 1
    path = f"{TERRAFORM}/{found(tfe, '1.9.8')['id']}"
    tfe.client.patch(path, json=body("terraform-versions", enabled=False, deprecated=True))
    add(tfe, "1.9.99")
    state = tfe.state()
    assert [one["version"] for one in state["terraform-versions"]] == [
        "1.9.8",
        "1.15.8-acme",
        "1.9.99",
    ]
    with mockserver.universe(edition="2026-08", fixture=state) as other:
        assert other.state() == state
        assert not found(other, "1.9.8")["attributes"]["enabled"]


def test_a_fixture_says_what_is_different_of_a_version_but_not_that_it_is_unofficial() -> None:
    said = {"terraform-versions": [{"version": "1.9.8", "enabled": False}]}
    with mockserver.universe(edition="2026-08", fixture=said) as tfe:
        shown = found(tfe, "1.9.8")["attributes"]
        assert (shown["enabled"], shown["official"]) == (False, True)
    said = {"terraform-versions": [{"version": "1.9.8", "official": False}]}
    with (
        pytest.raises(Exception, match="is a version of the edition: it is official"),
        mockserver.universe(edition="2026-08", fixture=said),
    ):
        raise AssertionError("no world is made")


def test_an_edition_that_lists_a_version_twice_begins_no_world() -> None:
    known = facts(load("2026-08"))
    twice = replace(known, data={**known.data, "opa-versions": ["1.0.0", "1.0.0"]})
    with pytest.raises(
        ValueError, match=r"edition\.json lists one of them twice: opa-versions tool-"
    ):
        begun(kinds("2026-08").of(twice), "2026-08-01T00:00:00.000Z")
