"""The scenario of policy sets. Source: policy-sets.html; go-tfe v0.3.19 policy_set_test.go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.judge.documents import Resource, linked
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.scenario import (
    Change,
    Known,
    Scenario,
    body,
    chosen,
    identifiers,
    titles,
)

PAGE = "policy-sets.html"
ADD = f"{PAGE}#add-policies-to-the-policy-set"
ATTACH = f"{PAGE}#attach-a-policy-set-to-workspaces"
GLOBAL = f"{PAGE}#attach-a-policy-set-to-workspaces (status: decision)"
POLICIES = "/relationships/policies/data"
WORKSPACES = "/relationships/workspaces/data"
SETS = "/relationships/policy-sets/data"


def document(driver: Driver, name: str, **about: Any) -> Any:
    attributes = {"name": name, "description": "Made by mockserver verify."}
    if about.get("plain"):
        return body("policy-sets", attributes)
    policies, workspaces = [driver.need("policies")], [driver.need("workspaces")]
    return body("policy-sets", attributes, policies=policies, workspaces=workspaces)


def changes(driver: Driver) -> Sequence[Change]:
    """One attribute at a time; turning global hides the workspaces, turning back shows them."""
    hides = ("/attributes/workspace-count", "/relationships/workspaces")
    return (
        Change({"description": "Changed."}),
        Change({}),
        Change({"name": driver.name("renamed")}),
        Change({"description": None}),
        Change({"global": True}, hides),
        Change({"global": False}, hides),
    )


def steps(driver: Driver, record: Resource) -> None:
    _members(driver, record)
    _nothing_half_done(driver, record)
    _attached(driver, record)
    _global(driver)


def _members_of(driver: Driver, record: Resource, relation: str) -> list[Resource]:
    """Identifiers of what is in a relation now, enough of them to compare."""
    return [{"id": id} for id in linked(driver.now(record), relation) or ()]


def _members(driver: Driver, record: Resource) -> None:
    """Both sides of the relation show what was added, and what was removed."""
    policy = driver.need("policies")
    old = _members_of(driver, record, "policies")
    added = driver.call("add-policies-to-policy-set", identifiers(policy), of=record)
    both = (record, {POLICIES: [*old, policy]}), (policy, {SETS: [record]})
    driver.effect(added, *both, why="policies were added", source=ADD)
    again = driver.call("add-policies-to-policy-set", identifiers(policy, policy), of=record)
    driver.effect(again, both[0], why="adding what is there has no effect", source="JSON:API 1.0")
    removed = driver.call("remove-policies-from-policy-set", identifiers(policy), of=record)
    both = (record, {POLICIES: old}), (policy, {SETS: []})
    driver.effect(
        removed,
        *both,
        why="policies were removed",
        source=f"{PAGE}#remove-policies-from-the-policy-set",
    )


def _nothing_half_done(driver: Driver, record: Resource) -> None:
    """With one unknown policy among several nothing is added."""
    policy = driver.need("policies")
    old = _members_of(driver, record, "policies")
    stranger = {"type": "policies", "id": "pol-0000000000000000"}
    why = "an unknown policy among several"
    answer = driver.refused(
        422,
        "add-policies-to-policy-set",
        identifiers(policy, stranger),
        of=record,
        why=why,
        source=ADD,
    )
    if not answer.ok:
        driver.effect(
            answer, (record, {POLICIES: old}), why="a refused addition adds nothing", source=ADD
        )


def _attached(driver: Driver, record: Resource) -> None:
    workspace = driver.need("workspaces")
    old = _members_of(driver, record, "workspaces")
    attached = driver.call("attach-policy-set-to-workspaces", identifiers(workspace), of=record)
    expected = (record, {WORKSPACES: [*old, workspace]})
    driver.effect(attached, expected, why="workspaces were attached", source=ATTACH)
    stranger = {"type": "workspaces", "id": "ws-0000000000000000"}
    driver.refused(
        422,
        "attach-policy-set-to-workspaces",
        identifiers(stranger),
        of=record,
        why="an unknown workspace",
        source=ATTACH,
    )
    detached = driver.call("detach-policy-set-from-workspaces", identifiers(workspace), of=record)
    source = f"{PAGE}#detach-the-policy-set-from-workspaces"
    driver.effect(
        detached, (record, {WORKSPACES: old}), why="workspaces were detached", source=source
    )


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
        _counted(driver, made.data)
    both = body("policy-sets", {**attributes, "name": driver.name("both")}, workspaces=[workspace])
    driver.refused(
        422, "create-policy-set", both, why="a global set with workspaces", source=GLOBAL
    )


def _counted(driver: Driver, record: Resource) -> None:
    """As many as the organization has; read between two looks, for others may make some too."""
    total = "/meta/pagination/total-count"
    for _ in range(3):
        before = driver.value(driver.call("list-workspaces").document, total)
        answer = driver.call("show-policy-set", of=record)
        if before == driver.value(driver.call("list-workspaces").document, total):
            break
    count = driver.value(answer.data, "/attributes/workspace-count")
    what = f"a global set counts {count!r} workspaces of {before!r}"
    source = f"{PAGE}#create-a-policy-set"
    place = "/data/attributes/workspace-count"
    driver.holds(count == before, answer, place, what, f"{before}", source)
    shown = driver.value(answer.data, "/relationships/workspaces")
    what = "a global set names workspaces"
    driver.holds(shown is None, answer, "/data/relationships/workspaces", what, "none", source)


def fixture_entry(resource: Resource, known: Known) -> Any:
    made = chosen(resource, "name", "description", "global", "created-at", "updated-at")
    return made | {
        relation: titles(resource, relation, relation, known)
        for relation in ("policies", "workspaces")
    }


SCENARIO = Scenario(
    document=document,
    unique={"name": "recorded answers of the real service"},
    changes=changes,
    steps=steps,
    fixture_entry=fixture_entry,
)
