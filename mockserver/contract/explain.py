"""From a miss to a message: what, where, what was expected, where it is written, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.contract import hints
from mockserver.contract.engines import InstancePath, Miss, Schema, resolve
from mockserver.contract.secret_places import may_be_secret, may_tell
from mockserver.pointers import key_path
from mockserver.redaction import USUAL, cut, is_secret, redactor

WORDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
TYPES: Mapping[type, str] = {str: "string", list: "array", dict: "object"}
KINDS: Mapping[type, str] = {
    str: "a string", int: "an integer", float: "a number", bool: "a boolean",
    dict: "an object", list: "an array", type(None): "null",
}  # fmt: skip
"""What stands where another type is wanted, in words: the type of a secret tells nothing of it."""
STRUCTURED = {"object", "array", "null"}
WORDLIST = re.compile(r"\^\(([a-z_-]+(?:\|[a-z_-]+)+)\)\$")
"""A pattern that says which words there are: `^(read|plan|write|admin)$`."""
NAMES = r"^[A-Za-z0-9_-]+$"
PATTERNS = {
    NAMES: "of letters, digits, - and _",
    "^[0-9]+$": "of digits",
    "^https?://": "that begins with http:// or https://",
    "^.": "that is not empty",
}
"""What texts a pattern lets pass, in words; a page says it of others as `x-expected`."""
IDS = re.compile(r"\^([a-z]+-)\[A-Za-z0-9\]\+\$")
BOUNDS = {"minItems": "at least", "maxItems": "at most"}
UNTOLD = "its value is not shown"
"""What a fact says in place of a value that is, or may be, a secret."""


def brief(value: Any, most: int = 60) -> str:
    """A value as JSON, cut where it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=repr)
    except (ValueError, RecursionError):
        text = repr(value)
    return cut(text, most)


def trail(
    schema: Schema, path: InstancePath, components: Mapping[str, Schema], value: Any = None
) -> tuple[Schema, str, bool]:
    """The schema of a place, the nearest source on the way there, and whether the place is secret,
    or the value that stands there may hold a secret.
    """
    schema = resolve(schema, components)
    source, secret = schema.get("x-source", ""), bool(schema.get("x-secret"))
    for part in path:
        inner = schema.get("items") if isinstance(part, int) else _member(schema, part)
        if inner is None:
            return {}, source, secret or may_be_secret(schema, part, components)
        source = inner.get("x-source", source)  # of the place, not of what it refers to
        schema = resolve(inner, components)
        secret = secret or bool(schema.get("x-secret"))
    return schema, source, secret or may_tell(schema, value, components)


def _member(schema: Schema, name: str) -> Any:
    """The schema of a member; of any member where the schema says so (fixtures do)."""
    every = schema.get("additionalProperties") or None
    return schema.get("properties", {}).get(name, every)


