"""From a record to its resource object: what the edition lists, kept or computed."""

from __future__ import annotations

from typing import Any

from mockserver.jsonapi.identifiers import to_many, to_one
from mockserver.world.kinds import Kind, View
from mockserver.world.state import Record, thaw

NOTHING = object()


def resource(view: View, record: Record) -> dict[str, Any]:
    """The resource object of a record, in the order in which the edition lists its members."""
    kind = view.kinds[record.kind]
    links = kind.links(view, record) if kind.links else own_link(record)
    shown = {"id": record.id, "type": record.kind, "attributes": _attributes(view, kind, record)}
    if relationships := _relationships(view, kind, record):
        shown["relationships"] = relationships
    return {**shown, "links": links}


def _attributes(view: View, kind: Kind, record: Record) -> dict[str, Any]:
    values, computed = record.values, kind.computed
    attributes = {}
    for name, said in view.facts.attributes.get(record.kind, {}).items():
        if not said.shown:
            continue
        how = computed.get(name, NOTHING)
        if how is NOTHING and name == "permissions":
            attributes[name] = permissions(view, record)
        elif how is NOTHING:
            attributes[name] = thaw(values.get(name))
        else:
            attributes[name] = how(view, record) if callable(how) else how
    return attributes


def permissions(view: View, record: Record) -> dict[str, bool]:
    """What the caller may do with a record, by the rights that the permissions stand for."""
    rights = view.kinds[record.kind].permissions
    return {name: view.may(right, record) for name, right in rights.items()}


def _relationships(view: View, kind: Kind, record: Record) -> dict[str, Any]:
    relationships = {}
    for name in view.facts.relationships.get(record.kind, {}):
        if how := kind.relationships.get(name):
            part = how(view, record)
            if part is not None:
                relationships[name] = part
        elif to := kind.relations.get(name):
            members = view.members(record, to.relation)
            relationships[name] = (
                to_one(members[0] if members else None) if to.one else to_many(members)
            )
    return relationships


def own_link(record: Record) -> dict[str, str]:
    """Where most records are found: by type and id."""
    return {"self": f"/api/v2/{record.kind}/{record.id}"}


def owner(view: View, record: Record) -> dict[str, Any]:
    """The relationship to the record in whose list it stands."""
    return to_one(view.owner(record))
