"""The page this project was created from: each of its curl lines, on a freshly reset world."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from .seed_page import JSONAPI, LINES, MOMENT, SET, SETS, Line

EACH = pytest.mark.parametrize("line", LINES, ids=lambda line: line.operation)


def sent(tfe: Any, line: Line) -> Any:
    """Send a curl line as curl does. The set that the page creates is there already: away first."""
    tfe.reset()
    if line.operation == "create-policy-set":
        assert tfe.client.delete(SET).status_code == 204
    payload = None if line.payload is None else json.dumps(line.payload)
    headers = {"Content-Type": JSONAPI} if line.typed else {}
    return tfe.client.open(line.path, method=line.method, data=payload, headers=headers)


def differing(sample: Any, shown: Any, place: str = "") -> Iterator[str]:
    """Pointers of what a sample shows and an answer does not, or has otherwise."""
    if isinstance(sample, dict) and isinstance(shown, dict):
        for name, value in sample.items():
            yield from differing(value, shown.get(name, "(absent)"), f"{place}/{name}")
    elif isinstance(sample, list) and isinstance(shown, list) and len(sample) == len(shown):
        for at, (value, other) in enumerate(zip(sample, shown, strict=True)):
            yield from differing(value, other, f"{place}/{at}")
    elif type(sample) is not type(shown) or sample != shown:
        yield place


@EACH
def test_every_line_answers_its_documented_status(tfe: Any, line: Line) -> None:
    answer = sent(tfe, line)
    assert answer.status_code == line.status, answer.get_data(as_text=True)
    assert list(tfe.journal)[-1].operation == line.operation
    assert list(tfe.journal)[-1].findings == []
    if line.sample is None:
        assert answer.data == b""
    else:
        assert answer.content_type == JSONAPI


@EACH
@pytest.mark.tfe(strict=True)
def test_a_strict_universe_takes_every_line_as_well(tfe: Any, line: Line) -> None:
    assert sent(tfe, line).status_code == line.status


@pytest.mark.parametrize(
    ("operation", "differences"),
    [
        # an id that create makes, with it the link to itself, and the time at which it does
        (
            "create-policy-set",
            [
                "/data/id",
                "/data/attributes/created-at",
                "/data/attributes/updated-at",
                "/data/links/self",
            ],
        ),
        ("list-policy-sets", []),
        ("show-policy-set", []),
        ("update-policy-set", ["/data/attributes/updated-at"]),
    ],
)
def test_every_member_that_a_sample_shows_is_in_the_answer(
    tfe: Any, operation: str, differences: list[str]
) -> None:
    line = next(line for line in LINES if line.operation == operation)
    assert list(differing(line.sample, sent(tfe, line).json)) == differences


@pytest.mark.tfe(now=MOMENT)
@pytest.mark.parametrize(
    ("operation", "differences"),
    [("create-policy-set", ["/data/id", "/data/links/self"]), ("update-policy-set", [])],
)
def test_at_the_moment_of_the_page_the_times_are_equal_too(
    tfe: Any, operation: str, differences: list[str]
) -> None:
    line = next(line for line in LINES if line.operation == operation)
    assert list(differing(line.sample, sent(tfe, line).json)) == differences


@pytest.mark.parametrize("operation", ["create-policy-set", "show-policy-set", "update-policy-set"])
def test_no_answer_has_a_member_that_its_sample_does_not_show(tfe: Any, operation: str) -> None:
    line = next(line for line in LINES if line.operation == operation)
    answer = sent(tfe, line).json
    for part in ("attributes", "relationships", "links"):
        assert list(answer["data"][part]) == list(line.sample["data"][part])


def test_the_list_has_links_and_meta_although_its_sample_lacks_them(tfe: Any) -> None:
    assert list(tfe.client.get(SETS).json) == ["data", "links", "meta"]


def test_the_pages_walk_ends_in_the_world_that_it_says(tfe: Any) -> None:
    """Add, attach, remove and detach name what is there and what is not; none minds."""
    tfe.reset()
    by_operation = {line.operation: line for line in LINES}
    for name, policies, workspaces in (
        ("add-policies-to-policy-set", 2, 1),
        ("attach-policy-set-to-workspaces", 2, 2),
        ("remove-policies-from-policy-set", 0, 2),
        ("detach-policy-set-from-workspaces", 0, 0),
    ):
        line = by_operation[name]
        answer = tfe.client.open(line.path, method=line.method, json=line.payload)
        assert answer.status_code == 204
        shown = tfe.client.get(SET).json["data"]["attributes"]
        assert (shown["policy-count"], shown["workspace-count"]) == (policies, workspaces)
