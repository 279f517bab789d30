"""Every mistake in a page file is told with its file and its place before anything is served.

One small page is spoilt at every member: dropped, and given each other type of value.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Edition, files, load
from mockserver.contract.pages import UnfitPage
from mockserver.contract.subset import Unsupported
from mockserver.pointers import pointer
from tests.cases import each, some
from tests.gadgets import gadget

RECORD: dict[str, Any] = {
    **gadget(
        {"parent": {"$ref": "common.json#/$defs/to-one", "x-of": "gadgets"}},
        **{
            "made-at": {"type": "string", "readOnly": True, "x-changed-by": "time"},
            "tags": {
                "type": "array",
                "items": {"type": "object", "properties": {"key": {"type": "string"}}},
                "x-update": {"maxItems": 9, "x-source": "#update-a-gadget"},
            },
        },
    ),
    "x-include": {"names": ["parent"], "x-source": "#gadgets"},
    "examples": [
        {
            "id": "gad-1",
            "type": "gadgets",
            "attributes": {"name": "one", "color": "green", "made-at": "now", "tags": []},
            "relationships": {"parent": {"data": {"type": "gadgets", "id": "gad-2"}}},
            "links": {"self": "/api/v2/gadgets/gad-1"},
        }
    ],
}
RECORD["properties"]["links"] = {"$ref": "common.json#/$defs/self"}
PAGE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Gadgets",
    "x-page": "gadgets.html",
    "every-operation": {"answers": {"404": "Not found."}},
    "operations": {
        "list-gadgets": {
            "call": "GET /gadgets",
            "title": "List Gadgets",
            "description": "Lists them.",
            "pages": {"size": 20},
            "parameters": {"q": {"type": "string", "description": "What to look for."}},
        },
        "create-gadget": {
            "call": "POST /gadgets",
            "title": "Create a Gadget",
            "description": "Makes one.",
            "body": {"create": "gadgets"},
            "answers": {"422": "Wrong."},
            "example": {
                "body": {"data": {"type": "gadgets", "attributes": {"name": "one"}}},
                "answers": {
                    "201": {"data": {"attributes": {"color": "green"}}},
                    "422": {"detail": "is wrong", "pointer": "/data/attributes/name"},
                },
            },
        },
        "update-gadget": {
            "call": "PATCH /gadgets/{id}",
            "title": "Update a Gadget",
            "description": "Changes one.",
            "body": {"update": "gadgets"},
            "answers": {"200": {"description": "As it is.", "document": "gadgets"}},
            "example": {
                "body": {"data": {"type": "gadgets", "attributes": {"color": "red"}}},
                "answers": {"200": {"data": {"id": "gad-3"}}},
            },
        },
        "link-gadgets": {
            "call": "POST /gadgets/{id}/relationships/gadgets",
            "title": "Link Gadgets",
            "description": "Links some.",
            "body": {"identifiers": "gadgets"},
        },
    },
    "$defs": {"gadgets": RECORD},
}
OTHERS: tuple[Any, ...] = (..., None, 7, "text", [], {"text": "text"})
"""What is put into a place; `...` drops it."""


def places(part: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every member of a page, by the names that lead to it."""
    inner = part.items() if isinstance(part, dict) else enumerate(part)
    for name, value in inner:
        yield (*at, name)
        if isinstance(value, (dict, list)):
            yield from places(value, (*at, name))


