"""The scenario of OAuth tokens: they come with their clients, and go with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, linked, linked_one, resources
from mockserver.scenarios.runner import callers, lifecycle
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show, reread
from mockserver.scenarios.runner.scenario import Known, Scenario, body, shown_attributes

PEM = "-----BEGIN RSA PRIVATE KEY-----\nverify\n-----END RSA PRIVATE KEY-----\n"
TYPE, KEYED = "oauth-tokens", "update-oauth-token"
SOURCE = "{show-oauth-token}"
SUITE = "go-tfe v1.109.0 oauth_token_integration_test.go:156"


def once(driver: Driver) -> None:
    """One token goes with its client, one is revoked, and one stays: it is the same wherever it is
    shown, and gets an SSH key that nobody sees again.
    """
    client = driver.need("oauth-clients", "gone")
    tokens = _tokens(driver, client)
    removal = driver.removed(client)
    if removal and any(driver.peek("show-oauth-token", one).ok for one in tokens):
        what, source = "a token is there without its client", "{destroy-oauth-client}"
        driver.context.blame_write(removal, what, "no token of it", source)
    for token in _tokens(driver, driver.need("oauth-clients", "revoked")):
        lifecycle.removed(driver, driver.context.plan(TYPE), "destroy-oauth-token", token)
    for token in _tokens(driver, driver.need("oauth-clients", "tokens")):
        reread(driver, token)
        _keyed(driver, token)
        _refused_to_others(driver, token)


def _tokens(driver: Driver, client: Resource) -> Sequence[Resource]:
    """Those of a client, which it names, and which are listed as its and as the organization's."""
    listed = driver.call("list-oauth-tokens", of=client)
    found = [one for _, one in resources(listed.document)]
    ids, named = [one["id"] for one in found], linked(client, "oauth-tokens")
    what = "a client names other tokens than are listed"
    driver.holds(ids == named, listed, "/data", what, brief(named), SOURCE)
    organization: Resource = {"type": "organizations", "id": driver.organization}
    query = {"page[size]": 100}
    every = driver.call("list-oauth-tokens-of-organization", of=organization, query=query)
    all = [one["id"] for _, one in resources(every.document)]
    what = "a token of a client is not among those of the organization"
    source = "{list-oauth-tokens-of-organization}"
    driver.holds(len(all) == 100 or {*ids} <= {*all}, every, "/data", what, brief(ids), source)
    for token in found:
        driver.made.adopt(TYPE, token, listed.asked[0])
        driver.truth[TYPE, token["id"]] = {"/relationships/oauth-client/data/id": client["id"]}
        of, place = linked_one(token, "oauth-client"), "/data/0/relationships/oauth-client/data/id"
        what = f"the token is of {of}"
        driver.holds(of == client["id"], listed, place, what, brief(client["id"]), SOURCE)
    return found


def _keyed(driver: Driver, token: Resource) -> None:
    """An SSH key that is none is refused; another one is there, as every view of the token says."""
    wrong, why = body(TYPE, {"ssh-key": "no key"}), "an SSH key that is none"
    driver.refused(422, KEYED, wrong, of=token, why=why, source=SUITE)
    changed = driver.call(KEYED, body(TYPE, {"ssh-key": PEM}), of=token)
    shown = {"/attributes/has-ssh-key": True}
    must_show(driver, changed, (token, shown), why="an SSH key was set", source=f"{{{KEYED}}}")


def _refused_to_others(driver: Driver, token: Resource) -> None:
    """Who may not manage the settings of VCS changes none, and revokes none."""
    if others := callers.others(driver):
        sent = {KEYED: body(TYPE, {"ssh-key": None}), "destroy-oauth-token": None}
        for operation, document in sent.items():
            driver.refused(
                404, operation, document, of=token, token=others.unable,
                why=callers.WITHOUT, source=callers.RIGHTS,
            )  # fmt: skip


def fixture_entry(resource: Resource, known: Known) -> Any:
    client = linked_one(resource, "oauth-client")
    if client is None or known("oauth-clients", client) is None:
        return None
    made = shown_attributes(resource, "service-provider-user", "created-at")
    return {**made, "oauth-client": client}


SCENARIO = Scenario(once=once, fixture_entry=fixture_entry)
