"""The schema that judges one body, whole in itself, for use with any JSON Schema validator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.editions import Edition
from mockserver.contract.engines import Schema, reached
from mockserver.contract.operations import Operation
from mockserver.contract.resource_definitions import COMPONENTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def standalone(schema: Schema, components: Mapping[str, Schema], title: str) -> dict[str, Any]:
    """A schema with the components that it reaches under `$defs`."""
    parts = {name: _inside(part) for name, part in sorted(reached(schema, components).items())}
    made = {"$schema": DIALECT, "title": title, **_inside(schema)}
    return {**made, "$defs": parts} if parts else made


def _inside(part: Any) -> Any:
    """A part of a schema with references that stay in the document."""
    if isinstance(part, list):
        return [_inside(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: value.replace(COMPONENTS, "#/$defs/")
        if name == "$ref" and isinstance(value, str)
        else _inside(value)
        for name, value in part.items()
    }


def of_request(edition: Edition, operation: Operation) -> dict[str, Any]:
    """The schema of what is sent. Raises ValueError where that is no JSON."""
    if not operation.body or "json" not in str(operation.media_type):
        raise ValueError(f"{operation.id} takes no JSON body")
    return standalone(operation.body_schema, edition.schemas, f"{operation.id}: what is sent")


def of_answer(edition: Edition, operation: Operation, status: int) -> dict[str, Any]:
    """The schema of an answer. Raises ValueError where it is not documented, or no JSON."""
    if status not in operation.responses:
        known = ", ".join(map(str, sorted(operation.responses)))
        raise ValueError(
            f"{operation.id} does not document the status {status}; it documents {known}"
        )
    schema = operation.answer_schema(status)
    if schema is None:
        raise ValueError(f"{status} of {operation.id} has no JSON body")
    return standalone(schema, edition.schemas, f"{operation.id}: answer {status}")


def every(edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    """`(name, schema)` of every JSON body of an edition: `create-team.request`, `create-team.201`."""
    for operation in edition.operations.values():
        if operation.body and "json" in str(operation.media_type):
            yield f"{operation.id}.request", of_request(edition, operation)
        for status in operation.responses:
            if operation.answer_schema(status) is not None:
                yield f"{operation.id}.{status}", of_answer(edition, operation, status)
