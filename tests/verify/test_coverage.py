"""How much of the contract traffic has exercised: points, merging, parts of it, the endpoint."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import mockserver
from mockserver.contract import load
from mockserver.judge.coverage import KINDS, Coverage, points, rows
from mockserver.reports.html import page
from tests.verify.playing import run, server

EDITION = load("2019-07")
MADE = {"data": {"type": "policy-sets", "attributes": {"name": "a", "description": None}}}


def test_nothing_is_covered_at_first() -> None:
    coverage = Coverage("2019-07")
    assert coverage.percent == 0
    assert coverage.met == frozenset()
    assert len(coverage.missing) == sum(len(group) for group in points("2019-07").values())


def test_one_exchange_meets_what_it_asks_for_and_is_answered() -> None:
    coverage = Coverage("2019-07")
    answer = EDITION.examples["show-policy-set"]["answers"]["200"]
    coverage.add("show-policy-set", 200, [("include", "policies")], None, answer)
    met = {(kind, what) for kind, _, what in coverage.met}
    assert ("operation", "") in met
    assert ("status", "200") in met
    assert ("parameter", "include") in met
    assert ("value", "include = policies") in met
    assert ("value", "include = workspaces") not in met
    assert ("branch", "200 data.attributes.description not null") in met
    assert ("branch", "200 data.attributes.description null") not in met


def test_the_attributes_of_a_body_are_met_one_by_one() -> None:
    coverage = Coverage("2019-07")
    coverage.add("create-policy-set", 422, [], MADE, {"errors": []})
    met = {what for kind, _, what in coverage.met if kind == "attribute"}
    assert met == {
        "data",
        "data.type",
        "data.attributes",
        "data.attributes.name",
        "data.attributes.description",
    }


def test_an_enum_value_that_is_sent_is_met() -> None:
    coverage = Coverage("2019-07")
    body = {"data": {"type": "team-workspaces", "attributes": {"access": "plan"}}}
    coverage.add("add-team-access-to-workspace", 201, [], body, None)
    met = {what for kind, _, what in coverage.met if kind == "value"}
    assert met == {'data.attributes.access = "plan"'}


@pytest.mark.parametrize("body", ["[3 bytes]", 7, [], {"data": []}, {"data": {"attributes": 1}}])
def test_what_is_no_document_is_survived(body: Any) -> None:
    coverage = Coverage("2019-07")
    coverage.add("create-policy-set", 201, [("x", "y")], body, body)
    coverage.add("no-such-operation", 200, [], body, body)
    assert ("status", "create-policy-set", "201") in coverage.met


def test_what_others_have_met_is_merged_and_strangers_are_not() -> None:
    coverage = Coverage("2019-07")
    coverage.merge([["operation", "ping", ""], ["operation", "nonsense", ""]])
    assert coverage.met == {("operation", "ping", "")}


@pytest.mark.slow
def test_verification_exercises_every_operation_and_most_of_the_rest() -> None:
    coverage = Coverage("2019-07")

    def watch(exchange: Any, operation: Any) -> None:
        body = None if isinstance(exchange.request, bytes) else exchange.request
        try:
            answer = json.loads(exchange.answer)
        except ValueError:
            answer = None
        coverage.add(operation.id, exchange.status, exchange.query, body, answer)

    run(server(), watch=watch)
    counts = coverage.counts()
    assert counts["operation"][0] == counts["operation"][1]
    assert counts["parameter"][0] == counts["parameter"][1]
    assert coverage.percent > 70


def test_the_table_ends_in_all_operations_together() -> None:
    coverage = Coverage("2019-07", points("2019-07")["ping"])
    lines = rows(coverage)
    assert lines[0] == ["operation", *KINDS[1:]]
    assert lines[-1][0] == f"1 of {len(EDITION.operations)} operations"
    assert 0 < coverage.percent < 1


def test_the_page_is_whole_and_asks_nothing_of_the_network() -> None:
    text = page("Coverage <of> all", ["one line"], [], [Coverage("2019-07")])
    assert "Coverage &lt;of&gt; all" in text
    assert "create-policy-set" in text
    assert not re.search(r"(src|href)=|@import|url\(", text)


def test_a_world_tells_its_own_coverage() -> None:
    with mockserver.universe() as tfe, mockserver.universe() as other:
        tfe.client.post("/api/v2/organizations/my-organization/policy-sets", json=MADE)
        shown = tfe.client.get("/_mock/coverage").get_json(force=True)
        assert ["status", "create-policy-set", "201"] in shown["met"]
        assert other.client.get("/_mock/coverage").get_json(force=True)["met"] == []
        tfe.reset()
        assert tfe.client.get("/_mock/coverage").get_json(force=True)["percent"] == 0


def test_what_the_journal_has_forgotten_is_still_covered() -> None:
    with mockserver.universe() as tfe:
        tfe.client.get("/api/v2/policies/pol-u3S5p2Uwk21keu1s")
        for _ in range(1001):
            tfe.client.get("/api/v2/account/details")
        shown = tfe.client.get("/_mock/coverage").get_json(force=True)
    assert ["status", "show-policy", "200"] in shown["met"]


def test_coverage_can_be_counted_of_some_operations_alone() -> None:
    coverage = Coverage("2019-07")
    coverage.add("show-policy-set", 200)
    coverage.add("list-teams", 200)
    of_page = coverage.of(["policy-sets"])
    assert len(of_page.operations) == 9
    assert of_page.percent > coverage.percent
    assert sorted(coverage.of(["touched"]).operations) == ["list-teams", "show-policy-set"]
    assert (
        coverage.of(["list-teams", "show-policy-set"]).percent == coverage.of(["touched"]).percent
    )
    assert coverage.of([]).percent == coverage.percent
    with pytest.raises(
        ValueError, match=r"There is no operation or page named 'runs'. There are: touched, account"
    ):
        coverage.of(["runs"])
    with pytest.raises(
        ValueError,
        match=r"There is no operation or page named 'create-policey'. Did you mean 'create-policy'",
    ):
        coverage.of(["create-policey"])


def test_a_percentage_says_of_how_much_it_is() -> None:
    coverage = Coverage("2019-07")
    coverage.add("show-policy-set", 200)
    assert coverage.summary == f"{coverage.percent}% of edition 2019-07"
    part = coverage.of(["touched"])
    every = len(EDITION.operations)
    assert part.summary == (
        f"{part.percent}% of what edition 2019-07 says of 1 of its {every} operations"
    )


def test_nothing_touched_is_nothing_covered() -> None:
    nothing = Coverage("2019-07").of(["touched"])
    assert nothing.percent == 0.0
    assert rows(nothing)[1:] == [["0 of 0 operations", "-", "-", "-", "-", "-"]]
