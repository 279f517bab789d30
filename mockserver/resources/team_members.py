"""Membership: who belongs to a team, what that grants, and the two operations that change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import compress

from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler
from mockserver.world.problems import Error, invalid, invalid_item, invalid_items
from mockserver.world.state import ROOT, Record
from mockserver.world.view import View

OWNERS, OWNER = "owners", "owner"
MEMBERS = ("users", "teams")


def teams_of(view: View, organization: Record) -> Iterator[Record]:
    """The teams of an organization that the caller belongs to: his own, or the one he is."""
    subject = view.state.get(view.caller.record.key)
    if subject.kind == "teams":
        if subject.owner == organization.key:
            yield subject
        return
    if subject.kind != "users":
        return
    owners = view.state.find("teams", organization.key, OWNERS)
    if owners and subject.key in view.state.members(owners.key, MEMBERS):
        yield owners  # first, and without a look at the others: an owner may do everything
        return
    for key in view.state.members(subject.key, (MEMBERS[1], MEMBERS[0])):
        team = view.state.get(key)
        if team.owner == organization.key:
            yield team


def in_organization(view: View, record: Record) -> frozenset[str]:
    """`member`, `owner`, and what the organization access of teams allows."""
    return frozenset().union(*map(_allows, teams_of(view, record)))


@lru_cache(maxsize=64)
def _allows(team: Record) -> frozenset[str]:
    """What belonging to a team grants in its organization: each request asks for it, and a record
    never changes."""
    access = team["organization-access"]
    own = [OWNER] if team["name"] == OWNERS else []
    return frozenset(["member", *own, *compress(access, access.values())])


def in_team(view: View, record: Record) -> Iterator[str]:
    """Whether the caller belongs to it, or is it."""
    if any(team.key == record.key for team in teams_of(view, view.owner(record))):
        yield "team-member"


GRANTS = {"organizations": in_organization, "teams": in_team}


def reach(view: View, type: str, within: Record) -> Iterable[int]:
    """Teams that the caller belongs to: he sees these, owners see all."""
    return (team.key for team in teams_of(view, within)) if type == "teams" else ()


MANAGE = "manage-teams"
"""Teams, their organization access, and who belongs to them."""


# operations


def add_users(call: Call) -> Reply:
    """By username (page). All or nothing: with one that nobody has, nothing changes (decision)."""
    errors: list[Error] = []
    keys = []
    for at, item in enumerate(call.document["data"]):
        user = _user(call, item["id"])
        if user:
            keys.append(user.key)
        else:
            errors.append(_unknown(item["id"], at))
    if errors:
        raise invalid_items(errors)
    return Reply(state=call.state.link(call.record.key, MEMBERS, keys))


def delete_users(call: Call) -> Reply:
    """Who is no member, or nobody, is gone already: 204 (JSON:API). `owners` keeps one (guide)."""
    record = call.record
    found = (_user(call, item["id"]) for item in call.document["data"])
    keys = {user.key for user in found if user}
    left = [key for key in call.state.members(record.key, MEMBERS) if key not in keys]
    if record["name"] == OWNERS and not left:
        raise invalid(
            "The owners team cannot be empty",
            "/data",
            fact=f"the team {OWNERS} of {call.owner(record).id} would have no member left",
            expected="at least one member who stays",
            source="owners-team",
            hint="Add another member before you remove the last one.",
        )
    return Reply(state=call.state.unlink(record.key, MEMBERS, sorted(keys)))


def _user(call: Call, username: str) -> Record | None:
    """By username alone, whether the caller sees him or not: that is how people are added."""
    return call.state.find("users", ROOT, username.casefold())


def _unknown(username: str, at: int) -> Error:
    return invalid_item(
        "User does not exist",
        f"/data/{at}/id",
        fact=f"{username!r} is not the username of anybody",
        expected="the username of a user (not the id, nor an e-mail address)",
        hint="Users must exist already: a fixture can hold them.",
    )


OPERATIONS: Mapping[str, tuple[Handler, str]] = {
    "add-user-to-team": (add_users, MANAGE),
    "delete-user-from-team": (delete_users, MANAGE),
}
