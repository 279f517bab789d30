"""Membership of teams today: by invitation too, and only of members of the organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.jsonapi.identifiers import to_many
from mockserver.jsonapi.pagination import listed
from mockserver.resources import team_members
from mockserver.resources.team_members import MEMBERS, OWNERS, teams_of
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler
from mockserver.world.problems import Error, Problem, not_found
from mockserver.world.state import ROOT, Record
from mockserver.world.view import View

TYPE = "organization-memberships"
RIGHT, OWN = "manage-team-members", "manage-owners"
MANAGERS = {
    "manages-members": {"manage-membership", "manage-teams", "manage-organization-access"},
    "manages-team": {"manage-teams", "manage-organization-access"},
    "manages-access": {"manage-organization-access"},
}
"""By what is granted in a team that the caller can see, the organization access that gives it, each
including those before it (permissions page).
"""


def membership(view: View, organization: int, user: int) -> Record | None:
    return view.state.find(TYPE, organization, user)


def memberships(view: View, record: Record) -> list[Record]:
    """Of all in a team, in order of the users' creation."""
    users = view.state.members(record.key, MEMBERS)
    found = (membership(view, record.owner, user) for user in users)
    return [one for one in found if one]


def active(view: View, record: Record) -> list[Record]:
    """The users of a team who are members of the organization, not only invited."""
    found = memberships(view, record)
    return [view.state.get(one.owners[1]) for one in found if one["status"] == "active"]


def count(view: View, record: Record) -> int:
    return len(active(view, record))


def shown_users(view: View, record: Record) -> dict[str, Any]:
    return to_many(active(view, record))


def shown_memberships(view: View, record: Record) -> dict[str, Any]:
    return to_many(memberships(view, record))


class WhyNot(NamedTuple):
    """Why somebody is not added or taken out: the vendor's words, the fact, and what to do."""

    detail: str
    fact: str
    hint: str


INVITE = "Invite the user to the organization first; a fixture can hold members."
BY_MEMBERSHIP = (
    "Add who is invited by the membership: POST /teams/{id}/relationships/organization-memberships."
)
LIST = "List the organization's memberships to find the id."


# who may do what

MEMBER = frozenset({"member"})


def in_organization(view: View, record: Record) -> frozenset[str]:
    """`member`, also without a team; and what the organization access of teams allows."""
    words, caller = team_members.in_organization(view, record), view.caller.record
    if caller.kind != "users":
        return words
    own = membership(view, record.key, caller.key)
    if own is None or own["status"] != "active":
        return frozenset()
    return words or MEMBER


def in_team(view: View, record: Record) -> Iterator[str]:
    """Who is in it; who may manage its tokens; that all in the organization see it; and what may do
    with it who sees it: of a secret team, its members and who may access secret teams.
    """
    organization = view.owner(record)
    words = view.granted(organization)
    own = any(team.key == record.key for team in teams_of(view, organization))
    colleague = record["visibility"] == "organization" and "member" in words
    if own:
        yield "team-member"
        if record["allow-member-token-management"]:
            yield "token-manager"
    if colleague:
        yield "colleague"
    if own or colleague or "access-secret-teams" in words:
        yield from (word for word, access in MANAGERS.items() if words & access)
        if words & MANAGERS["manages-team"]:
            yield "token-manager"


GRANTS = {"organizations": in_organization, "teams": in_team}


def unless_owners(handler: Handler) -> Handler:
    """Who merely manages teams does not touch `owners`: he would become one (decision)."""

    def handled(call: Call) -> Reply:
        if call.record["name"] == OWNERS and not call.may(OWN, call.record):
            raise not_found(f"{call.caller.name} may not: the team {OWNERS} is for owners alone")
        reply: Reply = handler(call)
        return reply

    return handled


# operations


