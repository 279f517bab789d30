"""What must always hold says so where it does not: worlds that no call can make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mockserver.pipeline.server import Server
from mockserver.resources import kinds
from mockserver.world.access import authenticate
from mockserver.world.records import change, create
from mockserver.world.state import State
from mockserver.world.view import View
from tests.invariants import unsound

from .asking import DOCUMENT

KINDS = kinds("2019-07")


def broken(spoil: Callable[[State], State]) -> list[str]:
    """The sentences about the world of these tests after it was spoilt."""
    state = spoil(Server().made(fixture=DOCUMENT).state)
    view = View(KINDS, state, authenticate(KINDS, state, None, ""))
    return unsound(view)


def find(state: State, *name: object) -> int:
    record = state.find(*name)
    assert record is not None
    return record.key


def owners_of(state: State, organization: str) -> int:
    return find(state, "teams", find(state, "organizations", organization), "owners")


def test_a_good_world_breaks_nothing() -> None:
    assert broken(lambda state: state) == []


def test_owners_without_members_or_without_a_right() -> None:
    def spoil(state: State) -> State:
        owners = state.get(owners_of(state, "acme"))
        state = state.unlink(owners.key, ("users", "teams"), [find(state, "users", 0, "olga")])
        rights = dict(owners["organization-access"], **{"manage-policies": False})
        state, _ = change(KINDS["teams"], state, owners, {"organization-access": rights})
        return state

    empty, less = broken(spoil)
    assert empty.endswith("the team owners of acme, is empty")
    assert less.endswith("the team owners of acme, lacks a right")


def test_access_across_organizations_and_of_owners() -> None:
    def spoil(state: State) -> State:
        web = find(state, "workspaces", find(state, "organizations", "acme"), "web")
        owners = (web, owners_of(state, "globex"))
        state, _ = create(KINDS["team-workspaces"], state, owners, {"access": "read"}, seed=0)
        return state

    across, of_owners = broken(spoil)
    assert across.endswith("of another organization")
    assert of_owners.endswith("the team owners")


def test_two_tokens_of_one_team() -> None:
    def spoil(state: State) -> State:
        values = {"created-at": "", "description": None, "_digest": "another"}
        team = (owners_of(state, "acme"),)
        state, _ = create(KINDS["authentication-tokens"], state, team, values, seed=0)
        return state

    said = broken(spoil)
    assert len(said) == 2  # each of the two says it
    assert all(sentence.endswith("has more than one token") for sentence in said)


@pytest.mark.parametrize(
    ("alone", "end"), [(False, "of another organization"), (True, "which does not have it")]
)
def test_a_member_of_another_organization_or_that_does_not_know_it(alone: bool, end: str) -> None:
    def spoil(state: State) -> State:
        acme, globex = (find(state, "organizations", name) for name in ("acme", "globex"))
        values = {"name": "made", "global": False}
        state, group = create(KINDS["policy-sets"], state, (acme,), values, seed=0)
        state, policy = create(KINDS["policies"], state, (globex,), values, seed=0)
        state = state.link(group.key, ("policies", "policy-sets"), [policy.key])
        return replace(state, links=state.links.discard(policy.key)) if alone else state

    said = broken(spoil)
    assert said
    assert all(sentence.endswith(end) for sentence in said)
