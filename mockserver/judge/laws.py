"""What holds for every resource object of a type, in whatever answer it stands.

Read from the edition: an attribute `policy-count` counts the relation `policies`, and a secret member
holds null wherever a GET shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from mockserver.contract import Edition
from mockserver.contract.explain import brief
from mockserver.contract.types import Attribute
from mockserver.judge.documents import Resource, attribute, included, linked, resources
from mockserver.judge.pointers import named_members

SECRET = "{secrets}: a secret is shown at creation alone"
NEVER = "{secrets}: what is a secret and only sent is shown nowhere"


class LawViolation(NamedTuple):
    """A place in a resource object where a law does not hold; `about`: all that the law looks at."""

    pointer: str
    fact: str
    expected: str
    source: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """One sentence that holds for every resource object of a type, where it is said, the pointers
    that it looks at, and its test.

    `test(resource)` gives `(pointer in the resource object, fact)` for each place where it does
    not hold. It gets whatever a server sends: members may be missing or of any type.
    """

    words: str
    source: str
    about: tuple[str, ...]
    test: Callable[[Resource], Iterable[tuple[str, str]]]


def violations(resource: Any, edition: Edition) -> Iterator[LawViolation]:
    """Where a resource object breaks the laws of its type."""
    if not isinstance(resource, Mapping):
        return
    for law in laws(edition).get(str(resource.get("type")), ()):
        for pointer, fact in law.test(resource):
            yield LawViolation(pointer, fact, law.words, law.source, law.about)


def told(document: Any, edition: Edition, creation: bool) -> Iterator[LawViolation]:
    """The secrets in an answer: one that is shown is so once, at `creation`, the others never are."""
    for base, resource in (*resources(document), *included(document)):
        attributes = _attributes(resource, edition)
        for pointer, value in named_members(resource, edition.secrets):
            own = attributes.get(pointer)
            never = own is not None and not own.shown
            if value is None or _plain(own) or (creation and not never):
                continue
            wanted, source = ("no such member", NEVER) if never else ("null", SECRET)
            yield LawViolation(base + pointer, f"{pointer} holds a value", wanted, source)


def is_secret(resource: Any, pointer: str, edition: Edition) -> bool:
    """Whether the member at a pointer is shown at its creation alone."""
    named = pointer.rpartition("/")[2] in edition.secrets
    return named and not _plain(_attributes(resource, edition).get(pointer))


def _plain(own: Attribute | None) -> bool:
    """Whether an attribute with the name of a secret is none, as a variable's value."""
    return own is not None and own.shown and not own.schema.get("x-secret")


def _attributes(resource: Any, edition: Edition) -> Mapping[str, Attribute]:
    """The attributes of a resource object's type by their pointers; a secret elsewhere may bear the
    name of one that is none: a variable's value."""
    type = resource.get("type") if isinstance(resource, Mapping) else None
    known = edition.types.get(type) if isinstance(type, str) else None
    return {f"/attributes/{name}": one for name, one in known.attributes.items()} if known else {}


@cache
def laws(edition: Edition) -> Mapping[str, tuple[Law, ...]]:
    """The laws of each resource type of an edition."""
    found: dict[str, tuple[Law, ...]] = {}
    for schema in edition.schemas.values():
        members = schema.get("properties", {})
        type = members.get("type", {}).get("const")
        if type and "attributes" in members and type not in found:
            found[type] = tuple(_counts(members))
    return found


def _counts(members: Mapping[str, Any]) -> Iterator[Law]:
    attributes = members["attributes"].get("properties", {})
    for relation in members.get("relationships", {}).get("properties", {}):
        singular = relation.removesuffix("ies") + "y" if relation.endswith("ies") else relation[:-1]
        for name in (f"{singular}-count", f"{relation}-count"):
            if name in attributes:
                yield counted(name, relation, attributes[name].get("x-source", ""))


def counted(count: str, relation: str, source: str) -> Law:
    """The law that a count is the number of what the linkage names."""

    def test(resource: Resource) -> Iterable[tuple[str, str]]:
        ids, said = linked(resource, relation), attribute(resource, count)
        if ids is not None and said is not None and said != len(ids):
            yield (
                f"/attributes/{count}",
                f"{count} is {brief(said)}, and {len(ids)} {relation} are named",
            )

    words = f"{count} is the number of the {relation} that the linkage names"
    return Law(words, source, (f"/attributes/{count}", f"/relationships/{relation}/data"), test)
