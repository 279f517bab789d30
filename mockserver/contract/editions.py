"""An edition: the contract of one day, read from its folder and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from mockserver.contract.assembled import Assembled
from mockserver.contract.engines import Checker, Checkers
from mockserver.contract.expansion import read_pages
from mockserver.contract.files import folder, read, shipped_editions
from mockserver.contract.folders import read_folders
from mockserver.contract.operations import Operation
from mockserver.contract.tolerated import refuse_strangers, tolerated
from mockserver.contract.types import ResourceType, resource_types
from mockserver.nearest import did_you_mean, either, there_is_no

METHODS = ("get", "post", "put", "patch", "delete")
CONTROL = "control"
"""The contract of our own endpoints, which is no edition."""


class UnknownEdition(KeyError):
    """No edition of that name; the message lists those there are."""

    def __str__(self) -> str:
        return str(self.args[0])


_added: dict[str, Edition] = {}


def editions() -> tuple[str, ...]:
    """Names of the editions there are, oldest first: those that ship, and those that were added."""
    shipped = (name for name in shipped_editions() if name != CONTROL)
    return tuple(sorted({*shipped, *_added}))


@contextmanager
def added(place: Path) -> Iterator[Edition]:
    """An edition in a folder of one's own, known by its name for as long as the block lasts.

    Raises ValueError where the folder is not whole, or an edition of that name is there already.
    """
    edition = Edition(place)
    if edition.name in (*editions(), CONTROL):
        raise ValueError(f"{place}: there is an edition {edition.name!r} already")
    _added[edition.name] = edition
    try:
        yield edition
    finally:
        del _added[edition.name]


class Edition:
    """The operations, schemas and data of one day's contract."""

    def __init__(self, place: Path, parts: Assembled | None = None) -> None:
        """Of the page files in a folder, or of `parts` that were read otherwise.

        Raises ValueError that names file and place where the folder is not whole.
        """
        self.place = place
        self.facts: Mapping[str, Any] = read(place / "edition.json")
        self.name: str = self.facts["edition"]
        made = parts or read_pages(place, self.facts["page-size"])
        self.schemas, self.paths, self.responses = made.schemas, made.paths, made.responses
        self.origins: Mapping[str, str] = made.origins
        self._examples = made.examples
        components = {"schemas": self.schemas, "responses": self.responses}
        entries, self._checkers = tolerated(place), Checkers(self.schemas)
        self.operations: dict[str, Operation] = {}
        for path_name, method, item in self._items():
            operation = Operation(
                self.name, method, path_name, item, components, entries, self._checkers
            )
            if operation.id in self.operations:
                raise ValueError(f"{place}: the operation id {operation.id!r} appears twice")
            self.operations[operation.id] = operation
        refuse_strangers(place, entries, self.operations)

    def _items(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for path, item in self.paths.items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    @property
    def now(self) -> str:
        """The time at which clocks of this edition stand in tests."""
        return str(self.facts["now"])

    def operation(self, id: str) -> Operation:
        """The operation of an id. Raises KeyError with the editions that have it, or the nearest ids."""
        if id in self.operations:
            return self.operations[id]
        others = [name for name in editions() if name != self.name and id in load(name).operations]
        there = f"Edition {either(others)} has." if others else did_you_mean(id, self.operations)
        raise KeyError(f"Edition {self.name} has no operation {id!r}. {there}")

    @cached_property
    def types(self) -> Mapping[str, ResourceType]:
        """The resource types by name: attributes and relationships as plain data."""
        return resource_types(self.operations.values(), self.schemas)

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where things are written, by name: each operation by its id, and what `edition.json` says
        under `sources` of rules that stand on no endpoint's page.
        """
        return {
            **{id: operation.source for id, operation in self.operations.items()},
            **self.facts.get("sources", {}),
        }

    def source(self, name: str) -> str:
        """Where an operation or a named rule is written. Raises KeyError with the nearest names."""
        if name not in self.sources:
            near = did_you_mean(name, self.sources)
            raise KeyError(f"Edition {self.name} has no source {name!r}. {near}")
        return self.sources[name]

    def checker(self, component: str) -> Checker:
        """The compiled schema of a component."""
        return self._checkers.of({"$ref": f"#/components/schemas/{component}"})

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Names of the members whose value must never be kept or logged."""
        return self._checkers.secrets

    @cached_property
    def examples(self) -> Mapping[str, Mapping[str, Any]]:
        """Our own examples by operation id."""
        return self._examples()

    def openapi(self) -> dict[str, Any]:
        """The whole edition as one OpenAPI 3.1 document, examples included."""
        paths: dict[str, Any] = {}
        for path, method, item in self._items():
            paths.setdefault(path, {})[method] = self._with_examples(item)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": self.facts["title"],
                "version": self.name,
                "description": self.facts["description"],
            },
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}],
            "paths": paths,
            "components": {
                "schemas": self.schemas,
                "responses": self.responses,
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            },
        }

    def _with_examples(self, item: Mapping[str, Any]) -> dict[str, Any]:
        example = self.examples.get(item["operationId"], {})
        shown = dict(item)
        if "body" in example and "requestBody" in item:
            shown["requestBody"] = _exemplified(item["requestBody"], example["body"])
        shown["responses"] = {
            status: _exemplified(response, body)
            if (body := example.get("answers", {}).get(status)) is not None
            and "content" in response
            else response
            for status, response in item["responses"].items()
        }
        return shown


def _exemplified(part: Mapping[str, Any], value: Any) -> dict[str, Any]:
    return {
        **part,
        "content": {
            media: {**entry, "examples": {"example": {"value": value}}}
            if "json" in media or not isinstance(value, dict | list)
            else entry
            for media, entry in part["content"].items()
        },
    }


def load(name: str) -> Edition:
    """The edition of that name. Raises UnknownEdition with those there are."""
    return _added.get(name) or _shipped(name)


@cache
def _shipped(name: str) -> Edition:
    if name not in editions():
        raise UnknownEdition(there_is_no("edition", name, editions()))
    return Edition(folder("contracts") / name)


@cache
def control() -> Edition:
    """The contract of our own endpoints under `/_mock/`."""
    place = folder("contracts") / CONTROL
    return Edition(place, read_folders(place))


def contract(name: str) -> Edition:
    """An edition, or the contract of our own endpoints: for who only reads.

    Raises UnknownEdition with those there are.
    """
    return control() if name == CONTROL else load(name)
