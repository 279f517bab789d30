"""`mockserver schema` gives what judges a body to anybody with a JSON Schema validator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from sweeps import EDITIONS, OPERATIONS, cases, each, example, walk, whole

from mockserver.cli import main
from mockserver.contract import Edition, Operation, load
from mockserver.contract.standalone import every, of_answer, of_request


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_a_schema_is_sound_and_refers_to_itself_alone(edition: Edition) -> None:
    for name, schema in every(edition):
        assert jsonschema_rs.meta.is_valid(schema), name
        targets = {
            part["$ref"] for _, part in walk(schema) if isinstance(part, dict) and "$ref" in part
        }
        assert targets <= {f"#/$defs/{name}" for name in schema.get("$defs", {})}, name


def spoilt(value: Any) -> list[Any]:
    """What is near a body: nothing, a list, and the body with a member more."""
    return [None, [], {"data": []}, {**value, "more": 1} if isinstance(value, dict) else 1]


@each(cases(OPERATIONS))
def test_a_plain_validator_judges_answers_as_we_do(operation: Operation) -> None:
    edition = load(operation.edition)
    for status, answer in example(operation)["answers"].items():
        if operation.answer_schema(int(status)) is not None:
            plain = Draft202012Validator(of_answer(edition, operation, int(status)))
            assert plain.is_valid(answer)
            for wrong in spoilt(answer):
                assert plain.is_valid(wrong) is (operation.check_answer(int(status), wrong) == [])


@each(cases(o for o in OPERATIONS if o.takes_json and o.body_schema))
def test_a_plain_validator_judges_what_is_sent_as_we_do(operation: Operation) -> None:
    edition = load(operation.edition)
    plain = Draft202012Validator(of_request(edition, operation))
    ours = operation.checker(operation.body_schema)
    body = example(operation).get("body") or whole(operation.body_schema, edition.schemas)
    for value in (body, *spoilt(body)):
        assert plain.is_valid(value) is ours.holds(value)
    assert plain.is_valid(body)


def schema(*words: str) -> Any:
    return CliRunner().invoke(main, ["schema", *words])


def test_the_command_prints_what_is_sent_and_what_is_answered() -> None:
    sent = json.loads(schema("create-policy-set").stdout)
    assert sent["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert sent["title"] == "create-policy-set: what is sent"
    assert sent["$ref"] == "#/$defs/policy-sets.create"
    shown = json.loads(schema("create-policy-set", "--answer", "201").stdout)
    assert shown["$ref"] == "#/$defs/policy-sets.document"
    assert "policies.identifier" in shown["$defs"]
    assert "workspaces.create" not in shown["$defs"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("create-policyset",),
            2,
            "Edition 2019-07 has no operation 'create-policyset'. Did you mean ",
        ),
        (("show-policy",), 2, "show-policy takes no JSON body"),
        (("upload-policy",), 2, "upload-policy takes no JSON body"),
        (
            ("show-policy", "--answer", "201"),
            2,
            "show-policy does not document the status 201; it documents 200, ",
        ),
        (("delete-policy", "--answer", "204"), 2, "204 of delete-policy has no JSON body"),
        (
            ("show-policy", "--edition", "2018-01"),
            2,
            "There is no edition named '2018-01'. Did you mean '2019-07'?",
        ),
        ((), 2, "give an operation, perhaps with --answer, or --all DIR"),
        (
            ("show-policy", "--all", "x"),
            2,
            "give an operation, perhaps with --answer, or --all DIR",
        ),
    ],
)
def test_the_command_says_what_is_wrong_and_what_there_is(
    words: tuple[str, ...], code: int, said: str
) -> None:
    done = schema(*words)
    assert done.exit_code == code
    assert f"Error: {said}" in done.output


def test_the_command_writes_every_schema_into_a_folder(tmp_path: Path) -> None:
    done = schema("--all", str(tmp_path / "schemas"))
    assert (done.exit_code, done.output) == (0, "")
    written = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "schemas").iterdir()}
    assert written == dict(every(load("2019-07")))
    assert {"create-team.request", "create-team.200", "list-teams.200"} <= set(written)
