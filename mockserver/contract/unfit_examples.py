"""Examples of page files that their own schemas refuse: told where they are printed, `mockserver openapi`.

No start looks: to put the examples together and hold them takes longer than all else that it checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from mockserver.contract.editions import Edition
from mockserver.contract.engines import Checker, Miss, Schema, resolve
from mockserver.contract.explain import brief, expected, trail
from mockserver.contract.files import is_released, read
from mockserver.contract.operations import Operation
from mockserver.contract.pages import UnfitPage
from mockserver.contract.resource_definitions import COMPONENTS
from mockserver.contract.shapes import is_resource_schema
from mockserver.nearest import did_you_mean

Fault = tuple[str, str]
"""File and place in it, and what is wrong."""
Pages = Mapping[str, Any]
"""The page files of an edition as they are written, by name."""


def refuse_unfit_examples(edition: Edition) -> None:
    """Raises UnfitPage with file and place for the first example that does not fit what it shows, or that
    is missing, of an edition that is not a release's: our tests held those.
    """
    if is_released(edition.place):
        return
    names = {origin.partition(".")[0] for origin in edition.origins.values()}
    names |= {operation.page for operation in edition.operations.values()}
    pages = {name: read(edition.place / f"{name}.json") for name in sorted(names)}
    calls = (f for o in edition.operations.values() for f in _calls(edition, o, pages))
    for place, reason in chain(_records(edition, pages), calls):
        raise UnfitPage(f"{edition.place}/{place}: {reason}")


def _records(edition: Edition, pages: Pages) -> Iterator[Fault]:
    """Of the examples of definitions; one that is a difference to another need have none of its own."""
    for component, origin in edition.origins.items():
        page, _, name = origin.partition(".")
        if is_resource_schema(edition.schemas[component]):
            place = f"{page}.json#/$defs/{name}/examples"
            for at, record in enumerate(pages[page]["$defs"][name].get("examples", ())):
                checker = edition.checker(component)
                yield from _unfit(checker, record, f"{place}/{at}")


def _calls(edition: Edition, operation: Operation, pages: Pages) -> Iterator[Fault]:
    """Of what an operation is sent and answers in its example, put together by rule."""
    own = pages[operation.page]["operations"][operation.id].get("example", {})
    example, place = edition.examples[operation.id], f"{operation.page}.json#/operations"
    place = f"{place}/{operation.id}/example"
    checked = operation.check_query(example.get("query", {}).items())
    for told in (*(refusal.meta for refusal in checked.refusals), *checked.findings):
        yield f"{place}/query", f"{told['fact']}; expected {told['expected']}"
    if operation.takes_json and "body" in example:
        at = f"{place}/body" if "body" in own else place
        yield from _unfit(operation.checker(operation.body_schema), example["body"], at)
    elif operation.takes_json and operation.needs_body:
        yield f"{place}/body", "it is missing: the operation wants a body"
    for status, answer in example["answers"].items():
        schema = operation.answer_schema(int(status))
        if schema is not None and answer is not None:
            said = status in own.get("answers", {})
            at = f"{place}/answers/{status}" if said else place
            for fault in _unfit(operation.checker(schema), answer, at):
                lacking = "" if said else _without_example(edition, schema, pages)
                missing = f"it is missing: {operation.id} answers {status} with one"
                yield (lacking, missing) if lacking else fault


def _without_example(edition: Edition, schema: Schema, pages: Pages) -> str:
    """Where the record that a document shows should have an example, and has none; empty where it has."""
    data = resolve(schema, edition.schemas).get("properties", {}).get("data", {})
    component = str(data.get("items", data).get("$ref", "")).removeprefix(COMPONENTS)
    page, _, name = edition.origins.get(component, "").partition(".")
    said = pages[page]["$defs"][name] if page else {"examples": ()}
    own = "examples" in said or "$ref" in said
    return "" if own else f"{page}.json#/$defs/{name}/examples"


def _unfit(checker: Checker, value: Any, place: str) -> Iterator[Fault]:
    for miss in checker.misses(value):
        yield f"{place}{miss.pointer}", _told(miss, checker)


def _told(miss: Miss, checker: Checker) -> str:
    if miss.fault == "missing":
        return "it is missing"
    if miss.fault == "unlisted":
        name = str(miss.path[-1])
        return f"the schema does not list {name!r}. {did_you_mean(name, miss.expected)}"
    part, *_ = trail(checker.schema, miss.path, checker.components)
    wanted = expected(part or {miss.fault: miss.expected}, checker.components)
    return f"{brief(miss.value)}; expected {wanted}"
