"""From a record to its resource object: what the edition lists, kept or computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from mockserver.jsonapi.identifiers import to_many, to_one
from mockserver.nearest import singular
from mockserver.world.facts import Facts
from mockserver.world.frozen import thaw
from mockserver.world.kinds import Kind, To
from mockserver.world.ordered import Ordered
from mockserver.world.state import Record, Relation
from mockserver.world.view import View

Member = Callable[[View, Record], Any]
Relations = Mapping[Relation, Ordered]


def resource(view: View, record: Record) -> dict[str, Any]:
    """The resource object of a record, in the order in which the edition lists its members."""
    kind = view.kinds[record.kind]
    parts = _parts(kind, view.facts)
    relations = view.state.relations(record.key)
    attributes = _attributes(parts, view, record, relations)
    shown = {"id": record.id, "type": record.kind, "attributes": attributes}
    if parts.relationships:
        shown["relationships"] = _relationships(parts, view, record, relations)
    shown["links"] = kind.links(view, record) if kind.links else own_link(record)
    return shown


def _attributes(parts: Parts, view: View, record: Record, relations: Relations) -> dict[str, Any]:
    shown = parts.attributes | record.values
    if len(shown) > len(parts.attributes):  # what is kept and never shown
        for name in shown.keys() - parts.attributes:
            del shown[name]
    for name in parts.nested:
        shown[name] = thaw(shown[name])
    for name, made in parts.computed:
        shown[name] = made(view, record)
    for name, to in parts.counted:
        if to.unless and record.values[to.unless]:
            shown[name] = view.state.list(record.owner, to.type).size
        else:
            shown[name] = relations[to.relation].size if to.relation in relations else 0
    return shown


def _relationships(
    parts: Parts, view: View, record: Record, relations: Relations
) -> dict[str, Any]:
    shown = {}
    for name, made in parts.relationships:
        if not isinstance(made, To):
            if (one := made(view, record)) is not None:
                shown[name] = one
        elif made.unless and record.values[made.unless]:
            continue
        elif made.relation not in relations:
            shown[name] = {"data": None if made.one else []}
        else:
            members = view.state.several(relations[made.relation])
            shown[name] = to_one(next(iter(members), None)) if made.one else to_many(members)
    return shown


class Parts(NamedTuple):
    """How the resource objects of a kind are made in an edition.

    `attributes`: all that it lists, in its order, null where a record has none. `nested`: those that
    may be arrays or objects and are shown as they are kept. `computed`: what makes the others;
    `counted`: those that count a relation. `relationships`: what makes each; a relation, its members.
    """

    attributes: dict[str, Any]
    nested: tuple[str, ...]
    computed: tuple[tuple[str, Member], ...]
    counted: tuple[tuple[str, To], ...]
    relationships: tuple[tuple[str, Member | To], ...]


@lru_cache(maxsize=512)
def _parts(kind: Kind, facts: Facts) -> Parts:
    """The parts of a kind, worked out once for each edition."""
    attributes = {n: said for n, said in facts.attributes.get(kind.type, {}).items() if said.shown}
    relationships = facts.relationships.get(kind.type, {})
    computed = {name: made for name in attributes if (made := _attribute(kind, name))}
    counts = {to.counted: to for to in kind.relations.values() if to.counted not in computed}
    counted = {name: to for name, to in counts.items() if name in attributes}
    kept = {name: said for name, said in attributes.items() if name not in computed | counted}
    return Parts(
        dict.fromkeys(attributes),
        tuple(name for name, said in kept.items() if not _is_plain(said.schema)),
        tuple(computed.items()),
        tuple(counted.items()),
        tuple((name, how) for name in relationships if (how := _relationship(kind, name))),
    )


PLAIN = {"string", "boolean", "integer", "number", "null"}


def _is_plain(schema: Mapping[str, Any]) -> bool:
    """Whether it allows neither arrays nor objects."""
    said = schema.get("type", "null" if "enum" in schema else "any")
    return PLAIN.issuperset([said] if isinstance(said, str) else said)


def _attribute(kind: Kind, name: str) -> Member | None:
    if name in kind.computed:
        how = kind.computed[name]
        return how if callable(how) else lambda view, record: how
    return permissions if name == "permissions" else None


def _relationship(kind: Kind, name: str) -> Member | To | None:
    """As the kind shows it, else its relation, else the record in whose list it stands."""
    if name in kind.relationships or name in kind.relations:
        return kind.relationships.get(name) or kind.relations[name]
    return owner if kind.within and name == singular(kind.within).replace(" ", "-") else None


def related(kind: Kind, name: str) -> Callable[[View, Record], Iterable[Any]]:
    """What an include of that name brings: as the kind says, else the members of the relation."""
    to = kind.relations.get(name.replace("_", "-"))
    if name in kind.related or to is None:
        return kind.related.get(name, lambda view, record: ())
    return lambda view, record: (
        () if to.unless and record[to.unless] else view.members(record, to.relation)
    )


def permissions(view: View, record: Record) -> dict[str, bool]:
    """What the caller may do with a record, by the rights that the permissions stand for."""
    return view.permitted(view.kinds[record.kind].permissions, record)


def own_link(record: Record) -> dict[str, str]:
    """Where most records are found: by type and id."""
    return {"self": f"/api/v2/{record.kind}/{record.id}"}


def owner(view: View, record: Record) -> dict[str, Any]:
    """The relationship to the record in whose list it stands."""
    return to_one(view.owner(record))
