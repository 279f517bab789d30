"""How long a name may be: 90 letters for a workspace, as the service had it, 255 for all others."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver

ORG = "/api/v2/organizations/my-organization"
MADE: dict[str, tuple[str, int, dict[str, Any]]] = {
    "workspaces": (f"{ORG}/workspaces", 90, {}),
    "policies": (
        f"{ORG}/policies",
        255,
        {"enforce": [{"path": "a.sentinel", "mode": "advisory"}]},
    ),
    "policy-sets": (f"{ORG}/policy-sets", 255, {}),
    "teams": (f"{ORG}/teams", 255, {}),
    "ssh-keys": (f"{ORG}/ssh-keys", 255, {"value": "v"}),
    "organizations": ("/api/v2/organizations", 255, {"email": "a@example.com"}),
}
CHANGED = {
    "workspaces": (f"{ORG}/workspaces/workspace-1", "name", 90),
    "policy-sets": ("/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1", "name", 255),
    "organizations": (ORG, "name", 255),
    "users": ("/api/v2/account/update", "username", 255),
}


def refused(answer: Any, name: str, most: int) -> None:
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert error["detail"] == f"{name} is too long (maximum is {most} characters)"
    assert error["source"]["pointer"] == f"/data/attributes/{name.lower()}"
    words = (
        f"a string of at most {most} characters",
        f"a string of at most {most} letters, digits, - and _",
    )
    assert error["meta"]["expected"].startswith(words)
    assert error["meta"]["hint"].endswith(f" as data.attributes.{name.lower()}.")


@pytest.mark.parametrize("type", MADE)
def test_a_name_that_is_made_is_as_long_as_its_bound_and_no_longer(type: str) -> None:
    path, most, beside = MADE[type]
    with mockserver.universe() as tfe:

        def create(name: str) -> Any:
            attributes = {"name": name, **beside}
            return tfe.client.post(path, json={"data": {"type": type, "attributes": attributes}})

        refused(create("x" * (most + 1)), "Name", most)
        assert create("x" * most).status_code in (200, 201)


@pytest.mark.parametrize("type", CHANGED)
def test_a_name_that_is_changed_has_the_same_bound(type: str) -> None:
    path, member, most = CHANGED[type]
    with mockserver.universe() as tfe:

        def change(name: str) -> Any:
            document = {"data": {"type": type, "attributes": {member: name}}}
            return tfe.client.patch(path, json=document)

        refused(change("x" * (most + 1)), member.capitalize(), most)
        assert change("x" * most).status_code == 200


@pytest.mark.parametrize("member", ["workspaces", "policy-sets", "teams"])
def test_a_name_in_a_fixture_is_bounded_by_what_an_answer_may_show(member: str) -> None:
    most = 255

    def world(length: int) -> Any:
        return {"organizations": [{"name": "o", member: [{"name": "x" * length}]}]}

    with mockserver.universe(fixture=world(most)):
        pass
    with (
        pytest.raises(ValueError, match=f"/organizations/0/{member}/0/name: "),
        mockserver.universe(fixture=world(most + 1)),
    ):
        pass


@pytest.mark.tfe(edition="2026-08")
def test_a_name_that_is_too_short_is_told_how_long_it_must_be(tfe: mockserver.World) -> None:
    project = {"data": {"type": "projects", "attributes": {"name": "X1"}}}
    refused = tfe.client.post(f"{ORG}/projects", json=project)
    assert refused.status_code == 422
    meta = refused.json["errors"][0]["meta"]
    assert meta["hint"] == "Send a string of at least 3 characters as data.attributes.name."
