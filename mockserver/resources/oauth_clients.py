"""OAuth clients: an organization's connections to VCS providers, as data. Nobody is ever asked for a
repository; a token string is taken as good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.jsonapi.handlers import (
    add_members,
    create_record,
    list_records,
    remove_members,
    show_record,
    update_with_members,
)
from mockserver.jsonapi.identifiers import known, to_many, to_one
from mockserver.jsonapi.resources import resource
from mockserver.resources.oauth_tokens import CLIENT, unlinked
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, To, Values
from mockserver.world.naming import by_id
from mockserver.world.problems import Error, invalid_item, invalid_items
from mockserver.world.state import Record, State
from mockserver.world.view import View

PROVIDERS: Mapping[str, str] = {
    "ado_server": "Azure DevOps Server",
    "ado_services": "Azure DevOps Services",
    "bitbucket_data_center": "Bitbucket Data Center",
    "bitbucket_hosted": "Bitbucket Cloud",
    "bitbucket_server": "Bitbucket Server",
    "bitbucket_server_legacy": "Bitbucket Server (legacy)",
    "github": "GitHub",
    "github_enterprise": "GitHub Enterprise",
    "gitlab_community_edition": "GitLab Community Edition",
    "gitlab_enterprise_edition": "GitLab Enterprise Edition",
    "gitlab_hosted": "GitLab.com",
}
WITHOUT_TOKEN = ("bitbucket_data_center", "bitbucket_server")
"""Providers whose tokens come from a link of their own (go-tfe)."""
TOKENS = (CLIENT[1], CLIENT[0])
POOL = ("agent-pool", "oauth-clients")
TOKEN_STRING = "oauth-token-string"


def checked(call: Call, values: Values, record: Record | None) -> Iterator[Error]:
    """What each provider wants, and that the agent pool is one of the organization's."""
    yield from _provider_errors(values, record)
    pool = call.linkage.get("agent-pool")
    organization = call.owner(record) if record else call.record
    if pool and not known(call, "agent-pools", pool["id"], organization):
        yield invalid_item(
            "the provided agent pool does not exist or you are not authorized to use it",
            "/data/relationships/agent-pool/data",
            fact=f"{pool['id']!r} is no agent pool of {organization.id} that this token may see",
            expected="the identifier of one of the organization's agent pools",
            hint="List the organization's agent pools to find their ids.",
        )


def _provider_errors(values: Values, record: Record | None) -> Iterator[Error]:
    if record is None and values["service-provider"] not in WITHOUT_TOKEN:
        signed = values.get("key") and values.get("secret")
        if not values.get(TOKEN_STRING) and not signed:
            yield invalid_item(
                "Oauth token string can't be blank",
                f"/data/attributes/{TOKEN_STRING}",
                fact=f"{values['service-provider']} wants a token, or a key and a secret",
                expected="the token string that the provider has given",
                hint="Send any text: this server asks no provider.",
            )
    if values.get("private-key") and values["service-provider"] != "ado_server":
        yield invalid_item(
            "Private key is only allowed for ado_server",
            "/data/attributes/private-key",
            fact=f"the service provider is {values['service-provider']}",
            expected="no private-key",
            hint="Leave it out, or set the SSH key of the OAuth token.",
        )
    provider = (record or values)["service-provider"]
    if provider == "bitbucket_data_center" and values.get("key") == "":
        yield invalid_item(
            "The Consumer Key for Bitbucket Data Center must be present. Please add a value for `key`.",
            "/data/attributes/key",
            fact="key is empty",
            expected="the consumer key of the link",
            hint="Send a key, or leave it out.",
        )


def create_client(call: Call) -> Reply:
    """With a token, where a token string is sent (suite)."""
    if errors := list(checked(call, call.attributes, None)):
        raise invalid_items(errors)
    return _with_token(call, *create_record(call).written)


def _with_token(call: Call, state: State, record: Record) -> Reply:
    """A token string is kept by the client's one token: another takes its place."""
    if call.attributes.get(TOKEN_STRING) and not len(state.members(record.key, TOKENS)):
        state, token = call.create(call.kinds["oauth-tokens"], state, record.owners, {})
        state = state.link(record.key, TOKENS, [token.key])
    return Reply(state=state, data=record)


def update_client(call: Call) -> Reply:
    """Projects and agent pool that are sent take the place of those that were there."""
    update = update_with_members("projects", "agent-pool")
    return _with_token(call, *update(call).written)


def destroy_client(call: Call) -> Reply:
    """Its tokens go with it, and workspaces lose the repositories that they name (page)."""
    tokens = [call.state.get(key) for key in call.state.members(call.record.key, TOKENS)]
    state = unlinked(call, call.state, tokens)
    for token in tokens:
        state = state.remove(token.key)
    return Reply(state=state.remove(call.record.key))


def tokens_of(view: View, record: Record) -> list[Record]:
    return view.members(record, TOKENS)


READ, MANAGE = "read-organization", "manage-vcs-settings"
TODAY = Kind(
    type="oauth-clients",
    prefix="oc",
    find=by_id("oauth-clients"),
    made={
        "created-at": lambda values, facts, now: now,
        "updated-at": lambda values, facts, now: values["created-at"],
    },
    touched="updated-at",
    checked=checked,
    relations={
        "projects": To("projects", ("projects", "oauth-clients"), entry="projects"),
        "agent-pool": To("agent-pools", POOL, one=True),
    },
    show=resource,
    computed={
        "callback-url": lambda view, record: f"https://app.terraform.io/auth/{record.id}/callback",
        "connect-path": lambda view, record: f"/auth/{record.id}",
        "uuid": lambda view, record: record.id.removeprefix("oc-"),
        "service-provider-display-name": lambda view, record: PROVIDERS[record["service-provider"]],
    },
    relationships={
        "oauth-tokens": lambda view, record: to_many(tokens_of(view, record)),
        "agent-pool": lambda view, record: to_one(next(iter(view.members(record, POOL)), None)),
    },
    depends=lambda view, record: (view.owner(record).id, view.state.relations(record.key)),
    related={
        "oauth_tokens": tokens_of,
    },
    operations={
        "list-oauth-clients": (list_records, READ),
        "show-oauth-client": (show_record, READ),
        "create-oauth-client": (create_client, MANAGE),
        "update-oauth-client": (update_client, MANAGE),
        "destroy-oauth-client": (destroy_client, MANAGE),
        "attach-oauth-client-to-projects": (add_members("projects"), MANAGE),
        "detach-oauth-client-from-projects": (remove_members("projects"), MANAGE),
    },
    read=READ,
    within="organizations",
    about="Connections to VCS providers; nobody is ever asked for a repository.",
    member="oauth-clients",
)
EDITIONS = {"2026-08": TODAY}
