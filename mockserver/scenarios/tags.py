"""Tags of workspaces: names that an organization groups them by, made where there is none.

They are played in an organization of verification's own, and go with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, attribute, linked_one, resources
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find, must_list
from mockserver.scenarios.runner.scenario import Known, Scenario, identifiers, shown_attributes

GIVE, NAMES = "add-workspaces-to-tag", "/attributes/tag-names"
EXIST = "decision: the page says that the tags must exist, and names no other refusal than 404"
ADD, REMOVE = "add-tags-to-workspace", "remove-tags-from-workspace"


def steps(driver: Driver, record: Resource) -> None:
    """Those of a workspace, or of an organization."""
    (_of_organization if record["type"] == "organizations" else _of_workspace)(driver, record)


def once(driver: Driver) -> None:
    """A tag is given to workspaces, in an organization that is there until all of it is refused too."""
    organization = driver.need("organizations", "tags")
    first, other = (driver.need("workspaces", of=organization) for _ in range(2))
    driver.call(ADD, _named(driver.name("tag")), of=first)
    listed = driver.call("list-tags", of=organization)
    for _, tag in resources(listed.document):
        _given(driver, tag, first, other)


def _of_organization(driver: Driver, record: Resource) -> None:
    """The tags of all its workspaces are listed, and what is deleted is on none of them."""
    names = [driver.name("tag") for _ in range(3)]
    first, other = (driver.need("workspaces", of=record) for _ in range(2))
    driver.call(ADD, _named(*names), of=first)
    driver.call(ADD, _named(names[0]), of=other)
    listed = driver.call("list-tags", of=record)
    tags = {_title(tag): tag for _, tag in resources(listed.document)}
    what = f"the organization has the tags {brief(sorted(tags))}"
    good = {*tags} == {*names}
    if not driver.holds(good, listed, "/data", what, brief(sorted(names)), "{list-tags}"):
        return
    one, two, three = (tags[name] for name in names)
    must_find(driver, "list-tags", record, {"q": names[0]}, there=[one], not_there=[two])
    query = {"filter[exclude][taggable][id]": other["id"]}
    must_find(driver, "list-tags", record, query, there=[two], not_there=[one])
    gone = driver.call("delete-tags", identifiers(one, two), of=record)
    read = driver.call("list-tags", of=record)
    why, source = "two tags were deleted", "{delete-tags}"
    if not must_list(driver, gone, [read], names[2:], _title, why=why, source=source):
        return
    left: Mapping[str, Any] = {NAMES: names[2:]}
    must_show(driver, gone, (first, left), (other, {NAMES: []}), why=why, source=source)
    why, again = "a tag that was deleted, beside another", identifiers(three, one)
    refused = driver.refused(404, "delete-tags", again, of=record, why=why, source=EXIST)
    if not refused.ok and not list(resources(driver.call("list-tags", of=record).document)):
        what = "one of several tags is deleted, though another is not there"
        driver.context.blame_write(refused, what, "all or none", EXIST)


def _given(driver: Driver, tag: Resource, *workspaces: Resource) -> None:
    """A tag is given to several workspaces, one of which has it; to a stranger it is not."""
    write = driver.call(GIVE, identifiers(*workspaces), of=tag)
    for workspace in workspaces if write.ok else ():
        read = driver.call("list-workspace-tags", of=workspace)
        if tag["id"] not in [one["id"] for _, one in resources(read.document)]:
            what = "a workspace does not have the tag that it was given"
            driver.context.blame_write(write, what, "the tag", f"{{{GIVE}}}")
    nothing = {"type": "workspaces", "id": driver.name("nothing")}
    decided = f"{{{GIVE}}} (status: decision)"
    for unknown, why in (
        (nothing, "the id of a workspace that there is not"),
        (driver.foreign("workspaces"), "a workspace of another organization"),
    ):
        driver.refused(422, GIVE, identifiers(unknown), of=tag, why=why, source=decided)


def _of_workspace(driver: Driver, record: Resource) -> None:
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
        shown = (record, {NAMES: sorted(now)})
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


SCENARIO = Scenario(once=once, steps=steps, fixture_entry=fixture_entry)
