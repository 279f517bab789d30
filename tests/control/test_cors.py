"""Which pages of other origins may call the API from a browser: none, unless --cors-origin names them."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any

import pytest
from click.testing import CliRunner

import mockserver
from mockserver.cli import main
from mockserver.pipeline import cors
from mockserver.pipeline.server import Server
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from mockserver.web.testing import ApiClient
from tests.client import SETS, Answer, a_set, connected, encoded, send

APP = "http://localhost:5173"
ELSEWHERE = "https://app.example.com"
ASKED = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}
ALLOWED = {
    "Access-Control-Allow-Origin": APP,
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "authorization,content-type",
    "Access-Control-Max-Age": "600",
}


def served(*origins: str) -> ApiClient:
    return ApiClient.of(create_app(key="test-token", cors_origins=origins), "test-token")


def by_browser(
    client: ApiClient, method: str, path: str = SETS, origin: str = APP, **more: Any
) -> Answer:
    """As a browser sends it for a page of that origin; a preflight has no token."""
    headers = {"Origin": origin, **more.pop("headers", {})}
    if method == "OPTIONS":
        headers["Authorization"] = ""
    return send(client, method, path, headers=headers, **more)


def of_cors(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("Access-Control-")}


@pytest.mark.parametrize("path", [SETS, "/api/v2/ping", "/_mock/state", "/"])
def test_it_is_off_unless_origins_are_named(path: str) -> None:
    for method in ("OPTIONS", "GET"):
        answer = by_browser(served(), method, path, headers=ASKED)
        assert of_cors(answer.headers) == {}
        assert "Vary" not in answer.headers
    assert by_browser(served(), "OPTIONS", headers=ASKED).status == 401


def test_a_page_of_an_allowed_origin_asks_first_and_then_calls() -> None:
    client = served(APP)
    asked = by_browser(client, "OPTIONS", headers=ASKED)
    assert (asked.status, asked.body) == (204, b"")
    assert of_cors(asked.headers) == {**ALLOWED, "Access-Control-Expose-Headers": "*"}
    made = by_browser(client, "POST", body=a_set())
    assert made.status == 201
    assert of_cors(made.headers) == {
        "Access-Control-Allow-Origin": APP,
        "Access-Control-Expose-Headers": "*",
    }
    assert made.headers["Vary"] == asked.headers["Vary"] == "Origin"


def test_a_page_may_read_refusals_too() -> None:
    client = served(APP)
    for answer, status in (
        (by_browser(client, "GET", headers={"Authorization": ""}), 401),
        (by_browser(client, "GET", "/api/v2/nowhere"), 404),
        (by_browser(client, "PUT"), 405),
        (by_browser(client, "POST", body=b"{"), 400),
    ):
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == APP


@pytest.mark.parametrize(
    "origin", ["http://localhost:5174", "https://localhost:5173", "http://localhost", "null"]
)
def test_another_port_scheme_or_host_is_another_origin(origin: str) -> None:
    asked = by_browser(served(APP), "OPTIONS", origin=origin, headers=ASKED)
    assert asked.status in (400, 401)
    assert of_cors(asked.headers) == {}


def test_an_allowed_origin_of_another_machine_reaches_the_api_alone() -> None:
    client = served(ELSEWHERE)
    assert by_browser(client, "OPTIONS", origin=ELSEWHERE, headers=ASKED).status == 204
    assert by_browser(client, "GET", origin=ELSEWHERE).status == 200
    for path in ("/_mock/state", "/_mock/health/live", "/"):
        for method in ("GET", "OPTIONS"):
            refused = by_browser(client, method, path, ELSEWHERE, headers=ASKED)
            assert refused.status == 400
            assert of_cors(refused.headers) == {}


@pytest.mark.parametrize("origin", [APP, ELSEWHERE, "null"])
def test_a_star_allows_every_origin_and_no_credentials(origin: str) -> None:
    client = served("*")
    for answer in (
        by_browser(client, "OPTIONS", origin=origin, headers=ASKED),
        by_browser(client, "GET", origin=origin),
    ):
        assert answer.status in (200, 204)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Vary" not in answer.headers
    assert of_cors(by_browser(client, "GET", "/_mock/state", APP).headers) == {}


def test_who_is_no_browser_is_answered_as_ever() -> None:
    plain, open_ = served(), served(APP)
    for method in ("GET", "OPTIONS"):
        one, other = send(plain, method, SETS), send(open_, method, SETS)
        assert (one.status, one.body) == (other.status, other.body)
        assert of_cors(other.headers) == {}
        assert other.headers["Vary"] == "Origin"  # a cache may hold it


def test_a_live_server_answers_alike() -> None:
    worlds = Server(cors_origins=[APP])
    worlds.universe(key="test-token", fixture="documented")
    with LiveServer(worlds) as server, connected(server.url) as line:
        asked = over(line, "OPTIONS", {"Origin": APP, **ASKED})
        assert asked.status == 204
        assert of_cors(asked.headers)["Access-Control-Allow-Origin"] == APP
        made = over(line, "POST", {"Origin": APP, "Authorization": "Bearer test-token"}, a_set())
        assert made.status == 201
        assert made.headers["Access-Control-Allow-Origin"] == APP


def over(line: HTTPConnection, method: str, headers: dict[str, str], body: Any = None) -> Answer:
    headers = {**headers, "Content-Type": "application/vnd.api+json"} if body else headers
    line.request(method, SETS, encoded(body) or None, headers)
    answer = line.getresponse()
    received = {name.title(): value for name, value in answer.getheaders()}
    return Answer(answer.status, answer.read(), received)


@pytest.mark.parametrize(
    "text",
    [
        "localhost:5173",
        "",
        "null",
        "http://a/b",
        "ftp://a",
        "http://",
        "http://:80",
        "http://a:b",
        "http://ann@a",
        "http://a\x01b",
        "http://a\nb",
        "http://a b",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="is not an origin: expected a scheme and a host"):
        mockserver.create_app(cors_origins=[text])
    told = CliRunner().invoke(main, ["serve", "--port", "0", "--cors-origin", text])
    assert told.exit_code == 2
    assert "--cors-origin" in told.output
    assert not text or f"{text!r} is not an origin" in told.output


@pytest.mark.parametrize("text", ["http://LOCALHOST:5173", "http://localhost:5173/"])
def test_an_origin_is_taken_as_people_paste_it(text: str) -> None:
    assert cors.origin(text) == APP
