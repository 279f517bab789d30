"""The fixture `platform`: an organization of today, and what is in force in its workspaces and why."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import mockserver
from mockserver.contract import editions
from mockserver.contract.files import shipped_fixtures
from mockserver.contract.fixtures import UnfitFixture, UnknownFixture
from tests.client import ROOT

EVERYWHERE = "global: checked in every workspace of the organization"
PRODUCTION = "the tag env=prod is selected"
CARDS = "attached to its project Payments Production"
SHIPPED = [(name, edition) for edition in editions() for name in shipped_fixtures(edition)]

pytestmark = pytest.mark.tfe(fixture="platform")


def sets(tfe: mockserver.World, workspace: str) -> dict[str, str]:
    """By set, why it is in force in a workspace."""
    return {one.policy_set: one.reason for one in tfe.effective_policies(f"acme/{workspace}")}


@pytest.mark.parametrize(
    ("workspace", "reasons"),
    [
        # left out of what is global by name, in the default project, which nothing names
        ("bootstrap", {}),
        # the tag is its project's, but the set leaves it out by name
        ("network-dns", {"baseline": EVERYWHERE}),
        (
            "network-eu",
            {
                "baseline": EVERYWHERE,
                "production": PRODUCTION,
                "modules": "attached to this workspace",
            },
        ),
        (
            "payments-api-prod",
            {"baseline": EVERYWHERE, "production": PRODUCTION, "payment-cards": CARDS},
        ),
        (
            "payments-database-prod",
            {"baseline": EVERYWHERE, "production": PRODUCTION, "payment-cards": CARDS},
        ),
        (
            "payments-api-staging",
            {"baseline": EVERYWHERE, "modules": "attached to its project Payments Staging"},
        ),
        # its own env=prod goes before its project's env=staging; left out of the set of its project
        (
            "payments-load-test",
            {
                "baseline": EVERYWHERE,
                "production": PRODUCTION,
                "payment-cards": "attached to this workspace",
            },
        ),
        # its project is left out of what is global; named by itself elsewhere
        ("sandbox-lena", {"modules": "attached to this workspace"}),
    ],
)
def test_each_set_is_in_force_for_the_reason_that_is_told(
    tfe: mockserver.World, workspace: str, reasons: dict[str, str]
) -> None:
    assert sets(tfe, workspace) == reasons


def test_a_policy_is_told_with_its_set(tfe: mockserver.World) -> None:
    found = [(one.policy, one.policy_set) for one in tfe.effective_policies("acme/network-eu")]
    assert found == [
        ("allowed-regions", "baseline"),
        ("has-cost-center", "baseline"),
        ("no-public-database", "production"),
        ("encrypted-at-rest", "production"),
        ("approved-modules", "modules"),
    ]


def test_exclusions_are_told_of_a_set_and_of_a_workspace(tfe: mockserver.World) -> None:
    def excluded(query: str) -> list[tuple[str, str, str]]:
        said = tfe.client.get(f"/_mock/effective-policies?{query}").json["excluded"]
        return [(o["policy-set"]["name"], o["workspace"]["name"], o["reason"]) for o in said]

    assert excluded("policy-set=acme/baseline") == [
        ("baseline", "bootstrap", "this workspace is excluded"),
        ("baseline", "sandbox-lena", "its project Sandbox is excluded"),
    ]
    assert excluded("workspace=acme/payments-load-test") == [
        ("modules", "payments-load-test", "this workspace is excluded")
    ]


def test_secrets_are_in_no_answer_and_in_no_state(tfe: mockserver.World) -> None:
    fixture = json.loads(shipped_fixtures("2026-08")["platform"].read_text())
    secret = [one["value"] for one in fixture["vars"] if one.get("sensitive")]
    sets = tfe.client.get(f"{ROOT}/organizations/acme/policy-sets").json["data"]
    ids = {one["attributes"]["name"]: one["id"] for one in sets}
    (shown,) = tfe.client.get(f"{ROOT}/policy-sets/{ids['payment-cards']}/parameters").json["data"]
    assert (shown["attributes"]["sensitive"], shown["attributes"]["value"]) == (True, None)
    (shown,) = tfe.client.get(f"{ROOT}/policy-sets/{ids['baseline']}/parameters").json["data"]
    assert shown["attributes"]["value"] == '["eu-central-1", "eu-west-1"]'
    assert len(secret) == 2
    assert not [one for one in secret if one in json.dumps(tfe.state())]


def test_the_connection_to_the_vcs_provider_is_a_client_and_its_token(
    tfe: mockserver.World,
) -> None:
    (client,) = tfe.client.get(f"{ROOT}/organizations/acme/oauth-clients").get_json()["data"]
    (token,) = tfe.client.get(f"{ROOT}/organizations/acme/oauth-tokens").get_json()["data"]
    assert token["relationships"]["oauth-client"]["data"]["id"] == client["id"]
    assert [one["id"] for one in client["relationships"]["oauth-tokens"]["data"]] == [token["id"]]
    workspace = tfe.client.get(f"{ROOT}/organizations/acme/workspaces/payments-api-prod").get_json()
    assert workspace["data"]["attributes"]["vcs-repo"]["oauth-token-id"] == token["id"]


def test_teams_see_and_do_what_their_levels_say(tfe: mockserver.World) -> None:
    def names(caller: str) -> list[str]:
        token = {"Authorization": f"Bearer {tfe.tokens[caller]}"}
        said = tfe.client.get(f"{ROOT}/organizations/acme/workspaces?sort=name", headers=token)
        return [one["attributes"]["name"] for one in said.json["data"]]

    def permissions(caller: str, workspace: str) -> dict[str, bool]:
        token = {"Authorization": f"Bearer {tfe.tokens[caller]}"}
        said = tfe.client.get(f"{ROOT}/organizations/acme/workspaces/{workspace}", headers=token)
        found: dict[str, bool] = said.json["data"]["attributes"]["permissions"]
        return found

    assert len(names("ines")) == len(names("omar")) == len(names("pipeline")) == 8
    assert names("lena") == [
        "payments-api-prod",
        "payments-api-staging",
        "payments-database-prod",
        "payments-load-test",
        "sandbox-lena",
    ]
    may = permissions("lena", "payments-api-prod")
    assert (may["can-lock"], may["can-update-variable"], may["can-update"]) == (True, False, False)
    assert permissions("lena", "payments-api-staging")["can-update"] is True
    assert permissions("ines", "payments-api-prod")["can-lock"] is False


# every fixture that ships


@pytest.mark.parametrize(("name", "edition"), SHIPPED)
def test_a_world_is_the_same_again_from_its_state_and_from_its_fixture_twice(
    name: str, edition: str
) -> None:
    with mockserver.universe(fixture=name, edition=edition) as tfe:
        state = tfe.state()
        assert state["edition"] == edition
        with mockserver.universe(fixture=state) as copy:
            assert copy.state() == state
        tfe.seed(name)
        assert tfe.state() == state


# which edition a fixture is of


def test_a_fixture_of_one_edition_brings_it_along(tfe: mockserver.World) -> None:
    assert tfe.edition == "2026-08"
    for fixture, edition in (("platform", "2026-08"), ("busy", "2019-07"), ("empty", "2019-07")):
        made = tfe.client.post("/_mock/universes", json={"fixture": fixture})
        assert (made.status_code, made.json["edition"]) == (201, edition)
        with_key = {"Authorization": f"Bearer {made.json['key']}"}
        assert tfe.client.delete("/_mock/universe", headers=with_key).status_code == 204
    with mockserver.universe(fixture={"edition": "2026-08"}) as other:
        assert other.edition == "2026-08"
    with mockserver.universe() as default:
        assert default.edition == "2019-07"


def test_another_edition_is_refused_with_the_fact(tfe: mockserver.World) -> None:
    name = (
        "The fixture 'platform' is of edition 2026-08, and 2019-07 is asked for. "
        "Make the world with edition 2026-08, or with this fixture and no edition."
    )
    said = {"edition": "2019-07", "fixture": "platform"}
    refused = tfe.client.post("/_mock/universes", json=said)
    assert refused.status_code == 422
    assert refused.json["errors"] == [{"pointer": "/fixture", "detail": name}]
    with mockserver.universe() as old, pytest.raises(UnknownFixture, match=name):
        old.seed("platform")
    document = {"edition": "2019-07"}
    told = (
        "the fixture is of edition 2019-07, and 2026-08 is asked for. "
        "Make the world with edition 2019-07, or with this fixture and no edition."
    )
    refused = tfe.client.post("/_mock/seed", json=document)
    assert refused.json["errors"] == [{"pointer": "/edition", "detail": told}]
    with pytest.raises(UnfitFixture, match=told):
        mockserver.universe(fixture=document, edition="2026-08")
    unknown = "of edition \"2019-08\", and 2019-07 is asked for. Did you mean '2019-07'?"
    with pytest.raises(UnfitFixture, match=re.escape(unknown)):
        mockserver.universe(fixture={"edition": "2019-08"}, edition="2019-07")


@pytest.mark.parametrize("said", ["2031-01", 5, None, {}])
def test_an_edition_that_is_none_is_refused(said: Any) -> None:
    with pytest.raises(UnfitFixture):
        mockserver.universe(fixture={"edition": said})
