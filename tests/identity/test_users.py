"""Users as others see them: a name and a picture, within a common organization."""

from __future__ import annotations

import pytest

from mockserver.pipeline.server import Server
from mockserver.resources import kinds
from mockserver.world.access import authenticate
from mockserver.world.view import View
from tests.client import ROOT

from .asking import DOCUMENT, Asked, users

KINDS = kinds("2019-07")


@pytest.mark.parametrize("who", ["rex", "olga", "staff-token", "owners-token", "org-token"])
def test_who_shares_an_organization_sees_a_name_and_a_picture(ask: Asked, who: str) -> None:
    shown = ask.get(who, f"{ROOT}/users/{ask.user('mel')}").data()
    assert shown["attributes"] == {
        "username": "mel",
        "is-service-account": False,
        "avatar-url": "https://avatars.example.com/mel",
        "v2-only": True,
        "permissions": {
            "can-create-organizations": True,
            "can-change-email": False,
            "can-change-username": False,
        },
    }


def test_nor_does_this_page_show_more_of_oneself(ask: Asked) -> None:
    attributes = ask.get("mel", f"{ROOT}/users/{ask.user('mel')}").attributes()
    assert attributes["permissions"]["can-change-email"] is True
    assert not {"email", "unconfirmed-email", "two-factor"} & set(attributes)


@pytest.mark.parametrize("who", ["sam", "key"])
def test_a_stranger_sees_nobody_but_himself(ask: Asked, who: str) -> None:
    ask.get(who, f"{ROOT}/users/{ask.user('mel')}").ok(404)
    assert "show-user is for the user himself, and whoever is in an organization" in ask.why
    name = "admin" if who == "key" else who
    assert ask.get(who, f"{ROOT}/users/{ask.user(name)}").attributes()["username"] == name


def test_to_meet_in_an_organization_and_to_part_shows_at_once(ask: Asked) -> None:
    path = f"{ROOT}/users/{ask.user('mel')}"
    staff = f"{ROOT}/teams/{ask.team('staff')}/relationships/users"
    ask.post("olga", staff, users("sam")).ok()
    ask.get("sam", path).ok(200)
    ask.delete("olga", staff, users("mel")).ok()
    ask.get("sam", path).ok(404)


def test_nor_is_more_in_the_answer_before_the_edition_looks_at_it() -> None:
    """An edition that lists more must not find what is for oneself alone."""
    state = Server().made(fixture=DOCUMENT).state
    mel = state.find("users", 0, "mel")
    assert mel is not None
    view = View(KINDS, state, authenticate(KINDS, state, "rex", ""))
    private = {"email", "unconfirmed-email", "two-factor", "is-site-admin", "is-sso-login"}
    assert not private & set(view.show(mel)["attributes"])


def test_a_user_is_asked_for_by_id_not_by_name(ask: Asked) -> None:
    for id in ("mel", "admin", "user-unknown", ask.team("staff")):
        ask.get("olga", f"{ROOT}/users/{id}").ok(404)
