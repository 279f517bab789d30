"""Every operation of an edition is described whole, has its example, and is answered by one kind."""

from __future__ import annotations

import re

import pytest
from sweeps import EDITIONS, EVERY, OPERATIONS, cases, each, example, success

from mockserver.contract import Edition, Operation, load
from mockserver.contract.engines import references
from mockserver.contract.files import read
from mockserver.contract.operations import JSONAPI
from mockserver.pipeline.discovery import OPEN
from mockserver.resources import kinds

KINDS = {edition.name: kinds(edition.name) for edition in EDITIONS}

every_operation = each(cases(OPERATIONS))
every_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)

MARKS = re.compile(
    r"[a-z-]+\.(html|mdx|json)#[A-Za-z0-9-]+|go-tfe v[0-9.]+ [a-z_]+\.go:[0-9]+"
    r"|decision: .+|clients\.md|recorded"
)
"""What a source may be: a page with its heading, the vendor's document with the name of an operation
or a schema, a line of the client, a decision, a recording."""
ARTICLES = {"a", "an", "the"}


def kebab(heading: str) -> str:
    """A heading as an operation id: kebab-case without articles."""
    words = re.findall(r"[a-z0-9]+", heading.lower())
    return "-".join(word for word in words if word not in ARTICLES)


@every_operation
def test_it_says_what_it_is_and_where_that_is_written(operation: Operation) -> None:
    item = operation.item
    assert item["summary"].strip() == item["summary"] != ""
    assert item["description"].endswith(".")
    assert MARKS.search(item["x-source"]), item["x-source"]
    assert item["tags"] == [operation.page]
    written = read(load(operation.edition).place / f"{operation.page}.json")
    assert operation.id in written["operations"]


@every_operation
def test_its_id_is_its_heading_in_kebab_case_without_articles(operation: Operation) -> None:
    """Where two paths share a heading, the one by name ends in `-by-name`; where two headings
    share a path and method (assign and unassign), the first counts."""
    heading, name = kebab(operation.summary.split(",")[0]), operation.id
    if operation.page.startswith("admin-"):
        name = name.removeprefix("admin-")
    if name != heading:
        assert name == f"{heading}-by-name"
        assert "{name}" in operation.path
        other = load(operation.edition).operation(operation.id.removesuffix("-by-name"))
        assert other.summary == operation.summary
    assert name in (heading, f"{heading}-by-name")


@every_operation
def test_its_path_parameters_name_records_of_kinds_that_exist(operation: Operation) -> None:
    parameters = [p for p in operation.item.get("parameters", []) if p["in"] == "path"]
    assert [p["name"] for p in parameters] == re.findall(r"\{(\w+)\}", operation.path)
    for parameter in parameters:
        assert parameter["required"] is True
        assert parameter["description"].endswith(".")
        if parameter["name"] == operation.token:
            continue
        kind = KINDS[operation.edition][parameter["x-record"]]
        assert kind.find is not None


@every_operation
def test_its_query_parameters_are_described_and_sourced(operation: Operation) -> None:
    for name, parameter in operation.parameters.items():
        assert parameter["description"].endswith("."), name
        assert MARKS.search(parameter["x-source"]), name
        assert parameter["schema"]["type"] in ("integer", "string")
        if name == "include":
            assert parameter["schema"]["x-include"]


@every_operation
def test_it_documents_the_common_statuses(operation: Operation) -> None:
    wanted = {405}
    if not operation.open:
        # 400: no filter is taken that is not listed; 422: a strict universe refuses what else is not
        wanted |= {400, 401, 404, 422, 429}
    if operation.body:
        wanted |= {413, 415}  # 415: no body is read that is compressed
    assert wanted <= set(operation.responses)
    if not operation.body:
        assert 415 not in operation.responses


@every_operation
def test_it_documents_one_success_and_explains_every_answer(operation: Operation) -> None:
    assert 200 <= success(operation) < 300
    for status, response in operation.responses.items():
        assert response["description"].endswith("."), status
        assert MARKS.search(response["x-source"]) or "index.html" in response["x-source"], status
        stored = operation.token is not None and status == 200  # as object stores answer
        assert ("content" in response) is (status != 204 and not stored), status
        if status >= 400:
            reference = {"$ref": "#/components/schemas/common.errors"}
            assert response["content"] == {JSONAPI: {"schema": reference}}, status


@every_operation
def test_it_takes_a_body_with_every_method_that_has_one_to_check(operation: Operation) -> None:
    """A GET takes none; a body has one media type."""
    if operation.method == "GET":
        assert operation.body is None
    if operation.body:
        assert len(operation.body["content"]) == 1


@every_operation
def test_it_has_an_example_with_its_success_and_each_refusal_of_its_page(
    operation: Operation,
) -> None:
    answers = example(operation)["answers"]
    assert str(success(operation)) in answers
    for status, response in operation.item["responses"].items():
        own = "$ref" not in response and not response["x-source"].startswith("decision")
        if own and 400 <= int(status) < 500:
            assert status in answers, f"the page documents {status}"


@every_edition
def test_every_example_is_of_an_operation_that_exists(edition: Edition) -> None:
    assert set(edition.examples) == set(edition.operations)


@every_operation
def test_it_is_answered_by_exactly_one_kind_and_may_be_done_by_somebody(
    operation: Operation,
) -> None:
    if operation.open:
        assert operation.id in OPEN
    served = KINDS[operation.edition].values()
    named = [kind.type for kind in served if operation.id in kind.operations]
    assert len(named) == (0 if operation.open else 1), f"handlers: {named}"


def test_no_kind_answers_what_no_edition_documents() -> None:
    documented = {operation.id for operation in OPERATIONS}
    assert {id for served in KINDS.values() for id in served.table} - documented == set()
    assert set(OPEN) <= documented


@pytest.mark.parametrize("edition", EVERY, ids=lambda edition: edition.name)
def test_every_schema_is_reached_from_an_operation(edition: Edition) -> None:
    """What nothing refers to is checked by nothing."""
    queue = [name for o in edition.operations.values() for name in references(o.item)]
    queue += [name for response in edition.responses.values() for name in references(response)]
    reached: set[str] = set()
    while queue:
        name = queue.pop()
        if name not in reached:
            reached.add(name)
            queue += references(edition.schemas.get(name, {}))
    assert set(edition.schemas) - reached == set()


@every_edition
def test_an_entitlement_that_closes_an_operation_is_one_of_its_set(edition: Edition) -> None:
    closing = {o.entitlement for o in edition.operations.values() if o.entitlement}
    assert closing <= set(
        edition.schemas["organizations.entitlement-set"]["properties"]["attributes"]["properties"]
    )
