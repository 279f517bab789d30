"""What August 2026 refuses and what it takes though it looks wrong, with what a user learns from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

import mockserver
from mockserver.client import Broken, ControlError
from tests.client import ROOT, Answer

from .asking import ask

ORG, OTHER = f"{ROOT}/organizations/acme", f"{ROOT}/organizations/globex"
DOCUMENT: dict[str, Any] = {
    "organizations": [
        {
            "name": "acme",
            "owners": ["admin"],
            "teams": [{"name": "staff", "visibility": "organization"}],
            "agent-pools": [{"id": "apool-inUse567890Abcde", "name": "builders"}],
            "projects": [{"id": "prj-shop567890Abcdef", "name": "shop"}],
            "workspaces": [{"id": "ws-web567890Abcdefg", "name": "web", "project": "shop"}],
            "policies": [
                {"id": "pol-tagged567890Ab", "name": "tagged", "code": "main = rule { true }"},
                {"id": "pol-deny567890Abcd", "name": "deny", "kind": "opa", "query": "data.deny"},
            ],
            "policy-sets": [
                {"id": "polset-one567890Abcd", "name": "one", "policies": ["tagged"]},
                {"id": "polset-opa567890Abcd", "name": "opa", "kind": "opa"},
            ],
        },
        {
            "name": "globex",
            "owners": ["admin"],
            "projects": [{"id": "prj-other567890Abcde", "name": "other"}],
            "policy-sets": [{"id": "polset-other567890Ab", "name": "other", "kind": "opa"}],
        },
    ],
}
POLICY = f"{ROOT}/policies/pol-tagged567890Ab"
SET, SHOP = f"{ROOT}/policy-sets/polset-one567890Abcd", f"{ROOT}/projects/prj-shop567890Abcdef"
FOREIGN = "prj-other567890Abcde"


@pytest.fixture
def acme() -> Iterator[mockserver.World]:
    with mockserver.universe(fixture=DOCUMENT, edition="2026-08") as tfe:
        yield tfe


def one(type: str, id: str) -> dict[str, str]:
    return {"type": type, "id": id}


def a(type: str, related: Any = None, **attributes: Any) -> Any:
    spelled = {name.replace("_", "-"): value for name, value in attributes.items()}
    links = {name: {"data": data} for name, data in (related or {}).items()}
    shown = {"relationships": links} if links else {}
    return {"data": {"type": type, "attributes": spelled, **shown}}


def told(answer: Answer) -> tuple[str, str | None, str]:
    """Detail and pointer of the one error, and what to do."""
    ((detail, pointer),) = answer.said()
    return detail, pointer, answer.errors[0]["meta"]["hint"]


@pytest.mark.parametrize("what", ["workspace", "project"])
def test_an_exclusion_of_what_is_not_attached_is_kept_and_one_that_is_not_there_is_gone(
    acme: mockserver.World, what: str
) -> None:
    id = {"workspace": "ws-web567890Abcdefg", "project": "prj-shop567890Abcdef"}[what]
    path, excluded = f"{SET}/relationships/{what}-exclusions", {"data": [one(f"{what}s", id)]}
    ask(acme, "DELETE", path, excluded).ok()
    ask(acme, "POST", path, excluded).ok()
    ask(acme, "POST", path, excluded).ok()
    shown = ask(acme, "GET", SET).data()["relationships"][f"{what}-exclusions"]["data"]
    assert shown == [one(f"{what}s", id)]
    ask(acme, "POST", f"{SET}/relationships/{what}s", excluded).ok()
    assert acme.effective_policies("acme/web") == [], "an exclusion goes before what comes later"
    ask(acme, "DELETE", path, excluded).ok()
    assert [found.policy for found in acme.effective_policies("acme/web")] == ["tagged"]


def test_a_project_of_another_organization_is_unknown_wherever_it_is_named(
    acme: mockserver.World,
) -> None:
    foreign = one("projects", FOREIGN)
    for path in (f"{SET}/relationships/projects", f"{SET}/relationships/project-exclusions"):
        refused = ask(acme, "POST", path, {"data": [foreign]})
        assert told(refused) == (
            f"{FOREIGN} is not one of the organization's projects",
            "/data/0",
            "List the organization's projects to find their ids.",
        )
    sent = a("workspaces", {"project": foreign}, name="new")
    refused = ask(acme, "POST", f"{ORG}/workspaces", sent)
    assert (refused.status, refused.pointers) == (422, ["/data/relationships/project/data"])
    moved = a("workspaces", {"project": foreign})
    refused = ask(acme, "PATCH", f"{ROOT}/workspaces/ws-web567890Abcdefg", moved)
    assert (refused.status, refused.pointers) == (422, ["/data/relationships/project/data"])
    into = f"{ROOT}/projects/{FOREIGN}/relationships/workspaces"
    refused = ask(acme, "POST", into, {"data": [one("workspaces", "ws-web567890Abcdefg")]})
    assert refused.said(403)[0][1] == "/data/0"
    staff = acme.state()["organizations"][0]["teams"]
    team = next(team["id"] for team in staff if team["name"] == "staff")
    access = a("team-projects", {"project": foreign, "team": one("teams", team)}, access="read")
    refused = ask(acme, "POST", f"{ROOT}/team-projects", access)
    assert told(refused)[:2] == ("Team does not exist", "/data/relationships/team/data")


def test_a_tag_selector_that_meets_nothing_is_taken_and_puts_nothing_in_force(
    acme: mockserver.World,
) -> None:
    selector = {"tag-key": "nobody", "tag-value": "has-it", "is-exclude": False}
    ask(acme, "POST", f"{SET}/tag-selectors", {"data": [selector]}).ok()
    assert acme.effective_policies("acme/web") == []


def test_a_project_with_workspaces_the_default_one_and_a_pool_in_use_stay(
    acme: mockserver.World,
) -> None:
    assert told(ask(acme, "DELETE", SHOP)) == (
        "Project cannot be deleted while it has workspaces",
        None,
        "Move its workspaces to another project first, or delete them.",
    )
    projects = ask(acme, "GET", f"{ORG}/projects").data()
    default = next(p["id"] for p in projects if p["attributes"]["name"] == "Default Project")
    detail, _, hint = told(ask(acme, "DELETE", f"{ROOT}/projects/{default}"))
    assert detail == "The default project cannot be deleted"
    assert hint == "Give it another name, or delete its organization."
    pool = f"{ROOT}/agent-pools/apool-inUse567890Abcde"
    use = a("workspaces", execution_mode="agent", agent_pool_id="apool-inUse567890Abcde")
    ask(acme, "PATCH", f"{ROOT}/workspaces/ws-web567890Abcdefg", use).ok(200)
    assert told(ask(acme, "DELETE", pool)) == (
        "Agent pool cannot be deleted while it is in use",
        None,
        "Give its workspaces, projects and organization another execution mode first.",
    )


@pytest.mark.parametrize("verb", ["manage", "read"])
def test_access_to_all_projects_without_their_workspaces_is_refused(
    acme: mockserver.World, verb: str
) -> None:
    projects, workspaces = f"{verb}-projects", f"{verb}-workspaces"
    expected = (
        f"{verb.capitalize()} workspaces must be true when {verb} projects is true",
        f"/data/attributes/organization-access/{workspaces}",
        f"Send {workspaces}: true too, or {projects}: false.",
    )
    both = {projects: True, workspaces: False}
    sent = a("teams", name="new", organization_access=both)
    assert told(ask(acme, "POST", f"{ORG}/teams", sent)) == expected
    made = a("teams", name="new", organization_access={projects: True, workspaces: True})
    team = f"{ROOT}/teams/{ask(acme, 'POST', f'{ORG}/teams', made).data(200)['id']}"
    less = a("teams", organization_access={workspaces: False})
    assert told(ask(acme, "PATCH", team, less)) == expected
    ask(acme, "PATCH", team, a("teams", name="newer")).ok(200)
    none = a("teams", organization_access={projects: False, workspaces: False})
    ask(acme, "PATCH", team, none).ok(200)


def test_a_level_of_access_beside_what_it_says_itself_is_refused(acme: mockserver.World) -> None:
    teams = acme.state()["organizations"][0]["teams"]
    team = one("teams", next(team["id"] for team in teams if team["name"] == "staff"))
    web, shop = one("workspaces", "ws-web567890Abcdefg"), one("projects", "prj-shop567890Abcdef")
    sent = a("team-workspaces", {"workspace": web, "team": team}, access="read", runs="apply")
    assert told(ask(acme, "POST", f"{ROOT}/team-workspaces", sent)) == (
        "Runs is read-only when access level is 'read'; use the 'custom' access level to set this "
        "attribute.",
        "/data/attributes/runs",
        "Send data.attributes.access: 'custom' too, or leave this out.",
    )
    allowed = {"create": True}
    related = {"project": shop, "team": team}
    sent = a("team-projects", related, access="write", workspace_access=allowed)
    assert told(ask(acme, "POST", f"{ROOT}/team-projects", sent))[1] == (
        "/data/attributes/workspace-access"
    )


def test_a_patch_of_a_policy_set_replaces_what_it_names_and_a_global_one_names_nothing(
    acme: mockserver.World,
) -> None:
    web, shop = one("workspaces", "ws-web567890Abcdefg"), one("projects", "prj-shop567890Abcdef")
    related = {"workspaces": [web], "projects": [shop], "workspace-exclusions": [web]}
    shown = ask(acme, "PATCH", SET, a("policy-sets", related)).data()["relationships"]
    assert {name: shown[name]["data"] for name in related} == related
    emptied = a("policy-sets", {"projects": []}, description="new")
    shown = ask(acme, "PATCH", SET, emptied).data()["relationships"]
    assert (shown["workspaces"]["data"], shown["projects"]["data"]) == ([web], [])
    unknown = a("policy-sets", {"projects": [one("projects", FOREIGN)]}, name="another")
    assert ask(acme, "PATCH", SET, unknown).pointers == ["/data/relationships/projects/data/0"]
    assert ask(acme, "GET", SET).attributes()["name"] == "one", "all or nothing"
    both = a("policy-sets", {"projects": [shop]}, **{"global": True})
    refused = ask(acme, "PATCH", SET, both)
    assert told(refused)[:2] == (
        "Global policy sets cannot be attached to individual projects",
        "/data/relationships/projects/data",
    )
    assert refused.errors[0]["meta"]["source"].endswith("#addPolicySetProjects")


def test_a_set_that_tags_select_turns_global_only_where_they_exclude(
    acme: mockserver.World,
) -> None:
    def selecting(exclude: bool) -> list[dict[str, Any]]:
        return [{"tag-key": "env", "tag-value": None, "is-exclude": exclude}]

    ask(acme, "PATCH", SET, a("policy-sets", tag_selectors=selecting(False))).ok(200)
    turned = a("policy-sets", **{"global": True})
    assert told(ask(acme, "PATCH", SET, turned)) == (
        "Tag selectors of a global policy set can only exclude",
        "/data/attributes/global",
        "Remove the selectors that include first, or send data.attributes.tag-selectors too.",
    )
    shown = ask(acme, "GET", SET).attributes()
    assert (shown["global"], shown["tag-selectors"]) == (False, selecting(False))
    both = a("policy-sets", tag_selectors=selecting(True), **{"global": True})
    shown = ask(acme, "PATCH", SET, both).attributes()
    assert (shown["global"], shown["tag-selectors"]) == (True, selecting(True))
    ask(acme, "PATCH", SET, turned).ok(200)


AGENTS = "Send data.attributes.agent-enabled as true too, or leave it out; it has no effect."
NO_QUERY = "Leave out data.attributes.query; it has no effect."
NEW = {"name": "new"}


@pytest.mark.parametrize(
    ("method", "path", "sent", "found"),
    [
        ("POST", f"{ORG}/policy-sets", a("policy-sets", **NEW, overridable=True), AGENTS),
        (
            "POST",
            f"{ORG}/policy-sets",
            a("policy-sets", **NEW, policy_tool_version="0.23.0"),
            AGENTS,
        ),
        ("PATCH", SET, a("policy-sets", overridable=True), AGENTS),
        ("PATCH", SET, a("policy-sets", policy_tool_version="0.23.0", agent_enabled=False), AGENTS),
        ("POST", f"{ORG}/policies", a("policies", **NEW, query="data.new"), NO_QUERY),
        ("PATCH", POLICY, a("policies", query="data.new"), NO_QUERY),
        # what asks for nothing, and what has an effect
        ("POST", f"{ORG}/policy-sets", a("policy-sets", **NEW, overridable=False), ""),
        ("POST", f"{ORG}/policy-sets", a("policy-sets", **NEW, policy_tool_version=None), ""),
        ("PATCH", SET, a("policy-sets", overridable=True, agent_enabled=True), ""),
        ("POST", f"{ORG}/policy-sets", a("policy-sets", **NEW, overridable=True, kind="opa"), ""),
        ("POST", f"{ORG}/policies", a("policies", **NEW, query="data.new", kind="opa"), ""),
        ("PATCH", POLICY, a("policies", query=None), ""),
    ],
)
def test_what_a_kind_of_policies_ignores_is_a_finding_and_refused_in_a_strict_world(
    acme: mockserver.World, method: str, path: str, sent: Any, found: str
) -> None:
    assert ask(acme, method, path, sent).status in (200, 201)
    findings = [*acme.journal][-1].findings
    assert [finding["hint"] for finding in findings] == [found] * bool(found)
    if found:
        facts = (
            "query is sent, and ",
            "overridable is true, and ",
            'policy-tool-version is "0.23.0", and ',
        )
        assert findings[0]["fact"].removeprefix("data.attributes.").startswith(facts)
    broken = pytest.raises(Broken, match=re.escape(found)) if found else nullcontext()
    with broken, mockserver.universe(fixture=DOCUMENT, edition="2026-08", strict=True) as strict:
        before = strict.state()
        answer = ask(strict, method, path, sent)
        assert answer.status == 422 if found else answer.status in (200, 201)
        assert not found or strict.state() == before


OPA_SET, OPA = "polset-opa567890Abcd", "pol-deny567890Abcd"
SENTINEL_SET, SENTINEL = "polset-one567890Abcd", "pol-tagged567890Ab"


def made_with(type: str, relation: str, id: str, **attributes: str) -> tuple[str, Any, str]:
    """The creation of a record with one of a relation: path, body, and where that one stands."""
    sent = a(type, {relation: [one(relation, id)]}, name="new", **attributes)
    return f"{ORG}/{type}", sent, f"/data/relationships/{relation}/data/0"


@pytest.mark.parametrize(
    ("path", "sent", "place", "wanted"),
    [
        (*made_with("policy-sets", "policies", OPA), "a policy of kind sentinel"),
        (
            *made_with("policy-sets", "policies", SENTINEL, kind="tfpolicy"),
            "a policy of kind tfpolicy",
        ),
        (
            f"{ROOT}/policy-sets/{OPA_SET}/relationships/policies",
            {"data": [one("policies", OPA), one("policies", SENTINEL)]},
            "/data/1",
            "a policy of kind opa",
        ),
        (
            *made_with("policies", "policy-sets", SENTINEL_SET, kind="opa", query="data.new"),
            "a policy set of kind opa",
        ),
        (*made_with("policies", "policy-sets", OPA_SET), "a policy set of kind sentinel"),
    ],
)
def test_a_policy_set_holds_policies_of_its_own_kind(
    acme: mockserver.World, path: str, sent: Any, place: str, wanted: str
) -> None:
    before = acme.state()
    refused = ask(acme, "POST", path, sent)
    assert told(refused) == (
        "A policy set can only contain policies written in a single policy framework",
        place,
        f"Name {wanted}: the kind of neither can be changed.",
    )
    meta = refused.errors[0]["meta"]
    assert meta["source"] == "policy-enforcement.mdx#create-and-apply-policy-sets"
    assert acme.state() == before


INCLUDES = [{"tag-key": "env", "tag-value": "prod", "is-exclude": False}]
EXCLUDES = [{**INCLUDES[0], "is-exclude": True}]
ONE_FRAMEWORK = (
    "A policy set can only contain policies written in a single policy framework: the policy deny is "
    "of kind opa, the policy set {name} of kind sentinel."
)


@pytest.mark.parametrize(
    ("entry", "place", "detail"),
    [
        (
            {"name": "new", "global": True, "tag-selectors": [*EXCLUDES, *INCLUDES]},
            "tag-selectors/1",
            "Tag selectors of a global policy set can only exclude: the policy set is global: it "
            "applies to everything that it does not exclude.",
        ),
        (
            {"name": "new", "projects": ["shop"], "tag-selectors": INCLUDES},
            "tag-selectors/0",
            "Tag selectors cannot stand beside explicit workspaces and projects: a set applies by "
            "tags or to what it names, not both.",
        ),
        (
            {"name": "new", "policies": ["tagged", "deny"]},
            "policies/1",
            ONE_FRAMEWORK.format(name="new"),
        ),
        # one that the world has already
        ({"name": "one", "policies": ["deny"]}, "policies/0", ONE_FRAMEWORK.format(name="one")),
    ],
)
def test_a_policy_set_of_a_fixture_is_held_to_the_rules_of_the_api(
    acme: mockserver.World, entry: Any, place: str, detail: str
) -> None:
    before = acme.state()
    with pytest.raises(ControlError) as refused:
        acme.seed({"organizations": [{"name": "acme", "policy-sets": [entry]}]})
    assert str(refused.value) == f"/organizations/0/policy-sets/0/{place}: {detail}"
    assert acme.state() == before


def test_a_global_set_of_a_fixture_keeps_what_it_is_attached_to_hidden(
    acme: mockserver.World,
) -> None:
    entry = {"name": "new", "global": True, "projects": ["shop"], "tag-selectors": EXCLUDES}
    acme.seed({"organizations": [{"name": "acme", "policy-sets": [entry]}]})
    with mockserver.universe(fixture=acme.state()) as again:
        assert again.state() == acme.state()


def test_of_sets_and_policies_of_others_no_kind_is_told(acme: mockserver.World) -> None:
    sent = a("policies", {"policy-sets": [one("policy-sets", "polset-other567890Ab")]}, name="new")
    assert told(ask(acme, "POST", f"{ORG}/policies", sent))[0] == (
        "polset-other567890Ab is not one of the organization's policy-sets"
    )


def test_what_was_meant_is_named_only_where_it_is_near(acme: mockserver.World) -> None:
    """A filter by its own name under the other word, and no attribute that shares a few letters."""
    refused = ask(acme, "GET", f"{ORG}/workspaces?filter%5Btags%5D=green")
    assert refused.errors[0]["meta"]["hint"] == "Did you mean search[tags]?"
    for name, hint in (
        (
            "tag-names",
            "Leave out data.attributes.tag-names; it has no effect. What changes it: "
            "relationships.tags of a create; POST, DELETE …/relationships/tags.",
        ),
        ("descripton", "Did you mean description?"),
    ):
        ask(acme, "POST", f"{ORG}/workspaces", a("workspaces", name=name, **{name: "x"}))
        assert [found["hint"] for found in [*acme.journal][-1].findings] == [hint]
