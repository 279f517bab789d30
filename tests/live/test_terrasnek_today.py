"""terrasnek, unmodified, against the edition of today: every call that it can express."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.live.serving import one_server

ORG = "acme"
world, tfe = one_server(edition="2026-08", fixture="empty", key="today")


@pytest.fixture
def terrasnek(tfe: mockserver.World) -> Any:
    module = pytest.importorskip("terrasnek.api")
    client = module.TFC(tfe.token, url=tfe.url, skip_version_check=True)
    client.orgs.create(document("organizations", name=ORG, email="a@b.example"))
    client.set_org(ORG)
    return client


def document(type: str, relationships: Any = None, **attributes: Any) -> dict[str, Any]:
    spelled = {name.replace("_", "-"): value for name, value in attributes.items()}
    data: dict[str, Any] = {"type": type, "attributes": spelled}
    if relationships:
        data["relationships"] = {name: {"data": one} for name, one in relationships.items()}
    return {"data": data}


def one(type: str, id: str) -> dict[str, str]:
    return {"type": type, "id": id}


def many(type: str, *ids: str) -> dict[str, Any]:
    return {"data": [one(type, id) for id in ids]}


def named(payload: Any) -> list[str]:
    return [record["attributes"]["name"] for record in payload["data"]]


def test_terrasnek_projects_workspaces_and_variables(terrasnek: Any) -> None:
    projects, workspaces = terrasnek.projects, terrasnek.workspaces
    project = projects.create(document("projects", name="shop"))["data"]
    projects.update(project["id"], document("projects", description="sells"))
    assert projects.show(project["id"])["data"]["attributes"]["description"] == "sells"
    assert named(projects.list_all(query="sho")) == ["shop"]
    web, api = (workspaces.create(document("workspaces", name=n))["data"] for n in ("web", "api"))
    projects.move_workspaces_into_project(project["id"], many("workspaces", web["id"]))
    shown = workspaces.show(workspace_name="web", include=["project"])
    assert [record["id"] for record in shown["included"]] == [project["id"]]
    blue = {"data": [{"type": "tags", "attributes": {"name": "blue"}}]}
    workspaces.add_tags(web["id"], blue)
    assert named(workspaces.list_all_tags(web["id"])) == ["blue"]
    workspaces.remove_tags(web["id"], blue)
    consumers = many("workspaces", api["id"])
    workspaces.add_remote_state_consumers(web["id"], consumers)
    workspaces.replace_remote_state_consumers(web["id"], consumers)
    assert named(workspaces.get_remote_state_consumers(web["id"])) == ["api"]
    workspaces.delete_remote_state_consumers(web["id"], consumers)
    variables, said = terrasnek.workspace_vars, {"key": "region", "category": "terraform"}
    made = variables.create(web["id"], document("vars", **said, value="eu"))["data"]
    variables.update(web["id"], made["id"], document("vars", value="us"))
    assert [v["attributes"]["value"] for v in variables.list(web["id"])["data"]] == ["us"]
    variables.destroy(web["id"], made["id"])
    workspaces.safe_destroy(workspace_name="api")
    workspaces.safe_destroy(workspace_id=web["id"])
    projects.destroy(project["id"])


def test_terrasnek_policy_sets_scopes_and_parameters(tfe: mockserver.World, terrasnek: Any) -> None:
    sets, parameters = terrasnek.policy_sets, terrasnek.policy_set_params
    opa = {"kind": "opa", "query": "data.terraform.deny", "enforcement_level": "advisory"}
    policy = terrasnek.policies.create(document("policies", name="tagged", **opa))["data"]["id"]
    web = terrasnek.workspaces.create(document("workspaces", name="web"))["data"]["id"]
    project = terrasnek.projects.create(document("projects", name="shop"))["data"]["id"]
    members = {"policies": [one("policies", policy)]}
    made = sets.create(document("policy-sets", members, name="production", kind="opa"))["data"][
        "id"
    ]
    sets.attach_policy_set_to_workspaces(made, many("workspaces", web))
    sets.attach_policy_set_to_projects(made, many("projects", project))
    assert [found.policy for found in tfe.effective_policies("acme/web")] == ["tagged"]
    sets.exclude_workspaces(made, many("workspaces", web))
    assert tfe.effective_policies("acme/web") == []
    sets.reinclude_workspaces(made, many("workspaces", web))
    sets.detach_policy_set_from_workspaces(made, many("workspaces", web))
    sets.detach_policy_set_from_projects(made, many("projects", project))
    said = document("vars", key="limit", value="1", category="policy-set")
    limit = parameters.create(made, said)["data"]["id"]
    parameters.update(made, limit, document("vars", value="2"))
    assert [p["attributes"]["value"] for p in parameters.list(made)["data"]] == ["2"]
    parameters.destroy(made, limit)
    assert named(sets.list_all()) == ["production"]
    sets.destroy(made)


def test_terrasnek_teams_access_and_agent_pools(terrasnek: Any) -> None:
    team = terrasnek.teams.create(document("teams", name="staff"))["data"]["id"]
    guest = terrasnek.org_memberships.invite(
        document("organization-memberships", email="joe@example.com")
    )["data"]["id"]
    members, memberships = terrasnek.team_memberships, many("organization-memberships", guest)
    members.add_user_to_team_with_org_id(team, memberships)
    members.remove_user_from_team_with_org_id(team, memberships)
    assert len(terrasnek.org_memberships.list_all_for_org()["data"]) == 2
    terrasnek.org_memberships.remove(guest)
    project = terrasnek.projects.create(document("projects", name="shop"))["data"]["id"]
    inside, places = terrasnek.project_team_access, {"project": one("projects", project)}
    said = {**places, "team": one("teams", team)}
    added = inside.add_project_team_access(document("team-projects", said, access="maintain"))
    inside.update(added["data"]["id"], document("team-projects", access="read"))
    there = [{"keys": ["project", "id"], "value": project}]
    assert [a["attributes"]["access"] for a in inside.list(there)["data"]] == ["read"]
    inside.remove_project_team_access(added["data"]["id"])
    token = terrasnek.team_tokens.create(team)["data"]
    assert token["attributes"]["token"]
    terrasnek.team_tokens.destroy(team)
    terrasnek.org_tokens.create()
    terrasnek.org_tokens.destroy()
    agents = terrasnek.agents
    pool = agents.create_pool(document("agent-pools", name="agents"))["data"]["id"]
    agents.update(pool, document("agent-pools", name="renamed"))
    assert named(agents.list_pools()) == ["renamed"]
    token = terrasnek.agent_tokens.create(pool, document("authentication-tokens", description="d"))
    assert len(terrasnek.agent_tokens.list(pool)["data"]) == 1
    terrasnek.agent_tokens.destroy(token["data"]["id"])
    agents.destroy_pool(pool)
