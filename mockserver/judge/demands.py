"""What an edition demands of another server's answers: less than it holds our own to.

The schemas of an edition say what we show. Of that, another server must show what the page's table
and every sample of it show. `x-shown` marks the members that we show beyond that; what only a client
or a decision of ours names is demanded of nobody. Ids are opaque (JSON:API), links are addresses;
their form is ours alone. What a server shows besides is drift (the vendor's stability policy).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from mockserver.contract import Edition
from mockserver.contract.engines import Checker, Checkers, Schema, resolve
from mockserver.judge.sources import shown_by_a_page


@cache
def demands(edition: Edition) -> Mapping[str, Schema]:
    """The edition's schemas by component name, with what is demanded of everybody alone."""
    return {name: demanded(schema, edition.schemas) for name, schema in edition.schemas.items()}


@cache
def checkers(edition: Edition) -> Checkers:
    """The compiled demands, by schema."""
    return Checkers(demands(edition))


@cache
def checker(edition: Edition, operation: str, status: int) -> Checker:
    """The compiled demands on an answer."""
    schema = edition.operations[operation].answer_schema(status) or {}
    return checkers(edition).of(demanded(schema, edition.schemas))


def demanded(schema: Any, components: Mapping[str, Schema], under: str = "") -> Any:
    """A schema without what is ours alone; `under`: the member that it is the schema of."""
    if isinstance(schema, list):
        return [demanded(part, components, under) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    made = {
        word: demanded(part, components, under)
        for word, part in schema.items()
        if word not in ("properties", "required", "additionalProperties", "pattern")
    }
    if "properties" in schema:
        made["properties"] = {
            name: demanded(part, components, "links" if under == "links" else name)
            for name, part in schema["properties"].items()
        }
    if "required" in schema:
        made["required"] = [name for name in schema["required"] if _is_demanded(name, schema, components)]  # fmt: skip
    if "pattern" in schema and under not in ("id", "links"):
        made["pattern"] = schema["pattern"]
    return made


def _is_demanded(name: str, schema: Schema, components: Mapping[str, Schema]) -> bool:
    part = schema.get("properties", {}).get(name, {})
    if part.get("x-shown"):
        return False
    source = part.get("x-source") or resolve(part, components).get("x-source", "")
    return shown_by_a_page(source)
