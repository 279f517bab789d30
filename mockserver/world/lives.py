"""What verification asks of a resource type: the words in which a kind tells its documented life.

`verify` plays what stands here against any server and names no resource type. A life is mostly
data: which operations make, show, list, change and remove a record, and a document to make one
with. What the general acts cannot know is a plain function that drives a `Play`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Resource = Mapping[str, Any]
Expected = Mapping[str, Any]
"""Values by pointer within a resource object, e.g. `{"/attributes/global": True}`."""


Asked = tuple[Mapping[str, str], Mapping[str, Any], Any]


@dataclass(slots=True)
class Seen:
    """One answer of the server, judged.

    `document` is None where there was no JSON. `wrong` holds the pointers in the document that
    were found fault with: what follows from one fault is not told as another. `asked` is what was
    sent: path parameters, query, body.
    """

    operation: str
    status: int
    document: Any = None
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    asked: Asked = ({}, {}, None)

    @property
    def ok(self) -> bool:
        """Whether the server took it, by whatever status."""
        return 200 <= self.status < 300

    @property
    def data(self) -> Any:
        """The primary data; None where there is none."""
        return self.document.get("data") if isinstance(self.document, dict) else None


@dataclass(frozen=True, slots=True)
class Law:
    """One sentence that holds for every resource object of a type, where it is said, and its test.

    `test(resource)` gives `(pointer in the resource object, fact)` for each place where it does
    not hold. It gets whatever a server sends: members may be missing or of any type.
    """

    words: str
    source: str
    test: Callable[[Resource], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Change:
    """One PATCH to play: the attributes it sends, and what else may move with them.

    `moves`: pointers in the resource object, beyond those that move with every change.
    """

    attributes: Mapping[str, Any]
    moves: Sequence[str] = ()


class Play(Protocol):
    """What a life has in its hands while it is played against a server."""

    @property
    def organization(self) -> str:
        """The organization that verification was given."""

    def name(self, word: str) -> str:
        """A name that nothing else has: prefix, run and word."""

    def need(self, type: str, word: str = "", **about: Any) -> Resource:
        """Another record of a type, made for this life and removed after it; `about` goes to the
        `document` of its life. Ends the life where it cannot be made.
        """

    def call(
        self,
        operation: str,
        body: Any = None,
        *,
        of: Resource | None = None,
        query: Mapping[str, Any] | None = None,
        path: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Seen:
        """A request that must succeed. `of` is the record that the path names; `token` another
        than the run's.
        """

    def refused(
        self,
        status: int,
        operation: str,
        body: Any = None,
        *,
        of: Resource | None = None,
        query: Mapping[str, Any] | None = None,
        path: Mapping[str, str] | None = None,
        token: str | None = None,
        why: str,
        source: str,
    ) -> Seen:
        """A request that must be refused with that status."""

    def now(self, record: Resource) -> Resource:
        """The record as the server shows it now; as it was where it does not."""

    def effect(
        self, write: Seen, *expected: tuple[Resource, Expected], why: str, source: str
    ) -> None:
        """What a write must have done, as every view of each record shows it.

        Where every view disagrees the write is at fault, else the view that does.
        """

    def holds(
        self, truth: bool, seen: Seen, pointer: str, what: str, expected: str, source: str
    ) -> bool:
        """Note a fault of an answer where something does not hold."""

    def value(self, value: Any, pointer: str) -> Any:
        """What stands at a pointer in a document or resource object; None where nothing does."""


Known = Callable[[str, str], "Resource | None"]
"""A resource object by type and id, as it was last seen; None where it never was."""

Document = Callable[..., Any]
"""`document(play, name, **about)`: the body that makes a record; `name` is unique."""


def _nothing(play: Play) -> Sequence[Change]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Life:
    """The documented life of one resource type.

    `create`, `shows`, `list`, `updates`, `removes`: operation ids; a second one of the same sense
    (by name, by id) is held to the first. `document`: the body that makes one. `named`: the
    attribute by which paths and searches name a record; `unique`: those that no other may have,
    each with its source.
    `within(play)`: the record in whose path it is made, where that is not the organization.
    `query(resource)`: what its list wants to be asked. `changes(play)`: PATCHes to play.
    `moves`: pointers that any change may move. `hidden`: attributes that are sent and not shown as
    they were sent. `apart`: by operation the pointers that its answer alone shows.
    `laws`: what holds for every resource object. `play`: what is peculiar to the type.
    `alone`: what is played once, without a record of the type.
    `rights`: permissions of an owner; who has none of them may only read what it owns.
    `entry(resource, known)`: the entry of a fixture that makes a record look so; None where it
    cannot, `known` gives other resources by type and id.
    `unreached`: "operation status" to the reason why verification does not bring it about.
    """

    create: str | None = None
    shows: Sequence[str] = ()
    list: str | None = None
    updates: Sequence[str] = ()
    removes: Sequence[str] = ()
    document: Document | None = None
    named: str = "name"
    unique: Mapping[str, str] = field(default_factory=dict)
    within: Callable[[Play], Resource] | None = None
    query: Callable[[Resource], Mapping[str, Any]] = lambda resource: {}
    changes: Callable[[Play], Sequence[Change]] = _nothing
    moves: Sequence[str] = ("/attributes/updated-at",)
    hidden: Sequence[str] = ()
    apart: Mapping[str, Sequence[str]] = field(default_factory=dict)
    laws: Sequence[Law] = ()
    play: Callable[[Play, Resource], None] | None = None
    alone: Callable[[Play], None] | None = None
    rights: Sequence[str] = ()
    entry: Callable[[Resource, Known], Any] | None = None
    unreached: Mapping[str, str] = field(default_factory=dict)


def linked(resource: Resource, name: str) -> list[str] | None:
    """Ids in a to-many relation of a resource object; None where it does not show it."""
    relation = _member(_member(resource, "relationships"), name)
    data = relation.get("data") if isinstance(relation, Mapping) else None
    if not isinstance(data, list):
        return None
    return [str(item.get("id")) for item in data if isinstance(item, Mapping)]


def chosen(resource: Resource, *names: str) -> dict[str, Any]:
    """Id and those attributes of a resource object that it shows, as a fixture has them."""
    shown = {name: attribute(resource, name) for name in names}
    found = {name: value for name, value in shown.items() if value is not None}
    return {"id": resource["id"], **found}


def titles(resource: Resource, relation: str, type: str, known: Known) -> list[str]:
    """Names of what a relation holds; what was never seen by itself has none, and is left out."""
    others = (known(type, id) for id in linked(resource, relation) or ())
    names = (attribute(other, "name") for other in others if other)
    return [name for name in names if isinstance(name, str)]


def counted(count: str, relation: str, source: str) -> Law:
    """The law that a count is the number of what the linkage names."""

    def test(resource: Resource) -> Iterable[tuple[str, str]]:
        ids, said = linked(resource, relation), _member(_member(resource, "attributes"), count)
        if ids is not None and said is not None and said != len(ids):
            yield (
                f"/attributes/{count}",
                f"{count} is {said!r}, and {len(ids)} {relation} are named",
            )

    return Law(f"{count} is the number of the {relation} that the linkage names", source, test)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def attribute(resource: Resource, name: str) -> Any:
    """An attribute of a resource object; None where it is not shown."""
    return _member(_member(resource, "attributes"), name)


def identifiers(*resources: Resource) -> dict[str, Any]:
    """A document of identifiers, as relationship operations take it."""
    return {"data": [{"type": r["type"], "id": r["id"]} for r in resources]}


def body(type: str, attributes: Mapping[str, Any], **relationships: Any) -> dict[str, Any]:
    """A resource document to send; `relationships` are lists of resources or one, by name (`_`)."""
    data: dict[str, Any] = {"type": type, "attributes": dict(attributes)}
    if relationships:
        data["relationships"] = {
            name.replace("_", "-"): identifiers(*value)
            if isinstance(value, list | tuple)
            else {"data": {"type": value["type"], "id": value["id"]}}
            for name, value in relationships.items()
        }
    return {"data": data}
