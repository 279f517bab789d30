"""pytfe, unmodified, against the edition of today: every call that it can express."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import mockserver
from tests.live.serving import one_server

ORG = "acme"
world, tfe = one_server(edition="2026-08", fixture="empty", key="today")


@pytest.fixture
def pytfe(tfe: mockserver.World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """pytfe's client, and an organization; where the machine names certificates, httpx would warn."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    module = pytest.importorskip("pytfe")
    client = module.TFEClient(module.TFEConfig(address=tfe.url, token=tfe.token, ca_bundle=None))
    client.organizations.create(options("OrganizationCreateOptions", name=ORG, email="a@b.example"))
    yield client
    client.close()


def options(name: str, /, **values: Any) -> Any:
    """A model of pytfe by the name of its class, whichever of its modules has it."""
    from pytfe import models
    from pytfe.models import organization_membership, policy_set, team_project_access

    for module in (models, policy_set, team_project_access, organization_membership):
        if hasattr(module, name):
            return getattr(module, name)(**values)
    raise AttributeError(name)


def a_workspace(pytfe: Any, name: str = "web", **values: Any) -> Any:
    return pytfe.workspaces.create(ORG, options("WorkspaceCreateOptions", name=name, **values))


def a_project(pytfe: Any) -> Any:
    return pytfe.projects.create(ORG, options("ProjectCreateOptions", name="shop"))


def a_team(pytfe: Any) -> Any:
    return pytfe.teams.create(ORG, options("TeamCreateOptions", name="staff"))


def names(found: Any) -> list[str]:
    return [one.name for one in found]


def test_pytfe_organizations_of_today(pytfe: Any) -> None:
    change = options("OrganizationUpdateOptions", email="c@d.example")
    assert pytfe.organizations.update(ORG, change).email == "c@d.example"
    assert pytfe.organizations.read(ORG).email == "c@d.example"
    assert names(pytfe.organizations.list()) == [ORG]
    assert pytfe.organizations.read_entitlements(ORG).sentinel is True
    local = options("OrganizationDefaultSettingsUpdateOptions", default_execution_mode="local")
    pytfe.organizations.update_default_settings(ORG, local)
    settings = pytfe.organizations.read_default_settings(ORG)
    assert settings.default_execution_mode == "local"
    pytfe.organizations.reset_default_settings(ORG)
    assert pytfe.organizations.read_default_settings(ORG).default_execution_mode == "remote"


def test_pytfe_projects_with_tags_and_workspaces(pytfe: Any) -> None:
    project, tag = a_project(pytfe), options("TagBinding", key="env", value="prod")
    assert names(pytfe.projects.list(ORG)) == ["Default Project", "shop"]
    change = options("ProjectUpdateOptions", description="sells")
    assert pytfe.projects.update(project.id, change).description == "sells"
    tagged = options("ProjectAddTagBindingsOptions", tag_bindings=[tag])
    pytfe.projects.add_tag_bindings(project.id, tagged)
    workspace = a_workspace(pytfe)
    pytfe.projects.move_workspaces(project.id, [workspace.id])
    assert pytfe.workspaces.read_by_id(workspace.id).project.id == project.id
    shown = pytfe.projects.read(project.id, ["effective_tag_bindings"])
    assert shown.workspace_count == 1
    assert [one.key for one in pytfe.projects.list_tag_bindings(project.id)] == ["env"]
    effective = pytfe.workspaces.list_effective_tag_bindings(workspace.id)
    assert [(one.key, one.value) for one in effective] == [("env", "prod")]
    pytfe.projects.delete_tag_bindings(project.id)
    assert [*pytfe.projects.list_effective_tag_bindings(project.id)] == []
    pytfe.workspaces.delete_by_id(workspace.id)
    pytfe.projects.delete(project.id)


