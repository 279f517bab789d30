"""Verification with a token that may not do everything: what it could not play is said, and why."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from mockserver.scenarios.runner.run import verify
from mockserver.scenarios.runner.unreached import unreached
from tests.verify.mutations.spoiling import Spoiled, drop, status
from tests.verify.playing import NEW, OLD, TOKEN, context_of

OWNERS, ADMINS = "an owner's", "a site administrator's"


def world(edition: str, **rights: bool) -> Any:
    """An organization with a team that has some rights: of `ann`, and by its own token."""
    team = {"name": "some", "members": ["ann"], "organization-access": rights}
    organization = {
        "name": "my-organization", "email": "owner@example.com", "owners": ["admin"],
        "teams": [team], "workspaces": [{"name": "web"}],
    }  # fmt: skip
    fixture = {
        "users": [{"username": "ann", "email": "ann@example.com"}],
        "tokens": [
            {"name": "ann", "user": "ann"},
            {"name": "org", "organization": "my-organization"},
        ],
        "organizations": [organization],
    }
    return mockserver.create_app(key=TOKEN, edition=edition, fixture=fixture)


def played(app: Any, edition: str, token: str = "ann") -> Any:
    context = context_of(app, edition=edition)
    context.token = f"{TOKEN}.{token}"
    return context, verify(context)


@pytest.mark.parametrize("edition", [OLD, NEW])
def test_what_a_token_may_not_do_is_not_played_and_no_fault(edition: str) -> None:
    context, outcome = played(world(edition, **{"manage-workspaces": True}), edition)
    assert [finding.line() for finding in outcome.findings] == []
    assert outcome.exit == 0
    assert outcome.left == []
    assert outcome.unplayed["policies"] == (
        f"create-policy is answered 404, and the token is not {OWNERS}"
    )
    assert outcome.unplayed["list-policies"] == f"answered 404, and the token is not {OWNERS}"
    succeeded = {id for id, code in context.reached if code < 300}
    assert {"create-workspace", "update-workspace", "delete-workspace"} <= succeeded
    missing = unreached(context)
    why = "it takes a record that the token, which is not an owner's, may not make"
    assert missing["show-policy 401"] == why
    assert missing["create-policy 429"] == f"answered 404, and the token is not {OWNERS}"
    assert "" not in missing.values()


@pytest.mark.parametrize("edition", [OLD, pytest.param(NEW, marks=pytest.mark.slow)])
def test_a_token_that_manages_policies_alone_has_them_judged(edition: str) -> None:
    app = world(edition, **{"manage-policies": True})
    context, outcome = played(app, edition)
    assert [finding.line() for finding in outcome.findings] == []
    assert "upload-policy" in {id for id, code in context.reached if code < 300}
    spoils = {"show-policy": drop("/attributes/policy-set-count")}
    _, outcome = played(Spoiled(app, spoils, edition=edition), edition)
    assert {finding.operation for finding in outcome.findings} == {"show-policy"}
    assert outcome.exit == 1


@pytest.mark.parametrize("edition", [OLD, pytest.param(NEW, marks=pytest.mark.slow)])
def test_the_token_of_an_organization_is_no_fault_of_the_server(edition: str) -> None:
    _, outcome = played(world(edition), edition, "org")
    assert [finding.line() for finding in outcome.findings] == []
    assert outcome.unplayed["organizations"].startswith("create-organization is answered 404, and")


@pytest.mark.slow
def test_an_owner_who_does_not_administer_the_installation_plays_all_else() -> None:
    app = mockserver.create_app(
        key=TOKEN,
        edition=NEW,
        fixture={
            "users": [{"username": "ann", "email": "ann@example.com"}],
            "tokens": [{"name": "ann", "user": "ann"}],
            "organizations": [{"name": "my-organization", "owners": ["ann"]}],
        },
    )
    _, outcome = played(app, NEW)
    assert [finding.line() for finding in outcome.findings] == []
    assert outcome.exit == 0
    assert outcome.unplayed["list-feature-sets"] == f"answered 404, and the token is not {ADMINS}"
    why = f"create-opa-version is answered 404, and the token is not {ADMINS}"
    assert outcome.unplayed["opa-versions"] == why
    assert [why for why in outcome.unplayed.values() if not why.endswith(ADMINS)] == []


def test_to_an_owner_a_404_is_a_fault() -> None:
    app = mockserver.create_app(key=TOKEN)
    spoils = {
        "create-ssh-key": status(201, 404, b'{"errors":[{"status":"404","title":"not found"}]}')
    }
    context = context_of(Spoiled(app, spoils))
    outcome = verify(context, frozenset({"create-ssh-key"}))
    assert ("create-ssh-key", "status") in {(f.operation, f.place) for f in outcome.findings}
    assert outcome.exit == 1
