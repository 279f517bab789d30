"""What several pages say alike about who may do what. No resource type, and none is imported.

Source: permissions.html, service-accounts.html (users-teams-organizations), policy-sets.html.
"""

from __future__ import annotations

from mockserver.world.kinds import Rule, View
from mockserver.world.state import ROOT, Record

LEVELS = ("read", "plan", "write", "admin")
"""Of a workspace, each including those before it."""


def organization_of(view: View, record: Record | None) -> Record:
    """The organization that a record is or belongs to."""
    assert record is not None, "the path names no record"
    while record.owner != ROOT:
        record = view.owner(record)
    return record


def _sentinel(view: View, record: Record | None) -> bool:
    words = ("owner",) if view.strict else ("owner", "manage-policies", "organization-token")
    return view.can(organization_of(view, record), *words)


SENTINEL = Rule(
    "owners, teams that may manage policies, and the organization's token "
    "(a strict universe: owners alone, as the policy sets page says)",
    "permissions.html#manage-policies",
    _sentinel,
)
"""Policies and policy sets, read and change alike."""
