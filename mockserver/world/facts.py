"""What an edition says, as plain data for those who may not read the contract.

The shapes are those of `mockserver.contract.types`; here stands only what records are kept by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


class AttributeFacts(Protocol):
    """One attribute of a resource type: its schema, its default, and which bodies may set it."""

    @property
    def schema(self) -> Mapping[str, Any]: ...
    @property
    def default(self) -> Any: ...
    @property
    def has_default(self) -> bool: ...
    @property
    def create(self) -> bool: ...
    @property
    def update(self) -> bool: ...
    @property
    def required(self) -> bool: ...
    @property
    def shown(self) -> bool: ...
    @property
    def secret(self) -> bool: ...


class RelationshipFacts(Protocol):
    """One relationship of a resource type: what it may name, and whether it names many."""

    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def many(self) -> bool: ...
    @property
    def create(self) -> bool: ...


class TypeFacts(Protocol):
    """One resource type: its name, its attributes and its relationships."""

    @property
    def name(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, AttributeFacts]: ...
    @property
    def relationships(self) -> Mapping[str, RelationshipFacts]: ...


class Right(NamedTuple):
    """A named right of the vendor's permission page: who has it in a sentence, and where that stands.

    `granted_by`: words, any of which gives it: `anyone`, the type of who calls, or what kinds grant
    in a record or in what owns it.
    """

    words: str
    source: str
    granted_by: frozenset[str]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Right:
        """A right as `edition.json` says it; a long text there is a list of its lines."""
        words, source = _text(said["words"], " "), _text(said["x-source"], ", ")
        return cls(words, source, frozenset(said["granted-by"]))


def _text(said: str | list[str], between: str) -> str:
    return said if isinstance(said, str) else between.join(said)


@dataclass(frozen=True, eq=False, repr=False)
class Facts:
    """One edition: `data` is its `edition.json`, `statuses` the success of each operation.

    `attributes` and `relationships` are those of every resource object that bears a type's name: an
    account is a user to oneself, and what one of the two shows is kept for both. `kept` are the
    attributes that a body may set. `sources` tell where operations and rules are written, by name;
    `rights` are those of the permission page, by name.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, AttributeFacts]] = field(default_factory=dict)
    relationships: Mapping[str, Mapping[str, RelationshipFacts]] = field(default_factory=dict)
    kept: Mapping[str, Mapping[str, AttributeFacts]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    rights: Mapping[str, Right] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        data: Mapping[str, Any],
        types: Iterable[TypeFacts],
        statuses: Mapping[str, int],
        sources: Mapping[str, str],
    ) -> Facts:
        """The facts of an edition, the resource objects of one type put together: the first says
        most.
        """
        attributes: dict[str, dict[str, AttributeFacts]] = {}
        relationships: dict[str, dict[str, RelationshipFacts]] = {}
        for type in types:
            known = attributes.setdefault(type.name, {})
            for name, said in type.attributes.items():
                if name not in known or not known[name].shown:
                    known[name] = said
            related = relationships.setdefault(type.name, {})
            related.update({n: s for n, s in type.relationships.items() if n not in related})
        kept = {
            type: {name: said for name, said in listed.items() if said.create or said.update}
            for type, listed in attributes.items()
        }
        rights = {name: Right.of(said) for name, said in data.get("rights", {}).items()}
        return cls(data, statuses, attributes, relationships, kept, sources, rights)

    def source(self, name: str) -> str:
        """Where an operation or a rule of that name is written; what names none, as it is."""
        return self.sources.get(name, name)

    def __getitem__(self, name: str) -> Any:
        """A member of `edition.json`, e.g. `terraform-versions`."""
        return self.data[name]


NO_FACTS = Facts()
"""What is known without an edition: for those who only walk the kinds."""
