"""What a finding offers instead is of the reader's own world: his path, and no id that he did not send."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

import mockserver
from mockserver.client import Broken
from mockserver.client.passing import passing
from mockserver.client.seen import Seen
from mockserver.contract import Edition, editions, load

ACME = "/api/v2/organizations/acme"


def seen(operation: str, path: str, sent: Any, method: str = "POST") -> Seen:
    return Seen(
        1, "", method, path, "", operation, "admin", 422, [], None, None, None, {}, sent, None, 1.0, False
    )  # fmt: skip


def asked(contract: Edition, operation: str, sent: Any) -> str:
    """What passes in place of a call to a world whose records have ids of their own, as text."""
    found = contract.operations[operation]
    path = re.sub(r"\{[^}]*\}", "theirs", found.path)
    return json.dumps(passing(seen(operation, path, sent, found.method), contract))


def test_what_passes_has_the_path_that_was_sent_and_no_id_of_another_world() -> None:
    body = {"data": {"type": "policy-sets", "attributes": {"name": "new", "nme": 3}}}
    with pytest.raises(Broken) as broken, mockserver.universe("platform", strict=True) as tfe:
        tfe.client.post(f"{ACME}/policy-sets", json=body)
    assert (
        f'  passes: POST {ACME}/policy-sets {{"data": {{"type": "policy-sets", "attributes": '
        '{"name": "staging", "description": "Checked in staging."}}}\n'
    ) in str(broken.value)


@pytest.mark.parametrize("edition", editions())
def test_no_example_offers_an_id_that_was_not_sent(edition: str) -> None:
    contract = load(edition)
    ids = re.compile(r'"[a-z]+-[A-Za-z0-9]{14,18}"|my-organization')
    for sent in (None, {}, {"data": {}}, {"data": [3]}, ["text"], "text"):
        foreign = {o: ids.findall(asked(contract, o, sent)) for o in contract.examples}
        assert not {o: found for o, found in foreign.items() if found}


@pytest.mark.parametrize("edition", editions())
def test_who_sends_the_example_is_offered_the_example(edition: str) -> None:
    contract = load(edition)
    for name, example in contract.examples.items():
        offer = passing(
            seen(name, contract.operations[name].path.format(**example.get("path", {})),
                 example.get("body")), contract
        )  # fmt: skip
        if offer is None:  # a query that names an id: which is meant is nowhere said
            assert "[id]" in str(example["query"]), name
        else:
            assert offer[2] == example.get("body"), name


def test_ids_that_were_sent_stand_in_what_passes_and_without_them_nothing_is_offered() -> None:
    contract = load("2026-08")
    sent = {"data": [{"type": "workspaces", "id": "ws-theirs567890Abcd", "name": "a"}]}
    attach = "attach-policy-set-to-workspaces"
    path = "/api/v2/policy-sets/polset-theirs567890A/relationships/workspaces"
    offer = passing(seen(attach, path, sent), contract)
    assert offer == (
        f"POST {path}", {}, {"data": [{"type": "workspaces", "id": "ws-theirs567890Abcd"}]}
    )  # fmt: skip
    assert passing(seen(attach, path, {"data": []}), contract) is None

    lists, of = "list-team-access-to-workspaces", "filter[workspace][id]"
    path, sent = "/api/v2/team-workspaces", {of: "ws-theirs567890Abcd"}
    offer = passing(replace(seen(lists, path, None, "GET"), query=urlencode(sent)), contract)
    assert offer == (f"GET {path}", sent, None)
    assert passing(seen(lists, path, None, "GET"), contract) is None
