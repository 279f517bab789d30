"""No secret in the journal, the log, the state or an error, wherever a client has put one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

import mockserver
from tests.client import ORG, POLICY, ROOT, SET, SETS, WORKSPACE, a_set

LONG = "atlasv1.KMnOpQrStUvWxYz0123456789abcdefghijKLMNOPQRSTUVWXYZ0123456789abc"
"""As the vendor's tokens look; longer than what an error quotes of a value."""
PLAIN = "correct-horse-battery"
"""By its look no secret."""
FIXTURE = {
    "users": [{"username": "ann", "password": PLAIN}],
    "tokens": [
        {"name": LONG, "user": "ann"},
        {"name": "short", "user": "ann"},
        {"name": "team-secret-of-owners", "team": "my-organization/owners"},
        {"name": "organization-secret", "organization": "my-organization"},
    ],
    "organizations": [
        {
            "name": "my-organization",
            "owners": ["admin", "ann"],
            "ssh-keys": [{"id": "sshkey-a", "name": "k", "value": "-----BEGIN-PRIVATE-KEY-----"}],
            "workspaces": [{"id": "ws-2HRvNs49EWPjDqT1", "name": "workspace-1"}],
            "policies": [{"id": "pol-u3S5p2Uwk21keu1s", "name": "my-example-policy"}],
            "policy-sets": [{"id": "polset-3yVQZvHzf5j3WRJ1", "name": "production"}],
        }
    ],
}
KEY = "key-of-this-world-0123456789"
TOKENS = {
    "the key": KEY,
    "a user's": f"{KEY}.{LONG}",
    "a short one": f"{KEY}.short",
    "a team's": f"{KEY}.team-secret-of-owners",
    "an organization's": f"{KEY}.organization-secret",
}
SECRETS = [
    KEY,
    LONG[:20],
    LONG[-20:],
    ".short",
    "team-secret",
    "organization-secret",
    "correct-horse",
    "BEGIN-PRIVATE",
]


@pytest.fixture
def tfe() -> Iterator[mockserver.World]:
    with mockserver.universe(fixture=FIXTURE, key=KEY) as world:
        yield world


