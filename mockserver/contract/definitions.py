"""What the pages of an edition define, found by name and by type, and the documents made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from mockserver.contract.engines import Schema
from mockserver.contract.pages import Page, UnfitPage
from mockserver.contract.references import check_references
from mockserver.contract.resource_definitions import (
    CLOSED,
    COMPONENTS,
    LINKAGE,
    SELF,
    ResourceDefinition,
    closed,
    identifier_schema,
    is_record,
    patched,
    with_own_path,
)
from mockserver.contract.roles import resource_schema
from mockserver.nearest import there_is_no

ENTITLEMENTS = "entitlement-sets"
"""The type whose attributes are the entitlements of an organization."""
UNPAGED = "decision: the page does not page this list, but clients read meta.pagination"


class Definitions(NamedTuple):
    """The definitions of an edition.

    `names` are records by the name of their definition, `types` by resource type; `schemas` are
    the components that stand for themselves: resource objects, identifiers, and what is no record;
    `origins` tell which definition each is made of.
    """

    names: Mapping[str, ResourceDefinition]
    types: Mapping[str, ResourceDefinition]
    schemas: Mapping[str, Any]
    origins: Mapping[str, str]

    def record(self, name: str) -> ResourceDefinition:
        """The record that a page defines under that name. Raises ValueError with those there are."""
        if name not in self.names:
            raise ValueError(f"no page defines the record {name!r}; {_known(self.names)}")
        return self.names[name]

    def of_type(self, type: str) -> ResourceDefinition:
        """The record of a resource type. Raises ValueError with those there are."""
        if type not in self.types:
            raise ValueError(f"no page defines records of type {type!r}; {_known(self.types)}")
        return self.types[type]

    def refuse_unknown(self, entitlement: str | None, type: str | None) -> None:
        """Raises ValueError where no organization has an entitlement, or no page records of a type."""
        if entitlement is not None:
            shown = self.of_type(ENTITLEMENTS).schema["properties"]["attributes"]["properties"]
            if entitlement not in shown:
                raise ValueError(there_is_no("entitlement", entitlement, shown))
        if type is not None:
            self.of_type(type)

    def addressed(self, word: str) -> ResourceDefinition:
        """The record that a word of a path stands before: of that definition, else of that type.

        Raises ValueError as `of_type`.
        """
        return self.names[word] if word in self.names else self.of_type(word)

    def named(self, path: str) -> Iterator[tuple[str, str, ResourceDefinition]]:
        """What the parameters of a path stand for: each with `id` or `name`, and the record that has it.

        Raises ValueError as `addressed`.
        """
        for word, part in pairwise(path.split("/")):
            if part.startswith("{"):
                parameter = part[1:-1]
                called = "name" if parameter.endswith("name") else "id"
                yield parameter, called, self.addressed(word)

    def document(self, record: ResourceDefinition) -> Any:
        """The schema of the document that shows one record."""
        data = {"$ref": f"{COMPONENTS}{record.shown}", "description": f"The {record.noun}."}
        members = {"data": data, **self._included(record)}
        return _closed(f"{record.title} document", record.source, members, ["data"])

    def list(self, record: ResourceDefinition, source: str, paged: bool) -> Any:
        """The schema of the document that shows records, all at once or a page of them."""
        items = {"$ref": f"{COMPONENTS}{record.shown}"}
        told = "The records, in order."
        members: dict[str, Any] = {
            "data": {"type": "array", "description": told, "items": items},
            **self._included(record),
        }
        meta = {"$ref": f"{COMPONENTS}common.page-meta"}
        if paged:
            links = {"$ref": f"{COMPONENTS}common.page-links"}
            told = "Links to this page and its neighbours."
            members["links"] = {**links, "description": told, "x-shown": True}
            told = "Where this page stands among all."
            members["meta"] = {**meta, "description": told, "x-shown": True}
        else:
            told = "Counts; one page holds them all."
            members["meta"] = {**meta, "description": told, "x-source": UNPAGED}
        needed = [member for member in members if member != "included"]
        return _closed(f"{record.title} list", source, members, needed)

    def identifiers(self, page: str, record: ResourceDefinition, source: str) -> Any:
        """The schema of the body that names records, for the record of a page."""
        items = {"$ref": f"{COMPONENTS}{record.identifier}"}
        words = record.type.replace("-", " ")
        data = {"type": "array", "description": f"Identifiers of {words}.", "items": items}
        title = f"{words.capitalize()} of a {self.record(page).noun}"
        return _closed(title, source, {"data": data}, ["data"])

    def _included(self, record: ResourceDefinition) -> dict[str, Any]:
        """What may be sent along: records of relationships, where the edition has their type."""
        include = record.schema.get("x-include")
        if include is None:
            return {}
        related = record.schema["properties"]["relationships"]["properties"]
        named = (related.get(name.replace("_", "-"), {}) for name in include["names"])
        types = dict.fromkeys(type for part in named for type in _types(part))
        shown = [self.types[type].shown for type in types if type in self.types]
        return {
            "included": {
                "type": "array",
                "uniqueItems": True,
                "description": "Related resources asked for with include.",
                "items": {"anyOf": [{"$ref": f"{COMPONENTS}{name}"} for name in shown]},
                "x-source": include.get("x-source"),
            }
        }


def _types(related: Mapping[str, Any]) -> Iterable[str]:
    """The types of what a relationship leads to: that of `x-of`, or those that it lists itself."""
    if "x-of" in related:
        return [related["x-of"]] if isinstance(related["x-of"], str) else related["x-of"]
    data = related.get("properties", {}).get("data", {})
    listed: Iterable[str] = data.get("properties", {}).get("type", {}).get("enum", ())
    return listed


def _closed(title: str, source: str, members: Mapping[str, Any], needed: list[str]) -> Any:
    made = {"title": title, "x-source": source, "type": "object", "properties": members}
    return {**made, "required": needed, **CLOSED}


def _known(names: Mapping[str, Any]) -> str:
    return f"there are {', '.join(sorted(names))}"


def defined(pages: Mapping[str, Page]) -> Definitions:
    """The definitions of all pages; a definition that refers to another is a difference to it.

    Raises UnfitPage with the file that refers to what is not there.
    """
    given = {f"{page.name}.{name}": s for page in pages.values() for name, s in page.defs.items()}
    sharing = {c: to for c, s in given.items() if (to := _shared(s)) in given}
    written = given | {c: _with_shared(given[c], given[to]) for c, to in sharing.items()}
    whole = {component: with_own_path(_merged(s, written)) for component, s in written.items()}
    records = [ResourceDefinition(component, s) for component, s in whole.items() if is_record(s)]
    types = {r.type: r for r in records if "$ref" not in written[r.component]}
    bases = {_base(schema) for schema in written.values()} & written.keys()
    shared = set(sharing.values())
    plain = [
        component
        for component, schema in whole.items()
        if not is_record(schema) and component not in shared and not component.startswith(SHARED)
    ]
    check_references(
        pages, {*plain, *bases, *shared, *(c for c in written if c.startswith(SHARED))}
    )
    schemas: dict[str, Any] = {component: closed(written[component]) for component in plain}
    origins = {component: component for component in plain}
    for record in records:
        try:
            schemas[record.shown] = resource_schema(record, types)
        except ValueError as error:
            path = pages[record.page].path
            raise UnfitPage(f"{path}#/$defs/{record.name}: {error}") from None
        origins[record.shown] = record.component
    for record in {types[type].component: types[type] for type in _named(records)}.values():
        schemas[record.identifier] = identifier_schema(record)
        origins[record.identifier] = record.component
    return Definitions({record.name: record for record in records}, types, schemas, origins)


SHARED = (*(name.removeprefix(COMPONENTS) for name in (LINKAGE, SELF)), "common.identifier")
"""Definitions that records refer to: the linkage that is meant is made of `x-of`, the path of the type."""


def _base(schema: Schema) -> str:
    """The component that a whole definition refers to; empty where to none."""
    return str(schema.get("$ref", "")).removeprefix(COMPONENTS)


def _merged(schema: Schema, written: Mapping[str, Schema]) -> Schema:
    """A definition with the one that it is a difference to; what can be included is not taken over."""
    component = _base(schema)
    if component not in written:
        return schema
    rest = {name: part for name, part in schema.items() if name != "$ref"}
    base = {**_merged(written[component], written)}
    base.pop("x-include", None)
    merged: Schema = patched(base, rest)
    return merged


def _shared(schema: Schema) -> str:
    """The component that the attributes of a record refer to; empty where to none."""
    return _base(schema.get("properties", {}).get("attributes", {}))


def _with_shared(schema: Schema, shared: Schema) -> Schema:
    """A definition with attributes that several records share."""
    whole = {word: said for word, said in shared.items() if word not in ("title", "x-source")}
    return {**schema, "properties": {**schema["properties"], "attributes": whole}}


def _named(records: Iterable[ResourceDefinition]) -> Iterator[str]:
    """The types whose identifiers relationships refer to."""
    for record in records:
        related = record.schema["properties"].get("relationships", {})
        for part in related.get("properties", {}).values():
            if part.get("$ref") in (f"{LINKAGE}one", f"{LINKAGE}many"):
                yield part["x-of"]
