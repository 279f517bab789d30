// What go-tfe of June 2019 asks and is answered in the edition of July 2019.
package clients

import (
	"context"
	"testing"

	tfe2019 "example.com/go-tfe-2019"
)

func client2019(t *testing.T) (*tfe2019.Client, context.Context) {
	t.Helper()
	client, err := tfe2019.NewClient(&tfe2019.Config{Address: need(t, "ADDRESS_2019"), Token: need(t, "TOKEN_2019")})
	must(t, err)
	return client, context.Background()
}

func organization2019(t *testing.T, client *tfe2019.Client, ctx context.Context) string {
	t.Helper()
	made, err := client.Organizations.Create(ctx, tfe2019.OrganizationCreateOptions{
		Name: tfe2019.String(name(t)), Email: tfe2019.String("a@example.com")})
	must(t, err)
	return made.Name
}

func TestPoliciesAndPolicySetsOf2019(t *testing.T) {
	client, ctx := client2019(t)
	org := organization2019(t, client, ctx)
	policy, err := client.Policies.Create(ctx, org, tfe2019.PolicyCreateOptions{
		Name:    tfe2019.String("tagged"),
		Enforce: []*tfe2019.EnforcementOptions{{Path: tfe2019.String("tagged.sentinel"), Mode: tfe2019.EnforcementMode(tfe2019.EnforcementSoft)}}})
	must(t, err)
	must(t, client.Policies.Upload(ctx, policy.ID, []byte("main = rule { true }")))
	content, err := client.Policies.Download(ctx, policy.ID)
	must(t, err)
	equal(t, string(content), "main = rule { true }")
	workspace, err := client.Workspaces.Create(ctx, org, tfe2019.WorkspaceCreateOptions{Name: tfe2019.String("web")})
	must(t, err)
	set, err := client.PolicySets.Create(ctx, org, tfe2019.PolicySetCreateOptions{
		Name: tfe2019.String("production"), Policies: []*tfe2019.Policy{policy}, Workspaces: []*tfe2019.Workspace{workspace}})
	must(t, err)
	equal(t, set.PolicyCount, 1)
	must(t, client.PolicySets.RemovePolicies(ctx, set.ID, tfe2019.PolicySetRemovePoliciesOptions{Policies: []*tfe2019.Policy{policy}}))
	must(t, client.PolicySets.AddPolicies(ctx, set.ID, tfe2019.PolicySetAddPoliciesOptions{Policies: []*tfe2019.Policy{policy}}))
	must(t, client.PolicySets.RemoveWorkspaces(ctx, set.ID, tfe2019.PolicySetRemoveWorkspacesOptions{Workspaces: []*tfe2019.Workspace{workspace}}))
	must(t, client.PolicySets.AddWorkspaces(ctx, set.ID, tfe2019.PolicySetAddWorkspacesOptions{Workspaces: []*tfe2019.Workspace{workspace}}))
	set, err = client.PolicySets.Update(ctx, set.ID, tfe2019.PolicySetUpdateOptions{Name: tfe2019.String("prod")})
	must(t, err)
	set, err = client.PolicySets.Read(ctx, set.ID)
	must(t, err)
	equal(t, set.WorkspaceCount, 1)
	sets, err := client.PolicySets.List(ctx, org, tfe2019.PolicySetListOptions{})
	must(t, err)
	equal(t, len(sets.Items), 1)
	_, err = client.Policies.Update(ctx, policy.ID, tfe2019.PolicyUpdateOptions{})
	must(t, err)
	policies, err := client.Policies.List(ctx, org, tfe2019.PolicyListOptions{})
	must(t, err)
	equal(t, len(policies.Items), 1)
	must(t, client.PolicySets.Delete(ctx, set.ID))
	must(t, client.Policies.Delete(ctx, policy.ID))
	_, err = client.Policies.Read(ctx, policy.ID)
	equal(t, err, tfe2019.ErrResourceNotFound)
}

func TestWorkspacesOf2019(t *testing.T) {
	client, ctx := client2019(t)
	org := organization2019(t, client, ctx)
	made, err := client.Workspaces.Create(ctx, org, tfe2019.WorkspaceCreateOptions{Name: tfe2019.String("web")})
	must(t, err)
	_, err = client.Workspaces.Update(ctx, org, "web", tfe2019.WorkspaceUpdateOptions{AutoApply: tfe2019.Bool(true)})
	must(t, err)
	shown, err := client.Workspaces.Read(ctx, org, "web")
	must(t, err)
	equal(t, shown.AutoApply, true)
	_, err = client.Workspaces.Lock(ctx, made.ID, tfe2019.WorkspaceLockOptions{})
	must(t, err)
	_, err = client.Workspaces.Lock(ctx, made.ID, tfe2019.WorkspaceLockOptions{})
	equal(t, err, tfe2019.ErrWorkspaceLocked)
	_, err = client.Workspaces.Unlock(ctx, made.ID)
	must(t, err)
	listed, err := client.Workspaces.List(ctx, org, tfe2019.WorkspaceListOptions{Search: tfe2019.String("we")})
	must(t, err)
	equal(t, len(listed.Items), 1)
	must(t, client.Workspaces.Delete(ctx, org, "web"))
}

func TestTeamsAndTokensOf2019(t *testing.T) {
	client, ctx := client2019(t)
	org := organization2019(t, client, ctx)
	team, err := client.Teams.Create(ctx, org, tfe2019.TeamCreateOptions{Name: tfe2019.String("staff")})
	must(t, err)
	account, err := client.Users.ReadCurrent(ctx)
	must(t, err)
	named := []string{account.Username}
	must(t, client.TeamMembers.Add(ctx, team.ID, tfe2019.TeamMemberAddOptions{Usernames: named}))
	members, err := client.TeamMembers.List(ctx, team.ID)
	must(t, err)
	equal(t, len(members), 1)
	must(t, client.TeamMembers.Remove(ctx, team.ID, tfe2019.TeamMemberRemoveOptions{Usernames: named}))
	token, err := client.TeamTokens.Generate(ctx, team.ID)
	must(t, err)
	present(t, token.Token)
	read, err := client.TeamTokens.Read(ctx, team.ID)
	must(t, err)
	equal(t, read.Token, "")
	must(t, client.TeamTokens.Delete(ctx, team.ID))
	own, err := client.OrganizationTokens.Generate(ctx, org)
	must(t, err)
	present(t, own.Token)
	must(t, client.OrganizationTokens.Delete(ctx, org))
	must(t, client.Teams.Delete(ctx, team.ID))
}