def planted(token: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Requests that hold a token where one has no business, too."""
    quoted = quote(token, safe="")
    member = {
        "data": {"type": "policy-sets", "attributes": {"name": "x", "stray": token, token: 1}}
    }
    name = {"data": {"type": "policy-sets", "attributes": {"name": token, "description": token}}}
    typed = {"data": {"type": token, "attributes": {"name": "x"}}}
    related = {"data": [{"type": "policies", "id": token}]}
    twice = f'{{"data": 1, "{token}": 1, "{token}": 2}}'
    return [
        ("GET", SETS, {}),
        ("GET", f"{SETS}?token={quoted}&{quoted}=1&search[name]={quoted}", {}),
        ("GET", f"{SETS}?page[size]={quoted}&include={quoted}", {}),
        ("GET", f"{SETS}?include={quoted}", {}),
        ("GET", f"{ROOT}/policy-sets/{token}", {}),
        ("GET", f"{ROOT}/organizations/{token}/workspaces/{token}", {}),
        ("GET", f"/{token}", {}),
        ("DELETE", f"{ROOT}/{token}", {}),
        ("PUT", SET, {"headers": {"User-Agent": token, "Accept": token}}),
        ("POST", SETS, {"json": member}),
        ("POST", SETS, {"json": name}),
        ("POST", SETS, {"json": typed}),
        ("POST", SETS, {"json": a_set(description=f"see {token}, and more")}),
        ("POST", f"{SET}/relationships/policies", {"json": related}),
        ("POST", SETS, {"data": twice, "content_type": "application/vnd.api+json"}),
        ("POST", SETS, {"data": f'{{"{token}": ', "content_type": token}),
        ("POST", SETS, {"data": f'"{token}"', "content_type": "application/vnd.api+json"}),
        ("POST", SETS, {"json": [token]}),
        ("POST", f"{WORKSPACE}/actions/lock", {"json": {"reason": token}}),
        ("POST", f"{WORKSPACE}/actions/lock", {"json": {"reason": token}}),
        ("PUT", f"{POLICY}/upload", {"data": token}),
        (
            "PATCH",
            ORG,
            {"json": {"data": {"type": "organizations", "attributes": {"email": token}}}},
        ),
    ]


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("which", TOKENS)
def test_no_token_of_the_caller_is_kept_or_logged_wherever_it_is_repeated(
    tfe: mockserver.World, which: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = TOKENS[which]
    with caplog.at_level(logging.DEBUG):
        for method, path, options in planted(token):
            headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
            tfe.client.open(path, method=method, headers=headers, **options)
        kept = tfe.client.get("/_mock/journal").get_data(as_text=True)
    assert len(json.loads(kept)["exchanges"]) == 22
    assert leaks(kept) == []
    assert leaks(caplog.text) == []
    assert "[secret]" in kept
    for number in range(1, 23):
        assert leaks(tfe.client.get(f"/_mock/journal/{number}").get_data(as_text=True)) == []


def test_no_token_of_another_caller_is_kept_or_logged_either(
    tfe: mockserver.World, caplog: pytest.LogCaptureFixture
) -> None:
    """They all begin with the world's key."""
    with caplog.at_level(logging.DEBUG):
        for token in TOKENS.values():
            for method, path, options in planted(token):
                tfe.client.open(path, method=method, **options)
        kept = tfe.client.get("/_mock/journal").get_data(as_text=True)
    assert leaks(kept) == []
    assert leaks(caplog.text) == []


def test_nor_that_of_one_who_sends_no_valid_token_at_all(
    tfe: mockserver.World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for credentials in ("", "Bearer nobody", f"Bearer {KEY}.wrong", f"Basic {KEY}"):
            for token in TOKENS.values():
                for method, path, options in planted(token):
                    headers = {"Authorization": credentials, **options.pop("headers", {})}
                    answer = tfe.client.open(path, method=method, headers=headers, **options)
                    assert answer.status_code == 401
    assert leaks(caplog.text) == []
    server = tfe.client.application.extensions["mockserver"]
    kept = json.dumps([entry.shown() for entry in server.universes.journal])
    assert leaks(kept) == []
    assert leaks(tfe.client.get("/_mock/journal").get_data(as_text=True)) == []


def test_the_state_holds_digests(tfe: mockserver.World) -> None:
    state = json.dumps(tfe.state())
    assert leaks(state) == []
    assert state.count('"digest"') == 4
    assert state.count('"password-digest"') == 1
    assert state.count('"value-digest"') == 1


def test_changes_mask_what_is_secret(tfe: mockserver.World) -> None:
    tfe.client.delete(ORG)
    told = tfe.client.get("/_mock/journal/1/changes").get_data(as_text=True)
    assert leaks(told) == []
    assert '"digest":{"before":"[secret]","after":null}' in told
    assert '"value":{"before":"[secret]","after":null}' in told
    for digest in [token["digest"] for token in tfe.state()["tokens"]]:
        assert digest not in told


def test_errors_repeat_no_token(tfe: mockserver.World) -> None:
    """A 401 or 404 explains nothing; the others may quote what was sent, but no credential."""
    token = TOKENS["a user's"]
    for method, path in (("GET", SETS), ("POST", SETS), ("PUT", SET), ("GET", f"{ROOT}/nothing")):
        for credentials in (f"Bearer {token}", f"Bearer {token}x", f"Bearer x{token}"):
            answer = tfe.client.open(path, method=method, headers={"Authorization": credentials})
            assert leaks(answer.get_data(as_text=True)) == []


def test_the_control_plane_repeats_and_logs_no_key(
    tfe: mockserver.World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = [
            tfe.client.get(
                "/_mock/state", headers={"Authorization": f"Bearer {TOKENS['a short one']}"}
            ),
            tfe.client.get("/_mock/state"),
            tfe.client.post("/_mock/reset"),
            tfe.client.get("/_mock/journal?stray=1"),
            tfe.client.put("/_mock/snapshots/x"),
            tfe.client.get("/_mock/nowhere"),
        ]
    for answer in answers:
        assert leaks(answer.get_data(as_text=True)) == []
    assert leaks(caplog.text) == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"kye": PLAIN},  # near to the key
        {"frok": PLAIN},
        {"credential": PLAIN},  # near to nothing
        {"fixtrue": {"tokens": [{"name": PLAIN}]}},
        {"key": [PLAIN]},
        {"key": f"of.{PLAIN}"},
        {"key": KEY},  # taken
        {"fork": f"of.{PLAIN}"},
        {"fork": KEY, "kye": KEY},
        {"fixture": [{"tokens": [{"name": PLAIN}]}]},
        PLAIN,
        [PLAIN],
    ],
    ids=str,
)
def test_a_new_world_that_is_refused_repeats_no_key_and_no_fixture(
    tfe: mockserver.World, wanted: Any
) -> None:
    answer = tfe.client.post("/_mock/universes", json=wanted)
    assert answer.status_code in (409, 422)
    assert leaks(answer.get_data(as_text=True)) == []


