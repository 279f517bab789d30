"""Feature sets of August 2026: the plans there are, and an organization put on another."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.client import ROOT, send

from .asking import ask

pytestmark = pytest.mark.tfe(edition="2026-08")
SETS = f"{ROOT}/admin/feature-sets"
SUBSCRIPTION = f"{ROOT}/admin/organizations/my-organization/subscription"


def onto(id: str, **attributes: Any) -> dict[str, Any]:
    related = {"feature-set": {"data": {"type": "feature-sets", "id": id}}}
    data = {"type": "subscription", "attributes": attributes, "relationships": related}
    return {"data": data}


def test_there_are_three_and_q_finds_them_by_name(tfe: mockserver.World) -> None:
    names = [one["attributes"]["name"] for one in ask(tfe, "GET", SETS).data()]
    assert names == ["Business", "Standard (entitlement)", "Free"]
    found = send(
        tfe.client, "GET", SETS, query={"q": "FREE"},
        headers={"Authorization": f"Bearer {tfe.token}"},
    ).data()  # fmt: skip
    assert [one["id"] for one in found] == ["fs-free"]


def test_an_organization_shows_the_plan_that_it_was_put_on(tfe: mockserver.World) -> None:
    body = onto("fs-standard", **{"end-at": "2027-08-01T02:00:00+02:00", "runs-ceiling": 5})
    made = ask(tfe, "POST", SUBSCRIPTION, body).data()
    assert made["attributes"] == {"is-active": True, "end-at": "2027-08-01T00:00:00.000Z"}
    shown = ask(tfe, "GET", f"{ROOT}/organizations/my-organization").attributes()
    assert shown["plan-identifier"] == "standard"
    assert shown["plan-expires-at"] == "2027-08-01T00:00:00.000Z"
    state = tfe.state()
    with mockserver.universe(fixture=state, edition="2026-08") as again:
        assert again.state() == state


def test_what_is_no_feature_set_or_no_moment_changes_nothing(tfe: mockserver.World) -> None:
    before = tfe.state()
    refused = ask(tfe, "POST", SUBSCRIPTION, onto("fs-none"))
    assert (refused.status, refused.errors[0]["detail"]) == (422, "Feature set does not exist")
    refused = ask(tfe, "POST", SUBSCRIPTION, onto("fs-free", **{"end-at": "2027-02-30T00:00:00Z"}))
    assert (refused.status, refused.pointers) == (422, ["/data/attributes/end-at"])
    assert tfe.state() == before


def test_who_does_not_administer_the_installation_sees_and_changes_nothing(
    tfe: mockserver.World,
) -> None:
    for who in ("ann", "org"):
        ask(tfe, "GET", SETS, who=who).ok(404)
        ask(tfe, "POST", SUBSCRIPTION, onto("fs-free"), who=who).ok(404)


def test_2019_has_none() -> None:
    with mockserver.universe() as tfe:
        ask(tfe, "GET", SETS).ok(404)
