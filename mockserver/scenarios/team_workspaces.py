"""The scenario of team access."""

from __future__ import annotations

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, linked_one
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Scenario, body
from mockserver.scenarios.runner.team_access import custom, entry_with, refused_again

GIVEN = {
    "runs": "apply",
    "variables": "write",
    "state-versions": "read",
    "sentinel-mocks": "read",
    "workspace-locking": True,
    "run-tasks": True,
    "policy-overrides": True,
}
CHANGED = {
    "runs": "plan",
    "variables": "none",
    "state-versions": "none",
    "sentinel-mocks": "none",
    "workspace-locking": False,
    "run-tasks": False,
    "policy-overrides": False,
}
DETAILS = (*GIVEN,)
"""What a level of 2026 says itself: a request sets it with the level custom alone."""


def steps(driver: Driver, record: Resource) -> None:
    """No second access of a team to a workspace; each level can be given."""
    refused_again(driver, record, "workspace", "recorded answers of the real service")
    team: Resource = {"type": "teams", "id": linked_one(record, "team")}
    add = "add-team-access-to-workspace"
    for level in ("plan", "write", "admin"):
        wanted = {"workspace": driver.need("workspaces"), "team": team}
        made = driver.call(add, body("team-workspaces", {"access": level}, **wanted))
        shown = driver.value(made.data, "/attributes/access")
        what = f"access is {brief(shown)}"
        place = "/data/attributes/access"
        driver.holds(shown == level, made, place, what, f'"{level}"', f"{{{add}}}")
    if "runs" in driver.context.plan("team-workspaces").known.attributes:
        custom(driver, "workspace", team, GIVEN, CHANGED)


SCENARIO = Scenario(
    values=lambda name: dict.fromkeys(DETAILS, ()),
    besides={"access": [f"/attributes/{name}" for name in DETAILS]},
    steps=steps,
    fixture_entry=entry_with(DETAILS),
)
