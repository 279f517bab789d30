"""The loader reads an edition's folder whole, or refuses it with the place and the reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from sweeps import EVERY, walk

from mockserver.contract import Edition, UnknownEdition, editions, load
from mockserver.contract.files import folder, read
from mockserver.contract.subset import Unsupported, check, faults

SCHEMAS = [
    pytest.param(edition, name, id=f"{edition.name}/{name}")
    for edition in EVERY
    for name in edition.schemas
]
LOOSE = [
    pytest.param(f"{edition.name}{path}", part["schema"], id=f"{edition.name}{path}{list(at)}")
    for edition in EVERY
    for path, item in edition.paths.items()
    for at, part in walk(item)
    if isinstance(part, dict) and isinstance(part.get("schema"), dict)
]
"""Schemas that stand in path items: of parameters and of bodies."""


@pytest.mark.parametrize(("edition", "name"), SCHEMAS)
def test_every_schema_is_sound_under_the_metaschema(edition: Edition, name: str) -> None:
    Draft202012Validator.check_schema(edition.schemas[name])


@pytest.mark.parametrize(("edition", "name"), SCHEMAS)
def test_every_schema_stays_within_the_subset(edition: Edition, name: str) -> None:
    assert list(faults(edition.schemas[name], "", True)) == []


@pytest.mark.parametrize(("edition", "name"), SCHEMAS)
def test_every_schema_has_a_title_and_a_source(edition: Edition, name: str) -> None:
    schema = edition.schemas[name]
    assert schema.get("title")
    if edition.name != "control":
        assert schema.get("x-source")


@pytest.mark.parametrize(("where", "schema"), LOOSE)
def test_every_schema_in_a_path_item_is_sound_and_within_the_subset(
    where: str, schema: dict[str, Any]
) -> None:
    Draft202012Validator.check_schema(schema)
    check(schema, where)


@pytest.mark.parametrize(("edition", "name"), SCHEMAS)
def test_every_object_in_an_answer_or_request_says_whether_it_is_closed(
    edition: Edition, name: str
) -> None:
    """Closed where its properties stand; the API's pages allow no free object."""
    open_ = [
        at
        for at, part in walk(edition.schemas[name])
        if isinstance(part, dict)
        and isinstance(part.get("properties"), dict)
        and "additionalProperties" not in part
        and not {"anyOf", "oneOf", "not", "if", "then", "else"} & {str(step) for step in at}
        and "properties" not in at[-1:]
    ]
    assert open_ == [] or edition.name == "control"


def test_the_schema_of_fixtures_is_sound_too() -> None:
    schema = read(folder("fixtures") / "fixture.schema.json")
    validator_for(schema).check_schema(schema)


NOT_CLOSED = "an object is closed only where all its properties stand"
CLOSED: dict[str, Any] = {"properties": {"a": {}}, "additionalProperties": False}
PATTERN = "write classes out in ASCII, no look-around"
REFUSED: list[tuple[Any, str]] = [
    (True, ": a schema is an object here, not true or false"),
    ({"items": False}, "/items: a schema is an object here, not true or false"),
    ({"additionalProperties": True}, ": additionalProperties can only be false"),
    ({"additionalProperties": {}}, ": additionalProperties can only be false"),
    ({**CLOSED, "allOf": [{}]}, f": {NOT_CLOSED}"),
    ({**CLOSED, "$ref": "#/components/schemas/a.b"}, f": {NOT_CLOSED}"),
    ({"allOf": [CLOSED]}, f"/allOf/0: {NOT_CLOSED}"),
    ({"anyOf": [{}, CLOSED]}, f"/anyOf/1: {NOT_CLOSED}"),
    ({"oneOf": [CLOSED]}, f"/oneOf/0: {NOT_CLOSED}"),
    ({"not": CLOSED}, f"/not: {NOT_CLOSED}"),
    ({"if": CLOSED}, f"/if: {NOT_CLOSED}"),
    ({"then": CLOSED}, f"/then: {NOT_CLOSED}"),
    ({"else": CLOSED}, f"/else: {NOT_CLOSED}"),
    ({"anyOf": [{"properties": {"a": CLOSED}}]}, f"/anyOf/0/properties/a: {NOT_CLOSED}"),
    ({"then": {"items": CLOSED}}, f"/then/items: {NOT_CLOSED}"),
    *(
        ({name: value}, f"/{name}: the keyword {name!r} is outside the subset")
        for name, value in {
            "$id": "https://example.com/",
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": {},
            "$anchor": "a",
            "$dynamicRef": "#a",
            "contains": {},
            "contentEncoding": "base64",
            "dependentSchemas": {},
            "exclusiveMaximum": 3,
            "exclusiveMinimum": 3,
            "format": "email",
            "maxProperties": 3,
            "multipleOf": 0.5,
            "nullable": True,
            "patternProperties": {},
            "prefixItems": [],
            "propertyNames": {},
            "unevaluatedItems": False,
            "unevaluatedProperties": False,
        }.items()
    ),
    *(
        ({"pattern": pattern}, f"/pattern: {pattern!r}: {PATTERN}")
        for pattern in (
            r"^\d+$", r"^\w$", r"^\S$", r"\bword", r"^a\Z", r"\Aa", r"^(a)\1$", r"^\p{L}$",
            r"^\u0041$", r"^\x41$", r"^(?=a)", r"^(?!a)", r"(?<=a)b", r"(?P<name>a)", r"(?i)a",
            r"^[]a]$", r"^[^]$",
        )
    ),
    ({"$ref": "#/$defs/a"}, "/$ref: '#/$defs/a' is no #/components/schemas/ reference"),
    ({"$ref": "name.json"}, "/$ref: 'name.json' is no #/components/schemas/ reference"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "said"), [pytest.param(s, t, id=json.dumps(s)) for s, t in REFUSED]
)
def test_what_two_engines_might_judge_differently_is_refused(schema: Any, said: str) -> None:
    with pytest.raises(Unsupported) as refused:
        check(schema, "page/create.json")
    assert str(refused.value) == f"page/create.json#{said}"


