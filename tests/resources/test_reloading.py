"""What calls have made of a world can be loaded again, and moments are kept in one form."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from mockserver.pipeline.server import Server, served
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, OAUTH, attributes, body, data, error

pytestmark = pytest.mark.tfe(edition="2026-08")
WORKSPACE = f"{ROOT}/workspaces/{FIRST}"
VERSIONS = f"{ROOT}/admin/terraform-versions"
BUILD = {"url": "https://example.com/t", "sha": "ab" * 32}
DESTROY = "auto-destroy-at"


def reloaded(tfe: mockserver.World) -> None:
    state = tfe.state()
    with mockserver.universe(edition="2026-08", fixture=state) as other:
        assert other.state() == state


def set_to(tfe: mockserver.World, **said: Any) -> Any:
    return tfe.client.patch(WORKSPACE, json=body("workspaces", **said))


def test_a_repository_with_the_least_that_a_body_must_say(tfe: mockserver.World) -> None:
    repo = {"identifier": "a/b", "oauth-token-id": OAUTH, "branch": "m"}
    shown = attributes(set_to(tfe, vcs_repo=repo))["vcs-repo"]
    assert (shown["display-identifier"], shown["tags-regex"]) == ("a/b", None)
    reloaded(tfe)


@pytest.mark.parametrize("sent", ["2027-01-01T00:00:00Z", "2027-01-01T02:00:00+02:00"])
def test_a_moment_is_kept_in_utc_with_milliseconds(tfe: mockserver.World, sent: str) -> None:
    assert attributes(set_to(tfe, auto_destroy_at=sent))[DESTROY] == "2027-01-01T00:00:00.000Z"
    reloaded(tfe)
    assert attributes(set_to(tfe, auto_destroy_at=None))[DESTROY] is None


@pytest.mark.parametrize("sent", ["foo", "", "2027-01-01", "2027-02-30T00:00:00Z"])
def test_what_is_no_moment_is_422(tfe: mockserver.World, sent: str) -> None:
    refused = error(set_to(tfe, auto_destroy_at=sent))
    assert refused["source"]["pointer"] == f"/data/attributes/{DESTROY}"
    made = body("workspaces", name="other", auto_destroy_at=sent)
    assert error(tfe.client.post(f"{ORG}/workspaces", json=made))["source"] == refused["source"]


def version(tfe: mockserver.World, number: str) -> str:
    found = data(tfe.client.get(VERSIONS, query_string={"filter[version]": number}))
    return f"{VERSIONS}/{found[0]['id']}"


def change(tfe: mockserver.World, number: str, **said: Any) -> Any:
    return tfe.client.patch(version(tfe, number), json=body("terraform-versions", **said))


def test_a_workspace_keeps_a_version_that_was_disabled(tfe: mockserver.World) -> None:
    assert set_to(tfe, terraform_version="1.9.8").status_code == 200
    assert change(tfe, "1.9.8", enabled=False).status_code == 200
    reloaded(tfe)


def test_a_workspace_keeps_a_version_that_was_newer_once(tfe: mockserver.World) -> None:
    assert set_to(tfe, terraform_version="3.0.0").status_code == 200
    added = body("terraform-versions", version="4.0.0", **BUILD)
    assert tfe.client.post(VERSIONS, json=added).status_code == 201
    reloaded(tfe)


def test_a_disabled_version_is_refused_though_newer_than_all_that_are_enabled(
    tfe: mockserver.World,
) -> None:
    assert change(tfe, "1.15.8", enabled=False).status_code == 200
    made = body("workspaces", name="other", terraform_version="1.15.8")
    refused = error(tfe.client.post(f"{ORG}/workspaces", json=made))
    assert refused["meta"]["fact"] == "the version '1.15.8' is disabled"


def test_a_version_that_a_workspace_has_keeps_its_number(tfe: mockserver.World) -> None:
    added = body("terraform-versions", version="1.9.77", **BUILD)
    assert tfe.client.post(VERSIONS, json=added).status_code == 201
    assert change(tfe, "1.9.77", version="1.9.78").status_code == 200
    assert set_to(tfe, terraform_version="1.9.78").status_code == 200
    refused = error(change(tfe, "1.9.78", version="1.9.79"))
    assert refused["source"]["pointer"] == "/data/attributes/version"
    assert refused["meta"]["fact"] == "1 uses 1.9.78"
    assert change(tfe, "1.9.78", version="1.9.78", beta=True).status_code == 200
    reloaded(tfe)


def test_memberships_keep_their_order_though_an_owner_came_last(tfe: mockserver.World) -> None:
    state = tfe.state()
    members = state["organizations"][0]["organization-memberships"]
    members.reverse()
    assert len(members) > 1
    with mockserver.universe(edition="2026-08", fixture=state) as other:
        assert other.state() == state


def test_every_moment_that_a_body_sets_is_checked_as_one() -> None:
    facts = served(Server().contract("2026-08")).facts
    set_by_bodies = {
        (type, name): said.schema.get("pattern")
        for type, listed in facts.kept.items()
        for name, said in listed.items()
        if name.endswith("-at")
    }
    assert {name for _, name in set_by_bodies} == {DESTROY, "expired-at"}
    assert None not in set_by_bodies.values()
