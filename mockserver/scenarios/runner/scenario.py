"""What a module of `scenarios` says of its resource type, and the words to say it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.judge.documents import Resource, attribute, linked, linked_one

Expected = Mapping[str, Any]
"""Values by pointer within a resource object, e.g. `{"/attributes/global": True}`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One PATCH to send, and the pointers in the resource object that may change besides."""

    attributes: Mapping[str, Any]
    besides: Sequence[str] = ()


Known = Callable[[str, str], Resource | None]
"""A resource object by type and id, as it was last seen; None where it never was."""


@dataclass(frozen=True, slots=True)
class Callers:
    """Tokens of a caller who may see and change what is private, and of one who may not."""

    able: str
    unable: str


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is peculiar to one resource type; all else is played from the edition alone.

    `values(name)`: by attribute what to send where its schema does not tell: a create of a record
    of that name sends the first, a PATCH each of the others; none where the scenario's own steps do.
    `left_alone`: attributes that nothing sends, each with the reason.
    `named`: the attribute that names a record, where that is neither `name` nor required.
    `needed`: attributes that a create sends, though another may stand in their place.
    `unique`: attributes that no other record may have, each with its source.
    `any_case`: where it is said that letter case does not count in names; empty where it counts.
    `parent(driver)`: the record in whose path it is made, where verification cannot make one.
    `changes(driver)`: further PATCHes to send. `before_changes(driver, record)`: gives the record what
    no PATCH sets and each must keep.
    `besides`: by attribute the pointers that change with it. `may_change`: pointers that any PATCH may
    change besides what it sends. `inherited`: pointers that change with another record, as a project's
    mode is its workspaces': a recording cannot hold them to what it showed before. `not_echoed`: attributes
    that are not shown as they were sent. `only_in`: by operation the pointers that its answer alone
    shows. `steps(driver, record)`: what is played with a record besides; `once(driver)`: what is
    played once, without a record of the type.
    `private`: where it is said that a caller without rights sees none of it; empty where some do.
    `open`: whether whoever belongs to the owner sees it, without a right of his own.
    `callers(driver)`: tokens of others, where the type knows how to make them.
    `rights`: permissions of an owner; who has none of them may only read what it owns.
    `fixture_entry(resource, known)`: the entry of a fixture that makes a record look so; None where
    it cannot, `known` gives other resources by type and id.
    `unreached`: "operation status" to the reason why verification does not bring it about.
    """

    values: Callable[[str], Mapping[str, Sequence[Any]]] = lambda name: {}
    left_alone: Mapping[str, str] = field(default_factory=dict)
    named: str = ""
    needed: Sequence[str] = ()
    unique: Mapping[str, str] = field(default_factory=dict)
    any_case: str = ""
    parent: Callable[..., Resource] | None = None
    changes: Callable[..., Sequence[Change]] = lambda driver: ()
    before_changes: Callable[..., None] | None = None
    besides: Mapping[str, Sequence[str]] = field(default_factory=dict)
    inherited: Sequence[str] = ()
    may_change: Sequence[str] = ("/attributes/updated-at",)
    not_echoed: Sequence[str] = ()
    only_in: Mapping[str, Sequence[str]] = field(default_factory=dict)
    steps: Callable[..., None] | None = None
    once: Callable[..., None] | None = None
    private: str = ""
    open: bool = False
    callers: Callable[..., Callers] | None = None
    rights: Sequence[str] = ()
    fixture_entry: Callable[[Resource, Known], Any] | None = None
    unreached: Mapping[str, str] = field(default_factory=dict)


def shown_attributes(resource: Resource, *names: str) -> dict[str, Any]:
    """Id and those attributes of a resource object that it shows, as a fixture has them."""
    shown = {name: attribute(resource, name) for name in names}
    found = {name: value for name, value in shown.items() if value is not None}
    return {"id": resource["id"], **found}


def titles(resource: Resource, relation: str, type: str, known: Known) -> list[str]:
    """Names of what a relation holds; what was never seen by itself has none, and is left out."""
    return names_of(linked(resource, relation) or (), type, known)


def names_of(ids: Iterable[str], type: str, known: Known) -> list[str]:
    """The names of records that were seen by themselves, by their ids."""
    names = (attribute(other, "name") for id in ids if (other := known(type, id)))
    return [name for name in names if isinstance(name, str)]


def account_name(user: Resource, known: Known) -> str | None:
    """What a fixture calls a user: by the e-mail address where he was invited and has no username
    yet. None where nothing shows either.
    """
    name = attribute(user, "username")
    return name if isinstance(name, str) else account_email(user, known)


def account_email(user: Resource, known: Known) -> str | None:
    """The e-mail address of a user: others than himself see it in his membership alone."""
    naming = user.get("named-by", {}).get("user", ())
    shown = [user, *(known(*key) for key in naming)]
    emails = (attribute(one, "email") for one in shown if one)
    return next((email for email in emails if isinstance(email, str)), None)


def name_within(resource: Resource | None) -> str | None:
    """ORGANIZATION/NAME, as a fixture calls what stands in an organization; None where either is unknown."""
    if resource is None:
        return None
    organization = linked_one(resource, "organization") or resource.get("of", ("", ""))[1]
    name = attribute(resource, "name")
    return f"{organization}/{name}" if organization and name else None


def settings(resource: Resource, *but: str) -> list[str]:
    """Names of the attributes of a resource object that a body may set."""
    return [name for name in resource.get("settable", ()) if name not in but]


def bindings(resource: Resource) -> dict[str, Any]:
    """The entry of a fixture for the tag bindings that a list has shown of a record."""
    listed = resource.get("listed", {}).get("tag-bindings", ())
    values = {str(attribute(one, "key")): attribute(one, "value") for one in listed}
    return {"tag-bindings": values} if values else {}


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
