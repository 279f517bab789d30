"""From an edition's pages to whole schemas and path items, as OpenAPI has them.

What every operation has in common is said here once, as a rule; the rules stand in
`contracts/README.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.contract.assembled import Assembled
from mockserver.contract.calls import method_and_path
from mockserver.contract.definitions import Definitions, defined
from mockserver.contract.examples import examples
from mockserver.contract.files import is_released
from mockserver.contract.operations import JSONAPI, OBJECTS
from mockserver.contract.pages import Page, UnfitPage, pages, refusals
from mockserver.contract.resource_definitions import COMPONENTS, identifier_schema
from mockserver.contract.roles import CREATE, UPDATE, body_schema
from mockserver.contract.successes import with_success

RESPONSES = "#/components/responses/"
ERRORS = {JSONAPI: {"schema": {"$ref": f"{COMPONENTS}common.errors"}}}
Item = dict[str, Any]


def read_pages(place: Path, most: int) -> Assembled:
    """The page files of a folder, whole; raises as `held_pages`, `expanded` and `refuse_contradictions`. A
    release reads its examples again when they are asked for: few ask, and they would be a third of it all.
    """
    if is_released(place):
        made = expanded(pages(place), most)
        paths = made.paths
        made.examples = lambda: examples(pages(place), paths)
        return made
    from mockserver.contract.contradictions import refuse_contradictions
    from mockserver.contract.page_form import held_pages

    found = held_pages(place)
    made = expanded(found, most)
    refuse_contradictions(found, made)
    paths = made.paths
    made.examples = lambda: examples(found, paths)
    return made


def expanded(pages: Mapping[str, Page], most: int) -> Assembled:
    """Everything that the pages of an edition say, whole; `most` records stand on a page of a list.

    Raises UnfitPage with file and place where an operation names what is not there.
    """
    made = Assembled()
    known = defined(pages)
    made.schemas.update(known.schemas)
    made.origins.update(known.origins)
    for status, said in refusals(pages).items():
        made.responses[status] = {
            "description": said["description"],
            "x-source": said["x-source"],
            "content": ERRORS,
        }
    first: dict[str, str] = {}
    for name, page in pages.items():
        for id, said in page.operations.items():
            try:
                if (other := first.setdefault(id, name)) != name:
                    raise ValueError(
                        f"the page {other} has an operation of that id too; change one"
                    )
                method, path = method_and_path(said["call"])
                item = _operation(name, id, path, with_success(said, known), known, made, most)
                made.add(path, method.lower(), item)
            except ValueError as error:
                raise UnfitPage(f"{page.path}#/operations/{id}: {error}") from None
    return made


def _operation(
    page: str,
    id: str,
    path: str,
    said: Mapping[str, Any],
    known: Definitions,
    made: Assembled,
    most: int,
) -> Item:
    """The path item of an operation; puts the schemas that it needs beside it."""
    known.refuse_unknown(said.get("entitlement"), said.get("record"))
    presigned = _presigned(path)
    item: Item = {
        "operationId": id,
        "summary": said["title"],
        "description": said["description"],
        "tags": [page],
        "x-source": said["x-source"],
    }
    for word in ("entitlement", "record"):
        if word in said:
            item[f"x-{word}"] = said[word]
    if presigned or said.get("open"):
        item["security"] = []
    if presigned:
        item["x-token"] = presigned["name"]
    named = [presigned] if presigned else _path_parameters(path, known)
    if parameters := [*named, *_query_parameters(said, known, most)]:
        item["parameters"] = parameters
    if "body" in said:
        item["requestBody"] = _request(page, id, said, known, made)
    answers = {s: _answer(page, id, s, said, known, made) for s in said["answers"]}
    refused = _refusals(item)
    if lacking := ", ".join(sorted(refused.keys() - made.responses.keys())):
        raise ValueError(f"it may answer {lacking}, which no page says under refusals")
    item["responses"] = dict(sorted({**refused, **answers}.items()))
    return item


def _refusals(item: Item) -> Mapping[str, Item]:
    """What an operation refuses with whatever its page says, by status."""
    if item.get("security") == [] and "x-token" not in item:
        return _refused("405")
    content = item["requestBody"]["content"] if "requestBody" in item else None
    sent = () if content is None else ("413", "415") if JSONAPI in content else ("413",)
    return _refused("405", "400", "401", "404", "422", "429", *sent)


@cache
def _refused(*statuses: str) -> Mapping[str, Item]:
    """The same objects for all: an edition refuses a thousand times."""
    return {status: {"$ref": f"{RESPONSES}{status}"} for status in statuses}


# parameters


def _presigned(path: str) -> Item | None:
    """The parameter that is the token of the call, where the path is of a presigned URL."""
    if not path.startswith(OBJECTS):
        return None
    told = "The end of a presigned URL, as an answer shows it: the call needs no other token."
    return {
        "name": path.removeprefix(OBJECTS)[1:-1],
        "in": "path",
        "required": True,
        "description": told,
        "schema": {"type": "string"},
    }


def _path_parameters(path: str, known: Definitions) -> Iterator[Item]:
    return (_path_parameter(name, r.type, f"{r.noun}'s {w}") for name, w, r in known.named(path))


@cache
def _path_parameter(name: str, type: str, what: str) -> Item:
    """The same object for all: three hundred paths name forty records."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The {what}.",
        "schema": {"type": "string"},
        "x-record": type,
    }


