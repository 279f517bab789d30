"""Notification configurations: what is verified when, a token that nobody sees, and how many."""

from __future__ import annotations

from typing import Any

from tests.client import WORKSPACE

from .asking import body, data, said

LIST, URL = f"{WORKSPACE}/notification-configurations", "https://example.com/"


def made(tfe: Any, **more: Any) -> Any:
    given = {"name": "hook", "url": URL, "destination_type": "generic", **more}
    return tfe.client.post(LIST, json=body("notification-configurations", **given))


def test_an_enabled_one_is_verified_and_its_token_is_never_shown(tfe: Any) -> None:
    shown = data(made(tfe, enabled=True, token="hush"), 201)["attributes"]
    (answer,) = shown["delivery-responses"]
    assert (answer["url"], answer["successful"], shown["token"]) == (URL, "true", None)
    assert "hush" not in str(tfe.state())


def test_a_change_asks_the_url_where_it_is_enabled(tfe: Any) -> None:
    path = data(made(tfe), 201)["links"]["self"]
    for enabled, count in ((False, 0), (True, 1)):
        change = body("notification-configurations", enabled=enabled, token=None)
        shown = data(tfe.client.patch(path, json=change))["attributes"]
        assert len(shown["delivery-responses"]) == count


def test_a_verification_moves_the_time_though_a_second_may_hold_two(tfe: Any) -> None:
    tfe.clock.set("2019-07-15T00:00:00.100Z")
    path = data(made(tfe, enabled=True), 201)["links"]["self"]
    asks = (
        lambda: tfe.client.patch(path, json=body("notification-configurations")),
        lambda: tfe.client.post(f"{path}/actions/verify"),
    )
    for ask in asks:
        tfe.clock.advance(0.1)
        before = data(tfe.client.get(path))["attributes"]
        after = data(ask())["attributes"]
        assert after["delivery-responses"] == before["delivery-responses"]
        assert after["updated-at"] == tfe.clock.now != before["updated-at"]


def test_a_workspace_has_twenty_at_most(tfe: Any) -> None:
    assert [made(tfe).status_code for _ in range(19)] == [201] * 19
    assert said(made(tfe))[0][1] == "A workspace can have up to 20 notification configurations"
