"""Levels of access of August 2026: each says in detail what it allows, and `custom` as one chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.world.frozen import thaw
from mockserver.world.kinds import Make
from mockserver.world.problems import invalid
from mockserver.world.state import Record

CUSTOM = "custom"
Levels = Mapping[str, Mapping[str, Any]]
Settled = Callable[[Any, dict[str, Any], Record | None], dict[str, Any]]

_READ = {"runs": "read", "variables": "read", "state-versions": "read", "sentinel-mocks": "none"}
_WRITE = {
    "runs": "apply",
    "variables": "write",
    "state-versions": "write",
    "sentinel-mocks": "read",
}
_LEAST = {"runs": "read", "variables": "none", "state-versions": "none", "sentinel-mocks": "none"}
_OFF = {"run-tasks": False, "policy-overrides": False}
_ADMIN = {**_WRITE, "run-tasks": True, "policy-overrides": True}
WORKSPACE: Levels = {
    "read": {**_READ, "workspace-locking": False, **_OFF},
    "plan": {**_READ, "runs": "plan", "workspace-locking": False, **_OFF},
    "write": {**_WRITE, "workspace-locking": True, **_OFF},
    "admin": {**_ADMIN, "workspace-locking": True},
    CUSTOM: {**_LEAST, "workspace-locking": False, **_OFF},
}
"""Of a workspace (permissions page); under `custom`, what it allows where nothing is said."""


def _project(settings: str, teams: str, sets: str, workspaces: Mapping[str, Any], *may: str) -> Any:
    return {
        "project-access": {"settings": settings, "teams": teams, "variable-sets": sets},
        "workspace-access": {
            **workspaces,
            **{name: name in may for name in ("create", "move", "delete")},
        },
    }


PROJECT: Levels = {
    "read": _project("read", "none", "read", {**_READ, "locking": False, **_OFF}),
    "write": _project("read", "none", "read", {**_WRITE, "locking": True, **_OFF}),
    "maintain": _project("read", "none", "write", {**_ADMIN, "locking": True}, "create", "delete"),
    "admin": _project(
        "delete", "manage", "write", {**_ADMIN, "locking": True}, "create", "move", "delete"
    ),
    CUSTOM: _project("read", "none", "none", {**_LEAST, "locking": False, **_OFF}),
}
"""Of a project, and of the workspaces in it (project-team-access.mdx#update-team-access-to-a-project)."""


def made(levels: Levels) -> dict[str, Make]:
    """What a level allows, by what is shown of it."""

    def of_level(name: str) -> Make:
        return lambda values, facts, now: levels[values["access"]][name]

    return {name: of_level(name) for name in levels[CUSTOM]}


def settled(levels: Levels) -> Settled:
    """What a level allows, written out; details are sent with `custom` alone (suite).

    An object without a member says nothing: the `tfe` provider sends two with each level.
    """

    def settle(call: Any, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
        access = attributes.get("access", record["access"] if record else None)
        details = {n: said for n, said in attributes.items() if n != "access" and said != {}}
        if access != CUSTOM:
            for name in details:
                raise _read_only(name, str(access))
            return {"access": access, **levels[str(access)]}
        before = {n: thaw(record[n]) for n in levels[CUSTOM]} if record else levels[CUSTOM]
        return {"access": CUSTOM, **{n: _over(was, details.get(n)) for n, was in before.items()}}

    return settle


def _over(was: Any, said: Any) -> Any:
    if said is None:
        return was
    return {**was, **said} if isinstance(said, Mapping) else said


def _read_only(name: str, access: str) -> Any:
    return invalid(
        f"{name.replace('-', ' ').capitalize()} is read-only when access level is '{access}'; "
        "use the 'custom' access level to set this attribute.",
        f"/data/attributes/{name}",
        fact=f"the access level is {access!r}, which says what it allows",
        expected=f"no such member, or the access level {CUSTOM!r}",
        hint=f"Send data.attributes.access: {CUSTOM!r} too, or leave this out.",
    )


def words(level: str, allowed: Mapping[str, Any], locking: str) -> Iterator[str]:
    """What an access grants in a workspace: its level, or for `custom` each thing it allows."""
    if level != CUSTOM:
        yield level
        return
    yield "read-custom"
    yield from (f"{name}-{allowed[name]}" for name in ("runs", "variables", "state-versions"))
    if allowed[locking]:
        yield "workspace-locking"
    if allowed["run-tasks"]:
        yield "workspace-run-tasks"
