"""The tool against a world of its own for every test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from policy_set_tool import Organization, Refused, main

import mockserver

WANTED = {
    "production": {"policies": ["no-public-buckets"], "workspaces": ["network", "billing"]},
    "staging": {"policies": ["tags"]},
}


@pytest.fixture
def acme(tfe: mockserver.World) -> Organization:
    return Organization("acme", tfe.url, tfe.tokens["ann"])


def members(tfe: mockserver.World, name: str) -> dict[str, Any]:
    (found,) = (s for s in tfe.state()["organizations"][0]["policy-sets"] if s["name"] == name)
    return {kind: found[kind] for kind in ("policies", "workspaces")}


def test_it_makes_the_sets_as_wanted(acme: Organization, tfe: mockserver.World) -> None:
    assert acme.apply(WANTED) == [
        "added 1 policies to production",
        "removed 1 policies from production",
        "added 1 workspaces to production",
        "created staging",
        "added 1 policies to staging",
    ]
    assert members(tfe, "production") == {
        "policies": ["no-public-buckets"],
        "workspaces": ["network", "billing"],
    }
    assert members(tfe, "staging") == {"policies": ["tags"], "workspaces": []}
    tfe.journal.in_order("create-policy-set", "add-policies-to-policy-set")


def test_the_second_time_it_only_reads(acme: Organization, tfe: mockserver.World) -> None:
    acme.apply(WANTED)
    tfe.journal.clear()
    assert acme.apply(WANTED) == []
    assert {exchange.method for exchange in tfe.journal} == {"GET"}


def test_it_reads_every_page(acme: Organization, tfe: mockserver.World) -> None:
    more = [{"name": f"policy-{n}"} for n in range(250)]
    tfe.seed({"organizations": [{"name": "big", "owners": ["ann"], "policies": more}]})
    big = Organization("big", tfe.url, tfe.tokens["ann"])
    assert big.apply({"all": {"policies": [one["name"] for one in more]}}) == [
        "created all",
        "added 250 policies to all",
    ]
    tfe.journal.expect("list-policies", count=3)


def test_what_is_not_there_is_said_before_anything_is_changed(
    acme: Organization, tfe: mockserver.World
) -> None:
    with pytest.raises(Refused, match="there are no policies nothing"):
        acme.apply({"production": {"policies": ["nothing"]}})
    tfe.journal.not_called("add-policies-to-policy-set")


def test_the_words_of_the_api_are_passed_on(acme: Organization, tfe: mockserver.World) -> None:
    with pytest.raises(Refused, match="Name can only include letters, numbers, -, and _"):
        acme.apply({"not this!": {}})


def test_it_waits_when_it_is_asked_to(acme: Organization, tfe: mockserver.World) -> None:
    tfe.faults.add("rate-limit", limit=3)
    acme.apply(WANTED)
    tfe.journal.expect("create-policy-set", status=201, count=1)
    assert any(exchange.status == 429 for exchange in tfe.journal)


def test_it_reads_again_when_a_proxy_fails_or_the_line_breaks(
    acme: Organization, tfe: mockserver.World
) -> None:
    tfe.faults.add("off-contract-status", operation="list-policies", status=503)
    tfe.faults.add("off-contract-closed", operation="list-policy-sets")
    assert "created staging" in acme.apply(WANTED)


def test_it_does_not_repeat_what_may_have_been_done(
    acme: Organization, tfe: mockserver.World
) -> None:
    tfe.faults.add("off-contract-closed", operation="create-policy-set")
    with pytest.raises(requests.ConnectionError):
        acme.apply(WANTED)
    tfe.journal.expect("create-policy-set", count=1)
    assert "created staging" not in acme.apply(WANTED)  # it had been done


def test_the_command(
    tfe_env: mockserver.World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sets.json"
    file.write_text(json.dumps(WANTED))
    assert main("acme", str(file)) == 0
    assert "created staging\n" in capsys.readouterr().out
    assert main("nobody", str(file)) == 1
    assert capsys.readouterr().err == (
        "GET /organizations/nobody/policies?page[number]=1&page[size]=100: not found\n"
    )
