"""The scenario of team access."""

from __future__ import annotations

from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, attribute, is_resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.scenario import Known, Scenario, body, shown_attributes

DETAILS = (
    "runs",
    "variables",
    "state-versions",
    "sentinel-mocks",
    "workspace-locking",
    "run-tasks",
    "policy-overrides",
)
"""What a level of 2026 says itself: a request sets it with the level custom alone."""


def steps(driver: Driver, record: Resource) -> None:
    """No second access of a team to a workspace; each level can be given."""
    workspace, team = (
        {"type": type, "id": driver.value(record, f"/relationships/{name}/data/id")}
        for type, name in (("workspaces", "workspace"), ("teams", "team"))
    )
    again = body("team-workspaces", {"access": "write"}, workspace=workspace, team=team)
    why = "a second access of a team to a workspace"
    source = "recorded answers of the real service"
    driver.refused(422, "add-team-access-to-workspace", again, why=why, source=source)
    for level in ("plan", "write", "admin"):
        wanted = {"workspace": driver.need("workspaces"), "team": team}
        made = driver.call(
            "add-team-access-to-workspace", body("team-workspaces", {"access": level}, **wanted)
        )
        shown = driver.value(made.data, "/attributes/access")
        what = f"access is {brief(shown)}"
        place = "/data/attributes/access"
        source = "{add-team-access-to-workspace}"
        driver.holds(shown == level, made, place, what, f'"{level}"', source)
    if "runs" in driver.context.plan("team-workspaces").known.attributes:
        _custom(driver, team)


def _custom(driver: Driver, team: Resource) -> None:
    """With the level custom a request says in detail what the team may."""
    attributes: dict[str, Any] = {
        "access": "custom", "runs": "apply", "variables": "write", "state-versions": "read",
        "sentinel-mocks": "read", "workspace-locking": True, "run-tasks": True,
        "policy-overrides": True,
    }  # fmt: skip
    where = {"workspace": driver.need("workspaces"), "team": team}
    sent = body("team-workspaces", attributes, **where)
    made = driver.call("add-team-access-to-workspace", sent)
    if not is_resource(made.data):
        return
    shown = {f"/attributes/{name}": value for name, value in attributes.items()}
    source = "{add-team-access-to-workspace}"
    must_show(driver, made, (made.data, shown), why="a custom level was given", source=source)
    less: dict[str, Any] = {
        **attributes, "runs": "plan", "variables": "none", "state-versions": "none",
        "sentinel-mocks": "none", "workspace-locking": False, "run-tasks": False,
        "policy-overrides": False,
    }  # fmt: skip
    write = driver.call(
        "update-team-access-to-workspace", body("team-workspaces", less), of=made.data
    )
    shown = {f"/attributes/{name}": value for name, value in less.items()}
    why, source = "a custom level was changed", "{update-team-access-to-workspace}"
    must_show(driver, write, (made.data, shown), why=why, source=source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """By the team's name, within the workspace; None where the team was never seen."""
    id = _of(resource, "team")
    team = known("teams", id) if id else None
    name = attribute(team, "name") if team else None
    details = DETAILS if attribute(resource, "access") == "custom" else ()
    return (name, shown_attributes(resource, "access", *details)) if name else None


def _of(resource: Resource, relation: str) -> str | None:
    relationships = resource.get("relationships")
    one = relationships.get(relation) if isinstance(relationships, dict) else None
    data = one.get("data") if isinstance(one, dict) else None
    return data.get("id") if isinstance(data, dict) else None


SCENARIO = Scenario(
    values=lambda name: dict.fromkeys(DETAILS, ()),
    besides={"access": [f"/attributes/{name}" for name in DETAILS]},
    steps=steps,
    fixture_entry=fixture_entry,
)
