"""Teams: who sees which, who manages them, and what `owners` keeps."""

from __future__ import annotations

import pytest

from tests.client import ROOT

from .asking import RIGHTS, TEAMS, Asked, a, a_team, asked

ALL = [
    *("admins", "helpers", "owners", "planners", "platform", "policy"),
    *("readers", "staff", "vcs", "writers"),
]
MANAGERS = pytest.mark.parametrize("who", ["olga", "owners-token", "org-token"])
OTHERS = pytest.mark.parametrize("who", ["mel", "ada", "pol", "wanda", "vic", "staff-token", "sam"])


@MANAGERS
def test_owners_and_the_organizations_token_list_every_team_by_name(ask: Asked, who: str) -> None:
    listed = ask.get(who, TEAMS)
    assert listed.names() == ALL
    assert listed.json["meta"]["pagination"]["total-count"] == len(ALL)


@pytest.mark.parametrize(
    ("who", "names"),
    [("mel", ["staff"]), ("ada", ["admins", "helpers"]), ("staff-token", ["staff"])],
)
def test_others_list_the_teams_they_belong_to(ask: Asked, who: str, names: list[str]) -> None:
    assert ask.get(who, TEAMS).names() == names


def test_others_see_their_teams_by_name_not_by_age(ask: Asked) -> None:
    ask.patch("olga", f"{ROOT}/teams/{ask.team('admins')}", a("teams", name="z-admins")).ok(200)
    assert ask.get("ada", TEAMS).names() == ["helpers", "z-admins"]


def test_a_stranger_lists_no_teams_and_the_journal_says_why(ask: Asked) -> None:
    assert ask.get("sam", TEAMS).said(404) == [("not found", None)]
    assert ask.why == (
        "user sam may not: list-teams is for members of the organization, by a user's or a team's "
        "token, and the organization's token "
        "(users-teams-organizations/teams.html#managing-teams)"
    )


def test_a_team_is_shown_to_its_members_but_not_to_members_of_others(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('staff')}"
    for who in ("mel", "staff-token", "olga", "owners-token", "org-token"):
        assert ask.get(who, path).attributes()["name"] == "staff"
    for who in ("rex", "wanda", "sam"):
        ask.get(who, path).ok(404)


def test_include_brings_the_members_without_their_addresses(ask: Asked) -> None:
    shown = ask.get("olga", f"{ROOT}/teams/{ask.team('staff')}", include="users")
    (mel,) = shown.json["included"]
    assert mel["attributes"]["username"] == "mel"
    assert "email" not in mel["attributes"]
    assert "two-factor" not in mel["attributes"]
    assert shown.data()["relationships"]["users"]["data"] == [{"type": "users", "id": mel["id"]}]
    assert {u["attributes"]["username"] for u in ask.get("org-token", TEAMS, include="users").json["included"]} == {
        *("olga", "mel", "rex", "pia", "wes", "ada", "pol", "wanda", "vic")
    }  # fmt: skip


def test_an_unknown_include_is_a_400_that_terraform_can_read(ask: Asked) -> None:
    said = ask.get("olga", TEAMS, include="organization").said(400)
    assert said == [("Invalid include parameter", None)]


def test_permissions_follow_the_caller_and_owners_cannot_be_destroyed(ask: Asked) -> None:
    def permissions(who: str, team: str) -> object:
        return ask.get(who, f"{ROOT}/teams/{ask.team(team)}").attributes()["permissions"]

    yes, no = ({"can-update-membership": on, "can-destroy": on} for on in (True, False))
    assert permissions("olga", "staff") == permissions("org-token", "staff") == yes
    assert permissions("mel", "staff") == no
    assert permissions("olga", "owners") == {**yes, "can-destroy": False}


@MANAGERS
def test_managers_make_change_and_delete_teams(ask: Asked, who: str) -> None:
    made = ask.post(who, TEAMS, a_team("network", "manage-policies"))
    assert made.attributes()["organization-access"] == {
        "manage-policies": True,
        "manage-workspaces": False,
        "manage-vcs-settings": False,
    }
    path = f"{ROOT}/teams/{made.data()['id']}"
    assert ask.get(who, path).json == made.json
    assert ask.patch(who, path, a("teams", name="net")).attributes()["name"] == "net"
    ask.delete(who, path).ok()
    ask.get(who, path).ok(404)
    ask.delete(who, path).ok(404)


