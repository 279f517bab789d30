"""The functions that answer most operations; a kind's table names them, or one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockserver.jsonapi.identifiers import known, named_records
from mockserver.jsonapi.pagination import listed, paged
from mockserver.jsonapi.unique_names import taken
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler
from mockserver.world.problems import Error, invalid_items
from mockserver.world.state import ROOT, State

Rule = Callable[[Call, str, str], Iterable[Error]]
"""`(call, name, verb)`: what forbids that records are attached to, or detached from, the relationship
of that name.
"""


def list_records(call: Call) -> Reply:
    """The list of the path's record: a page of it where the edition pages it, else the whole."""
    items = call.state.list(call.record.key, call.kind.type)
    pages = "page[size]" in call.query
    return Reply(data=paged(call, items) if pages else listed(call, (item[-1] for item in items)))


def show_record(call: Call) -> Reply:
    return Reply(data=call.record)


def create_record(call: Call) -> Reply:
    """A record in the list of the path's record, with its members, all of which must exist."""
    kind, owner = call.kind, call.record if call.records else None
    owners = (owner.key if owner else ROOT,)
    attributes = dict(call.attributes)
    values = kind.settled(call, attributes, None) if kind.settled else attributes
    sent = call.linkage
    errors: list[Error] = taken(call, kind, owners, values)
    linked = {
        to.relation: named_records(
            call,
            [sent[name]] if to.one else sent[name],
            to.type,
            f"/data/relationships/{name}/data",
            owner,
            errors,
            one=to.one,
        )
        for name, to in kind.relations.items()
        if owner and sent.get(name)
    }
    errors += kind.checked(call, values, None)
    if errors:
        raise invalid_items(errors)
    state, record = call.create(kind, call.state, owners, values)
    for relation, keys in linked.items():
        state = state.link(record.key, relation, keys)
    return Reply(state=state, data=record)


def update_record(call: Call) -> Reply:
    """What is sent takes the place of what was there; what is left out stays."""
    kind, record = call.kind, call.record
    attributes = dict(call.attributes)
    changes = kind.settled(call, attributes, record) if kind.settled else attributes
    errors = taken(call, kind, record.owners, {**record.values, **changes}, record)
    errors += kind.checked(call, changes, record)
    if errors:
        raise invalid_items(errors)
    state, changed = call.change(kind, call.state, record, changes)
    return Reply(state=state, data=changed)


def update_with_members(*names: str) -> Handler:
    """As `update_record`; the members that a body sends take the place of those that were there."""

    def handler(call: Call) -> Reply:
        state, record = update_record(call).written
        owner, errors = call.owner(record), list[Error]()
        for name in names:
            if name not in call.linkage:
                continue
            sent, to = call.linkage[name], call.kind.relations[name]
            place = f"/data/relationships/{name}/data"
            items = [sent] if to.one and sent else sent or []
            keys = named_records(call, items, to.type, place, owner, errors, one=to.one)
            state = state.unlink(record.key, to.relation, state.members(record.key, to.relation))
            state = state.link(record.key, to.relation, keys)
        if errors:
            raise invalid_items(errors)
        return Reply(state=state, data=record)

    return handler


def delete_record(call: Call) -> Reply:
    """The record, all that it owns, and every relation of these."""
    return Reply(state=call.state.remove(call.record.key))


def _always(call: Call, name: str, verb: str) -> Iterable[Error]:
    return ()


def add_members(name: str, unless: Rule = _always) -> Handler:
    """Adds to a relationship, unless a rule forbids it. All or nothing: one unknown id and nothing
    changes. What is there already stays there (JSON:API).
    """

    def handler(call: Call) -> Reply:
        _demand(unless(call, name, "attached to"))
        to, errors = call.kind.relations[name], list[Error]()
        owner = call.owner(call.record)
        keys = named_records(call, call.document["data"], to.type, "/data", owner, errors)
        if errors:
            raise invalid_items(errors)
        return _related(call, call.state.link(call.record.key, to.relation, keys))

    return handler


def remove_members(name: str, unless: Rule = _always) -> Handler:
    """Takes from a relationship, unless a rule forbids it. What is not there, or unknown, is gone
    already (JSON:API).
    """

    def handler(call: Call) -> Reply:
        _demand(unless(call, name, "detached from"))
        to, owner = call.kind.relations[name], call.owner(call.record)
        found = (known(call, to.type, item["id"], owner) for item in call.document["data"])
        keys = [record.key for record in found if record]
        return _related(call, call.state.unlink(call.record.key, to.relation, keys))

    return handler


def _demand(errors: Iterable[Error]) -> None:
    if told := list(errors):
        raise invalid_items(told)


def _related(call: Call, state: State) -> Reply:
    """Changed members are a change of the record (decision)."""
    if state is not call.state and call.kind.touched:
        state, _ = call.touch(call.kind, state, call.record)
    return Reply(state=state)
