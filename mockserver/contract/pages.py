"""An edition's page files, read; `contracts/README.md` explains every word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.contract.files import read
from mockserver.contract.resource_definitions import COMPONENTS

BESIDE = ("edition.json", "tolerated.json")
"""Files of an edition that are no page."""
VALUES = ("const", "enum", "default", "example", "examples")
"""Words whose value is no schema."""
MEMBERS = ("properties", "parameters")
"""Words of a schema or an operation whose value has names of the page's own."""


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


def pages(place: Path, read: Callable[[Path], Any] = read) -> dict[str, Page]:
    """The pages of an edition by name, in the order of their names.

    Raises ValueError for a file that is no JSON.
    """
    paths = (path for path in sorted(place.glob("*.json")) if path.name not in BESIDE)
    return {path.stem: _page(path, read(path)) for path in paths}


def refusals(pages: Mapping[str, Page]) -> dict[str, Any]:
    """What operations of all pages share, by status."""
    return {status: said for page in pages.values() for status, said in page.refusals.items()}


def _page(path: Path, said: Mapping[str, Any]) -> Page:
    settling = _Settling(path.stem, said.get("x-page", ""))
    defs, refusals = said.get("$defs", {}), said.get("refusals", {})
    settling.members(defs)
    settling.members(said.get("operations", {}))
    settling.part([said.get("every-operation", {}), refusals])
    operations = _operations(said, settling.html)
    return Page(path, operations, defs, refusals, frozenset(settling.references))


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
            if part.get("x-source") is not None:  # a difference may take it away
                part["x-source"] = sourced(part["x-source"], self.html)
            if part.get("$ref") is not None:
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
