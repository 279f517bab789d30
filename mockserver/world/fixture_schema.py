"""The JSON Schema of fixtures of an edition, from its facts and its kinds.

An entry has the attributes that are kept, as the edition describes them, and names the members of
its kind's relations; what a fixture says differently, the kind says (`Kind.entry`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.world import clock, records
from mockserver.world.facts import AttributeFacts
from mockserver.world.kinds import Kind, Kinds, To, UnfitKind

SchemaDict = dict[str, Any]
DIGEST = {
    "title": "Digest",
    "description": "What is kept of a secret: BLAKE2b of 20 bytes, in hexadecimal.",
    "type": "string",
    "pattern": "^[0-9a-f]{40}$",
    "x-expected": "the 40 hexadecimal digits of a dump",
}
MOMENT = {
    "pattern": clock.PATTERN,
    "x-expected": "a time in UTC, such as 2019-07-15T00:00:00.000Z",
}
TIMESTAMP = {
    "title": "Timestamp",
    "description": "A moment in UTC with milliseconds, e.g. 2019-07-15T00:00:00.000Z.",
    "type": "string",
    **MOMENT,
}
COUNTERS = {
    "type": "object",
    "additionalProperties": {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**53,
        "description": "The last number used.",
    },
    "description": "The last number that an id was made from, by the prefix of the ids; written by "
    "a dump, so that ids are never made twice.",
}


OWN = ("version", "edition", "counters")
"""What a fixture has beside the entries of kinds."""


def fixture_schema(kinds: Kinds) -> SchemaDict:
    """The schema of a document that makes a world of the edition that the kinds serve."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Fixture",
        "description": "A world to start from, or to add to one. Attributes are spelled as in the "
        "API; an id is made where none is given. The control plane takes such documents and gives "
        "the state of a world as one.",
        "type": "object",
        "properties": {
            "version": {"const": 1, "description": "Version of this form."},
            "edition": {
                "const": kinds.facts["edition"],
                "description": "Edition of the API that it is of; any that can read it where omitted.",
            },
            **dict(_entries(kinds, None)),
            "counters": COUNTERS,
        },
        "additionalProperties": False,
        "$defs": {
            "digest": DIGEST,
            "timestamp": TIMESTAMP,
            **{kind.type: _entry(kinds, kind) for kind in kinds.values() if kind.member},
        },
    }


def refuse_taken(kinds: Kinds) -> None:
    """Raises UnfitKind where the entries of a kind stand under the name of another member: they would
    be read as that, or it as them.
    """
    owners: dict[tuple[str | None, str], str] = {}
    for kind in kinds.values():
        if not kind.member:
            continue
        within = kinds.get(kind.within or "")
        place = f"{kind.member!r} in {f'an entry of {within.type}' if within else 'a fixture'}"
        other = owners.setdefault((kind.within, kind.member), kind.type)
        if other != kind.type:
            both = f"stands under {place}, and so does the kind {other}"
            raise UnfitKind(kind.type, f"{both}; give one of them another member", other)
        if kind.member in (_names(kinds, within) if within else OWN):
            own = f"stands under {place}, which has a member of that name itself"
            raise UnfitKind(kind.type, f"{own}; give the kind another member")


def _names(kinds: Kinds, kind: Kind) -> set[str]:
    """What an entry of a kind has beside the entries within it."""
    form = records.form(kind, kinds.facts)
    digests = (f"{name}-digest" for name in form.secrets)
    own = (to.entry for to in kind.relations.values() if to.entry)
    said = kind.entry.get("properties", {})
    return {"id", *form.entries, *form.secrets, *digests, *own, *said}


def _entries(kinds: Kinds, within: str | None) -> Iterator[tuple[str, SchemaDict]]:
    """Where the entries stand that are within one of a kind, or at the top."""
    for kind in kinds.values():
        if kind.member and kind.within == within:
            entry = {"$ref": f"#/$defs/{kind.type}"}
            said = f"{kind.about} An empty array stands for none." if kind.mapping else kind.about
            form: SchemaDict = {"type": "array", "items": entry}
            if kind.mapping:
                form = {
                    "type": ["object", "array"],
                    "maxItems": 0,
                    "additionalProperties": entry,
                }
            yield kind.member, {**form, "description": said}


