"""The form of page files, and what holds them to it: `contracts/page.schema.json`, and the subset of JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mockserver.contract import subset
from mockserver.contract.engines import Checker, InstancePath, Miss
from mockserver.contract.explain import brief, expected
from mockserver.contract.files import folder, once, read
from mockserver.contract.pages import MEMBERS, VALUES, Page, UnfitPage, pages
from mockserver.contract.resource_definitions import patched
from mockserver.contract.subset import PATCHES
from mockserver.nearest import nearest
from mockserver.pointers import pointer

NAMED = (*MEMBERS, "$defs", "operations")
"""Words of a page file whose value has names of the page's own."""
BOUNDED = {"pattern": "string", "minLength": "string", "minimum": "integer"}
"""The type of what the form bounds by those words."""


def held_pages(place: Path) -> dict[str, Page]:
    """The pages of an edition as `pages` reads them, where they keep the form.

    Raises UnfitPage, Unsupported, and ValueError for a file that is no JSON.
    """
    schema = read(folder("contracts") / "page.schema.json")
    form = Checker(schema, schema["$defs"])
    found = pages(place, lambda path: _fit(path, form))
    for page in found.values():
        for at, schema in _schemas(page):
            subset.check(schema, str(page.path), at)
    return found


def _fit(path: Path, form: Checker) -> Any:
    """A page file that is in the form."""
    said = read(path, once)
    if first := _first(form.misses(said)):
        raise UnfitPage(f"{path}#{_told(first)}")
    made = {pointer(at): schema for at, schema in _differing(said)}
    page = {word: said[word] for word in ("$schema", "title", "x-page")}
    differences = {**page, "$defs": {"differences": {"properties": made}}}
    if made and (first := _first(form.misses(differences))):
        _, _, _, place, *within = first.path
        raise UnfitPage(f"{path}#{_told(first, f'{place}{pointer(within)}')}")
    return said


def _first(misses: Sequence[Miss]) -> Miss | None:
    """The one that is told: a misspelt word is missing too, and is told as what it is."""
    return next((miss for miss in misses if miss.fault == "unlisted"), next(iter(misses), None))


def _differing(part: Any, named: bool = False) -> Iterator[tuple[InstancePath, Any]]:
    """Each difference of a part of a page: its place there, and the schema that it makes of the one it
    stands in. `named`: the members have names of the page's own.
    """
    members = part.items() if isinstance(part, dict) else enumerate(part)
    for word, said in members:
        if not isinstance(said, dict | list) or (not named and word in VALUES):
            continue
        if not named and word in PATCHES and isinstance(said, dict):
            base = {} if word == "x-identifier" else part
            yield (word,), patched({w: s for w, s in base.items() if w not in PATCHES}, said)
            continue
        for at, whole in _differing(said, not named and word in NAMED):
            yield (word, *at), whole


def _schemas(page: Page) -> Iterator[tuple[str, Any]]:
    """The schemas of a page, each with its place."""
    for name, part in page.defs.items():
        yield f"/$defs/{name}", part
    for id, said in page.operations.items():
        at = f"/operations/{id}"
        for name, schema in said.get("parameters", {}).items():
            yield f"{at}/parameters/{name}", schema
        if "schema" in said.get("body", {}):
            yield f"{at}/body/schema", said["body"]["schema"]
        for status, answer in said["answers"].items():
            if isinstance(answer, Mapping) and "schema" in answer:
                yield f"{at}/answers/{status}/schema", answer["schema"]


def _told(miss: Miss, at: str = "") -> str:
    """Where a page file is not in the form, what is wrong, and what to do. `at`: the place, where it is
    not that of the miss.
    """
    at = at or miss.pointer
    if miss.fault == "unlisted":
        name = str(miss.path[-1])
        near = nearest(name, miss.expected)
        what = f"did you mean {near[0]!r}?" if near else f"it knows {', '.join(miss.expected)}"
        return f"{at}: the form does not know {name!r}; {what}"
    if miss.fault == "missing":
        return f"{at}: it is missing"
    if miss.fault in ("minItems", "minProperties"):
        return f"{at}: {brief(miss.value)}; expected at least {miss.expected}"
    if miss.fault == "uniqueItems":
        return f"{at}: {brief(miss.value)}; expected items that are all different"
    kept = {"type": BOUNDED[miss.fault]} if miss.fault in BOUNDED else {}
    wanted = expected({**kept, miss.fault: miss.expected}, {})
    return f"{at}: {brief(miss.value)}; expected {wanted}"
