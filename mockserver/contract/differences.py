"""What one edition has that another has not, as a changelog of the API: facts, and what they mean.

The vendor's stability policy lists what is backwards compatible: new endpoints;
new attributes, links and relationships of requests and answers; new optional query parameters. That is
an `addition`, and so is what takes a rule away from requests, or shows less than was said before:
whatever was sent is taken still, and whatever is shown was to be expected (decision). Everything else is
`breaking`, also a list that comes in pages where it came whole: the parameter is optional, the rest of
the list is not (decision). Statuses from 500 on are no difference: every server may fail.

How ids, links and texts of an answer are spelled is not compared: JSON:API calls ids opaque.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mockserver.contract.editions import Edition
from mockserver.contract.engines import resolve
from mockserver.contract.operations import Operation
from mockserver.contract.schema_differences import SENT, SHOWN, SchemaChange, changes

Effect = Literal["breaking", "addition"]
ROLES = {"POST": "create", "PATCH": "update"}
BODIES = (".create", ".update", "-by-name")
"""How the components of bodies end that set what a record has; others belong to their call."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that differs. `subject`: an operation's id or a resource type's name; `place`: the key
    path, query parameter or status there, empty for the whole; `what`: in words; `where`: which
    bodies it is true of (`shown`, `create`, `update`), none where that says nothing.
    """

    effect: Effect
    subject: str
    place: str
    what: str
    where: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """As JSON holds it."""
        said = {"effect": self.effect, "subject": self.subject, "place": self.place}
        return said | {"what": self.what, "where": list(self.where)}


Found = dict[tuple[str, str, str], tuple[list[SchemaChange], list[str]]]
"""Changes, and where they were met, by subject, place and what has changed there."""


def differences(old: Edition, new: Edition) -> list[Difference]:
    """What differs from an old edition to a new one: its operations first, then its types by name.

    What either documents and does not build is no difference.
    """
    found: Found = {}
    before, after = _by_call(old), _by_call(new)
    made = [*_gone(before, after, _not_built(new)), *_new(before, after, _not_built(old))]
    for call, operation in before.items():
        if call in after:
            for subject, where, change in _operation(operation, after[call], old, new):
                _add(found, subject, where, change)
    types_before, types_after = _shown(old), _shown(new)
    for type in sorted(types_before.keys() & types_after.keys()):
        schemas = types_before[type], types_after[type]
        for change in changes(*schemas, old.schemas, new.schemas, SHOWN):
            _add(found, type, "shown", change)
    return made + [_told(*key, *said) for key, said in found.items()]


def _add(found: Found, subject: str, where: str, change: SchemaChange) -> None:
    kept, places = found.setdefault((subject, change.place, change.verb), ([], []))
    kept.append(change)
    if where and where not in places:
        places.append(where)


def _told(
    subject: str, place: str, verb: str, found: list[SchemaChange], where: list[str]
) -> Difference:
    """One line of all the bodies in which a thing has changed; it breaks where any of them does."""
    effect: Effect = "breaking" if any(change.breaking for change in found) else "addition"
    details = dict.fromkeys(detail for change in found for detail in change.details)
    what = f"{verb}: {'; '.join(details)}" if details else verb
    return Difference(effect, subject, place, what, tuple(where))


# operations


def _by_call(edition: Edition) -> dict[str, Operation]:
    return {_call(f"{o.method} {o.path}"): o for o in edition.operations.values()}


def _call(said: str) -> str:
    """Method and path, whatever its parameters are named."""
    return re.sub(r"{[^}]*}", "{}", said)


def _not_built(edition: Edition) -> set[str]:
    return {_call(said) for said in edition.facts.get("not-built", ())}


def _gone(
    before: Mapping[str, Operation], after: Mapping[str, Operation], documented: set[str]
) -> Iterator[Difference]:
    for call, operation in before.items():
        if call not in after and call not in documented:
            yield Difference("breaking", operation.id, "", f"gone: {_spelled(operation)}")


def _new(
    before: Mapping[str, Operation], after: Mapping[str, Operation], documented: set[str]
) -> Iterator[Difference]:
    for call, operation in after.items():
        if call not in before and call not in documented:
            yield Difference("addition", operation.id, "", f"new: {_spelled(operation)}")


def _spelled(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _operation(
    old: Operation, new: Operation, edition: Edition, other: Edition
) -> Iterator[tuple[str, str, SchemaChange]]:
    """Subject, body and change of all that an operation takes and answers, save resource objects."""
    id = new.id
    if old.entitlement != new.entitlement:
        detail = f"was {old.entitlement or 'none'}, is {new.entitlement or 'none'}"
        yield id, "", SchemaChange("", "entitlement", (detail,), bool(new.entitlement))
    for change in (*_parameters(old, new), *_statuses(old, new), *_media(old, new)):
        yield id, "", change
    if old.takes_json and new.takes_json:
        subject, where = _subject(new, other)
        schemas = old.body_schema, new.body_schema
        for change in changes(*schemas, edition.schemas, other.schemas, SENT):
            yield subject, where, change._replace(place=change.place.removeprefix("data."))
    for status in old.responses.keys() & new.responses.keys():
        if status < 300:
            for change in _answers(old, new, status, edition, other):
                yield id, "", change


def _subject(operation: Operation, edition: Edition) -> tuple[str, str]:
    """What a body is about, and which body it is: the type that it makes or changes, else the call."""
    if not str(operation.body_schema.get("$ref", "")).endswith(tuple(BODIES)):
        return operation.id, "sent"
    data = resolve(operation.body_schema, edition.schemas).get("properties", {}).get("data", {})
    members = resolve(data, edition.schemas).get("properties", {})
    type = members.get("type", {}).get("const")
    if type in edition.types and "attributes" in members and operation.method in ROLES:
        return type, ROLES[operation.method]
    return operation.id, "sent"


def _parameters(old: Operation, new: Operation) -> Iterator[SchemaChange]:
    """A parameter is a member of a query, so that one set of rules serves both."""
    for change in changes(_query(old), _query(new), {}, {}, SENT):
        if change.place == "page[size]" and change.verb in ("new", "gone"):
            whole = "the list came whole" if change.verb == "new" else "the list comes whole"
            change = change._replace(details=(*change.details, whole), breaking=True)
        yield change


def _query(operation: Operation) -> dict[str, Any]:
    named = operation.parameters
    needed = [name for name, said in named.items() if said.get("required")]
    members = {name: said["schema"] for name, said in named.items()}
    return {"type": "object", "properties": members, "required": needed}


def _statuses(old: Operation, new: Operation) -> Iterator[SchemaChange]:
    for status in sorted(old.responses.keys() ^ new.responses.keys()):
        if status >= 500:
            continue
        verb = "gone" if status in old.responses else "new"
        told = (new if status in new.responses else old).responses[status]["description"]
        yield SchemaChange(str(status), verb, (told,))


def _media(old: Operation, new: Operation) -> Iterator[SchemaChange]:
    if old.media_type != new.media_type:
        detail = f"was {old.media_type or 'none'}, is {new.media_type or 'none'}"
        yield SchemaChange("body", "type", (detail,), old.body is not None or new.needs_body)
    elif old.needs_body != new.needs_body:
        verb = "must come" if new.needs_body else "may be left out"
        yield SchemaChange("body", verb, (), new.needs_body)


def _answers(
    old: Operation, new: Operation, status: int, edition: Edition, other: Edition
) -> Iterator[SchemaChange]:
    """Which types an answer shows; an answer that shows none is compared as a whole. Further types are
    sent along where one asks for them.
    """
    before, after = old.parts(status), new.parts(status)
    more, fewer = after.keys() - before.keys(), before.keys() - after.keys()
    told = [f"{word} {_listed(sorted(n))}" for word, n in (("more", more), ("fewer", fewer)) if n]
    if told:
        yield SchemaChange(str(status), "shows", tuple(told), bool(fewer) or not before)
    schemas = old.answer_schema(status), new.answer_schema(status)
    if schemas[0] and schemas[1] and not before and not after:
        yield from changes(schemas[0], schemas[1], edition.schemas, other.schemas, SHOWN)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _shown(edition: Edition) -> dict[str, Any]:
    """The schema of each resource object by type; of a further one of a type with its page."""
    found = {
        part.name: type
        for operation in edition.operations.values()
        for status in operation.responses
        if status < 300
        for type, part in operation.parts(status).items()
    }
    own = {name: type for name, type in found.items() if name == f"{type}.resource"}
    first = dict(own)
    for name, type in sorted(found.items()):
        if type not in first.values():
            first[name] = type
    return {
        first.get(name, f"{type} ({name.partition('.')[0]})"): edition.schemas[name]
        for name, type in found.items()
    }
