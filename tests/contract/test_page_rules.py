"""What a page file leaves out follows by a rule, and what follows by a rule no page file says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sweeps import EDITIONS, OPERATIONS, cases, each

from mockserver.contract import Edition, Operation, load
from mockserver.contract.definitions import Definitions, defined
from mockserver.contract.examples import whole_example
from mockserver.contract.files import read
from mockserver.contract.pages import pages
from mockserver.contract.successes import plural, with_success

EDITION = load("2019-07")
READ = {edition.name: pages(edition.place) for edition in EDITIONS}
KNOWN = {name: defined(read) for name, read in READ.items()}


def written(operation: Operation) -> dict[str, Any]:
    """An operation as its page file has it."""
    file = load(operation.edition).place / f"{operation.page}.json"
    said: dict[str, Any] = read(file)["operations"][operation.id]
    return said


def whole(operation: Operation) -> tuple[Mapping[str, Any], Definitions]:
    """An operation with what its page shares and its success, and the definitions of its edition."""
    known = KNOWN[operation.edition]
    return with_success(
        READ[operation.edition][operation.page].operations[operation.id], known
    ), known


def played(operation: Operation, example: Any) -> str:
    """The whole of an example, as a text to compare."""
    said, known = whole(operation)
    refusals = {s: r for page in READ[operation.edition].values() for s, r in page.refusals.items()}
    said = {**said, "example": example}
    made = whole_example(said, operation.path, operation.item, refusals, known)
    return json.dumps(made, sort_keys=True)


def lacking(value: Any) -> Iterator[tuple[str, Any]]:
    """A value without one of its members, at any depth, and the key path of that."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name, {other: said for other, said in value.items() if other != name}
            for at, less in lacking(part):
                yield f"{name}.{at}", {**value, name: less}


@each(cases(OPERATIONS))
def test_an_example_says_nothing_that_follows_by_a_rule(operation: Operation) -> None:
    example = written(operation).get("example", {})
    full = played(operation, example)
    for at, less in lacking(example):
        if not at.startswith("body."):  # what is sent stands whole
            assert played(operation, less) != full, f"{at} need not be said"


@each(cases(OPERATIONS))
def test_a_success_is_said_where_it_does_not_follow(operation: Operation) -> None:
    said, known = whole(operation)
    own = written(operation).get("answers", {})
    refused = {status: answer for status, answer in said["answers"].items() if status >= "400"}
    try:
        follows = with_success({**said, "answers": refused}, known)["answers"]
    except ValueError:
        return
    for status in follows.keys() - refused.keys():
        assert own.get(status) != follows[status], f"{status} need not be said"


@each(cases(OPERATIONS))
def test_a_source_is_said_where_it_is_not_the_heading_or_the_nearest(operation: Operation) -> None:
    said = written(operation)
    heading = f"#{said['title'].lower().replace(' ', '-')}"
    assert said.get("x-source") != heading
    for part in (said.get("pages", {}), *said.get("parameters", {}).values()):
        assert part.get("x-source", "") != said.get("x-source", heading)


# what follows


FOLLOWS = [
    ("create-policy-set", "201", "The policy set was made.", "document"),
    ("update-policy-set", "200", "The policy set as it is now.", "document"),
    ("show-policy-set", "200", "The policy set.", "document"),
    ("list-policy-sets", "200", "A page of policy sets.", "data"),
    ("delete-policy-set", "204", "The policy set is gone.", None),
    ("add-policies-to-policy-set", "204", "The members are as asked.", None),
    ("list-organizations", "200", "The organizations.", "data"),
]


@pytest.mark.parametrize(("id", "status", "told", "form"), FOLLOWS, ids=[row[0] for row in FOLLOWS])
def test_a_success_follows_from_the_body_the_method_or_the_path(
    id: str, status: str, told: str, form: str | None
) -> None:
    operation = EDITION.operation(id)
    assert not any(status < "400" for status in written(operation).get("answers", {}))
    response = operation.item["responses"][status]
    assert response["description"] == told
    assert ("content" in response) is (form is not None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"call": "POST /more"}, "none follows from its body"),
        ({"call": "POST /more", "body": {"schema": {}}}, "none follows from its body"),
        ({"call": "DELETE /policy-sets"}, "none follows from its path"),
        ({"call": "GET /more"}, "no page defines records of type 'more'"),
    ],
)
def test_an_operation_from_which_no_success_follows_is_refused(said: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        with_success(said, KNOWN["2019-07"])


@pytest.mark.parametrize(
    ("noun", "several"),
    [("policy set", "policy sets"), ("policy", "policies"), ("team access", "team accesses"),
     ("SSH key", "SSH keys")],
)  # fmt: skip
def test_several_of_a_noun_are_spelled_as_english_does(noun: str, several: str) -> None:
    assert plural(noun) == several


def answer(id: str, status: str) -> Any:
    return EDITION.examples[id]["answers"][status]["data"]


def test_a_parameter_of_a_path_is_the_id_or_the_name_of_the_record_that_is_the_example() -> None:
    assert EDITION.examples["show-policy-set"]["path"] == {"id": "polset-3yVQZvHzf5j3WRJ1"}
    assert EDITION.examples["show-workspace-by-name"]["path"] == {
        "organization_name": "my-organization",
        "name": "workspace-1",
    }


def test_an_example_shows_what_its_body_has_set_and_links_by_its_id() -> None:
    shown = answer("create-policy-set", "201")
    assert shown["attributes"]["name"] == "staging"
    assert shown["links"] == {"self": f"/api/v2/policy-sets/{shown['id']}"}
    assert shown["attributes"].keys() == answer("show-policy-set", "200")["attributes"].keys()


def test_an_example_with_include_has_the_examples_of_what_its_relationships_name() -> None:
    (included,) = EDITION.examples["show-workspace"]["answers"]["200"]["included"]
    assert included == EDITION.examples["show-organization"]["answers"]["200"]["data"]


def test_a_relationship_that_an_example_calls_null_is_not_shown() -> None:
    assert "workspaces" in answer("show-policy-set", "200")["relationships"]
    assert "workspaces" not in answer("update-policy-set", "200")["relationships"]


def test_a_body_that_names_records_names_the_example_of_their_type_and_is_refused_with_another() -> (
    None
):
    example = EDITION.examples["remove-policies-from-policy-set"]
    assert example["body"] == {"data": [{"type": "policies", "id": "pol-u3S5p2Uwk21keu1s"}]}
    (error,) = example["answers"]["422"]["errors"]
    assert error["detail"] == "is not one of policies"
    assert error["source"] == {"pointer": "/data/0/type"}


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_links_that_refer_to_the_own_path_are_of_the_type_and_the_form_of_its_ids(
    edition: Edition,
) -> None:
    links = edition.schemas["policy-sets.resource"]["properties"]["links"]
    assert links["properties"]["self"]["pattern"] == "^/api/v2/policy-sets/polset-[A-Za-z0-9]+$"
    assert links["required"] == ["self"]
