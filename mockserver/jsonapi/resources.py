"""From a record to its resource object: what the edition lists, kept or computed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
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


def resource(view: View, record: Record, known: dict[str, Any] | None = None) -> dict[str, Any]:
    """The resource object of a record, in the order in which the edition lists its members.

    `known`: its relationships, which are put in as they are (`relationships_of`).
    """
    kind = view.kinds[record.kind]
    parts = _parts(kind, view.facts)
    relations = view.state.relations(record.key)
    attributes = _attributes(parts, view, record, relations)
    shown = {"id": record.id, "type": record.kind, "attributes": attributes}
    if known is not None:
        shown["relationships"] = known
    elif parts.relationships:
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


class Alone(NamedTuple):
    """What a record without members that owns nothing shows its relationships by: its kind in an
    edition, and the type and id of the record in whose list it stands.
    """

    kind: Kind
    facts: Facts
    type: str
    id: str


def alone(view: View, record: Record) -> Alone | None:
    """None of a record that has members, owns something or hides relationships, and of a kind whose
    relationships are made of more than that.
    """
    state, kind = view.state, view.kinds[record.kind]
    hiding = _parts(kind, view.facts).hiding
    if hiding is None or record.key in state.links or record.key in state.owned:
        return None
    for name in hiding:
        if record.values[name]:
            return None
    place = state.get(record.owner)
    return Alone(kind, view.facts, place.kind, place.id)


def relationships_of(alone: Alone) -> dict[str, Any]:
    """What all records show that are alone in that way."""
    shown: dict[str, Any] = {}
    for name, how in _parts(alone.kind, alone.facts).relationships:
        if how is owner:
            shown[name] = {"data": {"type": alone.type, "id": alone.id}}
        else:
            shown[name] = {"data": [] if isinstance(how, To) and not how.one else None}
    return shown


def one_owned(
    chosen: Callable[[View, Record], Record | None], view: View, record: Record
) -> dict[str, Any]:
    """The relationship to one of what a record owns, to none where it owns nothing. A kind says which:
    `partial(one_owned, chosen)`.
    """
    return to_one(chosen(view, record))


class Parts(NamedTuple):
    """How the resource objects of a kind are made in an edition.

    `attributes`: all that it lists, in its order, null where a record has none. `nested`: those that
    may be arrays or objects and are shown as they are kept. `computed`: what makes the others;
    `counted`: those that count a relation. `relationships`: what makes each; a relation, its members.
    `hiding`: the attributes that hide some of these; None where one is made of more than members,
    what the record owns, and the record in whose list it stands.
    """

    attributes: dict[str, Any]
    nested: tuple[str, ...]
    computed: tuple[tuple[str, Member], ...]
    counted: tuple[tuple[str, To], ...]
    relationships: tuple[tuple[str, Member | To], ...]
    hiding: frozenset[str] | None


@lru_cache(maxsize=512)
def _parts(kind: Kind, facts: Facts) -> Parts:
    """The parts of a kind, worked out once for each edition."""
    attributes = {n: said for n, said in facts.attributes.get(kind.type, {}).items() if said.shown}
    listed = facts.relationships.get(kind.type, {})
    relationships = {name: how for name in listed if (how := _relationship(kind, name))}
    computed = {name: made for name in attributes if (made := _attribute(kind, name))}
    counts = {to.counted: to for to in kind.relations.values() if to.counted not in computed}
    counted = {name: to for name, to in counts.items() if name in attributes}
    kept = {name: said for name, said in attributes.items() if name not in computed | counted}
    return Parts(
        dict.fromkeys(attributes),
        tuple(name for name, said in kept.items() if not _is_plain(said.schema)),
        tuple(computed.items()),
        tuple(counted.items()),
        tuple(relationships.items()),
        _hiding(kind, relationships.values()),
    )


def shown_by(kind: Kind, facts: Facts) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the attributes that a kind computes or counts, and of the relationships that it shows."""
    parts = _parts(kind, facts)
    made = (*parts.computed, *parts.counted)
    return frozenset(name for name, _ in made), frozenset(name for name, _ in parts.relationships)


def _hiding(kind: Kind, relationships: Collection[Member | To]) -> frozenset[str] | None:
    """What hides relationships, where `relationships_of` knows all of them."""
    known = all(
        isinstance(how, To) or how is owner or getattr(how, "func", None) is one_owned
        for how in relationships
    )
    if not relationships or not known or kind.within is None or kind.show is not resource:
        return None
    return frozenset(how.unless for how in relationships if isinstance(how, To) and how.unless)


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