def test_what_can_be_no_secret_is_still_repeated_to_who_asks_for_a_world(
    tfe: mockserver.World,
) -> None:
    for wanted, fact in (
        ({"editoin": "2019-07"}, 'editoin is not listed ("2019-07")'),
        ({"seed": "one"}, 'seed is "one"'),
    ):
        (error,) = tfe.client.post("/_mock/universes", json=wanted).json["errors"]
        assert error["detail"].startswith(fact)


def test_a_breach_and_an_unexpected_exception_name_no_token(
    tfe: mockserver.World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mockserver.pipeline.server import Server
    from mockserver.web.testing import ApiClient, Live

    from .test_breach import with_show

    def spoilt(view: Any, record: Any) -> dict[str, Any]:
        return {
            "id": record.id,
            "type": "policy-sets",
            "attributes": {"name": [TOKENS["a user's"]]},
        }

    with (
        Live(Server(kinds=lambda edition: with_show(spoilt))) as live,
        caplog.at_level(logging.DEBUG),
    ):
        universe = live.server.universe(key=KEY, fixture=FIXTURE)
        client = ApiClient.of(live.app, TOKENS["a user's"])
        assert client.get(SET).status_code == 500
        kept = json.dumps([e.shown() for e in (*universe.journal, *universe.journal.breaches)])
        assert "breach of contract" in kept
        assert leaks(kept) == []
        assert leaks(caplog.text) == []


def test_the_value_of_a_variable_is_a_secret_where_the_answer_keeps_it_one() -> None:
    """In what was sent as in what was answered; what is refused shows nobody whether it is one."""
    with mockserver.universe("platform", key=KEY) as world:
        workspaces = world.client.get("/api/v2/organizations/acme/workspaces").json["data"]
        path = f"/api/v2/workspaces/{workspaces[0]['id']}/vars"
        made: list[str] = []

        def told(path: str, **attributes: Any) -> tuple[Any, Any]:
            body = {"data": {"type": "vars", "attributes": attributes}}
            send = world.client.patch if "/var-" in path else world.client.post
            answer = send(path, json=body)
            made[:] = [answer.json["data"]["id"]] if answer.status_code < 300 else []
            exchange = [*world.journal][-1]
            shown = exchange.response.get("data", {}).get("attributes", {})
            return exchange.request["data"]["attributes"]["value"], shown.get("value")

        new = {"category": "terraform"}
        assert told(path, key="a", value="open", **new) == ("open", "open")
        opened = f"{path}/{made[0]}"
        assert told(opened, value="other") == ("other", "other")
        assert told(path, key="b", value="hushed", sensitive=True, **new) == ("[secret]", None)
        assert told(f"{path}/{made[0]}", value="hushed again") == ("[secret]", None)
        assert told(opened, value="hushed", sensitive=True) == ("[secret]", None)
        assert told(path, key="b", value="hushed", **new) == ("[secret]", None), "the key is taken"
        tags = opened.partition("/vars")[0] + "/tag-bindings"
        bindings = [{"type": "tag-bindings", "attributes": {"key": "team", "value": "core"}}]
        world.client.patch(tags, json={"data": bindings})
        assert [*world.journal][-1].request == {"data": bindings}
        assert "hushed" not in json.dumps(world._link.send("GET", "journal"))
