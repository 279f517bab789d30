"""OAuth clients and tokens as data: connections to VCS providers that nobody asks for anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

import mockserver
from mockserver.contract.fixtures import UnfitFixture
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, OAUTH, as_, attributes, body, data, error, linked

pytestmark = pytest.mark.tfe(edition="2026-08")
CLIENT, CLIENTS = "oc-XKFwG6ggfA9n7t1K", f"{ORG}/oauth-clients"
ONE, TOKEN = f"{ROOT}/oauth-clients/{CLIENT}", f"{ROOT}/oauth-tokens/{OAUTH}"
POOL, PLATFORM = "apool-yoGUFz5zcRMMz53i", "prj-pLatf0rm567890Ab"
WHERE = {"http_url": "https://github.com", "api_url": "https://api.github.com"}
PEM = "-----BEGIN RSA PRIVATE KEY-----\nplanted0key0text\n-----END RSA PRIVATE KEY-----\n"
SECRETS = ("planted-token-string", "planted-secret-of-key", "planted-private-key")


def a_client(relationships: Any = None, **said: Any) -> dict[str, Any]:
    said = {"service_provider": "github", "oauth_token_string": SECRETS[0], **WHERE, **said}
    return body("oauth-clients", relationships, **{n: v for n, v in said.items() if v != "-"})


def test_a_token_string_makes_a_token_and_is_never_shown(tfe: mockserver.World) -> None:
    made = data(tfe.client.post(CLIENTS, json=a_client()), 201)
    (token,) = linked(made, "oauth-tokens")
    shown = data(tfe.client.get(f"{ROOT}/oauth-tokens/{token}"))
    assert shown["relationships"]["oauth-client"]["data"]["id"] == made["id"]
    assert data(tfe.client.get(f"{ROOT}/oauth-clients/{made['id']}/oauth-tokens")) == [shown]
    every = data(tfe.client.get(f"{ORG}/oauth-tokens"))
    assert {one["id"] for one in every} == {token, OAUTH}
    hidden = {"filter[provider]": "gitlab_hosted"}
    assert data(tfe.client.get(f"{ORG}/oauth-tokens", query_string=hidden)) == []
    again = body("oauth-clients", oauth_token_string="another planted string")
    changed = data(tfe.client.patch(f"{ROOT}/oauth-clients/{made['id']}", json=again))
    assert linked(changed, "oauth-tokens") == [token]


def test_no_secret_is_in_an_answer_the_journal_or_the_state(tfe: mockserver.World) -> None:
    said = a_client(service_provider="ado_server", secret=SECRETS[1], private_key=SECRETS[2])
    made = tfe.client.post(CLIENTS, json=said)
    key = tfe.client.patch(TOKEN, json=body("oauth-tokens", ssh_key=PEM))
    change = tfe.client.patch(ONE, json=body("oauth-clients", secret=SECRETS[1]))
    listed = tfe.client.get(CLIENTS, query_string={"include": "oauth_tokens"})
    answers = [one.get_data(as_text=True) for one in (made, key, change, listed)]
    kept = [*answers, tfe.journal.to_json(), json.dumps(tfe.state())]
    kept += [str(tfe.journal.changes(one)) for one in tfe.journal if one.changed]
    for secret in (*SECRETS, "planted0key0text"):
        assert not [text for text in kept if secret in text], secret
    with mockserver.universe(edition="2026-08", fixture=tfe.state()) as other:
        assert other.state() == tfe.state()
        assert attributes(other.client.get(TOKEN))["has-ssh-key"] is True


def test_a_token_of_a_fixture_says_whose_it_is() -> None:
    """Its answers name a client, and there is no other way to a token than by one."""
    fixture = {
        "edition": "2026-08",
        "organizations": [{"name": "acme", "oauth-tokens": [{"id": "ot-acme"}]}],
    }
    with pytest.raises(UnfitFixture) as refused:
        mockserver.create_app(edition="2026-08", fixture=fixture)
    (fault,) = refused.value.faults
    assert fault[0] == "/organizations/0/oauth-tokens/0/oauth-client"
    assert fault[1].startswith("organizations[].oauth-tokens[].oauth-client is missing; ")


@pytest.mark.parametrize("key", ["no key", "-----BEGIN CERTIFICATE-----", " "])
def test_what_is_no_private_key_is_refused(tfe: mockserver.World, key: str) -> None:
    refused = error(tfe.client.patch(TOKEN, json=body("oauth-tokens", ssh_key=key)))
    assert refused["detail"] == "Ssh key is invalid"
    assert attributes(tfe.client.get(TOKEN))["has-ssh-key"] is False


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"service_provider": "sourceforge"}, "attributes/service-provider"),
        ({"service_provider": None}, "attributes/service-provider"),
        ({"http_url": "-"}, "attributes/http-url"),
        ({"api_url": ""}, "attributes/api-url"),
        ({"oauth_token_string": "-"}, "attributes/oauth-token-string"),
        ({"oauth_token_string": ""}, "attributes/oauth-token-string"),
        ({"private_key": "x"}, "attributes/private-key"),
        ({"name": 5}, "attributes/name"),
        ({"organization_scoped": "yes"}, "attributes/organization-scoped"),
    ],
)
def test_what_a_provider_does_not_take_makes_no_client(
    tfe: mockserver.World, said: dict[str, Any], pointer: str
) -> None:
    before = tfe.state()
    refused = error(tfe.client.post(CLIENTS, json=a_client(**said)))
    assert refused["source"]["pointer"] == f"/data/{pointer}"
    assert tfe.state() == before


def test_bitbucket_wants_no_token_string_and_a_key_that_is_not_empty(
    tfe: mockserver.World,
) -> None:
    sent = a_client(service_provider="bitbucket_data_center", oauth_token_string="-", key="k")
    made = data(tfe.client.post(CLIENTS, json=sent), 201)
    assert (made["attributes"]["key"], linked(made, "oauth-tokens")) == ("k", [])
    path = f"{ROOT}/oauth-clients/{made['id']}"
    refused = error(tfe.client.patch(path, json=body("oauth-clients", key="")))
    assert "Consumer Key for Bitbucket Data Center must be present" in refused["detail"]
    assert attributes(tfe.client.get(path))["key"] == "k"


def test_projects_and_agent_pool_are_named_replaced_and_taken_away(tfe: mockserver.World) -> None:
    pool = {"data": {"type": "agent-pools", "id": POOL}}
    named = {"projects": {"data": [{"type": "projects", "id": PLATFORM}]}, "agent-pool": pool}
    made = data(tfe.client.post(CLIENTS, json=a_client(named, name="mine")), 201)
    assert (linked(made, "projects"), made["relationships"]["agent-pool"]) == ([PLATFORM], pool)
    path = f"{ROOT}/oauth-clients/{made['id']}"
    with mockserver.universe(edition="2026-08", fixture=tfe.state()) as other:
        assert data(other.client.get(path)) == made
    none = {"projects": {"data": []}, "agent-pool": {"data": None}}
    changed = data(tfe.client.patch(path, json=body("oauth-clients", none)))
    assert (linked(changed, "projects"), changed["relationships"]["agent-pool"]["data"]) == (
        [],
        None,
    )
    project = {"data": [{"type": "projects", "id": PLATFORM}]}
    below = f"{path}/relationships/projects"
    assert tfe.client.post(below, json=project).status_code == 204
    assert linked(data(tfe.client.get(path)), "projects") == [PLATFORM]
    assert tfe.client.delete(below, json=project).status_code == 204
    assert linked(data(tfe.client.get(path)), "projects") == []


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_projects_and_pools_that_there_are_not_change_nothing(
    tfe: mockserver.World, method: str
) -> None:
    before, path = tfe.state(), CLIENTS if method == "POST" else ONE
    for name, linkage, told in (
        ("agent-pool", {"type": "agent-pools", "id": "apool-nobody"}, "agent pool does not exist"),
        ("projects", [{"type": "projects", "id": "prj-nobody"}], "is not one of"),
    ):
        sent = a_client({name: {"data": linkage}})
        refused = error(tfe.client.open(path, method=method, json=sent))
        assert told in refused["detail"]
    assert tfe.state() == before


@pytest.mark.parametrize("path", [ONE, TOKEN])
def test_a_workspace_loses_its_repository_with_the_connection(
    tfe: mockserver.World, path: str
) -> None:
    workspace = f"{ROOT}/workspaces/{FIRST}"
    repo = {"identifier": "acme/web", "oauth-token-id": OAUTH}
    assert tfe.client.patch(workspace, json=body("workspaces", vcs_repo=repo)).status_code == 200
    assert tfe.client.delete(path).status_code == 204
    assert attributes(tfe.client.get(workspace))["vcs-repo"] is None
    assert tfe.client.get(TOKEN).status_code == 404
    assert tfe.client.delete(path).status_code == 404
    refused = error(tfe.client.patch(workspace, json=body("workspaces", vcs_repo=repo)))
    assert refused["detail"] == "Oauth token does not exist"


def test_members_see_connections_and_change_none(tfe: mockserver.World) -> None:
    ann = as_(tfe, "ann")
    for path in (ONE, TOKEN, CLIENTS, f"{ORG}/oauth-tokens", f"{ONE}/oauth-tokens"):
        assert tfe.client.get(path, headers=ann).status_code == 200
    assert tfe.client.post(CLIENTS, json=a_client(), headers=ann).status_code == 404
    for path, type in ((ONE, "oauth-clients"), (TOKEN, "oauth-tokens")):
        assert tfe.client.patch(path, json=body(type), headers=ann).status_code == 404
        assert tfe.client.delete(path, headers=ann).status_code == 404
