"""The schema of one resource object: what an answer shows of it, and what is told where it breaks that."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mockserver.contract.engines import Checkers, Miss, Schema
from mockserver.contract.explain import explained
from mockserver.contract.shapes import Show, shower
from mockserver.pointers import key_path, pointer


class ResourceSchema:
    """The schema of one resource object: what it shows, and whether one keeps it."""

    def __init__(self, name: str, schemas: Mapping[str, Schema], checkers: Checkers) -> None:
        self.name, self._schemas, self._checkers = name, schemas, checkers
        self._schema: Schema = {"$ref": f"#/components/schemas/{name}"}
        self._checker = checkers.of(self._schema)

    @cached_property
    def shown(self) -> Show:
        """Gives a resource object without what the schema does not list."""
        return shower(self._schema, self._schemas)

    def holds(self, value: Any) -> bool:
        """Whether a resource object keeps its schema: then all that it shows is listed, too."""
        return self._checker.holds(value)

    def misses(self, value: Any) -> list[str]:
        """A sentence for each place where a resource object breaks its schema."""
        return [
            explain_miss(miss, self._schema, self._schemas, self._checkers.secrets)
            for miss in self._checker.misses(value)
        ]


def explain_miss(
    miss: Miss, schema: Schema, schemas: Mapping[str, Schema], secrets: frozenset[str]
) -> str:
    """One sentence about a miss in an answer: pointer, fact, what was expected, source."""
    _, meta = explained(miss, schema, schemas, secrets=secrets)
    return (
        f"{pointer(miss.path) or '/'}: {meta['fact']}, expected {meta['expected']} "
        f"({meta['source']}, {key_path(miss.path)})"
    )
