"""The scenario of memberships: who is invited stays invited, for nobody reads the e-mail."""

from __future__ import annotations

from typing import Any

from mockserver.judge.documents import Resource, linked_one, resources
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.plan import CannotContinue
from mockserver.scenarios.runner.scenario import (
    Known,
    Scenario,
    account_name,
    body,
    shown_attributes,
)

SOURCE = "{invite-user-to-organization}"


def steps(driver: Driver, record: Resource) -> None:
    """A member is in the organization once, and joins teams by membership."""
    team = driver.need("teams")
    organization = _organization(team)
    email = f"{driver.name('guest')}@example.com"
    sent = body("organization-memberships", {"email": email})
    guest = driver.call("invite-user-to-organization", sent, of=organization)
    why = "an address that is invited already"
    again = "invite-user-to-organization"
    driver.refused(422, again, sent, of=organization, why=why, source=SOURCE)
    _joins(driver, guest.data, team)


def _organization(team: Resource) -> Resource:
    id = linked_one(team, "organization")
    if id is None:
        raise CannotContinue("a team does not say of which organization it is")
    return {"type": "organizations", "id": id}


def _joins(driver: Driver, guest: Any, team: Resource) -> None:
    if not isinstance(guest, dict) or "id" not in guest:
        return
    named = {"data": [{"type": "organization-memberships", "id": guest["id"]}]}
    driver.call("add-organization-memberships-to-team", named, of=team)
    _apart(driver, guest, team)
    driver.call("delete-organization-memberships-from-team", named, of=team)
    driver.call("add-organization-memberships-to-team", named, of=team)  # its list is narrowed
    stranger = {"data": [{"type": "organization-memberships", "id": driver.name("nobody")}]}
    for operation in (
        "add-organization-memberships-to-team",
        "delete-organization-memberships-from-team",
    ):
        why = "a membership that the organization does not have"
        source = f"{{{operation}}}"
        driver.refused(400, operation, stranger, of=team, why=why, source=source)


def _apart(driver: Driver, guest: Resource, team: Resource) -> None:
    """A team lists the memberships that were added to it, and another team does not."""
    for one, there in ((driver.need("teams"), False), (team, True)):
        answer = driver.call("list-organization-memberships-of-team", of=one)
        listed = guest["id"] in [resource["id"] for _, resource in resources(answer.document)]
        what = "a member of another team is listed" if listed else "a member is not listed"
        wanted = "the members of the team, and no others"
        if answer.ok:
            source = f"{{{answer.operation}}}"
            driver.holds(listed == there, answer, "/data", what, wanted, source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """By the user, who must have been seen."""
    id = linked_one(resource, "user")
    user = known("users", id) if id else None
    name = account_name(user, known) if user else None
    if name is None:
        return None
    return shown_attributes(resource, "status", "created-at") | {"user": name}


SCENARIO = Scenario(
    once=lambda driver: driver.call("list-memberships-for-user"),
    values=lambda name: {"email": (f"{name}@example.com",)},
    unique={"email": f"{SOURCE}: once in the organization"},
    open=True,
    steps=steps,
    fixture_entry=fixture_entry,
    unreached={
        "remove-user-from-organization 403": "it would take who runs verification out",
        "delete-organization-memberships-from-team 403": "it would leave an organization unowned",
        "delete-user-from-team 403": "it would leave an organization unowned",
    },
)
