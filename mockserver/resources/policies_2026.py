"""Policies of August 2026: OPA beside Sentinel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mockserver.jsonapi.handlers import list_records
from mockserver.jsonapi.identifiers import known
from mockserver.jsonapi.pagination import listed
from mockserver.nearest import either
from mockserver.resources import policies
from mockserver.resources import policy_set_versions as versions
from mockserver.resources.policies import DEFAULT_MODE, mode_of
from mockserver.resources.policies import KIND as BEFORE
from mockserver.resources.policy_frameworks import mixed
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Values
from mockserver.world.problems import Error, invalid
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record
from mockserver.world.view import View

LEVELS = {
    "sentinel": ("hard-mandatory", "soft-mandatory", "advisory"),
    "opa": ("mandatory", "advisory"),
}
NEAREST = {
    "hard-mandatory": "mandatory",
    "soft-mandatory": "mandatory",
    "mandatory": "hard-mandatory",
}
"""What stops a run too, of the other kind."""
DEFAULT = {"sentinel": DEFAULT_MODE, "opa": "advisory"}
"""The level of a policy for which none is sent (policies.mdx#request-body)."""
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
    level = level_of(call, kind, attributes, record)
    if level is not None or record is None:
        attributes["_mode"] = level or DEFAULT[kind]
    if kind == "opa":
        require_query(attributes, record)
    else:
        tell_query(call, kind, attributes)
        attributes["query"] = None
    return attributes


def level_of(
    call: Call, kind: str, attributes: dict[str, Any], record: Record | None
) -> str | None:
    """The level that is sent, as such or with the policy's one file; None where neither is.

    Both are taken out of the attributes. Raises Problem for one that the kind does not have.
    """
    level: str | None = attributes.pop("enforcement-level", None)
    enforce = attributes.pop("enforce", None)
    place = "/data/attributes/enforcement-level"
    if enforce is not None:
        file = f"{attributes['name']}.{SUFFIX[kind]}"
        mode = mode_of(call, enforce, file, level or _unsaid(kind, enforce, record))
        if level is None:
            place, level = "/data/attributes/enforce", mode
        elif mode != level:
            tell_other_mode(call, mode, level)
    if level is not None and level not in LEVELS[kind]:
        raise invalid(
            "Enforcement level is not included in the list",
            place,
            fact=f"{level} is no level of {kind} policies",
            expected=f"one of {', '.join(LEVELS[kind])}",
            source="create-policy",
            hint=f"Send {NEAREST[level]}, which stops a run too.",
        )
    return level


def _unsaid(kind: str, enforce: Sequence[Mapping[str, Any]], record: Record | None) -> str:
    """The level where the policy's file is given none: as it is, where no file is."""
    if record is not None and not any("mode" in entry for entry in enforce):
        return str(record["_mode"])
    return DEFAULT[kind]


def tell_other_mode(call: Call, mode: str, level: str) -> None:
    """A mode that is sent beside another level: a finding."""
    call.let_pass(
        "/data/attributes/enforce/0/mode",
        fact=f"enforce[0].mode is {mode}, and enforcement-level is {level}",
        expected=f"{level}, or no enforce",
        hint="Leave out data.attributes.enforce; enforcement-level goes before.",
    )


def require_query(attributes: Values, record: Record | None) -> None:
    """What OPA is asked; raises Problem where a policy would ask nothing."""
    if blank(attributes.get("query", record and record["query"])):
        raise invalid(
            "Query can't be blank",
            "/data/attributes/query",
            fact="an OPA policy has no query",
            expected="the OPA query to run",
            source="create-policy",
            hint="Send e.g. terraform.main.",
        )


def blank(query: str | None) -> bool:
    """Whether OPA would be asked nothing."""
    return not (query or "").strip()


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


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An entry has a level and a query that its kind can have; a fault for each that it cannot.

    It is a record all the same, so that nothing that names it is at fault too.
    """
    kind, query = entry.get("kind", "sentinel"), entry.get("query")
    mode, a_policy = entry.get("mode", DEFAULT[kind]), f"A policy of kind {kind}"
    if mode not in LEVELS[kind]:
        seeding.fault(f"{pointer}/mode", f"{a_policy} is {either(LEVELS[kind])}, not {mode}.")
    if kind == "opa" and blank(query):
        such = f"{a_policy} has a query, such as 'terraform.main'"
        seeding.fault(pointer, f"{such}; {entry['name']!r} has none.")
    if kind != "opa" and query:
        instead = 'leave it out, or write "kind": "opa"'
        seeding.fault(f"{pointer}/query", f"{a_policy} has no query: {instead}.")
    return policies.seed(seeding, {**entry, "mode": mode}, pointer, owner)


TODAY = replace(
    BEFORE,
    made={**BEFORE.made, "kind": "sentinel", "query": None},
    settled=settled_of_kinds,
    checked=checked,
    seed=seed,
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
                "description": f"What a failing check does to the run; {DEFAULT_MODE} where omitted, "
                f"{DEFAULT['opa']} for OPA.",
            },
        },
    },
)
EDITIONS = {"2026-08": TODAY}
