"""The scenario of organizations: one of verification's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Known, Scenario, shown_attributes

RECORDED = "recorded answers of the real service"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    """What would lock its members out is left alone."""
    return {
        "email": ("verify@example.com", "changed@example.com"),
        "session-timeout": (1440, 2880),
        "session-remember": (2880, 1440),
        "collaborator-auth-policy": (),
        "owners-team-saml-role-id": (),
    }


def steps(driver: Driver, record: Resource) -> None:
    """What it is entitled to can be asked; the id of that is the server's own."""
    driver.call("show-entitlement-set", of=record)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Its name is its id."""
    names = ("name", "email", "created-at", "session-timeout", "session-remember")
    entry = shown_attributes(resource, *names, "collaborator-auth-policy")
    return {"name": entry.pop("id")} | entry


SCENARIO = Scenario(
    values=values,
    unique={"name": RECORDED},
    any_case=RECORDED,
    steps=steps,
    rights=("can-create-workspace", "can-update-sentinel", "can-create-team"),
    fixture_entry=fixture_entry,
)
