"""The scenario of organizations: one of verification's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource, is_resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.representations import in_list
from mockserver.scenarios.runner.scenario import Known, Scenario, body, shown_attributes

RECORDED = "recorded answers of the real service"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    """What would lock its members out, and what needs an agent pool, is left alone."""
    return {
        "email": ("verify@example.com", "changed@example.com"),
        "session-timeout": (1440, 2880),
        "session-remember": (2880, 1440),
        "collaborator-auth-policy": (),
        "owners-team-saml-role-id": (),
        "default-execution-mode": ("local", "remote"),
        "default-agent-pool-id": (),
        "user-tokens-enabled": (),
    }


def steps(driver: Driver, record: Resource) -> None:
    """What it is entitled to can be asked; the id of that is the server's own."""
    driver.call("show-entitlement-set", of=record)
    _renamed(driver)


def _renamed(driver: Driver) -> None:
    """What an organization owns is found under its new name."""
    organization = driver.need("organizations", "old")
    key = driver.need("ssh-keys", of=organization)
    name = body("organizations", {"name": driver.name("new")})
    changed = driver.call("update-organization", name, of=organization)
    if not changed.ok or not is_resource(changed.data):
        return
    driver.made.renamed(organization, changed.data)
    answer = driver.call("list-ssh-keys", of=changed.data)
    what, source = "what the organization owns is not listed under its new name", RECORDED
    driver.holds(bool(in_list(answer, key)), answer, "/data", what, "every record", source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Its name is its id."""
    names = ("name", "email", "created-at", "session-timeout", "session-remember")
    entry = shown_attributes(resource, *names, "collaborator-auth-policy")
    return {"name": entry.pop("id")} | entry


SCENARIO = Scenario(
    values=values,
    unique={"name": RECORDED},
    any_case=RECORDED,
    may_change=("/attributes/updated-at", "/relationships/entitlement-set/links/related"),
    steps=steps,
    rights=("can-create-workspace", "can-update-sentinel", "can-create-team"),
    fixture_entry=fixture_entry,
)
