"""What page files say against themselves is told at start, not by the first call that meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from mockserver.contract.assembled import Assembled
from mockserver.contract.definitions import defined
from mockserver.contract.engines import Checker, Schema
from mockserver.contract.explain import brief, expected
from mockserver.contract.pages import Page, UnfitPage
from mockserver.contract.references import refuse_lost_references
from mockserver.contract.successes import with_success
from mockserver.pointers import parts, pointer

Said = Mapping[str, Any]


def refuse_contradictions(pages: Mapping[str, Page], made: Assembled) -> None:
    """Raises UnfitPage with file and place for a reference that means nothing where it stands, an example
    that its operation cannot answer, and a default that its schema refuses.
    """
    refuse_lost_references(pages, made)
    known, items = (
        defined(pages),
        {item["operationId"]: item for methods in made.paths.values() for item in methods.values()},
    )
    for page in pages.values():
        for id, said in page.operations.items():
            for place, reason in _strange_answers(with_success(said, known), items[id]):
                raise UnfitPage(f"{page.path}#/operations/{id}{place}: {reason}")
    for name, place, reason in _unfit_defaults(made):
        raise UnfitPage(f"{pages[name].path}#{_written(pages[name], place)}: {reason}")


def _written(page: Page, place: str) -> str:
    """Where a default is written: in the difference of a create, where that says it."""
    whole: Said = {"$defs": page.defs, "operations": page.operations}
    *way, last = parts(place)
    said = reduce(lambda node, name: node.get(name, {}), way, whole)
    for word in ("x-create", "x-sent"):
        if last in (said.get(word) or {}):
            return pointer((*way, word, last))
    return place


def _strange_answers(said: Said, item: Said) -> Iterator[tuple[str, str]]:
    """Place in its operation and reason of each answer of an example that the operation cannot give."""
    for status, answer in said.get("example", {}).get("answers", {}).items():
        place = f"/example/answers/{status}"
        if status not in item["responses"]:
            there = ", ".join(item["responses"])
            yield place, f"the operation has no {status}; it answers {there}"
            continue
        told = said["answers"].get(status)
        for form, kind in (("document", dict), ("list", list)):
            if isinstance(told, Mapping) and form in told and answer is not None:
                data = answer.get("data", kind()) if isinstance(answer, Mapping) else None
                if not isinstance(data, kind):
                    wanted = "an object" if kind is dict else "an array"
                    yield place, f"it shows a {form}: expected data that is {wanted}"


def _unfit_defaults(made: Assembled) -> Iterator[tuple[str, str, str]]:
    """Page, place and reason of each default that its schema refuses: of what a create fills in, and of
    query parameters. All are checked at once: to compile a hundred schemas would slow every start.
    """
    distinct: dict[str, tuple[str, str, Schema]] = {}
    for one in _defaults(made):  # most say one of a few things
        distinct.setdefault(repr(_asserted(one[2])), one)
    found = list(distinct.values())
    parts = {str(index): part for index, (_, _, part) in enumerate(found)}
    values = {index: part["default"] for index, part in parts.items()}
    for miss in Checker({"properties": parts}, made.schemas).misses(values):
        page, place, part = found[int(miss.path[0])]
        reason = f"{brief(part['default'])}; expected {expected(part, made.schemas)}"
        yield page, place, reason


def _asserted(part: Schema) -> Schema:
    """A schema without what is only told of it."""
    return {w: said for w, said in part.items() if w != "description" and not w.startswith("x-")}


def _defaults(made: Assembled) -> Iterator[tuple[str, str, Schema]]:
    """Every schema with a default: its page, and where the default stands in it."""
    for component, origin in made.origins.items():
        schema = made.schemas[component]
        if schema.get("x-fill-defaults"):
            page, _, name = origin.partition(".")
            for at, part in _within(schema["properties"]["data"]):
                # the default of a relationship is written beside what is its `data`
                yield page, f"/$defs/{name}{at.removesuffix('/properties/data')}/default", part
    for item in (item for methods in made.paths.values() for item in methods.values()):
        for parameter in item.get("parameters", ()):
            size = parameter["name"] == "page[size]"
            own = "pages/size" if size else f"parameters/{parameter['name']}/default"
            if "default" in parameter["schema"]:
                place = f"/operations/{item['operationId']}/{own}"
                yield item["tags"][0], place, parameter["schema"]


def _within(part: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Schema]]:
    if "default" in part:
        yield at, part
    for name, inner in part.get("properties", {}).items():
        yield from _within(inner, f"{at}/properties/{name}")
    if "items" in part:
        yield from _within(part["items"], f"{at}/items")
