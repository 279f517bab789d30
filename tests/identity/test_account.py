"""The account: one's own name, address and password, and who the key acts as."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.client import ControlError
from tests.client import ROOT

from .asking import ACCOUNT, ORG, Asked, a, asked, token_of

DETAILS, UPDATE, PASSWORD = (f"{ACCOUNT}/{name}" for name in ("details", "update", "password"))
CURRENT = ("Current password is invalid", "/data/attributes/current-password")
CONFIRMATION = (
    "Password confirmation doesn't match Password",
    "/data/attributes/password-confirmation",
)


def named(username: str) -> dict[str, Any]:
    return a("users", username=username)


def changed(current: str, new: str, again: str | None = None) -> dict[str, Any]:
    confirmation = new if again is None else again
    return a("users", current_password=current, password=new, password_confirmation=confirmation)


def test_the_account_shows_what_others_do_not_see(ask: Asked) -> None:
    own = ask.get("mel", DETAILS).data()
    assert own["attributes"] == {
        "username": "mel",
        "is-service-account": False,
        "avatar-url": "https://avatars.example.com/mel",
        "v2-only": True,
        "is-site-admin": False,
        "is-sso-login": False,
        "two-factor": {"enabled": False, "verified": False},
        "email": "mel@example.com",
        "unconfirmed-email": None,
        "permissions": {
            "can-create-organizations": True,
            "can-change-email": True,
            "can-change-username": True,
        },
    }
    assert own["id"] == ask.user("mel")
    assert ask.get("key", DETAILS).attributes()["is-site-admin"] is True


@pytest.mark.parametrize("who", ["owners-token", "staff-token", "org-token"])
def test_tokens_of_teams_and_organizations_have_no_account(ask: Asked, who: str) -> None:
    before = ask.tfe.state()
    ask.get(who, DETAILS).ok(404)
    assert "get-your-account-details is for users, each for himself" in ask.why
    ask.patch(who, UPDATE, named("x")).ok(404)
    ask.patch(who, PASSWORD, changed("", "x")).ok(404)
    assert ask.tfe.state() == before


def test_a_new_address_waits_to_be_confirmed(ask: Asked) -> None:
    shown = ask.patch("mel", UPDATE, a("users", email="new@example.com")).attributes()
    assert (shown["email"], shown["unconfirmed-email"]) == ("mel@example.com", "new@example.com")
    assert ask.get("mel", DETAILS).attributes() == shown
    shown = ask.patch("mel", UPDATE, a("users", email="mel@example.com")).attributes()
    assert (shown["email"], shown["unconfirmed-email"]) == ("mel@example.com", None)


def test_no_address_is_refused(ask: Asked) -> None:
    answer = ask.patch("mel", UPDATE, a("users", email="notamailaddress"))
    assert answer.said() == [("Email is invalid", "/data/attributes/email")]


def test_an_update_of_nothing_changes_nothing(ask: Asked) -> None:
    before = ask.tfe.state()
    ask.patch("mel", UPDATE, {"data": {"type": "users"}}).ok(200)
    ask.patch("mel", UPDATE, named("mel")).ok(200)
    assert ask.tfe.state() == before


def test_a_new_name_keeps_tokens_and_memberships(ask: Asked) -> None:
    made = ask.post(
        "mel",
        f"{ROOT}/users/{ask.user('mel')}/authentication-tokens",
        a("authentication-tokens", description="laptop"),
    )
    id = ask.user("mel")
    assert ask.patch("mel", UPDATE, named("Melanie")).attributes()["username"] == "Melanie"
    for token in ("mel", token_of(made)):
        assert ask.get(token, DETAILS).data()["id"] == id
        assert ask.get(token, f"{ORG}/teams").names() == ["staff"]
    assert ask.members("staff") == ["Melanie"]
    assert {t["user"] for t in ask.tfe.state()["tokens"] if t.get("created-by") == "Melanie"} == {
        "Melanie"
    }
    answer = ask.post(
        "olga",
        f"{ROOT}/teams/{ask.team('staff')}/relationships/users",
        {"data": [{"type": "users", "id": "mel"}]},
    )
    assert answer.said() == [("User does not exist", "/data/0/id")]


@pytest.mark.parametrize("name", ["rex", "REX", "Admin"])
def test_a_name_that_differs_in_case_only_is_taken(ask: Asked, name: str) -> None:
    before = ask.tfe.state()
    answer = ask.patch("mel", UPDATE, named(name))
    assert answer.said() == [("Username has already been taken", "/data/attributes/username")]
    assert ask.user("rex") not in answer.text  # a name is taken; by whom is not mel's affair
    assert ask.tfe.state() == before


def test_another_users_id_is_no_name_to_take(ask: Asked) -> None:
    answer = ask.patch("mel", UPDATE, named(ask.user("rex")))
    assert answer.said() == [("Username has already been taken", "/data/attributes/username")]


def test_a_user_can_change_the_case_of_his_name(ask: Asked) -> None:
    assert ask.patch("mel", UPDATE, named("MEL")).attributes()["username"] == "MEL"


def test_a_name_that_was_given_up_is_free(ask: Asked) -> None:
    ask.patch("mel", UPDATE, named("melanie")).ok(200)
    ask.patch("rex", UPDATE, named("mel")).ok(200)
    assert ask.get("mel", DETAILS).attributes()["username"] == "melanie"  # the token `mel`
    assert ask.get("rex", DETAILS).attributes()["username"] == "mel"


# who the key acts as


def test_the_key_acts_as_the_same_user_after_he_has_renamed_himself(ask: Asked) -> None:
    id = ask.user("admin")
    ask.patch("key", UPDATE, named("boss")).ok(200)
    shown = ask.get("key", DETAILS).data()
    assert (shown["id"], shown["attributes"]["username"]) == (id, "boss")
    assert list(ask.tfe.journal)[-1].status == 200
    ask.patch("key", UPDATE, named("admin")).ok(200)
    assert ask.user("admin") == id


def test_nobody_takes_the_name_admin_meanwhile(ask: Asked) -> None:
    ask.patch("key", UPDATE, named("boss")).ok(200)
    answer = ask.patch("mel", UPDATE, named("admin"))
    assert answer.said() == [("Username has already been taken", "/data/attributes/username")]


def test_a_world_made_from_the_state_is_equal_whatever_its_seed_and_admins_name(
    ask: Asked,
) -> None:
    ask.patch("key", UPDATE, named("boss")).ok(200)
    ask.patch("olga", UPDATE, named("Olga Owner")).ok(200)
    ask.post("mel", f"{ROOT}/teams/{ask.team('staff')}/authentication-token").ok(201)
    ask.post("olga", f"{ORG}/authentication-token").ok(201)
    ask.patch("mel", PASSWORD, changed("", "a new password")).ok(200)
    state = ask.tfe.state()
    for seed in (0, 7):
        with asked(state, seed=seed) as again:
            assert again.tfe.state() == state
            assert again.get("key", DETAILS).attributes()["username"] == "boss"
            assert again.get("mel", DETAILS).attributes()["username"] == "mel"


def test_a_fixture_still_means_him_by_admin(ask: Asked) -> None:
    ask.patch("key", UPDATE, named("boss")).ok(200)
    ask.tfe.seed({"organizations": [{"name": "initech"}]})
    assert ask.organization("initech")["owners"] == ["boss"]
    ask.tfe.seed({"users": [{"username": "admin", "email": "boss@example.com"}]})
    shown = ask.get("key", DETAILS).attributes()
    assert (shown["username"], shown["email"]) == ("boss", "boss@example.com")


def test_a_fixture_gives_admin_his_id_and_no_other_later() -> None:
    with asked({"users": [{"username": "admin", "id": "user-theFirst"}]}) as ask:
        assert ask.get("key", DETAILS).data()["id"] == "user-theFirst"
        ask.tfe.seed({"users": [{"username": "admin", "id": "user-theFirst"}]})
        with pytest.raises(
            ControlError, match=r"/users/0/id: admin already has the id user-theFirst"
        ):
            ask.tfe.seed({"users": [{"username": "admin", "id": "user-another"}]})


def test_a_fixture_cannot_rename_him_to_a_taken_name(ask: Asked) -> None:
    with pytest.raises(ControlError, match=r"/users/0: The username 'MEL' is taken by the "):
        ask.tfe.seed({"users": [{"username": "MEL", "admin": True}]})


# passwords


def test_without_a_stored_password_any_current_one_is_right(ask: Asked) -> None:
    ask.patch("mel", PASSWORD, changed("whatever", "first")).ok(200)
    assert ask.patch("mel", PASSWORD, changed("whatever", "second")).said() == [CURRENT]
    shown = ask.patch("mel", PASSWORD, changed("first", "second"))
    assert shown.json == ask.get("mel", DETAILS).json


def test_a_fixtures_password_must_be_named() -> None:
    with asked({"users": [{"username": "admin", "password": "the old one"}]}) as ask:
        assert ask.patch("key", PASSWORD, changed("a wrong one", "new")).said() == [CURRENT]
        ask.patch("key", PASSWORD, changed("the old one", "new")).ok(200)
        assert ask.patch("key", PASSWORD, changed("the old one", "newer")).said() == [CURRENT]


def test_a_wrong_confirmation_changes_nothing(ask: Asked) -> None:
    ask.patch("mel", PASSWORD, changed("", "first")).ok(200)
    before = ask.tfe.state()
    assert ask.patch("mel", PASSWORD, changed("first", "second", "secnod")).said() == [CONFIRMATION]
    both = ask.patch("mel", PASSWORD, changed("wrong", "second", ""))
    assert both.said() == [CURRENT, CONFIRMATION]
    assert ask.tfe.state() == before
    ask.patch("mel", PASSWORD, changed("first", "second")).ok(200)


def test_an_empty_or_missing_password_is_refused(ask: Asked) -> None:
    answer = ask.patch("mel", PASSWORD, changed("", "", ""))
    assert answer.said() == [("Password can't be blank", "/data/attributes/password")]
    answer = ask.patch("mel", PASSWORD, a("users", password="x"))
    assert [detail for detail, _ in answer.said()] == [
        "Current password can't be blank",
        "Password confirmation can't be blank",
    ]