def _entry(kinds: Kinds, kind: Kind) -> SchemaDict:
    """An entry of a kind: what is derived, with what the kind says differently."""
    listed = kinds.facts.attributes.get(kind.type, {})
    names = records.form(kind, kinds.facts).entries
    properties = {name: _attribute(kind, name, listed.get(name)) for name in names}
    hidden = records.form(kind, kinds.facts).secrets
    for name in hidden:
        properties |= _secret(name, listed.get(name))
    for to in kind.relations.values():
        if to.entry:
            properties[to.entry] = _members(kinds, to)
    if not kind.identify:
        properties = {"id": _id(kind), **properties}
    properties |= dict(_entries(kinds, kind.type))
    said = {name: part for name, part in kind.entry.items() if name != "properties"}
    properties = _laid(properties, kind.entry.get("properties", {}))
    needed = [kind.title, *(n for n, s in listed.items() if s.required and n not in kind.made)]
    required = [name for name in dict.fromkeys(needed) if name in properties]
    return {
        "title": kind.type.replace("-", " ").capitalize(),
        "description": kind.about,
        "type": "object",
        "properties": properties,
        **({"required": [n for n in required if n not in hidden]} if required else {}),
        "additionalProperties": False,
        **({"not": {"required": [hidden[0], f"{hidden[0]}-digest"]}} if hidden else {}),
        **said,
    }


def _attribute(kind: Kind, name: str, said: AttributeFacts | None) -> SchemaDict:
    """An attribute as the edition describes it, and what it is where the entry leaves it out.

    What the edition does not list is kept all the same: a world is more than one page of it.
    """
    if said is None:
        title: SchemaDict = {"type": "string", "minLength": 1} if name == kind.title else {}
        if name.endswith("-at"):
            title = {"type": ["string", "null"], **MOMENT}
        return {**title, "description": f"{name.replace('-', ' ').capitalize()}."}
    plain = _plain(said.schema)
    if name.endswith("-at"):
        plain |= MOMENT  # what is on no calendar is told here, not later
    described = str(plain.pop("description", "")).removesuffix(".")
    made = kind.made.get(name, said.default)
    omitted = f"; {_word(made)} where omitted"
    if name == kind.title or isinstance(made, Mapping) or (said.required and name not in kind.made):
        omitted = ""
    return {**plain, "description": f"{described}{omitted}."}


def _plain(schema: Any) -> Any:
    """A schema without the words of ours, but what messages say of it."""
    if isinstance(schema, Mapping):
        kept = (n for n in schema if not n.startswith("x-") or n == "x-expected")
        return {n: _plain(schema[n]) for n in kept}
    return [_plain(part) for part in schema] if isinstance(schema, list) else schema


def _laid(under: SchemaDict, over: Mapping[str, Any]) -> SchemaDict:
    """One schema's members over another's; what has a type of its own takes the whole place."""
    laid = dict(under)
    for name, part in over.items():
        known = laid.get(name)
        if not (isinstance(known, dict) and isinstance(part, Mapping)):
            laid[name] = part
        elif {"type", "$ref", "enum"} & part.keys():
            laid[name] = {"description": known.get("description"), **part}
        else:
            laid[name] = _laid(known, part)
    return laid


def _word(value: Any) -> str:
    """A value in a sentence."""
    if callable(value):
        return "worked out"
    if value in ("", [], ()):
        return "empty" if value == "" else "none"
    return value if isinstance(value, str) else json.dumps(value)


def _secret(name: str, said: AttributeFacts | None) -> SchemaDict:
    """A secret, or its digest in its place: what a dump has of it."""
    plain = {} if said is None else _plain(said.schema)
    return {
        name: {"type": "string", **plain, "x-secret": True},
        f"{name}-digest": {
            "$ref": "#/$defs/digest",
            "x-secret": True,  # the secret itself may stand there by mistake
            "description": f"Digest of the {name}, in place of the {name}.",
        },
    }


def _id(kind: Kind) -> SchemaDict:
    form = f"^{kind.prefix}-[A-Za-z0-9]+$" if kind.prefix else "^[0-9]+$"
    return {"type": "string", "pattern": form, "description": "Its id; made where omitted."}


def _members(kinds: Kinds, to: To) -> SchemaDict:
    """Members by name, or by id where records of that type have no unique name."""
    words = to.type.replace("-", " ")
    form: SchemaDict = {"type": "string", "minLength": 1}
    other = kinds[to.type]
    if other.titled:
        form["description"] = f"One of the {words} by name, or by id."
    else:
        form = {**_id(other), "description": f"One of the {words} by id; none where omitted."}
    if to.one:
        return form
    return {"type": "array", "description": f"{words.capitalize()} by name.", "items": form}
