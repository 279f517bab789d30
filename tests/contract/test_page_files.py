"""A page file is a JSON Schema document that any validator reads, and says each fact once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from sweeps import EDITIONS, each, success, walk

from mockserver.contract import Edition
from mockserver.contract.files import folder
from mockserver.pointers import pointer

CONTRACTS = folder("contracts")
FACTS = Path(__file__).parents[1] / "facts"
BESIDE = ("edition.json", "tolerated.json")
FILES = [
    pytest.param(path, id=f"{edition.name}/{path.stem}")
    for edition in EDITIONS
    for path in sorted(edition.place.glob("*.json"))
    if path.name not in BESIDE
]
every_file = each(FILES)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@every_file
def test_it_begins_with_its_dialect_and_is_sound_under_its_metaschema(path: Path) -> None:
    page = read(path)
    assert next(iter(page.items())) == ("$schema", Draft202012Validator.META_SCHEMA["$id"])
    Draft202012Validator.check_schema(page)


def test_the_form_of_a_page_is_sound() -> None:
    Draft202012Validator.check_schema(read(CONTRACTS / "page.schema.json"))


@every_file
def test_it_keeps_the_form_under_plain_jsonschema(path: Path) -> None:
    form = Draft202012Validator(read(CONTRACTS / "page.schema.json"))
    assert [error.message for error in form.iter_errors(read(path))] == []


@each(
    pytest.param(path, id=f"{edition.name}/{path.stem}")
    for edition in EDITIONS
    for path in edition.place.glob("*.json")
)
def test_people_can_read_it(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    long = [number for number, line in enumerate(lines, start=1) if len(line) > 100]
    assert not long, f"{path}: break lines {long}, which have more than 100 columns"


def words(schema: Any) -> Iterator[str]:
    """The names that the form lets objects have, at any depth."""
    for at, part in walk(schema):
        if at[-1:] == ("properties",) and at[-2:] != ("properties", "properties"):
            yield from part


def test_every_word_of_the_form_is_explained() -> None:
    told = set(re.findall(r"[\w$-]+", (CONTRACTS / "README.md").read_text(encoding="utf-8")))
    assert set(words(read(CONTRACTS / "page.schema.json"))) - told == set()


# what is said once


def facts(page: Any) -> Any:
    """A page without its examples."""
    operations = page.get("operations", {})
    kept = {
        id: {word: said for word, said in operation.items() if word != "example"}
        for id, operation in operations.items()
    }
    defs = page.get("$defs", {})
    records = {name: {**schema, "examples": []} for name, schema in defs.items()}
    return {**page, "operations": kept, "$defs": records}


@pytest.mark.parametrize("name", ["auto-apply", "policy-count", "session-timeout", "two-factor"])
def test_an_attribute_stands_once_in_an_edition(name: str) -> None:
    place = CONTRACTS / "2019-07"
    written = [json.dumps(facts(read(path))) for path in place.glob("*.json")]
    assert sum(text.count(f'"{name}"') for text in written) == 1


@every_file
def test_what_all_operations_of_a_page_say_is_said_once_for_the_page(path: Path) -> None:
    operations = list(read(path).get("operations", {}).values())
    sending = [one for one in operations if "body" in one]
    for status, sharing in [("404", operations), ("422", sending)]:
        said = [json.dumps(one.get("answers", {}).get(status)) for one in sharing]
        again = len(said) > 1 and len(set(said)) == 1 and said[0] != "null"
        assert not again, f"all say the same of {status}: write it once, under every-operation"


def test_the_edition_of_2019_is_short() -> None:
    """It took 194 lines and 5,356 bytes an operation when bodies and refusals stood written out; 47
    and 2,143 when successes and examples did that follow."""
    texts = [path.read_text(encoding="utf-8") for path in (CONTRACTS / "2019-07").glob("*.json")]
    count = len(EDITIONS[0].operations)
    lines = sum(text.count("\n") for text in texts) / count
    size = sum(len(text.encode()) for text in texts) / count
    said = "leave out of the newest page what follows by a rule of contracts/README.md"
    assert lines <= 44, f"an operation takes {lines:.1f} lines, 44 at the most: {said}"
    assert size <= 2_015, f"an operation takes {size:.0f} bytes, 2,015 at the most: {said}"


# without the loader


@cache
def registry(place: Path) -> Registry[Any]:
    """The page files of an edition, as a resolver of references finds them."""
    return Registry().with_resources(
        (path.name, Resource.from_contents(read(path)))
        for path in place.glob("*.json")
        if path.name not in BESIDE
    )


def validator(edition: Edition, page: str, name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"{page}.json#/$defs/{name}"}, registry=registry(edition.place)
    )


def data(document: Any) -> list[Any]:
    held = document.get("data") if isinstance(document, dict) else None
    return held if isinstance(held, list) else [held] if isinstance(held, dict) else []


def records() -> Iterator[Any]:
    """Edition, page and name of every definition of a resource object, and its type."""
    for edition in EDITIONS:
        for component, origin in edition.origins.items():
            schema = edition.schemas[component].get("properties", {})
            if {"id", "attributes"} <= set(schema):
                page, _, name = origin.partition(".")
                type = schema["type"]["const"]
                yield pytest.param(edition, page, name, type, id=f"{edition.name}/{page}/{name}")


RECORDS = list(records())
MISPRINTED = {
    ("entitlement-set", "organizations"): "the sample's link lacks its leading slash",
    ("locked", "workspaces"): "all answers but that of lock show it unlocked",
}
"""Definitions that not every sample of a page fits: (definition, page) → reason."""


@each(RECORDS)
def test_plain_jsonschema_takes_the_samples_of_the_page(
    edition: Edition, page: str, name: str, type: str
) -> None:
    if edition.name != "2019-07":
        return  # its facts are not of pages, and have no samples
    known = read(FACTS / f"{edition.name}.json")["pages"].get(page, {"operations": []})
    samples = [s for o in known["operations"] for answer in o["answers"] for s in data(answer)]
    wrong = [
        f"{error.json_path}: {error.message}"
        for sample in samples
        if sample["type"] == type
        for error in validator(edition, page, name).iter_errors(sample)
    ]
    assert bool(wrong) is ((name, page) in MISPRINTED), wrong


@each(RECORDS)
def test_plain_jsonschema_takes_our_examples_and_not_what_is_wrong(
    edition: Edition, page: str, name: str, type: str
) -> None:
    """What is wrong is told with the place in the page's file, of its operations after its own."""
    own = read(edition.place / f"{page}.json")["$defs"][name].get("examples", [])
    shown = [(f"/$defs/{name}/examples/{at}", record) for at, record in enumerate(own)] + [
        (f"/operations/{operation.id}/example", record)
        for operation in edition.operations.values()
        if (schema := operation.answer_schema(success(operation))) is not None
        and edition.origins.get(schema.get("$ref", "").rpartition("/")[2]) == f"{page}.{name}"
        for record in data(edition.examples[operation.id]["answers"][str(success(operation))])
    ]
    plain = validator(edition, page, name)
    assert len(shown) > len(own)
    for place, record in shown:
        wrong = [
            (pointer(error.absolute_path), error.message) for error in plain.iter_errors(record)
        ]
        assert [f"{page}.json#{place}{at}: {message}" for at, message in wrong] == []
        assert not plain.is_valid({**record, "type": "things"})
        assert not plain.is_valid({**record, "attributes": []})
        for attribute in record["attributes"]:
            spoilt = {**record, "attributes": {**record["attributes"], attribute: 1.5}}
            assert not plain.is_valid(spoilt), attribute


def test_no_line_of_python_names_an_attribute_that_is_merely_set_and_shown() -> None:
    """`auto-apply` stands for them all: the edition lists it, so it is kept and shown."""
    rooms = Path(__file__).parents[2] / "mockserver"
    named = [path for path in rooms.rglob("*.py") if re.search(r"auto[-_]apply", path.read_text())]
    assert named == []
