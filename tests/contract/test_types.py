"""The resource types of an edition as plain data."""

from __future__ import annotations

from copy import deepcopy

import pytest
from sweeps import EDITIONS

from mockserver.contract import Edition, load

TYPES = load("2019-07").types


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.name)
def test_every_type_of_a_record_in_a_path_is_there(edition: Edition) -> None:
    named = {type for o in edition.operations.values() for type in o.records.values()}
    assert named - set(edition.types) == set()


def test_an_attribute_says_who_may_set_it_and_what_a_create_fills_in() -> None:
    attributes = TYPES["policy-sets"].attributes
    assert list(attributes) == [
        "name", "description", "global", "policy-count", "workspace-count", "created-at",
        "updated-at",
    ]  # fmt: skip
    name, shown = attributes["name"], attributes["policy-count"]
    assert (name.create, name.update, name.required, name.has_default) == (True, True, True, False)
    assert (attributes["description"].default, attributes["description"].has_default) == (
        None,
        True,
    )
    assert (attributes["global"].default, attributes["global"].read_only) == (False, False)
    assert (shown.read_only, shown.create, shown.update) == (True, False, False)
    assert name.schema["pattern"] == "^[A-Za-z0-9_-]+$"


@pytest.mark.parametrize("name", ["2019-07", "2026-08"])
def test_the_defaults_of_each_body_are_its_own(name: str) -> None:
    create = load(name).operations["create-policy-set"]
    sent = {"data": {"type": "policy-sets", "attributes": {"name": "limits"}}}
    first, second = (create.check_body(deepcopy(sent)).value["data"] for _ in range(2))
    assert first["relationships"]["policies"] == {"data": []}
    assert first == second
    for part in first["attributes"], *first["relationships"].values():
        for value in part.values():
            if isinstance(value, list):
                value.append("of the first")
    assert "of the first" in first["relationships"]["policies"]["data"]
    assert "of the first" not in str(second)


def test_an_attribute_that_is_never_shown_and_a_secret_are_told() -> None:
    value = TYPES["ssh-keys"].attributes["value"]
    assert (value.shown, value.secret, value.create, value.update) == (False, True, True, True)
    assert TYPES["authentication-tokens"].attributes["token"].shown


def test_a_relationship_says_what_it_names_and_who_may_set_it() -> None:
    sets, workspace = TYPES["policy-sets"].relationships, TYPES["workspaces"].relationships
    assert (sets["policies"].types, sets["policies"].many) == (("policies",), True)
    assert (sets["policies"].create, sets["policies"].update) == (True, False)
    assert (sets["organization"].many, sets["organization"].create) == (False, False)
    assert (workspace["ssh-key"].types, workspace["ssh-key"].nullable) == (("ssh-keys",), True)
    assert TYPES["team-workspaces"].relationships["team"].required
    assert TYPES["users"].relationships["authentication-tokens"].types == ()


def test_the_edition_tells_where_an_operation_or_a_rule_is_written() -> None:
    """Python names it; on which page of which day that stands, the edition says."""
    edition = load("2019-07")
    assert edition.source("create-policy-set") == "policy-sets.html#create-a-policy-set"
    assert edition.source("feature-entitlements") == "index.html#feature-entitlements"
    with pytest.raises(KeyError) as unknown:
        edition.source("create-policyset")
    assert unknown.value.args[0] == (
        "Edition 2019-07 has no source 'create-policyset'. "
        "Did you mean 'create-policy-set', 'create-policy' or 'update-policy-set'?"
    )
