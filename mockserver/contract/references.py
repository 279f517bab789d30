"""What the schemas of a page refer to: a definition that is a schema of its own, on any page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.assembled import Assembled
from mockserver.contract.engines import references
from mockserver.contract.pages import Page, UnfitPage
from mockserver.contract.resource_definitions import COMPONENTS, is_record
from mockserver.contract.subset import PATCHES
from mockserver.nearest import nearest
from mockserver.pointers import escape, parts, pointer

Pages = Mapping[str, Page]


def check_references(pages: Pages, there: set[str]) -> None:
    """Raises UnfitPage with file and place where a page refers to a component that is not there."""
    for page in pages.values():
        for target in sorted(page.references - there):
            place = next(_referring(_whole(page), target))
            raise UnfitPage(f"{page.path}#{place}: {_reason(pages, target)}")


def refuse_lost_references(pages: Pages, made: Assembled) -> None:
    """Raises UnfitPage with file and place where a schema refers to what means something in a record alone:
    there it is another schema's part, and by itself none.
    """
    operations = [said for page in pages.values() for said in page.operations.values()]
    loose = [
        [said.get("parameters"), said.get("body"), *said["answers"].values()] for said in operations
    ]
    found = set(references([*made.schemas.values(), *loose]))
    for target in sorted(found - made.schemas.keys()):
        path, place = next(_places(pages, made, target))
        raise UnfitPage(f"{path}#{place}: {_reason(pages, target)}")


def _places(pages: Pages, made: Assembled, target: str) -> Iterator[tuple[Path, str]]:
    """File and place of the references to it that are left in schemas, as a difference may say them too;
    then of all others.
    """
    for component, schema in made.schemas.items():
        page, _, name = made.origins.get(component, "").partition(".")
        for at in _referring(schema, target) if page else ():
            inner = at.removeprefix("/properties/data")
            for place in _referring({"$defs": pages[page].defs}, target):
                if _undiffered(place) == f"/$defs/{name}{inner}":
                    yield pages[page].path, place
    for part in ("operations", "$defs"):
        for told in pages.values():
            for place in _referring({part: _whole(told)[part]}, target):
                yield told.path, place


def _undiffered(place: str) -> str:
    return pointer(name for name in parts(place) if name not in PATCHES)


def _whole(page: Page) -> Mapping[str, Any]:
    return {"operations": page.operations, "$defs": page.defs}


def _reason(pages: Pages, target: str) -> str:
    """Why no schema can refer to a component, and what to do."""
    file, _, name = target.partition(".")
    said = f"it refers to {file}.json#/$defs/{name}, which"
    if file not in pages or name not in pages[file].defs:
        near = _nearest(pages, file, name)
        return f"{said} does not exist" + (f"; did you mean {near!r}?" if near else "")
    if is_record(pages[file].defs[name]):
        return (
            f"{said} is a record, and no schema can hold one; a relationship names its type under x-of, an "
            "answer says document or list"
        )
    return f"{said} only a record can refer to, for its relationships, links or attributes"


def _nearest(pages: Pages, file: str, name: str) -> str:
    """What a reference to nothing was meant to be: another name of the page, else that name of another."""
    having = [page for page in pages if name in pages[page].defs]
    names = nearest(name, pages[file].defs) if file in pages else [name]
    files = [file] if file in pages else nearest(file, having)
    return f"{files[0]}.json#/$defs/{names[0]}" if files and names else ""


def _referring(part: Any, target: str, at: str = "") -> Iterator[str]:
    """The places of the references to a component."""
    if isinstance(part, Mapping):
        if part.get("$ref") == f"{COMPONENTS}{target}":
            yield f"{at}/$ref"
        for name, inner in part.items():
            yield from _referring(inner, target, f"{at}/{escape(name)}")
    elif isinstance(part, list):
        for index, inner in enumerate(part):
            yield from _referring(inner, target, f"{at}/{index}")
