"""Where policy sets of August 2026 are in force, said with dictionaries and loops: nothing of the
server is used here.

The sources: the vendor's OpenAPI document of August 2026 (what is excluded is left out "even if the
set is global"; tag-based scoping conflicts with explicit associations), go-tfe's suite (a global set
excludes by tags; a binding of a workspace goes before its project's), and decisions of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

EVERYWHERE = "global: checked in every workspace of the organization"


@dataclass
class Project:
    name: str
    tags: dict[str, str] = field(default_factory=dict)
    default: bool = False


@dataclass
class Workspace:
    name: str
    project: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Selector:
    key: str
    value: str | None
    exclude: bool

    def told(self) -> str:
        return self.key if self.value is None else f"{self.key}={self.value}"


@dataclass
class PolicySet:
    """`attached` and `excluded` are ids of workspaces and projects, which no two share."""

    name: str
    kind: str
    everywhere: bool
    agents: bool = False
    overridable: bool | None = None
    tool: str | None = None
    attached: set[str] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    selectors: list[Selector] = field(default_factory=list)

    @property
    def by_tags(self) -> bool:
        """Whether tags say where it applies, not only where it does not."""
        return any(not one.exclude for one in self.selectors)


@dataclass
class Organization:
    projects: dict[str, Project] = field(default_factory=dict)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    sets: dict[str, PolicySet] = field(default_factory=dict)

    def tags(self, workspace: str) -> dict[str, tuple[str, str | None]]:
        """By key, the value and the project that it is inherited from."""
        one = self.workspaces[workspace]
        inherited = self.projects[one.project].tags
        return {
            **{key: (value, one.project) for key, value in inherited.items()},
            **{key: (value, None) for key, value in one.tags.items()},
        }

    def within(self, project: str) -> list[str]:
        return [id for id, one in self.workspaces.items() if one.project == project]

    def met(self, workspace: str, selector: Selector) -> bool:
        tags = self.tags(workspace)
        return selector.key in tags and selector.value in (None, tags[selector.key][0])

    def excluded(self, set: PolicySet, workspace: str) -> str | None:
        """Why a set is not in force in a workspace whatever else is said; None where it may be."""
        project = self.workspaces[workspace].project
        if workspace in set.excluded:
            return "this workspace is excluded"
        if project in set.excluded:
            return f"its project {self.projects[project].name} is excluded"
        for one in set.selectors:
            if one.exclude and self.met(workspace, one):
                return f"the tag {one.told()} is excluded"
        return None

    def included(self, set: PolicySet, workspace: str) -> str | None:
        """Why it would be in force there: the nearest reason."""
        project = self.workspaces[workspace].project
        if set.everywhere:
            return EVERYWHERE
        if workspace in set.attached:
            return "attached to this workspace"
        if project in set.attached:
            return f"attached to its project {self.projects[project].name}"
        for one in set.selectors:
            if not one.exclude and self.met(workspace, one):
                return f"the tag {one.told()} is selected"
        return None

    def in_force(self) -> Iterator[tuple[str, str, str, str]]:
        """`(what, set, workspace, reason)`; what is `effective` or `excluded`."""
        for id, set in self.sets.items():
            for workspace in self.workspaces:
                if out := self.excluded(set, workspace):
                    yield "excluded", id, workspace, out
                elif why := self.included(set, workspace):
                    yield "effective", id, workspace, why

    def deleted(self, id: str) -> None:
        """No set names it any more."""
        for set in self.sets.values():
            set.attached.discard(id)
            set.excluded.discard(id)
