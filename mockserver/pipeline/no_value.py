"""What every answer shows, and nothing gives a value to, is told at start, not by the first create: there the
pages and the kinds meet, and neither knows it alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract import Edition
from mockserver.contract.engines import Checker, Schema, resolve
from mockserver.contract.origins import of_body
from mockserver.contract.resource_definitions import COMPONENTS
from mockserver.contract.shapes import is_resource_schema, type_of
from mockserver.jsonapi.resources import resource, shown_by
from mockserver.pointers import pointer
from mockserver.world.kinds import Kind, Kinds

Missing = tuple[str, str, str]
"""Where it stands in a resource object, its name, and what is wrong and to do."""


def refuse_no_value(served: Kinds, contract: Edition) -> None:
    """Raises ValueError with file and place for an attribute or a relationship that every answer shows,
    and that a new record has no value of.
    """
    for component, schema in contract.schemas.items():
        kind = served.get(type_of(schema)) if is_resource_schema(schema) else None
        if kind is None or kind.show is not resource:  # it is shown by a function of its kind
            continue
        for part, name, reason in (
            *_attributes(kind, served, schema, contract),
            *_relationships(kind, served, schema, contract),
        ):
            written = of_body(contract, {"$ref": f"{COMPONENTS}{component}"}, (part, name))
            file, names = written or (contract.place, (component, part, name))
            raise ValueError(f"{file}#{pointer(names)}: {reason}")


def _attributes(kind: Kind, served: Kinds, schema: Schema, contract: Edition) -> Iterator[Missing]:
    """A record without a value has null. It is shown, also where an answer may lack it."""
    made, _ = shown_by(kind, served.facts)
    listed = served.facts.attributes.get(kind.type, {})
    for name, part in _members(schema, contract).items():
        said = listed.get(name)
        given = name in made or name in kind.made or name == kind.title
        if (
            given or said is None or said.required or said.has_default
        ):  # None: no operation shows it
            continue
        if not Checker(part, contract.schemas).holds(None):
            say = (
                "a default, x-required, or null among its types"
                if said.create
                else "null among its types"
            )
            reason = (
                f"answers show it, and a new record has no value of it; say {say}, or let the "
                f"kind {kind.type} give it one (made, computed)"
            )
            yield "attributes", name, reason


def _relationships(
    kind: Kind, served: Kinds, schema: Schema, contract: Edition
) -> Iterator[Missing]:
    _, known = shown_by(kind, served.facts)
    part = resolve(schema["properties"].get("relationships", {}), contract.schemas)
    for name in part.get("required", ()):
        if name not in known:
            reason = (
                f"every answer shows it, and the kind {kind.type} does not; name it there under relations or "
                "relationships, or say x-optional"
            )
            yield "relationships", name, reason


def _members(schema: Schema, contract: Edition) -> Schema:
    attributes = resolve(schema["properties"]["attributes"], contract.schemas)
    members: Schema = attributes.get("properties", {})
    return members