def list_memberships(call: Call) -> Reply:
    """Of the invited too; `filter[status]` chooses, `sort` sorts. Nobody is a service account."""
    found = memberships(call, call.record)
    if (status := call.query.get("filter[status]")) is not None:
        found = [one for one in found if one["status"] == status]
    if call.query.get("filter[is_service_account]") == "true":
        found = []
    if sort := call.query.get("sort"):
        found.sort(key=lambda one: str(one["status"]), reverse=sort.startswith("-"))
    return Reply(data=listed(call, (one.key for one in found)))


def add_users(call: Call) -> Reply:
    """By username; each must be a member of the organization already (document: 400)."""
    return _changed(call, _by_name, add=True)


def delete_users(call: Call) -> Reply:
    return _changed(call, _by_name, add=False)


def add_memberships(call: Call) -> Reply:
    """By membership; an invitation is enough."""
    return _changed(call, _by_membership, add=True)


def delete_memberships(call: Call) -> Reply:
    return _changed(call, _by_membership, add=False)


def _by_name(call: Call, name: str) -> tuple[Record | None, WhyNot]:
    user = call.state.find("users", ROOT, name.casefold())
    own = membership(call, call.record.owner, user.key) if user else None
    told = "User is not a member of the organization"
    if own is None:
        return None, WhyNot(told, f"{name!r} is nobody who is in the organization", INVITE)
    if own["status"] != "active":
        return None, WhyNot(told, f"{name!r} is invited, and no member yet", BY_MEMBERSHIP)
    return user, WhyNot(told, "", "")


def _by_membership(call: Call, id: str) -> tuple[Record | None, WhyNot]:
    own = call.state.find(TYPE, id)
    user = call.state.get(own.owners[1]) if own and own.owner == call.record.owner else None
    told = "Organization membership does not exist"
    return user, WhyNot(told, f"{id!r} is no membership of the organization", LIST)


def _changed(call: Call, named: Any, *, add: bool) -> Reply:
    """All or nothing: one who is unknown, or there (or gone) already, and nothing changes."""
    there = set(call.state.members(call.record.key, MEMBERS))
    errors, users = list[Error](), list[Record]()
    for at, item in enumerate(call.document["data"]):
        user, unfit = named(call, item["id"])
        if user is None:
            errors.append(_wrong(unfit, at))
        elif (user.key in there) is add:
            told = "User is already a member of the team" if add else "User is not in the team"
            where = f"{'in' if add else 'not in'} the team {call.record['name']} already"
            errors.append(_wrong(WhyNot(told, f"{item['id']!r} is {where}", "Leave it out."), at))
        else:
            users.append(user)
    if errors:
        raise Problem(400, *errors)
    keys = [user.key for user in users]
    if add:
        return Reply(state=call.state.link(call.record.key, MEMBERS, keys))
    _refuse_empty(call, {user.key for user in users})
    return Reply(state=call.state.unlink(call.record.key, MEMBERS, keys))


def _wrong(unfit: WhyNot, at: int) -> Error:
    meta = {
        "pointer": f"/data/{at}/id",
        "fact": unfit.fact,
        "expected": "a member of the organization",
        "key-path": "data[].id",
        "hint": unfit.hint,
    }
    return Error("bad request", unfit.detail, f"/data/{at}/id", meta)


def _refuse_empty(call: Call, gone: set[int]) -> None:
    left = [user for user in active(call, call.record) if user.key not in gone]
    if call.record["name"] == OWNERS and not left:
        meta = {
            "pointer": "/data",
            "fact": f"the team {OWNERS} of {call.owner(call.record).id} would have no member left",
            "expected": "at least one member who stays",
            "source": "owners-team",
            "hint": "Add another member before you remove the last one.",
        }
        raise Problem(403, Error("forbidden", "The owners team cannot be empty", "/data", meta))


OPERATIONS: Mapping[str, tuple[Handler, str]] = {
    "list-organization-memberships-of-team": (list_memberships, "read-team"),
    "add-user-to-team": (unless_owners(add_users), RIGHT),
    "delete-user-from-team": (unless_owners(delete_users), RIGHT),
    "add-organization-memberships-to-team": (unless_owners(add_memberships), RIGHT),
    "delete-organization-memberships-from-team": (unless_owners(delete_memberships), RIGHT),
}
