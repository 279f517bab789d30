"""Which policies are checked in which workspaces, and why: of all sets of an organization at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.world.access import authenticate
from mockserver.world.kinds import Enforcement, Kind, Kinds, View
from mockserver.world.naming import label
from mockserver.world.state import Record, State


def owners(kinds: Kinds, state: State) -> list[Record]:
    """The records within which something is enforced: organizations."""
    types = dict.fromkeys(kind.within for kind in kinds.values() if kind.enforcement)
    return [record for type in types if type for record in state.every(type)]


def enforced(kinds: Kinds, state: State, owner: Record) -> dict[str, Any]:
    """What each set of an owner holds and where that is enforced.

    `groups` are the sets with their `members`; `marks` are `[reason, [column, ...]]`, or
    `[reason, null]` for every column; `gaps` are those that are excluded, alike; a reason is its
    place in `reasons`. `loose` are members of no set. Columns stand by the group they are in.
    """
    kind, how = next(
        (k, k.enforcement) for k in kinds.values() if k.enforcement and k.within == owner.kind
    )
    view = View(kinds, state, authenticate(kinds, state, None, ""))
    named = [_column(kinds, view, how, record) for record in _owned(state, owner, how.type)]
    named.sort(key=lambda column: (column[0].get("group", ""), column[0]["name"]))
    columns = [record for _, record in named]
    places = {record.key: at for at, record in enumerate(columns)}
    to, reasons, held, groups = kind.relations[how.relation], dict[str, int](), set[int](), []
    for record in _owned(state, owner, kind.type):
        members = view.members(record, to.relation)
        held |= {member.key for member in members}
        group = {**_named(kinds, record), "members": _all(kinds, members)}
        group["marks"] = _marks(how.reasons(view, record), places, reasons)
        group["gaps"] = _marks(how.excluded(view, record), places, reasons)
        groups.append(group)
    loose = [member for member in _owned(state, owner, to.type) if member.key not in held]
    return {
        "types": {"group": kind.type, "row": to.type, "column": how.type, "by": how.grouped},
        "columns": [column for column, _ in named],
        "groups": groups,
        "loose": _all(kinds, loose),
        "reasons": list(reasons),
    }


def effective(
    kinds: Kinds, state: State, group: str | None, column: str | None
) -> dict[str, list[dict[str, Any]]]:
    """Where which sets are in force, and why: of one set (`group`), in one workspace (`column`), by id
    or by its label, `my-organization/production`.

    `excluded` are those that an exclusion leaves out. Raises KeyError for what is not there.
    """
    found: dict[str, list[dict[str, Any]]] = {"effective": [], "excluded": []}
    view = View(kinds, state, authenticate(kinds, state, None, ""))
    for kind in kinds.values():
        if (how := kind.enforcement) is None:
            continue
        groups, columns = (
            [_asked(kinds, state, type, said)] if said else [*state.every(type)]
            for type, said in ((kind.type, group), (how.type, column))
        )
        wanted = {record.key: record for record in columns}
        for record in groups:
            members = _all(kinds, view.members(record, kind.relations[how.relation].relation))
            of = {singular(kind.type): _named(kinds, record)}
            for name, why in (("effective", how.reasons), ("excluded", how.excluded)):
                found[name] += [
                    {
                        singular(how.type): _named(kinds, wanted[key]),
                        **of,
                        "reason": reason,
                        how.relation: members,
                    }
                    for key, reason in why(view, record).items()
                    if key in wanted
                ]
    return found


def singular(type: str) -> str:
    """What one record of a type is called."""
    return type.removesuffix("s")


def _asked(kinds: Kinds, state: State, type: str, said: str) -> Record:
    for record in state.every(type):
        if said in (record.id, label(kinds, state, record)):
            return record
    raise KeyError(f"no {singular(type)} {said!r}: give an id or ORGANIZATION/NAME")


def _column(
    kinds: Kinds, view: View, how: Enforcement, record: Record
) -> tuple[dict[str, str], Record]:
    """A column with the name of the group that it stands in."""
    column = _named(kinds, record)
    if how.grouped:
        relation = kinds[how.type].relations[how.grouped].relation
        column["group"] = ", ".join(
            kinds[group.kind].named_as(group) for group in view.members(record, relation)
        )
    return column, record


def _marks(
    found_at: Mapping[int, str], places: Mapping[int, int], reasons: dict[str, int]
) -> list[list[Any]]:
    found: dict[int, list[int]] = {}
    for key, reason in found_at.items():
        if key in places:
            found.setdefault(reasons.setdefault(reason, len(reasons)), []).append(places[key])
    every = len(places)
    return [[reason, None if len(at) == every else sorted(at)] for reason, at in found.items()]


def _owned(state: State, owner: Record, type: str) -> Iterator[Record]:
    return (state.get(item[-1]) for item in state.list(owner.key, type))


def _all(kinds: Kinds, records: Iterable[Record]) -> list[dict[str, str]]:
    return [_named(kinds, record) for record in records]


def _named(kinds: Kinds, record: Record) -> dict[str, str]:
    kind: Kind = kinds[record.kind]
    return {"id": record.id, "name": kind.named_as(record)}
