"""What every answer shows has a value in every record, or no server starts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Edition, editions, load
from mockserver.contract.files import folder
from mockserver.jsonapi import handlers
from mockserver.jsonapi.resources import resource
from mockserver.pipeline.no_value import refuse_no_value
from mockserver.pipeline.server import served
from mockserver.resources import kinds
from mockserver.world.kinds import Kind, Kinds
from tests.gadgets import gadget

CREATE = {
    "call": "POST /organizations/{organization_name}/gadgets",
    "title": "Create a Gadget",
    "description": "Makes one.",
    "body": {"create": "gadgets"},
}
UPDATE = {
    "call": "PATCH /gadgets/{id}",
    "title": "Update a Gadget",
    "description": "Changes one.",
    "body": {"update": "gadgets"},
}
PAGE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Gadgets",
    "x-page": "gadgets.html",
    "operations": {"create-gadget": CREATE, "update-gadget": UPDATE},
}
ATTRIBUTE = "#/$defs/gadgets/properties/attributes/properties/weight: answers show it, and a new record has no value of it; say "
GIVEN = "null among its types, or let the kind gadgets give it one (made, computed)"
Started = Callable[..., Path]


@pytest.fixture
def started(tmp_path: Path) -> Started:
    """Starts an edition with a page more, of gadgets, served by a kind of those words; gives the file of
    the page.
    """

    def start(
        attributes: Any, relationships: Any = (), type: str = "gadgets", **words: Any
    ) -> Path:
        place = Path(shutil.copytree(folder("contracts") / "2019-07", tmp_path / "2019-07"))
        record = gadget(dict(relationships), **attributes)
        file = place / "gadgets.json"
        file.write_text(json.dumps({**PAGE, "$defs": {type: record}}))
        said = {
            "type": "gadgets",
            "prefix": "gad",
            "title": "name",
            "show": resource,
            "operations": {"create-gadget": handlers.create_record},
            "right": "read-organization",
            "within": "organizations",
            "member": "gadgets",
        }
        kind = Kind(**{**said, **words})
        served(Edition(place), lambda name: Kinds([*kinds(name).values(), kind]))
        return file

    return start


@pytest.mark.parametrize(
    ("attribute", "say"),
    [
        ({"type": "integer"}, f"a default, x-required, or {GIVEN}"),
        ({"type": "integer", "x-optional": True}, f"a default, x-required, or {GIVEN}"),
        ({"enum": ["light"]}, f"a default, x-required, or {GIVEN}"),
        ({"type": "object", "properties": {}}, f"a default, x-required, or {GIVEN}"),
        ({"type": "integer", "readOnly": True}, GIVEN),
        ({"type": "integer", "x-create": False}, GIVEN),
    ],
)
def test_an_attribute_that_a_new_record_has_no_value_of_is_refused_with_file_and_place(
    started: Started, tmp_path: Path, attribute: dict[str, Any], say: str
) -> None:
    with pytest.raises(ValueError, match="weight") as refused:
        started({"weight": attribute})
    assert str(refused.value) == f"{tmp_path / '2019-07' / 'gadgets.json'}{ATTRIBUTE}{say}"


@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ({"type": "integer", "default": 1}, {}),
        ({"type": "integer", "x-required": True}, {}),
        ({"type": ["integer", "null"]}, {}),
        ({"enum": [1, None]}, {}),
        ({"type": "string", "writeOnly": True}, {}),
        ({"type": "integer"}, {"made": {"weight": 1}}),
        ({"type": "integer", "readOnly": True}, {"computed": {"weight": 1}}),
        ({"type": "string"}, {"title": "weight"}),
        ({"type": "integer"}, {"show": lambda view, record: {}}),
    ],
)
def test_one_that_has_a_value_is_taken(
    started: Started, attribute: dict[str, Any], words: dict[str, Any]
) -> None:
    started({"weight": attribute}, **words)


def test_a_relationship_that_the_kind_does_not_show_is_refused_with_file_and_place(
    started: Started, tmp_path: Path
) -> None:
    parent = {"$ref": "common.json#/$defs/to-one", "x-of": "teams", "readOnly": True}
    with pytest.raises(ValueError, match="parent") as refused:
        started({}, {"parent": parent})
    assert str(refused.value) == (
        f"{tmp_path / '2019-07' / 'gadgets.json'}#/$defs/gadgets/properties/relationships/properties/parent: "
        "every answer shows it, and the kind gadgets does not; name it there under relations or "
        "relationships, or say x-optional"
    )


def test_a_relationship_that_an_answer_may_lack_is_taken(started: Started) -> None:
    parent = {"$ref": "common.json#/$defs/to-one", "x-of": "teams", "readOnly": True}
    owner = {"$ref": "common.json#/$defs/to-one", "x-of": "organizations", "readOnly": True}
    started({}, {"parent": {**parent, "x-optional": True}, "organization": owner})


@pytest.mark.parametrize("edition", editions())
def test_what_every_edition_shows_has_a_value(edition: str) -> None:
    """Also of an installed release, whose start does not look."""
    refuse_no_value(served(load(edition)), load(edition))
