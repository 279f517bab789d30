// What go-tfe of July 2026 asks and is answered in the edition of August 2026.
package clients

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	tfe "github.com/hashicorp/go-tfe"
)

func client2026(t *testing.T) (*tfe.Client, context.Context) {
	t.Helper()
	client, err := tfe.NewClient(&tfe.Config{Address: need(t, "ADDRESS_2026"), Token: need(t, "TOKEN_2026")})
	must(t, err)
	return client, context.Background()
}

func organization2026(t *testing.T, client *tfe.Client, ctx context.Context) string {
	t.Helper()
	made, err := client.Organizations.Create(ctx, tfe.OrganizationCreateOptions{
		Name: tfe.String(name(t)), Email: tfe.String("a@example.com")})
	must(t, err)
	return made.Name
}

func TestPoliciesPolicySetsAndParametersOf2026(t *testing.T) {
	client, ctx := client2026(t)
	org := organization2026(t, client, ctx)
	policy, err := client.Policies.Create(ctx, org, tfe.PolicyCreateOptions{
		Name: tfe.String("tagged"), EnforcementLevel: tfe.EnforcementMode(tfe.EnforcementSoft)})
	must(t, err)
	must(t, client.Policies.Upload(ctx, policy.ID, []byte("main = rule { true }")))
	content, err := client.Policies.Download(ctx, policy.ID)
	must(t, err)
	equal(t, string(content), "main = rule { true }")
	project, err := client.Projects.Create(ctx, org, tfe.ProjectCreateOptions{Name: "shop"})
	must(t, err)
	workspace, err := client.Workspaces.Create(ctx, org, tfe.WorkspaceCreateOptions{Name: tfe.String("web"), Project: project})
	must(t, err)
	set, err := client.PolicySets.Create(ctx, org, tfe.PolicySetCreateOptions{
		Name: tfe.String("production"), Policies: []*tfe.Policy{policy}})
	must(t, err)
	policies, workspaces, projects := []*tfe.Policy{policy}, []*tfe.Workspace{workspace}, []*tfe.Project{project}
	must(t, client.PolicySets.RemovePolicies(ctx, set.ID, tfe.PolicySetRemovePoliciesOptions{Policies: policies}))
	must(t, client.PolicySets.AddPolicies(ctx, set.ID, tfe.PolicySetAddPoliciesOptions{Policies: policies}))
	must(t, client.PolicySets.AddWorkspaces(ctx, set.ID, tfe.PolicySetAddWorkspacesOptions{Workspaces: workspaces}))
	must(t, client.PolicySets.RemoveWorkspaces(ctx, set.ID, tfe.PolicySetRemoveWorkspacesOptions{Workspaces: workspaces}))
	must(t, client.PolicySets.AddProjects(ctx, set.ID, tfe.PolicySetAddProjectsOptions{Projects: projects}))
	must(t, client.PolicySets.AddWorkspaceExclusions(ctx, set.ID, tfe.PolicySetAddWorkspaceExclusionsOptions{WorkspaceExclusions: workspaces}))
	must(t, client.PolicySets.RemoveWorkspaceExclusions(ctx, set.ID, tfe.PolicySetRemoveWorkspaceExclusionsOptions{WorkspaceExclusions: workspaces}))
	must(t, client.PolicySets.RemoveProjects(ctx, set.ID, tfe.PolicySetRemoveProjectsOptions{Projects: projects}))
	_, err = client.PolicySets.Update(ctx, set.ID, tfe.PolicySetUpdateOptions{Name: tfe.String("prod")})
	must(t, err)
	sets, err := client.PolicySets.List(ctx, org, &tfe.PolicySetListOptions{})
	must(t, err)
	equal(t, len(sets.Items), 1)

	parameter, err := client.PolicySetParameters.Create(ctx, set.ID, tfe.PolicySetParameterCreateOptions{
		Key: tfe.String("limit"), Value: tfe.String("10"), Category: tfe.Category(tfe.CategoryPolicySet)})
	must(t, err)
	hidden, err := client.PolicySetParameters.Update(ctx, set.ID, parameter.ID, tfe.PolicySetParameterUpdateOptions{Sensitive: tfe.Bool(true)})
	must(t, err)
	equal(t, hidden.Value, "")
	parameters, err := client.PolicySetParameters.List(ctx, set.ID, nil)
	must(t, err)
	equal(t, len(parameters.Items), 1)
	_, err = client.PolicySetParameters.Read(ctx, set.ID, parameter.ID)
	must(t, err)
	must(t, client.PolicySetParameters.Delete(ctx, set.ID, parameter.ID))
	must(t, client.PolicySets.Delete(ctx, set.ID))
	must(t, client.Policies.Delete(ctx, policy.ID))
	_, err = client.Policies.Read(ctx, policy.ID)
	equal(t, err, tfe.ErrResourceNotFound)
}

