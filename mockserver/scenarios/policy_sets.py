"""The scenario of policy sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.judge.documents import Resource, linked
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find
from mockserver.scenarios.runner.scenario import (
    Change,
    Known,
    Scenario,
    body,
    identifiers,
    settings,
    shown_attributes,
    titles,
)

PRIVATE = "{manage-policies}"
ADD = "{add-policies-to-policy-set}"
ATTACH = "{attach-policy-set-to-workspaces}"
GLOBAL = "{attach-policy-set-to-workspaces} (status: decision)"
POLICIES = "/relationships/policies/data"
WORKSPACES = "/relationships/workspaces/data"
SELECT, UNSELECT = "add-tag-selectors-to-policy-set", "remove-tag-selectors-from-policy-set"


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {"global": (), "kind": (), "overridable": (), "tag-selectors": ()}


def changes(driver: Driver) -> Sequence[Change]:
    """Turning global hides the workspaces and projects, turning back shows them."""
    hides = (
        "/attributes/workspace-count",
        "/relationships/workspaces",
        "/attributes/project-count",
        "/relationships/projects",
    )
    return Change({"global": True}, hides), Change({"global": False}, hides)


def steps(driver: Driver, record: Resource) -> None:
    _global(driver)
    _hidden(driver)
    if driver.has(SELECT):
        _by_tags(driver)
        _of_kinds(driver)


def _hidden(driver: Driver) -> None:
    """What a set is attached to is hidden while it is global, and not lost."""
    workspace = driver.need("workspaces")
    attributes = {"name": driver.name("hidden")}
    made = driver.call("create-policy-set", body("policy-sets", attributes, workspaces=[workspace]))
    if not linked(made.data, "workspaces"):
        return  # which is told of the creation
    answer = made
    for on in (True, False):
        change = body("policy-sets", {"global": on})
        answer = driver.call("update-policy-set", change, of=made.data)
    why, source = "a set that is global no more", "decision: it shows its workspaces again"
    must_show(driver, answer, (made.data, {WORKSPACES: [workspace]}), why=why, source=source)


def _global(driver: Driver) -> None:
    """A global set counts every workspace, names none, and cannot be attached."""
    workspace = driver.need("workspaces")
    attributes = {"name": driver.name("global"), "global": True}
    made = driver.call("create-policy-set", body("policy-sets", attributes))
    if isinstance(made.data, dict) and isinstance(made.data.get("id"), str):
        for operation in ("attach-policy-set-to-workspaces", "detach-policy-set-from-workspaces"):
            why = "a global set and a workspace"
            driver.refused(
                422, operation, identifiers(workspace), of=made.data, why=why, source=GLOBAL
            )
        if _counts_all(driver, made.data, "there are"):
            more = driver.need("workspaces")
            if _counts_all(driver, made.data, "there are after one was made"):
                driver.removed(more)
                _counts_all(driver, made.data, "there are after one was deleted")
    both = body("policy-sets", {**attributes, "name": driver.name("both")}, workspaces=[workspace])
    driver.refused(
        422, "create-policy-set", both, why="a global set with workspaces", source=GLOBAL
    )


def _counts_all(driver: Driver, record: Resource, when: str) -> bool:
    """Whether it counts as many as the organization has, and names none.

    Read between two looks, for others may make some too.
    """
    total = "/meta/pagination/total-count"
    for _ in range(3):
        before = driver.value(driver.call("list-workspaces").document, total)
        answer = driver.call("show-policy-set", of=record)
        if before == driver.value(driver.call("list-workspaces").document, total):
            break
    place, source = "/data/attributes/workspace-count", "{create-policy-set}"
    count = driver.value(answer.data, "/attributes/workspace-count")
    if not isinstance(before, int) or count is None:
        return False  # which is told where it is missing
    what = f"a global set counts {count} workspaces, and {before} {when}"
    good = driver.holds(count == before, answer, place, what, str(before), source)
    named = driver.value(answer.data, "/relationships/workspaces") is not None
    place, what = "/data/relationships/workspaces", "a global set names workspaces"
    return driver.holds(not named, answer, place, what, "none", source) and good


def _by_tags(driver: Driver) -> None:
    """A set applies by tags or to what it is attached to, not both; a global one excludes by tags."""
    red = {"tag-key": "color", "tag-value": "röt", "is-exclude": False}
    every = {"tag-key": "tier", "tag-value": None, "is-exclude": True}
    attributes = {"name": driver.name("tagged"), "tag-selectors": [red]}
    answer = driver.call("create-policy-set", body("policy-sets", attributes))
    if not (answer.ok and isinstance(made := answer.data, dict) and "id" in made):
        return  # which is told of the creation
    why = "a set was made that selects a tag"
    expected = {"/attributes/tag-selectors": [red], "/attributes/scoping-type": "tag"}
    if not must_show(driver, answer, (made, expected), why=why, source="{create-policy-set}"):
        return
    steps: tuple[tuple[str, list[Any], list[Any], str], ...] = (
        (SELECT, [red], [red], "selecting a tag that is selected has no effect"),
        (SELECT, [red, every], [red, every], "selecting what is selected has no effect"),
        (UNSELECT, [red], [every], "a tag was selected no more"),
        (UNSELECT, [red], [every], "removing a selector that is not there has no effect"),
        (SELECT, [red], [every, red], "a tag was selected again"),
    )
    for operation, sent, now, why in steps:
        write = driver.call(operation, {"data": sent}, of=made)
        expected = {"/attributes/tag-selectors": now, "/attributes/scoping-type": "tag"}
        source = f"{{{operation}}}"
        if not must_show(driver, write, (made, expected), why=why, source=source):
            return
    workspace = driver.need("workspaces")
    why, source = "a workspace of a set that applies by tags", f"{{{SELECT}}} (status: decision)"
    attach = "attach-policy-set-to-workspaces"
    driver.refused(422, attach, identifiers(workspace), of=made, why=why, source=source)
    write = driver.call(UNSELECT, {"data": [red, every]}, of=made)
    expected = {"/attributes/tag-selectors": [], "/attributes/scoping-type": "explicit"}
    why = "no tag is selected any more"
    must_show(driver, write, (made, expected), why=why, source=f"{{{UNSELECT}}}")
    driver.call(attach, identifiers(workspace), of=made)
    why = "tags of a set that is attached to a workspace"
    driver.refused(422, SELECT, {"data": [red]}, of=made, why=why, source=source)


def _of_kinds(driver: Driver) -> None:
    """What OPA checks can be overridden; what Sentinel checks only where agents do."""
    source, made_of = "{create-policy-set}", dict[str, Resource]()
    for attributes, shown in (
        ({"kind": "opa"}, False),
        ({"kind": "opa", "overridable": True}, True),
        ({"kind": "sentinel"}, None),
        ({"kind": "sentinel", "agent-enabled": True, "overridable": True}, True),
    ):
        sent = body("policy-sets", {"name": driver.name("kind"), **attributes})
        made = driver.call("create-policy-set", sent)
        if isinstance(made.data, dict) and "id" in made.data:
            expected = {"/attributes/kind": attributes["kind"], "/attributes/overridable": shown}
            why = f"a set of {', '.join(f'{n} {v}' for n, v in attributes.items())}".lower()
            must_show(driver, made, (made.data, expected), why=why, source=source)
            made_of[str(attributes["kind"])] = made.data
    if len(made_of) == 2:
        opa, sentinel = made_of["opa"], made_of["sentinel"]
        change = body("policy-sets", {"overridable": False})
        write = driver.call("update-policy-set", change, of=opa)
        why, source = "nothing can be overridden any more", "{update-policy-set}"
        must_show(driver, write, (opa, {"/attributes/overridable": False}), why=why, source=source)
        query = {"filter[kind]": "opa", "search[name]": driver.common}
        must_find(driver, "list-policy-sets", opa, query, there=[opa], not_there=[sentinel])


MEMBERS = {
    "policies": "policies",
    "workspaces": "workspaces",
    "projects": "projects",
    "workspace-exclusions": "workspaces",
    "project-exclusions": "projects",
}


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Its settings, and by name what it is attached to and what is left out."""
    shown = (*settings(resource), "tag-selectors", "created-at", "updated-at")
    made = shown_attributes(resource, *shown)
    there = {name: titles(resource, name, type, known) for name, type in MEMBERS.items()}
    old = ("policies", "workspaces")
    return made | {name: names for name, names in there.items() if names or name in old}


SCENARIO = Scenario(
    values=values,
    left_alone={
        "policy-tool-version": "it needs a version that the server has",
        "vcs-repo": "it needs a repository that the server can read",
    },
    unique={"name": "recorded answers of the real service"},
    changes=changes,
    besides={"agent-enabled": ("/attributes/overridable",)},
    steps=steps,
    private=PRIVATE,
    fixture_entry=fixture_entry,
)