def spoilt(at: tuple[Any, ...], value: Any) -> Any:
    """The page with another value in a place."""
    page = copy.deepcopy(PAGE)
    *way, last = at
    part = page
    for name in way:
        part = part[name]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return page


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An edition with what all pages share, and no page yet."""
    for name in ("edition.json", "common.json"):
        shutil.copy(load("2019-07").place / name, tmp_path)
    return tmp_path


def used(place: Path, page: Any) -> None:
    """Everything that is made of an edition, made: nothing is left for the first request."""
    (place / "gadgets.json").write_text(json.dumps(page))
    edition = Edition(place)
    for component in edition.schemas:
        edition.checker(component).misses({"data": 3})
    for operation in edition.operations.values():
        operation.check_query([])
        if operation.takes_json:
            operation.check_body({"data": {"type": "gadgets", "attributes": {}}})
        for status in operation.responses:
            operation.check_answer(status, {})
            operation.parts(status)
            operation.shown(status, {})
    json.dumps(edition.openapi())
    assert edition.examples is not None
    assert edition.types is not None


def test_the_page_itself_is_sound(place: Path) -> None:
    used(place, PAGE)


LIKE_A_SCHEMA: dict[str, Any] = {
    "$ref": "nowhere.json#/$defs/nothing",
    "x-source": "#top",
    "pattern": "(",
    "x-create": {"properties": 5},
    "minimum": 3,
    "maximum": 2,
}


def test_what_stands_in_a_value_is_no_schema_whatever_it_looks_like(place: Path) -> None:
    page = spoilt(("$defs", "gadgets", "examples", 0, "attributes", "name"), LIKE_A_SCHEMA)
    used(place, page)
    (shown,) = Edition(place).examples["list-gadgets"]["answers"]["200"]["data"]
    assert shown["attributes"]["name"] == LIKE_A_SCHEMA


@pytest.mark.parametrize("name", sorted(LIKE_A_SCHEMA))
def test_an_attribute_may_be_called_as_a_word_of_schemas_is(place: Path, name: str) -> None:
    used(place, spoilt((*ATTRIBUTES, name), {"type": "string", "pattern": "^a$"}))


SPOILT = [
    pytest.param(at, value, id=f"2019-07/{at} {value!r}") for at in places(PAGE) for value in OTHERS
]


@each(some(SPOILT, 3))
def test_a_spoilt_member_is_harmless_or_refused_with_file_and_place(
    place: Path, at: tuple[Any, ...], value: Any
) -> None:
    told = ""
    try:
        used(place, spoilt(at, value))
    except UnfitPage as error:
        told = str(error)
    assert not told or told.startswith(f"{place / 'gadgets.json'}#/")


ATTRIBUTES = ("$defs", "gadgets", "properties", "attributes", "properties")
TOLD: list[tuple[tuple[Any, ...], Any, str]] = [
    (("x-page",), ..., "/x-page: it is missing"),
    (
        ("$defs", "gadgets", "examples", 0, "id"),
        ...,
        "/$defs/gadgets/examples/0/id: it is missing",
    ),
    (
        ("$defs", "gadgets", "examples", 0, "id"),
        1e9,
        "/$defs/gadgets/examples/0/id: 1000000000.0; expected a string",
    ),
    (("$defs", "gadgets", "title"), ..., "/$defs/gadgets/title: it is missing"),
    (("$defs", "gadgets", "x-source"), ..., "/$defs/gadgets/x-source: it is missing"),
    (
        ("$defs", "gadgets", "properties", "type"),
        ...,
        "/$defs/gadgets/properties/type: it is missing",
    ),
    (
        ("$defs", "gadgets", "properties", "meta"),
        {},
        '/$defs/gadgets/properties: "meta"; expected one of "id", "type", "attributes", "relationships", '
        '"links"',
    ),
    (
        ("$defs", "gadgets", "examples"),
        [],
        "/$defs/gadgets/examples: []; expected at least 1",
    ),
    (
        (*ATTRIBUTES, "color", "default"),
        "blue",
        "/$defs/gadgets/properties/attributes/properties/color/default: "
        '"blue"; expected one of "red", "green"',
    ),
    (
        (*ATTRIBUTES, "name", "x-create"),
        {"default": 7},
        "/$defs/gadgets/properties/attributes/properties/name/x-create/default: "
        "7; expected a string of letters, digits, - and _",
    ),
    (
        (*ATTRIBUTES, "made-at", "minLength"),
        -1,
        "/$defs/gadgets/properties/attributes/properties/made-at/minLength: -1; expected an integer of at "
        "least 0",
    ),
    (
        (*ATTRIBUTES, "made-at", "type"),
        ["string", "string"],
        "/$defs/gadgets/properties/attributes/properties/made-at/type: "
        '["string", "string"]; expected items that are all different',
    ),
    (
        (*ATTRIBUTES, "tags", "default"),
        "none",
        '/$defs/gadgets/properties/attributes/properties/tags/default: "none"; expected an array',
    ),
    (
        ("$defs", "gadgets", "properties", "relationships", "properties", "parent", "default"),
        [],
        "/$defs/gadgets/properties/relationships/properties/parent/default: []; expected an object",
    ),
    (
        ("operations", "list-gadgets", "pages", "size"),
        151,
        "/operations/list-gadgets/pages/size: 151; expected an integer of at least 1 and at most 150",
    ),
    (
        ("operations", "list-gadgets", "parameters", "q", "description"),
        ...,
        "/operations/list-gadgets/parameters/q/description: it is missing",
    ),
    (
        ("operations", "list-gadgets", "parameters", "q", "default"),
        7,
        "/operations/list-gadgets/parameters/q/default: 7; expected a string",
    ),
    (
        ("operations", "list-gadgets", "call"),
        "GET /api/v2/gadgets",  # as the vendor's pages have it
        "/operations/list-gadgets: call 'GET /api/v2/gadgets': /api/v2 stands before it by rule; write "
        "'GET /gadgets'",
    ),
    (
        ("operations", "update-gadget", "call"),
        "PATCH /gadgets/:gadget_id",
        "/operations/update-gadget: call 'PATCH /gadgets/:gadget_id': a parameter stands in braces; write "
        "'{gadget_id}'",
    ),
    (
        ("operations", "list-gadgets", "call"),
        "GET /gadgets?q=one",
        "/operations/list-gadgets: call 'GET /gadgets?q=one': 'gadgets?q=one' is no part of a path; "
        "expected words and {parameters} between slashes (those of the query stand under parameters)",
    ),
    (
        ("operations", "list-gadgets", "answers"),
        {"999": "No status."},
        '/operations/list-gadgets/answers: "999"; expected a string that matches ^[2-5][0-9]{2}$',
    ),
    (
        ("operations", "create-gadget", "example", "answers", "418"),
        {"detail": "is a teapot"},
        "/operations/create-gadget/example/answers/418: the operation has no 418; it answers 201, "
        "400, 401, 404, 405, 413, 415, 422, 429",
    ),
    (
        ("operations", "create-gadget", "example", "answers", "201"),
        {"data": []},
        "/operations/create-gadget/example/answers/201: it shows a document: expected data that is "
        "an object",
    ),
]


def test_a_misspelt_word_is_told_as_that_and_not_as_a_missing_one(place: Path) -> None:
    page = spoilt(("operations", "list-gadgets", "descripton"), "Lists them.")
    del page["operations"]["list-gadgets"]["description"]
    with pytest.raises(UnfitPage) as refused:
        used(place, page)
    assert str(refused.value) == (
        f"{place / 'gadgets.json'}#/operations/list-gadgets/descripton: the form does not know "
        "'descripton'; did you mean 'description'?"
    )


@pytest.mark.parametrize(("at", "value", "said"), TOLD, ids=[said for *_, said in TOLD])
def test_a_mistake_is_told_in_words(
    place: Path, at: tuple[Any, ...], value: Any, said: str
) -> None:
    with pytest.raises(UnfitPage) as refused:
        used(place, spoilt(at, value))
    assert str(refused.value) == f"{place / 'gadgets.json'}#{said}"


DIFFERENCES = [
    (*ATTRIBUTES, "name", "x-create"),
    (*ATTRIBUTES, "name", "x-update"),
    (*ATTRIBUTES, "name", "x-sent"),
    ("$defs", "gadgets", "x-identifier"),
]


@pytest.mark.parametrize("at", DIFFERENCES, ids=[at[-1] for at in DIFFERENCES])
@pytest.mark.parametrize(
    ("word", "value", "said"),
    [
        ("minimum", "1", '"1"; expected an integer'),
        ("minLength", -1, "-1; expected an integer of at least 0"),
        ("enum", 5, "5; expected an array"),
        ("pattern", 3, "3; expected a string"),
        ("required", "a", '"a"; expected an array'),
        ("anyOf", {}, "{}; expected an array"),
        ("x-source", 5, "5; expected a string or an array"),
        ("x-required", 5, "5; expected true"),
        ("not", True, "true; expected an object"),
        ("minimun", 3, "the form does not know 'minimun'; did you mean 'minimum'?"),
    ],
)
def test_a_difference_that_makes_no_schema_is_told_in_words(
    place: Path, at: tuple[Any, ...], word: str, value: Any, said: str
) -> None:
    """Also inside: a difference may say a thing of a member, or of the items of a list."""
    for inside in ((), ("properties", "id"), ("items",)):
        patch = {word: value}
        for name in reversed(inside):
            patch = {name: patch}
        with pytest.raises(UnfitPage) as refused:
            used(place, spoilt(at, patch))
        file = f"{place / 'gadgets.json'}#{pointer((*at, *inside, word))}"
        assert str(refused.value) == f"{file}: {said}"


def test_a_difference_takes_words_away_at_any_depth(place: Path) -> None:
    used(place, spoilt((*ATTRIBUTES, "name", "x-update"), {"$ref": None, "type": "string"}))
    tags = (*ATTRIBUTES, "tags", "x-update")
    used(place, spoilt(tags, {"items": {"properties": {"key": {"type": None, "minimum": 1}}}}))


def test_a_page_that_changes_or_goes_while_it_is_served_does_not_disturb_the_examples(
    place: Path,
) -> None:
    (place / "gadgets.json").write_text(json.dumps(PAGE))
    editions = [Edition(place) for _ in range(2)]
    (place / "gadgets.json").write_text("{")
    changed = editions[0].examples
    shutil.rmtree(place)
    assert changed == editions[1].examples
    assert changed.keys() == editions[0].operations.keys()


def test_a_release_has_been_held_to_its_form_and_no_start_does_so_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "gadgets.json").write_text(json.dumps(spoilt((*ATTRIBUTES, "color", "default"), 7)))
    with pytest.raises(UnfitPage):
        Edition(place)
    (place / "gadgets.json").write_text(json.dumps(spoilt(("x-page",), ...)))
    with pytest.raises(UnfitPage):
        Edition(place)
    (place / "gadgets.json").write_text(
        json.dumps(spoilt((*ATTRIBUTES, "made-at", "x-required"), True))
    )
    with pytest.raises(Unsupported):
        Edition(place)
    monkeypatch.setattr(files, "_PACKAGE", place.parent)
    assert Edition(place).operations
    assert Edition(place).examples


def test_a_folder_is_no_release_s_by_the_way_to_it(place: Path) -> None:
    (place / "gadgets.json").write_text(json.dumps(spoilt(("x-page",), ...)))
    package = Path(files.__file__).resolve().parents[1]
    with pytest.raises(UnfitPage):
        Edition(package / os.path.relpath(place, package))


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (
            (*ATTRIBUTES, "made-at", "x-required"),
            True,
            "/$defs/gadgets/properties/attributes/properties/made-at/x-required: "
            "no create can send what is readOnly; take one of the two away",
        ),
        (
            (*ATTRIBUTES, "size"),
            {"type": "integer", "minimum": 20, "maximum": 9, "default": 10},
            "/$defs/gadgets/properties/attributes/properties/size/minimum: "
            "20 is over maximum 9: no value meets both",
        ),
        (
            (*ATTRIBUTES, "name", "x-update"),
            {"minLength": 9, "maxLength": 3},
            "/$defs/gadgets/properties/attributes/properties/name/x-update/minLength: "
            "9 is over maxLength 3: no value meets both",
        ),
        (
            (*ATTRIBUTES, "size"),
            {"type": "integer", "minimum": 5, "default": 6, "x-update": {"maximum": 3}},
            "/$defs/gadgets/properties/attributes/properties/size/x-update/maximum: "
            "3 crosses minimum 5: no value meets both",
        ),
        (
            (*ATTRIBUTES, "name", "x-sent"),
            {"items": {"pattern": "a("}},
            "/$defs/gadgets/properties/attributes/properties/name/x-sent/items/pattern: "
            "'a(' is not a regular expression: missing ), unterminated subpattern at position 1",
        ),
        (
            ("$defs", "gadgets", "x-identifier"),
            {"properties": {"id": {"pattern": "a("}}},
            "/$defs/gadgets/x-identifier/properties/id/pattern: "
            "'a(' is not a regular expression: missing ), unterminated subpattern at position 1",
        ),
        (
            ("operations", "list-gadgets", "parameters", "q"),
            {"type": "array", "minItems": 3, "maxItems": 2, "description": "Names."},
            "/operations/list-gadgets/parameters/q/minItems: "
            "3 is over maxItems 2: no value meets both",
        ),
        (
            (*ATTRIBUTES, "made-at", "pattern"),
            "[a-",
            "/$defs/gadgets/properties/attributes/properties/made-at/pattern: "
            "'[a-' is not a regular expression: unterminated character set at position 0",
        ),
        *(
            (
                (*ATTRIBUTES, "made-at", "pattern"),
                pattern,
                "/$defs/gadgets/properties/attributes/properties/made-at/pattern: "
                f"{pattern!r} is not a regular expression: {reason}",
            )
            for pattern, reason in (
                ("a**", "multiple repeat at position 2"),
                ("a{", "jsonschema_rs cannot compile it"),  # `re` can
                ("a{99999999999}", "the repetition number is too large"),
                ("[[a]", "Possible nested set at position 1"),
            )
        ),
        (
            ("operations", "list-gadgets", "parameters", "q", "pattern"),
            "a(",
            "/operations/list-gadgets/parameters/q/pattern: "
            "'a(' is not a regular expression: missing ), unterminated subpattern at position 1",
        ),
        (
            ("operations", "update-gadget", "answers", "200"),
            {"description": "As it is.", "schema": {"pattern": "a("}},
            "/operations/update-gadget/answers/200/schema/pattern: "
            "'a(' is not a regular expression: missing ), unterminated subpattern at position 1",
        ),
    ],
)
def test_a_schema_that_cannot_be_held_is_told_in_words(
    place: Path, at: tuple[Any, ...], value: Any, said: str
) -> None:
    with pytest.raises(Unsupported) as refused:
        used(place, spoilt(at, value))
    assert str(refused.value) == f"{place / 'gadgets.json'}#{said}"
