"""Organizations: the name is the id, who owns one, what it is entitled to, and what it takes along."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import EPOCH, ORG, POLICY, ROOT, SET, SETS, WORKSPACE

from .asking import (
    EXAMPLE,
    NAME_REFUSED,
    NOT_FOUND,
    POLICIES,
    PRODUCTION,
    WORKSPACES,
    an_organization,
    as_,
    attributes,
    body,
    data,
    error,
    last,
    names,
    said,
    shown_set,
)

ORGANIZATIONS = f"{ROOT}/organizations"
ENTITLEMENTS = (
    "state-storage",
    "operations",
    "vcs-integrations",
    "sentinel",
    "private-module-registry",
    "teams",
)


def patched(tfe: Any, path: str = ORG, **attributes: Any) -> Any:
    return data(tfe.client.patch(path, json=body("organizations", **attributes)))


def teams_of(tfe: Any, name: str) -> list[dict[str, Any]]:
    """The teams of an organization, from the state."""
    organizations = tfe.state()["organizations"]
    found: list[dict[str, Any]] = next(o for o in organizations if o["name"] == name)["teams"]
    return found


# creation


def test_an_organization_is_made_with_the_defaults_of_the_page(tfe: Any) -> None:
    made = data(tfe.client.post(ORGANIZATIONS, json=an_organization("acme")), 201)
    permissions = made["attributes"].pop("permissions")
    assert made == {
        "id": "acme",
        "type": "organizations",
        "attributes": {
            "name": "acme",
            "created-at": EPOCH,
            "email": "owner@acme.example",
            "session-timeout": None,
            "session-remember": None,
            "collaborator-auth-policy": "password",
            "enterprise-plan": "pro",
            "owners-team-saml-role-id": None,
            "saml-enabled": False,
            "trial-expires-at": "2019-08-14T00:00:00.000Z",
            "two-factor-conformant": True,
        },
        "links": {"self": f"{ORGANIZATIONS}/acme"},
    }
    assert permissions == dict.fromkeys(
        (
            "can-update",
            "can-destroy",
            "can-create-team",
            "can-create-workspace",
            "can-update-oauth",
            "can-update-api-token",
            "can-update-sentinel",
            "can-traverse",
            "can-create-workspace-migration",
        ),
        True,
    )


def test_an_organization_is_made_with_all_that_the_page_lists(tfe: Any) -> None:
    wanted = {
        "session-timeout": 60,
        "session-remember": 20160,
        "collaborator-auth-policy": "two_factor_mandatory",
        "owners-team-saml-role-id": "role",
    }
    shown = attributes(tfe.client.post(ORGANIZATIONS, json=an_organization("acme", **wanted)), 201)
    assert {name: shown[name] for name in wanted} == wanted


def test_session_values_are_null_until_they_are_set(tfe: Any) -> None:
    shown = attributes(tfe.client.get(ORG))
    assert (shown["session-timeout"], shown["session-remember"]) == (None, None)
    shown = patched(tfe, session_timeout=20160)["attributes"]
    assert (shown["session-timeout"], shown["session-remember"]) == (20160, None)


@pytest.mark.parametrize("name", ["a b", "a.b", "ä", "acme\n", "a/b"])
def test_a_name_has_letters_digits_hyphens_and_underscores(tfe: Any, name: str) -> None:
    assert said(tfe.client.post(ORGANIZATIONS, json=an_organization(name))) == NAME_REFUSED
    assert said(tfe.client.patch(ORG, json=body("organizations", name=name))) == NAME_REFUSED


def test_name_and_email_are_required(tfe: Any) -> None:
    assert said(tfe.client.post(ORGANIZATIONS, json=body("organizations"))) == [
        ("invalid attribute", "Email can't be blank", "/data/attributes/email"),
        ("invalid attribute", "Name can't be blank", "/data/attributes/name"),
    ]
    assert said(tfe.client.post(ORGANIZATIONS, json=an_organization("acme", email=""))) == [
        ("invalid attribute", "Email can't be blank", "/data/attributes/email")
    ]


@pytest.mark.parametrize("name", ["my-organization", "My-Organization", "MY-ORGANIZATION"])
def test_a_name_is_unique_without_regard_to_case(tfe: Any, name: str) -> None:
    answer = tfe.client.post(ORGANIZATIONS, json=an_organization(name))
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Name has already been taken",
        "source": {"pointer": "/data/attributes/name"},
        "meta": {
            "operation": "create-organization",
            "edition": "2019-07",
            "pointer": "/data/attributes/name",
            "fact": "the organization my-organization already has the name 'my-organization'",
            "expected": "a value that no other record has",
            "key-path": "data.attributes.name",
            "source": "recorded answers of the real service",
            "hint": "Send another value, or change the record that has it.",
        },
    }


@pytest.mark.parametrize("name", ["my-organization", "MY-ORGANIZATION", "My-organization"])
def test_an_organization_is_found_without_regard_to_case_and_shows_the_stored_spelling(
    tfe: Any, name: str
) -> None:
    assert data(tfe.client.get(f"{ORGANIZATIONS}/{name}"))["id"] == "my-organization"
    assert names(tfe.client.get(f"{ORGANIZATIONS}/{name}/policy-sets")) == ["production"]


# change


def test_a_rename_changes_the_id_and_the_old_name_is_404(tfe: Any) -> None:
    renamed = patched(tfe, name="Renamed")
    assert (renamed["id"], renamed["attributes"]["name"]) == ("Renamed", "Renamed")
    assert renamed["links"] == {"self": f"{ORGANIZATIONS}/Renamed"}
    for path in (ORG, SETS, POLICIES, WORKSPACES):
        answer = tfe.client.get(path)
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert data(tfe.client.get(f"{ORGANIZATIONS}/renamed")) == renamed
    assert names(tfe.client.get(ORGANIZATIONS)) == ["Renamed"]


def test_what_a_renamed_organization_owns_goes_with_it(tfe: Any) -> None:
    patched(tfe, name="renamed")
    assert names(tfe.client.get(f"{ORGANIZATIONS}/renamed/policy-sets")) == ["production"]
    assert shown_set(tfe)["relationships"]["organization"]["data"]["id"] == "renamed"
    headers = as_(tfe, "org")  # its token as well
    assert tfe.client.get(SET, headers=headers).status_code == 200


def test_a_name_is_free_again_after_a_rename(tfe: Any) -> None:
    patched(tfe, name="renamed")
    made = tfe.client.post(ORGANIZATIONS, json=an_organization("my-organization"))
    assert made.status_code == 201
    assert names(tfe.client.get(SETS)) == []


def test_an_organization_may_be_renamed_to_another_case_but_not_to_anothers_name(tfe: Any) -> None:
    tfe.client.post(ORGANIZATIONS, json=an_organization("acme"))
    assert patched(tfe, name="MY-organization")["id"] == "MY-organization"
    answer = tfe.client.patch(
        f"{ORGANIZATIONS}/acme", json=body("organizations", name="my-ORGANIZATION")
    )
    assert said(answer) == [
        ("invalid attribute", "Name has already been taken", "/data/attributes/name")
    ]
    assert tfe.client.get(f"{ORGANIZATIONS}/acme").status_code == 200


@pytest.mark.parametrize("document", [body("organizations"), {"data": {"type": "organizations"}}])
def test_an_empty_patch_is_200_and_changes_nothing(tfe: Any, document: Any) -> None:
    before = tfe.client.get(ORG).data
    answer = tfe.client.patch(ORG, json=document)
    assert (answer.status_code, answer.data) == (200, before)
    assert not last(tfe).changed


def test_a_patch_fills_no_defaults(tfe: Any) -> None:
    settings = {
        "session-timeout": 60,
        "session-remember": 120,
        "collaborator-auth-policy": "two_factor_mandatory",
        "owners-team-saml-role-id": "role",
    }
    patched(tfe, **settings)
    shown = patched(tfe, email="new@example.com")["attributes"]
    assert {name: shown[name] for name in settings} == settings
    assert shown["email"] == "new@example.com"


@pytest.mark.parametrize(
    ("setting", "value", "detail"),
    [
        ("session-timeout", "60", "Session timeout is invalid"),
        ("session-remember", 1.5, "Session remember is invalid"),
        (
            "collaborator-auth-policy",
            "none",
            "Collaborator auth policy is not included in the list",
        ),
        ("email", None, "Email is invalid"),
        ("email", "", "Email can't be blank"),
    ],
)
def test_a_setting_of_another_type_is_422(tfe: Any, setting: str, value: Any, detail: str) -> None:
    answer = tfe.client.patch(ORG, json=body("organizations", **{setting: value}))
    assert said(answer) == [("invalid attribute", detail, f"/data/attributes/{setting}")]


# owners


def test_the_creator_becomes_its_owner(tfe: Any) -> None:
    assert (
        tfe.client.post(
            ORGANIZATIONS, json=an_organization("acme"), headers=as_(tfe, "ann")
        ).status_code
        == 201
    )
    (owners,) = teams_of(tfe, "acme")
    assert (owners["name"], owners["members"]) == ("owners", ["ann"])
    assert owners["organization-access"] == {
        "manage-policies": True,
        "manage-workspaces": True,
        "manage-vcs-settings": True,
    }
    sets = f"{ORGANIZATIONS}/acme/policy-sets"
    assert tfe.client.get(sets, headers=as_(tfe, "ann")).status_code == 200
    assert tfe.client.get(sets).status_code == 404  # admin is no member
    assert tfe.client.get(f"{ORGANIZATIONS}/acme").status_code == 404


def test_the_list_has_the_organizations_that_the_caller_belongs_to(tfe: Any) -> None:
    tfe.client.post(ORGANIZATIONS, json=an_organization("acme"), headers=as_(tfe, "ann"))
    assert names(tfe.client.get(ORGANIZATIONS)) == ["my-organization"]
    answer = tfe.client.get(ORGANIZATIONS, headers=as_(tfe, "ann"))
    assert names(answer) == ["acme", "my-organization"]
    assert answer.json["meta"]["pagination"]["total-count"] == 2


# entitlements


def test_all_six_entitlements_are_true(tfe: Any) -> None:
    assert data(tfe.client.get(f"{ORG}/entitlement-set")) == {
        "id": "my-organization",
        "type": "entitlement-sets",
        "attributes": dict.fromkeys(ENTITLEMENTS, True),
        "links": {"self": f"{ROOT}/entitlement-sets/my-organization"},
    }
    tfe.client.post(ORGANIZATIONS, json=an_organization("acme"))
    answer = tfe.client.get(f"{ORGANIZATIONS}/acme/entitlement-set")
    assert attributes(answer) == dict.fromkeys(ENTITLEMENTS, True)


def without(*entitlements: str) -> dict[str, Any]:
    return {
        "organizations": [
            {
                "name": "my-organization",
                "entitlements": dict.fromkeys(entitlements, False),
                "workspaces": [{"id": "ws-2HRvNs49EWPjDqT1", "name": "workspace-1"}],
                "policies": [{"id": EXAMPLE, "name": "my-example-policy", "code": "x"}],
                "policy-sets": [{"id": PRODUCTION, "name": "production"}],
            }
        ]
    }


@pytest.mark.parametrize("name", ENTITLEMENTS)
def test_a_fixture_can_turn_one_off(name: str) -> None:
    import mockserver

    with mockserver.universe(fixture=without(name)) as tfe:
        shown = attributes(tfe.client.get(f"{ORG}/entitlement-set"))
        assert shown == dict.fromkeys(ENTITLEMENTS, True) | {name: False}


@pytest.mark.tfe(fixture=without("sentinel"))
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SETS),
        ("POST", SETS),
        ("GET", SET),
        ("PATCH", SET),
        ("DELETE", SET),
        ("POST", f"{SET}/relationships/policies"),
        ("DELETE", f"{SET}/relationships/policies"),
        ("POST", f"{SET}/relationships/workspaces"),
        ("DELETE", f"{SET}/relationships/workspaces"),
        ("GET", POLICIES),
        ("POST", POLICIES),
        ("GET", POLICY),
        ("PATCH", POLICY),
        ("DELETE", POLICY),
        ("PUT", f"{POLICY}/upload"),
        ("GET", f"{POLICY}/download"),
    ],
)
def test_without_sentinel_policies_and_policy_sets_are_404(
    tfe: Any, method: str, path: str
) -> None:
    answer = tfe.client.open(path, method=method)
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert last(tfe).why == "my-organization has no entitlement sentinel"


@pytest.mark.tfe(fixture=without("sentinel", "teams", "vcs-integrations"))
def test_workspaces_and_the_organization_need_no_entitlement(tfe: Any) -> None:
    for path in (ORG, f"{ORG}/entitlement-set", WORKSPACES, WORKSPACE):
        assert tfe.client.get(path).status_code == 200


def test_an_entitlement_of_one_organization_does_not_close_another(tfe: Any) -> None:
    tfe.seed({"organizations": [{"name": "poor", "entitlements": {"sentinel": False}}]})
    assert tfe.client.get(f"{ORGANIZATIONS}/poor/policy-sets").status_code == 404
    assert tfe.client.get(SETS).status_code == 200


# deletion


def test_a_second_destroy_is_404(tfe: Any) -> None:
    first, second = tfe.client.delete(ORG), tfe.client.delete(ORG)
    assert (first.status_code, first.data) == (204, b"")
    assert (second.status_code, second.json) == (404, NOT_FOUND)


def test_destroying_one_takes_its_teams_and_tokens_and_leaves_its_people(tfe: Any) -> None:
    tfe.client.delete(ORG)
    state = tfe.state()
    assert state["organizations"] == []
    assert {token.get("user") for token in state["tokens"]} == {"ann", "admin"}
    assert {user["username"] for user in state["users"]} == {"admin", "ann"}
    for name in ("org", "platform"):
        assert tfe.client.get(ORGANIZATIONS, headers=as_(tfe, name)).status_code == 401
    assert names(tfe.client.get(ORGANIZATIONS, headers=as_(tfe, "ann"))) == []


def test_destroying_one_leaves_the_others(tfe: Any) -> None:
    tfe.client.post(ORGANIZATIONS, json=an_organization("acme"))
    before = tfe.client.get(SETS).data
    tfe.client.delete(f"{ORGANIZATIONS}/acme")
    assert tfe.client.get(SETS).data == before


def test_an_organization_that_is_not_there_is_404(tfe: Any) -> None:
    for method, path in (
        ("GET", f"{ORGANIZATIONS}/nowhere"),
        ("PATCH", f"{ORGANIZATIONS}/nowhere"),
        ("DELETE", f"{ORGANIZATIONS}/nowhere"),
        ("GET", f"{ORGANIZATIONS}/nowhere/entitlement-set"),
    ):
        answer = tfe.client.open(path, method=method)
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)


# served although the page does not name it (the vendor's client of that week asserts it)


def test_the_trial_ends_thirty_days_after_the_beginning_and_is_never_null(tfe: Any) -> None:
    tfe.clock.set("2019-12-31T12:00:00.000Z")
    made = attributes(tfe.client.post(ORGANIZATIONS, json=an_organization("acme")), 201)
    assert made["trial-expires-at"] == "2020-01-30T12:00:00.000Z"
    assert attributes(tfe.client.get(ORG))["trial-expires-at"] == "2019-08-14T00:00:00.000Z"


def test_policies_have_a_description_workspaces_operations_and_more_permissions(tfe: Any) -> None:
    assert "description" in attributes(tfe.client.get(POLICY))
    shown = attributes(tfe.client.get(WORKSPACE))
    assert shown["operations"] is True
    assert {"can-force-unlock", "can-queue-apply", "can-unlock"} <= set(shown["permissions"])
