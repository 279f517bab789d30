"""The life of policy sets. Source: policy-sets.html; go-tfe v0.3.19 policy_set_test.go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.world.lives import (
    Change,
    Known,
    Life,
    Play,
    Resource,
    body,
    chosen,
    counted,
    identifiers,
    linked,
    titles,
)

PAGE = "policy-sets.html"
ADD = f"{PAGE}#add-policies-to-the-policy-set"
ATTACH = f"{PAGE}#attach-a-policy-set-to-workspaces"
GLOBAL = f"{PAGE}#attach-a-policy-set-to-workspaces (status: decision)"
POLICIES = "/relationships/policies/data"
WORKSPACES = "/relationships/workspaces/data"
SETS = "/relationships/policy-sets/data"


def document(play: Play, name: str, **about: Any) -> Any:
    attributes = {"name": name, "description": "Made by mockserver verify."}
    if about.get("plain"):
        return body("policy-sets", attributes)
    policies, workspaces = [play.need("policies")], [play.need("workspaces")]
    return body("policy-sets", attributes, policies=policies, workspaces=workspaces)


def changes(play: Play) -> Sequence[Change]:
    """One attribute at a time; turning global hides the workspaces, turning back shows them."""
    hides = ("/attributes/workspace-count", "/relationships/workspaces")
    return (
        Change({"description": "Changed."}),
        Change({}),
        Change({"name": play.name("renamed")}),
        Change({"description": None}),
        Change({"global": True}, hides),
        Change({"global": False}, hides),
    )


def play(stage: Play, record: Resource) -> None:
    _members(stage, record)
    _nothing_half_done(stage, record)
    _attached(stage, record)
    _global(stage)


def _members_of(stage: Play, record: Resource, relation: str) -> list[Resource]:
    """Identifiers of what is in a relation now, enough of them to compare."""
    return [{"id": id} for id in linked(stage.now(record), relation) or ()]


def _members(stage: Play, record: Resource) -> None:
    """Both sides of the relation show what was added, and what was removed."""
    policy = stage.need("policies")
    old = _members_of(stage, record, "policies")
    added = stage.call("add-policies-to-policy-set", identifiers(policy), of=record)
    both = (record, {POLICIES: [*old, policy]}), (policy, {SETS: [record]})
    stage.effect(added, *both, why="policies were added", source=ADD)
    again = stage.call("add-policies-to-policy-set", identifiers(policy, policy), of=record)
    stage.effect(again, both[0], why="adding what is there has no effect", source="JSON:API 1.0")
    removed = stage.call("remove-policies-from-policy-set", identifiers(policy), of=record)
    both = (record, {POLICIES: old}), (policy, {SETS: []})
    stage.effect(
        removed,
        *both,
        why="policies were removed",
        source=f"{PAGE}#remove-policies-from-the-policy-set",
    )


def _nothing_half_done(stage: Play, record: Resource) -> None:
    """With one unknown policy among several nothing is added."""
    policy = stage.need("policies")
    old = _members_of(stage, record, "policies")
    stranger = {"type": "policies", "id": "pol-0000000000000000"}
    why = "an unknown policy among several"
    seen = stage.refused(
        422,
        "add-policies-to-policy-set",
        identifiers(policy, stranger),
        of=record,
        why=why,
        source=ADD,
    )
    if not seen.ok:
        stage.effect(
            seen, (record, {POLICIES: old}), why="a refused addition adds nothing", source=ADD
        )


def _attached(stage: Play, record: Resource) -> None:
    workspace = stage.need("workspaces")
    old = _members_of(stage, record, "workspaces")
    attached = stage.call("attach-policy-set-to-workspaces", identifiers(workspace), of=record)
    expected = (record, {WORKSPACES: [*old, workspace]})
    stage.effect(attached, expected, why="workspaces were attached", source=ATTACH)
    stranger = {"type": "workspaces", "id": "ws-0000000000000000"}
    stage.refused(
        422,
        "attach-policy-set-to-workspaces",
        identifiers(stranger),
        of=record,
        why="an unknown workspace",
        source=ATTACH,
    )
    detached = stage.call("detach-policy-set-from-workspaces", identifiers(workspace), of=record)
    source = f"{PAGE}#detach-the-policy-set-from-workspaces"
    stage.effect(
        detached, (record, {WORKSPACES: old}), why="workspaces were detached", source=source
    )


def _global(stage: Play) -> None:
    """A global set counts every workspace, names none, and cannot be attached."""
    workspace = stage.need("workspaces")
    attributes = {"name": stage.name("global"), "global": True}
    made = stage.call("create-policy-set", body("policy-sets", attributes))
    if isinstance(made.data, dict) and isinstance(made.data.get("id"), str):
        for operation in ("attach-policy-set-to-workspaces", "detach-policy-set-from-workspaces"):
            why = "a global set and a workspace"
            stage.refused(
                422, operation, identifiers(workspace), of=made.data, why=why, source=GLOBAL
            )
        _counted(stage, made.data)
    both = body("policy-sets", {**attributes, "name": stage.name("both")}, workspaces=[workspace])
    stage.refused(422, "create-policy-set", both, why="a global set with workspaces", source=GLOBAL)


def _counted(stage: Play, record: Resource) -> None:
    """As many as the organization has; read between two looks, for others may make some too."""
    total = "/meta/pagination/total-count"
    for _ in range(3):
        before = stage.value(stage.call("list-workspaces").document, total)
        seen = stage.call("show-policy-set", of=record)
        if before == stage.value(stage.call("list-workspaces").document, total):
            break
    count = stage.value(seen.data, "/attributes/workspace-count")
    what = f"a global set counts {count!r} workspaces of {before!r}"
    source = f"{PAGE}#create-a-policy-set"
    place = "/data/attributes/workspace-count"
    stage.holds(count == before, seen, place, what, f"{before}", source)
    shown = stage.value(seen.data, "/relationships/workspaces")
    what = "a global set names workspaces"
    stage.holds(shown is None, seen, "/data/relationships/workspaces", what, "none", source)


def entry(resource: Resource, known: Known) -> Any:
    made = chosen(resource, "name", "description", "global", "created-at", "updated-at")
    return made | {
        relation: titles(resource, relation, relation, known)
        for relation in ("policies", "workspaces")
    }


LIFE = Life(
    create="create-policy-set",
    shows=("show-policy-set",),
    list="list-policy-sets",
    updates=("update-policy-set",),
    removes=("delete-policy-set",),
    document=document,
    unique={"name": "recorded answers of the real service"},
    changes=changes,
    laws=(
        counted("policy-count", "policies", f"{PAGE}#create-a-policy-set"),
        counted("workspace-count", "workspaces", f"{PAGE}#create-a-policy-set"),
    ),
    play=play,
    entry=entry,
)
