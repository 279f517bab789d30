"""Workspaces of August 2026: what their project and their organization say, tags, variables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.jsonapi.identifiers import to_many, to_one
from mockserver.resources import data_retention_policies, moments, tag_bindings, tags
from mockserver.resources import workspaces_of_projects as of_projects
from mockserver.resources.execution_modes import (
    ORGANIZATION,
    PROJECT,
    WORKSPACE,
    effective,
    settle,
)
from mockserver.resources.workspace_locks import (
    lock_workspace,
    unlock_workspace,
)
from mockserver.resources.workspace_moves import IN_PROJECT
from mockserver.resources.workspace_settings import TOOL, settled
from mockserver.resources.workspaces import KIND as BEFORE
from mockserver.resources.workspaces import depends
from mockserver.world.calls import Call
from mockserver.world.problems import Problem, invalid
from mockserver.world.state import Record
from mockserver.world.view import View


def project(view: View, record: Record) -> Record:
    return view.members(record, IN_PROJECT)[0]


def modes(view: View, record: Record) -> tuple[str, Record | None]:
    """Its own execution mode and agent pool, its project's, or its organization's."""
    of = project(view, record)
    return effective(
        view, record, (WORKSPACE, record), (PROJECT, of), (ORGANIZATION, view.owner(record))
    )


def agent_pools(view: View, record: Record) -> list[Record]:
    """The one whose agents execute its runs, if one does."""
    pool = modes(view, record)[1]
    return [pool] if pool else []


def lockers(view: View, record: Record) -> list[Record]:
    """Who has locked it; nobody where that is an organization: the document has no type for it."""
    by = view.state.records.get(record["_locked-by"] or 0)
    return [] if by is None or by.kind == "organizations" else [by]


def locked_by(view: View, record: Record) -> dict[str, Any]:
    for by in lockers(view, record):
        return {**to_one(by), "links": {"related": f"/api/v2/{by.kind}/{by.id}"}}
    return to_one(None)


def vcs_repo(view: View, record: Record) -> dict[str, Any] | None:
    repo = record["vcs-repo"]
    if repo is None:
        return None
    optional = dict.fromkeys(("github-app-installation-id", "tags-regex"))
    return {**optional, **repo, "display-identifier": repo["identifier"]}


def links(view: View, record: Record) -> dict[str, str]:
    """By name, in its organization; for people too (suite)."""
    organization, name = view.owner(record).id, record["name"]
    return {
        "self": f"/api/v2/organizations/{organization}/workspaces/{name}",
        "self-html": f"/app/{organization}/workspaces/{name}",
    }


def related(name: str) -> Any:
    """A relationship that says where it is found alone."""
    return lambda view, record: {"links": {"related": f"/api/v2/workspaces/{record.id}/{name}"}}


TRIGGERS = ("trigger-prefixes", "trigger-patterns")


def settled_of_projects(
    call: Call, attributes: dict[str, Any], record: Record | None
) -> dict[str, Any]:
    """`operations` is the old word for the execution modes remote and local. Who says when it is
    destroyed does not leave it to the project; who sends trigger prefixes, were it none, gives up the
    patterns, and the other way round (provider's suite).
    """
    attributes = moments.kept(settled(call, attributes, record), "auto-destroy-at")
    operations = attributes.pop("operations", None)
    if operations is not None and "execution-mode" not in attributes:
        attributes["execution-mode"] = "remote" if operations else "local"
    said = record is not None and of_projects.INHERITS in attributes  # in a create: the default
    if any(attributes.get(name) for name in of_projects.AUTO_DESTROY) and not said:
        attributes[of_projects.INHERITS] = False
    triggered = attributes.get("file-triggers-enabled", record and record["file-triggers-enabled"])
    if attributes.get("trigger-patterns") and not triggered:
        raise _untriggered()
    sent = [name for name in TRIGGERS if name in attributes]
    if len(sent) == 1:
        attributes |= {name: [] for name in TRIGGERS if name not in sent}
    for name, empty in (("trigger-patterns", []), ("working-directory", "")):
        if name in attributes and attributes[name] is None:
            attributes[name] = empty
    return settle(call, WORKSPACE, attributes, record)


def _untriggered() -> Problem:
    return invalid(
        "'trigger_patterns' cannot be populated when 'file_triggers_enabled' is set to false.",
        "/data/attributes/trigger-patterns",
        fact="there are trigger patterns, and file-triggers-enabled is false",
        expected="no patterns, or file-triggers-enabled true",
        source="update-workspace",
        hint="Send data.attributes.file-triggers-enabled: true too.",
    )


def depends_on_projects(view: View, record: Record) -> tuple[Any, ...]:
    """As in 2019, and what it takes from its project and its organization."""
    organization = view.owner(record)
    return (
        *depends(view, record),
        modes(view, record),
        organization["allow-force-delete-workspaces"],
        record["_locked-by"] in view.state.records,
        [*view.state.list(record.key, "vars")],
        project(view, record)["tag-bindings"],
    )


TODAY = replace(
    BEFORE,
    made={
        **BEFORE.made,
        "execution-mode": "remote",
        "resource-count": 0,
        "setting-overwrites": {"execution-mode": False, "agent-pool": False},
        "tag-bindings": {},
        "vcs-repo": None,
        **data_retention_policies.MADE,
    },
    relations={**BEFORE.relations, **of_projects.RELATIONS},
    shared=tag_bindings.shared("workspaces"),
    settled=settled_of_projects,
    computed={
        **BEFORE.computed,
        **dict.fromkeys(of_projects.UNSAID),
        "execution-mode": lambda view, record: modes(view, record)[0],
        "operations": lambda view, record: modes(view, record)[0] != "local",
        "latest-change-at": lambda view, record: record["_changed"],
        "updated-at": lambda view, record: record["_changed"],
        "locked-reason": lambda view, record: record["_reason"],
        "permissions": of_projects.permissions,
        "source": "tfe-api",
        "tag-names": tags.names_of,
        "vcs-repo": vcs_repo,
        "vcs-repo-identifier": lambda view, record: (record["vcs-repo"] or {}).get("identifier"),
        "workspace-kpis-runs-count": 0,
    },
    relationships={
        "data-retention-policy": data_retention_policies.to_policy,
        **BEFORE.relationships,
        **dict.fromkeys(
            ("current-configuration-version", "current-state-version", "readme"),
            lambda view, record: to_one(None),
        ),
        "agent-pool": lambda view, record: to_one(modes(view, record)[1]),
        "effective-tag-bindings": tag_bindings.to_effective,
        "locked-by": locked_by,
        "outputs": lambda view, record: {"data": []},
        "project": lambda view, record: to_one(project(view, record)),
        "remote-state-consumers": related("relationships/remote-state-consumers"),
        "vars": lambda view, record: to_many(view.state.all("vars", record.key)),
    },
    links=links,
    depends=depends_on_projects,
    related={
        **BEFORE.related,
        "project": lambda view, record: (project(view, record),),
        "locked_by": lockers,
        "agent_pool": agent_pools,
        "effective_tag_bindings": tag_bindings.inherited,
    },
    operations={
        **BEFORE.operations,
        **of_projects.OPERATIONS,
        "lock-workspace": (lock_workspace, "lock-workspace"),
        "unlock-workspace": (unlock_workspace, "lock-workspace"),
        **data_retention_policies.operations("workspace", "read-workspace", "administer-workspace"),
    },
    permissions={
        **BEFORE.permissions,
        "can-destroy": of_projects.DELETE,
        "can-lock": "lock-workspace",
        "can-unlock": "lock-workspace",
        "can-create-state-versions": "write-state",
        "can-force-delete": "own-organization",
        "can-manage-assessments": "administer-workspace",
        "can-manage-ephemeral-workspaces": "administer-workspace",
        "can-manage-hyok": "administer-workspace",
        "can-manage-run-tasks": "manage-workspace-run-tasks",
        "can-manage-tags": "tag-workspace",
        "can-read-assessment-results": "read-workspace",
        "can-read-run": "read-workspace",
        "can-read-state-outputs": "read-state-outputs",
        "can-read-state-versions": "read-state",
        "can-read-variable": "read-variables",
        "can-update-variable": "write-variables",
    },
    refers=(*BEFORE.refers, TOOL),
    entry={
        **BEFORE.entry,
        "properties": {
            **BEFORE.entry["properties"],
            **of_projects.ENTRY,
            **data_retention_policies.ENTRY,
        },
    },
)
EDITIONS = {"2026-08": TODAY}
