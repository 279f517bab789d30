"""The framework of a policy set: all that it holds are Sentinel policies, or all OPA policies (page)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.jsonapi.identifiers import known
from mockserver.world.calls import Call
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import Record

Identifiers = Iterable[Mapping[str, str]]


def unfit_policies(
    call: Call, kind: str, data: Identifiers, pointer: str, organization: Record
) -> Iterator[Error]:
    """Of the policies that identifiers name, those that a set of a kind cannot hold."""
    for at, item in enumerate(data):
        policy = known(call, "policies", item["id"], organization)
        if policy and policy["kind"] != kind:
            yield mixed(policy["kind"], kind, f"{pointer}/{at}", f"a policy of kind {kind}")


def mixed(policy: str, policy_set: str, pointer: str, expected: str) -> Error:
    """A policy of one kind does not go into a set of another."""
    return invalid_item(
        "A policy set can only contain policies written in a single policy framework",
        pointer,
        fact=f"the policy is of kind {policy}, the policy set of kind {policy_set}",
        expected=expected,
        source="policy-frameworks",
        hint=f"Name {expected}: the kind of neither can be changed.",
    )
