"""The scenario of organizations: one of verification's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource, is_resource
from mockserver.scenarios.runner.data_retention import retained, retention
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.representations import in_list
from mockserver.scenarios.runner.scenario import Known, Scenario, body, settings, shown_attributes

RECORDED = "recorded answers of the real service"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {
        "email": ("verify@example.com", "changed@example.com"),
        "session-timeout": (1440, 2880),
        "session-remember": (2880, 1440),
        "default-execution-mode": ("local", "remote"),
        "default-agent-pool-id": (),
    }


def steps(driver: Driver, record: Resource) -> None:
    """What it is entitled to can be asked; the id of that is the server's own."""
    driver.call("show-entitlement-set", of=record)
    retained(driver, "organization", record)
    _renamed(driver)
    if driver.has("create-agent-pool"):
        _with_agents(driver)
    if driver.has("list-tags"):
        driver.aside("tags", record)


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


def _with_agents(driver: Driver) -> None:
    """Where agents of a pool execute runs unless a workspace says otherwise, it is named."""
    organization = driver.need("organizations")
    pool = driver.need("agent-pools", of=organization)
    attributes = {"default-execution-mode": "agent", "default-agent-pool-id": pool["id"]}
    changed = driver.call("update-organization", body("organizations", attributes), of=organization)
    shown = {
        "/attributes/default-execution-mode": "agent",
        "/relationships/default-agent-pool/data/id": pool["id"],
    }
    why, source = "agents execute by default", "{update-organization}"
    if must_show(driver, changed, (organization, shown), why=why, source=source):
        workspace = driver.need("workspaces", of=organization)
        mode = {"/attributes/execution-mode": "agent"}
        why = "its organization's mode is its own where it says none"
        must_show(driver, changed, (workspace, mode), why=why, source="{execution-modes}")


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Its name is its id."""
    names = settings(resource, "default-agent-pool-id")
    fixed = ("created-at", "external-id", "plan-identifier")
    entry = shown_attributes(resource, *names, *fixed)
    return {"name": entry.pop("id")} | entry | retention(resource, known)


SCENARIO = Scenario(
    values=values,
    left_alone={
        "collaborator-auth-policy": "it would lock out members without a second factor",
        "owners-team-saml-role-id": "it needs single sign-on",
        "user-tokens-enabled": "it would lock out who runs verification",
    },
    unique={"name": RECORDED},
    any_case=RECORDED,
    steps=steps,
    rights=("can-create-workspace", "can-update-sentinel", "can-create-team", "can-destroy"),
    fixture_entry=fixture_entry,
)
