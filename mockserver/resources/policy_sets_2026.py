"""Policy sets of August 2026: scopes beside attachments, exclusions, tags, the tool that checks them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import add_members, update_with_members
from mockserver.jsonapi.pagination import paged
from mockserver.resources import policy_frameworks as frameworks
from mockserver.resources import policy_set_attachments as attachments
from mockserver.resources import policy_set_scopes as scopes
from mockserver.resources import policy_set_versions as versions
from mockserver.resources.known_versions import chosen
from mockserver.resources.policy_sets import KIND as BEFORE
from mockserver.world.calls import Call, Reply
from mockserver.world.enforcement import Enforcement
from mockserver.world.kinds import Values
from mockserver.world.naming import as_made
from mockserver.world.ordered import Ordered
from mockserver.world.problems import Error
from mockserver.world.seeding import Seeding, entries
from mockserver.world.state import Record
from mockserver.world.view import View

TOOLS = {"sentinel": "sentinel-versions", "opa": "opa-versions"}


def checked(call: Call, values: Values, record: Record | None) -> Iterable[Error]:
    """Beside the scopes: that it holds policies of its framework, and that there is such a version of
    the tool that checks them. What is ignored is a finding.
    """
    yield from attachments.checked(call, values, record)
    if record is None and (sent := call.linkage.get("policies")):
        policies = frameworks.policies_of(call, sent, "/data/relationships/policies/data")
        yield from frameworks.unfit(policies, values)
    tool, version = TOOLS.get((record or values)["kind"]), values.get("policy-tool-version")
    if tool is not None and version is not None:
        yield from chosen(call, tool, version, "/data/attributes/policy-tool-version")
    if not agents({**record.values, **values} if record else values):
        _let_pass_ignored(call, values)


def _let_pass_ignored(call: Call, values: Values) -> None:
    """What Sentinel takes of no set without agents (page); false and null ask for nothing."""
    for name in ("overridable", "policy-tool-version"):
        if values.get(name):
            call.let_pass(
                f"/data/attributes/{name}",
                fact=f"data.attributes.{name} is {json.dumps(values[name])}, and Sentinel checks the "
                "set without agents",
                expected="agent-enabled true, or a set of kind opa",
                source=call.facts.source("policy-set-agents"),
                hint="Send data.attributes.agent-enabled as true too, or leave it out; it has no effect.",
            )


def unfit_to_add(call: Call, name: str, verb: str) -> Iterable[Error]:
    """Policies that are not added one by one to a set, or not to one of its kind."""
    if versions.versioned(call, call.record):
        return [versions.versioned_error(call.record, "/data")]
    policies = frameworks.policies_of(call, call.document["data"], "/data")
    return frameworks.unfit(policies, call.record)


def overridable(view: View, record: Record) -> bool | None:
    """Null for what Sentinel checks in the old way (suite)."""
    return bool(record["overridable"]) if agents(record.values) else None


def tool_version(view: View, record: Record) -> str | None:
    return record["policy-tool-version"] if agents(record.values) else None


def agents(values: Values) -> bool:
    """Whether a version of the tool can be chosen: with agents, and for OPA (suite)."""
    return bool(values["agent-enabled"]) or values["kind"] != "sentinel"


def list_sets(call: Call) -> Reply:
    """Those of a kind of policies, or with versions, where the query asks for that."""
    kind, versioned = call.query.get("filter[kind]"), call.query.get("filter[versioned]")

    def wanted(record: Record) -> bool:
        has = "true" if versions.versioned(call, record) else "false"
        return kind in (None, record["kind"]) and versioned in (None, has)

    items: Ordered | list[Any] = call.state.list(call.record.key, call.kind.type)
    if kind or versioned:
        items = [item for item in items if wanted(call.state.get(item[-1]))]
    return Reply(data=paged(call, items, 1))


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An entry is held to the rules of a call, but that a global set may keep, hidden, what it is
    attached to: a PATCH leads there.
    """
    told = len(seeding.faults)
    if selectors := entry.get("tag-selectors"):
        entry = {**entry, "tag-selectors": [attachments.selector(one) for one in selectors]}
    record = seeding.record(seeding.kinds[TODAY.type], entry, pointer, owner)
    if record and len(seeding.faults) == told:
        for error in _unfit(seeding, entry, pointer, record, owner):
            seeding.fault(str(error.pointer), f"{error.detail}: {error.meta['fact']}.")
    return record


def _unfit(
    seeding: Seeding, entry: Any, pointer: str, record: Record, owner: Record | None
) -> Iterator[Error]:
    named = entries(entry.get("policies"), f"{pointer}/policies")
    policies = ((at, seeding.named("policies", name, at, owner)) for at, name in named)
    yield from frameworks.unfit(((at, one) for at, one in policies if one), record)
    attached = attachments.is_attached(seeding.state, record)
    selectors, place = record["tag-selectors"], f"{pointer}/tag-selectors"
    yield from attachments.unfit(selectors, place, record["global"], attached)


TODAY = replace(
    BEFORE,
    sort=as_made,
    made={**BEFORE.made, "overridable": None, "policy-tool-version": None, "tag-selectors": []},
    relations={**BEFORE.relations, **scopes.RELATIONS},
    settled=attachments.settled,
    checked=checked,
    computed={
        "versioned": versions.versioned,
        "vcs-repo": None,
        "overridable": overridable,
        "policy-tool-version": tool_version,
        "scoping-type": scopes.scoping,
    },
    relationships=versions.RELATIONSHIPS,
    depends=lambda view, record: (scopes.depends(view, record), versions.depends(view, record)),
    related=versions.RELATED,
    operations={
        **BEFORE.operations,
        **attachments.HANDLERS,
        "list-policy-sets": list_sets,
        "update-policy-set": update_with_members(*scopes.RELATIONS),
        "add-policies-to-policy-set": add_members("policies", unfit_to_add),
    },
    enforcement=Enforcement(
        "policies", "workspaces", scopes.reasons, scopes.excluded, "project", versions.current
    ),
    seed=seed,
    entry={
        "properties": {
            "tag-selectors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "tag-key": {"type": "string", "minLength": 1, "description": "The key."},
                        "tag-value": {
                            "type": ["string", "null"],
                            "description": "The value; any where null or omitted.",
                        },
                        "is-exclude": {
                            "type": "boolean",
                            "description": "Whether what it meets is left out; false where omitted.",
                        },
                    },
                    "required": ["tag-key"],
                    "additionalProperties": False,
                },
                "description": "By which tags it applies; none where omitted.",
            }
        }
    },
)
EDITIONS = {"2026-08": TODAY}
