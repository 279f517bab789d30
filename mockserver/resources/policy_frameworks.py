"""The framework of a policy set: all that it holds are Sentinel policies, or all OPA policies (page)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.jsonapi.identifiers import known
from mockserver.world.calls import Call
from mockserver.world.kinds import Values
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import Record


def policies_of(call: Call, data: Iterable[Values], pointer: str) -> Iterator[tuple[str, Record]]:
    """With their pointers, those policies that identifiers name and the caller may see."""
    record = call.record
    organization = record if record.kind == "organizations" else call.owner(record)
    for at, item in enumerate(data):
        if policy := known(call, "policies", item["id"], organization):
            yield f"{pointer}/{at}", policy


def unfit(policies: Iterable[tuple[str, Record]], policy_set: Record | Values) -> Iterator[Error]:
    """Of policies, those that a set cannot hold."""
    for pointer, policy in policies:
        if policy["kind"] != policy_set["kind"]:
            yield mixed(policy, policy_set, pointer, f"a policy of kind {policy_set['kind']}")


def mixed(
    policy: Record | Values, policy_set: Record | Values, pointer: str, expected: str
) -> Error:
    """A policy of one kind does not go into a set of another."""
    return invalid_item(
        "A policy set can only contain policies written in a single policy framework",
        pointer,
        fact=f"the policy {policy['name']} is of kind {policy['kind']}, "
        f"the policy set {policy_set['name']} of kind {policy_set['kind']}",
        expected=expected,
        source="policy-frameworks",
        hint=f"Name {expected}: the kind of neither can be changed.",
    )
