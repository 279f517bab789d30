"""Tokens of teams and of organizations: one at a time, shown once, dead at once."""

from __future__ import annotations

import re

import pytest

from tests.client import ROOT

from .asking import ORG, Asked, a_team, asked, token_of, users

VENDOR = r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9]{60}"


def team_path(ask: Asked, team: str = "staff") -> str:
    return f"{ROOT}/teams/{ask.team(team)}/authentication-token"


ORG_PATH = f"{ORG}/authentication-token"

TEAM_CALLERS = ["mel", "olga", "owners-token", "staff-token", "org-token"]
TEAM_OTHERS = ["rex", "pol", "wanda", "sam"]
ORG_CALLERS = ["olga", "owners-token", "org-token"]
ORG_OTHERS = ["mel", "pol", "wanda", "staff-token", "sam"]


@pytest.mark.parametrize("who", TEAM_CALLERS)
def test_members_owners_and_the_organization_generate_a_teams_token(ask: Asked, who: str) -> None:
    path = team_path(ask)
    made = ask.post(who, path)
    token = token_of(made)
    assert re.fullmatch(re.escape(ask.tfe.token) + r"\." + VENDOR, token)
    assert re.fullmatch("[0-9]+", made.data(201)["id"])
    assert ask.get(token, f"{ROOT}/organizations").names() == ["acme"]
    assert ask.get(token, path).attributes()["token"] is None
    ask.delete(token, path).ok()
    ask.get(token, path).ok(401)


@pytest.mark.parametrize("who", TEAM_OTHERS)
def test_nobody_else_touches_a_teams_token(ask: Asked, who: str) -> None:
    path = team_path(ask)
    before = ask.tfe.state()
    for method in ("POST", "GET", "DELETE"):
        ask(who, method, path).ok(404)
        assert "members of the team and its own token, owners" in ask.why
    assert ask.tfe.state() == before


@pytest.mark.parametrize("who", ORG_CALLERS)
def test_owners_and_the_token_itself_generate_the_organizations_token(ask: Asked, who: str) -> None:
    token = token_of(ask.post(who, ORG_PATH))
    assert ask.get(token, ORG).data()["id"] == "acme"
    assert ask.get(token, ORG_PATH).attributes()["token"] is None
    ask.delete(token, ORG_PATH).ok()
    ask.get(token, ORG_PATH).ok(401)


@pytest.mark.parametrize("who", ORG_OTHERS)
def test_nobody_else_touches_the_organizations_token(ask: Asked, who: str) -> None:
    before = ask.tfe.state()
    for method in ("POST", "GET", "DELETE"):
        ask(who, method, ORG_PATH).ok(404)
        assert "owners, by a user's or the team's token, and the organization's token" in ask.why
    assert ask.tfe.state() == before


def test_a_new_token_of_a_team_kills_the_old_at_once(ask: Asked) -> None:
    ask.get("staff-token", f"{ROOT}/organizations").ok(200)
    first = token_of(ask.post("mel", team_path(ask)))
    ask.get("staff-token", f"{ROOT}/organizations").ok(401)
    second = token_of(ask.post(first, team_path(ask)))  # by itself, as a machine rotates it
    ask.get(first, f"{ROOT}/organizations").ok(401)
    ask.get(second, f"{ROOT}/organizations").ok(200)
    assert [t for t in ask.tfe.state()["tokens"] if t.get("team") == "acme/staff"].__len__() == 1


def test_a_new_token_of_an_organization_kills_the_old_at_once(ask: Asked) -> None:
    first = token_of(ask.post("org-token", ORG_PATH))
    ask.get("org-token", ORG).ok(401)
    assert token_of(ask.post("olga", ORG_PATH)) != first
    ask.get(first, ORG).ok(401)


def test_tokens_of_different_teams_live_side_by_side(ask: Asked) -> None:
    token = token_of(ask.post("olga", team_path(ask, "readers")))
    ask.get("staff-token", f"{ROOT}/organizations").ok(200)
    ask.get(token, f"{ROOT}/workspaces/{ask.workspace()}").ok(200)
    ask.get("staff-token", f"{ROOT}/workspaces/{ask.workspace()}").ok(404)


def test_where_there_is_no_token_there_is_nothing_to_show_or_delete(ask: Asked) -> None:
    for path in (team_path(ask, "readers"), f"{ROOT}/organizations/globex/authentication-token"):
        who = "sam" if "globex" in path else "olga"
        for method in ("GET", "DELETE"):
            ask(who, method, path).ok(404)
            assert "has no token: generate one first" in ask.why


