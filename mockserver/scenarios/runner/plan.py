"""How one resource type is played: what its edition says of it, and what its scenario adds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.contract.explain import trail
from mockserver.contract.types import ResourceType
from mockserver.judge.documents import Resource, attribute, linked_one
from mockserver.scenarios.runner.actions import Actions, actions
from mockserver.scenarios.runner.scenario import Scenario

FILTER = re.compile(r"filter\[([a-z-]+)\]\[id\]")


class CannotContinue(Exception):
    """A scenario cannot go on; the sentence says at what."""


@dataclass(frozen=True)
class Plan:
    """One type of one edition."""

    type: str
    edition: Edition
    actions: Actions
    scenario: Scenario

    @cached_property
    def known(self) -> ResourceType:
        """Its attributes and relationships; none where the edition shows none."""
        return self.edition.types.get(self.type) or ResourceType(self.type, {}, {})

    @cached_property
    def listing(self) -> Operation | None:
        """The operation that lists the type."""
        return self.edition.operation(self.actions.list) if self.actions.list else None

    @cached_property
    def search(self) -> str:
        """The query parameter that narrows the list to a part of the name; empty where it has none."""
        known = self.listing.parameters if self.listing else {}
        return next((name for name in ("search[name]", "q") if name in known), "")

    @cached_property
    def most(self) -> int | None:
        """The most records that a page of the list may have; None where it does not page."""
        known = self.listing.parameters.get("page[size]") if self.listing else None
        return known["schema"]["maximum"] if known else None

    @cached_property
    def name_attribute(self) -> str:
        """The attribute that names a record: what the scenario says, `name`, or else the first text
        that a create must send.
        """
        if self.scenario.named:
            return self.scenario.named
        texts = (
            one.name
            for one in self.known.attributes.values()
            if one.required and "string" in one.schema.get("type", ())
        )
        return "name" if "name" in self.known.attributes else next(texts, "name")

    def name_of(self, record: Resource) -> str:
        """What a record is called; empty where it has no name."""
        return str(attribute(record, self.name_attribute) or "")

    def query(self, record: Resource, narrow: str | None = None) -> dict[str, Any]:
        """What the list must be asked to show a record; `narrow`: a text that names must contain.

        `filter[workspace][id]` is the id of the record's workspace.
        """
        if self.listing is None:
            return {}
        query: dict[str, Any] = {}
        if narrow is not None:
            query = {"page[size]": self.most} if self.most else {}
            query |= {self.search: narrow} if self.search else {}
        for name, parameter in self.listing.parameters.items():
            if parameter.get("required") and (found := FILTER.fullmatch(name)):
                query[name] = linked_one(record, found[1]) or ""
        return query

    def takes(self, name: str) -> bool:
        """Whether a PATCH changes an attribute; some pages list it and say that it is ignored."""
        for update in self.actions.updates[:1]:
            body = self.edition.operation(update).body_schema
            schema, _, _ = trail(body, ("data", "attributes", name), self.edition.schemas)
            return bool(schema) and not str(schema.get("description", "")).startswith("Ignored")
        return False


def plans(edition: Edition, scenarios: Mapping[str, Scenario]) -> dict[str, Plan]:
    """The plan of every type that an edition has operations for."""
    return {
        type: Plan(type, edition, one, scenarios.get(type, Scenario()))
        for type, one in actions(edition).items()
    }
