"""The scenario of teams' access to projects: one a team and project, a level or one of its own."""

from __future__ import annotations

from mockserver.judge.documents import Resource
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import Scenario
from mockserver.scenarios.runner.team_access import custom, entry_with, refused_again

DETAILS = ("project-access", "workspace-access")
"""What a level says itself: a request sets it with the level custom alone."""
GIVEN = {
    "project-access": {"settings": "update", "teams": "read"},
    "workspace-access": {"create": True, "runs": "plan"},
}
CHANGED = {"project-access": {"teams": "manage"}, "workspace-access": {"runs": "apply"}}


def steps(driver: Driver, record: Resource) -> None:
    refused_again(driver, record, "project", "{add-team-access-to-project}")
    custom(driver, "project", driver.need("teams"), GIVEN, CHANGED)


SCENARIO = Scenario(
    values=lambda name: {"access": ("read", "write"), **dict.fromkeys(DETAILS, ())},
    besides={"access": [f"/attributes/{name}" for name in DETAILS]},
    steps=steps,
    fixture_entry=entry_with(DETAILS),
)
