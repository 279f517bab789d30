"""Query parameters keep their bounds, and what is not listed is a finding that changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from sweeps import OPERATIONS, cases, each, example, fresh, misses, success
from test_examples_played import prepared

from mockserver.contract import Operation, load

PAGED = [operation for operation in OPERATIONS if "page[size]" in operation.parameters]
INCLUDING = [operation for operation in OPERATIONS if "include" in operation.parameters]
CLOSED = [operation for operation in OPERATIONS if not operation.open]
INCLUDED = [
    pytest.param(operation, name, id=f"{operation.edition}/{operation.id}/{name}")
    for operation in INCLUDING
    for name in operation.parameters["include"]["schema"]["x-include"]
]


def most(operation: Operation) -> int:
    """Records on a page at most: a fact of the edition."""
    return int(load(operation.edition).facts["page-size"])


def needed(operation: Operation, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """A query of what must be sent, and more."""
    said = example(operation).get("query", {}).items()
    return [*((n, v) for n, v in said if operation.parameters[n].get("required")), *more]


def query_of(operation: Operation, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The query of an operation's example, and more."""
    return [*example(operation).get("query", {}).items(), *more]


@each(
    cases(PAGED),
    ["0", "-1", "MOST + 1", "9999999999", "1" * 5000, "1.5", "1e1", "", " ", "+1", "ten", "0x10", "٣", "²"],
)  # fmt: skip
def test_a_page_size_outside_its_bounds_is_refused(operation: Operation, text: str) -> None:
    text = text.replace("MOST + 1", str(most(operation) + 1))
    got = fresh(operation.edition).play(operation, query=needed(operation, ("page[size]", text)))
    assert got.status == 422
    (error,) = got.errors
    assert error["title"] == "invalid attribute"
    assert error["detail"] == f"page[size] must be between 1 and {most(operation)}"
    assert "source" not in error
    assert error["meta"]["key-path"] == "page[size]"
    assert misses(operation, got) == []


@each(cases(PAGED), ["0", "-1", "1" * 5000, "1.5", "", "two", "٣"])
def test_a_page_number_outside_its_bounds_is_refused(operation: Operation, text: str) -> None:
    got = fresh(operation.edition).play(operation, query=needed(operation, ("page[number]", text)))
    assert got.status == 422
    (error,) = got.errors
    assert error["title"] == "invalid attribute"
    assert error["detail"] == "page[number] must be 1 or more"
    assert "source" not in error
    assert misses(operation, got) == []


@each(cases(PAGED))
def test_a_bad_size_and_a_bad_number_are_told_together(operation: Operation) -> None:
    got = fresh(operation.edition).play(
        operation, query=needed(operation, ("page[size]", "0"), ("page[number]", "none"))
    )
    assert [error["detail"] for error in got.errors] == [
        "page[number] must be 1 or more",
        f"page[size] must be between 1 and {most(operation)}",
    ]


@each(cases(PAGED), [0, 1, 98, 99])
def test_a_page_size_within_its_bounds_is_kept(operation: Operation, less: int) -> None:
    size = most(operation) - less
    got = fresh(operation.edition).play(
        operation, query=needed(operation, ("page[size]", str(size)))
    )
    assert got.status == 200
    assert len(got.json["data"]) <= size
    assert f"page%5Bsize%5D={size}" in got.json["links"]["self"]
    assert misses(operation, got) == []


@each(cases(PAGED))
def test_a_page_past_the_end_is_empty_and_echoed(operation: Operation) -> None:
    world = fresh(operation.edition)
    total = world.play(operation, query=needed(operation)).json["meta"]["pagination"]["total-count"]
    got = world.play(operation, query=needed(operation, ("page[number]", "999999999")))
    assert got.status == 200
    assert got.json["data"] == []
    assert got.json["meta"]["pagination"]["current-page"] == 999_999_999
    assert got.json["meta"]["pagination"]["total-count"] == total
    assert misses(operation, got) == []


