"""Access of teams to workspaces and projects in August 2026: levels, and those of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.world.seeding import BadFixture
from tests.client import ROOT, Answer

from .asking import ORG, TODAY, Asked, a, asked

WEB = f"{ORG}/workspaces/web"
ACCESS, PROJECTS = f"{ROOT}/team-workspaces", f"{ROOT}/team-projects"


@pytest.fixture
def world() -> Iterator[Asked]:
    """Workspace `web` stands in the project `shop`; no team but owners has access."""
    acme = {
        **TODAY["organizations"][0],
        "projects": [{"name": "shop"}],
        "workspaces": [{"name": "web", "project": "shop"}, {"name": "other"}],
    }
    with asked(
        {**TODAY, "organizations": [acme, TODAY["organizations"][1]]}, edition="2026-08"
    ) as w:
        yield w


def to_web(ask: Asked, **attributes: Any) -> dict[str, Any]:
    document = a("team-workspaces", **attributes)
    workspace = ask.get("olga", WEB).data()["id"]
    return related(document, ask, "workspaces", workspace)


def to_shop(ask: Asked, **attributes: Any) -> dict[str, Any]:
    return related(a("team-projects", **attributes), ask, "projects", shop(ask))


def related(document: dict[str, Any], ask: Asked, type: str, id: str) -> dict[str, Any]:
    document["data"]["relationships"] = {
        type.removesuffix("s"): {"data": {"type": type, "id": id}},
        "team": {"data": {"type": "teams", "id": ask.team("staff")}},
    }
    return document


def shop(ask: Asked) -> str:
    projects = ask.get("olga", f"{ORG}/projects").data()
    return str(next(p["id"] for p in projects if p["attributes"]["name"] == "shop"))


def lock(ask: Asked) -> Answer:
    id = ask.get("olga", WEB).data()["id"]
    return ask.post("mel", f"{ROOT}/workspaces/{id}/actions/lock", {"reason": "because"})


def test_a_level_says_in_detail_what_it_allows(world: Asked) -> None:
    made = world.post("olga", ACCESS, to_web(world, access="write")).attributes(201)
    assert made == {
        "access": "write",
        "runs": "apply",
        "variables": "write",
        "state-versions": "write",
        "sentinel-mocks": "read",
        "workspace-locking": True,
        "run-tasks": False,
        "policy-overrides": False,
    }


def test_details_are_refused_of_a_level_that_says_them_itself(world: Asked) -> None:
    refused = world.post("olga", ACCESS, to_web(world, access="read", runs="apply"))
    assert refused.pointers == ["/data/attributes/runs"]
    assert refused.errors[0]["detail"] == (
        "Runs is read-only when access level is 'read'; use the 'custom' access level to set this "
        "attribute."
    )
    id = world.post("olga", ACCESS, to_web(world, access="read")).json["data"]["id"]
    refused = world.patch("olga", f"{ACCESS}/{id}", a("team-workspaces", workspace_locking=True))
    assert refused.pointers == ["/data/attributes/workspace-locking"]


def test_custom_begins_with_the_least_or_with_what_was_there(world: Asked) -> None:
    made = world.post("olga", ACCESS, to_web(world, access="custom", runs="plan"))
    assert made.attributes(201)["variables"] == "none"
    path = f"{ACCESS}/{made.json['data']['id']}"
    world.patch("olga", path, a("team-workspaces", access="admin")).ok(200)
    custom = world.patch("olga", path, a("team-workspaces", access="custom", runs="read"))
    assert custom.attributes()["runs"] == "read"
    assert custom.attributes()["variables"] == "write"


def test_custom_allows_what_it_says_and_no_more(world: Asked) -> None:
    world.get("mel", WEB).ok(404)
    made = world.post("olga", ACCESS, to_web(world, access="custom", runs="apply"))
    may = world.get("mel", WEB).attributes()["permissions"]
    assert (may["can-queue-apply"], may["can-lock"], may["can-update"]) == (True, False, False)
    lock(world).ok(404)
    path = f"{ACCESS}/{made.json['data']['id']}"
    world.patch("olga", path, a("team-workspaces", workspace_locking=True)).ok(200)
    lock(world).ok(200)


def test_a_level_of_a_project_counts_in_its_workspaces_and_in_no_other(world: Asked) -> None:
    made = world.post("olga", PROJECTS, to_shop(world, access="maintain")).attributes(201)
    assert made["project-access"] == {
        "settings": "read", "teams": "none", "variable-sets": "write",
    }  # fmt: skip
    assert made["workspace-access"]["create"] is True
    listed = world.get("mel", f"{ORG}/workspaces").data()
    assert [one["attributes"]["name"] for one in listed] == ["web"]
    assert world.get("mel", WEB).attributes()["permissions"]["can-update"] is True
    world.get("mel", f"{ORG}/workspaces/other").ok(404)
    world.get("mel", f"{ROOT}/projects/{shop(world)}").ok(200)


def test_a_project_access_of_ones_own_is_merged_and_may_give_access_to_teams(world: Asked) -> None:
    said = {"access": "custom", "project_access": {"teams": "manage"}}
    made = world.post("olga", PROJECTS, to_shop(world, **said))
    path = f"{PROJECTS}/{made.json['data']['id']}"
    more = a("team-projects", workspace_access={"runs": "plan"})
    changed = world.patch("mel", path, more).attributes()
    assert changed["project-access"]["teams"] == "manage"
    assert changed["workspace-access"]["runs"] == "plan"
    assert changed["workspace-access"]["variables"] == "none"
    contradicting = a("team-projects", access="read", project_access={"teams": "manage"})
    refused = world.patch("mel", path, contradicting)
    assert refused.pointers == ["/data/attributes/project-access"]


def test_empty_details_beside_a_level_of_a_project_say_nothing(world: Asked) -> None:
    """The `tfe` provider sends both objects with every level."""
    empty = {"project_access": {}, "workspace_access": {}}
    made = world.post("olga", PROJECTS, to_shop(world, access="maintain", **empty))
    assert made.attributes(201)["access"] == "maintain"
    path = f"{PROJECTS}/{made.json['data']['id']}"
    changed = world.patch("olga", path, a("team-projects", access="admin", **empty)).attributes()
    assert changed["project-access"]["settings"] == "delete"


@pytest.mark.parametrize(("path", "document"), [(ACCESS, to_web), (PROJECTS, to_shop)])
def test_access_is_one_a_team_and_place_and_given_by_who_administers_it(
    world: Asked, path: str, document: Any
) -> None:
    sent = document(world, access="read")
    world.post("mel", path, sent).ok(422)
    world.post("sam", path, sent).ok(422)
    made = world.post("olga", path, sent)
    again = world.post("olga", path, sent)
    assert again.errors[0]["detail"] == "Team has already been taken"
    update = {ACCESS: "update-team-access-to-workspace", PROJECTS: "update-team-access-to-project"}
    hint = f"To change it, send {update[path]} of {made.json['data']['id']}."
    assert again.errors[0]["meta"]["hint"] == hint
    one = f"{path}/{made.json['data']['id']}"
    world.get("mel", one).ok(200)
    world.patch("mel", one, a(made.json["data"]["type"], access="admin")).ok(404)
    world.delete("mel", one).ok(404)
    world.delete("olga", one).ok()
    world.get("olga", one).ok(404)


def test_a_team_of_another_organization_is_told_in_which_one_it_must_be(world: Asked) -> None:
    sent = to_shop(world, access="read")
    sent["data"]["relationships"]["team"]["data"]["id"] = "team-0fAnotherOne5678"
    answer = world.post("olga", PROJECTS, sent)
    assert answer.said() == [("Team does not exist", "/data/relationships/team/data")]
    assert answer.errors[0]["meta"]["fact"] == (
        "'team-0fAnotherOne5678' is not the id of a team that this token may see, in the "
        "organization acme"
    )


def test_accesses_are_listed_by_place_and_by_team(world: Asked) -> None:
    world.post("olga", PROJECTS, to_shop(world, access="read")).ok(201)
    where = {"filter[project][id]": shop(world)}
    assert len(world.get("mel", PROJECTS, **where).data()) == 1
    of = {"filter[team][id]": world.team("staff")}
    assert len(world.get("olga", PROJECTS, **where, **of).data()) == 1
    of = {"filter[team][id]": world.team("open")}
    assert world.get("olga", PROJECTS, **where, **of).data() == []
    world.get("sam", PROJECTS, **where).ok(404)
    world.get("olga", PROJECTS).ok(422)


def test_access_of_a_fixture_is_a_level_or_in_detail_and_the_state_is_one_again(
    world: Asked,
) -> None:
    custom = {"access": "custom", "workspace-access": {"runs": "apply"}}
    world.post("olga", PROJECTS, to_shop(world, **{"access": "custom"})).ok(201)
    world.post("olga", ACCESS, to_web(world, access="plan")).ok(201)
    state = world.tfe.state()
    with asked(state, edition="2026-08") as again:
        assert again.tfe.state() == state
    acme = {
        "name": "acme",
        "teams": [{"name": "staff"}],
        "projects": [{"name": "shop", "team-access": {"staff": custom}}],
        "workspaces": [{"name": "web", "team-access": {"staff": "plan"}}],
    }
    with asked({"organizations": [acme]}, edition="2026-08") as made:
        shown = made.get("key", PROJECTS, **{"filter[project][id]": shop_of(made)}).data()
        assert shown[0]["attributes"]["workspace-access"]["runs"] == "apply"
    acme["projects"] = [{"name": "shop", "team-access": {"owners": "read"}}]
    with (
        pytest.raises(BadFixture, match="admin access to every project: leave it out"),
        asked({"organizations": [acme]}, edition="2026-08"),
    ):
        pass


def shop_of(ask: Asked) -> str:
    projects = ask.get("key", f"{ORG}/projects").data()
    return str(next(p["id"] for p in projects if p["attributes"]["name"] == "shop"))
