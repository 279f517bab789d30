"""How long organizations and workspaces keep their data: said, shown, taken back."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.client import ORG, ROOT
from tests.resources.asking import FIRST, SECOND, as_, data, error

pytestmark = pytest.mark.tfe(edition="2026-08")
OLDERS = "data-retention-policy-delete-olders"
FOREVER = "data-retention-policy-dont-deletes"
HOLDERS = [ORG, f"{ROOT}/workspaces/{SECOND}"]


def below(holder: str) -> str:
    return f"{holder}/relationships/data-retention-policy"


def days(count: object) -> dict[str, Any]:
    return {"data": {"type": OLDERS, "attributes": {"delete-older-than-n-days": count}}}


def relation(tfe: mockserver.World, holder: str) -> Any:
    return data(tfe.client.get(holder))["relationships"]["data-retention-policy"]["data"]


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_policy_is_said_changed_and_taken_back(tfe: mockserver.World, holder: str) -> None:
    tfe.client.delete(below(holder))
    assert relation(tfe, holder) is None
    assert tfe.client.get(below(holder)).status_code == 404
    made = data(tfe.client.post(below(holder), json=days(33)))
    assert made["attributes"] == {"delete-older-than-n-days": 33}
    assert relation(tfe, holder) == {"type": OLDERS, "id": made["id"]}
    assert data(tfe.client.get(below(holder))) == made
    changed = data(tfe.client.patch(below(holder), json=days(1)))
    assert (changed["id"], changed["attributes"]["delete-older-than-n-days"]) == (made["id"], 1)
    kept = data(tfe.client.post(below(holder), json={"data": {"type": FOREVER}}))
    assert (kept["type"], kept["attributes"]) == (FOREVER, {})
    assert kept["id"] != made["id"]
    assert relation(tfe, holder) == {"type": FOREVER, "id": kept["id"]}
    assert tfe.client.delete(below(holder)).status_code == 204
    assert tfe.client.delete(below(holder)).status_code == 404


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("count", [0, -1, 1.5, "33", None, True, 2**31, [1]])
def test_what_is_no_number_of_days_changes_nothing(
    tfe: mockserver.World, holder: str, count: object
) -> None:
    before = tfe.state()
    refused = error(tfe.client.post(below(holder), json=days(count)))
    assert refused["source"]["pointer"] == "/data/attributes/delete-older-than-n-days"
    for sent in ({"type": OLDERS}, {"type": OLDERS, "attributes": None}, {"type": "policies"}):
        assert tfe.client.patch(below(holder), json={"data": sent}).status_code == 422
    assert tfe.state() == before


def test_a_workspace_has_none_of_its_own_though_its_organization_has(
    tfe: mockserver.World,
) -> None:
    assert relation(tfe, ORG) is not None
    assert relation(tfe, f"{ROOT}/workspaces/{SECOND}") is None


def test_who_may_not_change_the_holder_may_not_change_its_policy(tfe: mockserver.World) -> None:
    ann = as_(tfe, "ann")
    assert tfe.client.get(below(ORG), headers=ann).status_code == 200
    workspace = below(f"{ROOT}/workspaces/{FIRST}")
    for path in (below(ORG), workspace):
        for method in ("POST", "PATCH", "DELETE"):
            answer = tfe.client.open(path, method=method, json=days(5), headers=ann)
            assert answer.status_code == 404
    assert tfe.client.get(below(f"{ROOT}/workspaces/ws-nobody")).status_code == 404


def test_a_policy_is_in_the_state_and_goes_with_what_it_belongs_to(tfe: mockserver.World) -> None:
    for holder in HOLDERS:
        tfe.client.post(below(holder), json=days(7))
    state = tfe.state()
    with mockserver.universe(edition="2026-08", fixture=state) as other:
        assert other.state() == state
        assert relation(other, HOLDERS[1]) == relation(tfe, HOLDERS[1])
    tfe.client.delete(HOLDERS[1])
    assert tfe.client.get(below(HOLDERS[1])).status_code == 404
