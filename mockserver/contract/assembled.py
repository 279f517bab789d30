"""What a contract's files come to: the parts of an OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(slots=True, eq=False, repr=False)
class Assembled:
    """The parts of an OpenAPI document, and what stands beside them.

    `examples` makes those by operation id. `origins` tell of a component which definition it is made of,
    as page.definition; nothing where it is written whole. `calls` are the operations by method and path,
    parameters as `{}`.
    """

    schemas: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, dict[str, Any]] = field(default_factory=dict)
    responses: dict[str, Any] = field(default_factory=dict)
    examples: Callable[[], Mapping[str, Any]] = dict
    origins: dict[str, str] = field(default_factory=dict)
    calls: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, path: str, method: str, item: Mapping[str, Any]) -> None:
        """An operation. Raises ValueError where another has its call, whatever the names of parameters."""
        call = f"{method.upper()} {_PARAMETER.sub('{}', path)}"
        other = self.calls.setdefault(call, item)
        if other is not item:
            raise ValueError(
                f"{method.upper()} {path} is the call of {other['operationId']} on the page "
                f"{other['tags'][0]} too; change one of them"
            )
        self.paths.setdefault(path, {})[method] = item

    def kept(self, component: str, other: str, schema: Any, origin: str) -> str:
        """The name of a schema as a component: its other name where another bears the one."""
        if self.schemas.get(component, schema) != schema:
            component = other
        self.schemas[component] = schema
        self.origins[component] = origin
        return component
