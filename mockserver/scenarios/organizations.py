"""The scenario of organizations: one of verification's own. Source: organizations.html."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Change, Known, Scenario, body, chosen

PAGE = "organizations.html"


def document(driver: Driver, name: str, **about: Any) -> Any:
    return body("organizations", {"name": name, "email": "verify@example.com"})


def changes(driver: Driver) -> Sequence[Change]:
    """A new name is a new id."""
    return (
        Change({"email": "changed@example.com"}),
        Change({}),
        Change({"context-timeout": 1440, "context-remember": 2880}),
        Change(
            {"name": driver.name("renamed")},
            ("/id", "/links/self"),
        ),
    )


def steps(driver: Driver, record: Resource) -> None:
    answer = driver.call("show-entitlement-set", of=record)
    id = driver.value(answer.data, "/id")
    what = f"the entitlement set's id is {id!r}"
    source = f"{PAGE}#show-the-entitlement-set"
    driver.holds(id == record["id"], answer, "/data/id", what, f'"{record["id"]}"', source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Its name is its id."""
    names = ("name", "email", "created-at", "context-timeout", "context-remember")
    entry = chosen(resource, *names, "collaborator-auth-policy")
    return {"name": entry.pop("id")} | entry


SCENARIO = Scenario(
    document=document,
    unique={"name": "recorded answers of the real service"},
    changes=changes,
    steps=steps,
    rights=("can-create-workspace", "can-update-sentinel", "can-create-team"),
    fixture_entry=fixture_entry,
)
