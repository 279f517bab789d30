"""Where a policy set of August 2026 applies: named workspaces and projects, tags, or everywhere, and
what is excluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.resources import tag_bindings
from mockserver.resources.policy_sets import KIND, WORKSPACES
from mockserver.resources.workspace_moves import OF_PROJECT
from mockserver.world.enforcement import Scope
from mockserver.world.kinds import To
from mockserver.world.state import Record
from mockserver.world.view import View

PROJECTS = ("projects", "policy-sets")
NO_WORKSPACES = ("workspace-exclusions", "policy-set-exclusions")
NO_PROJECTS = ("project-exclusions", "policy-set-exclusions")
EVERYWHERE = Scope("global: checked in every workspace of the organization", None)


# which workspaces, and why


def reasons(view: View, record: Record) -> list[Scope]:
    """Why and in which workspaces the policies of a set are checked, the nearest reason first."""
    if record["global"]:
        return [EVERYWHERE]
    state = view.state
    return [
        Scope("attached to this workspace", state.members(record.key, WORKSPACES)),
        *(
            Scope(f"attached to its project {one['name']}", state.members(one.key, OF_PROJECT))
            for one in view.members(record, PROJECTS)
        ),
        *_tagged(view, record, "selected", exclude=False),
    ]


def excluded(view: View, record: Record) -> list[Scope]:
    """Why and in which workspaces they are not, whatever the reasons are."""
    state = view.state
    return [
        Scope("this workspace is excluded", state.members(record.key, NO_WORKSPACES)),
        *(
            Scope(f"its project {one['name']} is excluded", state.members(one.key, OF_PROJECT))
            for one in view.members(record, NO_PROJECTS)
        ),
        *_tagged(view, record, "excluded", exclude=True),
    ]


def _tagged(view: View, record: Record, verb: str, *, exclude: bool) -> Iterator[Scope]:
    """The workspaces that a selector meets, by their own tags or those of their project."""
    for one in record["tag-selectors"]:
        if one["is-exclude"] is exclude:
            key, value = one["tag-key"], one["tag-value"]
            reason = f"the tag {key if value is None else f'{key}={value}'} is {verb}"
            for keys, but in tag_bindings.bearers(view.state, record.owner, key, value):
                yield Scope(reason, keys, but)


# what is shown


def scoping(view: View, record: Record) -> str:
    return "tag" if record["tag-selectors"] else "explicit"


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, its members, and for a global set how much there is."""
    counts: tuple[int, ...] = ()
    if record["global"]:
        counts = tuple(len(view.state.list(record.owner, t)) for t in ("workspaces", "projects"))
    return view.owner(record).id, counts, view.state.relations(record.key)


RELATIONS = {
    "workspaces": KIND.relations["workspaces"],
    "projects": To(
        "projects", PROJECTS, entry="projects", unless="global", counted="project-count"
    ),
    "workspace-exclusions": To("workspaces", NO_WORKSPACES, entry="workspace-exclusions"),
    "project-exclusions": To("projects", NO_PROJECTS, entry="project-exclusions"),
}
