"""Tokens of users: their own affair, made with a user's token, shown once."""

from __future__ import annotations

import pytest

from tests.client import ROOT

from .asking import ORG, TODAY, Asked, a, asked, token_of

TOKENS = f"{ROOT}/authentication-tokens"


def path(ask: Asked, name: str) -> str:
    return f"{ROOT}/users/{ask.user(name)}/authentication-tokens"


def described(text: str) -> dict[str, object]:
    return a("authentication-tokens", description=text)


def test_a_user_makes_shows_lists_and_destroys_his_tokens(ask: Asked) -> None:
    made = ask.post("mel", path(ask, "mel"), described("build server"))
    token = token_of(made)
    id = made.data(201)["id"]
    assert id.startswith("at-")
    assert made.data(201)["relationships"]["created-by"]["data"]["id"] == ask.user("mel")
    assert ask.get(token, f"{ROOT}/account/details").attributes()["username"] == "mel"
    shown = ask.get("mel", f"{TOKENS}/{id}")
    assert shown.attributes() == {
        "created-at": "2019-07-15T00:00:00.000Z",
        "last-used-at": "2019-07-15T00:00:00.000Z",
        "description": "build server",
        "token": None,
    }
    listed = ask.get("mel", path(ask, "mel")).data()
    assert [item["attributes"]["description"] for item in listed] == [None, "build server"]
    assert listed[1] == shown.data()
    ask.delete("mel", f"{TOKENS}/{id}").ok()
    ask.get(token, f"{ROOT}/account/details").ok(401)
    ask.get("mel", f"{TOKENS}/{id}").ok(404)
    ask.delete("mel", f"{TOKENS}/{id}").ok(404)


def test_a_user_has_as_many_as_he_likes(ask: Asked) -> None:
    tokens = [token_of(ask.post("mel", path(ask, "mel"), described(str(n)))) for n in range(3)]
    for token in (*tokens, "mel"):
        ask.get(token, f"{ROOT}/account/details").ok(200)


def test_the_universes_key_is_a_token_of_its_user(ask: Asked) -> None:
    made = ask.post("key", path(ask, "admin"), described("laptop"))
    ask.get("key", f"{TOKENS}/{made.data(201)['id']}").ok(200)
    assert len(ask.get("key", path(ask, "admin")).data()) == 1


def test_another_users_list_is_empty_and_an_unknown_users_not_found(ask: Asked) -> None:
    for who in ("olga", "sam", "key"):
        listed = ask.get(who, path(ask, "mel"))
        assert listed.data() == []
        assert listed.json["meta"]["pagination"]["total-count"] == 0
    for id in ("user-unknown", "mel", ask.team("staff")):
        ask.get("mel", f"{ROOT}/users/{id}/authentication-tokens").ok(404)


@pytest.mark.parametrize("who", ["olga", "sam", "key"])
def test_nobody_makes_shows_or_destroys_anothers_token(ask: Asked, who: str) -> None:
    id = ask.get("mel", path(ask, "mel")).data()[0]["id"]
    before = ask.tfe.state()
    ask.post(who, path(ask, "mel"), described("mine now")).ok(404)
    ask.get(who, f"{TOKENS}/{id}").ok(404)
    ask.delete(who, f"{TOKENS}/{id}").ok(404)
    assert "destroy-user-token is for the user whose token it is" in ask.why
    assert ask.tfe.state() == before


@pytest.mark.parametrize("who", ["owners-token", "staff-token", "org-token"])
def test_tokens_of_teams_and_organizations_have_no_user_tokens(ask: Asked, who: str) -> None:
    id = ask.get("mel", path(ask, "mel")).data()[0]["id"]
    ask.get(who, path(ask, "mel")).ok(404)
    assert "list-user-tokens is for users, by a user's token" in ask.why
    ask.post(who, path(ask, "mel"), described("x")).ok(404)
    ask.get(who, f"{TOKENS}/{id}").ok(404)
    ask.delete(who, f"{TOKENS}/{id}").ok(404)


