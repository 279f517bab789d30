"""Tags of workspaces: names that an organization groups them by, made where there is none.

Nothing here removes one: they are played in an organization of verification's own, and go with it.
"""

from __future__ import annotations

from typing import Any

from mockserver.judge.documents import Resource, attribute, linked_one
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find, must_list
from mockserver.scenarios.runner.scenario import Known, Scenario, shown_attributes

ADD, REMOVE = "add-tags-to-workspace", "remove-tags-from-workspace"


def steps(driver: Driver, record: Resource) -> None:
    """By name and by id; the workspace and the list of its tags agree, and a search finds it."""
    one, two = driver.name("tag"), driver.name("tag")
    names = {
        ADD: f"{{{ADD}}}",
        REMOVE: f"{{{REMOVE}}}",
    }
    steps: tuple[tuple[str, list[str], list[str], str], ...] = (
        (ADD, [one, two], [one, two], "tags were added"),
        (ADD, [one], [one, two], "adding a tag that is there has no effect"),
        (REMOVE, [two], [one], "a tag was removed"),
        (REMOVE, [two], [one], "removing a tag that is not there has no effect"),
    )
    for operation, sent, now, why in steps:
        write = driver.call(operation, _named(*sent), of=record)
        read = driver.call("list-workspace-tags", of=record)
        source = names[operation]
        if not must_list(driver, write, [read], now, _title, why=why, source=source):
            return
        shown = (record, {"/attributes/tag-names": sorted(now)})
        must_show(driver, write, shown, why=why, source=source)
    _found(driver, record, one)
    unknown: Any = {"data": [{"type": "tags", "id": driver.name("nothing")}]}
    why = "the id of a tag that there is not"
    driver.refused(422, ADD, unknown, of=record, why=why, source=f"{names[ADD]} (status: decision)")


def _found(driver: Driver, record: Resource, tag: str) -> None:
    """By a tag its workspaces are found, and no others."""
    other = driver.need(
        "workspaces", of={"type": "organizations", "id": linked_one(record, "organization")}
    )
    for parameter, there, out in (
        ("search[tags]", record, other),
        ("search[exclude-tags]", other, record),
    ):
        query = {parameter: tag, "search[name]": driver.common}
        must_find(driver, "list-workspaces", record, query, there=[there], not_there=[out])


def _named(*names: str) -> dict[str, Any]:
    return {"data": [{"type": "tags", "attributes": {"name": name}} for name in names]}


def _title(tag: Resource) -> str:
    return str(attribute(tag, "name"))


def fixture_entry(resource: Resource, known: Known) -> Any:
    """With the workspaces that have it, of those that were seen."""
    name = attribute(resource, "name")
    seen = (known("workspaces", id) for id in resource.get("holders", ()))
    names = [attribute(one, "name") for one in seen if one and name in attribute(one, "tag-names")]
    return shown_attributes(resource, "name", "created-at") | {"workspaces": names}


SCENARIO = Scenario(steps=steps, fixture_entry=fixture_entry)
