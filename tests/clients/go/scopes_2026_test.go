// Whom a policy set of the edition of August 2026 leaves out or selects, and the tokens of users.
package clients

import (
	"testing"

	tfe "github.com/hashicorp/go-tfe"
)

func TestProjectExclusionsAndTagSelectorsOf2026(t *testing.T) {
	client, ctx := client2026(t)
	org := organization2026(t, client, ctx)
	project, err := client.Projects.Create(ctx, org, tfe.ProjectCreateOptions{
		Name: "shop", TagBindings: []*tfe.TagBinding{{Key: "env", Value: "prod"}}})
	must(t, err)
	workspace, err := client.Workspaces.Create(ctx, org, tfe.WorkspaceCreateOptions{Name: tfe.String("web"), Project: project})
	must(t, err)
	shown, err := client.Workspaces.ReadByIDWithOptions(ctx, workspace.ID, &tfe.WorkspaceReadOptions{
		Include: []tfe.WSIncludeOpt{tfe.WSEffectiveTagBindings}})
	must(t, err)
	equal(t, shown.EffectiveTagBindings[0].Value, "prod")
	equal(t, shown.EffectiveTagBindings[0].Links["inherited-from"], "/api/v2/projects/"+project.ID)

	everywhere, err := client.PolicySets.Create(ctx, org, tfe.PolicySetCreateOptions{
		Name: tfe.String("everywhere"), Global: tfe.Bool(true), ProjectExclusions: []*tfe.Project{project}})
	must(t, err)
	excluded := func() []*tfe.Project {
		t.Helper()
		set, err := client.PolicySets.ReadWithOptions(ctx, everywhere.ID, &tfe.PolicySetReadOptions{
			Include: []tfe.PolicySetIncludeOpt{tfe.PolicySetProjectExclusions}})
		must(t, err)
		return set.ProjectExclusions
	}
	equal(t, excluded()[0].Name, "shop")
	projects := []*tfe.Project{project}
	must(t, client.PolicySets.RemoveProjectExclusions(ctx, everywhere.ID, tfe.PolicySetRemoveProjectExclusionsOptions{ProjectExclusions: projects}))
	equal(t, len(excluded()), 0)
	must(t, client.PolicySets.AddProjectExclusions(ctx, everywhere.ID, tfe.PolicySetAddProjectExclusionsOptions{ProjectExclusions: projects}))
	equal(t, len(excluded()), 1)

	production, err := client.PolicySets.Create(ctx, org, tfe.PolicySetCreateOptions{Name: tfe.String("production")})
	must(t, err)
	selectors := []*tfe.PolicySetTagSelector{{Key: "env", Value: tfe.String("prod")}, {Key: "legacy", IsExclude: true}}
	must(t, client.PolicySets.AddTagSelectors(ctx, production.ID, tfe.PolicySetAddTagSelectorsOptions{TagSelectors: selectors}))
	selected, err := client.PolicySets.Read(ctx, production.ID)
	must(t, err)
	equal(t, len(selected.TagSelectors), 2)
	equal(t, *selected.TagSelectors[0].Value, "prod")
	equal(t, selected.TagSelectors[1].IsExclude, true)
	must(t, client.PolicySets.RemoveTagSelectors(ctx, production.ID, tfe.PolicySetRemoveTagSelectorsOptions{TagSelectors: selectors[:1]}))
	left, err := client.PolicySets.Read(ctx, production.ID)
	must(t, err)
	equal(t, len(left.TagSelectors), 1)
}

func TestTokensOfUsersOf2026(t *testing.T) {
	client, ctx := client2026(t)
	org := organization2026(t, client, ctx)
	account, err := client.Users.ReadCurrent(ctx)
	must(t, err)
	token, err := client.UserTokens.Create(ctx, account.ID, tfe.UserTokenCreateOptions{Description: "build server"})
	must(t, err)
	present(t, token.Token)
	own, err := tfe.NewClient(&tfe.Config{Address: need(t, "ADDRESS_2026"), Token: token.Token})
	must(t, err)
	_, err = own.Organizations.Read(ctx, org)
	must(t, err)
	read, err := client.UserTokens.Read(ctx, token.ID)
	must(t, err)
	equal(t, read.Token, "")
	equal(t, read.CreatedBy.User.ID, account.ID)
	tokens, err := client.UserTokens.List(ctx, account.ID)
	must(t, err)
	equal(t, len(tokens.Items), 1)

	owners, err := client.Teams.List(ctx, org, &tfe.TeamListOptions{Names: []string{"owners"}})
	must(t, err)
	ofTeam, err := client.TeamTokens.Create(ctx, owners.Items[0].ID)
	must(t, err)
	team, err := tfe.NewClient(&tfe.Config{Address: need(t, "ADDRESS_2026"), Token: ofTeam.Token})
	must(t, err)
	_, err = team.Organizations.Update(ctx, org, tfe.OrganizationUpdateOptions{UserTokensEnabled: tfe.Bool(false)})
	must(t, err)
	_, err = own.Organizations.Read(ctx, org)
	equal(t, err, tfe.ErrUnauthorized)
	_, err = team.Organizations.Update(ctx, org, tfe.OrganizationUpdateOptions{UserTokensEnabled: tfe.Bool(true)})
	must(t, err)
	must(t, client.UserTokens.Delete(ctx, token.ID))
	_, err = own.Organizations.Read(ctx, org)
	equal(t, err, tfe.ErrUnauthorized)
}
