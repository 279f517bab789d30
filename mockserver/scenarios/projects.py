"""The scenario of projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource, is_resource, linked_one
from mockserver.scenarios.runner import relations
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find
from mockserver.scenarios.runner.scenario import (
    Expected,
    Known,
    Scenario,
    bindings,
    body,
    identifiers,
    settings,
    shown_attributes,
)

MOVE = "move-workspaces-into-project"
KEPT = "{delete-project} (status: decision)"
HOME = "/relationships/project/data/id"
DEFAULT_NAME = "default project"
"""Folded: what the default project of an organization is named at first."""


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {
        "auto-destroy-activity-duration": ("14d", "2h"),
        "default-agent-pool-id": (),
        "default-execution-mode": ("local", "remote"),
        "setting-overwrites": (),
    }


def steps(driver: Driver, record: Resource) -> None:
    project = driver.need("projects")
    one, two = driver.need("workspaces"), driver.need("workspaces")
    home = linked_one(one, "project")
    if _moved(driver, project, one, two) and home:
        _kept(driver, project, {"type": "projects", "id": home}, [one, two])
    _with_agents(driver)
    driver.aside("tag-bindings", driver.need("projects"))


def _with_agents(driver: Driver) -> None:
    """A project's mode and pool are its workspaces' that have none of their own, and back again."""
    project, pool = driver.need("projects"), driver.need("agent-pools")
    inside = body("workspaces", {"name": driver.name("inside")}, project=project)
    workspace = driver.call("create-workspace", inside).data
    if not is_resource(workspace):
        return
    both = {"default-execution-mode": "agent", "default-agent-pool-id": pool["id"]}
    write = driver.call("update-project", body("projects", both), of=project)
    mine = {
        "/attributes/default-execution-mode": "agent",
        "/relationships/default-agent-pool/data/id": pool["id"],
    }
    its = {
        "/attributes/execution-mode": "agent",
        "/relationships/agent-pool/data/id": pool["id"],
    }
    why, source = "agents execute what is in the project", "{execution-modes}"
    if not must_show(driver, write, (project, mine), (workspace, its), why=why, source=source):
        return
    own = body("workspaces", {"execution-mode": "local"})
    write = driver.call("update-workspace", own, of=workspace)
    overwrites = {"execution-mode": True, "agent-pool": True}
    local = {"/attributes/execution-mode": "local", "/attributes/setting-overwrites": overwrites}
    why = "a workspace has a mode of its own"
    must_show(driver, write, (workspace, local), why=why, source=source)
    none = body("workspaces", {"setting-overwrites": dict.fromkeys(overwrites, False)})
    write = driver.call("update-workspace", none, of=workspace)
    why = "a workspace has its project's mode again"
    must_show(driver, write, (workspace, its), why=why, source=source)
    overwrites = {"default-execution-mode": False, "default-agent-pool": False}
    none = body("projects", {"setting-overwrites": overwrites})
    write = driver.call("update-project", none, of=project)
    shown = {"/relationships/default-agent-pool/data": None}
    why = "a project has its organization's mode again"
    must_show(driver, write, (project, shown), why=why, source=source)


def _moved(driver: Driver, record: Resource, one: Resource, two: Resource) -> bool:
    """Two workspaces at once are in the project then, which counts them; with a stranger none."""
    source = f"{{{MOVE}}}"
    moved = driver.call(MOVE, identifiers(one, two), of=record)
    expected: list[tuple[Resource, Expected]] = [(record, {"/attributes/workspace-count": 2})]
    expected += [(workspace, {HOME: record["id"]}) for workspace in (one, two)]
    why = "two workspaces were moved"
    if not must_show(driver, moved, *expected, why=why, source=source):
        return False
    outside = driver.need("workspaces")
    query = {"filter[project][id]": record["id"], "search[name]": driver.common}
    must_find(driver, "list-workspaces", one, query, there=[one, two], not_there=[outside])
    other, known = driver.need("projects"), driver.context.plan("workspaces")
    named = {"filter[names]": driver.context.plan("projects").name_of(record)}
    must_find(driver, "list-projects", record, named, there=[record], not_there=[other])
    for what, stranger in relations.strangers(driver, known, record["id"]):
        why = f"workspaces to move: {what} among several"
        answer = driver.refused(
            403, MOVE, identifiers(one, stranger), of=other, why=why, source=source
        )
        if not answer.ok:
            still = (one, {HOME: record["id"]})
            must_show(driver, answer, still, why="a refused move moves nothing", source=source)
    return True


def _kept(driver: Driver, record: Resource, home: Resource, workspaces: Sequence[Resource]) -> None:
    """Neither a project with workspaces nor the default one can be deleted."""
    for project, why in ((record, "a project with workspaces"), (home, "the default project")):
        driver.refused(422, "delete-project", of=project, why=why, source=KEPT)
    back = driver.call(MOVE, identifiers(*workspaces), of=home)
    expected: list[tuple[Resource, Expected]] = [(w, {HOME: home["id"]}) for w in workspaces]
    expected += [(record, {"/attributes/workspace-count": 0})]
    must_show(driver, back, *expected, why="both were moved back", source=f"{{{MOVE}}}")


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Its settings and tags; whether it is the default one its organization says, or its name where
    the organization was not read.
    """
    made = shown_attributes(resource, *settings(resource, "default-agent-pool-id"), "created-at")
    organization = known("organizations", linked_one(resource, "organization") or "")
    default = linked_one(organization, "default-project") if organization else None
    named = str(made.get("name")).casefold() == DEFAULT_NAME
    if default == resource["id"] or (default is None and named):
        made["default"] = True
    return made | bindings(resource)


SCENARIO = Scenario(
    values=values,
    unique={"name": "{create-project}: unique in the organization"},
    besides=dict.fromkeys(
        ("default-execution-mode", "default-agent-pool-id"), ("/attributes/setting-overwrites",)
    ),
    inherited=("/attributes/default-execution-mode",),
    steps=steps,
    fixture_entry=fixture_entry,
)