@each(cases(PAGED))
def test_what_is_not_sent_has_the_documented_default(operation: Operation) -> None:
    world = fresh(operation.edition)
    size = operation.parameters["page[size]"]["schema"]["default"]
    long = (operation.edition, operation.id) == ("2019-07", "list-workspaces")
    assert size == (150 if long else 20)
    written = needed(operation, ("page[number]", "1"), ("page[size]", str(size)))
    plain = world.play(operation, query=needed(operation))
    assert plain.body == world.play(operation, query=written).body
    assert f"page%5Bnumber%5D=1&page%5Bsize%5D={size}" in plain.json["links"]["self"]


# words

ANY_TEXT = re.compile(
    r"q|q\[\w+\]|search\[[\w-]+\]|filter\[\w+\]\[(id|name)\]|filter\[exclude\]\[taggable\]\[id\]"
    r"|filter\[(names|email|version|provider)\]|filter\[tagged\]\[\d\]\[(key|value)\]"
    r"|filter\[allowed-workspaces\]\[name\]|filter\[current-run\]\[status\]"
)
"""Names of parameters that are looked for in records: what no record has fits none. No source says all
statuses of a run.
"""
WORDS = [
    pytest.param(operation, name, id=f"{operation.edition}/{operation.id}/{name}")
    for operation in OPERATIONS
    for name, parameter in operation.parameters.items()
    if parameter["schema"]["type"] == "string"
    and name != "include"
    and not ANY_TEXT.fullmatch(name)
]


def words(operation: Operation, name: str) -> Iterator[str]:
    """What the parameter takes, each, and several where it takes them."""
    schema = operation.parameters[name]["schema"]
    if "enum" in schema:
        yield from schema["enum"]
    else:
        every = re.findall(r"\w+", schema["x-expected"].removeprefix("one or more of"))
        yield from (*every, ",".join(every))


@each(WORDS)
def test_a_parameter_that_takes_certain_words_refuses_any_other(
    operation: Operation, name: str
) -> None:
    for text in ("nonsense", "", "TRUE", "name,", "-", "sentinel\n"):
        got = fresh(operation.edition).play(operation, query=needed(operation, (name, text)))
        assert got.status == 422, text
        (error,) = got.errors
        assert error["detail"].startswith(f"{name} must be one ")
        hidden = "token does not fit (its value is not shown)"
        assert error["meta"]["fact"] == (hidden if name == "token" else f"{name} is {text!r}")
        assert error["meta"]["key-path"] == name
        told = error["meta"]["expected"]
        assert all(word in told for text in words(operation, name) for word in text.split(","))
        assert misses(operation, got) == []


@each(WORDS)
def test_a_parameter_that_takes_certain_words_takes_each_of_them(
    operation: Operation, name: str
) -> None:
    for text in words(operation, name):
        world = fresh(operation.edition, strict=True)
        got = world.play(operation, query=needed(operation, (name, text)))
        assert got.status != 422, text
        assert world.findings == []
        assert misses(operation, got) == []


# include


@each(
    cases(INCLUDING),
    ["{0}x", "nothing", "{0},nothing", "nothing,{0}", "{0} {0}", "{0};", "{0}\n", "*", "{1}"],
)  # fmt: skip
def test_an_include_that_names_what_the_page_does_not_is_400(
    operation: Operation, form: str
) -> None:
    """terraform compares the end of the text: nothing may stand after it."""
    name = operation.parameters["include"]["schema"]["x-include"][0]
    text = form.format(name, name.upper())
    world = fresh(operation.edition)
    got = world.play(operation, query=query_of(operation, ("include", text)))
    if text.strip() == name:
        assert got.status == 200
        return
    assert got.status == 400
    (error,) = got.errors
    assert (error["title"], error["detail"]) == ("bad request", "Invalid include parameter")
    assert "source" not in error
    assert misses(operation, got) == []


