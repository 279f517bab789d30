"""The scenario of teams' access to projects: one a team and project, a level or one of its own."""

from __future__ import annotations

from typing import Any

from mockserver.judge.documents import Resource, attribute, is_resource, linked_one
from mockserver.judge.pointers import leaves
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.scenario import Known, Scenario, body, shown_attributes

DETAILS = ("project-access", "workspace-access")
"""What a level says itself: a request sets it with the level custom alone."""
SOURCE = "{add-team-access-to-project}"


def steps(driver: Driver, record: Resource) -> None:
    named = {"project": ("projects", "project"), "team": ("teams", "team")}
    where = {
        name: {"type": type, "id": linked_one(record, relation)}
        for name, (type, relation) in named.items()
    }
    again = body("team-projects", {"access": "write"}, **where)
    why = "a second access of a team to a project"
    driver.refused(422, "add-team-access-to-project", again, why=why, source=SOURCE)
    _custom(driver)


def _custom(driver: Driver) -> None:
    """With the level custom a request says in detail what the team may."""
    where = {"project": driver.need("projects"), "team": driver.need("teams")}
    attributes = {
        "access": "custom",
        "project-access": {"settings": "update", "teams": "read"},
        "workspace-access": {"create": True, "runs": "plan"},
    }
    sent = body("team-projects", attributes, **where)
    made = driver.call("add-team-access-to-project", sent)
    if not is_resource(made.data):
        return
    shown = dict(leaves(attributes, "/attributes"))
    must_show(driver, made, (made.data, shown), why="a custom level was given", source=SOURCE)
    more = {"project-access": {"teams": "manage"}, "workspace-access": {"runs": "apply"}}
    change = body("team-projects", {"access": "custom", **more})
    write = driver.call("update-team-access-to-project", change, of=made.data)
    shown |= dict(leaves(more, "/attributes"))
    why, source = "a custom level was changed", "{update-team-access-to-project}"
    must_show(driver, write, (made.data, shown), why=why, source=source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    """By the team's name, within the project; None where the team was never seen."""
    id = linked_one(resource, "team")
    team = known("teams", id) if id else None
    name = attribute(team, "name") if team else None
    details = DETAILS if attribute(resource, "access") == "custom" else ()
    return (name, shown_attributes(resource, "access", *details)) if name else None


SCENARIO = Scenario(
    values=lambda name: {"access": ("read", "write"), **dict.fromkeys(DETAILS, ())},
    besides={"access": [f"/attributes/{name}" for name in DETAILS]},
    steps=steps,
    fixture_entry=fixture_entry,
)