@OTHERS
def test_nobody_else_makes_changes_or_deletes_teams(ask: Asked, who: str) -> None:
    path = f"{ROOT}/teams/{ask.team('staff')}"
    before = ask.tfe.state()
    ask.post(who, TEAMS, a_team("network")).ok(404)
    ask.patch(who, path, a("teams", name="net")).ok(404)
    ask.delete(who, path).ok(404)
    assert "owners of the organization" in ask.why
    assert ask.tfe.state() == before


def test_a_team_without_rights_has_none(ask: Asked) -> None:
    made = ask.post("olga", TEAMS, a("teams", name="network")).attributes()
    assert made["organization-access"] == dict.fromkeys(RIGHTS, False)
    assert made["users-count"] == 0


@pytest.mark.parametrize("name", ["staff", "STAFF", "Owners"])
def test_a_name_that_differs_in_case_only_is_taken(ask: Asked, name: str) -> None:
    taken = [("Name has already been taken", "/data/attributes/name")]
    assert ask.post("olga", TEAMS, a_team(name)).said() == taken
    path = f"{ROOT}/teams/{ask.team('readers')}"
    assert ask.patch("olga", path, a("teams", name=name)).said() == taken


def test_the_name_of_another_organizations_team_is_free(ask: Asked) -> None:
    ask.post("sam", f"{ROOT}/organizations/globex/teams", a_team("staff")).ok(200)


def test_a_team_can_change_the_case_of_its_own_name(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('staff')}"
    assert ask.patch("olga", path, a("teams", name="Staff")).attributes()["name"] == "Staff"


@pytest.mark.parametrize("name", ["the staff", "équipe", "a/b"])
def test_a_name_beyond_the_letters_of_the_page_is_taken_and_noted(ask: Asked, name: str) -> None:
    path = f"{ROOT}/teams/{ask.team('staff')}"
    assert ask.patch("olga", path, a("teams", name=name)).attributes()["name"] == name
    assert ask.post("olga", TEAMS, a_team(f"{name} 2")).attributes()["name"] == f"{name} 2"
    for exchange in list(ask.tfe.journal)[-2:]:
        (finding,) = exchange.findings
        assert finding["pointer"] == "/data/attributes/name"
        assert finding["expected"] == "a string of letters, digits, - and _"


def test_a_strict_world_refuses_a_name_beyond_the_letters_of_the_page() -> None:
    with asked(strict=True) as ask:
        path = f"{ROOT}/teams/{ask.team('staff')}"
        for answer in (
            ask.patch("olga", path, a("teams", name="the staff")),
            ask.post("olga", TEAMS, a_team("the staff")),
        ):
            assert answer.said() == [
                ('data.attributes.name is "the staff"', "/data/attributes/name")
            ]
        ask.tfe.journal.clear()  # else the world fails the test for what was sent


def test_a_name_of_nothing_is_refused(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('staff')}"
    blank = [("Name can't be blank", "/data/attributes/name")]
    assert ask.patch("olga", path, a("teams", name="")).said() == blank
    assert ask.post("olga", TEAMS, a_team("")).said() == blank


def test_an_unknown_include_is_400_where_a_team_is_made(ask: Asked) -> None:
    before = ask.tfe.state()
    answer = ask.post("olga", f"{TEAMS}?include=nope", a_team("network"))
    assert answer.said(400) == [("Invalid include parameter", None)]
    assert ask.tfe.state() == before
    made = ask.post("olga", f"{TEAMS}?include=users", a_team("network"))
    assert made.json["included"] == []


def test_an_update_keeps_the_rights_it_does_not_name(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('policy')}"
    shown = ask.patch("olga", path, a("teams", organization_access={"manage-workspaces": True}))
    assert shown.attributes()["organization-access"] == {
        "manage-policies": True,
        "manage-workspaces": True,
        "manage-vcs-settings": False,
    }


def test_an_update_that_changes_nothing_changes_nothing(ask: Asked) -> None:
    before = ask.tfe.state()
    path = f"{ROOT}/teams/{ask.team('policy')}"
    ask.patch("olga", path, {"data": {"type": "teams"}}).ok(200)
    ask.patch("olga", path, a_team("policy", "manage-policies")).ok(200)
    assert ask.tfe.state() == before


def test_a_right_that_is_taken_away_is_gone_with_the_next_request(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('policy')}"
    sets = f"{ROOT}/organizations/acme/policy-sets"
    ask.get("pol", sets).ok(200)
    ask.patch("olga", path, a("teams", organization_access={"manage-policies": False})).ok(200)
    ask.get("pol", sets).ok(404)