def test_pytfe_workspaces_of_today(pytfe: Any) -> None:
    workspaces, project = pytfe.workspaces, a_project(pytfe)
    web, api = a_workspace(pytfe, project=project), a_workspace(pytfe, "api")
    assert (web.project.id, web.execution_mode) == (project.id, "remote")
    blue = options("WorkspaceAddTagsOptions", tags=[options("Tag", name="blue")])
    workspaces.add_tags(web.id, blue)
    assert names(workspaces.list_tags(web.id)) == ["blue"]
    assert names(workspaces.list(ORG, options("WorkspaceListOptions", tags="blue"))) == ["web"]
    workspaces.remove_tags(web.id, options("WorkspaceRemoveTagsOptions", tags=blue.tags))
    tier = [options("TagBinding", key="tier", value="web")]
    workspaces.add_tag_bindings(
        web.id, options("WorkspaceAddTagBindingsOptions", tag_bindings=tier)
    )
    tagged = options("WorkspaceListOptions", tag_bindings=tier)
    assert names(workspaces.list(ORG, tagged)) == ["web"]
    assert [one.key for one in workspaces.list_tag_bindings(web.id)] == ["tier"]
    workspaces.delete_all_tag_bindings(web.id)
    assert [*workspaces.list_tag_bindings(web.id)] == []
    for change in ("Add", "Update", "Remove"):
        said = options(f"Workspace{change}RemoteStateConsumersOptions", workspaces=[api])
        getattr(workspaces, f"{change.lower()}_remote_state_consumers")(web.id, said)
        left = names(workspaces.list_remote_state_consumers(web.id))
        assert left == ([] if change == "Remove" else ["api"])
    workspaces.lock(web.id, options("WorkspaceLockOptions", reason="why"))
    include = options("WorkspaceReadOptions", include=["locked_by", "project"])
    assert workspaces.read_by_id_with_options(web.id, include).locked is True
    workspaces.unlock(web.id)
    assert workspaces.readme(web.id) is None
    workspaces.safe_delete("api", organization=ORG)
    workspaces.safe_delete_by_id(web.id)


def test_pytfe_variables_ssh_keys_and_agent_pools(pytfe: Any) -> None:
    web = a_workspace(pytfe)
    said = options("VariableCreateOptions", key="region", value="eu", category="terraform")
    variable = pytfe.variables.create(web.id, said)
    pytfe.variables.update(web.id, variable.id, options("VariableUpdateOptions", value="us"))
    assert pytfe.variables.read(web.id, variable.id).value == "us"
    for found in (pytfe.variables.list(web.id), pytfe.variables.list_all(web.id)):
        assert [one.key for one in found] == ["region"]
    pytfe.variables.delete(web.id, variable.id)
    key = pytfe.ssh_keys.create(ORG, options("SSHKeyCreateOptions", name="modules", value="text"))
    pytfe.ssh_keys.update(key.id, options("SSHKeyUpdateOptions", name="renamed"))
    assert names(pytfe.ssh_keys.list(ORG)) == [pytfe.ssh_keys.read(key.id).name] == ["renamed"]
    pytfe.ssh_keys.delete(key.id)
    pools = pytfe.agent_pools
    pool = pools.create(ORG, options("AgentPoolCreateOptions", name="agents"))
    pools.update(pool.id, options("AgentPoolUpdateOptions", organization_scoped=False))
    ids = [web.id]
    pools.assign_to_workspaces(
        pool.id, options("AgentPoolAssignToWorkspacesOptions", workspace_ids=ids)
    )
    only = options("AgentPoolListOptions", allowed_workspace_name="api")
    assert names(pools.list(ORG)) == ["agents"]
    assert names(pools.list(ORG, only)) == []
    token = pytfe.agent_tokens.create(
        pool.id, options("AgentTokenCreateOptions", description="one")
    )
    assert token.token
    assert [one.id for one in pytfe.agent_tokens.list(pool.id)] == [token.id]
    assert not pytfe.agent_tokens.read(token.id).token
    pytfe.agent_tokens.delete(token.id)
    pools.delete(pool.id)


def test_pytfe_teams_memberships_and_access(pytfe: Any) -> None:
    team, project, web = a_team(pytfe), a_project(pytfe), a_workspace(pytfe)
    only = options("TeamListOptions", names=["staff"])
    assert names(pytfe.teams.list(ORG)) == ["owners", "staff"]
    assert names(pytfe.teams.list(ORG, only)) == ["staff"]
    said = options("OrganizationMembershipCreateOptions", email="joe@example.com")
    guest = pytfe.organization_memberships.create(ORG, said)
    pytfe.teams.add_organization_memberships(team.id, [guest.id])
    assert len([*pytfe.teams.list_organization_memberships(team.id)]) == 1
    pytfe.teams.remove_organization_memberships(team.id, [guest.id])
    pytfe.organization_memberships.delete(guest.id)
    pytfe.teams.add_users(team.id, ["admin"])
    assert [user.username for user in pytfe.teams.list_users(team.id)] == ["admin"]
    pytfe.teams.remove_users(team.id, ["admin"])
    access = pytfe.team_workspace_accesses
    added = access.add(
        options(
            "TeamWorkspaceAccessAddOptions", team_id=team.id, workspace_id=web.id, access="read"
        )
    )
    custom = options("TeamWorkspaceAccessUpdateOptions", access="custom", runs="apply")
    assert access.update(added.id, custom).runs == "apply"
    assert [one.id for one in access.list(web.id)] == [added.id]
    access.remove(added.id)
    inside = pytfe.team_project_accesses
    added = inside.add(
        options("TeamProjectAccessAddOptions", team=team, project=project, access="maintain")
    )
    changed = inside.update(added.id, options("TeamProjectAccessUpdateOptions", access="read"))
    assert changed.access == "read"
    there = options("TeamProjectAccessListOptions", project_id=project.id)
    assert [one.id for one in inside.list(there)] == [added.id]
    inside.remove(added.id)
    pytfe.teams.delete(team.id)


