"""The client in this process: Flask's own, and where it takes a short way, with the same result."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

import mockserver
from mockserver.web.testing import ApiClient

SETS = "/api/v2/organizations/my-organization/policy-sets"


@pytest.fixture
def client() -> Any:
    with mockserver.universe(key="k") as tfe:
        yield tfe.client


def environ(way: Any, client: ApiClient, *arguments: Any, **options: Any) -> dict[str, Any]:
    """What the application would get, comparable."""
    request = way(client, arguments, dict(options))
    found = {n: v for n, v in request.environ.items() if not n.startswith("werkzeug")}
    body = found.pop("wsgi.input")
    assert isinstance(body, io.BytesIO)
    return {**found, "body": body.getvalue(), "errors": repr(found.pop("wsgi.errors"))}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"method": "GET"},
        {"method": "DELETE"},
        {"method": "POST", "json": {"b": [1, None, "ä"], "a": {}}, "content_type": "a/b"},
        {"method": "PATCH", "json": [], "content_type": "application/vnd.api+json"},
        {"method": "PUT", "json": "", "content_type": "application/vnd.api+json"},
        {"method": "PUT", "json": 0, "headers": {"content-type": "a/b", "Accept": "c"}},
        {"query_string": "page[size]=1&search[name]=ä b%20"},
        {"query_string": ""},
        {"method": "POST", "data": b"{}", "headers": {"X-Forwarded-For": "y", "a_b": ""}},
        {"method": "POST", "data": b"", "headers": {"Content-Type": "a/b"}, "content_type": "c/d"},
        {"headers": {"Host": "example.org", "Authorization": "Bearer other"}},
        {"headers": {"Content-Type": "", "Origin": "ä"}},
        {"method": "POST", "data": b"{}", "headers": {"CONTENT_TYPE": "a/b"}},
        {"method": "POST", "json": {}, "headers": {"CONTENT_TYPE": "a/b"}},
        {"method": "POST", "json": {}, "content_type": None},
        {"method": "POST", "json": {}},
    ],
)
@pytest.mark.parametrize("path", [SETS, "/", SETS + "?page[size]=1&search[name]=a b%20?&c="])
def test_the_short_way_gives_what_the_long_way_gives(
    client: ApiClient, path: str, options: dict[str, Any]
) -> None:
    assert isinstance(client, FlaskClient)
    if "?" in path:
        options = {name: value for name, value in options.items() if name != "query_string"}
    short = environ(ApiClient._request_from_builder_args, client, path, **options)
    assert short == environ(FlaskClient._request_from_builder_args, client, path, **options)


@pytest.mark.parametrize(
    ("path", "options"),
    [
        (SETS + "?page[size]=1&search[name]=a b", {}),
        (SETS, {"query_string": {"a": "b"}}),
        ("/api/v2/policy sets/ä%20", {}),
        (SETS, {"headers": {"X": "y"}, "method": "POST", "data": b"{}"}),
        ("http://localhost" + SETS, {}),
        ("//example.org/", {}),
        (SETS + "?", {}),
        (SETS + "?a#b", {}),
        (SETS + "?a=ä", {}),
        (SETS, {"headers": [("X", "y"), ("X", "z")]}),
        (SETS, {"headers": {"X-Y": "y", "x_y": "z"}}),
        (SETS, {"headers": {"Content-Length": "3"}}),
        (SETS, {"headers": {"X": 1}}),
        (SETS, {"method": "POST", "data": "text"}),
        (SETS, {"method": "POST", "data": {"a": "b"}}),
        (SETS, {"method": "POST", "content_type": "application/x-www-form-urlencoded"}),
        (SETS, {"method": "POST", "content_type": " application/x-www-form-urlencoded ;a"}),
        (
            SETS,
            {"method": "POST", "headers": {"content-type": "\tapplication/x-www-form-urlencoded"}},
        ),
        (SETS, {"environ_overrides": {"REMOTE_ADDR": "::1"}}),
    ],
)
def test_everything_else_goes_the_long_way(
    client: ApiClient, path: str, options: dict[str, Any]
) -> None:
    one = environ(ApiClient._request_from_builder_args, client, path, **options)
    assert one == environ(FlaskClient._request_from_builder_args, client, path, **options)


def test_it_is_flask_s_test_client(client: ApiClient) -> None:
    answer = client.get(SETS)
    assert answer.request.path == SETS
    assert answer.request.headers["Authorization"] == "Bearer k"
    assert answer.json["data"][0]["links"]["self"] == "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"
    assert answer.get_json() == answer.json
    assert answer.mimetype == "application/vnd.api+json"
    with client:
        assert client.get(SETS).status_code == 200
    moved = client.get(SETS, follow_redirects=True, buffered=True)
    assert (moved.status_code, moved.history) == (200, ())


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_json_is_sent_as_json_api_unless_the_test_says_otherwise(
    client: ApiClient, name: str
) -> None:
    body = {"data": {"type": "policy-sets", "attributes": {"name": "a"}}}
    assert client.post(SETS, json=body).status_code == 201
    twice = client.post(SETS, json=body, headers={"CONTENT_TYPE": "a/b"})  # no such header
    assert twice.status_code == 422
    assert client.post(SETS, json=body, content_type="text/plain").status_code == 415
    assert client.post(SETS, json=body, headers={name: "text/plain"}).status_code == 415
    assert client.post(SETS, json=body, headers=[(name, "text/plain")]).status_code == 415


def test_it_may_act_as_somebody_else_and_as_nobody(client: ApiClient) -> None:
    details = "/api/v2/account/details"
    as_ann = client.get(details, headers={"Authorization": "Bearer k.ann"})
    assert as_ann.json["data"]["attributes"]["username"] == "ann"
    assert client.get(details, headers={"Authorization": ""}).status_code == 401
    assert client.get(details).json["data"]["attributes"]["username"] == "admin"
