"""OAuth tokens: what an organization's connection to a VCS provider is used by. In 2019 they come from
fixtures only, of no client.

A workspace's `vcs-repo.oauth-token-id` names one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mockserver.jsonapi.handlers import list_records, show_record, update_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, To, Values
from mockserver.world.naming import by_id
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import Record, State

CLIENT = ("oauth-client", "oauth-tokens")
KIND = Kind(
    type="oauth-tokens",
    prefix="ot",
    find=by_id("oauth-tokens"),
    made={"service-provider-user": ""},
    within="organizations",
    about="Connections to VCS providers.",
    member="oauth-tokens",
    entry={
        "properties": {
            "service-provider-user": {
                "type": "string",
                "description": "Name of the user at the provider; empty where omitted.",
            }
        }
    },
)


# August 2026


def list_of_client(call: Call) -> Reply:
    return Reply(data=listed(call, call.state.members(call.record.key, (CLIENT[1], CLIENT[0]))))


def list_of_organization(call: Call) -> Reply:
    """`filter[provider]` is the service provider of their clients."""
    provider = call.query.get("filter[provider]")
    if provider is None:
        return list_records(call)
    tokens = (call.state.get(item[-1]) for item in call.state.list(call.record.key, TODAY.type))
    fits = (t.key for t in tokens if provider in _providers(call, t))
    return Reply(data=listed(call, fits))


def _providers(call: Call, token: Record) -> Iterator[str]:
    for client in call.members(token, CLIENT):
        yield str(client["service-provider"])


def checked(call: Call, values: Values, record: Record | None) -> Iterable[Error]:
    """An SSH key looks like a private key (suite)."""
    key = values.get("ssh-key")
    if key and not ("-----BEGIN " in key and "PRIVATE KEY-----" in key):
        yield invalid_item(
            "Ssh key is invalid",
            "/data/attributes/ssh-key",
            fact="it does not look like a private key",
            expected="the text of a private key in PEM, or null",
            hint="Send all of the file, from -----BEGIN to the end.",
        )


def destroy(call: Call) -> Reply:
    """Workspaces lose the repositories that they have by it (page)."""
    return Reply(state=unlinked(call, call.state, [call.record]).remove(call.record.key))


def unlinked(call: Call, state: State, tokens: Iterable[Record]) -> State:
    """The state in which no workspace of the organization names one of these tokens."""
    gone = {token.id for token in tokens}
    kind = call.kinds["workspaces"]
    for token in tokens:
        for item in call.state.list(token.owner, "workspaces"):
            workspace = state.get(item[-1])
            if (workspace["vcs-repo"] or {}).get("oauth-token-id") in gone:
                state, _ = call.change(kind, state, workspace, {"vcs-repo": None})
    return state


READ, MANAGE = "read-organization", "manage-vcs-settings"
TODAY = replace(
    KIND,
    made={**KIND.made, "created-at": lambda values, facts, now: now},
    relations={"oauth-client": To("oauth-clients", CLIENT, entry="oauth-client", one=True)},
    checked=checked,
    entry={
        "required": [CLIENT[0]],
        "properties": {
            **KIND.entry["properties"],
            CLIENT[0]: {"description": "The OAuth client whose it is, by id."},
        },
    },
    show=resource,
    computed={"has-ssh-key": lambda view, record: record.get("_ssh-key") is not None},
    depends=lambda view, record: (),  # its client is its for life
    operations={
        "list-oauth-tokens": (list_of_client, READ),
        "list-oauth-tokens-of-organization": (list_of_organization, READ),
        "show-oauth-token": (show_record, READ),
        "update-oauth-token": (update_record, MANAGE),
        "destroy-oauth-token": (destroy, MANAGE),
    },
    read=READ,
)
EDITIONS = {"2026-08": TODAY}
