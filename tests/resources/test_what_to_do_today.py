"""What a refusal of August 2026 says is so, and leads to a request that is taken."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.client import ORG, ROOT, Answer
from tests.resources.asking import FIRST, body, data, identifiers, last

pytestmark = pytest.mark.tfe(edition="2026-08")
PLATFORM = f"{ROOT}/teams/team-pLatf0rmTeam567A"
POOLS = "List the organization's agent pools to find their ids."


def meta(answer: Answer) -> Any:
    (error,) = answer.json["errors"]
    return error["meta"]


def test_an_agent_pool_that_is_not_there_is_told_with_the_list_of_those_that_are(
    tfe: mockserver.World,
) -> None:
    sent = body("workspaces", execution_mode="agent", agent_pool_id="apool-nope")
    told = meta(tfe.client.patch(f"{ROOT}/workspaces/{FIRST}", json=sent))
    assert told["pointer"] == "/data/attributes/agent-pool-id"
    assert told["fact"] == "'apool-nope' is no agent pool of my-organization"
    assert told["expected"] == "the id of an agent pool of the organization"
    assert told["hint"] == POOLS


def test_an_agent_pool_is_pointed_at_where_it_was_sent(tfe: mockserver.World) -> None:
    linked = {"default-agent-pool": {"data": {"type": "agent-pools", "id": "apool-zz"}}}
    for mode, hint in (
        ("agent", POOLS),
        ("remote", "Send execution mode and agent pool together, or neither."),
    ):
        told = meta(
            tfe.client.patch(ORG, json=body("organizations", linked, default_execution_mode=mode))
        )
        assert told["pointer"] == "/data/relationships/default-agent-pool/data"
        assert told["hint"] == hint


def test_who_is_invited_is_told_to_be_added_by_the_membership(tfe: mockserver.World) -> None:
    sent = body("organization-memberships", email="guest@example.org")
    guest = data(tfe.client.post(f"{ORG}/organization-memberships", json=sent), 201)
    by_name = identifiers("users", "guest@example.org")
    told = meta(tfe.client.post(f"{PLATFORM}/relationships/users", json=by_name))
    assert told["fact"] == "'guest@example.org' is invited, and no member yet"
    assert told["hint"] == (
        "Add who is invited by the membership: "
        "POST /teams/{id}/relationships/organization-memberships."
    )
    path = f"{PLATFORM}/relationships/organization-memberships"
    by_membership = identifiers("organization-memberships", guest["id"])
    assert tfe.client.post(path, json=by_membership).status_code == 204
    told = meta(tfe.client.post(path, json=by_membership))
    assert told["fact"] == f"'{guest['id']}' is in the team platform already"
    assert told["hint"] == "Leave it out."


@pytest.mark.parametrize(
    ("type", "path", "fact", "hint"),
    [
        (
            "users",
            "users",
            "'nobody' is nobody who is in the organization",
            "Invite the user to the organization first; a fixture can hold members.",
        ),
        (
            "organization-memberships",
            "organization-memberships",
            "'nobody' is no membership of the organization",
            "List the organization's memberships to find the id.",
        ),
    ],
)
def test_who_is_not_there_is_told_by_what_was_sent(
    tfe: mockserver.World, type: str, path: str, fact: str, hint: str
) -> None:
    sent = identifiers(type, "nobody")
    told = meta(tfe.client.post(f"{PLATFORM}/relationships/{path}", json=sent))
    assert (told["fact"], told["hint"]) == (fact, hint)


def test_a_token_for_audit_trails_that_is_not_there_is_told_as_such(tfe: mockserver.World) -> None:
    path = f"{ORG}/authentication-token"
    assert tfe.client.post(path).status_code == 201
    assert tfe.client.get(f"{path}?token=audit-trails").status_code == 404
    assert last(tfe).why == (
        "my-organization has no token for audit-trails: generate one with ?token=audit-trails first"
    )
    assert tfe.client.post(f"{path}?token=audit-trails").status_code == 201
    assert tfe.client.get(f"{path}?token=audit-trails").status_code == 200


@pytest.mark.parametrize(
    ("kind", "sent", "instead"),
    [
        ("opa", "hard-mandatory", "mandatory"),
        ("opa", "soft-mandatory", "mandatory"),
        ("sentinel", "mandatory", "hard-mandatory"),
    ],
)
def test_a_level_of_the_other_kind_leads_to_one_that_stops_a_run_too(
    tfe: mockserver.World, kind: str, sent: str, instead: str
) -> None:
    query = {"query": "terraform.main"} if kind == "opa" else {}
    policy: Any = body("policies", name="new", kind=kind, enforcement_level=sent, **query)
    told = meta(tfe.client.post(f"{ORG}/policies", json=policy))
    assert told["hint"] == f"Send {instead}, which stops a run too."
    policy["data"]["attributes"]["enforcement-level"] = instead
    assert tfe.client.post(f"{ORG}/policies", json=policy).status_code == 201


def test_a_tag_with_neither_id_nor_name_is_told_so(tfe: mockserver.World) -> None:
    path = f"{ROOT}/workspaces/{FIRST}/relationships/tags"
    told = meta(tfe.client.post(path, json={"data": [{"type": "tags"}]}))
    assert told["fact"] == "no id is said, and no name is said"
    told = meta(tfe.client.post(path, json=identifiers("tags", "tag-nope")))
    assert told["fact"] == "'tag-nope' is no tag of this organization, and no name is said"


def test_an_official_version_is_told_by_its_number(tfe: mockserver.World) -> None:
    path = f"{ROOT}/admin/terraform-versions"
    one = data(tfe.client.get(path))[0]
    told = meta(tfe.client.delete(f"{path}/{one['id']}"))
    assert told["fact"] == f"{one['attributes']['version']} is official"


@pytest.mark.parametrize(
    ("path", "type", "sent", "decided"),
    [
        ("teams", "teams", {"name": "new", "visibility": "all"}, False),
        ("teams", "teams", {"name": ""}, True),
        ("ssh-keys", "ssh-keys", {"name": "new", "value": ""}, False),
        ("ssh-keys", "ssh-keys", {"name": "", "value": "key"}, True),
    ],
)
def test_a_decision_about_names_is_cited_for_names_alone(
    tfe: mockserver.World, path: str, type: str, sent: Any, decided: bool
) -> None:
    told = meta(tfe.client.post(f"{ORG}/{path}", json=body(type, **sent)))
    assert ("an empty name names nothing" in str(told["source"])) is decided
