"""SSH keys: for owners alone, and written but never read."""

from __future__ import annotations

import pytest

from tests.client import ROOT

from .asking import ORG, Asked, a, asked

KEYS = f"{ORG}/ssh-keys"
TEXT = "-----BEGIN A KEY-----"


def a_key(name: str = "submodules", value: str = TEXT) -> dict[str, object]:
    return a("ssh-keys", name=name, value=value)


def digests(ask: Asked) -> list[str]:
    return [key["value-digest"] for key in ask.organization()["ssh-keys"]]


@pytest.mark.parametrize("who", ["olga", "owners-token"])
def test_owners_keep_keys_and_nobody_sees_their_text(ask: Asked, who: str) -> None:
    made = ask.post(who, KEYS, a_key())
    path = f"{ROOT}/ssh-keys/{made.data(201)['id']}"
    assert made.data(201)["attributes"] == {"name": "submodules"}
    assert made.data(201)["links"] == {"self": path}
    assert ask.get(who, path).json == made.json
    assert ask.get(who, KEYS).names() == ["modules", "submodules"]
    assert ask.patch(who, path, a("ssh-keys", name="a name")).attributes() == {"name": "a name"}
    assert ask.get(who, KEYS).names() == ["a name", "modules"]
    ask.delete(who, path).ok()
    ask.get(who, path).ok(404)
    ask.delete(who, path).ok(404)


@pytest.mark.parametrize("who", ["org-token", "mel", "vic", "wanda", "staff-token", "sam"])
def test_nobody_else_not_even_the_organizations_token(ask: Asked, who: str) -> None:
    before = ask.tfe.state()
    path = f"{ROOT}/ssh-keys/{ask.organization()['ssh-keys'][0]['id']}"
    ask.get(who, KEYS).ok(404)
    assert "organization tokens cannot use this endpoint (ssh-keys.html)" in ask.why
    ask.post(who, KEYS, a_key()).ok(404)
    ask.get(who, path).ok(404)
    ask.patch(who, path, a("ssh-keys", name="x")).ok(404)
    ask.delete(who, path).ok(404)
    assert ask.tfe.state() == before


def test_an_update_keeps_what_it_omits(ask: Asked) -> None:
    path = f"{ROOT}/ssh-keys/{ask.organization()['ssh-keys'][0]['id']}"
    (before,) = digests(ask)
    ask.patch("olga", path, a("ssh-keys", name="renamed")).ok(200)
    assert digests(ask) == [before]
    ask.patch("olga", path, a("ssh-keys", value="another text")).ok(200)
    assert ask.get("olga", path).attributes() == {"name": "renamed"}
    assert digests(ask) != [before]
    ask.patch("olga", path, {"data": {"attributes": {}}}).ok(200)  # the page's sample has no type


def test_an_update_that_changes_nothing_changes_nothing(ask: Asked) -> None:
    before = ask.tfe.state()
    path = f"{ROOT}/ssh-keys/{ask.organization()['ssh-keys'][0]['id']}"
    ask.patch("olga", path, a_key("modules", "the text of a key")).ok(200)
    assert ask.tfe.state() == before


def test_two_keys_may_have_one_name(ask: Asked) -> None:
    ask.post("olga", KEYS, a_key("modules")).ok(201)
    assert ask.get("olga", KEYS).names() == ["modules", "modules"]


def test_a_deleted_key_is_unassigned_from_workspaces(ask: Asked) -> None:
    id = ask.organization()["ssh-keys"][0]["id"]
    web = f"{ROOT}/workspaces/{ask.workspace()}"
    assigned = ask.patch("olga", f"{web}/relationships/ssh-key", a("workspaces", id=id)).data()
    assert assigned["relationships"]["ssh-key"]["data"]["id"] == id
    ask.delete("olga", f"{ROOT}/ssh-keys/{id}").ok()
    assert ask.get("olga", web).data()["relationships"]["ssh-key"] == {"data": None}
    assert "ssh-key" not in ask.organization()["workspaces"][0]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (a("ssh-keys", value="x"), ("Name can't be blank", "/data/attributes/name")),
        (a("ssh-keys", name="x"), ("Value can't be blank", "/data/attributes/value")),
        (a_key(value=""), ("Value can't be blank", "/data/attributes/value")),
    ],
)
def test_a_key_needs_name_and_text(
    ask: Asked, document: dict[str, object], said: tuple[str, str]
) -> None:
    assert ask.post("olga", KEYS, document).said() == [said]


def test_a_key_of_another_organization_is_not_found() -> None:
    document = {
        "users": [{"username": "ann"}],
        "tokens": [{"name": "ann", "user": "ann"}],
        "organizations": [
            {"name": "acme", "ssh-keys": [{"name": "k", "value": "x"}]},
            {"name": "globex", "owners": ["ann"]},
        ],
    }
    with asked(document) as ask:
        id = ask.organization()["ssh-keys"][0]["id"]
        for method in ("GET", "PATCH", "DELETE"):
            ask("ann", method, f"{ROOT}/ssh-keys/{id}", a("ssh-keys", name="x")).ok(404)