@pytest.mark.parametrize(
    "schema",
    [
        CLOSED,
        {"items": CLOSED},
        {"properties": {"a": CLOSED}, "additionalProperties": False},
        {"type": ["object", "null"], **CLOSED},
        {"anyOf": [{"$ref": "#/components/schemas/a.b"}, {"type": "null"}]},
        {"pattern": r"^[^@ \t\r\n]+\.[$](?:a|b)?$"},
        {"x-anything": {"format": "not a keyword here"}},
    ],
    ids=json.dumps,
)
def test_what_contracts_need_is_let_pass(schema: Any) -> None:
    check(schema, "page/create.json")


# a folder that is not whole


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of an edition, to be spoilt."""
    name = editions()[0]
    return Path(shutil.copytree(folder("contracts") / name, tmp_path / name))


def page_of(place: Path) -> Path:
    """A page of an edition that has path items."""
    return sorted(place.glob("*/paths.json"))[0].parent


def rewrite(path: Path, change: Any) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def operation_of(paths: dict[str, Any]) -> dict[str, Any]:
    """The first operation of a paths.json."""
    return dict(next(iter(next(iter(paths.values())).items()))[1])


def test_an_edition_that_is_whole_loads(copy: Path) -> None:
    assert set(Edition(copy).operations) == set(load(copy.name).operations)


def test_a_schema_outside_the_subset_is_refused_with_its_file(copy: Path) -> None:
    (page_of(copy) / "more.json").write_text('{"properties": {"a": {"format": "email"}}}')
    with pytest.raises(Unsupported) as refused:
        Edition(copy)
    assert str(refused.value) == (
        f"{page_of(copy).name}/more.json#/properties/a/format: "
        "the keyword 'format' is outside the subset"
    )


def test_a_reference_of_a_schema_to_nothing_is_refused(copy: Path) -> None:
    (page_of(copy) / "more.json").write_text('{"$ref": "#/components/schemas/no.thing"}')
    with pytest.raises(ValueError, match=r"refers to no\.thing, which is not there$") as refused:
        Edition(copy)
    assert str(refused.value) == (
        f"{copy}: {page_of(copy).name}.more refers to no.thing, which is not there"
    )


@pytest.mark.parametrize("kind", ["schemas", "responses"])
def test_a_reference_of_an_operation_to_nothing_is_refused(copy: Path, kind: str) -> None:
    def spoil(paths: dict[str, Any]) -> None:
        for operation in next(iter(paths.values())).values():
            schema = {"$ref": "#/components/schemas/no.thing"}
            operation["responses"]["418"] = (
                {"$ref": "#/components/responses/no.thing"}
                if kind == "responses"
                else {"description": "", "content": {"application/json": {"schema": schema}}}
            )

    path = page_of(copy) / "paths.json"
    name = operation_of(json.loads(path.read_text()))["operationId"]
    rewrite(path, spoil)
    with pytest.raises(ValueError, match=r"no\.thing") as refused:
        Edition(copy)
    assert str(refused.value) == f"{copy}: {name} refers to no.thing, which is not there"


def test_an_operation_id_that_stands_twice_is_refused(copy: Path) -> None:
    path = page_of(copy) / "paths.json"
    first = operation_of(json.loads(path.read_text()))
    rewrite(path, lambda paths: paths.update({"/api/v2/elsewhere": {"get": first}}))
    with pytest.raises(ValueError, match="stands twice") as refused:
        Edition(copy)
    assert str(refused.value) == f"{copy}: the operation id {first['operationId']!r} stands twice"


def test_a_method_of_a_path_that_two_pages_give_is_refused(copy: Path) -> None:
    """Else the second would quietly take the place of the first."""
    path = page_of(copy) / "paths.json"
    paths = json.loads(path.read_text())
    name = next(iter(paths))
    other = copy / "another-page"
    other.mkdir()
    (other / "paths.json").write_text(json.dumps({name: paths[name]}))
    with pytest.raises(ValueError, match="stands twice") as refused:
        Edition(copy)
    method = next(iter(paths[name]))
    assert str(refused.value) == f"{copy}: {method.upper()} {name} stands twice"


def test_a_file_that_is_no_json_is_refused_with_its_name(copy: Path) -> None:
    path = page_of(copy) / "paths.json"
    path.write_text("{")
    with pytest.raises(ValueError, match="no JSON") as refused:
        Edition(copy)
    assert str(refused.value).startswith(f"{path}: no JSON: ")


def test_an_unknown_edition_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownEdition) as refused:
        load("2019-06")
    assert str(refused.value) == f"no edition '2019-06'; there are: {', '.join(editions())}"


def test_the_control_contract_is_no_edition() -> None:
    assert "control" not in editions()
    assert "2019-07" in editions()


def test_an_unknown_operation_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeyError) as refused:
        load("2019-07").operation("create-policyset")
    assert refused.value.args[0] == (
        "edition 2019-07 has no operation 'create-policyset'; "
        "nearest: create-policy-set, create-policy, update-policy-set"
    )


def test_tolerated_faults_name_the_client_that_needs_them() -> None:
    for edition in EVERY:
        path = edition.place / "tolerated.json"
        entries = read(path)["tolerated"] if path.exists() else []
        for entry in entries:
            assert set(entry) == {"pointer", "fault", "client", "x-source"}
            assert entry["fault"] in ("missing", "empty", "null")
