"""What calls have made of a world can be loaded again, and moments are kept in one form."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from mockserver.pipeline.server import Server, served
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, OAUTH, attributes, body, error

pytestmark = pytest.mark.tfe(edition="2026-08")
WORKSPACE = f"{ROOT}/workspaces/{FIRST}"
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
