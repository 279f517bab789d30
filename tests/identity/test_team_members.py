"""Membership: by username, all or nothing, and `owners` is never empty."""

from __future__ import annotations

import pytest

from tests.client import ROOT

from .asking import TEAMS, Asked, a_team, users


def path(ask: Asked, team: str) -> str:
    return f"{ROOT}/teams/{ask.team(team)}/relationships/users"


@pytest.mark.parametrize("who", ["olga", "owners-token", "org-token"])
def test_managers_add_and_delete_members_by_username(ask: Asked, who: str) -> None:
    ask.post(who, path(ask, "staff"), users("rex", "sam")).ok()
    assert ask.members("staff") == ["mel", "rex", "sam"]
    shown = ask.get(who, f"{ROOT}/teams/{ask.team('staff')}").data()
    assert shown["attributes"]["users-count"] == 3
    ask.delete(who, path(ask, "staff"), users("mel", "rex")).ok()
    assert ask.members("staff") == ["sam"]


@pytest.mark.parametrize("who", ["mel", "ada", "wanda", "staff-token", "sam"])
def test_nobody_else_does_not_even_a_member(ask: Asked, who: str) -> None:
    ask.post(who, path(ask, "staff"), users("sam")).ok(404)
    ask.delete(who, path(ask, "staff"), users("mel")).ok(404)
    assert ask.members("staff") == ["mel"]


def test_membership_grants_and_takes_at_once(ask: Asked) -> None:
    sets = f"{ROOT}/organizations/acme/policy-sets"
    ask.get("sam", sets).ok(404)
    ask.post("olga", path(ask, "policy"), users("sam")).ok()
    ask.get("sam", sets).ok(200)
    ask.delete("olga", path(ask, "policy"), users("sam")).ok()
    ask.get("sam", sets).ok(404)


def test_usernames_are_found_in_any_case(ask: Asked) -> None:
    ask.post("olga", path(ask, "staff"), users("REX")).ok()
    assert ask.members("staff") == ["mel", "rex"]
    ask.delete("olga", path(ask, "staff"), users("Mel")).ok()
    assert ask.members("staff") == ["rex"]


def test_one_unknown_name_and_nobody_is_added(ask: Asked) -> None:
    before = ask.tfe.state()
    answer = ask.post("olga", path(ask, "staff"), users("rex", "nobody", "pia", "no one"))
    assert answer.said() == [
        ("User does not exist", "/data/1/id"),
        ("User does not exist", "/data/3/id"),
    ]
    assert answer.json["errors"][0]["meta"]["key-path"] == "data[].id"
    assert ask.tfe.state() == before


def test_a_users_id_is_not_a_username(ask: Asked) -> None:
    answer = ask.post("olga", path(ask, "staff"), users(ask.user("rex")))
    assert answer.said() == [("User does not exist", "/data/0/id")]
    ask.delete("olga", path(ask, "staff"), users(ask.user("mel"))).ok()
    assert ask.members("staff") == ["mel"]


def test_what_is_there_already_or_gone_already_is_no_mistake(ask: Asked) -> None:
    before = ask.tfe.state()
    ask.post("olga", path(ask, "staff"), users("mel", "mel")).ok()
    ask.post("olga", path(ask, "staff"), {"data": []}).ok()
    ask.delete("olga", path(ask, "staff"), users("rex", "nobody")).ok()
    ask.delete("olga", path(ask, "staff"), {"data": []}).ok()
    assert ask.tfe.state() == before


@pytest.mark.parametrize("who", ["olga", "owners-token", "org-token"])
def test_the_last_owner_cannot_be_removed_by_anybody(ask: Asked, who: str) -> None:
    before = ask.tfe.state()
    answer = ask.delete(who, path(ask, "owners"), users("olga"))
    assert answer.said() == [("The owners team cannot be empty", "/data")]
    assert ask.tfe.state() == before


def test_nor_can_all_owners_at_once(ask: Asked) -> None:
    ask.post("olga", path(ask, "owners"), users("mel")).ok()
    answer = ask.delete("olga", path(ask, "owners"), users("OLGA", "mel", "nobody"))
    assert answer.said() == [("The owners team cannot be empty", "/data")]
    assert ask.members("owners") == ["olga", "mel"]


def test_a_plain_team_can_be_empty(ask: Asked) -> None:
    ask.delete("olga", path(ask, "staff"), users("mel")).ok()
    assert ask.members("staff") == []


def test_an_owner_who_removes_himself_is_refused_from_then_on(ask: Asked) -> None:
    owners = path(ask, "owners")
    ask.post("olga", owners, users("mel")).ok()
    ask.delete("olga", owners, users("olga")).ok()
    ask.post("olga", owners, users("olga")).ok(404)
    ask.post("olga", TEAMS, a_team("network")).ok(404)
    ask.get("olga", f"{ROOT}/organizations/acme").ok(404)  # he was in no other team
    ask.post("mel", owners, users("olga")).ok()
    ask.post("olga", TEAMS, a_team("network")).ok(200)


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ([{"type": "teams", "id": "mel"}], "/data/0/type"),
        ([{"type": "users"}], "/data/0/id"),
        ([{"type": "users", "id": ""}], "/data/0/id"),
        ({"type": "users", "id": "mel"}, "/data"),
    ],
)
def test_a_body_of_another_form_is_refused(ask: Asked, data: object, pointer: str) -> None:
    for method in ("POST", "DELETE"):
        answer = ask("olga", method, path(ask, "staff"), {"data": data})
        assert [place for _, place in answer.said()] == [pointer]
    assert ask.members("staff") == ["mel"]


def test_a_delete_without_a_body_is_refused(ask: Asked) -> None:
    ask.delete("olga", path(ask, "staff")).ok(422)
    assert ask.members("staff") == ["mel"]
