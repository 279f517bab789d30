"""The scenario of teams and their members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource, attribute, linked, linked_one
from mockserver.scenarios.runner import lists
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find
from mockserver.scenarios.runner.plan import CannotContinue
from mockserver.scenarios.runner.scenario import (
    Callers,
    Known,
    Scenario,
    account_name,
    body,
    settings,
    shown_attributes,
)

OWNERS = "{the-owners-team} (status: decision)"


def steps(driver: Driver, record: Resource) -> None:
    _members(driver, record)
    named = {"filter[names]": str(attribute(record, "name"))}
    must_find(driver, "list-teams", record, named, there=[record], not_there=[driver.need("teams")])
    _owners(driver)


def _members(driver: Driver, record: Resource) -> None:
    """Members are named by username; the linkage names their ids."""
    user = driver.call("get-your-account-details").data
    name = attribute(user, "username")
    if not isinstance(name, str):
        return
    named = {"data": [{"type": "users", "id": name}]}
    users = "/relationships/users/data"
    added = driver.call("add-user-to-team", named, of=record)
    source = "{add-user-to-team}"
    must_show(driver, added, (record, {users: [user]}), why="a member was added", source=source)
    lists.inclusion(driver, driver.context.plan("teams"), record)
    stranger = {"data": [{"type": "users", "id": driver.name("nobody")}]}
    why = "a username that nobody has"
    adding = driver.context.edition.operation("add-user-to-team")
    status = 400 if adding.says(400) else 422
    driver.refused(status, adding.id, stranger, of=record, why=why, source=source)
    removed = driver.call("delete-user-from-team", named, of=record)
    source = "{delete-user-from-team}"
    must_show(driver, removed, (record, {users: []}), why="a member was removed", source=source)


def _owners(driver: Driver) -> None:
    """`owners` of an organization of verification's own can be neither deleted nor renamed."""
    organization = driver.need("organizations")
    teams = driver.call("list-teams", of=organization).data
    for team in teams if isinstance(teams, list) else []:
        if attribute(team, "name") == "owners" and isinstance(team.get("id"), str):
            why = "the team owners and its end"
            driver.refused(422, "delete-team", of=team, why=why, source=OWNERS)
            other = body("teams", {"name": driver.name("usurper")})
            driver.refused(422, "update-team", other, of=team, why="owners renamed", source=OWNERS)


def callers(driver: Driver) -> Callers:
    """The tokens of two teams, of which one has all rights that a team can have."""
    access = driver.context.edition.types["teams"].attributes["organization-access"].schema
    rights = dict.fromkeys(access["properties"], True)
    able = body("teams", {"name": driver.name("able"), "organization-access": rights})
    teams = driver.need("teams", "unable"), driver.call("create-team", able).data
    made = [driver.call("generate-new-team-token", of=team).data for team in teams]
    unable, token = (driver.value(one, "/attributes/token") for one in made)
    if not isinstance(unable, str) or not isinstance(token, str):
        raise CannotContinue("the tokens of teams are not shown")
    return Callers(able=token, unable=unable)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Members by name, also those who are invited; every organization has `owners` already."""
    made = shown_attributes(resource, "name")
    if made.get("name") != "owners":
        made |= shown_attributes(resource, *settings(resource, "name"))
    ids = linked(resource, "users") or ()
    invited = (
        linked_one(membership, "user") or ""
        for id in linked(resource, "organization-memberships") or ()
        if (membership := known("organization-memberships", id))
    )
    users = (known("users", id) for id in dict.fromkeys((*ids, *invited)))
    names = (account_name(user, known) for user in users if user)
    return made | {"members": [name for name in names if name]}


def values(name: str) -> Mapping[str, Sequence[Any]]:
    """One right at a time: of projects none is given without that of workspaces."""
    rights = ("manage-policies", "manage-vcs-settings", "manage-workspaces")
    return {"organization-access": tuple({right: True} for right in rights)}


SCENARIO = Scenario(
    values=values,
    unique={"name": "{create-team}: unique in the organization"},
    steps=steps,
    callers=callers,
    fixture_entry=fixture_entry,
)
