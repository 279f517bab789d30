"""Cause before consequence: one missing piece is told once, and no fault hides behind another."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from mockserver.contract import load
from mockserver.judge.findings import TYPE
from mockserver.judge.result import Result
from mockserver.reports.forms import FORMS
from tests.verify.mutations.spoiling import Answer, beside, drop, put, spoilt, status
from tests.verify.playing import run

EDITION = load("2019-07")
MAKE = "create-policy-set"


def told(result: Result) -> list[str]:
    return [finding.line() for finding in result.findings]


def _without(*names: str) -> Any:
    """The document of a list without a member, wherever it is shown."""

    def spoil(answer: Answer) -> None:
        document = answer.document
        if isinstance(document, dict) and isinstance(document.get("data"), list):
            inner = document
            for name in names[:-1]:
                inner = inner.get(name, {})
            inner.pop(names[-1], None)
            answer.document = document

    return spoil


@pytest.mark.parametrize("names", [("meta",), ("meta", "pagination"), ("links",)])
def test_a_missing_piece_of_every_page_is_told_once(names: tuple[str, ...]) -> None:
    lists = ("list-policy-sets", "create-policy-set")
    _, result = run(spoilt({"list-policy-sets": _without(*names)}), only=frozenset(lists))
    assert [(f.operation, f.place) for f in result.findings] == [
        ("list-policy-sets", "/" + "/".join(names))
    ]
    assert "None" not in "".join(told(result))


def test_a_total_that_is_missing_leaves_nothing_to_count_by() -> None:
    lost = beside("/meta", lambda meta: {})
    _, result = run(spoilt({"list-workspaces": lost}), only=frozenset({"show-policy-set"}))
    assert [(f.operation, f.place) for f in result.findings] == [
        ("list-workspaces", "/meta/pagination")
    ]


@pytest.mark.parametrize("number", [404, pytest.param(403, marks=pytest.mark.slow)])
def test_a_missing_token_that_is_answered_otherwise_is_told_once(number: int) -> None:
    _, result = run(spoilt(dict.fromkeys(EDITION.operations, status(401, number))))
    without = [line for line in told(result) if f"no token is answered {number}" in line]
    assert len(without) == 1
    asked = [o for o in EDITION.operations.values() if not o.open]
    assert f", and so do {len(asked) - 1} other operations: " in without[0]
    assert f", and 1 more: an unknown token is answered {number};" in without[0]
    assert all(operation.id in without[0] for operation in asked)
    others = [line for line in told(result) if line not in without]
    assert all("token" in line and "no token" not in line for line in others)


def test_a_content_type_that_is_wrong_everywhere_is_told_once_a_level() -> None:
    def plain(answer: Answer) -> None:
        if answer.status < 300 and answer.document is not None:
            answer.headers["Content-Type"] = "application/json"

    _, result = run(spoilt(dict.fromkeys(EDITION.operations, plain)))
    assert [(one.level, one.place) for one in result.findings] == [("fault", TYPE), ("note", TYPE)]
    for one in result.findings:
        assert one.line().startswith(
            f"{one.level}: {one.operation} Content-Type: Content-Type is application/json, and so it is "
            f"of {len(one.others)} other operations: {', '.join(one.others)}; expected "
            "application/vnd.api+json ("
        )
    fault, note = (finding.operations for finding in result.findings)
    assert (len(fault) + len(note), {*fault} & {*note}) == (50, set())
    suite = Xml.fromstring(FORMS["junit"](result))
    assert {case.attrib["name"] for case in suite if case.find("failure") is not None} == {*fault}
    for form in ("json", "sarif", "html"):
        assert [id for id in (*fault, *note) if id not in FORMS[form](result)] == []


def test_a_content_type_of_two_operations_is_told_of_each() -> None:
    def plain(answer: Answer) -> None:
        answer.headers["Content-Type"] = "text/plain"

    spoils = dict.fromkeys(("list-ssh-keys", "get-ssh-key"), plain)
    _, result = run(spoilt(spoils), only=frozenset(spoils))
    assert [(one.operation, one.place, one.others) for one in result.findings] == [
        (id, TYPE, ()) for id in spoils
    ]


def test_different_wrong_statuses_of_one_operation_are_told_as_different_ones() -> None:
    numbers = count(430)

    def another(answer: Answer) -> None:
        if answer.status == 422:
            answer.status = next(numbers)

    _, result = run(spoilt({MAKE: another}), only=frozenset({MAKE}))
    lines = told(result)
    assert len(lines) >= 20
    assert len({re.search(r"answered (\d+)", line)[1] for line in lines}) == len(lines)  # type: ignore[index]
    assert not [line for line in lines if " more: " in line]


def test_one_wrong_status_for_many_mistakes_names_each_of_them() -> None:
    _, result = run(spoilt({MAKE: status(422, 400)}), only=frozenset({MAKE}))
    faults = [finding for finding in result.findings if finding.level == "fault"]
    assert len(faults) == 1
    line = faults[0].line()
    for mistake in (
        "a body without data.type",
        "a body whose data.attributes.name is no string",
        "a name that another record has",
        "policies at creation: an unknown one",
    ):
        assert f"{mistake} is answered 400" in line
    assert "…" not in line


def test_a_member_that_is_missing_is_not_told_again_where_it_is_compared() -> None:
    name = "/attributes/name"
    _, result = run(spoilt({"show-policy-set": drop(name)}), only=frozenset({"show-policy-set"}))
    assert Counter((f.operation, f.place) for f in result.findings) == {
        ("show-policy-set", f"/data{name}"): 1
    }


def _nothing(answer: Answer) -> None:
    if answer.status < 300:
        answer.status, answer.document = 404, {"errors": [{"status": "404", "title": "not found"}]}


@pytest.mark.parametrize(
    ("show", "played"),
    [
        ("show-user", "show-user"),
        ("show-policy-set", "delete-policy"),
        ("show-workspace", "delete-ssh-key"),
    ],
)
def test_what_a_refused_answer_does_not_show_is_no_fault_beside_the_refusal(
    show: str, played: str
) -> None:
    """Nor are the records gone that an operation that answers nothing does not show."""
    _, result = run(spoilt({show: _nothing}), only=frozenset({played}))
    assert {(f.operation, f.place, f.what) for f in result.findings} == {
        (show, "status", "status 404")
    }


def test_two_faults_of_one_place_are_both_told() -> None:
    text = "/attributes/description"

    def both(answer: Answer) -> None:
        (drop(text) if "include" in answer.query else put(text, 7))(answer)

    _, result = run(spoilt({"show-policy-set": both}), only=frozenset({"show-policy-set"}))
    assert [(f.operation, f.place) for f in result.findings] == [
        ("show-policy-set", f"/data{text}")
    ] * 2
    assert {f.what for f in result.findings} == {
        "data.attributes.description is missing",
        "data.attributes.description is 7",
    }