def _query_parameters(said: Mapping[str, Any], known: Definitions, most: int) -> Iterator[Item]:
    if "pages" in said:
        size, source = said["pages"]["size"], said["pages"].get("x-source", said["x-source"])
        number = {"type": "integer", "minimum": 1, "default": 1}
        told = "Which page of the list; the first where omitted."
        yield _query("page[number]", told, number, source)
        told = f"How many records a page holds; {size} where omitted."
        yield _query("page[size]", told, {**number, "maximum": most, "default": size}, source)
    for name, schema in said.get("parameters", {}).items():
        beside = ("description", "x-source", "x-required")
        kept = {word: value for word, value in schema.items() if word not in beside}
        source = schema.get("x-source", said["x-source"])
        made = _query(name, schema["description"], kept, source)
        yield {**made, **({"required": True} if schema.get("x-required") else {})}
    if includes := _includes(said, known):
        told = "Related resources to send along, separated by commas."
        schema = {"type": "string", "x-include": includes["names"]}
        yield _query("include", told, schema, includes["x-source"])


def _includes(said: Mapping[str, Any], known: Definitions) -> Any:
    """What may be included with the record that the answers of an operation show, alone or listed."""
    if said["call"].startswith("GET ") or said.get("include"):
        for answer in said["answers"].values():
            if isinstance(answer, Mapping) and (name := answer.get("document", answer.get("list"))):
                return known.record(name).schema.get("x-include")
    return None


def _query(name: str, told: str, schema: Mapping[str, Any], source: str) -> Item:
    made = {"name": name, "in": "query", "description": told, "schema": schema}
    return {**made, "x-source": source}


# bodies


def _request(
    page: str, id: str, said: Mapping[str, Any], known: Definitions, made: Assembled
) -> Item:
    told = said["body"]
    media = told.get("media-type", JSONAPI)
    item: Item = {name: told[name] for name in ("description", "x-source") if name in told}
    item["required"] = told.get("required", True)
    if "any-type" in told:
        item["x-any-type"] = True
    if "schema" in told:
        return {**item, "content": {media: {"schema": told["schema"]}}}
    at = item.pop("x-source", "")  # of what stands inside
    if "identifiers" in told:
        record = known.of_type(told["identifiers"])
        made.kept(record.identifier, "", identifier_schema(record), record.component)
        role, schema = record.type, known.identifiers(page, record, at or said["x-source"])
    else:
        role = CREATE if CREATE in told else UPDATE
        record = known.record(told[role])
        schema = body_schema(record, role, known.types, said["title"], said["x-source"], at)
    component = made.kept(f"{page}.{role}", f"{page}.{id}", schema, record.component)
    return {**item, "content": _content(media, component)}


def _answer(
    page: str, id: str, status: str, said: Mapping[str, Any], known: Definitions, made: Assembled
) -> Item:
    """An answer; where it names no source, the operation's counts."""
    told = said["answers"][status]
    if isinstance(told, str):
        told = {"description": told}
    item = {"description": told["description"], "x-source": told.get("x-source", said["x-source"])}
    media = told.get("media-type", JSONAPI)
    if "document" in told:
        record = known.record(told["document"])
        component = record.document
        if component not in made.schemas:
            made.kept(component, "", known.document(record), record.component)
    elif "list" in told:
        record = known.record(told["list"])
        schema = known.list(record, said["x-source"], "pages" in said)
        component = made.kept(f"{page}.list", f"{page}.{id}", schema, record.component)
    elif "schema" in told:
        return {**item, "content": {media: {"schema": told["schema"]}}}
    else:
        return item if status < "400" else {**item, "content": ERRORS}
    return {**item, "content": _content(media, component)}


@cache
def _content(media: str, component: str) -> Item:
    """The same object for all that hold the same."""
    return {media: {"schema": {"$ref": f"{COMPONENTS}{component}"}}}
