"""Tokens of agent pools: several of a pool, for agents alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.client import ROOT

from .asking import ORG, TODAY, Asked, a, asked, token_of

TOKENS = f"{ROOT}/authentication-tokens"
(ACME, GLOBEX) = TODAY["organizations"]
HOSTS = {
    "name": "pools",
    "members": ["ina"],
    "organization-access": {"manage-agent-pools": True},
}
DOCUMENT: dict[str, Any] = {
    **TODAY,
    "tokens": [*TODAY["tokens"], {"name": "agents", "agent-pool": "acme/linux"}],
    "organizations": [
        {
            **ACME,
            "organization-memberships": [],
            "teams": [*ACME["teams"], HOSTS],
            "agent-pools": [{"name": "linux"}],
        },
        GLOBEX,
    ],
}


@pytest.fixture
def pools() -> Iterator[Asked]:
    """A world of today in which `ina` manages the agent pools."""
    with asked(DOCUMENT, edition="2026-08") as ask:
        yield ask


def of_pool(ask: Asked) -> str:
    (pool,) = ask.organization()["agent-pools"]
    return f"{ROOT}/agent-pools/{pool['id']}/authentication-tokens"


def described(text: object, **more: object) -> dict[str, Any]:
    return a("authentication-tokens", description=text, **more)


def test_a_pool_has_several_tokens_whose_secrets_are_shown_once(pools: Asked) -> None:
    made = [pools.post("ina", of_pool(pools), described("linux")) for _ in range(2)]
    secrets = {token_of(one) for one in made}
    assert len(secrets) == 2
    listed = pools.get("ina", of_pool(pools))
    assert len(listed.data()) == 3
    assert {one["attributes"]["token"] for one in listed.data()} == {None}
    shown = pools.get("ina", f"{TOKENS}/{made[0].json['data']['id']}").data()
    assert shown["attributes"] == {**made[0].json["data"]["attributes"], "token": None}
    assert shown["relationships"]["created-by"]["data"]["type"] == "users"
    kept = str(pools.tfe.state()) + pools.tfe.journal.to_json()
    assert not [secret for secret in secrets if secret.partition(".")[2] in kept]


def test_a_token_of_a_pool_ends_where_that_is_said_and_never_else(pools: Asked) -> None:
    endless = pools.post("ina", of_pool(pools), described("endless"))
    assert endless.attributes(201)["expired-at"] is None
    said = described("short", expired_at="2026-09-01T00:00:00Z")
    ends = pools.post("ina", of_pool(pools), said)
    assert ends.attributes(201)["expired-at"] == "2026-09-01T00:00:00.000Z"


def test_a_token_of_a_pool_opens_nothing(pools: Asked) -> None:
    secret = token_of(pools.post("ina", of_pool(pools), described("linux")))
    for token in (secret, "agents"):
        pools.get(token, ORG).ok(401)
        assert "is for agents: no call is made with it" in pools.why


def test_who_manages_pools_manages_their_tokens_and_no_others(pools: Asked) -> None:
    for who in ("ina", "olga", "org-token"):
        made = pools.post(who, of_pool(pools), described(who))
        path = f"{TOKENS}/{made.json['data']['id']}"
        for stranger in ("tim", "mel", "sam", "staff-token"):
            pools.get(stranger, of_pool(pools)).ok(404)
            pools.post(stranger, of_pool(pools), described("x")).ok(404)
            pools.get(stranger, path).ok(404)
            pools.delete(stranger, path).ok(404)
        pools.get(who, path).ok(200)
        pools.delete(who, path).ok()
        pools.get(who, path).ok(404)
    team = pools.post(
        "tim", f"{ROOT}/teams/{pools.team('staff')}/authentication-tokens", described("s")
    )
    pools.get("ina", f"{TOKENS}/{team.json['data']['id']}").ok(404)


@pytest.mark.parametrize("text", [None, "", 5])
def test_a_token_of_a_pool_says_what_it_is_for(pools: Asked, text: object) -> None:
    refused = pools.post("ina", of_pool(pools), described(text))
    assert (refused.status, refused.pointers) == (422, ["/data/attributes/description"])
    refused = pools.post("ina", of_pool(pools), a("authentication-tokens"))
    assert (refused.status, refused.pointers) == (422, ["/data/attributes/description"])


def test_the_type_that_go_tfe_sends_for_a_token_of_a_pool_is_a_finding(pools: Asked) -> None:
    sent = a("agent-tokens", description="go-tfe")
    pools.post("ina", of_pool(pools), sent).ok(201)
    (found,) = list(pools.tfe.journal)[-1].findings
    assert found["pointer"] == "/data/type"
    refused = pools.post("ina", of_pool(pools), a("policies", description="x"))
    assert (refused.status, refused.pointers) == (422, ["/data/type"])


def test_tokens_of_a_pool_go_with_it_and_into_the_state(pools: Asked) -> None:
    pools.post("ina", of_pool(pools), described("linux")).ok(201)
    state = pools.tfe.state()
    with asked(state, edition="2026-08") as again:
        assert again.tfe.state() == state
    path = of_pool(pools)
    pools.delete("ina", path.removesuffix("/authentication-tokens")).ok()
    pools.get("ina", path).ok(404)
    assert not [token for token in pools.tfe.state()["tokens"] if "agent-pool" in token]


def test_tokens_of_teams_are_revoked_together_and_no_others(pools: Asked) -> None:
    one, two = (
        pools.post("tim", f"{ROOT}/teams/{pools.team(team)}/authentication-tokens", described("x"))
        for team in ("staff", "open")
    )
    pool = pools.get("ina", of_pool(pools)).data()[0]["id"]
    user = pools.post(
        "tim", f"{ROOT}/users/{pools.user('tim')}/authentication-tokens", described("x")
    )
    ids = [one.json["data"]["id"], pool, user.json["data"]["id"], "at-nobody"]
    document = {"data": [{"type": "authentication-tokens", "id": id} for id in ids]}
    path = f"{ORG}/team-tokens"
    for stranger in ("mel", "ina", "sam"):
        pools.delete(stranger, path, document).ok(404)
    pools.delete("tim", path, document).ok()
    pools.get(token_of(one), ORG).ok(401)
    for secret in (token_of(two), token_of(user)):
        pools.get(secret, ORG).ok(200)
    assert [token["id"] for token in pools.get("ina", of_pool(pools)).data()] == [pool]
    pools.delete("tim", path).ok(422)
