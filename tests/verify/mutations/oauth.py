"""The table's seventh part, of edition 2026-08: OAuth clients, their tokens and who may use them."""

from __future__ import annotations

from typing import Any

from mockserver.resources.oauth_clients import TOKENS
from mockserver.scenarios.oauth_tokens import PEM
from mockserver.world.calls import Reply
from tests.verify.mutations import servers
from tests.verify.mutations.breaking_today import (
    Handler,
    anyone,
    at,
    changed,
    first,
    forgetting,
    leaving,
    no_strangers,
    on,
    rewritten,
    row,
    spoilt,
)
from tests.verify.mutations.spoiling import Answer, add, drop, put
from tests.verify.mutations.table import MANY, ONE, Row, _idle

CREATE, UPDATE, DESTROY = "create-oauth-client", "update-oauth-client", "destroy-oauth-client"
SHOW, LIST = "show-oauth-client", "list-oauth-clients"
ATTACH, DETACH = "attach-oauth-client-to-projects", "detach-oauth-client-from-projects"
TOKEN, REVOKE, KEYED = "show-oauth-token", "destroy-oauth-token", "update-oauth-token"
SECRET, STRING = "/attributes/secret", "/attributes/oauth-token-string"


def clients() -> list[Row]:
    """Clients, and the projects that may use them."""
    kind, tokens, home = (
        "oauth-clients",
        "/relationships/oauth-tokens/data",
        "/relationships/organization/data/id",
    )
    scoped, projects = "/attributes/organization-scoped", "/relationships/projects/data"
    return [
        at(CREATE, put(scoped, True), f"{ONE}{scoped}", "a client that every project may use unasked"),
        at(UPDATE, put("/attributes/name", "other"), f"{ONE}/attributes/name", "a client under another name"),
        at(SHOW, drop("/attributes/service-provider"), f"{ONE}/attributes/service-provider", "a client without its provider"),
        at(LIST, put("/attributes/service-provider", "svn"), f"{MANY}/attributes/service-provider", "a provider that there is not"),
        at(SHOW, put(home, "other"), f"{ONE}{home}", "a client of another organization"),
        at(SHOW, put(tokens, []), f"{ONE}{tokens}", "a client that shows no token"),
        at(SHOW, put(projects, []), f"{ONE}{projects}", "a client that shows no project"),
        at(CREATE, add(SECRET, "verify-secret-1"), f"{ONE}{SECRET}", "the secret of a client shown"),
        at(SHOW, add(STRING, "verify-token-1"), f"{ONE}{STRING}", "the token string of a client shown"),
        on(kind, ATTACH, _idle, "a project that may not use the client", "effect", "status"),
        on(kind, DETACH, _idle, "a project that may use the client still"),
        on(kind, ATTACH, first, "only the first project may use the client", "effect", "status"),
        on(kind, ATTACH, no_strangers("projects"), "a project of another organization that may use a client", "status"),
        on(kind, DESTROY, _idle, "a client that stays"),
        row("the id of a destroyed client comes again", lambda: servers.reusing(CREATE, DESTROY, "2026-08"), [(CREATE, f"{ONE}/id")]),
        row("the name of a client loses letters", lambda: rewritten(CREATE, rb"\\ud83d\\ude80", b""), [(CREATE, f"{ONE}/attributes/name")]),
        row("a destroyed organization leaves its clients", lambda: leaving("destroy-organization", CREATE, SHOW), [("destroy-organization", "effect")]),
        row("the key of an SSH key shown at creation", lambda: spoilt({"create-ssh-key": add("/attributes/value", "text")}), [("create-ssh-key", f"{ONE}/attributes/value")]),
        anyone(CREATE), anyone(UPDATE), anyone(DESTROY), anyone(ATTACH),
    ]  # fmt: skip


def tokens() -> list[Row]:
    """Tokens of clients."""
    kind, keyed, client = (
        "oauth-tokens",
        "/attributes/has-ssh-key",
        "/relationships/oauth-client/data/id",
    )
    return [
        at(KEYED, put(keyed, False), f"{ONE}{keyed}", "an SSH key that a token does not have"),
        at(KEYED, add("/attributes/ssh-key", "text"), f"{ONE}/attributes/ssh-key", "the SSH key of a token shown"),
        at(TOKEN, put(client, "oc-another"), f"{ONE}{client}", "a token of another client"),
        at("list-oauth-tokens", drop("/attributes/created-at"), f"{MANY}/attributes/created-at", "a token without its time in the list"),
        at("list-oauth-tokens", without_all, "/data", "a client whose list has no token"),
        at("list-oauth-tokens-of-organization", without_all, "/data", "a token missing in the list of the organization"),
        row("an SSH key that is none taken", lambda: changed(kind, update_oauth_token=any_key), [(KEYED, "status")], exit=0),
        on(kind, REVOKE, _idle, "a token that stays"),
        on(kind, KEYED, forgetting, "an SSH key that is not kept"),
        on("oauth-clients", DESTROY, alone, "a destroyed client leaves its tokens", played=TOKEN),
        anyone(KEYED), anyone(REVOKE),
    ]  # fmt: skip


def any_key(old: Handler) -> Handler:
    """Any text is an SSH key."""

    def handle(call: Any) -> Any:
        if call.attributes.get("ssh-key"):
            call.attributes["ssh-key"] = PEM
        return old(call)

    return handle


def alone(old: Handler) -> Handler:
    """The client goes, and its tokens become another one's: without any they could not be shown."""

    def handle(call: Any) -> Any:
        state, client = call.state, call.record
        tokens = [*state.members(client.key, TOKENS)]
        others = (item[-1] for item in state.list(client.owner, client.kind))
        other = next(key for key in others if key != client.key)
        return Reply(state=state.remove(client.key).link(other, TOKENS, tokens))

    return handle


def without_all(answer: Answer) -> None:
    if answer.status == 200:
        answer.document = answer.document | {"data": []}


OAUTH = [*clients(), *tokens()]
