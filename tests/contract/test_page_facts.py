"""The contract says what the pages say: `tests/facts/<edition>.json` holds their facts as data.

Where a page contradicts itself the contract takes one reading. Each such reading stands in a table
here with its reason, and an entry that is not needed any more fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

import pytest
from sweeps import at, cases, each, pointer, success, types, walk

from mockserver.contract import Edition, Operation, load
from mockserver.contract.engines import InstancePath, Miss, Schema, resolve
from mockserver.pointers import key_path

EDITIONS = (load("2019-07"),)
"""Edition 2026-08 has a document of its own: test_document_facts.py."""
OPERATIONS = tuple(EDITIONS[0].operations.values())
FACTS: dict[str, Any] = {
    edition.name: json.loads(
        (File(__file__).parents[1] / "facts" / f"{edition.name}.json").read_text(encoding="utf-8")
    )
    for edition in EDITIONS
}
NO_PAGE = {"index": "ping and discovery stand on no endpoint's page"}
OTHER_MARK = re.compile(r"go-tfe v|decision: |recorded|clients\.md|decision$")
"""A source beside the endpoint's page."""


def shape(path: str) -> str:
    """A path without the names of its parameters: pages and tables call them differently."""
    return re.sub(r"\{\w+\}", "{}", path)


def operation_of(edition: Edition, fact: Mapping[str, Any]) -> Operation | None:
    for operation in edition.operations.values():
        if (operation.method, shape(operation.path)) == (fact["method"], shape(fact["path"])):
            return operation
    return None


DOCUMENTED = [
    pytest.param(edition, page, fact, id=f"{edition.name}/{page}/{fact['method']} {fact['path']}")
    for edition in EDITIONS
    for page, facts in FACTS[edition.name]["pages"].items()
    for fact in facts["operations"]
]
KEYS = [
    pytest.param(edition, fact, key, says, id=f"{edition.name}/{page}/{fact['heading']}/{key}")
    for edition in EDITIONS
    for page, facts in FACTS[edition.name]["pages"].items()
    for fact in facts["operations"]
    for key, says in fact["keys"].items()
]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_every_page_of_the_contract_has_its_facts_here(edition: Edition) -> None:
    pages = {operation.page for operation in edition.operations.values()}
    assert pages - set(NO_PAGE) == set(FACTS[edition.name]["pages"])


@each(DOCUMENTED)
def test_every_documented_operation_is_in_the_contract(
    edition: Edition, page: str, fact: Any
) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None, f"{page}.json has no {fact['method']} {fact['path']}"
    assert operation.page == page
    facts = FACTS[edition.name]["pages"][page]["operations"]
    first = next(other for other in facts if operation_of(edition, other) is operation)
    assert operation.summary == first["heading"], "of two headings for one call the first counts"


@each(cases(OPERATIONS))
def test_every_operation_of_the_contract_is_documented_or_has_another_source(
    operation: Operation,
) -> None:
    facts = FACTS[operation.edition]["pages"].get(operation.page, {"operations": []})
    edition = load(operation.edition)
    if not any(operation_of(edition, fact) is operation for fact in facts["operations"]):
        assert operation.page in NO_PAGE or OTHER_MARK.search(operation.source), operation.source


@each(DOCUMENTED)
def test_every_documented_status_is_in_the_contract_with_the_page_as_its_source(
    edition: Edition, page: str, fact: Any
) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    for status in fact["statuses"]:
        said = f"answers of {operation.id} in {page}.json must say {status}"
        assert operation.says(status), f"the page has it, so {said}"
        source = operation.item["responses"][str(status)]["x-source"]
        assert f"{page}.html" in source, f"{said} with the page as its source, not {source}"


@each(cases(OPERATIONS))
def test_a_success_that_the_page_does_not_document_is_marked(operation: Operation) -> None:
    edition = load(operation.edition)
    facts = FACTS[operation.edition]["pages"].get(operation.page, {"operations": []})
    documented = {
        status
        for fact in facts["operations"]
        if operation_of(edition, fact) is operation
        for status in fact["statuses"]
    }
    if success(operation) not in documented and operation.page not in NO_PAGE:
        assert OTHER_MARK.search(operation.responses[success(operation)]["x-source"])


ADDED_QUERY = {
    "search[name]": "go-tfe's suite searches workspaces",
    "include": "the page's section on related resources names no operation: every GET of records",
}


@each(DOCUMENTED)
def test_every_documented_query_parameter_is_in_the_contract_and_no_other(
    edition: Edition, page: str, fact: Any
) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    for name, need in fact["query"].items():
        assert name in operation.parameters
        assert bool(operation.parameters[name].get("required")) is (need == "required")
    for name in set(operation.parameters) - set(fact["query"]):
        assert name in ADDED_QUERY
        if name != "include":
            assert OTHER_MARK.search(operation.parameters[name]["x-source"])


