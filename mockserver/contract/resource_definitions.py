"""A record: the definition of one resource object, from which its schemas are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.contract.engines import Schema

COMPONENTS = "#/components/schemas/"
LINKAGE = f"{COMPONENTS}common.to-"
"""What the definition of every linkage begins with: to-one, to-one-or-null, to-many."""
SELF = f"{COMPONENTS}common.self"
"""The definition of links that are the path of the record alone."""
CLOSED = {"additionalProperties": False}


class ResourceDefinition(NamedTuple):
    """A definition of a resource object: `component` is page.definition."""

    component: str
    schema: Schema

    @property
    def page(self) -> str:
        return self.component.partition(".")[0]

    @property
    def name(self) -> str:
        """Of the definition. That of the page's own record is the page's name."""
        return self.component.partition(".")[2]

    @property
    def shown(self) -> str:
        """The component of the resource object."""
        return f"{self.page}.resource" if self.name == self.page else self.component

    @property
    def document(self) -> str:
        """The component of the document that shows one."""
        own = self.name == self.page
        return f"{self.page}.document" if own else f"{self.component}-document"

    @property
    def identifier(self) -> str:
        """The component of the identifier of one."""
        own = self.name == self.page
        return f"{self.page}.identifier" if own else f"{self.component}-identifier"

    @property
    def type(self) -> str:
        return str(self.schema["properties"]["type"]["const"])

    @property
    def title(self) -> str:
        return str(self.schema["title"])

    @property
    def noun(self) -> str:
        """Its title inside a sentence: `policy set`, `SSH key`."""
        title = self.title
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]

    @property
    def source(self) -> str:
        return str(self.schema["x-source"])

    @property
    def example(self) -> Any:
        """One record, of the id and the members that it has in the fixture `documented`; empty where the
        page shows none.
        """
        return next(iter(self.schema.get("examples", ({},))))


Types = Mapping[str, ResourceDefinition]
"""Records by resource type."""


def is_record(schema: Schema) -> bool:
    """Whether a definition is of a resource object."""
    return {"id", "type", "attributes"} <= set(schema.get("properties", ()))


def with_own_path(schema: Schema) -> Schema:
    """A definition of a record, its path said whole where its links refer to `self` of `common.json`."""
    members: Schema = schema.get("properties", {})
    links: Schema = members.get("links", {})
    if links.get("$ref") != SELF:
        return schema
    type, form = members["type"]["const"], members["id"]["pattern"].removeprefix("^")
    own = {"type": "string", "pattern": f"^/api/v2/{type}/{form}", "description": "Its path."}
    beside = {word: said for word, said in links.items() if word != "$ref"}
    whole = {"type": "object", "properties": {"self": own}, **beside}
    return {**schema, "properties": {**members, "links": whole}}


def patched(schema: Any, patch: Any) -> Any:
    """A schema with a difference applied: a JSON merge patch (RFC 7386)."""
    if not isinstance(patch, Mapping):
        return patch
    made = dict(schema) if isinstance(schema, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = patched(made.get(name), value)
    return made


def closed(schema: Any) -> Any:
    """A schema as it is written, every object closed where its properties stand."""
    if not isinstance(schema, dict):
        return schema
    made = dict(schema)
    if "items" in made:
        made["items"] = closed(made["items"])
    if "properties" in made:
        made["properties"] = {name: closed(part) for name, part in made["properties"].items()}
        made.update(CLOSED)
    return made


def identifier_schema(record: ResourceDefinition) -> dict[str, Any]:
    """The resource identifier of a record."""
    own = record.schema["properties"]["id"]
    said = own.get("description", f"The {record.noun}'s id.")
    members = {
        "type": {"const": record.type, "description": f"Must be {record.type}."},
        "id": {"type": "string", "description": said},
    }
    made = {
        "title": f"{record.title} identifier",
        "x-source": record.source,
        "type": "object",
        "properties": members,
        "required": list(members),
        **CLOSED,
    }
    return dict(patched(made, record.schema.get("x-identifier", {})))
