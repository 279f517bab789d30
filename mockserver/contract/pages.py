"""An edition's page files, read and held to their form; `contracts/README.md` explains every word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.contract import subset
from mockserver.contract.engines import Checker, InstancePath, Miss
from mockserver.contract.explain import brief, expected
from mockserver.contract.files import folder, is_released, once, read
from mockserver.contract.resource_definitions import COMPONENTS, patched
from mockserver.contract.subset import PATCHES
from mockserver.nearest import nearest
from mockserver.pointers import pointer

BESIDE = ("edition.json", "tolerated.json")
"""Files of an edition that are no page."""
VALUES = ("const", "enum", "default", "example", "examples")
"""Words whose value is no schema."""
MEMBERS = ("properties", "parameters")
"""Words of a schema or an operation whose value has names of the page's own."""
NAMED = (*MEMBERS, "$defs", "operations")
"""And those of a page."""
BOUNDED = {"pattern": "string", "minLength": "string", "minimum": "integer"}
"""The type of what the form bounds by those words."""


class UnfitPage(ValueError):
    """A page file that is not in the form; the message names file, place and what to do."""


class Page(NamedTuple):
    """One page file. Sources are one text each, references lead to components; `references` are
    the names of those.
    """

    path: Path
    operations: Mapping[str, Any]
    defs: Mapping[str, Any]
    refusals: Mapping[str, Any]
    references: frozenset[str]

    @property
    def name(self) -> str:
        return self.path.stem


def pages(place: Path) -> dict[str, Page]:
    """The pages of an edition by name, in the order of their names; held to their form where they are
    not a release's.

    Raises UnfitPage, Unsupported, and ValueError for a file that is no JSON.
    """
    paths = [path for path in sorted(place.glob("*.json")) if path.name not in BESIDE]
    if is_released(place):
        return {path.stem: _page(path, read(path)) for path in paths}
    form = _form()
    found = {path.stem: _page(path, _fit(path, form)) for path in paths}
    for page in found.values():
        for at, schema in _schemas(page.defs, page.operations):
            subset.check(schema, str(page.path), at)
    return found


def refusals(pages: Mapping[str, Page]) -> dict[str, Any]:
    """What operations of all pages share, by status."""
    return {status: said for page in pages.values() for status, said in page.refusals.items()}


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


def _page(path: Path, said: Mapping[str, Any]) -> Page:
    settling = _Settling(path.stem, said.get("x-page", ""))
    defs, refusals = said.get("$defs", {}), said.get("refusals", {})
    settling.members(defs)
    settling.members(said.get("operations", {}))
    settling.part([said.get("every-operation", {}), refusals])
    operations = _operations(said, settling.html)
    return Page(path, operations, defs, refusals, frozenset(settling.references))


def _schemas(defs: Mapping[str, Any], operations: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The schemas of a page, each with its place."""
    for name, part in defs.items():
        yield f"/$defs/{name}", part
    for id, said in operations.items():
        at = f"/operations/{id}"
        for name, schema in said.get("parameters", {}).items():
            yield f"{at}/parameters/{name}", schema
        if "schema" in said.get("body", {}):
            yield f"{at}/body/schema", said["body"]["schema"]
        for status, answer in said["answers"].items():
            if isinstance(answer, Mapping) and "schema" in answer:
                yield f"{at}/answers/{status}/schema", answer["schema"]


def _operations(page: Mapping[str, Any], html: str) -> dict[str, Any]:
    """The operations of a page, each with what all of them share; its own words go first."""
    every = page.get("every-operation", {})
    return {
        id: {
            **every,
            **said,
            "x-source": said.get("x-source") or f"{html}{_heading(said['title'])}",
            "answers": {**_shared(every, said), **said.get("answers", {})},
        }
        for id, said in page.get("operations", {}).items()
    }


def _heading(title: str) -> str:
    """The anchor of a heading of the page."""
    return f"#{title.lower().replace(' ', '-')}"


def _shared(every: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    answers: Mapping[str, Any] = every.get("answers", {})
    return {status: told for status, told in answers.items() if status != "422" or "body" in said}


class _Settling:
    """Makes, in place, sources one text and references lead to components; keeps what is referred to."""

    def __init__(self, page: str, html: str) -> None:
        self.page, self.html = page, html
        self.references: set[str] = set()

    def members(self, named: Mapping[str, Any]) -> None:
        """Of an object whose names are the page's own: one may be called `pattern`."""
        for part in named.values():
            self.part(part)

    def part(self, part: Any) -> None:
        if type(part) is list:
            for item in part:
                self.part(item)
        elif type(part) is dict:
            if "x-source" in part:
                part["x-source"] = sourced(part["x-source"], self.html)
            if part.get("$ref") is not None:  # a difference may take it away
                part["$ref"] = self._reference(part["$ref"])
            for word, said in part.items():
                if type(said) is dict:
                    if word in MEMBERS:
                        self.members(said)
                    elif word not in VALUES:
                        self.part(said)
                elif type(said) is list and word not in VALUES:
                    self.part(said)

    def _reference(self, said: str) -> str:
        file, _, name = said.partition("#/$defs/")
        component = f"{file.removesuffix('.json') or self.page}.{name}"
        self.references.add(component)
        return f"{COMPONENTS}{component}"


def sourced(said: str | list[str], html: str) -> str:
    """A source, or several, as one text: a heading of the page has the page before it."""
    if isinstance(said, str) and said[:1] != "#":
        return said
    parts = [said] if isinstance(said, str) else said
    return ", ".join(html + part if part.startswith("#") else part for part in parts)


def _form() -> Checker:
    """Of page files; compiled for each edition that is read, and let go then: 0.4 MB."""
    schema = read(folder("contracts") / "page.schema.json")
    return Checker(schema, schema["$defs"])


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