def test_an_owners_team_token_may_what_owners_may(ask: Asked) -> None:
    token = token_of(ask.post("olga", team_path(ask, "owners")))
    ask.get("owners-token", ORG).ok(401)
    ask.post(token, f"{ORG}/teams", a_team("network")).ok(200)
    ask.patch(token, ORG, {"data": {"type": "organizations", "attributes": {}}}).ok(200)


def test_the_answer_names_who_made_it_and_when_it_was_used(ask: Asked) -> None:
    path = team_path(ask)
    made = ask.post("mel", path)
    assert made.attributes(201)["last-used-at"] is None
    assert made.attributes(201)["description"] is None
    by_mel = {"data": {"type": "users", "id": ask.user("mel")}}
    assert made.data(201)["relationships"]["created-by"] == by_mel
    state = ask.tfe.state()
    ask.tfe.clock.advance(60)
    ask.get(token_of(made), f"{ROOT}/organizations").ok(200)
    shown = ask.get("mel", path).data()
    assert shown["attributes"]["last-used-at"] == "2019-07-15T00:01:00.000Z"
    assert shown["relationships"]["created-by"] == by_mel
    assert ask.tfe.state() == state  # to be used is no change of the world


def test_a_token_that_no_user_made_names_nobody(ask: Asked) -> None:
    for who in ("staff-token", "org-token"):
        made = ask.post(who, team_path(ask)).data(201)
        assert made["relationships"]["created-by"] == {"data": None}


def test_a_fixture_says_who_made_a_token(ask: Asked) -> None:
    made = {"name": "ci", "team": "acme/readers", "created-by": "rex"}
    ask.tfe.seed({"tokens": [made]})
    shown = ask.get("olga", team_path(ask, "readers")).data()
    assert shown["relationships"]["created-by"]["data"]["id"] == ask.user("rex")


def test_a_body_is_not_needed_and_does_no_harm(ask: Asked) -> None:
    types = ("authentication-tokens", "authentication-token", "", "teams")
    for document in (None, {}, {"data": None}, *({"data": {"type": type}} for type in types)):
        ask.post("mel", team_path(ask), document).ok(201)
        ask.post("olga", ORG_PATH, document).ok(201)
    ask.post("mel", team_path(ask), {"data": {"type": 7}}).ok(422)  # no page has such a type


def test_a_token_is_the_same_in_every_run_and_never_twice_in_one(ask: Asked) -> None:
    secrets = [token_of(ask.post("mel", team_path(ask))) for _ in range(20)]
    secrets += [token_of(ask.post("olga", ORG_PATH)) for _ in range(20)]
    assert len(set(secrets)) == len(secrets)
    with asked(seed=0, key="again") as again, asked(seed=1, key="other") as other:
        rest = secrets[0].partition(".")[2]
        assert token_of(again.post("mel", team_path(again))) == f"again.{rest}"
        assert token_of(other.post("mel", team_path(other))) != f"other.{rest}"


def test_a_token_is_unknown_to_another_universe(ask: Asked) -> None:
    rest = token_of(ask.post("mel", team_path(ask))).partition(".")[2]
    with asked() as other:
        other.get(f"{other.tfe.token}.{rest}", f"{ROOT}/organizations").ok(401)


def test_a_fixture_that_has_taken_a_coming_secret_is_no_accident(ask: Asked) -> None:
    coming = token_of(ask.post("mel", team_path(ask))).partition(".")[2]
    with asked() as again:
        again.tfe.seed({"tokens": [{"name": coming, "user": "mel"}]})
        made = token_of(again.post("mel", team_path(again)))
        assert made.partition(".")[2] != coming


def test_a_restored_world_knows_nothing_of_later_use(ask: Asked) -> None:
    ask.tfe.snapshot("before")
    token = token_of(ask.post("mel", team_path(ask)))
    ask.get(token, f"{ROOT}/organizations").ok(200)
    ask.tfe.restore("before")
    ask.get(token, f"{ROOT}/organizations").ok(401)
    made = ask.post("mel", team_path(ask))  # it takes the place of what has never been
    assert made.attributes(201)["last-used-at"] is None


def test_a_deleted_organization_takes_its_tokens_along(ask: Asked) -> None:
    owners = f"{ROOT}/teams/{ask.team('owners')}/relationships/users"
    ask.post("olga", owners, users("mel")).ok()
    ask.delete("olga", ORG).ok()
    for token in ("owners-token", "staff-token", "org-token"):
        ask.get(token, f"{ROOT}/organizations").ok(401)
    assert all("user" in token for token in ask.tfe.state()["tokens"])
    ask.get("olga", f"{ROOT}/organizations").ok(200)
