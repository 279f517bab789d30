"""Team access: who gives it, to which teams, and what it opens."""

from __future__ import annotations

import pytest

from tests.client import ROOT

from .asking import ACCESS, TEAMS, Asked, a, a_team, an_access, asked, users

TEAM, WORKSPACE = "/data/relationships/team/data", "/data/relationships/workspace/data"


def listed(ask: Asked, who: str, workspace: str | None = None) -> list[str]:
    query = {"filter[workspace][id]": workspace or ask.workspace()}
    return [
        record["attributes"]["access"] for record in ask(who, "GET", ACCESS, query=query).data()
    ]


@pytest.mark.parametrize("who", ["olga", "rex", "ada", "pol", "wanda", "org-token"])
def test_who_may_read_a_workspace_sees_every_access_to_it(ask: Asked, who: str) -> None:
    assert listed(ask, who) == ["read", "plan", "write", "admin"]
    shown = ask.get(who, f"{ACCESS}/{ask.access('writers')}").data()
    assert shown["relationships"]["team"]["data"]["id"] == ask.team("writers")
    assert shown["relationships"]["workspace"]["links"]["related"] == (
        f"{ROOT}/organizations/acme/workspaces/web"
    )


@pytest.mark.parametrize("who", ["mel", "vic", "staff-token", "sam"])
def test_others_see_none_and_the_journal_says_why(ask: Asked, who: str) -> None:
    ask.get(who, ACCESS, **{"filter[workspace][id]": ask.workspace()}).ok(404)
    assert "list-team-access-to-workspaces is for those who may read the workspace" in ask.why
    ask.get(who, f"{ACCESS}/{ask.access('readers')}").ok(404)
    assert "show-team-access-to-workspace is for those who may read the workspace" in ask.why


def test_the_workspace_must_be_named(ask: Asked) -> None:
    said = [("filter[workspace][id] is required", None)]
    assert ask.get("olga", ACCESS).said() == said
    assert ask.get("olga", ACCESS, **{"filter[workspace][id]": ""}).said() == said


def test_a_workspace_that_is_unknown_or_unseen_is_not_found(ask: Asked) -> None:
    for id in ("ws-unknown", "web", ask.workspace("web", "globex")):
        ask.get("olga", ACCESS, **{"filter[workspace][id]": id}).ok(404)


@pytest.mark.parametrize("who", ["olga", "owners-token", "org-token"])
def test_managers_give_and_take_access(ask: Asked, who: str) -> None:
    staff = ask.team("staff")
    ask.get("mel", f"{ROOT}/workspaces/{ask.workspace()}").ok(404)
    made = ask.post(who, ACCESS, an_access("read", ask.workspace(), staff))
    assert made.attributes(201) == {"access": "read"}
    path = f"{ACCESS}/{made.data(201)['id']}"
    assert made.data(201)["links"]["self"] == path
    assert ask.get(who, path).json == made.json
    ask.get("mel", f"{ROOT}/workspaces/{ask.workspace()}").ok(200)
    ask.delete(who, path).ok()
    ask.get("mel", f"{ROOT}/workspaces/{ask.workspace()}").ok(404)
    ask.delete(who, path).ok(404)


def test_a_workspace_admin_gives_access_to_his_own_teams(ask: Asked) -> None:
    ask.post("ada", ACCESS, an_access("write", ask.workspace(), ask.team("helpers"))).ok(201)
    ask.post("wanda", ACCESS, an_access("read", ask.workspace(), ask.team("platform"))).ok(201)


def test_a_workspace_admin_cannot_name_a_team_he_does_not_see(ask: Asked) -> None:
    answer = ask.post("ada", ACCESS, an_access("read", ask.workspace(), ask.team("staff")))
    assert answer.said() == [("Team does not exist", TEAM)]


def test_a_workspace_admin_takes_any_teams_access(ask: Asked) -> None:
    ask.delete("ada", f"{ACCESS}/{ask.access('readers')}").ok()
    ask.get("rex", f"{ROOT}/workspaces/{ask.workspace()}").ok(404)


@pytest.mark.parametrize("who", ["rex", "pia", "wes", "pol"])
def test_who_only_reads_plans_or_writes_gives_and_takes_nothing(ask: Asked, who: str) -> None:
    before = ask.tfe.state()
    team = {"rex": "readers", "pia": "planners", "wes": "writers", "pol": "policy"}[who]
    ask.post(who, ACCESS, an_access("admin", ask.workspace(), ask.team(team))).ok(404)
    assert "add-team-access-to-workspace is for admins of the workspace" in ask.why
    ask.delete(who, f"{ACCESS}/{ask.access('readers')}").ok(404)
    assert ask.tfe.state() == before


