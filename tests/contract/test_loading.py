"""The loader reads an edition's folder whole, or refuses it with the place and the reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from sweeps import EVERY, each, walk

from mockserver.cli import main
from mockserver.contract import Edition, UnknownEdition, contract, control, editions, load
from mockserver.contract.files import folder, read
from mockserver.contract.pages import UnfitPage
from mockserver.contract.subset import Unsupported, check, faults
from mockserver.pipeline.server import served
from mockserver.world.fixture_schema import fixture_schema

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


@each(SCHEMAS)
def test_every_schema_is_sound_under_the_metaschema(edition: Edition, name: str) -> None:
    Draft202012Validator.check_schema(edition.schemas[name])


@each(SCHEMAS)
def test_every_schema_stays_within_the_subset(edition: Edition, name: str) -> None:
    assert list(faults(edition.schemas[name], "", True)) == []


@each(SCHEMAS)
def test_every_schema_has_a_title_and_a_source(edition: Edition, name: str) -> None:
    schema = edition.schemas[name]
    assert schema.get("title")
    if edition.name != "control":
        assert schema.get("x-source")


@each(LOOSE)
def test_every_schema_in_a_path_item_is_sound_and_within_the_subset(
    where: str, schema: dict[str, Any]
) -> None:
    Draft202012Validator.check_schema(schema)
    check(schema, where)


@each(SCHEMAS)
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


@pytest.mark.parametrize("edition", editions())
def test_the_schema_of_fixtures_is_sound_too_and_lies_beside_them(edition: str) -> None:
    schema = fixture_schema(served(load(edition)))
    validator_for(schema).check_schema(schema)
    assert read(folder("fixtures") / f"{edition}.schema.json") == schema
    printed = CliRunner().invoke(main, ["fixture-schema", "--edition", edition]).output
    assert (folder("fixtures") / f"{edition}.schema.json").read_text() == printed


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
            r"^\<a", r"^\d+$", r"^\w$", r"^\S$", r"\bword", r"^a\Z", r"\Aa", r"^(a)\1$", r"^\p{L}$",
            r"^\u0041$", r"^\x41$", r"^(?=a)", r"^(?!a)", r"(?<=a)b", r"(?P<name>a)", r"(?i)a",
            r"^[]a]$", r"^[^]$",
        )
    ),
    ({"$ref": "#/$defs/a"}, "/$ref: '#/$defs/a' is not a #/components/schemas/ reference"),
    ({"$ref": "name.json"}, "/$ref: 'name.json' is not a #/components/schemas/ reference"),
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


def rewrite(path: Path, change: Any) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


PAGE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "More",
    "x-page": "more.html",
}
CALL: dict[str, Any] = {
    "call": "GET /more",
    "title": "Show more",
    "description": "Shows more.",
    "x-source": "decision: a test",
    "answers": {"200": {"description": "More.", "schema": {"type": "object"}}},
    "example": {"answers": {"200": {}}},
}


def spoilt(place: Path, **parts: Any) -> Path:
    """A page more in a copy of an edition."""
    path = place / "more.json"
    path.write_text(
        json.dumps({**PAGE, **{name.replace("defs", "$defs"): parts[name] for name in parts}})
    )
    return path


def test_an_edition_that_is_whole_loads(copy: Path) -> None:
    assert set(Edition(copy).operations) == set(load(copy.name).operations)


def test_a_page_is_found_by_being_there(copy: Path) -> None:
    spoilt(copy, operations={"show-more": CALL})
    found = Edition(copy).operation("show-more")
    assert (found.method, found.path, found.page) == ("GET", "/api/v2/more", "more")
    assert sorted(found.responses) == [200, 400, 401, 404, 405, 422, 429]


def test_what_all_operations_of_a_page_share_counts_where_they_say_nothing_else(
    copy: Path,
) -> None:
    every = {"entitlement": "teams", "answers": {"404": "No such thing.", "422": "It is wrong."}}
    sends = {"body": {"schema": {"type": "object"}}, "call": "POST /more"}
    own = {"answers": {**CALL["answers"], "404": "No more."}, "entitlement": "sentinel"}
    operations = {"show-more": CALL, "make-more": {**CALL, **sends, **own}}
    path = spoilt(copy, operations=operations)
    rewrite(path, lambda page: page.update({"every-operation": every}))
    shows, makes = (Edition(copy).operation(id) for id in operations)
    assert (shows.entitlement, makes.entitlement) == ("teams", "sentinel")
    said = [
        {status: one.responses[status]["description"] for status in (404, 422)}
        for one in (shows, makes)
    ]
    common = Edition(copy).responses["422"]["description"]
    assert said == [
        {404: "No such thing.", 422: common},
        {404: "No more.", 422: "It is wrong."},
    ]


def test_a_refusal_that_no_page_describes_is_refused_where_an_operation_may_answer_it(
    copy: Path,
) -> None:
    rewrite(copy / "common.json", lambda page: page["refusals"].pop("404"))
    with pytest.raises(UnfitPage, match=r"#/operations/[a-z-]+: it may answer 404, which no page"):
        Edition(copy)


UNFIT: list[tuple[dict[str, Any], str]] = [
    (
        {"every-operation": {"answers": {"204": "It is done."}}},
        '/every-operation/answers: "204"; expected a string that matches ^4[0-9]{2}$',
    ),
    (
        {"operations": {"show-more": {**CALL, "calls": "GET /more"}}},
        "/operations/show-more/calls: the form does not know 'calls'; did you mean 'call'?",
    ),
    (
        {"operations": {"show-more": {k: v for k, v in CALL.items() if k != "title"}}},
        "/operations/show-more/title: it is missing",
    ),
    (
        {"operations": {"show-more": {**CALL, "call": "FETCH /more"}}},
        '/operations/show-more/call: "FETCH /more"; expected a string that matches '
        "^(GET|POST|PUT|PATCH|DELETE) /[^ ]*$",
    ),
    (
        {"operations": {"show-more": {**CALL, "answers": {"200": {"document": "users"}}}}},
        "/operations/show-more/answers/200/description: it is missing",
    ),
    (
        {"operations": {"show-more": {**CALL, "answers": {"200": {"documents": "users"}}}}},
        "/operations/show-more/answers/200/documents: the form does not know 'documents'; "
        "did you mean 'document'?",
    ),
    (
        {"operations": {"show-more": {**CALL, "answers": {"200": {"description": "", "list": 1}}}}},
        "/operations/show-more/answers/200/list: 1; expected a string",
    ),
    (
        {"defs": {"more": {"properties": {"a": {"format": "email"}}}}},
        "/$defs/more/properties/a/format: the form does not know 'format'; ",
    ),
    (
        {"defs": {"more": {"properties": {"a": {"read-only": True}}}}},
        "/$defs/more/properties/a/read-only: the form does not know 'read-only'; "
        "did you mean 'readOnly'?",
    ),
    (
        {"defs": {"more": {"$ref": "common.json#/$defs/to-one"}}},
        "/$defs/more/x-of: it is missing",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "said"), UNFIT, ids=[said for _, said in UNFIT])
def test_what_the_form_does_not_know_is_refused_with_file_and_place(
    copy: Path, parts: dict[str, Any], said: str
) -> None:
    path = spoilt(copy, **parts)
    with pytest.raises(UnfitPage) as refused:
        Edition(copy)
    assert str(refused.value).startswith(f"{path}#{said}")


def test_a_schema_outside_the_subset_is_refused_with_its_file(copy: Path) -> None:
    path = spoilt(copy, defs={"more": {"properties": {"a": {"pattern": r"^\d+$"}}}})
    with pytest.raises(Unsupported) as refused:
        Edition(copy)
    assert str(refused.value) == (
        f"{path}#/$defs/more/properties/a/pattern: "
        "'^\\\\d+$': write classes out in ASCII, no look-around"
    )


@pytest.mark.parametrize("word", ["x-sent", "x-create", "x-update"])
def test_a_difference_outside_the_subset_is_refused_too(copy: Path, word: str) -> None:
    path = spoilt(copy, defs={"more": {"properties": {"a": {word: {"pattern": r"^\d+$"}}}}})
    with pytest.raises(Unsupported) as refused:
        Edition(copy)
    assert str(refused.value).startswith(f"{path}#/$defs/more/properties/a/{word}/pattern: ")


def test_a_reference_of_a_schema_to_nothing_is_refused(copy: Path) -> None:
    for target, near in (
        ("no.json#/$defs/thing", ""),
        ("commen.json#/$defs/page-meta", "; did you mean 'common.json#/$defs/page-meta'?"),
        ("common.json#/$defs/page-mata", "; did you mean 'common.json#/$defs/page-meta'?"),
    ):
        path = spoilt(copy, defs={"more": {"items": {"$ref": target}}})
        with pytest.raises(UnfitPage) as refused:
            Edition(copy)
        said = f"{path}#/$defs/more/items/$ref: it refers to {target}, which does not exist{near}"
        assert str(refused.value) == said


RECORDS = ("organizations.json#/$defs/organizations", "workspaces.json#/$defs/workspaces")
"""One that no other definition refers to, and one that another is a difference to."""
PARTS = ("common.json#/$defs/self", "common.json#/$defs/identifier")


@pytest.mark.parametrize("target", [*RECORDS, *PARTS])
@pytest.mark.parametrize(
    ("at", "spoil"),
    [
        ("/$defs/more/items", lambda to: {"defs": {"more": {"items": to}}}),
        (
            "/operations/show-more/answers/200/schema",
            lambda to: {
                "operations": {
                    "show-more": {
                        **CALL,
                        "answers": {"200": {"description": "More.", "schema": to}},
                    }
                }
            },
        ),
        (
            "/operations/show-more/parameters/q",
            lambda to: {
                "operations": {
                    "show-more": {**CALL, "parameters": {"q": {"description": ".", **to}}}
                }
            },
        ),
    ],
)
def test_a_reference_of_a_schema_to_a_record_or_a_part_of_one_is_refused_as_that(
    copy: Path, target: str, at: str, spoil: Any
) -> None:
    path = spoilt(copy, **spoil({"$ref": target}))
    with pytest.raises(UnfitPage) as refused:
        Edition(copy)
    record = (
        "is a record, and no schema can hold one; a relationship names its type under x-of, an answer says "
        "document or list"
    )
    part = "only a record can refer to, for its relationships, links or attributes"
    reason = record if target in RECORDS else part
    assert str(refused.value) == f"{path}#{at}/$ref: it refers to {target}, which {reason}"


@pytest.mark.parametrize("word", ["", "x-sent", "x-create", "x-update"])
def test_such_a_reference_of_an_attribute_is_told_with_its_place(copy: Path, word: str) -> None:
    target = {"$ref": "workspaces.json#/$defs/workspaces"}

    def spoil(page: Any) -> None:
        attributes = page["$defs"]["policies"]["properties"]["attributes"]["properties"]
        attributes["size"] = {word: target, "type": "integer"} if word else target

    rewrite(copy / "policies.json", spoil)
    with pytest.raises(UnfitPage, match="is a record") as refused:
        Edition(copy)
    at = "/$defs/policies/properties/attributes/properties/size"
    place = f"{copy / 'policies.json'}#{at}{f'/{word}' if word else ''}/$ref: "
    assert str(refused.value).startswith(place)


@pytest.mark.parametrize(
    ("place", "at"), [("definition", ""), ("attributes", "/properties/attributes")]
)
def test_a_record_that_refers_to_nothing_is_refused(copy: Path, place: str, at: str) -> None:
    target = "ssh-keys.json#/$defs/thing"

    def spoil(page: Any) -> None:
        record = page["$defs"]["policy-sets"]
        (record if place == "definition" else record["properties"]["attributes"])["$ref"] = target

    rewrite(copy / "policy-sets.json", spoil)
    with pytest.raises(UnfitPage) as refused:
        Edition(copy)
    path = copy / "policy-sets.json"
    said = f"{path}#/$defs/policy-sets{at}/$ref: it refers to {target}, which does not exist"
    assert str(refused.value) == said


@pytest.mark.parametrize("name", ["policy-sets", "workspaces"])
def test_attributes_that_several_records_share_are_those_of_each(copy: Path, name: str) -> None:
    """Also of a record that is a difference to one of them, as `locked` is to `workspaces`."""
    before = Edition(copy)

    def share(page: Any) -> None:
        members = page["$defs"][name]["properties"]
        said = {"title": "Shared", "x-source": "#sample-response", **members["attributes"]}
        page["$defs"]["shared"] = said
        members["attributes"] = {"$ref": "#/$defs/shared"}

    rewrite(copy / f"{name}.json", share)
    assert Edition(copy).schemas == before.schemas


def test_a_list_of_required_members_in_a_record_is_refused(copy: Path) -> None:
    """A name would stand twice: the rule is that answers have what a record lists."""

    def spoil(page: Any) -> None:
        page["$defs"]["policy-sets"]["properties"]["attributes"]["required"] = ["name"]

    rewrite(copy / "policy-sets.json", spoil)
    with pytest.raises(UnfitPage) as refused:
        Edition(copy)
    assert str(refused.value) == (
        f"{copy / 'policy-sets.json'}#/$defs/policy-sets: required ['name']: a record has all its "
        "members; say x-optional of what an answer may lack, x-required of what a create must send"
    )


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"body": {"create": "thing"}}, "no page defines the record 'thing'; there are account, "),
        (
            {"body": {"identifiers": "things"}},
            "no page defines records of type 'things'; there are ",
        ),
        ({"call": "GET /things/{id}"}, "no page defines records of type 'things'; there are "),
        (
            {"answers": {"200": {"description": "More.", "list": "thing"}}},
            "no page defines the record 'thing'; there are account, ",
        ),
        (
            {"entitlement": "team"},
            "There is no entitlement named 'team'. Did you mean 'teams'? There ",
        ),
        ({"record": "team"}, "no page defines records of type 'team'; there are "),
        (
            {"call": "GET /organizations"},
            "GET /api/v2/organizations is the call of list-organizations on the page organizations "
            "too; change one of them",
        ),
        (
            {"call": "GET /organizations/{name}"},
            "GET /api/v2/organizations/{name} is the call of show-organization on the page "
            "organizations too; change one of them",
        ),
    ],
)
def test_an_operation_that_names_what_is_not_there_is_refused(
    copy: Path, part: dict[str, Any], said: str
) -> None:
    """As is one whose call another page gives: the second would quietly take its place."""
    path = copy / "zzz.json"
    spoilt(copy, operations={"do-more": {**CALL, **part}}).rename(path)
    with pytest.raises(UnfitPage) as refused:
        Edition(copy)
    assert str(refused.value).startswith(f"{path}#/operations/do-more: {said}")


def test_a_relationship_to_records_of_no_page_is_refused(copy: Path) -> None:
    def spoil(page: Any) -> None:
        related = page["$defs"]["policy-sets"]["properties"]["relationships"]["properties"]
        related["policies"]["x-of"] = "rules"

    rewrite(copy / "policy-sets.json", spoil)
    with pytest.raises(UnfitPage) as refused:
        Edition(copy)
    assert str(refused.value) == (
        f"{copy / 'policy-sets.json'}#/$defs/policy-sets: "
        "a relationship names rules, and no page has records of that type"
    )


def test_an_operation_id_that_stands_twice_is_refused(copy: Path) -> None:
    """Which of the two is the mistake is not known: both are named."""
    spoilt(copy, operations={"show-policy": CALL})
    with pytest.raises(UnfitPage) as refused:
        Edition(copy)
    said = "the page more has an operation of that id too; change one"
    assert str(refused.value) == f"{copy / 'policies.json'}#/operations/show-policy: {said}"


def test_a_name_that_stands_twice_in_one_object_is_refused(copy: Path) -> None:
    """JSON readers keep the last without a word."""
    path = copy / "more.json"
    path.write_text('{"title": "More", "title": "Most"}')
    with pytest.raises(ValueError, match="appears twice") as refused:
        Edition(copy)
    assert str(refused.value) == f"{path}: 'title' appears twice in one object (line 1, column 19)"


def test_a_file_that_is_no_json_is_refused_with_its_name(copy: Path) -> None:
    path = copy / "policies.json"
    path.write_text("{")
    with pytest.raises(ValueError, match="not JSON") as refused:
        Edition(copy)
    assert str(refused.value).startswith(f"{path}: not JSON: ")


def test_an_unknown_edition_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownEdition) as refused:
        load("2019-06")
    assert (
        str(refused.value)
        == f"There is no edition named '2019-06'. Did you mean '2019-07'? There are: {', '.join(editions())}."
    )


def test_the_control_contract_is_no_edition() -> None:
    assert "control" not in editions()
    assert "2019-07" in editions()
    with pytest.raises(UnknownEdition, match="There is no edition named 'control'"):
        load("control")
    assert contract("control") is control()
    assert contract("2019-07") is load("2019-07")


def test_an_unknown_operation_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeyError) as refused:
        load("2019-07").operation("create-policyset")
    assert refused.value.args[0] == (
        "Edition 2019-07 has no operation 'create-policyset'. "
        "Did you mean 'create-policy-set', 'create-policy' or 'update-policy-set'?"
    )


@pytest.mark.parametrize(
    ("here", "id", "other"),
    [
        ("2019-07", "create-project", "2026-08"),
        ("2026-08", "create-notification-configuration", "2019-07"),
    ],
)
def test_an_operation_of_another_edition_is_refused_with_its_name(
    here: str, id: str, other: str
) -> None:
    with pytest.raises(KeyError) as refused:
        load(here).operation(id)
    said = f"Edition {here} has no operation {id!r}. Edition {other} has."
    assert refused.value.args[0] == said


def test_tolerated_faults_name_the_client_that_needs_them() -> None:
    for edition in EVERY:
        path = edition.place / "tolerated.json"
        entries = read(path)["tolerated"] if path.exists() else []
        for entry in entries:
            where = {"pointer", "fault"} if "pointer" in entry else {"parameter", "operations"}
            if entry.get("fault") == "unlisted":
                where |= {"operations", "instead", "values"}
            optional = {"operations", "values"}
            assert set(entry) - optional == (where | {"client", "x-source"}) - optional
            assert where <= set(entry)
            faults = ("missing", "empty", "null", "other", "pattern", "unlisted")
            assert entry.get("fault", "missing") in faults


def test_a_tolerated_fault_names_operations_that_are_there(tmp_path: Path) -> None:
    place = shutil.copytree(load("2019-07").place, tmp_path / "2019-07")
    listed = read(place / "tolerated.json")
    listed["tolerated"][0]["operations"] = ["update-sshkey"]
    (place / "tolerated.json").write_text(json.dumps(listed))
    with pytest.raises(
        ValueError,
        match=r"tolerated\.json: There is no operation named 'update-sshkey'. Did you mean ",
    ):
        Edition(place)
