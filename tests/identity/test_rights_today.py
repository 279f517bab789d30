"""What the table of August 2026 has no cell for: what is listed, what a body may not ask for, and what
the journal says of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.client import ROOT

from .asking import ACCESS, ORG, Asked, a, asked
from .who_today import DOCUMENT

TEAMS, PROJECTS = f"{ORG}/teams", f"{ROOT}/team-projects"


@pytest.fixture
def acme() -> Iterator[Asked]:
    with asked(DOCUMENT, edition="2026-08") as made:
        yield made


def id_of(acme: Asked, type: str, name: str) -> str:
    return str(next(one["id"] for one in acme.organization()[type] if one["name"] == name))


def data(*identifiers: tuple[str, str]) -> Any:
    return {"data": [{"type": type, "id": id} for type, id in identifiers]}


def test_who_manages_teams_makes_visible_ones_and_neither_hides_them_nor_gives_them_access(
    acme: Asked,
) -> None:
    acme.post("tim", TEAMS, a("teams", name="new")).ok(404)
    assert acme.why == (
        "user tim may not: create-team is for owners, the organization's token, and teams that may "
        "manage teams and access secret ones (permissions.mdx#include-secret-teams)"
    )
    made = acme.post("tim", TEAMS, a("teams", name="new", visibility="organization"))
    path = f"{TEAMS.removesuffix('/organizations/acme/teams')}/teams/{made.data(200)['id']}"
    acme.patch("tim", path, a("teams", visibility="secret")).ok(404)
    acme.patch("tim", path, a("teams", organization_access={"manage-policies": True})).ok(404)
    assert "manage organization access" in acme.why
    kept = a("teams", organization_access={"manage-policies": False}, visibility="organization")
    acme.patch("tim", path, kept).ok(200)
    acme.patch("acc", path, a("teams", organization_access={"manage-policies": True})).ok(200)
    acme.patch("sec", path, a("teams", visibility="secret")).ok(200)
    acme.get("tim", path).ok(404)


def test_tokens_of_teams_that_one_cannot_see_are_neither_listed_nor_revoked(acme: Asked) -> None:
    path = f"{ORG}/team-tokens"
    tokens = {t["team"]: t["id"] for t in acme.tfe.state()["tokens"] if "team" in t}
    assert [one["id"] for one in acme.get("tim", path).data()] == [tokens["acme/open"]]
    assert len(acme.get("sec", path).data()) == 3
    acme.delete("tim", path, data(("authentication-tokens", tokens["acme/staff"]))).ok()
    assert len(acme.get("sec", path).data()) == 3
    acme.delete("sec", path, data(("authentication-tokens", tokens["acme/staff"]))).ok()
    assert len(acme.get("sec", path).data()) == 2


def test_an_invitation_names_teams_whose_members_the_caller_manages_and_owners_by_owners(
    acme: Asked,
) -> None:
    def invited(who: str, team: str) -> int:
        said = a("organization-memberships", email=f"{who}-{team}@example.com")
        teams = data(("teams", acme.team(team)))
        said["data"]["relationships"] = {"teams": teams}
        return acme.post(who, f"{ORG}/organization-memberships", said).status

    assert invited("hos", "open") == 201
    assert invited("hos", "staff") == 422, "what is not seen is unknown"
    assert invited("sec", "staff") == 201
    assert invited("sec", "owners") == 404
    assert invited("olg", "owners") == 201


def test_a_workspace_leaves_a_project_by_who_may_move_it_there_and_all_or_none_do(
    acme: Asked,
) -> None:
    stage, web = acme.workspace("stage"), acme.workspace("web")
    into = f"{ROOT}/projects/{id_of(acme, 'projects', 'platform')}/relationships/workspaces"
    staging = id_of(acme, "projects", "staging")
    access = a("team-projects", access="read")
    access["data"]["relationships"] = {
        "project": {"data": {"type": "projects", "id": staging}},
        "team": {"data": {"type": "teams", "id": acme.team("pad")}},
    }
    (own,) = acme.get("olg", PROJECTS, **{"filter[project][id]": staging}).data()
    acme.patch("olg", f"{PROJECTS}/{own['id']}", a("team-projects", access="maintain")).ok(200)
    refused = acme.post("pad", into, data(("workspaces", web), ("workspaces", stage)))
    assert refused.said(403) == [(f"{stage} cannot be moved out of its project", "/data/1")]
    assert refused.errors[0]["meta"]["fact"] == (
        f"this token may not move workspaces out of {staging}"
    )
    move = a("workspaces", name="stage")
    platform = {"data": {"type": "projects", "id": id_of(acme, "projects", "platform")}}
    move["data"]["relationships"] = {"project": platform}
    acme.patch("pad", f"{ROOT}/workspaces/{stage}", move).ok(404)
    assert "admin level in the project that a workspace leaves" in acme.why
    acme.patch("olg", f"{ROOT}/workspaces/{stage}", move).ok(200)


def test_moving_what_does_not_exist_is_403_as_the_page_says(acme: Asked) -> None:
    into = f"{ROOT}/projects/{id_of(acme, 'projects', 'platform')}/relationships/workspaces"
    refused = acme.post("olg", into, data(("workspaces", "ws-nope")))
    assert refused.errors[0]["title"] == "forbidden"
    assert refused.said(403) == [("ws-nope is not one of the organization's workspaces", "/data/0")]


def test_an_access_of_ones_own_to_plan_runs_reads_no_variable(acme: Asked) -> None:
    shown = acme.get("cus", f"{ROOT}/workspaces/{acme.workspace()}").attributes()["permissions"]
    assert {name for name, may in shown.items() if may} == {
        "can-lock",
        "can-queue-run",
        "can-read-assessment-results",
        "can-read-run",
        "can-read-settings",
        "can-unlock",
    }


def test_team_access_is_listed_of_ones_own_teams_and_whole_for_admins(acme: Asked) -> None:
    def listed(who: str, path: str, what: str, id: str) -> int:
        return len(acme.get(who, path, **{f"filter[{what}][id]": id}).data())

    web, platform = acme.workspace(), id_of(acme, "projects", "platform")
    counts = {who: listed(who, ACCESS, "workspace", web) for who in ("rex", "vws", "ada", "olg")}
    assert counts == {"rex": 1, "vws": 0, "ada": 5, "olg": 5}
    whose = ("pre", "vpr", "pcu", "pad", "olg")
    counts = {who: listed(who, PROJECTS, "project", platform) for who in whose}
    assert counts == {"pre": 1, "vpr": 0, "pcu": 2, "pad": 6, "olg": 6}, "pcu: and a visible team"


def test_consumers_of_a_state_are_listed_as_far_as_the_caller_may_read_them(acme: Asked) -> None:
    path = f"{ROOT}/workspaces/{acme.workspace()}/relationships/remote-state-consumers"
    others = data(*(("workspaces", acme.workspace(name)) for name in ("stage", "misc")))
    acme.patch("olg", path, others).ok()
    names = {who: acme.get(who, path).names() for who in ("rex", "pad", "vws", "olg")}
    assert names == {
        "rex": [],
        "pad": ["stage"],
        "vws": ["stage", "misc"],
        "olg": ["stage", "misc"],
    }


def test_a_user_keeps_a_name_though_one_who_is_invited_has_none(acme: Asked) -> None:
    refused = acme.patch("mel", f"{ROOT}/account/update", a("users", username=None))
    assert (refused.status, refused.pointers) == (422, ["/data/attributes/username"])