@each(cases(o for o in OPERATIONS if "include" not in o.parameters and not o.open))
def test_an_include_where_none_is_documented_is_a_finding(operation: Operation) -> None:
    world = prepared(operation)
    got = world.play(operation, query=query_of(operation, ("include", "nothing")))
    assert got.status == success(operation)
    assert [finding["key-path"] for finding in world.findings] == ["include"]


@each(INCLUDED)
def test_every_name_that_the_page_lists_can_be_included(operation: Operation, name: str) -> None:
    """Each record once, in `included`, and only where it is asked for."""
    world = fresh(operation.edition)
    query = {**dict(query_of(operation)), "include": name}
    got = world.play(operation, query=query)
    assert got.status == 200
    assert misses(operation, got) == []
    assert world.findings == []
    found = [(record["type"], record["id"]) for record in got.json["included"]]
    assert len(found) == len(set(found))
    del query["include"]
    plain = fresh(operation.edition).play(operation, query=query)
    assert "included" not in plain.json
    assert plain.json["data"] == got.json["data"]


@each(cases(INCLUDING))
def test_every_name_may_be_asked_for_at_once_and_twice(operation: Operation) -> None:
    names = operation.parameters["include"]["schema"]["x-include"]
    doubled = [*names, "", " ", *names]
    once = fresh(operation.edition).play(operation, query={"include": ",".join(names)})
    twice = fresh(operation.edition).play(operation, query={"include": ",".join(doubled)})
    assert (once.status, twice.status) == (200, 200)
    assert once.json["included"] == twice.json["included"]


@each(cases(INCLUDING))
def test_an_empty_include_asks_for_nothing(operation: Operation) -> None:
    got = fresh(operation.edition).play(operation, query={"include": ""})
    assert got.status == 200
    assert "included" not in got.json


@each(cases(o for o in INCLUDING if o in PAGED))
def test_a_400_for_include_goes_before_a_422_for_a_page(operation: Operation) -> None:
    got = fresh(operation.edition).play(operation, query={"include": "x", "page[size]": "0"})
    assert (got.status, len(got.errors)) == (400, 1)


# unknown, repeated, required


@each(cases(CLOSED))
def test_an_unknown_parameter_is_noted_and_changes_nothing(operation: Operation) -> None:
    world = prepared(operation)
    got = world.play(operation, query=query_of(operation, ("surprise", "1"), ("", "")))
    assert got.status == success(operation), got.body
    assert misses(operation, got) == []
    assert [finding["key-path"] for finding in world.findings] == ["surprise", ""]
    assert world.findings[0]["fact"] == "the query parameter surprise is not listed"


@each(cases(CLOSED))
def test_an_unknown_parameter_is_refused_by_a_strict_world(operation: Operation) -> None:
    world = prepared(operation, strict=True)
    before = world.universe.state
    got = world.play(operation, query=query_of(operation, ("surprise", "1")))
    assert got.status == 422
    (error,) = got.errors
    assert error["title"] == "not in the contract"
    assert error["detail"] == "the query parameter surprise is not listed"
    assert "source" not in error
    assert misses(operation, got) == []
    assert world.universe.state is before


@each(cases(CLOSED), [False, True], ["filter[colour]", "search[colour]"])
def test_an_unknown_filter_is_refused_with_those_there_are(
    operation: Operation, strict: bool, name: str
) -> None:
    world = prepared(operation, strict=strict)
    before = world.universe.state
    got = world.play(operation, query=query_of(operation, (name, "opa")))
    assert got.status == 400
    (error,) = got.errors
    listed = [n for n in operation.parameters if n.startswith(("filter[", "search["))]
    known = ", ".join(listed) or "no filter"
    assert error["title"] == "bad request"
    assert error["detail"] == f"{name} is not a filter of this operation; its filters are: {known}"
    assert error["meta"]["expected"] == known
    assert misses(operation, got) == []
    assert world.universe.state is before


