"""Tokens of today: each ends some day; a team has several, told apart by description, and so has an
agent pool, for its agents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from mockserver.jsonapi.identifiers import to_one
from mockserver.jsonapi.pagination import listed
from mockserver.resources import moments
from mockserver.resources.tokens import CREATOR, TYPE, made, tokens_of
from mockserver.world import clock
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.kinds import Handler, Values
from mockserver.world.problems import Problem, invalid_item, not_found
from mockserver.world.state import Record, State
from mockserver.world.view import View

LIFE = 2
"""Years that a token lives where nobody says (go-tfe's suite)."""


def in_two_years(values: Values, facts: Facts, now: str) -> str:
    return clock.years_later(values["created-at"], LIFE)


def such(
    state: State, holder: Record, description: str | None, purpose: str | None = None
) -> Record | None:
    """The holder's token of a description and a purpose."""
    for token in tokens_of(state, holder):
        if (token["description"], token["purpose"]) == (description, purpose):
            return token
    return None


def to_team(view: View, record: Record) -> dict[str, Any]:
    holder = view.owner(record)
    return to_one(holder if holder.kind == "teams" else None)


# operations


def create(call: Call) -> Reply:
    """One more token of a user, whatever it is described as."""
    return made(call, call.kind, call.state, _settled(call))


def create_described(call: Call) -> Reply:
    """One more token of a team; no other has its description, and none is without (suite)."""
    return _described(call, _settled(call))


def _described(call: Call, said: dict[str, Any]) -> Reply:
    if such(call.state, call.record, said["description"]):
        error = invalid_item(
            "Validation failed: Description has already been taken",
            "/data/attributes/description",
            fact="another token of the team has it",
            expected="a description that no other token of the team has",
            hint="Send another description, or revoke the token that has it.",
        )
        raise Problem(422, error._replace(title="invalid attributes"))  # the plural is the suite's
    return made(call, call.kind, call.state, said)


def create_for_agents(call: Call) -> Reply:
    """One more token of an agent pool. It ends where the body says so, else never (document)."""
    return made(call, call.kind, call.state, {"expired-at": None, **_settled(call)})


def list_of_pool(call: Call) -> Reply:
    return Reply(data=listed(call, (token.key for token in tokens_of(call.state, call.record))))


def generate(call: Call) -> Reply:
    """The one token without a description; the one before ends at once (document)."""
    settled, state = _settled(call), call.state
    said = {"description": None, "purpose": call.query.get("token"), **settled}
    if said["description"] is not None:
        return _described(call, settled)
    if before := such(state, call.record, None, said["purpose"]):
        state = state.remove(before.key)
    return made(call, call.kind, state, said)


def show_legacy(call: Call) -> Reply:
    return Reply(data=_legacy(call))


def delete_legacy(call: Call) -> Reply:
    return Reply(state=call.state.remove(_legacy(call).key))


def _legacy(call: Call) -> Record:
    purpose = call.query.get("token")
    token = such(call.state, call.record, None, purpose)
    if token is None:
        wanted, way = "without a description", "generate one"
        if purpose is not None:
            wanted, way = f"for {purpose}", f"generate one with ?token={purpose}"
        raise not_found(f"{call.record.id} has no token {wanted}: {way} first")
    return token


def _settled(call: Call) -> dict[str, Any]:
    """What is sent; an end that has passed is taken, and a finding (decision)."""
    said = moments.kept(call.attributes, "expired-at")
    end = said.get("expired-at")
    if end is not None and end <= call.now:
        call.let_pass(
            "/data/attributes/expired-at",
            fact=f"expired-at is {end}, and it is {call.now}: the token opens nothing",
            expected="a moment that is to come, or null",
            hint="Send a later moment, or null for a token that never ends.",
        )
    return said


# the list of an organization's team tokens


OF_TEAM = "manage-team-token"


def list_team_tokens(call: Call) -> Reply:
    """Of teams that the caller may manage, whose name holds `q`, as `sort` and `filter[expiry_status]` say."""
    asked = str(call.query.get("q", "")).casefold()
    teams = (call.state.get(item[-1]) for item in call.state.list(call.record.key, "teams"))
    found = [
        token
        for team in teams
        if asked in team["name"].casefold() and call.may(OF_TEAM, team)
        for token in tokens_of(call.state, team)
    ]
    if (status := call.query.get("filter[expiry_status]")) is not None:
        wanted = [STATUSES[word] for word in status.split(",") if word]
        found = [token for token in found if any(fits(call, token) for fits in wanted)]
    sort = str(call.query.get("sort", "created"))
    by = SORTS[sort.removeprefix("-")]
    found.sort(key=lambda token: (by(call, token), token.key), reverse=sort.startswith("-"))
    return Reply(data=listed(call, (token.key for token in found)))


def delete_team_tokens(call: Call) -> Reply:
    """Revokes those that are named; what is no token of a team that the caller manages is gone
    already.
    """
    state = call.state
    for item in call.document["data"]:
        token = state.find(TYPE, item["id"])
        holder = state.get(token.owner) if token else None
        of_team = holder and (holder.kind, holder.owner) == ("teams", call.record.key)
        if token and of_team and call.may(OF_TEAM, holder):
            state = state.remove(token.key)
    return Reply(state=state)


def _ends_within(days: int) -> Callable[[Call, Record], bool]:
    def fits(call: Call, token: Record) -> bool:
        end, last = token["expired-at"], clock.later(call.now, timedelta(days=days))
        return end is not None and call.now < end <= last

    return fits


STATUSES: Mapping[str, Callable[[Call, Record], bool]] = {
    "active": lambda call, token: token["expired-at"] is None or token["expired-at"] > call.now,
    "expiring_in_7_days": _ends_within(7),
    "expiring_in_30_days": _ends_within(30),
    "expired": lambda call, token: bool(token["expired-at"]) and token["expired-at"] <= call.now,
    "no_expiration": lambda call, token: token["expired-at"] is None,
}


def _maker(call: Call, token: Record) -> str:
    makers = [call.state.get(key) for key in call.state.members(token.key, CREATOR)]
    return call.kinds[makers[0].kind].named_as(makers[0]) if makers else ""


SORTS: Mapping[str, Callable[[Call, Record], str]] = {
    "created": lambda call, token: token["created-at"],
    "team-name": lambda call, token: call.owner(token)["name"],
    "created-by": _maker,
    "expired-at": lambda call, token: token["expired-at"] or "",
    "last-used-at": lambda call, token: call.used.get(token.key, ""),
}


OPERATIONS: Mapping[str, tuple[Handler, str]] = {
    "create-user-token": (create, "create-user-token"),
    "create-team-token": (create_described, OF_TEAM),
    "list-team-tokens": (list_team_tokens, "manage-teams"),
    "delete-team-tokens": (delete_team_tokens, "manage-teams"),
    "list-agent-tokens": (list_of_pool, "manage-agent-pools"),
    "create-agent-token": (create_for_agents, "manage-agent-pools"),
    "generate-new-team-token": (generate, OF_TEAM),
    "show-team-token": (show_legacy, OF_TEAM),
    "delete-team-token": (delete_legacy, OF_TEAM),
    "generate-new-organization-token": (generate, "manage-organization-token"),
    "show-organization-token": (show_legacy, "manage-organization-token"),
    "delete-organization-token": (delete_legacy, "manage-organization-token"),
}
