"""Memberships: who is in an organization, or invited to it. Of August 2026; before, teams told.

Nobody accepts an invitation here: who has an account is a member at once, another stays invited and
is called by his e-mail address (decision).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.jsonapi.handlers import show_record
from mockserver.jsonapi.identifiers import named_records, to_many, to_one
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.world.access import demand
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind, Values
from mockserver.world.naming import by_id
from mockserver.world.problems import Error, Problem, invalid_item, invalid_items
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, State
from mockserver.world.view import View

TYPE = "organization-memberships"
OWNERS = "owners"
MEMBERS, TEAMS = ("users", "teams"), ("teams", "users")
RIGHT, READ = "manage-membership", "read-organization"
OF_TEAM, OF_OWNERS = "manage-team-members", "manage-owners"


def names(values: Values, owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
    """One membership an organization and user; these are its `owners`."""
    return ((TYPE, *owners),)


def user(view: View, record: Record) -> Record:
    return view.state.get(record.owners[1])


def teams(view: View, record: Record) -> list[Record]:
    """The organization's teams that its user is in."""
    return [team for team in view.members(user(view, record), TEAMS) if team.owner == record.owner]


def two_factor_required(view: View, record: Record) -> bool | None:
    """Of the invited alone (document)."""
    if record["status"] == "active":
        return None
    return bool(view.owner(record)["collaborator-auth-policy"] == "two_factor_mandatory")


# operations


def invite(call: Call) -> Reply:
    """With the teams that are named. The answer holds the user, as if he were asked for (suite)."""
    organization, email, state = call.record, call.attributes["email"], call.state
    found = _by_email(state, email)
    sent = call.linkage.get("teams", ())
    errors: list[Error] = []
    keys = named_records(
        call, sent, "teams", "/data/relationships/teams/data", organization, errors
    )
    for key in keys:
        _demand(call, state.get(key))
    if found and state.find(TYPE, organization.key, found.key):
        errors.append(_taken(email))
    if errors:
        raise invalid_items(errors)
    account = found
    if account is None:
        said = {"username": email, "email": email}
        state, account = call.create(call.kinds["users"], state, (ROOT,), said)
    status = "active" if found else "invited"
    owners = organization.key, account.key
    state, record = call.create(TODAY, state, owners, {"status": status})
    for team in keys:
        state = state.link(team, MEMBERS, [account.key])
    call.query = {**call.query, "include": ["user"]}
    return Reply(state=state, data=record)


def _by_email(state: State, email: str) -> Record | None:
    wanted = email.casefold()
    for record in state.every("users"):
        if wanted in (record["email"].casefold(), record["username"].casefold()):
            return record
    return None


def _taken(email: str) -> Error:
    return invalid_item(
        "Email has already been taken",
        "/data/attributes/email",
        fact=f"{email!r} is the address of one who is a member, or invited",
        expected="an address that nobody in the organization has",
        hint="List the organization's memberships to find his.",
    )


def list_of_organization(call: Call) -> Reply:
    """In order of creation, as `q`, `filter[status]` and `filter[email]` say."""
    return _chosen(call, call.state.all(TYPE, call.record.key))


def list_own(call: Call) -> Reply:
    return _chosen(call, call.state.all(TYPE, call.caller.record.key))


def _chosen(call: Call, records: Iterable[Record]) -> Reply:
    asked = str(call.query.get("q", "")).casefold()
    status, emails = call.query.get("filter[status]"), call.query.get("filter[email]")
    wanted = None if emails is None else {one.strip().casefold() for one in emails.split(",")}
    keys = []
    for record in records:
        account = user(call, record)
        address = account["email"].casefold()
        if (
            (asked in address or asked in account["username"].casefold())
            and status in (None, record["status"])
            and (wanted is None or address in wanted)
        ):
            keys.append(record.key)
    return Reply(data=listed(call, keys))


def remove(call: Call) -> Reply:
    """Out of the organization's teams too, which the caller must manage (permissions page). Not
    oneself as an owner, nor the last owner (document).
    """
    record, state = call.record, call.state
    account = user(call, record)
    for team in teams(call, record):
        others = [key for key in state.members(team.key, MEMBERS) if key != account.key]
        if team["name"] == OWNERS and (account.key == call.caller.record.key or not others):
            raise _own(call)
        _demand(call, team)
        state = state.unlink(team.key, MEMBERS, [account.key])
    return Reply(state=state.remove(record.key))


def _demand(call: Call, team: Record) -> None:
    """Who changes the members of a team must manage them, and of `owners` be one of them."""
    right = OF_OWNERS if team["name"] == OWNERS else OF_TEAM
    demand(call, call.operation, right, team, None)


def _own(call: Call) -> Problem:
    detail = "You cannot remove yourself from organizations which you own"
    meta = {
        "fact": f"{user(call, call.record)['username']} is an owner of {call.owner(call.record).id}",
        "expected": "another member, while an owner stays",
        "hint": "Let another owner do it.",
    }
    return Problem(403, Error("forbidden", detail, meta=meta))


# fixtures


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An owner and who is in a team is a member already: an entry says more about him."""
    assert owner is not None
    account = seeding.named("users", entry["user"], f"{pointer}/user")
    if account is None:
        return None
    values = seeding.values(TODAY, entry)
    owners = owner.key, account.key
    known = seeding.state.find(TYPE, *owners)
    if known is None:
        return seeding.create(TODAY, owners, values, pointer, id=entry.get("id"))
    if entry.get("id", known.id) != known.id:
        seeding.fault(f"{pointer}/id", f"{entry['user']} has the membership {known.id} already")
    if known.key in seeding.places:
        return seeding.change(TODAY, known, values)
    rest = {name: part for name, part in entry.items() if name not in ("id", "user")}
    seeding.meet(TODAY, known, rest, pointer)
    return known


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "user": state.get(record.owners[1])["username"]}


TODAY = Kind(
    type=TYPE,
    prefix="ou",
    names=names,
    find=by_id(TYPE),
    made={"status": "active", "created-at": lambda values, facts, now: now},
    show=resource,
    computed={
        "email": lambda view, record: user(view, record)["email"],
        "is-org-two-factor-required": two_factor_required,
    },
    relationships={
        "teams": lambda view, record: to_many(teams(view, record)),
        "user": lambda view, record: to_one(user(view, record)),
    },
    related={
        "user": lambda view, record: [user(view, record)],
        "teams": teams,
        "organization": lambda view, record: [view.owner(record)],
    },
    operations={
        "invite-user-to-organization": (invite, RIGHT),
        "list-memberships-for-organization": (list_of_organization, RIGHT),
        "list-memberships-for-user": (list_own, "own-account"),
        "show-membership": (show_record, READ),
        "remove-user-from-organization": (remove, RIGHT),
    },
    read=READ,
    within="organizations",
    about="Who is a member, or invited; owners and who is in a team are members already.",
    member="organization-memberships",
    refers=("users",),
    seed=seed,
    dump=dump,
    entry={
        "required": ["user"],
        "properties": {
            "user": {"type": "string", "minLength": 1, "description": "By username or id."}
        },
    },
)
EDITIONS = {"2026-08": TODAY}
