"""The scenario of workspaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.contract.explain import brief
from mockserver.judge.documents import Resource, attribute, linked_one
from mockserver.scenarios.runner import relations
from mockserver.scenarios.runner.answer import JudgedAnswer
from mockserver.scenarios.runner.data_retention import retained, retention
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.effects import must_show
from mockserver.scenarios.runner.listings import must_find, must_list, same_id
from mockserver.scenarios.runner.scenario import (
    Change,
    Known,
    Scenario,
    bindings,
    body,
    identifiers,
    names_of,
    settings,
    shown_attributes,
)

KEY = "/relationships/ssh-key/data"
RECORDED = "recorded answers of the real service"


MODES = (
    "/attributes/execution-mode",
    "/attributes/operations",  # the old word for the modes remote and local
    "/attributes/setting-overwrites",
)


def values(name: str) -> Mapping[str, Sequence[Any]]:
    return {
        "agent-pool-id": (),
        "auto-destroy-activity-duration": ("14d", "2h"),
        "execution-mode": ("local", "remote"),
        "operations": (),
        "setting-overwrites": (),
        "terraform-version": (),
        "trigger-patterns": (),
        "trigger-prefixes": (["modules"], ["modules", "shared"]),
        "working-directory": ("network", "storage"),
    }


def changes(driver: Driver) -> Sequence[Change]:
    """Patterns take the place of prefixes, and the other way round."""
    known = driver.context.plan("workspaces").known.attributes
    sent = {"trigger-patterns": ["*.tf"], "file-triggers-enabled": True}  # else they are refused
    patterns = Change(sent, ("/attributes/trigger-prefixes",))
    return (patterns,) if "trigger-patterns" in known else ()


def before_changes(driver: Driver, record: Resource) -> None:
    """An SSH key and a lock."""
    mine = driver.need("ssh-keys")
    assign, source = "assign-ssh-key-to-workspace", "{assign-ssh-key-to-workspace}"
    given = driver.call(assign, body("workspaces", {"id": mine["id"]}), of=record)
    shown = {f"{KEY}/id": mine["id"]}
    must_show(driver, given, (record, shown), why="a key was assigned", source=source)
    driver.call("lock-workspace", {"reason": "verify"}, of=record)


def steps(driver: Driver, record: Resource) -> None:
    driver.sent("unlock-workspace", of=record)  # where a change has lost the lock, that is told
    _locked(driver, record)
    for name, value in (
        ("operations", False),
        ("operations", True),
        ("terraform-version", attribute(record, "terraform-version")),
    ):
        write = driver.call("update-workspace", body("workspaces", {name: value}), of=record)
        shown, source = {f"/attributes/{name}": value}, "{update-workspace}"
        must_show(driver, write, (record, shown), why=f"{name} was sent", source=source)
    retained(driver, "workspace", record)
    version = body("workspaces", {"terraform-version": "0.0.0-none"})
    why = "a version of Terraform that does not exist"
    driver.refused(
        422, "update-workspace", version, of=record, why=why, source=f"{RECORDED} (2019)"
    )
    source = "{assign-ssh-key-to-workspace} (status: decision)"
    keys = driver.context.plan("ssh-keys")
    for what, stranger in relations.strangers(driver, keys, record["id"]):
        key, why = body("workspaces", {"id": stranger["id"]}), f"an SSH key: {what}"
        driver.refused(422, "assign-ssh-key-to-workspace", key, of=record, why=why, source=source)
    source = "{assign-ssh-key-to-workspace}"
    taken = driver.call("assign-ssh-key-to-workspace", body("workspaces", {"id": None}), of=record)
    must_show(driver, taken, (record, {KEY: None}), why="the key was taken away", source=source)
    for operation, play in TODAY.items():
        if driver.has(operation):
            play(driver, record)


def _locked(driver: Driver, record: Resource) -> None:
    """A lock is held until it is let go; what is held or free already is a conflict."""
    free = {"/attributes/locked": False}, {"/attributes/locked": True}

    def is_now(answer: JudgedAnswer, held: bool, act: str) -> None:
        source = f"{{{act}-workspace}}"
        must_show(driver, answer, (record, free[held]), why=f"after {act}", source=source)

    for act in ("unlock", "force-unlock"):
        source = f"{{{act}-workspace}}"
        why = f"{act} of a workspace that is not locked"
        driver.refused(409, f"{act}-workspace", of=record, why=why, source=source)
        locked = driver.call("lock-workspace", {"reason": "verify"}, of=record)
        is_now(locked, True, "lock")
        _held_by_caller(driver, locked)
        why = "lock of a locked workspace"
        source = "{lock-workspace}"
        driver.refused(
            409, "lock-workspace", {"reason": "again"}, of=record, why=why, source=source
        )
        is_now(driver.call(f"{act}-workspace", of=record), False, act)


def _held_by_caller(driver: Driver, locked: JudgedAnswer) -> None:
    """A lock is held by who asked for it, named by id or, as the sample has it, by name."""
    account = driver.call("get-your-account-details").data
    holder = driver.value(locked.data, "/relationships/locked-by/data/id")
    names = (driver.value(account, "/id"), driver.value(account, "/attributes/username"))
    if isinstance(holder, str) and isinstance(account, dict):
        place, what = "/data/relationships/locked-by/data/id", f"locked-by is {brief(holder)}"
        source = "{lock-workspace}"
        driver.holds(holder in names, locked, place, what, brief(names[0]), source)


def _deleted_safely(driver: Driver, record: Resource) -> None:
    """A workspace that is locked stays; one that is free is gone, by id and by name."""
    for operation in ("safe-delete-workspace", "safe-delete-workspace-by-name"):
        source = f"{{{operation}}}"
        one = driver.need("workspaces")
        driver.call("lock-workspace", {"reason": "verify"}, of=one)
        why = "a locked workspace that shall be deleted safely"
        driver.refused(409, operation, of=one, why=why, source=source)
        driver.call("unlock-workspace", of=one)
        deleted = driver.call(operation, of=one)
        if deleted.ok:
            still = driver.peek("show-workspace", one).ok
            if still:
                what = "the workspace is still there after it was deleted safely"
                expected = "a workspace that is gone"
                driver.context.blame_write(deleted, what, expected, source)
            else:
                driver.made.gone(one)
                why = "a workspace that was deleted"
                driver.refused(404, operation, of=one, why=why, source=source)


def _consumers(driver: Driver, record: Resource) -> None:
    """Which workspaces may read the state of one where not everyone may."""
    owner = driver.need("workspaces")
    mine = body("workspaces", {"global-remote-state": False})
    driver.call("update-workspace", mine, of=owner)
    one, two = driver.need("workspaces"), driver.need("workspaces")
    add, replace, remove = (f"{act}-remote-state-consumers" for act in ("add", "replace", "remove"))
    steps: tuple[tuple[str, list[Resource], list[Resource], str], ...] = (
        (add, [one], [one], "a consumer was added"),
        (add, [one, two], [one, two], "adding one that is there has no effect"),
        (remove, [one], [two], "a consumer was removed"),
        (remove, [one], [two], "removing one that is not there has no effect"),
        (replace, [one], [one], "the consumers were replaced"),
        (replace, [], [], "the consumers were replaced by none"),
    )
    for operation, sent, now, why in steps:
        write = driver.call(operation, identifiers(*sent), of=owner)
        read = driver.call("list-remote-state-consumers", of=owner)
        wanted, source = [workspace["id"] for workspace in now], f"{{{operation}}}"
        if not must_list(driver, write, [read], wanted, same_id, why=why, source=source):
            return
    driver.call(add, identifiers(one, two), of=owner)
    driver.call("update-workspace", body("workspaces", {"global-remote-state": True}), of=owner)
    listing, named = "list-remote-state-consumers", {"show_only_configured": "true"}
    must_find(driver, listing, owner, named, there=[one, two], not_there=[record])
    driver.call("update-workspace", mine, of=owner)
    driver.call(listing, of=owner)
    known, other = driver.context.plan("workspaces"), linked_one(owner, "project") or ""
    for operation in (add, replace):
        for what, stranger in relations.strangers(driver, known, other):
            why, source = f"a consumer: {what}", f"{{{operation}}} (status: decision)"
            driver.refused(422, operation, identifiers(stranger), of=owner, why=why, source=source)


TODAY: Mapping[str, Callable[[Driver, Resource], None]] = {
    "add-or-update-tag-bindings-on-workspace": lambda driver, record: driver.aside(
        "tag-bindings", driver.need("workspaces")
    ),
    "add-remote-state-consumers": _consumers,
    "safe-delete-workspace": _deleted_safely,
    "add-tags-to-workspace": lambda driver, record: driver.aside(
        "tags", driver.foreign("workspaces")
    ),
}
"""What is played where the edition has the operation; last what needs an organization of its own."""


def fixture_entry(resource: Resource, known: Known) -> Any:
    """Its settings, its SSH key, and its lock; a repository with its token is another's affair."""
    apart = ("vcs-repo", "agent-pool-id", "operations")
    made = shown_attributes(resource, *settings(resource, *apart), "created-at", "environment")
    made |= bindings(resource)
    made |= retention(resource, known)
    for project in names_of([linked_one(resource, "project") or ""], "projects", known):
        made["project"] = project
    consumers = resource.get("listed", {}).get("remote-state-consumers", ())
    if names := names_of([one["id"] for one in consumers], "workspaces", known):
        made["remote-state-consumers"] = names
    changed = attribute(resource, "updated-at") or resource.get("changed-at")
    if isinstance(changed, str):
        made["changed-at"] = changed
    key = linked_one(resource, "ssh-key")
    if key and known("ssh-keys", key):
        made["ssh-key"] = key
    relationships = resource.get("relationships")
    holder = relationships.get("locked-by", {}) if isinstance(relationships, dict) else {}
    if attribute(resource, "locked") and holder.get("data"):
        reason = str(resource.get("sent", {}).get("reason", ""))
        made |= {"locked": True, "locked-by": holder["data"], "lock-reason": reason}
    return made


SCENARIO = Scenario(
    values=values,
    left_alone={
        "auto-destroy-at": "who forgets to remove the workspace would have it destroyed",
        "migration-environment": "no page says what it may be",
        "vcs-repo": "it needs a repository, and who may read it",
    },
    unique={"name": RECORDED},
    any_case=RECORDED,
    changes=changes,
    besides={
        "execution-mode": MODES,
        "operations": MODES,
        "agent-pool-id": MODES,
        "trigger-prefixes": ("/attributes/trigger-patterns",),
        "trigger-patterns": ("/attributes/trigger-prefixes",),
    },
    inherited=("/attributes/execution-mode", "/attributes/operations"),
    may_change=("/attributes/updated-at", "/attributes/latest-change-at"),
    only_in={"lock-workspace": ("/relationships/locked-by",)},
    before_changes=before_changes,
    steps=steps,
    fixture_entry=fixture_entry,
    unreached={
        f"{name} 403": "it takes a workspace with resources, and no run makes any"
        for name in ("delete-workspace", "delete-workspace-by-name")
    },
)