@each(DOCUMENTED)
def test_what_may_be_included_is_what_the_page_names(
    edition: Edition, page: str, fact: Any
) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    names = FACTS[edition.name]["pages"][page]["include"]
    if "include" in operation.parameters:
        assert operation.parameters["include"]["schema"]["x-include"] == names
    else:
        assert operation.method != "GET" or not names


# key paths


REQUIRED_OTHERWISE = {
    ("Update a Policy", "data.attributes.enforce"): (
        "only the table of PATCH requires it; the client's suite leaves it out (behaviour.md)"
    ),
}
DEFAULT_NOT_FILLED = {
    ("Create an Organization", "data.attributes.session-timeout"): "null until set (samples)",
    ("Create an Organization", "data.attributes.session-remember"): "null until set (samples)",
    ("Update an Organization", "data.attributes.session-timeout"): "a PATCH fills no defaults",
    ("Update an Organization", "data.attributes.session-remember"): "a PATCH fills no defaults",
    ("Update an Organization", "data.attributes.collaborator-auth-policy"): (
        "a PATCH fills no defaults"
    ),
    ("Update a Policy", "data.attributes.enforce[].mode"): (
        "PATCH schemas hold no defaults; the rule of the kind makes it hard-mandatory again"
    ),
    ("Lock a workspace", "reason"): "what is locked without a reason has none; it is never shown",
}


def steps(key: str) -> list[str]:
    """A key path of the pages in parts: `data[].id` is data, [], id."""
    return re.findall(r"[^.\[\]]+|\[\]", key)


def schema_of(operation: Operation, key: str) -> tuple[Schema | None, Schema]:
    """The schema at a key path and the one around it; a final `[]` is the array itself."""
    parts = load(operation.edition).schemas
    parent, schema = {}, resolve(operation.body_schema, parts)
    for step in steps(key.removesuffix("[]")):
        inner = schema.get("items") if step == "[]" else schema.get("properties", {}).get(step)
        if inner is None:
            return None, schema
        parent, schema = schema, resolve(inner, parts)
    return schema, parent


@each(KEYS)
def test_every_documented_key_path_is_in_the_contract_with_its_type(
    edition: Edition, fact: Any, key: str, says: Any
) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    schema, _ = schema_of(operation, key)
    assert schema is not None, f"{operation.id} does not know {key}"
    documented = {says["type"]} if isinstance(says["type"], str) else set(says["type"])
    assert documented <= types(schema)


@each(KEYS)
def test_every_documented_key_path_is_required_where_the_page_requires_it(
    edition: Edition, fact: Any, key: str, says: Any
) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    _, parent = schema_of(operation, key)
    name = steps(key.removesuffix("[]"))[-1]
    required = name in parent.get("required", ())
    if (fact["heading"], key) in REQUIRED_OTHERWISE:
        assert required is not says["required"]
    elif "required" in says and key != "data.type":
        assert required is says["required"]
    elif key == "data.type":
        assert required, "JSON:API; tolerated.json lets its absence pass"


@each(KEYS)
def test_every_documented_default_is_in_the_contract(
    edition: Edition, fact: Any, key: str, says: Any
) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    schema, _ = schema_of(operation, key)
    assert schema is not None
    if (fact["heading"], key) in DEFAULT_NOT_FILLED:
        assert "default" not in schema
    elif "default" in says:
        assert schema["default"] == says["default"]
        root = load(operation.edition).schemas[operation.body_schema["$ref"].rpartition("/")[2]]
        assert root["x-fill-defaults"] is True
    else:
        assert "default" not in schema


@pytest.mark.parametrize("table", [REQUIRED_OTHERWISE, DEFAULT_NOT_FILLED], ids=["req", "default"])
def test_every_reading_of_a_key_path_is_of_one_that_is_documented(table: Any) -> None:
    known = {(case.values[1]["heading"], case.values[2]) for case in KEYS}
    assert set(table) <= known
    assert all(table.values())


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_defaults_stand_in_bodies_of_create_alone(edition: Edition) -> None:
    for name, schema in edition.schemas.items():
        has = any(isinstance(part, dict) and "default" in part for _, part in walk(schema))
        assert bool(schema.get("x-fill-defaults")) >= has, name


def keys_of(operation: Operation) -> Iterator[tuple[str, Schema]]:
    """Every key path of a body, as the pages spell it, with its schema."""
    parts = load(operation.edition).schemas

    def inner(schema: Schema, key: str) -> Iterator[tuple[str, Schema]]:
        schema = resolve(schema, parts)
        for name, part in schema.get("properties", {}).items():
            place = f"{key}.{name}" if key else name
            yield place, resolve(part, parts)
            yield from inner(part, place)
        if "items" in schema:
            yield from inner(schema["items"], f"{key}[]")

    yield from inner(operation.body_schema, "")