func TestProjectsWorkspacesAndVariablesOf2026(t *testing.T) {
	client, ctx := client2026(t)
	org := organization2026(t, client, ctx)
	project, err := client.Projects.Create(ctx, org, tfe.ProjectCreateOptions{Name: "shop"})
	must(t, err)
	_, err = client.Projects.Update(ctx, project.ID, tfe.ProjectUpdateOptions{Description: tfe.String("sells")})
	must(t, err)
	projects, err := client.Projects.List(ctx, org, nil)
	must(t, err)
	equal(t, len(projects.Items), 2)
	made, err := client.Workspaces.Create(ctx, org, tfe.WorkspaceCreateOptions{Name: tfe.String("web"), Project: project})
	must(t, err)
	_, err = client.Workspaces.Update(ctx, org, "web", tfe.WorkspaceUpdateOptions{AutoApply: tfe.Bool(true)})
	must(t, err)
	shown, err := client.Workspaces.Read(ctx, org, "web")
	must(t, err)
	equal(t, shown.AutoApply, true)
	_, err = client.Workspaces.Lock(ctx, made.ID, tfe.WorkspaceLockOptions{Reason: tfe.String("because")})
	must(t, err)
	_, err = client.Workspaces.Lock(ctx, made.ID, tfe.WorkspaceLockOptions{})
	equal(t, err, tfe.ErrWorkspaceLocked)
	_, err = client.Workspaces.Unlock(ctx, made.ID)
	must(t, err)
	variable, err := client.Variables.Create(ctx, made.ID, tfe.VariableCreateOptions{
		Key: tfe.String("region"), Value: tfe.String("eu"), Category: tfe.Category(tfe.CategoryTerraform)})
	must(t, err)
	_, err = client.Variables.Update(ctx, made.ID, variable.ID, tfe.VariableUpdateOptions{Value: tfe.String("us")})
	must(t, err)
	variables, err := client.Variables.List(ctx, made.ID, nil)
	must(t, err)
	equal(t, variables.Items[0].Value, "us")
	must(t, client.Variables.Delete(ctx, made.ID, variable.ID))
	must(t, client.Workspaces.SafeDelete(ctx, org, "web"))
	must(t, client.Projects.Delete(ctx, project.ID))
}

