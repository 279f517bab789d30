"""Who may come in: Host and Origin on loopback, a control token elsewhere, the page at `/`."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.web.app import create_app
from mockserver.web.testing import ApiClient
from tests.client import SETS

from .asking import faults


def served(**options: Any) -> ApiClient:
    return ApiClient.of(create_app(key="test-token", **options), "test-token")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8080",
        "127.0.0.1",
        "127.0.0.1:1",
        "[::1]",
        "[::1]:8080",
        "LOCALHOST",
        "127.0.0.2",
        "127.255.255.254:80",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_on_loopback_this_machine_is_reached_by_its_names(host: str) -> None:
    assert served().get(SETS, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "localhost.example.com",
        "127.0.0.1.nip.io",
        "10.0.0.1:8080",
        "evil@localhost.x",
        "[::1",
        "[",
        "0.0.0.0",
        "127.0.0.1.",
        "0x7f.1",
        "[::ffff:10.0.0.1]",
        "",
    ],
)
def test_a_name_that_was_bent_to_here_is_400_wherever_it_goes(host: str) -> None:
    for path in (SETS, "/_mock/state", "/_mock/health/live", "/", "/api/v2/ping"):
        ((pointer, detail),) = faults(served().get(path, headers={"Host": host}), 400)
        assert pointer == "", path
        assert detail == (
            f"The host {host!r} is not one of localhost. "
            "Name it with --allowed-host to be reached by it."
        ), path


@pytest.mark.parametrize("origin", ["http://localhost", "http://127.0.0.1:3000", "https://[::1]:8"])
def test_a_page_of_this_machine_may_ask(origin: str) -> None:
    assert served().get(SETS, headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://example.com", "http://localhost.evil", "null", "http://[::1", "file://"]
)
@pytest.mark.parametrize("path", [SETS, "/_mock/reset", "/_mock/universes"])
def test_a_page_of_another_site_may_not(origin: str, path: str) -> None:
    client = served()
    answer = client.post(path, headers={"Origin": origin})
    assert faults(answer, 400) == [("", f"the origin {origin!r} is not this machine")]


def test_beyond_this_machine_it_is_reached_by_the_names_it_was_given_and_by_no_other() -> None:
    names = ["TFE.example.com", "[2001:db8::1]", "10.0.0.1"]
    client = served(loopback=False, control_token="open-sesame", allowed_hosts=names)
    for host in (
        "tfe.example.com",
        "tfe.example.COM:8080",
        "[2001:db8::1]:80",
        "10.0.0.1",
        "localhost",
    ):
        headers = {"Host": host, "Origin": "https://example.com"}
        assert client.get(SETS, headers=headers).status_code == 200
    for host in ("evil.example.com", "tfe.example.com.evil.org", "10.0.0.2", "tfe"):
        answer = client.get(SETS, headers={"Host": host})
        assert faults(answer, 400) == [
            (
                "",
                f"The host {host!r} is not one of localhost, 10.0.0.1, 2001:db8::1, tfe.example.com. "
                "Name it with --allowed-host to be reached by it.",
            )
        ]


def test_the_url_of_a_new_world_never_echoes_a_foreign_host() -> None:
    client = served(loopback=False, control_token="open-sesame", allowed_hosts=["tfe"])
    sent = {"Authorization": "Bearer open-sesame"}
    made = client.post("/_mock/universes", headers={**sent, "Host": "tfe:8080"})
    assert made.json["url"] == "http://tfe:8080"
    refused = client.post("/_mock/universes", headers={**sent, "Host": "evil.example.com"})
    assert refused.status_code == 400


CONTROL = [("", "send the control token: Authorization: Bearer TOKEN")]


def test_beyond_this_machine_the_control_token_makes_and_lists_worlds() -> None:
    client = served(loopback=False, control_token="open-sesame")
    for token in (
        "",
        "Bearer test-token",
        "Bearer open-sesam",
        "Bearer open-sesamé",
        "open-sesame",
    ):
        for method in ("GET", "POST"):
            headers = {"Authorization": token}
            answer = client.open("/_mock/universes", method=method, headers=headers)
            assert faults(answer, 401) == CONTROL
    headers = {"Authorization": "Bearer open-sesame"}
    assert client.post("/_mock/universes", headers=headers).status_code == 201
    assert len(client.get("/_mock/universes", headers=headers).json["universes"]) == 2


def test_beyond_this_machine_without_a_control_token_nobody_makes_worlds() -> None:
    client = served(loopback=False)
    for token in ("", "Bearer test-token", "Bearer None", "Bearer "):
        answer = client.post("/_mock/universes", headers={"Authorization": token})
        assert faults(answer, 401) == CONTROL


def test_the_control_token_opens_no_world() -> None:
    client = served(loopback=False, control_token="open-sesame")
    headers = {"Authorization": "Bearer open-sesame"}
    assert client.get(SETS, headers=headers).status_code == 401
    assert client.get("/_mock/state", headers=headers).status_code == 401
    assert client.get("/_mock/state").status_code == 200


def test_a_control_token_is_wanted_on_loopback_too_where_one_was_chosen() -> None:
    client = served(control_token="open-sesame")
    assert client.post("/_mock/universes").status_code == 401
    headers = {"Authorization": "Bearer open-sesame"}
    assert client.post("/_mock/universes", headers=headers).status_code == 201
    assert served().post("/_mock/universes", headers={"Authorization": ""}).status_code == 201


def test_a_browser_sees_what_this_is_and_where_to_go() -> None:
    answer = served().get("/", headers={"Authorization": "", "Accept": "text/html"})
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    page = answer.get_data(as_text=True)
    assert "tfe-mockserver" in page
    assert "http://localhost/api/v2/organizations" in page
    assert "/_mock/openapi.json" in page


def test_an_application_without_a_world_serves_those_made_later() -> None:
    client = ApiClient.of(create_app(key=None), "mine")
    assert client.get(SETS).status_code == 401
    assert (
        client.post("/_mock/universes", json={"key": "mine", "fixture": "documented"}).status_code
        == 201
    )
    assert client.get(SETS).status_code == 200


def test_create_app_refuses_what_it_cannot_serve() -> None:
    from mockserver.contract import UnknownEdition
    from mockserver.contract.fixtures import UnknownFixture

    with pytest.raises(
        UnknownEdition, match=r"There is no edition named '1999-01'. .*There are: 2019-07"
    ):
        create_app(edition="1999-01")
    with pytest.raises(UnknownFixture, match="There is no fixture named 'nothing'"):
        create_app(fixture="nothing")


def test_beyond_this_machine_no_key_is_the_default() -> None:
    with pytest.raises(ValueError, match="With loopback=False there is no default key"):
        create_app(loopback=False, control_token="open-sesame")
    app = create_app(key="mine", loopback=False, control_token="open-sesame")
    assert [world.key for world in app.extensions["mockserver"].universes] == ["mine"]
