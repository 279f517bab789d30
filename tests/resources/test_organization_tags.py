"""The tags of an organization's workspaces: listed, searched, given to others, deleted from all."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.client import ORG, ROOT
from tests.resources.asking import (
    FIRST,
    SECOND,
    THIRD,
    as_,
    body,
    data,
    identifiers,
    last,
    names,
    said,
    workspaces,
)

pytestmark = pytest.mark.tfe(edition="2026-08")
TAGS, GREEN = f"{ORG}/tags", "tag-gReen567890AbcdE"
GIVE = f"{ROOT}/tags/{GREEN}/relationships/workspaces"


def shown(tfe: mockserver.World, workspace: str) -> Any:
    answer = tfe.client.get(f"{ROOT}/workspaces/{workspace}")
    return data(answer)["attributes"]["tag-names"]


def tag(tfe: mockserver.World, workspace: str, name: str) -> str:
    """The id of a tag that a workspace has from now on."""
    path = f"{ROOT}/workspaces/{workspace}/relationships/tags"
    tfe.client.post(path, json={"data": [{"type": "tags", "attributes": {"name": name}}]})
    return str(data(tfe.client.get(TAGS, query_string={"q": name}))[0]["id"])


def test_tags_are_listed_as_they_were_made_by_a_part_of_the_name_and_without_a_workspaces(
    tfe: mockserver.World,
) -> None:
    tag(tfe, SECOND, "Evergreen")
    tag(tfe, SECOND, "blue")
    assert names(tfe.client.get(TAGS)) == ["green", "evergreen", "blue"]
    for query, found in (
        ({"q": "GREEN"}, ["green", "evergreen"]),
        ({"filter[exclude][taggable][id]": FIRST}, ["evergreen", "blue"]),
        ({"filter[exclude][taggable][id]": SECOND, "q": "ever"}, []),
        ({"filter[exclude][taggable][id]": "ws-nobody"}, ["green", "evergreen", "blue"]),
        ({"page[size]": "1", "page[number]": "2"}, ["evergreen"]),
    ):
        assert names(tfe.client.get(TAGS, query_string=query)) == found


def test_a_tag_is_given_to_several_workspaces_all_or_none(tfe: mockserver.World) -> None:
    unknown = tfe.client.post(GIVE, json=workspaces(SECOND, "ws-nobody"))
    assert said(unknown) == [
        ("invalid attribute", "ws-nobody is not one of the organization's workspaces", "/data/1")
    ]
    assert shown(tfe, SECOND) == []
    assert tfe.client.post(GIVE, json=workspaces(FIRST, SECOND, THIRD)).status_code == 204
    assert [shown(tfe, one) for one in (FIRST, SECOND, THIRD)] == [["green"]] * 3
    assert data(tfe.client.get(TAGS))[0]["attributes"]["instance-count"] == 3


def test_what_is_deleted_is_on_no_workspace_and_nothing_is_where_one_tag_is_not_there(
    tfe: mockserver.World,
) -> None:
    blue = tag(tfe, FIRST, "blue")
    assert tfe.client.delete(TAGS, json=identifiers("tags", blue, "tag-nobody")).status_code == 404
    assert last(tfe).why == "'tag-nobody' is no tag of my-organization: nothing was deleted."
    assert shown(tfe, FIRST) == ["blue", "green"]
    assert tfe.client.delete(TAGS, json=identifiers("tags", blue, GREEN, blue)).status_code == 204
    assert (shown(tfe, FIRST), names(tfe.client.get(TAGS))) == ([], [])


def test_tags_of_another_organization_are_unknown(tfe: mockserver.World) -> None:
    made = body("organizations", name="acme", email="a@example.com")
    tfe.client.post(f"{ROOT}/organizations", json=made)
    theirs = f"{ROOT}/organizations/acme"
    assert tfe.client.delete(f"{theirs}/tags", json=identifiers("tags", GREEN)).status_code == 404
    one = data(tfe.client.post(f"{theirs}/workspaces", json=body("workspaces", name="w")), 201)
    assert tfe.client.post(GIVE, json=workspaces(one["id"])).status_code == 422
    assert names(tfe.client.get(TAGS)) == ["green"]


def test_a_caller_gives_tags_to_those_workspaces_alone_that_he_administers(
    tfe: mockserver.World,
) -> None:
    tfe.seed(
        {
            "users": [{"username": "wes"}],
            "tokens": [{"name": "wes", "user": "wes"}],
            "organizations": [
                {
                    "name": "my-organization",
                    "teams": [{"name": "wes", "members": ["wes"]}],
                    "workspaces": [
                        {"name": "his", "team-access": {"wes": "admin"}},
                        {"name": "seen", "team-access": {"wes": "read"}},
                    ],
                }
            ],
        }
    )
    his, seen = (data(tfe.client.get(f"{ORG}/workspaces/{name}"))["id"] for name in ("his", "seen"))
    wes = as_(tfe, "wes")
    refused = tfe.client.post(GIVE, json=workspaces(his, seen), headers=wes)
    assert refused.status_code == 404
    assert last(tfe).why == f"The caller may give no tags to {seen}."
    assert tfe.client.post(GIVE, json=workspaces(his), headers=wes).status_code == 204
    assert (shown(tfe, his), shown(tfe, seen)) == (["green"], [])
    assert names(tfe.client.get(TAGS, headers=wes)) == ["green"]
    assert tfe.client.delete(TAGS, json=identifiers("tags", GREEN), headers=wes).status_code == 404