def test_pytfe_tokens_of_teams_and_organizations(tfe: mockserver.World, pytfe: Any) -> None:
    team = a_team(pytfe)
    assert pytfe.team_tokens.create(team.id).token.startswith(tfe.token)
    second = options("TeamTokenCreateOptions", description="second")
    made = pytfe.team_tokens.create_with_options(team.id, second)
    assert len([*pytfe.team_tokens.list(ORG)]) == 2
    assert pytfe.team_tokens.read_by_id(made.id).description == "second"
    pytfe.team_tokens.delete_by_id(made.id)
    pytfe.team_tokens.delete(team.id)
    assert pytfe.organization_tokens.create(ORG).token.startswith(tfe.token)
    facts = [finding["fact"] for finding in list(tfe.journal)[-1].findings]
    assert 'data.type is "authentication-token"' in facts
    assert not pytfe.organization_tokens.read(ORG).token
    pytfe.organization_tokens.delete(ORG)


def test_pytfe_policies_sets_scopes_and_parameters(tfe: mockserver.World, pytfe: Any) -> None:
    sets, project = pytfe.policy_sets, a_project(pytfe)
    web, api = a_workspace(pytfe), a_workspace(pytfe, "api", project=project)
    said = options("PolicyCreateOptions", name="tagged", enforcement_level="advisory")
    policy = pytfe.policies.create(ORG, said)
    pytfe.policies.upload(policy.id, b"main = rule { true }")
    assert pytfe.policies.download(policy.id) == b"main = rule { true }"
    opa = options("PolicyCreateOptions", name="opa", kind="opa", query="data.terraform.deny",
                  enforcement_level="mandatory")  # fmt: skip
    assert pytfe.policies.create(ORG, opa).kind == "opa"
    made = sets.create(ORG, options("PolicySetCreateOptions", name="production"))
    members = {
        "policies": [policy], "workspaces": [web], "projects": [project],
        "workspace_exclusions": [api], "project_exclusions": [project],
    }  # fmt: skip
    for name, records in members.items():
        change = "".join(word.capitalize() for word in name.split("_"))
        getattr(sets, f"add_{name}")(
            made.id, options(f"PolicySetAdd{change}Options", **{name: records})
        )
    assert tfe.effective_policies("acme/web") != []
    assert tfe.effective_policies("acme/api") == []
    with_all = options("PolicySetReadOptions", include=[*members])
    shown = sets.read_with_options(made.id, with_all)
    assert (shown.policy_count, shown.workspace_count, shown.project_count) == (1, 1, 1)
    for name, records in members.items():
        change = "".join(word.capitalize() for word in name.split("_"))
        removed = options(f"PolicySetRemove{change}Options", **{name: records})
        getattr(sets, f"remove_{name}")(made.id, removed)
    assert tfe.effective_policies("acme/web") == []
    everywhere = options("PolicySetCreateOptions", name="everywhere", Global=True)
    assert sets.create(ORG, everywhere).Global is True
    parameters = pytfe.policy_set_parameters
    said = options("PolicySetParameterCreateOptions", key="limit", value="1", category="policy-set")
    limit = parameters.create(made.id, said)
    hidden = options("PolicySetParameterUpdateOptions", value="2", sensitive=True)
    assert not parameters.update(made.id, limit.id, hidden).value
    assert [one.key for one in parameters.list(made.id)] == ["limit"]
    parameters.delete(made.id, limit.id)
    sets.delete(made.id)
    pytfe.policies.delete(policy.id)
