"""Tag bindings: keys with values on a project or a workspace, which has those of its project too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, attribute, is_resource, linked_one, resources
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.listings import must_find, must_list
from mockserver.scenarios.runner.scenario import Scenario, body

MANY = 20
"""More bindings than one record may have."""
BOUND = "{tag-bindings}"
PROJECTS = "of the project"
Values = Mapping[str, str | None]


def _bindings(values: Values) -> list[dict[str, Any]]:
    """Bindings as a body names them."""
    return [
        {"type": "tag-bindings", "attributes": {"key": key, "value": value}}
        for key, value in values.items()
    ]


def steps(driver: Driver, record: Resource) -> None:
    """Bindings of a record; those of a project are its workspaces' too."""
    if _added(driver, record) and record["type"] == "projects":
        project = driver.need("projects")
        inside = body("workspaces", {"name": driver.name("inside")}, project=project)
        made = driver.call("create-workspace", inside).data
        if is_resource(made):
            _inherited(driver, project, made)


def _added(driver: Driver, record: Resource) -> bool:
    """Added, changed, kept. Gives whether the bindings hold."""
    add, lists = _operations(record)
    source = f"{{{add}}}"
    steps: tuple[tuple[Values, Values, str], ...] = (
        (
            {"team": "wörk 漢 🚀", "tier": None},
            {"team": "wörk 漢 🚀", "tier": ""},
            "tags were added",
        ),
        ({"team": "other"}, {"team": "other", "tier": ""}, "a key was given another value"),
        ({}, {"team": "other", "tier": ""}, "adding nothing has no effect"),
    )
    for sent, now, why in steps:
        write = driver.call(add, {"data": _bindings(sent)}, of=record)
        reads = [driver.call(read, of=record) for read in lists]
        if not must_list(driver, write, reads, _words(now), _word, why=why, source=source):
            return False
    keys = [f"key-{number}" for number in range(MANY)]
    many = {"data": _bindings(dict.fromkeys(keys, "one"))}
    why = f"{MANY} tag bindings at once"
    driver.refused(422, add, many, of=record, why=why, source=BOUND)
    named = {"tag-bindings": {"data": _bindings({"only": "one"})}}
    replaced = {"data": {"type": record["type"], "attributes": {}, "relationships": named}}
    write = driver.call(driver.context.plan(record["type"]).actions.updates[0], replaced, of=record)
    reads = [driver.call(read, of=record) for read in lists]
    why = "the tags that a PATCH names replace those there were"
    return must_list(driver, write, reads, ["only=one"], _word, why=why, source=BOUND)


def _inherited(driver: Driver, project: Resource, workspace: Resource) -> None:
    """A workspace has the tags of its project, each named as that one's, and its own before them."""
    for record, values in (
        (project, {"team": PROJECTS, "cost": PROJECTS}),
        (workspace, {"team": "its own"}),
    ):
        driver.call(_operations(record)[0], {"data": _bindings(values)}, of=record)
    read = driver.call("list-workspace-effective-tag-bindings", of=workspace)
    source = "{list-workspace-effective-tag-bindings}"
    listed = [one for _, one in resources(read.document)]
    found = sorted(_word(one) for one in listed)
    wanted = sorted([f"cost={PROJECTS}", "team=its own"])
    what = f"a workspace with a tag of its own has {brief(found)}"
    if not read.ok or not driver.holds(found == wanted, read, "/data", what, brief(wanted), source):
        return
    tagged = {"filter[tagged][0][key]": "cost", "filter[tagged][0][value]": PROJECTS}
    other, query = driver.need("workspaces"), {**tagged, "search[name]": driver.common}
    must_find(driver, "list-workspaces", workspace, query, there=[workspace], not_there=[other])
    for record in (workspace, project):
        _of_another_value(driver, record)
    for number, one in enumerate(listed):
        named = linked_one(one, "inherited-from")
        right = project["id"] if attribute(one, "value") == PROJECTS else None
        place = f"/data/{number}/relationships/inherited-from/data"
        what = f"the tag {attribute(one, 'key')} is inherited from {named or 'nothing'}"
        expected = brief(right) if right else "null: it is the workspace's own"
        driver.holds(named == right, read, place, what, expected, source)


def _of_another_value(driver: Driver, record: Resource) -> None:
    """Each of the tags that may be asked for counts, with its value; of a union one is enough."""
    listing = driver.context.plan(record["type"]).actions.list or ""
    for number in range(5):
        tagged = f"filter[tagged][{number}]"
        asked = {f"{tagged}[key]": "cost", f"{tagged}[value]": driver.name("nothing")}
        must_find(driver, listing, record, asked, there=[], not_there=[record])
    key, other = "filter[tagged][0][key]", "filter[tagged][1][key]"
    union = {key: "cost", other: driver.name("nothing"), "filter[tag-union]": "true"}
    must_find(driver, listing, record, union, there=[record])
    bare = {key: "cost", "filter[tag-value-default-null]": "true"}
    must_find(driver, listing, record, bare, there=[], not_there=[record])


def _operations(record: Resource) -> tuple[str, list[str]]:
    """The operation that adds bindings to a record, and those that list them."""
    what = str(record["type"]).removesuffix("s")
    lists = [f"list-{what}-tag-bindings", f"list-{what}-effective-tag-bindings"]
    return f"add-or-update-tag-bindings-on-{what}", lists


def _words(values: Values) -> list[str]:
    return [f"{key}={value or ''}" for key, value in values.items()]


def _word(binding: Resource) -> str:
    return f"{attribute(binding, 'key')}={attribute(binding, 'value') or ''}"


SCENARIO = Scenario(steps=steps)
