"""The life of workspaces. Source: workspaces.html; recorded answers of the real service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.world.lives import Change, Known, Life, Play, Resource, Seen, body, chosen

PAGE = "workspaces.html"
RECORDED = "recorded answers of the real service"


def document(play: Play, name: str, **about: Any) -> Any:
    return body("workspaces", {"name": name, "auto-apply": True, "working-directory": "network"})


def changes(play: Play) -> Sequence[Change]:
    """By id and by name in turn."""
    return (
        Change({"auto-apply": False}),
        Change({"working-directory": "storage"}),
        Change({}),
        Change({"name": play.name("renamed")}, ("/links/self",)),
        Change({"queue-all-runs": True, "trigger-prefixes": ["modules"]}),
        Change({"file-triggers-enabled": False}),
    )


def play(stage: Play, record: Resource) -> None:
    _locked(stage, record)
    version = body("workspaces", {"terraform-version": "0.0.0-none"})
    why = "a version of Terraform that does not exist"
    stage.refused(422, "update-workspace", version, of=record, why=why, source=f"{RECORDED} (2019)")
    key = body("workspaces", {"id": "sshkey-0000000000000000"})
    why = "an unknown SSH key"
    source = f"{PAGE}#assign-an-ssh-key-to-a-workspace (status: decision)"
    stage.refused(422, "assign-ssh-key-to-workspace", key, of=record, why=why, source=source)
    source = f"{PAGE}#assign-an-ssh-key-to-a-workspace"
    held = "/relationships/ssh-key/data"
    mine = stage.need("ssh-keys")
    given = stage.call(
        "assign-ssh-key-to-workspace", body("workspaces", {"id": mine["id"]}), of=record
    )
    stage.effect(
        given, (record, {f"{held}/id": mine["id"]}), why="a key was assigned", source=source
    )
    taken = stage.call("assign-ssh-key-to-workspace", body("workspaces", {"id": None}), of=record)
    stage.effect(taken, (record, {held: None}), why="the key was taken away", source=source)


def _locked(stage: Play, record: Resource) -> None:
    """A lock is held until it is let go; what is held or free already is a conflict."""
    free = {"/attributes/locked": False}, {"/attributes/locked": True}

    def is_now(seen: Seen, held: bool, act: str) -> None:
        source = f"{PAGE}#{act}-a-workspace"
        stage.effect(seen, (record, free[held]), why=f"after {act}", source=source)

    for act in ("unlock", "force-unlock"):
        source = f"{PAGE}#{act}-a-workspace"
        why = f"{act} of a workspace that is not locked"
        stage.refused(409, f"{act}-workspace", of=record, why=why, source=source)
        locked = stage.call("lock-workspace", {"reason": "verify"}, of=record)
        is_now(locked, True, "lock")
        why = "lock of a locked workspace"
        source = f"{PAGE}#lock-a-workspace"
        stage.refused(409, "lock-workspace", {"reason": "again"}, of=record, why=why, source=source)
        is_now(stage.call(f"{act}-workspace", of=record), False, act)


SETTINGS = (
    "name",
    "created-at",
    "terraform-version",
    "auto-apply",
    "file-triggers-enabled",
    "queue-all-runs",
    "trigger-prefixes",
    "working-directory",
    "operations",
    "environment",
)


def entry(resource: Resource, known: Known) -> Any:
    """Its settings; a lock's holder, and a repository with its token, are others' affairs."""
    return chosen(resource, *SETTINGS)


LIFE = Life(
    create="create-workspace",
    shows=("show-workspace", "show-workspace-by-name"),
    list="list-workspaces",
    updates=("update-workspace", "update-workspace-by-name"),
    removes=("delete-workspace", "delete-workspace-by-name"),
    document=document,
    unique={"name": RECORDED},
    changes=changes,
    apart={"lock-workspace": ("/relationships/locked-by",)},
    play=play,
    entry=entry,
)
