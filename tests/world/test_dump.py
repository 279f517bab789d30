"""The state as a fixture document: a new world made from it is equal, and answers alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import mockserver
from mockserver.pipeline.server import fixture_for

ROOT = "/api/v2"
ORG = f"{ROOT}/organizations/my-organization"
FIXTURES = ["empty", "documented", "busy"]


def answers(tfe: mockserver.World, token: str) -> Iterator[tuple[str, bytes]]:
    """What a caller sees of everything that lists lead to."""

    def ask(path: str) -> Any:
        return tfe.client.get(path, headers={"Authorization": f"Bearer {token}"})

    organizations = ask(f"{ROOT}/organizations")
    yield "organizations", organizations.data
    for organization in organizations.json.get("data", ()):
        path = f"{ROOT}/organizations/{organization['id']}"
        for part in (
            "",
            "/entitlement-set",
            "/policies?page[size]=150&include=policy-sets",
            "/policy-sets?page[size]=150&include=policies,workspaces",
            "/workspaces?include=organization",
            "/workspaces?page[number]=2",
        ):
            answer = ask(path + part)
            yield path + part, answer.data
            if part.startswith("/policies"):
                for policy in answer.json.get("data", ()):
                    download = f"{ROOT}/policies/{policy['id']}/download"
                    yield download, ask(download).data


def tokens_of(document: dict[str, Any]) -> list[str]:
    return [token["name"] for token in document.get("tokens", ())]


def read(name: str) -> dict[str, Any]:
    from mockserver.contract.files import shipped_fixtures

    document: dict[str, Any] = json.loads(shipped_fixtures("2019-07")[name].read_text())
    return document


@pytest.mark.parametrize("name", FIXTURES)
def test_a_new_world_made_from_the_state_is_equal(name: str) -> None:
    with mockserver.universe(fixture=name) as tfe:
        state = tfe.state()
        with mockserver.universe(fixture=state) as copy:
            assert copy.state() == state


@pytest.mark.parametrize("name", FIXTURES)
def test_it_answers_alike_to_each_of_its_tokens(name: str) -> None:
    secrets = ["", *(f".{name}" for name in tokens_of(read(name)))]
    with (
        mockserver.universe(fixture=name) as tfe,
        mockserver.universe(fixture=tfe.state()) as copy,
    ):
        for secret in secrets:
            here = list(answers(tfe, tfe.token + secret))
            there = list(answers(copy, copy.token + secret))
            assert here == there
            assert b"unauthorized" not in here[0][1]


@pytest.mark.parametrize("name", FIXTURES)
def test_a_dump_keeps_the_schema_of_fixtures_and_is_plain_json(name: str) -> None:
    with mockserver.universe(fixture=name) as tfe:
        document = json.loads(json.dumps(tfe.state()))
        assert fixture_for("2019-07", document)["version"] == 1


def created(tfe: mockserver.World, type: str, **attributes: Any) -> Any:
    document = {"data": {"type": type, "attributes": attributes}}
    path = f"{ROOT}/organizations" if type == "organizations" else f"{ORG}/{type}"
    answer = tfe.client.post(path, json=document)
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    return answer.json["data"]


def lived_in(tfe: mockserver.World) -> None:
    """All kinds of things that have happened to the documented world."""
    workspace, set_ = (
        f"{ROOT}/workspaces/ws-2HRvNs49EWPjDqT1",
        f"{ROOT}/policy-sets/polset-3yVQZvHzf5j3WRJ1",
    )
    org = {"Authorization": f"Bearer {tfe.tokens['laptop']}"}
    tfe.clock.advance(3)
    for name in ("gone", "stays", "Another"):
        created(
            tfe, "policies", name=name, enforce=[{"path": f"{name}.sentinel", "mode": "advisory"}]
        )
        created(tfe, "policy-sets", name=name, description="*why*\n")
        created(
            tfe, "workspaces", name=name, **{"working-directory": None, "trigger-prefixes": ["a"]}
        )
        tfe.clock.advance(60)
    created(tfe, "organizations", name="Second", email="x@example.com", **{"session-timeout": 5})
    listed = tfe.client.get(f"{ORG}/policies").json["data"]
    ids = {policy["attributes"]["name"]: policy["id"] for policy in listed}
    assert (
        tfe.client.put(f"{ROOT}/policies/{ids['stays']}/upload", data=bytes(range(256))).status_code
        == 200
    )
    assert tfe.client.put(f"{ROOT}/policies/{ids['Another']}/upload", data=b"").status_code == 200
    tfe.client.post(
        f"{set_}/relationships/policies",
        json={"data": [{"type": "policies", "id": id} for id in ids.values()]},
    )
    assert tfe.client.delete(f"{ROOT}/policies/{ids['gone']}").status_code == 204
    assert tfe.client.delete(f"{ORG}/workspaces/gone").status_code == 204
    assert (
        tfe.client.post(
            f"{workspace}/actions/lock", json={"reason": "why"}, headers=org
        ).status_code
        == 200
    )
    key = {"data": {"type": "workspaces", "attributes": {"id": "sshkey-GxrePWre1Ezug7aM"}}}
    assert tfe.client.patch(f"{workspace}/relationships/ssh-key", json=key).status_code == 200
    repo = {"identifier": "a/b", "oauth-token-id": "ot-hmAyP66qk2AMVdbJ", "branch": "x"}
    changes = {"data": {"type": "workspaces", "attributes": {"vcs-repo": repo}}}
    assert tfe.client.patch(f"{ORG}/workspaces/stays", json=changes).status_code == 200
    changes = {"data": {"type": "policy-sets", "attributes": {"global": True, "name": "zz"}}}
    assert tfe.client.patch(set_, json=changes).status_code == 200
    changes = {"data": {"type": "organizations", "attributes": {"name": "Renamed-2"}}}
    assert tfe.client.patch(f"{ROOT}/organizations/second", json=changes).status_code == 200


def test_a_world_that_has_been_lived_in_is_equal_too() -> None:
    with mockserver.universe() as tfe:
        lived_in(tfe)
        state = tfe.state()
        with mockserver.universe(fixture=state, now=tfe.clock.now) as copy:
            assert copy.state() == state
            for secret in ("", ".ann", ".platform", ".org", ".laptop"):
                here = list(answers(tfe, tfe.token + secret))
                assert here == list(answers(copy, copy.token + secret))
                assert b"unauthorized" not in here[0][1]


def test_it_goes_on_alike_hidden_attachments_locks_and_next_ids_included() -> None:
    with mockserver.universe() as tfe:
        lived_in(tfe)
        with mockserver.universe(fixture=tfe.state(), now=tfe.clock.now) as copy:
            went_on = []
            for world in (tfe, copy):
                set_ = f"{ROOT}/policy-sets/polset-3yVQZvHzf5j3WRJ1"
                workspace = f"{ROOT}/workspaces/ws-2HRvNs49EWPjDqT1"
                off = {"data": {"type": "policy-sets", "attributes": {"global": False}}}
                went_on.append(
                    [
                        world.client.patch(set_, json=off).data,
                        world.client.post(
                            f"{workspace}/actions/unlock",
                            headers={"Authorization": f"Bearer {world.tokens['org']}"},
                        ).data,
                        world.client.post(f"{workspace}/actions/unlock").data,
                        created(world, "policies", name="more", enforce=[]),
                        created(world, "policy-sets", name="more"),
                        created(world, "workspaces", name="more"),
                        world.client.get(f"{ORG}/workspaces").data,
                    ]
                )
            assert went_on[0] == went_on[1]
            assert b"locked by User admin" in went_on[0][1]


def test_secrets_are_digests_in_it() -> None:
    fixture = {
        "users": [{"username": "ann", "password": "open sesame"}],
        "tokens": [{"name": "a-secret-of-ann", "user": "ann"}],
        "organizations": [
            {
                "name": "acme",
                "ssh-keys": [{"name": "k", "value": "-----BEGIN RSA PRIVATE KEY-----"}],
            }
        ],
    }
    with mockserver.universe(fixture=fixture, key="key-of-this-world") as tfe:
        text = json.dumps(tfe.state())
        for secret in ("open sesame", "a-secret-of-ann", "PRIVATE KEY", "key-of-this-world"):
            assert secret not in text
        with mockserver.universe(fixture=tfe.state()) as copy:
            token = f"{copy.token}.a-secret-of-ann"
            answer = copy.client.get(
                f"{ROOT}/organizations", headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 200
            assert copy.state() == tfe.state()


def test_a_dump_can_be_added_to_a_world_that_has_none_of_it() -> None:
    with (
        mockserver.universe(fixture="documented") as tfe,
        mockserver.universe(fixture="empty") as empty,
    ):
        made = empty.seed(tfe.state())
        assert made["policy-sets"] == {"my-organization/production": "polset-3yVQZvHzf5j3WRJ1"}
        assert (
            empty.client.get(f"{ORG}/policy-sets").data == tfe.client.get(f"{ORG}/policy-sets").data
        )