def test_owners_keeps_its_name_its_rights_and_its_life(ask: Asked) -> None:
    path = f"{ROOT}/teams/{ask.team('owners')}"
    before = ask.tfe.state()
    for name in ("bosses", "OWNERS"):
        assert ask.patch("olga", path, a("teams", name=name)).said() == [
            ("The owners team cannot be renamed", "/data/attributes/name")
        ]
    assert ask.patch("olga", path, a("teams", organization_access={RIGHTS[0]: False})).said() == [
        (
            "The owners team has every right in the organization",
            "/data/attributes/organization-access/manage-policies",
        )
    ]
    assert ask.delete("olga", path).said() == [("The owners team cannot be deleted", None)]
    ask.patch("olga", path, a_team("owners", *RIGHTS)).ok(200)  # says what is so already
    assert ask.tfe.state() == before


def test_a_refusal_explains_itself_in_meta(ask: Asked) -> None:
    error = ask.delete("olga", f"{ROOT}/teams/{ask.team('owners')}").json["errors"][0]
    assert error["meta"] == {
        "operation": "delete-team",
        "edition": "2019-07",
        "fact": "every organization has a team named owners, with full access",
        "expected": "no such request",
        "key-path": "",
        "source": "users-teams-organizations/teams.html#the-owners-team (status: decision)",
        "hint": "Leave owners as it is; make another team for other names and rights.",
    }


def test_a_team_takes_its_token_and_its_access_with_it_but_not_its_members(ask: Asked) -> None:
    ask.post("olga", f"{ROOT}/teams/{ask.team('readers')}/authentication-token").ok(201)
    token = next(t for t in ask.tfe.state()["tokens"] if t.get("team") == "acme/readers")
    ask.get("rex", f"{ROOT}/workspaces/{ask.workspace()}").ok(200)
    access = ask.access("readers")
    ask.delete("olga", f"{ROOT}/teams/{ask.team('readers')}").ok()
    state = ask.tfe.state()
    assert token not in state["tokens"]
    assert "readers" not in ask.organization()["workspaces"][0]["team-access"]
    ask.get("olga", f"{ROOT}/team-workspaces/{access}").ok(404)
    ask.get("rex", f"{ROOT}/workspaces/{ask.workspace()}").ok(404)
    assert ask.get("rex", f"{ROOT}/account/details").attributes()["username"] == "rex"


def test_a_team_by_a_name_or_another_kinds_id_is_not_found(ask: Asked) -> None:
    for id in ("staff", ask.workspace(), ask.user("mel"), "team-x"):
        ask.get("olga", f"{ROOT}/teams/{id}").ok(404)


def test_without_the_entitlement_every_door_of_teams_is_closed() -> None:
    document = {
        "organizations": [
            {
                "name": "acme",
                "entitlements": {"teams": False},
                "teams": [{"name": "staff"}],
                "workspaces": [{"name": "web", "team-access": {"staff": "read"}}],
            }
        ],
        "tokens": [{"name": "staff-token", "team": "acme/staff"}],
    }
    with asked(document) as ask:
        team, web, access = ask.team("staff"), ask.workspace(), ask.access("staff")
        calls = [
            ("GET", TEAMS, None),
            ("POST", TEAMS, a_team("network")),
            ("GET", f"{ROOT}/teams/{team}", None),
            ("PATCH", f"{ROOT}/teams/{team}", a("teams", name="x")),
            ("DELETE", f"{ROOT}/teams/{team}", None),
            ("POST", f"{ROOT}/teams/{team}/relationships/users", {"data": []}),
            ("DELETE", f"{ROOT}/teams/{team}/relationships/users", {"data": []}),
            ("POST", f"{ROOT}/teams/{team}/authentication-token", None),
            ("GET", f"{ROOT}/teams/{team}/authentication-token", None),
            ("DELETE", f"{ROOT}/teams/{team}/authentication-token", None),
            ("GET", f"{ROOT}/team-workspaces/{access}", None),
            ("DELETE", f"{ROOT}/team-workspaces/{access}", None),
            ("GET", f"{ROOT}/team-workspaces?filter[workspace][id]={web}", None),
        ]
        before = ask.tfe.state()
        for method, path, document in calls:
            ask("key", method, path, document).ok(404)
            assert ask.why == "acme has no entitlement teams"
        assert ask.tfe.state() == before
        ask.get("key", f"{ROOT}/organizations/acme").ok(200)
        ask.post("key", f"{ROOT}/organizations/acme/authentication-token").ok(201)
