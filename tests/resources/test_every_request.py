"""What holds for every request, whatever it asks for: order of refusals, bodies, types, findings."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.client import ORG, POLICY, ROOT, SET, SETS, WORKSPACE

from .asking import (
    EXAMPLE,
    FIRST,
    NOT_FOUND,
    POLICIES,
    PRODUCTION,
    SSH_KEY,
    UNAUTHORIZED,
    WORKSPACES,
    a_policy,
    a_set,
    a_workspace,
    an_organization,
    as_,
    attributes,
    body,
    data,
    error,
    errors,
    identifiers,
    last,
    names,
    policies,
    said,
    shown_policy,
    shown_set,
    shown_workspace,
    workspaces,
)

JSONAPI = "application/vnd.api+json"
TOO_LARGE = b"x" * (10 * 1024 * 1024 + 1)
EDITION = {"edition": "2019-07"}


def typed(type: str = JSONAPI) -> dict[str, str]:
    return {"Content-Type": type}


# who is asked for a token


def test_ping_answers_204_without_a_token(tfe: Any) -> None:
    answer = tfe.client.get(f"{ROOT}/ping", headers={"Authorization": ""})
    assert (answer.status_code, answer.data) == (204, b"")


def test_ping_tells_the_version_that_the_cloud_block_wants(tfe: Any) -> None:
    assert tfe.client.get(f"{ROOT}/ping").headers["TFP-API-Version"] == "2.5"


def test_discovery_answers_without_a_token_relative_paths_that_end_in_a_slash(tfe: Any) -> None:
    answer = tfe.client.get("/.well-known/terraform.json", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.json == {
        "tfe.v2": "/api/v2/",
        "tfe.v2.1": "/api/v2/",
        "tfe.v2.2": "/api/v2/",
        "state.v2": "/api/v2/",
        "modules.v1": "/api/registry/v1/modules/",
    }


@pytest.mark.parametrize(
    "credentials",
    ["", "Bearer ", "Bearer nobody", "Basic dGVzdA==", "Bearer nobody.ann", "test-token"],
)
def test_everything_else_is_401_without_a_token_that_is_known(tfe: Any, credentials: str) -> None:
    for path in (SETS, SET, POLICY, WORKSPACE, ORG, f"{ROOT}/nothing", f"{ROOT}/"):
        answer = tfe.client.get(path, headers={"Authorization": credentials})
        assert (answer.status_code, answer.json) == (401, UNAUTHORIZED), path
        assert answer.content_type == JSONAPI, path


def test_a_token_that_the_universe_does_not_know_is_401_and_the_journal_says_why(tfe: Any) -> None:
    answer = tfe.client.get(SETS, headers={"Authorization": f"Bearer {tfe.token}.nobody"})
    assert (answer.status_code, answer.json) == (401, UNAUTHORIZED)
    assert last(tfe).caller is None
    assert last(tfe).why == (
        "the world exists, but has no such token (never made, revoked, or its owner is gone)"
    )


def test_bearer_is_spelled_in_any_case(tfe: Any) -> None:
    headers = {"Authorization": f"bearer {tfe.token}"}
    assert tfe.client.get(SETS, headers=headers).status_code == 200


# one order of refusals: each request breaks two things, and hears of the first


def test_401_comes_before_an_unknown_route_and_before_a_method(tfe: Any) -> None:
    for ask in (tfe.client.get, tfe.client.put):
        for path in (f"{ROOT}/nothing", SET):
            assert ask(path, headers={"Authorization": "Bearer x"}).status_code == 401


def test_405_comes_before_404_of_a_record(tfe: Any) -> None:
    answer = tfe.client.put(f"{ROOT}/policy-sets/polset-none")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
    assert answer.json == {
        "errors": [
            {
                "status": "405",
                "title": "method not allowed",
                "detail": "PUT is not one of DELETE, GET, HEAD, OPTIONS, PATCH",
                "meta": {
                    "edition": "2019-07",
                    "fact": "no page of edition 2019-07 lists PUT /api/v2/policy-sets/polset-none",
                    "hint": "Send one of DELETE, GET, HEAD, OPTIONS, PATCH.",
                },
            }
        ]
    }


def test_an_unknown_route_is_404_whatever_the_method(tfe: Any) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = tfe.client.open(f"{ROOT}/nothing", method=method)
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)
        assert last(tfe).why == "Edition 2019-07 has no such path."


@pytest.mark.parametrize(
    ("method", "path", "fact", "hint"),
    [
        (
            "GET",
            f"{ROOT}/runners",
            f"GET {ROOT}/runners",
            "`mockserver operations --edition 2019-07` lists what there is.",
        ),
        (
            "GET",
            f"{ROOT}/policyset/x",
            f"GET {ROOT}/policyset/x",
            "Did you mean GET /api/v2/policy-sets/{id}?",
        ),
        ("PUT", SETS, f"PUT {SETS}", "Send one of GET, HEAD, OPTIONS, POST."),
    ],
)
def test_a_call_that_no_page_lists_is_a_finding(
    tfe: Any, method: str, path: str, fact: str, hint: str
) -> None:
    tfe.client.open(path, method=method)
    assert last(tfe).findings == [
        {
            "edition": "2019-07",
            "pointer": "",
            "fact": f"no page of edition 2019-07 lists {fact}",
            "hint": hint,
        }
    ]


def test_a_long_path_is_not_repeated_whole_in_a_finding(tfe: Any) -> None:
    tfe.client.get(f"{ROOT}/{'x' * 5000}")
    assert len(last(tfe).findings[0]["fact"]) < 300


def test_what_a_page_lists_and_what_http_itself_wants_is_no_finding(tfe: Any) -> None:
    for method, path in (("GET", f"{ROOT}/runs/run-1"), ("OPTIONS", SETS), ("HEAD", SETS)):
        tfe.client.open(path, method=method)
        assert last(tfe).findings == []


def test_options_lists_the_methods_of_a_path(tfe: Any) -> None:
    answer = tfe.client.options(SETS)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_is_get_without_a_body(tfe: Any) -> None:
    got, head = tfe.client.get(SET), tfe.client.head(SET)
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_length == len(got.data)
    assert tfe.client.head(f"{ROOT}/policy-sets/polset-none").status_code == 404


def test_records_of_the_path_are_looked_for_outermost_first(tfe: Any) -> None:
    answer = tfe.client.get(f"{ROOT}/organizations/nowhere/workspaces/nothing")
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert last(tfe).why == "There is no organization 'nowhere'."
    tfe.client.get(f"{WORKSPACES}/nothing")
    assert last(tfe).why == "There is no workspace 'nothing' in the organization my-organization."


def test_404_of_a_record_comes_before_404_of_a_caller(tfe: Any) -> None:
    for path, why in (
        (f"{ROOT}/policy-sets/polset-none", "There is no policy set 'polset-none'."),
        (SET, "user ann may not: show-policy-set is for owners, "),
    ):
        answer = tfe.client.get(path, headers=as_(tfe, "ann"))
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)
        assert last(tfe).why.startswith(why)


def test_404_of_a_caller_comes_before_413_and_415_and_400_and_422(tfe: Any) -> None:
    for content, type in (
        (TOO_LARGE, JSONAPI),
        (b"{}", "text/plain"),
        (b"{", JSONAPI),
        (b"{}", JSONAPI),
    ):
        answer = tfe.client.post(SETS, data=content, headers={**as_(tfe, "ann"), **typed(type)})
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_413_comes_before_415(tfe: Any) -> None:
    answer = tfe.client.post(SETS, data=TOO_LARGE, headers=typed("text/plain"))
    assert (answer.status_code, answer.json) == (
        413,
        {
            "errors": [
                {
                    "status": "413",
                    "title": "payload too large",
                    "detail": "the body is larger than 10 MB",
                }
            ]
        },
    )


def test_a_body_of_exactly_10_mb_is_read(tfe: Any) -> None:
    document = json.dumps(a_set(description="")).encode()
    filled = document.replace(b'"description": ""', b'"description": "%s"')
    filled %= b"x" * (10 * 1024 * 1024 - len(document))
    assert len(filled) == 10 * 1024 * 1024
    assert tfe.client.post(SETS, data=filled, headers=typed()).status_code == 201


def test_415_comes_before_400(tfe: Any) -> None:
    answer = tfe.client.post(SETS, data=b"{", headers=typed("text/plain"))
    assert (answer.status_code, answer.json) == (
        415,
        {
            "errors": [
                {
                    "status": "415",
                    "title": "invalid content type",
                    "detail": "content-type must be application/vnd.api+json",
                    "meta": {
                        "operation": "create-policy-set",
                        **EDITION,
                        "source": "policy-sets.html#create-a-policy-set",
                        "fact": "the body was sent as text/plain",
                        "expected": "application/vnd.api+json",
                        "hint": "Send Content-Type: application/vnd.api+json.",
                    },
                }
            ]
        },
    )


@pytest.mark.tfe(strict=True)
def test_400_comes_before_422_of_the_query(tfe: Any) -> None:
    answer = tfe.client.post(f"{SETS}?stray=1", data=b"{", headers=typed())
    assert said(answer, 400)[0][0] == "bad request"


def test_a_bad_include_is_400_and_comes_before_422_of_the_page(tfe: Any) -> None:
    answer = tfe.client.get(f"{SETS}?include=runs&page[size]=0")
    assert error(answer, 400) == {
        "status": "400",
        "title": "bad request",
        "detail": "Invalid include parameter",
        "meta": {
            "operation": "list-policy-sets",
            **EDITION,
            "pointer": "",
            "fact": "include is 'runs'",
            "expected": "one or more of policies, workspaces",
            "key-path": "include",
            "source": "policy-sets.html#available-related-resources",
            "hint": "Send one or more of policies, workspaces as include.",
        },
    }


@pytest.mark.tfe(strict=True)
def test_query_and_body_are_refused_together(tfe: Any) -> None:
    wrong = a_set(description=5)
    assert said(tfe.client.post(f"{SETS}?stray=1", json=wrong)) == [
        ("not in the contract", "the query parameter stray is not listed", None),
        ("invalid attribute", "Description is invalid", "/data/attributes/description"),
    ]
    tfe.journal.clear()  # else the plugin fails this test for what its client sent


def test_the_contract_refuses_before_the_rules_do(tfe: Any) -> None:
    """The name is taken as well, but that is a rule."""
    answer = tfe.client.post(SETS, json=a_set("production", description=5))
    assert said(answer) == [
        ("invalid attribute", "Description is invalid", "/data/attributes/description")
    ]


@pytest.mark.parametrize("name", ["ann", "platform"])
def test_never_403_what_a_caller_may_not_do_looks_like_what_is_not_there(
    tfe: Any, name: str
) -> None:
    headers = as_(tfe, name)
    refused = [
        tfe.client.get(SET, headers=headers),
        tfe.client.get(f"{ROOT}/policy-sets/polset-none", headers=headers),
        tfe.client.delete(WORKSPACE, headers=headers),
        tfe.client.patch(ORG, json=body("organizations"), headers=headers),
    ]
    assert {(answer.status_code, answer.data) for answer in refused} == {
        (404, json.dumps(NOT_FOUND, separators=(",", ":")).encode())
    }


def test_a_refused_request_changes_nothing(tfe: Any) -> None:
    before = tfe.state()
    tfe.client.post(SETS, json=a_set("production"))
    tfe.client.post(SETS, json=a_set("x", policies=(EXAMPLE, "pol-none")))
    tfe.client.delete(SET, headers=as_(tfe, "ann"))
    tfe.client.post(f"{WORKSPACE}/actions/unlock")
    assert tfe.state() == before
    assert [exchange.changed for exchange in tfe.journal] == [False] * 4


# texts


def test_a_422_of_the_contract_names_every_error_at_once_with_its_pointer(tfe: Any) -> None:
    document = {
        "data": {
            "type": "policies",
            "attributes": {"name": 5, "global": "yes", "description": []},
            "relationships": {
                "policies": {"data": [{"id": 5, "type": "workspaces"}]},
                "workspaces": None,
            },
        }
    }
    assert said(tfe.client.post(SETS, json=document)) == [
        ("invalid attribute", "Description is invalid", "/data/attributes/description"),
        ("invalid attribute", "Global is invalid", "/data/attributes/global"),
        ("invalid attribute", "Name is invalid", "/data/attributes/name"),
        ("invalid attribute", "Id is invalid", "/data/relationships/policies/data/0/id"),
        ("invalid attribute", "Type is invalid", "/data/relationships/policies/data/0/type"),
        ("invalid attribute", "Workspaces is invalid", "/data/relationships/workspaces"),
        ("invalid attribute", "Type is invalid", "/data/type"),
    ]


@pytest.mark.parametrize(
    ("document", "detail", "pointer", "meta"),
    [
        (
            {"data": {"type": "policy-sets", "attributes": {}}},
            "Name can't be blank",
            "/data/attributes/name",
            {
                "fact": "data.attributes.name is missing",
                "expected": "a string of letters, digits, - and _",
                "key-path": "data.attributes.name",
                "hint": "Send data.attributes.name: a string of letters, digits, - and _.",
            },
        ),
        (
            a_set(""),
            "Name can't be blank",
            "/data/attributes/name",
            {
                "fact": 'data.attributes.name is ""',
                "expected": "a string of letters, digits, - and _",
                "key-path": "data.attributes.name",
                "hint": "Send a string of letters, digits, - and _ as data.attributes.name.",
            },
        ),
        (
            a_set("two words"),
            "Name can only include letters, numbers, -, and _",
            "/data/attributes/name",
            {
                "fact": 'data.attributes.name is "two words"',
                "expected": "a string of letters, digits, - and _",
                "key-path": "data.attributes.name",
                "hint": "Send a string of letters, digits, - and _ as data.attributes.name.",
            },
        ),
        (
            a_set(**{"global": "yes"}),
            "Global is invalid",
            "/data/attributes/global",
            {
                "fact": 'data.attributes.global is "yes"',
                "expected": "true or false",
                "key-path": "data.attributes.global",
                "hint": "Send true or false as data.attributes.global.",
            },
        ),
        (
            a_set(description=["a", "b"]),
            "Description is invalid",
            "/data/attributes/description",
            {
                "fact": "data.attributes.description is an array",
                "expected": "a string or null",
                "key-path": "data.attributes.description",
                "hint": "Send a string or null as data.attributes.description.",
            },
        ),
        (
            body("workspaces", name="x"),
            "Type is invalid",
            "/data/type",
            {
                "fact": 'data.type is "workspaces"',
                "expected": '"policy-sets"',
                "key-path": "data.type",
                "hint": 'Send "policy-sets" as data.type.',
            },
        ),
        (
            body("policy-sets", {"policies": {"data": [{"type": "policies"}]}}, name="x"),
            "Id can't be blank",
            "/data/relationships/policies/data/0/id",
            {
                "fact": "data.relationships.policies.data[].id is missing",
                "expected": "a string",
                "key-path": "data.relationships.policies.data[].id",
                "hint": "Send data.relationships.policies.data[].id: a string.",
            },
        ),
        (
            {},
            "Data can't be blank",
            "/data",
            {
                "fact": "data is missing",
                "expected": "an object",
                "key-path": "data",
                "hint": "Send data: an object.",
            },
        ),
        (
            {"data": []},
            "Data is invalid",
            "/data",
            {
                "fact": "data is an array",
                "expected": "an object",
                "key-path": "data",
                "hint": "Send an object as data.",
            },
        ),
    ],
)
def test_an_error_of_the_contract_says_what_where_expected_and_what_to_do(
    tfe: Any, document: Any, detail: str, pointer: str, meta: dict[str, str]
) -> None:
    found = error(tfe.client.post(SETS, json=document))
    assert found.pop("meta") == {
        "operation": "create-policy-set",
        **EDITION,
        "pointer": pointer,
        "source": "policy-sets.html#create-a-policy-set",
        **meta,
    }
    assert found == {
        "status": "422",
        "title": "invalid attribute",
        "detail": detail,
        "source": {"pointer": pointer},
    }


def test_a_value_outside_a_list_is_not_included_in_it(tfe: Any) -> None:
    enforce = [{"path": "x.sentinel", "mode": "lenient"}]
    found = error(tfe.client.post(POLICIES, json=a_policy("x", enforce=enforce)))
    assert found["detail"] == "Mode is not included in the list"
    assert found["source"] == {"pointer": "/data/attributes/enforce/0/mode"}
    assert found["meta"]["expected"] == 'one of "hard-mandatory", "soft-mandatory", "advisory"'
    assert found["meta"]["key-path"] == "data.attributes.enforce[].mode"


@pytest.mark.parametrize("content", [b"", b"  ", b"null", b" null\n"])
def test_no_body_where_one_is_due_is_422(tfe: Any, content: bytes) -> None:
    answer = tfe.client.post(SETS, data=content, headers=typed())
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Data can't be blank",
        "source": {"pointer": ""},
        "meta": {
            "operation": "create-policy-set",
            **EDITION,
            "pointer": "",
            "source": "policy-sets.html#create-a-policy-set",
            "fact": "no body was sent",
            "expected": "a JSON object",
            "hint": "Send a body; the operation's page shows a sample payload.",
        },
    }


def test_statuses_of_errors_are_strings_everywhere(tfe: Any) -> None:
    answers = [
        tfe.client.get(SETS, headers={"Authorization": ""}),
        tfe.client.get(f"{ROOT}/nothing"),
        tfe.client.put(SET),
        tfe.client.post(f"{WORKSPACE}/actions/unlock"),
        tfe.client.post(SETS, data=b"{", headers=typed()),
        tfe.client.post(SETS, data=b"{}", headers=typed("text/plain")),
        tfe.client.post(SETS, json={}),
    ]
    assert [[e["status"] for e in a.json["errors"]] for a in answers] == [
        [str(answer.status_code)] for answer in answers
    ]


# bodies and their types


@pytest.mark.parametrize(
    "type",
    [
        JSONAPI,
        f"{JSONAPI}; charset=utf-8",
        f"{JSONAPI};charset=UTF-8; x=y",
        "Application/Vnd.API+JSON",
    ],
)
def test_json_api_is_taken_with_any_parameters(tfe: Any, type: str) -> None:
    answer = tfe.client.post(SETS, data=json.dumps(a_set()), headers=typed(type))
    assert answer.status_code == 201
    assert last(tfe).findings == []


@pytest.mark.parametrize(
    "type", ["text/plain", "application/xml", "application/vnd.api", "", "*/*"]
)
def test_another_type_is_415(tfe: Any, type: str) -> None:
    answer = tfe.client.post(SETS, data=json.dumps(a_set()), headers=typed(type))
    assert said(answer, 415) == [
        ("invalid content type", "content-type must be application/vnd.api+json", None)
    ]


def test_a_body_without_a_type_is_415(tfe: Any) -> None:
    answer = tfe.client.post(SETS, data=json.dumps(a_set()))
    assert answer.status_code == 415


@pytest.mark.parametrize("type", ["application/json", "application/x-www-form-urlencoded"])
def test_what_clients_put_around_a_json_body_is_taken_and_a_finding(tfe: Any, type: str) -> None:
    answer = tfe.client.post(SETS, data=json.dumps(a_set()), headers=typed(type))
    assert answer.status_code == 201
    (finding,) = last(tfe).findings
    assert finding["fact"] == f"the body was sent as {type}"
    assert finding["hint"] == "Send Content-Type: application/vnd.api+json."


@pytest.mark.tfe(strict=True)
@pytest.mark.parametrize("type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_strict_universe_refuses_them(tfe: Any, type: str) -> None:
    answer = tfe.client.post(SETS, data=json.dumps(a_set()), headers=typed(type))
    assert answer.status_code == 415
    tfe.journal.clear()  # else the plugin fails this test for what its client sent
    tfe.journal.clear()  # the finding is meant


@pytest.mark.parametrize("type", [None, "text/plain", "application/octet-stream", JSONAPI])
def test_an_upload_takes_any_type(tfe: Any, type: str | None) -> None:
    headers = typed(type) if type else {}
    answer = tfe.client.put(f"{POLICY}/upload", data=b"main = rule { false }", headers=headers)
    assert answer.status_code == 200
    assert last(tfe).findings == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", SET, 200),
        ("DELETE", SET, 204),
        ("POST", f"{WORKSPACE}/actions/lock", 200),
        ("PUT", f"{POLICY}/upload", 200),
    ],
)
def test_no_body_needs_no_type(tfe: Any, method: str, path: str, status: int) -> None:
    assert tfe.client.open(path, method=method).status_code == status
    assert last(tfe).findings == []


@pytest.mark.parametrize("accept", ["text/html", "application/json", "", "nonsense"])
def test_accept_is_not_checked_and_answers_are_json_api(tfe: Any, accept: str) -> None:
    answer = tfe.client.get(SET, headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (200, JSONAPI)


def test_every_answer_with_a_body_is_json_api_a_refusal_too(tfe: Any) -> None:
    for answer in (
        tfe.client.post(SETS, json=a_set()),
        tfe.client.patch(SET, json=body("policy-sets")),
        tfe.client.get(SETS),
        tfe.client.get(f"{ROOT}/nothing"),
        tfe.client.post(SETS, json={}),
    ):
        assert answer.content_type == JSONAPI


@pytest.mark.parametrize("content", [b"null", b"", b" null "])
def test_null_is_no_body_where_none_is_due(tfe: Any, content: bytes) -> None:
    """terrasnek sends it with everything."""
    for method, path, status in (
        ("POST", f"{WORKSPACE}/actions/lock", 200),
        ("POST", f"{WORKSPACE}/actions/unlock", 200),
        ("DELETE", SET, 204),
        ("GET", SETS, 200),
    ):
        answer = tfe.client.open(path, method=method, data=content, headers=typed())
        assert answer.status_code == status
        assert last(tfe).findings == []


def test_the_body_of_a_delete_is_honoured(tfe: Any) -> None:
    path = f"{SET}/relationships/policies"
    assert tfe.client.delete(path, json=policies(EXAMPLE)).status_code == 204
    assert shown_set(tfe)["attributes"]["policy-count"] == 0


def test_a_body_that_no_operation_takes_is_a_finding(tfe: Any) -> None:
    assert tfe.client.delete(SET, json={"data": {}}).status_code == 204
    assert [finding["fact"] for finding in last(tfe).findings] == ["this operation takes no body"]


@pytest.mark.parametrize("path", [SETS, SET, POLICIES, POLICY, WORKSPACES, WORKSPACE, ORG])
def test_a_trailing_slash_is_tolerated(tfe: Any, path: str) -> None:
    with_slash, without = tfe.client.get(f"{path}/"), tfe.client.get(path)
    assert with_slash.status_code == 200
    assert with_slash.json["data"] == without.json["data"]
    answer = tfe.client.post(f"{SETS}/", json=a_set())
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (
            b"{",
            "the body is not JSON: Expecting property name enclosed in double quotes (line 1, column 2)",
        ),
        (b'"\xff"', "the body is not UTF-8 (byte 1)"),
        (b'\xef\xbb\xbf{"data": {}}', "the body begins with a byte order mark"),
        ('{"data": {}}'.encode("utf-16-le"), None),
        (b'{"data": NaN}', "NaN is not JSON"),
        (b'{"data": -Infinity}', "-Infinity is not JSON"),
        (b'{"data": 1e999}', "the number 1e999 is too large"),
        (b'{"data": "\\ud800"}', "a string holds a lone surrogate (\\ud800 to \\udfff)"),
        (b'{"data": 1, "data": 2}', "the member 'data' appears twice in one object"),
        (b"9" * 5_000, "an integer of 5000 characters does not fit 64 bits"),
        (b"[" * 100_000, "the body is nested deeper than 64 levels"),
        (b'{"a":' * 100_000, "the body is nested deeper than 64 levels"),
    ],
)
def test_what_is_no_honest_json_is_400(tfe: Any, content: bytes, detail: str | None) -> None:
    answer = tfe.client.post(SETS, data=content, headers=typed())
    found = error(answer, 400)
    assert found["title"] == "bad request"
    assert detail is None or found["detail"] == detail
    assert found["meta"]["operation"] == "create-policy-set"


def test_brackets_within_strings_are_no_nesting(tfe: Any) -> None:
    answer = tfe.client.post(SETS, json=a_set(description='[{"\\' * 100_000))
    assert answer.status_code == 201


# timestamps, and the same record everywhere


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_timestamps_end_in_z_and_have_milliseconds(tfe: Any) -> None:
    tfe.clock.set("2019-12-31T23:59:59.007Z")
    shown = [
        attributes(tfe.client.post(SETS, json=a_set()), 201),
        attributes(tfe.client.put(f"{POLICY}/upload", data=b"")),
        attributes(tfe.client.post(WORKSPACES, json=a_workspace()), 201),
        attributes(tfe.client.post(f"{ROOT}/organizations", json=an_organization()), 201),
    ]
    moments = [value for values in shown for name, value in values.items() if name.endswith("-at")]
    assert len(moments) == 6
    assert all(MOMENT.fullmatch(moment) for moment in moments)
    assert moments.count("2019-12-31T23:59:59.007Z") == 5  # all but the end of the trial


@pytest.mark.parametrize("path", [SET, POLICY])
def test_updated_at_never_moves_on_a_read(tfe: Any, path: str) -> None:
    before = attributes(tfe.client.get(path))["updated-at"]
    tfe.clock.advance(60)
    for ask in (
        path,
        f"{path}?include=" + ("policies" if path == SET else "policy-sets"),
        SETS,
        POLICIES,
    ):
        tfe.client.get(ask)
    tfe.client.get(f"{POLICY}/download")
    assert attributes(tfe.client.get(path))["updated-at"] == before


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (SET, body("policy-sets")),
        (SET, body("policy-sets", name="production")),
        (SET, {"data": {"type": "policy-sets"}}),
        (SET, body("policy-sets", **{"global": False, "stray": 1})),
        (POLICY, body("policies")),
        (POLICY, body("policies", name="another", description=None)),
        (
            POLICY,
            body(
                "policies",
                enforce=[{"path": "my-example-policy.sentinel", "mode": "hard-mandatory"}],
            ),
        ),
    ],
)
def test_updated_at_never_moves_on_a_patch_that_changes_nothing(
    tfe: Any, path: str, document: Any
) -> None:
    before = tfe.client.get(path).data
    tfe.clock.advance(60)
    answer = tfe.client.patch(path, json=document)
    assert answer.status_code == 200
    assert answer.data == before == tfe.client.get(path).data
    assert not last(tfe).changed


def first_of_list(content: bytes) -> bytes:
    """The bytes of the first record of a list."""
    found = re.match(rb'\{"data":\[(.*?)\],"links"', content, re.S)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("collection", "document", "status", "one"),
    [
        (
            SETS,
            a_set("a-first", policies=(EXAMPLE,), workspaces=(FIRST,)),
            201,
            f"{ROOT}/policy-sets/",
        ),
        (
            POLICIES,
            a_policy("a-first")
            | {
                "data": a_policy("a-first")["data"]
                | {"relationships": {"policy-sets": identifiers("policy-sets", PRODUCTION)}}
            },
            200,
            f"{ROOT}/policies/",
        ),
        (WORKSPACES, a_workspace("a-first"), 201, f"{ROOT}/workspaces/"),
    ],
)
def test_post_get_and_list_show_one_record_identically_to_the_byte(
    tfe: Any, collection: str, document: Any, status: int, one: str
) -> None:
    made = tfe.client.post(collection, json=document)
    assert made.status_code == status
    shown = tfe.client.get(one + made.json["data"]["id"])
    listed = tfe.client.get(f"{collection}?search[name]=a-first")
    assert made.data == shown.data == b'{"data":' + first_of_list(listed.data) + b"}"


def test_post_get_and_list_show_one_organization_identically_to_the_byte(tfe: Any) -> None:
    made = tfe.client.post(f"{ROOT}/organizations", json=an_organization("a-first"))
    shown = tfe.client.get(f"{ROOT}/organizations/a-first")
    listed = tfe.client.get(f"{ROOT}/organizations")
    assert made.data == shown.data
    assert listed.data.startswith(b'{"data":[' + made.data[len(b'{"data":') : -1])


# findings: let pass and recorded, refused by a strict universe


FINDINGS = [
    pytest.param(
        "POST", SETS, a_set(**{"workspace-count": 3}), 201,
        ("/data/attributes/workspace-count", "data.attributes.workspace-count is read-only (3)",
         "Leave out data.attributes.workspace-count; it has no effect."),
        id="an unknown attribute",
    ),
    pytest.param(
        "POST", SETS, a_set(descripton="typo"), 201,
        ("/data/attributes/descripton", 'data.attributes.descripton is not listed ("typo")',
         "Did you mean description?"),
        id="a misspelled attribute",
    ),
    pytest.param(
        "PATCH", WORKSPACE,
        {"data": {"type": "workspaces", "attributes": {"auto_apply": True}}}, 200,
        ("/data/attributes/auto_apply", "data.attributes.auto_apply is not listed (true)",
         "Did you mean auto-apply?"),
        id="an attribute in snake_case",
    ),
    pytest.param(
        "POST", f"{SET}/relationships/policies",
        {"data": [{"type": "policies", "id": EXAMPLE, "attributes": {"name": ""}}]}, 204,
        ("/data/0/attributes", 'data[].attributes is not listed ({"name": ""})',
         "Leave out data[].attributes; it has no effect."),
        id="attributes inside an identifier",
    ),
    pytest.param(
        "POST", SETS, body("policy-sets", name="x") | {"data": body("policy-sets", name="x")["data"]
                                                      | {"relationships": None}}, 201,
        ("/data/relationships", "data.relationships is null", "Send an object as data.relationships."),
        id="relationships: null",
    ),
    pytest.param(
        "PATCH", SET, body("policy-sets", {"policies": {"data": []}}), 200,
        ("/data/relationships",
         'data.relationships is not listed ({"policies": {"data": []}})',
         "Leave out data.relationships; it has no effect."),
        id="relationships in a PATCH that documents none",
    ),
    pytest.param(
        "POST", f"{ORG}/authentication-token", {"data": {"type": ""}}, 201,
        ("/data/type", 'data.type is ""', 'Send "authentication-tokens" as data.type.'),
        id="an empty type where the page documents no body",
    ),
    pytest.param(
        "POST", f"{ORG}/authentication-token", {"data": {"type": "authentication-token"}}, 201,
        ("/data/type", 'data.type is "authentication-token"', 'Send "authentication-tokens" as data.type.'),
        id="another type where the page documents no body",
    ),
    pytest.param(
        "PATCH", POLICY, body("policies", **{"enforcement-level": "advisory"}), 200,
        ("/data/attributes/enforcement-level",
         'data.attributes.enforcement-level is not listed ("advisory")',
         "Send enforce in its place, as the page says."),
        id="the mode of a later edition, in an update",
    ),
    pytest.param(
        "POST", POLICIES, body("policies", name="x", **{"enforcement-level": "advisory"}), 200,
        ("/data/attributes/enforcement-level",
         'data.attributes.enforcement-level is not listed ("advisory")',
         "Send enforce in its place, as the page says."),
        id="the mode of a later edition, in a create",
    ),
    pytest.param(
        "PATCH", f"{ROOT}/ssh-keys/{SSH_KEY}", {"data": {"attributes": {"name": "GitHub"}}}, 200,
        ("/data/type", "data.type is missing", 'Send data.type: "ssh-keys".'),
        id="a missing type where the page's sample has none",
    ),
    pytest.param(
        "PATCH", SET, {"data": {"type": "policy-sets", "id": PRODUCTION}}, 200,
        ("/data/id", f'data.id is not listed ("{PRODUCTION}")', "Leave out data.id; it has no effect."),
        id="an id in a PATCH",
    ),
    pytest.param(
        "POST", f"{SET}/relationships/policies", {"data": [{"id": EXAMPLE}]}, 204,
        ("/data/0/type", "data[].type is missing", 'Send data[].type: "policies".'),
        id="an identifier without a type",
    ),
    pytest.param(
        "GET", f"{SETS}?page[sise]=1", None, 200,
        ("", "the query parameter page[sise] is not listed", "Did you mean page[size]?"),
        id="an unknown query parameter",
    ),
    pytest.param(
        "GET", f"{SETS}?page[size]=1&page[size]=2", None, 200,
        ("", "page[size] is repeated; the last counts", "Send one value as page[size]."),
        id="a repeated query parameter",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "document", "status", "finding"), FINDINGS)
def test_what_clients_send_beside_the_pages_is_let_pass_and_recorded(
    tfe: Any, method: str, path: str, document: Any, status: int, finding: tuple[str, str, str]
) -> None:
    answer = tfe.client.open(path, method=method, json=document)
    assert answer.status_code == status, answer.get_data(as_text=True)
    (found,) = last(tfe).findings
    assert (found["pointer"], found["fact"], found["hint"]) == finding
    assert found["operation"] == last(tfe).operation
    assert found["edition"] == "2019-07"
    assert found["source"]
    assert found["key-path"]


@pytest.mark.tfe(strict=True)
@pytest.mark.parametrize(("method", "path", "document", "status", "finding"), FINDINGS)
def test_a_strict_universe_refuses_each_with_422(
    tfe: Any, method: str, path: str, document: Any, status: int, finding: tuple[str, str, str]
) -> None:
    before = tfe.state()
    pointer, fact, hint = finding
    refused = error(tfe.client.open(path, method=method, json=document))
    assert (refused["title"], refused["detail"]) == ("not in the contract", fact)
    assert refused.get("source") == ({"pointer": pointer} if pointer else None)
    assert refused["meta"]["hint"] == hint
    assert tfe.state() == before
    tfe.journal.clear()  # else the plugin fails this test for what its client sent


def test_findings_are_ignored_not_mapped(tfe: Any) -> None:
    tfe.client.patch(
        WORKSPACE, json={"data": {"type": "workspaces", "attributes": {"auto_apply": True}}}
    )
    assert shown_workspace(tfe)["attributes"]["auto-apply"] is False
    tfe.client.patch(SET, json=body("policy-sets", {"policies": {"data": []}}))
    assert shown_set(tfe)["attributes"]["policy-count"] == 1
    tfe.client.patch(SET, json={"data": {"type": "policy-sets", "id": "polset-another"}})
    assert shown_set(tfe)["id"] == PRODUCTION


def test_whole_resource_objects_as_go_tfe_sends_them_are_identifiers(tfe: Any) -> None:
    zeroed = {"name": "", "description": "", "enforce": None, "policy-set-count": 0}
    document = {"data": [{"type": "policies", "id": "pol-2HRvNs49EWPjDqT1", "attributes": zeroed}]}
    assert tfe.client.post(f"{SET}/relationships/policies", json=document).status_code == 204
    assert shown_set(tfe)["attributes"]["policy-count"] == 2
    assert shown_policy(tfe, "pol-2HRvNs49EWPjDqT1")["attributes"]["name"] == "my-other-policy"


def test_of_a_repeated_parameter_the_last_counts(tfe: Any) -> None:
    answer = tfe.client.get(f"{WORKSPACES}?page[size]=1&page[size]=3")
    assert len(data(answer)) == 3


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (body("workspaces"), "/data/type"),
        ({"data": {"type": None}}, "/data/type"),
        ({"data": {"type": 5}}, "/data/type"),
        (body("policy-sets", name=None), "/data/attributes/name"),
        (body("policy-sets", **{"global": None}), "/data/attributes/global"),
        (body("policy-sets", **{"global": 1}), "/data/attributes/global"),
        ({"data": {"type": "policy-sets", "attributes": []}}, "/data/attributes"),
        ({"data": None}, "/data"),
        ([], ""),
        ("text", ""),
    ],
)
def test_wrong_types_and_types_of_others_are_refused_always(
    tfe: Any, document: Any, pointer: str
) -> None:
    before = tfe.state()
    answer = tfe.client.patch(SET, data=json.dumps(document), headers=typed())
    assert [e["source"]["pointer"] for e in errors(answer)] == [pointer]
    assert tfe.state() == before


@pytest.mark.parametrize(
    ("method", "path", "document", "pointer"),
    [
        ("POST", SETS, a_set("x", policies=("pol-none",)), "/data/relationships/policies/data/0"),
        (
            "POST",
            SETS,
            a_set("x", workspaces=("ws-none",)),
            "/data/relationships/workspaces/data/0",
        ),
        ("POST", f"{SET}/relationships/policies", policies("pol-none"), "/data/0"),
        ("POST", f"{SET}/relationships/workspaces", workspaces("ws-none"), "/data/0"),
        (
            "POST",
            POLICIES,
            body(
                "policies",
                {"policy-sets": identifiers("policy-sets", "polset-none")},
                name="x",
                enforce=[],
            ),
            "/data/relationships/policy-sets/data/0",
        ),
    ],
)
def test_unknown_ids_are_refused_at_create_add_and_attach(
    tfe: Any, method: str, path: str, document: Any, pointer: str
) -> None:
    assert error(tfe.client.open(path, method=method, json=document))["source"] == {
        "pointer": pointer
    }


# never


def test_no_answer_limits_the_rate_unless_a_fault_says_so(tfe: Any) -> None:
    """go-tfe would throttle itself to two thirds of it."""
    for answer in (tfe.client.get(SETS), tfe.client.get(f"{ROOT}/ping"), tfe.client.post(SETS)):
        assert not [name for name, _ in answer.headers if name.startswith("X-RateLimit")]


def test_a_rate_limit_fault_answers_429_as_the_index_page_does(tfe: Any) -> None:
    tfe.faults.add("rate-limit", when="all", limit=2)
    answers = [tfe.client.get(SETS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == ["2"] * 3
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert 0 < float(answers[2].headers["X-RateLimit-Reset"]) <= 1
    assert answers[2].json == {
        "errors": [
            {
                "status": "429",
                "title": "Too many requests",
                "detail": "You have exceeded the API's rate limit of 2 requests per second.",
            }
        ]
    }


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOT}/policy-sets/%00",
        f"{ROOT}/policy-sets/..",
        f"{ROOT}/../{ROOT}/policy-sets",
        f"{ROOT}/policy-sets/" + "a" * 5_000,
        f"{ROOT}/policy-sets/%F0%9F%92%A9",
        f"{ROOT}/policy-sets/%ff",
        f"{ROOT}//policy-sets",
        f"{ROOT}/organizations//policy-sets",
        f"{ROOT}/policy-sets/{PRODUCTION}/extra",
        f"{ROOT}/policy-sets/{PRODUCTION}%2Frelationships%2Fpolicies%2Fx",
        "/api/v1/organizations",
        "/api",
    ],
)
def test_odd_paths_are_404(tfe: Any, path: str) -> None:
    answer = tfe.client.get(path)
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "query",
    [
        "%00",
        "=",
        "&&&",
        "a" * 5_000,
        "page",
        "page[size",
        "search[name]=%ff",
        "search[name]=%00",
        "%5B%5D=1",
    ],
)
def test_odd_query_parameters_are_no_500(tfe: Any, query: str) -> None:
    assert tfe.client.get(f"{SETS}?{query}").status_code == 200


def test_a_documented_operation_that_is_not_built_is_404_and_the_journal_says_so() -> None:
    from dataclasses import replace

    from mockserver.client.handle import Address
    from mockserver.client.opening import in_process
    from mockserver.pipeline.server import Server
    from mockserver.resources import kinds
    from mockserver.web.testing import Live

    served = kinds("2019-07")
    unbuilt = served.but(replace(served["policy-sets"], operations={}))
    with Live(Server(kinds=lambda edition: unbuilt)) as live:
        live.server.universe(key="test-token", fixture="documented")
        tfe = in_process(live.server, "test-token", "2019-07", lambda: Address(live.url), live.app)
        answer = tfe.client.get(SET)
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)
        assert last(tfe).operation == "show-policy-set"
        assert (
            last(tfe).why
            == "The API documents show-policy-set, but this server does not support it."
        )


def test_the_ssh_key_is_an_attribute_not_an_identifier(tfe: Any) -> None:
    path = f"{WORKSPACE}/relationships/ssh-key"
    answer = tfe.client.patch(path, json={"data": {"type": "ssh-keys", "id": SSH_KEY}})
    assert said(answer) == [
        ("invalid attribute", "Attributes can't be blank", "/data/attributes"),
        ("invalid attribute", "Type is invalid", "/data/type"),
    ]
    assert names(tfe.client.get(WORKSPACES))
