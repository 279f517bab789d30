"""Policies of August 2026: OPA beside Sentinel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import list_records
from mockserver.jsonapi.identifiers import known
from mockserver.jsonapi.pagination import listed
from mockserver.resources import policy_set_versions as versions
from mockserver.resources.policies import DEFAULT_MODE, mode_of
from mockserver.resources.policies import KIND as BEFORE
from mockserver.resources.policy_frameworks import mixed
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Values
from mockserver.world.problems import Error, invalid
from mockserver.world.state import Record
from mockserver.world.view import View

LEVELS = {
    "sentinel": ("hard-mandatory", "soft-mandatory", "advisory"),
    "opa": ("mandatory", "advisory"),
}
SUFFIX = {"sentinel": "sentinel", "opa": "rego"}


def list_policies(call: Call) -> Reply:
    """Those of a kind, and as sorted, where the query asks for it."""
    kind, sort = call.query.get("filter[kind]"), str(call.query.get("sort", "name"))
    if not kind and sort == "name":
        return list_records(call)
    part = str(call.query.get("search[name]", "")).casefold()
    every = (call.state.get(item[-1]) for item in call.state.list(call.record.key, "policies"))
    found = [r for r in every if kind in (None, r["kind"]) and part in r["name"].casefold()]
    if sort.endswith("updated-at"):
        found.sort(key=lambda record: (record["updated-at"] or "", record.key))
    found = found[::-1] if sort.startswith("-") else found
    return Reply(data=listed(call, (record.key for record in found)))


def enforced(view: View, record: Record) -> list[dict[str, str]]:
    """Empty before the first upload (suite)."""
    if record["_content"] is None:
        return []
    return [{"path": f"{record['name']}.{SUFFIX[record['kind']]}", "mode": record["_mode"]}]


def settled_of_kinds(
    call: Call, attributes: dict[str, Any], record: Record | None
) -> dict[str, Any]:
    """A name and a kind never change; each kind has levels and a query of its own (suite)."""
    kept = record or attributes
    kind, attributes["name"] = kept["kind"], kept["name"]
    level = level_of(kind, attributes["name"], attributes)
    if level is not None or record is None:
        attributes["_mode"] = level or LEVELS[kind][0]
    if kind == "opa":
        require_query(attributes, record)
    else:
        tell_query(call, kind, attributes)
        attributes["query"] = None
    return attributes


def level_of(kind: str, name: str, attributes: dict[str, Any]) -> str | None:
    """The level that is sent, as such or with the policy's one file; None where neither is.

    Both are taken out of the attributes. Raises Problem for one that the kind does not have.
    """
    level: str | None = attributes.pop("enforcement-level", None)
    enforce = attributes.pop("enforce", None)
    place = "/data/attributes/enforcement-level"
    if enforce is not None and level is None:
        place = "/data/attributes/enforce"
        entries = [{"path": f"{name}.{SUFFIX[kind]}", **entry} for entry in enforce]
        level = mode_of(name, entries, SUFFIX[kind], LEVELS[kind][0])
    if level is not None and level not in LEVELS[kind]:
        raise invalid(
            "Enforcement level is not included in the list",
            place,
            fact=f"{level} is no level of {kind} policies",
            expected=f"one of {', '.join(LEVELS[kind])}",
            source="create-policy",
            hint=f"Send {LEVELS[kind][0]}.",
        )
    return level


def require_query(attributes: Values, record: Record | None) -> None:
    """What OPA is asked; raises Problem where a new policy says nothing of it."""
    if record is None and not attributes.get("query"):
        raise invalid(
            "Query can't be blank",
            "/data/attributes/query",
            fact="an OPA policy has no query",
            expected="the OPA query to run",
            source="create-policy",
            hint="Send e.g. terraform.main.",
        )


def tell_query(call: Call, kind: str, attributes: Values) -> None:
    """A query that is sent to a policy that has none: a finding."""
    if attributes.get("query"):
        call.let_pass(
            "/data/attributes/query",
            fact=f"data.attributes.query is sent, and the policy is of kind {kind}",
            expected="no query, or a policy of kind opa",
            source=call.facts.source("policy-queries"),
            hint="Leave out data.attributes.query; it has no effect.",
        )


def checked(call: Call, values: Values, policy: Record | None) -> Iterable[Error]:
    """A policy is made in sets of its kind, and in none whose policies come in versions."""
    sent = call.linkage.get("policy-sets") if policy is None else None
    for at, item in enumerate(sent or ()):
        place = f"/data/relationships/policy-sets/data/{at}"
        if policy_set := known(call, "policy-sets", item["id"], call.record):
            if versions.versioned(call, policy_set):
                yield versions.versioned_error(policy_set, place)
            elif policy_set["kind"] != values["kind"]:
                yield mixed(values, policy_set, place, f"a policy set of kind {values['kind']}")


TODAY = replace(
    BEFORE,
    made={**BEFORE.made, "kind": "sentinel", "query": None},
    settled=settled_of_kinds,
    checked=checked,
    computed={
        **BEFORE.computed,
        "enforce": enforced,
        "enforcement-level": lambda view, record: record["_mode"],
    },
    operations={**BEFORE.operations, "list-policies": list_policies},
    entry={
        **BEFORE.entry,
        "properties": {
            **BEFORE.entry["properties"],
            "mode": {
                "enum": [*LEVELS["sentinel"], "mandatory"],
                "description": f"What a failing check does to the run; {DEFAULT_MODE} where omitted.",
            },
        },
    },
)
EDITIONS = {"2026-08": TODAY}
