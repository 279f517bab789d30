"""The contract on the page: key paths, coverage, an operation tried out as a chosen caller."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract import load
from mockserver.contract.key_paths import KeyPath, key_paths
from mockserver.world.universe import Universe
from tests.cases import cases, each

from .browsing import KEY, Browser, browser, text, worlds

PAGE = "/worlds/1/contract/policy-sets"
CREATE = f"{PAGE}/create-policy-set"
EDITION = load("2019-07")


def world(one: Browser) -> Universe:
    found = worlds(one).universes.numbered(1)
    assert found is not None
    return found


def paths(operation: str, status: int | None = None) -> dict[str, KeyPath]:
    found = EDITION.operations[operation]
    schema = found.body_schema if status is None else found.answer_schema(status)
    assert schema is not None
    return {row.path: row for row in key_paths(schema, EDITION.schemas)}


def test_a_body_is_told_by_key_paths_as_the_pages_show_it() -> None:
    rows = paths("create-policy-set")
    assert list(rows)[:5] == [
        "data",
        "data.type",
        "data.attributes",
        "data.attributes.name",
        "data.attributes.description",
    ]
    name, whole = rows["data.attributes.name"], rows["data.attributes.global"]
    assert (name.type, name.required, name.default) == (
        "a string of letters, digits, - and _",
        True,
        None,
    )
    assert (whole.type, whole.required, whole.default) == ("true or false", False, "false")
    assert rows["data.relationships.policies.data[].id"].required
    assert rows["data.relationships.policies.data"].default == "[]"


def test_what_may_be_sent_along_is_named_and_not_told_again() -> None:
    rows = paths("list-policy-sets", 200)
    assert rows["included"].type == "an array of policies or workspaces"
    assert not any(path.startswith("included[]") for path in rows)
    assert "data[].attributes.policy-count" in rows


@each(cases(EDITION.operations.values()))
def test_every_operation_has_a_page_with_its_sentence_parameters_and_statuses(
    opened: Browser, operation: Any
) -> None:
    page = opened.get(f"/worlds/1/contract/{operation.page}/{operation.id}")
    assert page.status_code == 200
    shown = text(page)
    assert f"{operation.method} {operation.path}" in shown
    assert operation.source in shown
    for parameter in operation.item.get("parameters", ()):
        assert parameter["name"] in shown
    for status, response in operation.responses.items():
        assert f"{status} {response['description']}" in shown
    if operation.takes_json:
        body = key_paths(operation.body_schema, EDITION.schemas)
        assert all(f"<code>{row.path}</code>" in page.text for row in body)


@pytest.fixture(scope="module")
def opened() -> Browser:
    return browser().open()


def test_what_this_worlds_traffic_has_exercised_is_told() -> None:
    one = browser().open()
    assert "No request of this world has called it." in text(one.get(CREATE))
    assert "have met 0 ." in text(one.get("/worlds/1/contract"))
    assert one.post(CREATE, page=CREATE, **form(one, name="staging")).status_code == 303
    shown = text(one.get(CREATE))
    assert "This world's requests have met" in shown
    assert "not met" in shown
    assert "policy-sets 9 1 " in text(one.get("/worlds/1/contract"))


def test_pages_that_are_none_say_so() -> None:
    one = browser().open()
    for path in ("nothing", "nothing/create-policy-set", "policies/create-policy-set"):
        assert one.get(f"/worlds/1/contract/{path}").status_code == 404
    assert one.post(f"{PAGE}/nothing", page=CREATE).status_code == 404


# tried out


def form(one: Browser, caller: str = "", query: str = "", **attributes: Any) -> dict[str, str]:
    body = json.dumps({"data": {"type": "policy-sets", "attributes": attributes}})
    path = {"path.organization_name": "my-organization"}
    return {**path, "query": query, "body": body, "caller": caller}


def test_an_example_is_sent_edited_and_stands_in_the_journal() -> None:
    one = browser().open()
    example = one.get(CREATE).text
    assert "my-organization" in example
    assert "&#34;type&#34;: &#34;policy-sets&#34;" in example
    answer = one.post(CREATE, page=CREATE, **form(one, name="staging", query="stray=1"))
    assert answer.headers["Location"] == "/worlds/1/journal/1"
    (entry,) = world(one).journal
    assert (entry.status, entry.operation, entry.caller) == (201, "create-policy-set", "user admin")
    assert entry.query == "stray=1"
    shown = one.get("/worlds/1/journal/1")
    assert "added: my-organization/staging" in text(shown)
    assert KEY not in shown.text


def test_it_is_sent_as_the_chosen_caller() -> None:
    one = browser().open()
    one.post(CREATE, page=CREATE, **form(one, "user ann", name="staging"))
    (entry,) = world(one).journal
    assert (entry.status, entry.caller) == (404, "user ann")
    assert "user ann may not: create-policy-set" in text(one.get("/worlds/1/journal/1"))
    answer = one.post(CREATE, page=CREATE, **form(one, "user nobody", name="staging"))
    assert answer.status_code == 422
    assert "There is no user nobody in this world." in text(answer)
    assert "&#34;staging&#34;" in answer.text


def test_no_header_makes_a_client_somebody_else() -> None:
    one = browser().open()
    for name in ("Caller", "X-Caller", "X-Mockserver-Caller"):
        headers = {"Authorization": f"Bearer {KEY}.ann", name: "user admin"}
        one.client.get("/api/v2/organizations", headers=headers)
    assert {entry.caller for entry in world(one).journal} == {"user ann"}


@pytest.mark.parametrize("body", ["", "{", "null", "<script>", "\u202e{}", "\x00"])
def test_whatever_is_sent_is_answered_as_any_client_would_be(body: str) -> None:
    one = browser().open()
    sent = {**form(one), "body": body}
    answer = one.post(CREATE, page=CREATE, **sent)
    assert answer.status_code == 303
    page = one.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "<script>" not in page.text.partition("<main")[2]
    assert [entry.status // 100 for entry in world(one).journal] == [4]


@pytest.mark.parametrize("name", ["../../_mock/state", "a b", "ü/%2e", "?x=1", ""])
def test_a_strange_path_is_one_of_the_api_all_the_same(name: str) -> None:
    one = browser().open()
    answer = one.post(
        CREATE, page=CREATE, **{**form(one, name="x"), "path.organization_name": name}
    )
    assert answer.status_code == 303
    (entry,) = world(one).journal
    assert entry.status == 404


def test_a_fault_that_makes_requests_wait_does_not_make_the_page_wait() -> None:
    one = browser().open()
    world(one).faults.add("latency", seconds=600.0)
    answer = one.post(CREATE, page=CREATE, **form(one, name="staging"))
    page = text(one.get(answer.headers["Location"]))
    assert "A fault would have held this up for 600 seconds; the page did not wait." in page
    assert "a fault that was asked for happened: latency" in page