def test_tokens_of_teams_and_organizations_are_not_found_here(ask: Asked) -> None:
    state = ask.tfe.state()
    ids = [token["id"] for token in state["tokens"] if "user" not in token]
    assert len(ids) == 3
    for id in ids:
        for who in ("olga", "mel", "owners-token", "staff-token", "org-token"):
            ask.get(who, f"{TOKENS}/{id}").ok(404)
            ask.delete(who, f"{TOKENS}/{id}").ok(404)
    assert ask.tfe.state() == state


def test_a_token_may_destroy_itself_and_is_a_stranger_then(ask: Asked) -> None:
    made = ask.post("mel", path(ask, "mel"), described("short-lived"))
    token, place = token_of(made), f"{TOKENS}/{made.data(201)['id']}"
    ask.delete(token, place).ok()
    ask.delete(token, place).ok(401)
    ask.get(token, place).ok(401)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (a("authentication-tokens"), ("Description can't be blank", "/data/attributes/description")),
        (described(7), ("Description is invalid", "/data/attributes/description")),  # type: ignore[arg-type]
        ({"data": {"type": "users", "attributes": {"description": ""}}}, ("Type is invalid", "/data/type")),
    ],
)  # fmt: skip
def test_a_token_needs_its_description(
    ask: Asked, document: dict[str, object], said: tuple[str, str]
) -> None:
    assert ask.post("mel", path(ask, "mel"), document).said() == [said]


def test_a_token_that_takes_the_place_of_one_that_a_restore_threw_away_was_never_used(
    ask: Asked,
) -> None:
    ask.tfe.snapshot("before")
    thrown = token_of(ask.post("mel", path(ask, "mel"), described("thrown away")))
    ask.get(thrown, f"{ROOT}/account/details").ok(200)
    ask.tfe.restore("before")
    made = ask.post("mel", path(ask, "mel"), described("in its place"))
    assert ask.get("mel", f"{TOKENS}/{made.data(201)['id']}").attributes()["last-used-at"] is None


def test_an_organization_can_close_itself_to_user_tokens_and_open_again_by_another() -> None:
    """As go-tfe's suite asks: the owners do it by a token of their team."""
    today = {**TODAY, "tokens": [*TODAY["tokens"], {"name": "owners", "team": "acme/owners"}]}
    with asked(today, edition="2026-08") as world:
        web = world.post("owners", f"{ORG}/workspaces", a("workspaces", name="web")).data(201)["id"]
        changed = world.patch("owners", ORG, a("organizations", user_tokens_enabled=False))
        assert changed.attributes()["user-tokens-enabled"] is False
        for who in ("olga", "key"):
            for path in (ORG, f"{ORG}/workspaces", f"{ROOT}/workspaces/{web}"):
                world.get(who, path).ok(401)
            listed = world.get(who, f"{ROOT}/organizations").data()
            assert "acme" not in [one["id"] for one in listed]
        world.get("olga", ORG)
        assert world.why == (
            "user olga may not use a user token in acme: its user-tokens-enabled is false "
            "(a token of a team or of the organization is taken; only owners can undo it: make a "
            "token of their team with the organization's, and PATCH the organization with that)"
        )
        world.get("sam", f"{ROOT}/organizations/globex").ok(200)
        world.get("org-token", f"{ROOT}/workspaces/{web}").ok(200)
        path = f"{ROOT}/teams/{world.team('owners')}/authentication-token"
        made = token_of(world.post("org-token", path, None))
        opened = world.tfe.client.patch(
            ORG,
            json=a("organizations", user_tokens_enabled=True),
            headers={"Authorization": f"Bearer {made}"},
        )
        assert opened.status_code == 200
        world.get("olga", f"{ROOT}/workspaces/{web}").ok(200)
