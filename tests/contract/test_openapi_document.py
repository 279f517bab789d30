"""The assembled OpenAPI document is whole, valid, and the same wherever it is asked for."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from sweeps import EDITIONS, EVERY, OPERATIONS, cases, each, example, fresh, success, walk

from mockserver.contract import Edition, Operation, editions, load
from mockserver.contract.operations import JSONAPI, OBJECTS

every_contract = pytest.mark.parametrize("edition", EVERY, ids=lambda edition: edition.name)
every_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)


@cache
def deployed(edition: Edition) -> Any:
    """The document as JSON gives it back: what no JSON can hold would not survive."""
    return json.loads(json.dumps(edition.openapi(), allow_nan=False))


@every_contract
def test_the_document_passes_the_validator_of_the_specification(edition: Edition) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator  # half a second, for this alone

    faults = OpenAPIV31SpecValidator(deployed(edition)).iter_errors()
    assert [f"{list(fault.absolute_path)}: {fault.message}" for fault in faults] == []


@every_contract
def test_it_holds_every_operation_under_its_whole_path(edition: Edition) -> None:
    document = deployed(edition)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == edition.name
    assert document["servers"] == [{"url": "/"}]
    held = {
        (method.upper(), path, item["operationId"])
        for path, methods in document["paths"].items()
        for method, item in methods.items()
    }
    assert held == {(o.method, o.path, o.id) for o in edition.operations.values()}
    starts = ("/_mock/",) if edition.name == "control" else ("/api/v2/", "/.well-known/", OBJECTS)
    assert all(path.startswith(starts) for path in document["paths"])


@every_contract
def test_references_stay_within_it_and_no_id_leads_out(edition: Edition) -> None:
    """Relative references beside `$id` fail in validators and in Prism."""
    document = deployed(edition)
    for at, part in walk(document):
        if isinstance(part, dict) and "examples" not in at and "properties" not in at[-1:]:
            assert "$id" not in part
            reference = part.get("$ref")
            if isinstance(reference, str):
                assert re.fullmatch(r"#/components/(schemas|responses)/[A-Za-z0-9.-]+", reference)


@every_contract
def test_every_operation_wants_a_bearer_token_unless_it_is_open_or_its_url_is_presigned(
    edition: Edition,
) -> None:
    document = deployed(edition)
    assert document["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer"}
    }
    for methods in document["paths"].values():
        for item in methods.values():
            assert item.get("security", []) == []
            operation = edition.operations[item["operationId"]]
            assert (operation.open or operation.token is not None) is ("security" in item)


@each(cases(OPERATIONS))
def test_it_shows_our_examples(operation: Operation) -> None:
    document = deployed(load(operation.edition))
    item = document["paths"][operation.path][operation.method.lower()]
    shown = example(operation)
    if "body" in shown:
        (media,) = item["requestBody"]["content"].values()
        assert media["examples"]["example"]["value"] == shown["body"]
    content = item["responses"][str(success(operation))].get("content", {})
    for media in content.values():
        assert media["examples"]["example"]["value"] == shown["answers"][str(success(operation))]


@every_edition
def test_it_is_served_without_a_token(edition: Edition) -> None:
    world = fresh(edition.name)
    got = world.send(
        "GET", "/_mock/openapi.json", query={"edition": edition.name}, headers={"Authorization": ""}
    )
    assert (got.status, got.json) == (200, deployed(edition))
    assert got.media_type == "application/json"


def test_an_unknown_edition_has_none() -> None:
    got = fresh(editions()[0]).send("GET", "/_mock/openapi.json", query={"edition": "2019-06"})
    assert got.status == 404
    assert got.errors[0]["detail"].startswith("There is no edition named '2019-06'. ")


def test_assembling_it_leaves_the_contract_as_it_was() -> None:
    for edition in EVERY:
        before = json.dumps([edition.paths, edition.schemas, edition.responses])
        edition.openapi()
        assert json.dumps([edition.paths, edition.schemas, edition.responses]) == before


@every_edition
def test_an_answer_of_the_api_is_of_one_media_type(edition: Edition) -> None:
    others = {
        operation.id: sorted(content)
        for operation in edition.operations.values()
        for response in operation.responses.values()
        if (content := response.get("content", {})) and set(content) != {JSONAPI}
    }
    known = {
        "discover-services": ["application/json"],
        "download-policy": ["application/octet-stream"],
    }
    assert others == {id: media for id, media in known.items() if id in edition.operations}
