"""Verification of an edition that has less than ours: it plays what is there, and says what is not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from mockserver.contract import Edition
from mockserver.contract.files import folder
from mockserver.judge.collected import Findings
from mockserver.scenarios import scenarios
from mockserver.scenarios.runner.actions import actions
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.run import DEFECT, verify
from tests.verify.playing import NEW, OLD, TOKEN, InProcess, server


def less(*pages: str, edition: str = OLD) -> Edition:
    """An edition without the operations of some pages."""
    made = Edition(folder("contracts") / edition)
    for id, operation in list(made.operations.items()):
        if operation.page in pages:
            del made.operations[id]
    return made


def context_of(edition: Edition, **options: Any) -> Context:
    return Context(
        transport=InProcess(server(edition.name)),
        edition=edition,
        scenarios=scenarios(),
        organization="my-organization",
        token=TOKEN,
        findings=Findings(edition),
        **options,
    )


def _slowly(edition: str, *pages: str) -> Any:
    return pytest.param(edition, pages, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("edition", "pages"),
    [
        (OLD, ("policies", "policy-sets", "teams", "team-members", "team-access", "team-tokens")),
        _slowly(OLD, "policies", "policy-sets"),
        _slowly(OLD, "policies"),
        _slowly(OLD, "ssh-keys", "team-access"),
        _slowly(OLD, "teams", "team-members", "team-access", "team-tokens"),
        _slowly(OLD, "user-tokens", "organization-tokens", "account", "users"),
        _slowly(NEW, "projects", "agent-pools", "project-team-access"),
        _slowly(NEW, "policies", "policy-sets", "policy-set-params"),
        _slowly(NEW, "workspaces", "vars", "policy-set-params"),
        _slowly(NEW, "teams", "team-members", "team-access", "team-tokens", "project-team-access"),
    ],
)
def test_an_edition_without_a_page_is_played_without_it(
    edition: str, pages: tuple[str, ...]
) -> None:
    result = verify(context_of(less(*pages, edition=edition)))
    assert [finding.line() for finding in result.findings] == []
    assert [why for why in result.unplayed.values() if why.startswith(DEFECT)] == []
    assert result.left == []


def test_the_actions_of_a_type_are_read_from_the_edition() -> None:
    found = actions(less())["policy-sets"]
    assert found.create == "create-policy-set"
    assert found.list == "list-policy-sets"
    assert found.shows == ["show-policy-set"]
    assert found.add == {
        "policies": "add-policies-to-policy-set",
        "workspaces": "attach-policy-set-to-workspaces",
    }


def test_of_two_ways_to_a_record_the_one_by_id_comes_first() -> None:
    assert actions(less())["workspaces"].shows == ["show-workspace", "show-workspace-by-name"]


def test_the_parent_of_a_record_is_asked_for_once() -> None:
    made: Counter[str] = Counter()
    context = context_of(less(), watch=lambda exchange, operation: made.update([operation.id]))
    driver = Driver(context)
    tokens = [driver.need("authentication-tokens") for _ in range(3)]
    assert len({token["id"] for token in tokens}) == 3
    assert made["get-your-account-details"] == 1