def expected(schema: Schema, components: Mapping[str, Schema]) -> str:
    """In words what a schema wants."""
    schema = resolve(schema, components)
    if "x-expected" in schema:
        return str(schema["x-expected"])
    if "const" in schema:
        return brief(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(brief(value) for value in schema["enum"])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " or ".join(expected(part, components) for part in schema[choice])
    if set(schema) == {"required"}:
        return "an object with " + " and ".join(schema["required"])
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "string" in types and (words := WORDLIST.fullmatch(schema.get("pattern", ""))):
        listed = "one of " + ", ".join(brief(word) for word in words[1].split("|"))
        return " or ".join([*(WORDS[name] for name in types if name != "string"), listed])
    text = " or ".join(WORDS[name] for name in types)
    if "pattern" in schema:
        text += f" {_passing(schema['pattern'])}"
    if schema.get("minLength") == 1:
        text += " that is not empty"
    bounds = [
        f"{word} {schema[name]}"
        for name, word in (("minimum", "at least"), ("maximum", "at most"))
        if name in schema
    ]
    return text + (" of " if bounds else "") + " and ".join(bounds) or "any value"


def _passing(pattern: str) -> str:
    if id := IDS.fullmatch(pattern):
        return f"that begins with {id[1]}, then letters and digits"
    return PATTERNS.get(pattern, f"that matches {pattern}")


def wanted(miss: Miss, schema: Schema, components: Mapping[str, Schema]) -> str:
    """In words what the schema of a place wants in which a miss is."""
    text = expected(schema, components) if schema else "no such member"
    if miss.fault == "maxLength":
        return of_length(text, f"at most {miss.expected}")
    if miss.fault == "minLength" and miss.expected != 1:
        return of_length(text, f"at least {miss.expected}")
    if bound := BOUNDS.get(miss.fault):
        return f"an array of {bound} {miss.expected} {'item' if miss.expected == 1 else 'items'}"
    return "items that are all different" if miss.fault == "uniqueItems" else text


def of_length(wanted: str, bound: str) -> str:
    """What is wanted of a text, with a bound of its length: `a string of at most 90 letters, …`."""
    of, string = "a string of ", "a string"
    if wanted.startswith(of):
        return f"{of}{bound} {wanted.removeprefix(of)}"
    if wanted.startswith(string):
        return f"{of}{bound} characters{wanted.removeprefix(string)}"
    return f"{wanted}, of {bound} characters"


def vendor_detail(miss: Miss, schema: Schema) -> str:
    """The detail of a refusal: the vendor's words where they are known, else the plain fact."""
    name = human(miss.path)
    if miss.fault == "missing" or (miss.value == "" and miss.fault in ("pattern", "minLength")):
        return f"{name} can't be blank"
    if miss.fault == "pattern" and schema.get("pattern") == NAMES:
        return f"{name} can only include letters, numbers, -, and _"
    if miss.fault == "enum":
        return f"{name} is not included in the list"
    if miss.fault == "maxLength":
        return f"{name} is too long (maximum is {miss.expected} characters)"
    return f"{name} is invalid"


def human(path: InstancePath) -> str:
    """The last name of a path as the vendor's sentences begin with it: `Auto apply`."""
    names = [part for part in path if isinstance(part, str)]
    return str(names[-1] if names else "body").replace("-", " ").replace("_", " ").capitalize()


def fact(
    miss: Miss,
    schema: Schema,
    secret: bool,
    secrets: frozenset[str] = frozenset(),
    around: Schema = MappingProxyType({}),
) -> str:
    """What is wrong at the place of a schema, with what was sent; a secret is not repeated, nor what
    stands in the value under one of the names `secrets`, or under one of them misspelt. `around`: as
    for `hint`.
    """
    where = key_path(miss.path) or "the body"
    if miss.fault == "missing":
        return f"{where} is missing"
    if miss.fault == "unlisted" and is_secret(str(miss.path[-1]), secrets | USUAL):
        secret = True
    value = UNTOLD if secret else told(miss.value, schema, secrets)
    if miss.fault == "unlisted":
        said = "not listed" if hints.changed_by(miss, around) is None else "read-only"
        return f"{where} is {said} ({value})"
    if secret:
        kind = KINDS.get(type(miss.value)) if miss.fault == "type" else None
        return f"{where} {f'is {kind}' if kind else 'does not fit'} ({UNTOLD})"
    return f"{where} is {value}"


def told(value: Any, schema: Schema, secrets: frozenset[str] = frozenset()) -> str:
    """What is sent to the place of a schema, secrets out before it is cut; a fixture, or a body of the
    control plane, holds those of every edition. Of an object or an array where none is wanted, and of
    a text where one is, the type alone: it may hold, or be, the secret that belongs elsewhere.
    """
    wanted = schema.get("type", ())
    wanted = {wanted} if isinstance(wanted, str) else {*wanted}
    if not wanted and not schema.keys().isdisjoint(("const", "enum")):
        wanted = {"string"}
    own = TYPES.get(type(value))
    structured = own in STRUCTURED or wanted <= STRUCTURED
    if own and wanted and own not in wanted and structured:
        return WORDS[own]
    return brief(redactor(secrets | USUAL, None).value(value))


def untold(metas: Iterable[Mapping[str, Any]]) -> list[str]:
    """The JSON pointers of explanations that do not repeat what was sent there."""
    return [meta["pointer"] for meta in metas if UNTOLD in meta.get("fact", "")]


def explained(
    miss: Miss,
    schema: Schema,
    components: Mapping[str, Schema],
    others: Iterable[Miss] = (),
    secrets: frozenset[str] = frozenset(),
) -> tuple[str, dict[str, str]]:
    """The detail of a miss, and the members of `meta` that explain it. `others` are the misses of
    the same value: a missing member may stand among them under a misspelt name. `secrets` are the
    names of the edition's secret members: what is sent under one is told nowhere.
    """
    part, source, secret = trail(schema, miss.path, components, miss.value)
    around, *_ = trail(schema, miss.path[:-1], components)
    text = wanted(miss, part, components)
    return vendor_detail(miss, part), {
        "pointer": miss.pointer,
        "fact": fact(miss, part, secret, secrets, around),
        "expected": text,
        "key-path": key_path(miss.path),
        "source": source,
        "hint": hints.misspelt(miss, others)
        or hints.misplaced(miss, part, others, around, components)
        or part.get("x-hint")
        or hints.hint(miss, text, around, components),
    }