def test_a_misspelt_filter_is_met_with_the_right_name_before_what_is_missing_is_told() -> None:
    operation = next(o for o in OPERATIONS if o.id == "list-team-access-to-workspaces")
    got = fresh(operation.edition).play(operation, query={"filter[workspace][ids]": "ws-1"})
    assert got.status == 400
    (error,) = got.errors
    assert error["meta"]["hint"] == "Did you mean filter[workspace][id]?"


FILTERED_BY_CLIENTS = {"list-teams": "filter[names]"}
"""The provider of today compares the names itself (team_helpers.go); nothing else is let pass."""


@each(cases(o for o in CLOSED if "filter[names]" not in o.parameters))
def test_a_filter_that_its_client_applies_itself_is_let_pass_and_noted(
    operation: Operation,
) -> None:
    if "filter[names]" in operation.parameters:
        return  # that edition documents it
    name = FILTERED_BY_CLIENTS.get(operation.id)
    world = prepared(operation)
    got = world.play(operation, query=query_of(operation, ("filter[names]", "platform")))
    if name is None:
        assert got.status == 400
        return
    assert got.status == success(operation)
    assert [finding["key-path"] for finding in world.findings] == [name]
    got = prepared(operation, strict=True).play(operation, query={name: "platform"})
    assert (got.status, got.errors[0]["title"]) == (422, "not in the contract")


@each(cases(PAGED))
def test_of_a_repeated_parameter_the_last_counts_and_it_is_noted(operation: Operation) -> None:
    world = fresh(operation.edition)
    got = world.play(operation, query=needed(operation, ("page[size]", "0"), ("page[size]", "3")))
    assert got.status == 200
    assert "page%5Bsize%5D=3" in got.json["links"]["self"]
    (finding,) = world.findings
    assert finding["fact"] == "page[size] is repeated; the last counts"
    strict = fresh(operation.edition, strict=True)
    got = strict.play(operation, query=needed(operation, ("page[size]", "2"), ("page[size]", "3")))
    assert (got.status, got.errors[0]["title"]) == (422, "not in the contract")
    got = world.play(operation, query=needed(operation, ("page[size]", "3"), ("page[size]", "0")))
    assert got.status == 422


@each(cases(CLOSED))
def test_a_required_parameter_that_is_missing_is_refused(operation: Operation) -> None:
    for name, parameter in operation.parameters.items():
        if parameter.get("required"):
            kept = {n: v for n, v in query_of(operation) if n != name}
            got = prepared(operation).play(operation, query=kept)
            assert got.status == 422
            (error,) = got.errors
            assert (error["title"], error["detail"]) == (
                "invalid attribute",
                f"{name} is required",
            )
            assert error["meta"]["fact"] == f"{name} is missing"
            assert misses(operation, got) == []


def test_a_near_miss_of_a_parameter_is_met_with_the_right_name() -> None:
    operation = next(o for o in PAGED if o.id == "list-policy-sets")
    world = fresh(operation.edition)
    assert world.play(operation, query={"page[sise]": "2"}).status == 200
    (finding,) = world.findings
    assert finding["hint"] == "Did you mean page[size]?"
    assert finding["expected"] == "page[number], page[size], search[name], include"


def test_the_value_of_a_parameter_that_is_named_as_a_secret_is_in_no_message() -> None:
    """Somebody who takes `token` for the place of his own sends it there."""
    asking = [o for o in OPERATIONS if "token" in o.parameters]
    assert asking
    for operation in asking:
        world = fresh(operation.edition)
        got = world.play(operation, query=[("token", "CANARY-of-somebody")])
        assert got.status == 422
        (error,) = got.errors
        assert error["meta"]["fact"] == "token does not fit (its value is not shown)"
        assert error["meta"]["hint"] == "Send one of audit-trails as token."
        assert "CANARY" not in json.dumps(got.errors)
        entry = list(world.universe.journal)[-1]
        assert "CANARY" not in json.dumps(entry.shown()) + entry.line()