@each(cases(o for o in OPERATIONS if o.takes_json))
def test_every_attribute_that_a_body_may_hold_is_documented_or_has_another_source(
    operation: Operation,
) -> None:
    edition = load(operation.edition)
    facts = FACTS[edition.name]["pages"][operation.page]["operations"]
    own = [fact for fact in facts if operation_of(edition, fact) is operation]
    known = {key for fact in own for key in fact["keys"]}
    known |= {key_path(at) for fact in own for sample in fact["requests"] for at, _ in walk(sample)}
    known |= {key_path(at) for fact in facts for shown in fact["answers"] for at, _ in walk(shown)}
    for key, schema in keys_of(operation):
        if ".attributes." in key and key not in known:
            assert OTHER_MARK.search(schema.get("x-source", "")), key


# samples

REQUESTS = [
    pytest.param(edition, fact, n, id=f"{edition.name}/{page}/{fact['heading']}/{n}")
    for edition in EDITIONS
    for page, facts in FACTS[edition.name]["pages"].items()
    for fact in facts["operations"]
    for n in range(len(fact["requests"]))
]
ANSWERS = [
    pytest.param(edition, fact, n, id=f"{edition.name}/{page}/{fact['method']} {fact['path']}/{n}")
    for edition in EDITIONS
    for page, facts in FACTS[edition.name]["pages"].items()
    for fact in facts["operations"]
    for n in range(len(fact["answers"]))
]

UNDERSCORE = "terraform_version with an underscore; the samples' answers keep the old version"
MISPRINTS: dict[tuple[str, str], str] = {
    ("create-workspace", "/data/attributes/terraform_version"): UNDERSCORE,
    ("update-workspace", "/data/attributes/terraform_version"): UNDERSCORE,
    ("update-workspace-by-name", "/data/attributes/terraform_version"): UNDERSCORE,
    ("update-ssh-key", "/data/type"): "the sample has no type; its table requires it",
    ("show-entitlement-set", "/data/links/self"): "the leading slash is missing",
    ("show-team-access-to-workspace", "/data/attributes/permission"): (
        "permission for access, which the other answers of the page show"
    ),
}
"""What stands in a sample though the contract reads it otherwise: (operation, pointer) → reason."""

SUITE = "the client of that week reads it"
ALWAYS: dict[str, dict[str, str]] = {
    "account": {"data.attributes.two-factor": SUITE},
    "organizations": {
        "data.attributes.owners-team-saml-role-id": SUITE,
        "data.attributes.saml-enabled": SUITE,
        "data.attributes.trial-expires-at": SUITE,
        "data.attributes.two-factor-conformant": SUITE,
    },
    "policies": {
        "data.attributes.description": SUITE,
        "data.relationships.policy-sets": "present in create and show, absent in PATCH and list",
    },
    "team-access": {
        "data.attributes.access": "misprinted as permission in show",
        "data.relationships": "show is cut short; list and add have them",
        "data.links": "show is cut short; list and add have them",
    },
    "workspaces": {
        "data.attributes.actions": "in the answer of show alone",
        "data.attributes.can-queue-destroy-plan": "in every answer but that of show",
        "data.attributes.migration-environment": SUITE,
        "data.attributes.operations": SUITE,
        "data.attributes.permissions": "decision: clients crash without; some samples omit them",
        "data.attributes.permissions.can-force-unlock": SUITE,
        "data.attributes.permissions.can-queue-apply": SUITE,
        "data.attributes.permissions.can-unlock": SUITE,
        "data.attributes.vcs-repo": "in every answer but that of show",
        "data.attributes.vcs-repo.identifier": "in the answers of create and update",
        "data.attributes.vcs-repo.oauth-token-id": "in the answers of create and update",
        "data.links": "the answers of lock and unlock are cut short",
        "data.relationships": "the answers of unlock and force unlock are cut short",
        "data.relationships.current-run": "in the answer of show alone",
        "data.relationships.latest-run": "the answer of lock is cut short",
        "data.relationships.organization": "decision: clients crash without; lock omits it",
        "data.relationships.ssh-key": "in every answer but those of show and lock",
    },
}
"""Members that our answers always show though a sample lacks them, by page."""
OF_LISTS = {"links", "meta"}
"""What our lists have though samples lack it: the text says that lists page, and a client needs
`meta.pagination` on the others too (decision)."""


def answer_misses(operation: Operation, sample: Any) -> list[Miss]:
    return operation.check_answer(success(operation), sample)


def always(operation: Operation, miss: Miss) -> str | None:
    """The entry of ALWAYS that explains a missing member, if one does."""
    key = key_path(miss.path).replace("[]", "")
    return key if key in ALWAYS.get(operation.page, {}) else None


