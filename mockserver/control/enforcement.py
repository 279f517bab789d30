"""Which policies are checked in which workspaces, and why: of all sets of an organization at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.nearest import did_you_mean
from mockserver.world.access import authenticate
from mockserver.world.enforcement import Enforcement, Scope
from mockserver.world.kinds import Kind, Kinds
from mockserver.world.ordered import Ordered
from mockserver.world.state import Record, State
from mockserver.world.view import View


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
        found, out = _reasons(view, how, record)
        group["marks"] = _marks(found, places, reasons)
        group["gaps"] = _marks(out, places, reasons)
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

    `excluded` are those that an exclusion leaves out; `version` is the id of what was uploaded with
    the policies of a set that names none one by one. Raises KeyError for what is not there.
    """
    found: dict[str, list[dict[str, Any]]] = {"effective": [], "excluded": []}
    view = View(kinds, state, authenticate(kinds, state, None, ""))
    for kind in kinds.values():
        if (how := kind.enforcement) is None:
            continue
        at = _asked(kinds, state, how.type, column) if column else None
        if group:
            sets: Iterable[Record] = [_asked(kinds, state, kind.type, group)]
        elif at:
            sets = state.all(kind.type, at.owner)
        else:
            sets = state.every(kind.type)
        for record in sets:
            members = _all(kinds, view.members(record, kind.relations[how.relation].relation))
            uploaded = how.uploaded(view, record)
            holds = {how.relation: members, "version": uploaded.id if uploaded else None}
            for name, reasons in zip(found, _reasons(view, how, record, at), strict=True):
                found[name] += [
                    {
                        singular(how.type): _named(kinds, state.get(key)),
                        singular(kind.type): _named(kinds, record),
                        "reason": reasons[key],
                        **holds,
                    }
                    for key in sorted(reasons)
                ]
    return found


def _reasons(
    view: View, how: Enforcement, record: Record, column: Record | None = None
) -> tuple[dict[int, str], dict[int, str]]:
    """By column (or in this one alone) why a set is in force there, and why it is left out."""
    gaps, marks = how.excluded(view, record), how.reasons(view, record)
    if column is None:
        every = view.state.list(record.owner, how.type)
        out, found = _spread(gaps, every), _spread(marks, every)
    elif column.owner == record.owner:
        out, found = _first(gaps, column.key), _first(marks, column.key)
    else:
        return {}, {}
    return {key: why for key, why in found.items() if key not in out}, out


def _first(scopes: Iterable[Scope], key: int) -> dict[int, str]:
    """The nearest reason of one column."""
    return next(({key: scope.reason} for scope in scopes if scope.holds(key)), {})


def _spread(scopes: Sequence[Scope], every: Ordered) -> dict[int, str]:
    """The nearest reason by column; `every` are the items of all."""
    found: dict[int, str] = {}
    for scope in reversed(scopes):
        keys = [item[-1] for item in every] if scope.keys is None else scope.keys
        kept = (key for key in keys if key not in scope.but) if len(scope.but) else keys
        found |= dict.fromkeys(kept, scope.reason)
    return found


def singular(type: str) -> str:
    """What one record of a type is called."""
    return type.removesuffix("s")


def _asked(kinds: Kinds, state: State, type: str, said: str) -> Record:
    """The record of an id or a label, found without a look at the others."""
    kind, (owner, _, name) = kinds[type], said.partition("/")
    record, within = state.find(type, said), None
    if record is None and name and kind.within and kind.find:
        find = kinds[kind.within].find
        within = find(state, owner, None) if find else None
        record = kind.find(state, name, within) if within else None
    if record is not None:
        return record
    if not (name and within):
        raise KeyError(f"no {singular(type)} {said!r}: give an id or ORGANIZATION/NAME")
    known = [f"{owner}/{kind.named_as(one)}" for one in state.all(type, within.key)]
    raise KeyError(f"no {singular(type)} {said!r}. {did_you_mean(said, known)}")


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
