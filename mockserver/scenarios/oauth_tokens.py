"""The scenario of OAuth tokens: they come with their clients, and go with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, linked, linked_one
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Known, Scenario, body, shown_attributes

PEM = "-----BEGIN RSA PRIVATE KEY-----\nverify\n-----END RSA PRIVATE KEY-----\n"
SOURCE = "{show-oauth-token}"
SUITE = "go-tfe v1.109.0 oauth_token_integration_test.go:156"


def once(driver: Driver) -> None:
    """A token is listed, gets an SSH key that nobody sees again, and is revoked."""
    for token in _tokens(driver, driver.need("oauth-clients", "tokens")):
        driver.call("destroy-oauth-token", of=token)
        why = "a token that was destroyed"
        driver.refused(404, "show-oauth-token", of=token, why=why, source=SOURCE)
    organization: Resource = {"type": "organizations", "id": driver.organization}
    driver.call("list-oauth-tokens-of-organization", of=organization)
    for token in _tokens(driver, driver.need("oauth-clients", "tokens")):
        wrong, why = body("oauth-tokens", {"ssh-key": "no key"}), "an SSH key that is none"
        driver.refused(422, "update-oauth-token", wrong, of=token, why=why, source=SUITE)
        changed = driver.call(
            "update-oauth-token", body("oauth-tokens", {"ssh-key": PEM}), of=token
        )
        place = "/data/attributes/has-ssh-key"
        has = driver.value(changed.data, "/attributes/has-ssh-key")
        what, source = "it has no SSH key", "{update-oauth-token}"
        driver.holds(has is True, changed, place, what, "true", source)


def _tokens(driver: Driver, client: Resource) -> Sequence[Resource]:
    """Those of a client, which it names and which are listed."""
    listed = driver.call("list-oauth-tokens", of=client)
    found: list[Resource] = listed.data if isinstance(listed.data, list) else []
    ids, what = [one.get("id") for one in found], "a client names other tokens than are listed"
    named = linked(client, "oauth-tokens")
    driver.holds(ids == named, listed, "/data", what, brief(named), SOURCE)
    for token in found:
        driver.call("show-oauth-token", of=token)
    return found


def fixture_entry(resource: Resource, known: Known) -> Any:
    made = shown_attributes(resource, "service-provider-user", "created-at")
    return made | (
        {"oauth-client": client} if (client := linked_one(resource, "oauth-client")) else {}
    )


SCENARIO = Scenario(once=once, fixture_entry=fixture_entry)