def test_to_who_does_not_see_the_workspace_it_does_not_exist(ask: Asked) -> None:
    document = an_access("read", ask.workspace(), ask.team("staff"))
    assert ask.post("mel", ACCESS, document).said() == [("Workspace does not exist", WORKSPACE)]
    both = [("Workspace does not exist", WORKSPACE), ("Team does not exist", TEAM)]
    assert ask.post("sam", ACCESS, document).said() == both


def test_unknown_and_foreign_records_are_refused_alike_and_all_at_once(ask: Asked) -> None:
    before = ask.tfe.state()
    web, staff = ask.workspace(), ask.team("staff")
    elsewhere, foreign = ask.workspace("web", "globex"), ask.team("owners", "globex")
    for workspace in ("ws-unknown", "web", elsewhere):
        answer = ask.post("olga", ACCESS, an_access("read", workspace, staff))
        assert answer.said() == [("Workspace does not exist", WORKSPACE)]
    for team in ("team-unknown", "staff", foreign):
        answer = ask.post("olga", ACCESS, an_access("read", web, team))
        assert answer.said() == [("Team does not exist", TEAM)]
    answer = ask.post("olga", ACCESS, an_access("read", "ws-unknown", "team-unknown"))
    assert len(answer.said()) == 2
    assert ask.tfe.state() == before


def test_who_owns_two_organizations_cannot_join_a_team_to_the_others_workspace(ask: Asked) -> None:
    owners = f"{ROOT}/teams/{ask.team('owners')}/relationships/users"
    ask.post("olga", owners, users("sam")).ok()
    elsewhere = ask.workspace("web", "globex")
    answer = ask.post("sam", ACCESS, an_access("read", elsewhere, ask.team("staff")))
    assert answer.said() == [("Team does not exist", TEAM)]


def test_a_team_has_one_access_a_workspace(ask: Asked) -> None:
    before = ask.tfe.state()
    answer = ask.post("olga", ACCESS, an_access("admin", ask.workspace(), ask.team("readers")))
    assert answer.said() == [("Team has already been taken", TEAM)]
    meta = answer.json["errors"][0]["meta"]
    assert meta["fact"] == f"the team has read access already: team access {ask.access('readers')}"
    assert ask.tfe.state() == before


def test_owners_have_admin_everywhere_and_no_access_of_their_own(ask: Asked) -> None:
    answer = ask.post("olga", ACCESS, an_access("read", ask.workspace(), ask.team("owners")))
    assert answer.said() == [("The owners team has admin access to every workspace", TEAM)]


def test_an_access_of_another_level_is_refused(ask: Asked) -> None:
    answer = ask.post("olga", ACCESS, an_access("owner", ask.workspace(), ask.team("staff")))
    assert answer.said() == [("Access is not included in the list", "/data/attributes/access")]


def test_the_highest_level_of_a_users_teams_wins(ask: Asked) -> None:
    workspace = f"{ROOT}/workspaces/{ask.workspace()}"
    ask.post("rex", f"{workspace}/actions/lock").ok(404)
    ask.post("olga", f"{ROOT}/teams/{ask.team('writers')}/relationships/users", users("rex")).ok()
    ask.post("rex", f"{workspace}/actions/lock").ok(200)
    ask.patch("rex", workspace, a("workspaces", auto_apply=True)).ok(404)


def test_a_right_in_the_organization_wins_over_a_lower_level(ask: Asked) -> None:
    ask.post("olga", ACCESS, an_access("read", ask.workspace(), ask.team("platform"))).ok(201)
    path = f"{ROOT}/workspaces/{ask.workspace()}"
    ask.patch("wanda", path, a("workspaces", auto_apply=True)).ok(200)


def test_a_workspace_takes_the_access_to_it_along(ask: Asked) -> None:
    access = ask.access("readers")
    ask.delete("olga", f"{ROOT}/workspaces/{ask.workspace()}").ok()
    ask.get("olga", f"{ACCESS}/{access}").ok(404)
    ask.delete("olga", f"{ROOT}/teams/{ask.team('readers')}").ok()


def test_the_number_of_an_access_is_not_used_again(ask: Asked) -> None:
    team = ask.post("olga", TEAMS, a_team("network")).data()["id"]
    document = an_access("read", ask.workspace(), team)
    first = ask.post("olga", ACCESS, document).data(201)["id"]
    ask.delete("olga", f"{ACCESS}/{first}").ok()
    assert ask.post("olga", ACCESS, document).data(201)["id"] != first


def test_without_the_entitlement_no_access_is_given() -> None:
    organization = {"name": "acme", "entitlements": {"teams": False}, "workspaces": [{"name": "w"}]}
    with asked({"organizations": [{**organization, "teams": [{"name": "staff"}]}]}) as ask:
        document = an_access("read", ask.workspace("w"), ask.team("staff"))
        ask.post("key", ACCESS, document).ok(404)
        assert ask.why == "acme has no entitlement teams"
        assert ask.organization()["workspaces"][0]["team-access"] == {}