def sort_out(operation: Operation, found: list[Miss]) -> tuple[list[str], set[Any]]:
    """What no table explains, and the entries that were needed."""
    unexplained, used = [], set()
    for miss in found:
        place = (operation.id, pointer(miss.path))
        if place in MISPRINTS:
            used.add(place)
        elif miss.fault == "missing" and key_path(miss.path) in OF_LISTS:
            continue
        elif miss.fault == "missing" and (name := always(operation, miss)) is not None:
            used.add((operation.page, name))
        else:
            unexplained.append(f"{pointer(miss.path)}: {miss.fault} {miss.value!r}")
    return unexplained, used


@each(REQUESTS)
def test_every_request_of_a_page_fits_its_schema(edition: Edition, fact: Any, n: int) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    found = operation.checker(operation.body_schema).misses(fact["requests"][n])
    assert sort_out(operation, found)[0] == []


@each(ANSWERS)
def test_every_answer_of_a_page_fits_its_schema(edition: Edition, fact: Any, n: int) -> None:
    operation = operation_of(edition, fact)
    assert operation is not None
    assert sort_out(operation, answer_misses(operation, fact["answers"][n]))[0] == []


def test_every_misprint_and_every_member_always_shown_is_still_needed() -> None:
    used: set[Any] = set()
    for edition, fact, n in (case.values for case in REQUESTS):
        operation = operation_of(edition, fact)
        assert operation is not None
        found = operation.checker(operation.body_schema).misses(fact["requests"][n])
        used |= sort_out(operation, found)[1]
    for edition, fact, n in (case.values for case in ANSWERS):
        operation = operation_of(edition, fact)
        assert operation is not None
        used |= sort_out(operation, answer_misses(operation, fact["answers"][n]))[1]
    listed = set(MISPRINTS) | {(page, name) for page, names in ALWAYS.items() for name in names}
    assert listed - used == set()


# what is shown


def resources(operation: Operation) -> Iterator[tuple[str, Schema]]:
    """`(name, schema)` of the resource objects that an operation's success shows as `data`."""
    parts = load(operation.edition).schemas
    schema = operation.answer_schema(success(operation))
    if schema is None:
        return
    data = resolve(resolve(schema, parts).get("properties", {}).get("data", {}), parts)
    data = resolve(data.get("items", data), parts)
    if "attributes" in data.get("properties", {}):
        yield data["properties"]["type"]["const"], data


def shown(edition: Edition, schema: Schema, source: str, key: InstancePath = ()) -> Iterator[Any]:
    """`(path, source)` of every attribute, relationship and link, to any depth."""
    schema = resolve(schema, edition.schemas)
    source = schema.get("x-source", source)
    if key and key[-1] != "[]":
        yield key, source
    for name, part in schema.get("properties", {}).items():
        yield from shown(edition, part, source, (*key, name))
    if "items" in schema:
        yield from shown(edition, schema["items"], source, (*key, "[]"))


def in_samples(edition: Edition) -> dict[str, set[InstancePath]]:
    """Paths within resource objects that the pages' answers show, by page and type."""
    paths: dict[str, set[InstancePath]] = {}
    for page, facts in FACTS[edition.name]["pages"].items():
        for fact in facts["operations"]:
            for sample in fact["answers"]:
                data = sample["data"]
                for resource in data if isinstance(data, list) else [data]:
                    paths.setdefault(f"{page}/{resource['type']}", set()).update(
                        tuple("[]" if isinstance(step, int) else step for step in place)
                        for place, _ in walk(resource)
                    )
    return paths


@each(cases(OPERATIONS))
def test_every_member_that_is_shown_stands_in_a_sample_or_has_another_source(
    operation: Operation,
) -> None:
    edition = load(operation.edition)
    samples = in_samples(edition)
    for type, schema in resources(operation):
        known = samples.get(f"{operation.page}/{type}", set())
        unknown = [
            (key_path(path), source)
            for path, source in shown(edition, schema, "")
            if path[0] in ("attributes", "relationships", "links")
            and len(path) > 1
            and not ("data" in path and path[-1] in ("type", "id"))  # JSON:API's identifiers
            and path not in known
            and not OTHER_MARK.search(source)
        ]
        assert unknown == []


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_every_member_of_a_sample_is_shown(edition: Edition) -> None:
    """An answer's sample may not have more than its resource lists, save a misprint."""
    for case in ANSWERS:
        operation = operation_of(edition, case.values[1])
        assert operation is not None
        sample = case.values[1]["answers"][case.values[2]]
        for place, value in walk(sample):
            shown_at = operation.shown(success(operation), sample)
            try:
                assert at(shown_at, place) == value or isinstance(value, dict | list)
            except KeyError:
                assert (operation.id, pointer(place)) in MISPRINTS
