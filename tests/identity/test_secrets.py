"""Planted secrets: in no answer but their creation, not in the journal, a log, the state, an error."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.client.broken import Broken
from mockserver.contract.fixtures import UnfitFixture
from tests.client import ROOT, Answer

from .asking import ACCOUNT, ORG, Asked, a, asked, token_of

KEY_TEXT = "-----BEGIN PLANTED KEY-----\\nMIIEplanted0key0text\\n"
OLD, NEW, WRONG = "planted-old-password", "planted-new-password", "planted-wrong-password"
FIXTURE_TOKEN = "planted-fixture-token-of-olga"
DOCUMENT: dict[str, Any] = {
    "users": [{"username": "olga", "password": OLD}],
    "tokens": [{"name": FIXTURE_TOKEN, "user": "olga"}],
    "organizations": [
        {
            "name": "acme",
            "owners": ["olga"],
            "teams": [{"name": "staff", "members": ["olga"]}],
            "ssh-keys": [{"name": "planted", "value": f"{KEY_TEXT} fixture"}],
        }
    ],
}
PASSWORD, KEYS = f"{ACCOUNT}/password", f"{ORG}/ssh-keys"


def password(**attributes: Any) -> dict[str, Any]:
    return a("users", **attributes)


class Planted:
    """Remembers every answer, and which secrets are out."""

    def __init__(self, ask: Asked) -> None:
        self.ask = ask
        self.secrets = {KEY_TEXT, "MIIEplanted0key0text", OLD, NEW, WRONG, FIXTURE_TOKEN}
        self.answers: list[str] = []

    def __call__(self, method: str, path: str, document: Any = None, who: str = "") -> Answer:
        answer = self.ask(who or f"{self.ask.tfe.token}.{FIXTURE_TOKEN}", method, path, document)
        self.answers.append(answer.text)
        return answer

    def token(self, path: str, document: Any = None) -> str:
        """A token made through the API: its creation is the one answer that may show it."""
        made = self("POST", path, document)
        self.answers.pop()
        token = token_of(made)
        shown = dict(made.json["data"]["attributes"], token=None)
        self.answers.append(json.dumps(shown))
        self.secrets |= {token, token.partition(".")[2], token.rpartition(".")[2]}
        return token

    def found(self, *texts: str) -> set[str]:
        """The secrets that stand in any of the texts."""
        return {secret for secret in self.secrets for text in texts if secret in text}


@pytest.fixture
def planted() -> Iterator[Planted]:
    with asked(DOCUMENT) as ask:
        yield Planted(ask)


def live(planted: Planted) -> None:
    """Everything that a secret can go through, well and badly."""
    ask = planted.ask
    staff = f"{ROOT}/teams/{ask.team('staff')}/authentication-token"
    own = f"{ROOT}/users/{ask.user('olga')}/authentication-tokens"
    described = a("authentication-tokens", description="laptop")
    tokens = [
        planted.token(staff),
        planted.token(f"{ORG}/authentication-token"),
        planted.token(own, described),
    ]
    for path in (staff, f"{ORG}/authentication-token", own):
        planted("GET", path)
    for token in tokens:
        planted("GET", f"{ROOT}/organizations", who=token)
        planted("GET", f"{ROOT}/nowhere/{token}", who=token)
        planted("GET", f"{ROOT}/organizations?token={token}", who=token)
        refused = planted("POST", f"{ORG}/policy-sets", a("policy-sets", name=token), who=token)
        assert refused.status in (404, 422)  # a name that is kept shows what its caller chose

    made = planted("POST", KEYS, a("ssh-keys", name="k", value=KEY_TEXT)).data(201)
    path = f"{ROOT}/ssh-keys/{made['id']}"
    planted("PATCH", path, a("ssh-keys", value=f"{KEY_TEXT} again")).ok(200)
    planted("GET", path)
    planted("GET", KEYS)

    planted("PATCH", PASSWORD, password(
        current_password=WRONG, password=NEW, password_confirmation=WRONG
    )).ok(422)  # fmt: skip
    planted("PATCH", PASSWORD, password(
        current_password=OLD, password=NEW, password_confirmation=NEW
    )).ok(200)  # fmt: skip
    planted("GET", f"{ACCOUNT}/details")
    planted("DELETE", path)


def errors(planted: Planted) -> None:
    """Bodies of every wrong form, with a secret in them."""
    wrong: list[tuple[str, str, Any]] = [
        ("PATCH", PASSWORD, password(current_password=[OLD], password=NEW)),
        ("PATCH", PASSWORD, password(password=NEW, password_confirmation=None)),
        ("PATCH", PASSWORD, {"data": {"type": "users", "attributes": [{"password": NEW}]}}),
        ("PATCH", PASSWORD, {"data": {"type": "users", "attributes": NEW}}),
        ("PATCH", PASSWORD, {"data": {"type": "users", "password": NEW, "attributes": {}}}),
        ("PATCH", PASSWORD, {"data": {"type": "teams", "attributes": {"password": NEW}}}),
        ("PATCH", PASSWORD, [{"password": NEW}]),
        ("POST", KEYS, a("ssh-keys", name="k", value={"text": KEY_TEXT})),
        ("POST", KEYS, a("ssh-keys", value=[KEY_TEXT])),
        ("POST", KEYS, {"data": {"type": "ssh-keys", "attributes": [KEY_TEXT]}}),
        ("POST", KEYS, {"data": {"type": "ssh-keys", "value": KEY_TEXT, "attributes": {}}}),
    ]
    for method, path, document in wrong:
        planted(method, path, document).ok(422)
    good = {"current-password": OLD, "password": OLD, "password-confirmation": OLD}
    for spelling in ("current_password", "password_confirmation"):
        document = {"data": {"type": "users", "attributes": {**good, spelling: WRONG}}}
        planted("PATCH", PASSWORD, document).ok(200)


def test_no_answer_but_its_creation_shows_a_secret(planted: Planted) -> None:
    errors(planted)
    live(planted)
    assert len(planted.answers) > 30
    assert planted.found(*planted.answers) == set()


def test_the_journal_keeps_no_secret(planted: Planted) -> None:
    errors(planted)
    live(planted)
    journal = planted.ask.tfe.journal
    assert planted.found(journal.to_json(), json.dumps(journal.to_har())) == set()
    for exchange in journal:
        if exchange.changed:
            changed = journal.changes(exchange)
            assert planted.found(str(changed), json.dumps(list(changed))) == set()
    assert '"[secret]"' in journal.to_json()


def test_no_change_shows_the_digest_of_a_secret(planted: Planted) -> None:
    live(planted)
    state = planted.ask.tfe.state()
    digests = {token["digest"] for token in state["tokens"]}
    digests |= {user.get("password-digest", "-") for user in state["users"]} - {"-"}
    digests |= {key["value-digest"] for key in state["organizations"][0]["ssh-keys"]}
    journal = planted.ask.tfe.journal
    changes = " ".join(str(journal.changes(e)) for e in journal if e.changed)
    assert not [digest for digest in digests if digest in changes + journal.to_json()]


def test_no_log_line_holds_a_secret(planted: Planted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    errors(planted)
    live(planted)
    lines = "\n".join(record.getMessage() for record in caplog.records)
    assert "generate-new-team-token" in lines
    assert planted.found(lines, caplog.text) == set()


def test_the_state_holds_digests_alone(planted: Planted) -> None:
    live(planted)
    ask = planted.ask
    assert planted.found(json.dumps(ask.tfe.state())) == set()


def test_a_strict_universe_that_refuses_a_finding_does_not_repeat_it() -> None:
    def refused() -> None:
        with asked(DOCUMENT, strict=True) as ask:
            planted = Planted(ask)
            document = a("users", current_password=OLD, password=NEW, password_confirmation=NEW)
            document["data"]["attributes"] |= {"current_password": WRONG, "passwrod": NEW}
            said = planted("PATCH", PASSWORD, document)
            said.ok(422)
            assert "data.attributes.passwrod is not listed" in said.text
            assert planted.found(said.text, ask.tfe.journal.to_json()) == set()

    with pytest.raises(Broken, match=r"data\.attributes\.passwrod is not listed") as told:
        refused()
    assert not [secret for secret in (OLD, NEW, WRONG) if secret in str(told.value)]


def test_a_secret_under_a_wrong_name_is_not_kept_nor_under_a_name_that_is_a_token(
    planted: Planted,
) -> None:
    good = {"current-password": OLD, "password": OLD, "password-confirmation": OLD}
    odd = {"passwrod": WRONG, "a/b~c": WRONG, f"{planted.ask.tfe.token}.{FIXTURE_TOKEN}": WRONG}
    document = {"data": {"type": "users", "attributes": {**good, **odd}}}
    planted("PATCH", PASSWORD, document).ok(200)
    planted("PATCH", PASSWORD, {"data": {"type": "users", "attributes": odd}}).ok(422)
    journal = planted.ask.tfe.journal
    assert planted.found(*planted.answers[:1], journal.to_json()) == set()
    assert WRONG not in planted.answers[1]


def test_a_fixture_that_is_refused_does_not_repeat_its_secrets() -> None:
    for user in (
        {"username": "ann", "password": [NEW]},
        {"username": "ann", "passwrod": NEW},
        {"username": 7, "password": NEW},
    ):
        with pytest.raises(UnfitFixture) as refused, asked({"users": [user]}):
            pass
        assert NEW not in str(refused.value)
    with pytest.raises(UnfitFixture) as refused, asked({"users": {"password": NEW}}):
        pass
    assert NEW not in str(refused.value)


def test_what_a_secret_opens_is_not_opened_by_its_digest(planted: Planted) -> None:
    live(planted)
    ask = planted.ask
    for token in ask.tfe.state()["tokens"]:
        ask.get(f"{ask.tfe.token}.{token['digest']}", f"{ROOT}/organizations").ok(401)