func TestTeamsMembershipsAndTokensOf2026(t *testing.T) {
	client, ctx := client2026(t)
	org := organization2026(t, client, ctx)
	team, err := client.Teams.Create(ctx, org, tfe.TeamCreateOptions{
		Name: tfe.String("staff"), Visibility: tfe.String("organization")})
	must(t, err)
	guest, err := client.OrganizationMemberships.Create(ctx, org, tfe.OrganizationMembershipCreateOptions{
		Email: tfe.String(name(t) + "@example.com")})
	must(t, err)
	ids := []string{guest.ID}
	must(t, client.TeamMembers.Add(ctx, team.ID, tfe.TeamMemberAddOptions{OrganizationMembershipIDs: ids}))
	must(t, client.TeamMembers.Remove(ctx, team.ID, tfe.TeamMemberRemoveOptions{OrganizationMembershipIDs: ids}))
	must(t, client.OrganizationMemberships.Delete(ctx, guest.ID))
	for _, description := range []string{"one", "two"} {
		token, err := client.TeamTokens.CreateWithOptions(ctx, team.ID, tfe.TeamTokenCreateOptions{Description: tfe.String(description)})
		must(t, err)
		present(t, token.Token)
		must(t, client.TeamTokens.DeleteByID(ctx, token.ID))
	}
	_, err = client.TeamTokens.Create(ctx, team.ID)
	must(t, err)
	tokens, err := client.TeamTokens.List(ctx, org, nil)
	must(t, err)
	equal(t, len(tokens.Items), 1)
	own, err := client.OrganizationTokens.Create(ctx, org)
	must(t, err)
	present(t, own.Token)
	must(t, client.OrganizationTokens.Delete(ctx, org))

	project, err := client.Projects.Create(ctx, org, tfe.ProjectCreateOptions{Name: "shop"})
	must(t, err)
	access, err := client.TeamProjectAccess.Add(ctx, tfe.TeamProjectAccessAddOptions{
		Access: tfe.TeamProjectAccessMaintain, Team: team, Project: project})
	must(t, err)
	equal(t, access.WorkspaceAccess.WorkspaceCreatePermission, true)
	must(t, client.TeamProjectAccess.Remove(ctx, access.ID))
	workspace, err := client.Workspaces.Create(ctx, org, tfe.WorkspaceCreateOptions{Name: tfe.String("web")})
	must(t, err)
	custom, err := client.TeamAccess.Add(ctx, tfe.TeamAccessAddOptions{
		Access: tfe.Access(tfe.AccessCustom), Runs: tfe.RunsPermission(tfe.RunsPermissionPlan), Team: team, Workspace: workspace})
	must(t, err)
	equal(t, custom.Runs, tfe.RunsPermissionPlan)
	must(t, client.TeamAccess.Remove(ctx, custom.ID))
	must(t, client.Teams.Delete(ctx, team.ID))
}

func TestPolicySetVersionsOf2026(t *testing.T) {
	client, ctx := client2026(t)
	org := organization2026(t, client, ctx)
	set, err := client.PolicySets.Create(ctx, org, tfe.PolicySetCreateOptions{Name: tfe.String("versioned"), Kind: tfe.OPA})
	must(t, err)
	older, err := client.PolicySetVersions.Create(ctx, set.ID)
	must(t, err)
	newer, err := client.PolicySetVersions.Create(ctx, set.ID)
	must(t, err)
	equal(t, older.Status, tfe.PolicySetVersionPending)
	equal(t, older.Source, tfe.PolicySetVersionSourceAPI)
	equal(t, older.IngressAttributes, (*tfe.PolicySetIngressAttributes)(nil))
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "main.rego"), []byte("package terraform\n"), 0o600))
	must(t, client.PolicySetVersions.Upload(ctx, *older, folder))
	read, err := client.PolicySetVersions.Read(ctx, older.ID)
	must(t, err)
	equal(t, read.Status, tfe.PolicySetVersionReady)
	equal(t, read.StatusTimestamps.ReadyAt.IsZero(), false)
	shown, err := client.PolicySets.ReadWithOptions(ctx, set.ID, &tfe.PolicySetReadOptions{
		Include: []tfe.PolicySetIncludeOpt{tfe.PolicySetCurrentVersion, tfe.PolicySetNewestVersion}})
	must(t, err)
	equal(t, shown.CurrentVersion.ID, older.ID)
	equal(t, shown.CurrentVersion.Status, tfe.PolicySetVersionReady)
	equal(t, shown.NewestVersion.ID, newer.ID)
	equal(t, shown.NewestVersion.Status, tfe.PolicySetVersionPending)
	if err := client.PolicySetVersions.Upload(ctx, *older, folder); err == nil {
		t.Fatal("a second upload was taken")
	}
}
