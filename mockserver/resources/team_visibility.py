"""What who manages teams today may make of them: secret ones, and such that may do something.

`membership_of_teams.in_team` says who may change a team that is there (permissions page).
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.jsonapi.handlers import create_record, update_record
from mockserver.world.access import demand
from mockserver.world.calls import Call, Reply
from mockserver.world.problems import invalid

SECRET = "secret"
MANAGE, ACCESS = "manage-team", "manage-team-access-to-organization"


def create(call: Call) -> Reply:
    """A secret team, as one is that says nothing, by who may access those; with organization access
    by who may manage that.
    """
    access = call.attributes.get("organization-access", {})
    _demand(call, "manage-organization-access", any(access.values()))
    _demand(call, "make-secret-team", call.attributes["visibility"] == SECRET)
    _refuse_contradiction(access)
    return create_record(call)


def update(call: Call) -> Reply:
    """Organization access, and that it becomes secret, as where a team is made."""
    record, sent = call.record, call.attributes
    access = sent.get("organization-access", {})
    before = record["organization-access"]
    _demand(call, ACCESS, any(before[name] is not on for name, on in access.items()))
    hidden = sent.get("visibility") == SECRET != record["visibility"]
    _demand(call, "make-secret-team", hidden)
    if access:
        _refuse_contradiction({**before, **access})
    return update_record(call)


def _refuse_contradiction(access: Mapping[str, bool]) -> None:
    """What is allowed in all projects is allowed in their workspaces (page)."""
    for verb in ("manage", "read"):
        projects, workspaces = f"{verb}-projects", f"{verb}-workspaces"
        if access.get(projects) and not access.get(workspaces):
            raise invalid(
                f"{verb.capitalize()} workspaces must be true when {verb} projects is true",
                f"/data/attributes/organization-access/{workspaces}",
                fact=f"the team would have {projects} and not {workspaces}",
                expected="true",
                source="team-access-cascades",
                hint=f"Send {workspaces}: true too, or {projects}: false.",
            )


def _demand(call: Call, right: str, asked: bool) -> None:
    if asked:
        demand(call, call.operation, right, call.record, "teams")
