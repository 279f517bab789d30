"""What access of a team to a workspace and to a project have in common: one a team and place.

`Place` says which of the two. Levels of one's own, of 2026: `access_levels.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.jsonapi.identifiers import identifier
from mockserver.jsonapi.missing import no_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.world.access import demand
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler, Kind
from mockserver.world.naming import by_id
from mockserver.world.problems import Error, invalid_item, invalid_items, not_found
from mockserver.world.seeding import Seeding
from mockserver.world.state import Record, State
from mockserver.world.view import View

OWNERS = "owners"


class Place(NamedTuple):
    """`what`: the relationship to it; `type`: of its records; `read`, `manage`: the rights there."""

    what: str
    type: str
    read: str
    manage: str

    @property
    def everywhere(self) -> str:
        return f"The owners team has admin access to every {self.what}"


# operations: list and add have no record in their path, and ask once they know the place


def list_of(place: Place) -> Handler:
    """Of one place, in order of creation, those that the caller sees; a place that is unknown or
    unseen is 404.
    """

    def handler(call: Call) -> Reply:
        id = call.query[f"filter[{place.what}][id]"]
        where = _found(call, place.type, id)
        if where is None:
            raise not_found(no_record(call, place.type, id))
        demand(call, call.operation, place.read, where, "teams")
        team = call.query.get("filter[team][id]")
        records = (call.state.get(item[-1]) for item in call.state.list(where.key, call.kind.type))
        keys = [
            r.key
            for r in records
            if team in (None, call.state.get(r.owners[1]).id) and call.sees(r)
        ]
        return Reply(data=listed(call, keys))

    return handler


def add_to(place: Place) -> Handler:
    """The team must be one that the caller sees, so who only administers the place can name his own
    teams (only owners manage permissions for any team).
    """

    def handler(call: Call) -> Reply:
        sent = call.linkage
        ids = {name: sent[name]["id"] for name in (place.what, "team")}
        where, team = _found(call, place.type, ids[place.what]), _found(call, "teams", ids["team"])
        errors: list[Error] = []
        if where is None or not call.sees(where):
            where = None
            errors.append(_unknown(place.what, ids[place.what]))
        else:
            demand(call, call.operation, place.manage, where, "teams")
        if team is None or not call.sees(team) or (where and team.owner != where.owner):
            errors.append(_unknown("team", ids["team"], where and call.owner(where)))
        elif where:
            errors += _barred(call, place, where, team)
        if errors or not where or not team:
            raise invalid_items(errors)
        kind, said = call.kind, dict(call.attributes)
        values = kind.settled(call, said, None) if kind.settled else said
        state, record = call.create(kind, call.state, (where.key, team.key), values)
        return Reply(state=state, data=record)

    return handler


def _found(call: Call, type: str, id: str) -> Record | None:
    find = call.kinds[type].find
    assert find is not None
    return find(call.state, id, None)


def _unknown(what: str, id: str, within: Record | None = None) -> Error:
    """`within`: the organization in which it must be, where that is known."""
    place = f"the organization {within.id}" if within else "the same organization"
    return _wrong(
        what,
        f"{what.capitalize()} does not exist",
        fact=f"{id!r} is not the id of a {what} that this token may see, in {place}",
        expected=f"the id of a {what}",
        hint=f"List the organization's {what}s to find their ids.",
    )


def _barred(call: Call, place: Place, where: Record, team: Record) -> list[Error]:
    """Why a team that exists cannot be given access."""
    if team["name"] == OWNERS:
        fact = f"the access of the team {OWNERS} can be neither given nor taken"
        hint = "Leave it out: its members may do everything already."
        return [_wrong("team", place.everywhere, fact=fact, expected="another team", hint=hint)]
    other = call.state.find(call.kind.type, where.key, team.key)
    if other is None:
        return []
    return [
        _wrong(
            "team",
            "Team has already been taken",
            fact=f"the team has {other['access']} access already: team access {other.id}",
            expected="a team without access of its own",
            hint=_change(call.kind, other),
        )
    ]


def _change(kind: Kind, access: Record) -> str:
    """What to do in order to change an access that there is."""
    for operation in kind.operations:
        if operation.startswith("update-"):
            return f"To change it, send {operation} of {access.id}."
    return "To change it, remove the access and add it again."


def _wrong(what: str, detail: str, **meta: str) -> Error:
    return invalid_item(detail, f"/data/relationships/{what}/data", **meta)


# fixtures


def _seed(place: Place, type: str) -> Callable[..., Record | None]:
    """`{"platform": "read"}`, or `{"platform": {"id": "1", "access": "read"}}`."""

    def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
        assert owner is not None
        name, value = entry
        detail = value if isinstance(value, dict) else {"access": value}
        team = seeding.named("teams", name, pointer, seeding.state.get(owner.owner))
        if team is None:
            return None
        if team["name"] == OWNERS:
            seeding.fault(pointer, f"{place.everywhere}: leave it out")
            return None
        kind = seeding.kinds[type]
        values = _settled(kind, detail)
        owners = owner.key, team.key
        found = seeding.there(kind, values, owners)
        if found is None:
            return seeding.create(kind, owners, values, pointer, id=detail.get("id"))
        if isinstance(value, dict):
            seeding.meet(kind, found, value, pointer)
        elif found["access"] != value:
            seeding.clash(pointer, found, "access")
        return found

    return seed


def _settled(kind: Kind, detail: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says; a state says of a level too what it allows."""
    said = {name: part for name, part in detail.items() if name != "id"}
    if kind.settled is None:
        return said
    own = said if said["access"] == "custom" else {"access": said["access"]}
    return kind.settled(None, own, None)


def dump(state: State, record: Record, entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return state.get(record.owners[1])["name"], entry


# the kind


def to_team(view: View, record: Record) -> dict[str, Any]:
    team = view.state.get(record.owners[1])
    return {"data": identifier(team), "links": {"related": f"/api/v2/teams/{team.id}"}}


def access_kind(
    type: str, place: Place, levels: Sequence[str], to_place: Callable[[View, Record], Any]
) -> Kind:
    """What the kinds of both have in common; their operations and rights are their own.

    Their `owners` are the place and the team. `to_place`: the relationship to the place.
    """
    return Kind(
        type=type,
        names=lambda values, owners: ((type, *owners),),
        find=by_id(type),
        show=resource,
        relationships={"team": to_team, place.what: to_place},
        within=place.type,
        about='What teams may do in it: the level by the team\'s name, e.g. {"platform": "read"}.',
        member="team-access",
        refers=("teams",),
        mapping=True,
        seed=_seed(place, type),
        dump=dump,
        entry={"type": ["string", "object"], "pattern": f"^({'|'.join(levels)})$"},
    )
