"""The scenario of agent pools: for whom they are, and what keeps one from being deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.judge.documents import Resource, attribute, linked_one
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find
from mockserver.scenarios.runner.scenario import (
    Known,
    Scenario,
    body,
    names_of,
    shown_attributes,
    titles,
)

UPDATE, DELETE = "{update-agent-pool}", "{delete-agent-pool}"
SCOPES = ("allowed-workspaces", "excluded-workspaces")


def steps(driver: Driver, record: Resource) -> None:
    """What a PATCH names replaces what was named; one in use stays."""
    one, two = driver.need("workspaces"), driver.need("workspaces")
    kept = [_replaced(driver, record, name, [one, two]) for name in SCOPES]
    if all(kept):
        _found(driver, one, two)  # else it follows from that
    _in_use(driver, record, one)


def _replaced(driver: Driver, record: Resource, name: str, both: Sequence[Resource]) -> bool:
    """Gives whether a scope is what was last named."""
    for members in (both, both[1:], []):
        sent = body("agent-pools", {}, **{name.replace("-", "_"): members})
        write = driver.call("update-agent-pool", sent, of=record)
        shown = (record, {f"/relationships/{name}/data": members})
        if not must_show(driver, write, shown, why=f"{name} were replaced", source=UPDATE):
            return False
    return True


def _found(driver: Driver, one: Resource, two: Resource) -> None:
    """The pools that a workspace may use are found by its name."""
    scoped = driver.make(driver.context.plan("agent-pools"), driver.name("scoped"))[0]
    sent = body("agent-pools", {"organization-scoped": False}, allowed_workspaces=[one])
    driver.call("update-agent-pool", sent, of=scoped)
    for workspace, there in ((one, True), (two, False)):
        name = driver.context.plan("workspaces").name_of(workspace)
        fits, others = ([scoped], []) if there else ([], [scoped])
        for word in ("allowed_workspaces", "allowed-workspaces"):
            query = {f"filter[{word}][name]": name, "q": driver.common}
            must_find(driver, "list-agent-pools", scoped, query, there=fits, not_there=others)
    query = {"filter[allowed_projects][name]": driver.name("nothing"), "q": driver.common}
    must_find(driver, "list-agent-pools", scoped, query, there=[], not_there=[scoped])


def _in_use(driver: Driver, record: Resource, workspace: Resource) -> None:
    """A workspace whose runs agents execute names the pool, which cannot be deleted then."""
    agents = body("workspaces", {"execution-mode": "agent", "agent-pool-id": record["id"]})
    write = driver.call("update-workspace", agents, of=workspace)
    pool = {"/relationships/agent-pool/data/id": record["id"]}
    why, source = "agents execute its runs", "{execution-modes}"
    if not must_show(driver, write, (workspace, pool), why=why, source=source):
        return
    shown = driver.call("show-agent-pool", of=record)
    must_show(
        driver, shown, (record, {"/relationships/workspaces/data": [workspace]}), why=why,
        source=driver.context.edition.operation("show-agent-pool").source,
    )  # fmt: skip
    why = "a pool that a workspace names"
    driver.refused(
        422, "delete-agent-pool", of=record, why=why, source=f"{DELETE} (status: decision)"
    )
    remote = body("workspaces", {"execution-mode": "remote"})
    write = driver.call("update-workspace", remote, of=workspace)
    none = {"/relationships/agent-pool/data": None}
    why = "agents do not execute its runs any more"
    must_show(driver, write, (workspace, none), why=why, source=source)


MEMBERS = {
    "workspaces": "workspaces",
    "allowed-workspaces": "workspaces",
    "allowed-projects": "projects",
    "excluded-workspaces": "workspaces",
}


def _is_own(project: Resource | None) -> bool:
    """Whether a project has a pool of its own, and not its organization's."""
    own = attribute(project, "setting-overwrites") if project else None
    return isinstance(own, dict) and bool(own.get("default-agent-pool"))


def fixture_entry(resource: Resource, known: Known) -> Any:
    """For whom it is, and who names it."""
    made = shown_attributes(resource, "name", "organization-scoped", "created-at")
    there = {name: titles(resource, name, type, known) for name, type in MEMBERS.items()}
    naming = resource.get("named-by", {}).get("default-agent-pool", ())
    own = [id for type, id in naming if type == "projects" and _is_own(known(type, id))]
    there["projects"] = names_of(own, "projects", known)
    organization = known("organizations", linked_one(resource, "organization") or "")
    if organization and linked_one(organization, "default-agent-pool") == resource["id"]:
        made["default"] = True
    return made | {name: names for name, names in there.items() if names}


SCENARIO = Scenario(
    unique={"name": "decision: a name is one pool's, as of records elsewhere"},
    open=True,
    steps=steps,
    fixture_entry=fixture_entry,
)
