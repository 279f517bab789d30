"""From a record to its resource object: what the edition lists, kept or computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from mockserver.jsonapi.identifiers import to_many, to_one
from mockserver.nearest import singular
from mockserver.world.facts import Facts
from mockserver.world.frozen import thaw
from mockserver.world.kinds import Kind, To
from mockserver.world.state import Record
from mockserver.world.view import View

Member = Callable[[View, Record], Any]
Members = tuple[tuple[str, Member], ...]


def resource(view: View, record: Record) -> dict[str, Any]:
    """The resource object of a record, in the order in which the edition lists its members."""
    kind = view.kinds[record.kind]
    attributes, relationships = _parts(kind, view.facts)
    values = record.values
    links = kind.links(view, record) if kind.links else own_link(record)
    shown = {
        "id": record.id,
        "type": record.kind,
        "attributes": {
            name: thaw(values.get(name)) if part is None else part(view, record)
            for name, part in attributes
        },
    }
    related = {name: part(view, record) for name, part in relationships}
    if related:
        shown["relationships"] = {n: part for n, part in related.items() if part is not None}
    return {**shown, "links": links}


@lru_cache(maxsize=512)
def _parts(kind: Kind, facts: Facts) -> tuple[tuple[tuple[str, Member | None], ...], Members]:
    """How each attribute and relationship of a kind is shown that an edition lists; None: an
    attribute as it is kept.
    """
    attributes = facts.attributes.get(kind.type, {})
    relationships = facts.relationships.get(kind.type, {})
    return (
        tuple((name, _attribute(kind, name)) for name, said in attributes.items() if said.shown),
        tuple((name, how) for name in relationships if (how := _relationship(kind, name))),
    )


def _attribute(kind: Kind, name: str) -> Member | None:
    if name in kind.computed:
        how = kind.computed[name]
        return how if callable(how) else lambda view, record: how
    return permissions if name == "permissions" else None


def _relationship(kind: Kind, name: str) -> Member | None:
    """As the kind shows it, else the members of its relation, else the record in whose list it stands."""
    if name in kind.relationships or name in kind.relations:
        return kind.relationships.get(name) or _members(kind.relations[name])
    return owner if kind.within and name == singular(kind.within).replace(" ", "-") else None


def related(kind: Kind, name: str) -> Callable[[View, Record], Iterable[Any]]:
    """What an include of that name brings: as the kind says, else the members of the relation."""
    to = kind.relations.get(name.replace("_", "-"))
    if name in kind.related or to is None:
        return kind.related.get(name, lambda view, record: ())
    return lambda view, record: view.members(record, to.relation)


def _members(to: To) -> Member:
    if not to.one:
        return lambda view, record: to_many(view.members(record, to.relation))
    return lambda view, record: to_one(next(iter(view.members(record, to.relation)), None))


def permissions(view: View, record: Record) -> dict[str, bool]:
    """What the caller may do with a record, by the rights that the permissions stand for."""
    return view.permitted(view.kinds[record.kind].permissions, record)


def own_link(record: Record) -> dict[str, str]:
    """Where most records are found: by type and id."""
    return {"self": f"/api/v2/{record.kind}/{record.id}"}


def owner(view: View, record: Record) -> dict[str, Any]:
    """The relationship to the record in whose list it stands."""
    return to_one(view.owner(record))
