"""Why a documented status was not brought about: verification owes a reason for each."""

from __future__ import annotations

from mockserver.contract import Operation
from mockserver.judge.sources import level_of
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.pagination import FEW
from mockserver.scenarios.runner.queries import NOT_ASKED

STORM = "only more requests a second than the server allows bring it about"
FAILURE = "documented, but no request makes a server fail"
STRAY = "nothing in the request can break the contract but unlisted parameters, which are let pass"
ANYTHING = "any body is read: nothing in it can break the contract"
BROKEN = "only a broken body or an unlisted filter brings it about, and a server may ignore both"
COMPRESSED = "only a compressed body brings it about, and a server may read those"
UNNAMED = "the path names no record that could be unknown"
FAR = "10 MB are sent to another machine only where the page itself documents the limit"
OTHERS = "--operation names others"
LIMITED = "it takes a record that the token, which is not an owner's, may not make"
UNPLAYED = "no scenario plays this operation"
READING = "--read-only sends GETs alone"
OWED = ""
"""No reason: the run should have met it."""


def reason(context: Context, operation: Operation, status: int) -> str:
    """The reason, or OWED where there is none."""
    for scenario in context.scenarios.values():
        for name in (f"{operation.id} {status}", operation.id):
            if name in scenario.unreached:
                return scenario.unreached[name]
    if operation.id in context.rights.barred:
        return context.rights.barred[operation.id]
    if status == 429:
        return STORM
    if status >= 500:
        return FAILURE
    if operation.id not in _played(context) and not operation.open:
        return UNPLAYED
    if context.read_only and operation.method != "GET":
        return READING
    if status == 422 and not operation.body and not _strict_query(operation):
        return STRAY
    if status == 422 and operation.body and not (operation.takes_json and operation.body_schema):
        return ANYTHING
    if status == 400 and not operation.takes_json and "include" not in operation.parameters:
        return BROKEN
    if status == 415 and not operation.takes_json:
        return COMPRESSED
    if status == 404 and not operation.records:
        return UNNAMED
    if status == 413 and not context.local:
        source = context.source_of(operation, 413)
        return OWED if level_of(source) == "fault" else FAR
    return OWED


def _played(context: Context) -> set[str]:
    return {id for id, _ in context.reached}


def _strict_query(operation: Operation) -> bool:
    return any(
        parameter.get("required") or parameter["schema"]["type"] == "integer"
        for parameter in operation.parameters.values()
    )


def _otherwise(context: Context, operation: Operation) -> str:
    """The reason of a run that did not set out to meet everything; OWED where it did."""
    if context.only and operation.id not in context.only:
        return OTHERS
    return LIMITED if context.rights.limited else OWED


def unreached(context: Context) -> dict[str, str]:
    """Documented "operation status" pairs that no request has met, each with the reason."""
    missing = {}
    for operation in context.edition.operations.values():
        for status in sorted(operation.responses):
            if not context.reached[operation.id, status]:
                why = reason(context, operation, status)
                missing[f"{operation.id} {status}"] = why or _otherwise(context, operation)
    return missing


def unreached_lines(context: Context) -> list[str]:
    """A line for each documented status that was not brought about, with the reason."""
    return [
        f"not reached: {pair}: {why or 'it should have been'}"
        for pair, why in unreached(context).items()
    ] + [f"not asked: {what}: {why}" for what, why in unasked(context).items()]


def unasked(context: Context) -> dict[str, str]:
    """Documented rules that are not tried, each with the reason."""
    found = {}
    operations = context.edition.operations.values()
    for name in dict.fromkeys(o.entitlement for o in operations if o.entitlement):
        if name in context.withheld:
            continue
        found[f"an organization without {name}"] = "verification can take no entitlement away"
    for plan in context.plans.values():
        known = plan.known.attributes
        for name, why in plan.scenario.left_alone.items():
            if name in known and (known[name].create or known[name].update):
                found[f"{name} of {plan.type}"] = why
    for operation in operations:
        asked = {f"{operation.id} {name}" for name in operation.parameters}
        found |= {pair: why for pair, why in NOT_ASKED.items() if pair in asked}
        size = operation.parameters.get("page[size]", {}).get("schema", {}).get("default", 0)
        if size > FEW:
            found[f"{operation.id} without page[size]"] = f"{size + 1} records would be made"
    return found
