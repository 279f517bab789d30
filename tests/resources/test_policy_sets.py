"""Policy sets: names, members, global sets, what moves their times, and what goes with whom."""

from __future__ import annotations

import json
from typing import Any

import pytest

import mockserver
from tests.client import EPOCH, ORG, POLICY, ROOT, SET, SETS, WORKSPACE

from .asking import (
    EXAMPLE,
    FIRST,
    NAME_REFUSED,
    NOT_FOUND,
    OTHER,
    POLICIES,
    PRODUCTION,
    SECOND,
    THIRD,
    WORKSPACES,
    a_policy,
    a_set,
    a_workspace,
    an_organization,
    as_,
    attributes,
    body,
    data,
    error,
    errors,
    identifiers,
    last,
    linked,
    names,
    policies,
    said,
    shown_policy,
    shown_set,
    workspaces,
)

BOTH = pytest.mark.parametrize(
    ("relation", "there", "absent"), [("policies", EXAMPLE, OTHER), ("workspaces", FIRST, SECOND)]
)
TWO_ORGANIZATIONS = {
    "organizations": [
        {
            "name": name,
            "policies": [{"id": f"pol-{name}", "name": "tagged"}],
            "workspaces": [{"id": f"ws-{name}", "name": "network"}],
            "policy-sets": [{"id": f"polset-{name}", "name": "everywhere"}],
        }
        for name in ("ours", "theirs")
    ]
}
MANAGERS = {
    "users": [{"username": "ann"}],
    "tokens": [{"name": "ann", "user": "ann"}, {"name": "org", "organization": "my-organization"}],
    "organizations": [
        {
            "name": "my-organization",
            "teams": [
                {
                    "name": "policy",
                    "members": ["ann"],
                    "organization-access": {"manage-policies": True},
                }
            ],
            "workspaces": [{"id": "ws-seen", "name": "seen"}],
            "policy-sets": [{"id": PRODUCTION, "name": "production"}],
        }
    ],
}


def relationship(relation: str) -> str:
    return f"{SET}/relationships/{relation}"


def turn(tfe: Any, on: bool, path: str = SET) -> Any:
    return data(tfe.client.patch(path, json=body("policy-sets", **{"global": on})))


# creation


def test_a_set_is_made_with_the_defaults_of_the_page(tfe: Any) -> None:
    made = data(tfe.client.post(SETS, json=a_set("staging")), 201)
    assert made["attributes"] == {
        "name": "staging",
        "description": None,
        "global": False,
        "policy-count": 0,
        "workspace-count": 0,
        "created-at": EPOCH,
        "updated-at": EPOCH,
    }
    assert made["relationships"] == {
        "organization": {"data": {"type": "organizations", "id": "my-organization"}},
        "policies": {"data": []},
        "workspaces": {"data": []},
    }
    assert made["links"] == {"self": f"{ROOT}/policy-sets/{made['id']}"}
    assert made["id"].startswith("polset-")
    assert len(made["id"]) == len(PRODUCTION)


def test_a_set_is_made_with_all_that_the_page_lists(tfe: Any) -> None:
    document = a_set(
        "staging", policies=(EXAMPLE, OTHER), workspaces=(FIRST, SECOND), description="*Staging*"
    )
    made = data(tfe.client.post(SETS, json=document), 201)
    assert made["attributes"]["description"] == "*Staging*"
    assert made["attributes"]["policy-count"] == made["attributes"]["workspace-count"] == 2
    assert linked(made, "policies") == [EXAMPLE, OTHER]
    assert linked(made, "workspaces") == [FIRST, SECOND]
    assert linked(shown_policy(tfe, OTHER), "policy-sets") == [made["id"]]


def test_counts_and_linkage_are_right_in_the_answer_of_the_post(tfe: Any) -> None:
    answer = tfe.client.post(SETS, json=a_set(policies=(OTHER, OTHER), workspaces=(FIRST,)))
    made = data(answer, 201)
    assert (linked(made, "policies"), made["attributes"]["policy-count"]) == ([OTHER], 1)
    assert made == shown_set(tfe, made["id"])


@pytest.mark.parametrize("description", [None, "", "two\nlines", "ünïcödé 💥", "x" * 100_000])
def test_a_description_may_be_null_or_any_text(tfe: Any, description: str | None) -> None:
    made = data(tfe.client.post(SETS, json=a_set(description=description)), 201)
    assert made["attributes"]["description"] == description
    changed = tfe.client.patch(SET, json=body("policy-sets", description=description))
    assert attributes(changed)["description"] == description


@pytest.mark.parametrize("name", ["a", "A-b_9", "-", "_", "9", "x" * 255])
def test_letters_digits_hyphens_and_underscores_are_names(tfe: Any, name: str) -> None:
    assert attributes(tfe.client.post(SETS, json=a_set(name)), 201)["name"] == name


@pytest.mark.parametrize(
    "name", ["a b", "a.b", "a/b", "ä", "٣", "name\n", "\n", " name", "a\u200b", "a\0b"]
)
def test_nothing_else_is_a_name_a_trailing_newline_neither(tfe: Any, name: str) -> None:
    assert said(tfe.client.post(SETS, json=a_set(name))) == NAME_REFUSED
    assert said(tfe.client.patch(SET, json=body("policy-sets", name=name))) == NAME_REFUSED


def test_a_name_is_unique_in_its_organization(tfe: Any) -> None:
    answer = tfe.client.post(SETS, json=a_set("production"))
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Name has already been taken",
        "source": {"pointer": "/data/attributes/name"},
        "meta": {
            "operation": "create-policy-set",
            "edition": "2019-07",
            "pointer": "/data/attributes/name",
            "fact": f"the policy set {PRODUCTION} already has the name 'production'",
            "expected": "a value that no other record has",
            "key-path": "data.attributes.name",
            "source": "recorded answers of the real service",
            "hint": "Send another value, or change the record that has it.",
        },
    }


def test_another_set_cannot_be_renamed_to_a_name_that_is_taken(tfe: Any) -> None:
    other = data(tfe.client.post(SETS, json=a_set("staging")), 201)
    answer = tfe.client.patch(SET, json=body("policy-sets", name="staging"))
    assert said(answer) == [
        ("invalid attribute", "Name has already been taken", "/data/attributes/name")
    ]
    assert shown_set(tfe)["attributes"]["name"] == "production"
    assert (
        error(answer)["meta"]["fact"]
        == f"the policy set {other['id']} already has the name 'staging'"
    )


def test_a_name_is_unique_with_regard_to_case(tfe: Any) -> None:
    assert tfe.client.post(SETS, json=a_set("Production")).status_code == 201
    assert tfe.client.patch(SET, json=body("policy-sets", name="PRODUCTION")).status_code == 200


def test_a_name_is_free_again_after_a_rename_and_after_a_delete(tfe: Any) -> None:
    tfe.client.patch(SET, json=body("policy-sets", name="renamed"))
    again = data(tfe.client.post(SETS, json=a_set("production")), 201)
    tfe.client.delete(f"{ROOT}/policy-sets/{again['id']}")
    assert tfe.client.post(SETS, json=a_set("production")).status_code == 201


@pytest.mark.tfe(fixture=TWO_ORGANIZATIONS)
def test_another_organization_may_use_the_same_name(tfe: Any) -> None:
    path = f"{ROOT}/organizations/ours/policy-sets"
    assert tfe.client.post(path, json=a_set("everywhere")).status_code == 422
    assert tfe.client.delete(f"{ROOT}/policy-sets/polset-theirs").status_code == 204
    assert tfe.client.post(path, json=a_set("everywhere")).status_code == 422


@pytest.mark.parametrize(
    ("document", "refusals"),
    [
        (
            a_set("x", policies=("pol-none", EXAMPLE, "pol-neither")),
            [
                ("pol-none is not one of the organization's policies", "/data/relationships/policies/data/0"),
                ("pol-neither is not one of the organization's policies", "/data/relationships/policies/data/2"),
            ],
        ),
        (
            a_set("x", policies=(EXAMPLE,), workspaces=(FIRST, "ws-none")),
            [("ws-none is not one of the organization's workspaces", "/data/relationships/workspaces/data/1")],
        ),
        (
            a_set("production", policies=("pol-none",), workspaces=("ws-none",)),
            [
                ("Name has already been taken", "/data/attributes/name"),
                ("pol-none is not one of the organization's policies", "/data/relationships/policies/data/0"),
                ("ws-none is not one of the organization's workspaces", "/data/relationships/workspaces/data/0"),
            ],
        ),
    ],
)  # fmt: skip
def test_members_named_at_creation_must_exist_else_nothing_is_made(
    tfe: Any, document: Any, refusals: list[tuple[str, str]]
) -> None:
    before = tfe.state()
    answer = tfe.client.post(SETS, json=document)
    assert said(answer) == [("invalid attribute", detail, pointer) for detail, pointer in refusals]
    assert tfe.state() == before


def test_a_member_that_is_not_found_is_explained(tfe: Any) -> None:
    found = error(tfe.client.post(relationship("policies"), json=policies("pol-none")))
    assert found == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "pol-none is not one of the organization's policies",
        "source": {"pointer": "/data/0"},
        "meta": {
            "operation": "add-policies-to-policy-set",
            "edition": "2019-07",
            "pointer": "/data/0",
            "fact": "'pol-none' is not the id of a policy of my-organization that this token may see",
            "expected": "the identifier of a policy of my-organization",
            "key-path": "data[]",
            "source": "policy-sets.html#add-policies-to-the-policy-set",
            "hint": "List the organization's policies to find their ids.",
        },
    }


@pytest.mark.tfe(fixture=TWO_ORGANIZATIONS)
def test_members_of_another_organization_are_not_found_either(tfe: Any) -> None:
    sets, ours = f"{ROOT}/organizations/ours/policy-sets", f"{ROOT}/policy-sets/polset-ours"
    before = tfe.state()
    for answer in (
        tfe.client.post(sets, json=a_set(policies=("pol-ours", "pol-theirs"))),
        tfe.client.post(f"{ours}/relationships/policies", json=policies("pol-ours", "pol-theirs")),
    ):
        assert error(answer)["detail"] == "pol-theirs is not one of the organization's policies"
    for answer in (
        tfe.client.post(sets, json=a_set(workspaces=("ws-theirs",))),
        tfe.client.post(f"{ours}/relationships/workspaces", json=workspaces("ws-theirs")),
    ):
        assert error(answer)["detail"] == "ws-theirs is not one of the organization's workspaces"
    assert tfe.state() == before


@pytest.mark.tfe(fixture=MANAGERS)
def test_who_manages_policies_may_name_every_workspace(tfe: Any) -> None:
    """`manage-policies` gives read access to every workspace, so each id is known."""
    answer = tfe.client.post(
        relationship("workspaces"), json=workspaces("ws-seen"), headers=as_(tfe, "ann")
    )
    assert answer.status_code == 204


# members


@BOTH
def test_members_are_added_and_removed(tfe: Any, relation: str, there: str, absent: str) -> None:
    path = relationship(relation)
    added = tfe.client.post(path, json=identifiers(relation, absent))
    assert (added.status_code, added.data) == (204, b"")
    assert linked(shown_set(tfe), relation) == [there, absent]
    removed = tfe.client.delete(path, json=identifiers(relation, there))
    assert (removed.status_code, removed.data) == (204, b"")
    assert linked(shown_set(tfe), relation) == [absent]


@BOTH
def test_what_is_asked_for_twice_or_is_so_already_is_204_without_effect(
    tfe: Any, relation: str, there: str, absent: str
) -> None:
    path = relationship(relation)
    before = shown_set(tfe)
    tfe.clock.advance(60)
    for answer in (
        tfe.client.post(path, json=identifiers(relation, there)),
        tfe.client.post(path, json=identifiers(relation, there, there)),
        tfe.client.delete(path, json=identifiers(relation, absent)),
        tfe.client.delete(path, json=identifiers(relation, absent, absent)),
        tfe.client.post(path, json={"data": []}),
        tfe.client.delete(path, json={"data": []}),
    ):
        assert (answer.status_code, answer.data) == (204, b"")
        assert not last(tfe).changed
    assert shown_set(tfe) == before


@BOTH
def test_the_same_id_twice_in_one_body_is_added_once(
    tfe: Any, relation: str, there: str, absent: str
) -> None:
    tfe.client.post(relationship(relation), json=identifiers(relation, absent, absent, there))
    assert linked(shown_set(tfe), relation) == [there, absent]


@BOTH
def test_adding_is_all_or_nothing(tfe: Any, relation: str, there: str, absent: str) -> None:
    before = tfe.state()
    answer = tfe.client.post(relationship(relation), json=identifiers(relation, absent, "x-none"))
    assert said(answer) == [
        ("invalid attribute", f"x-none is not one of the organization's {relation}", "/data/1")
    ]
    assert tfe.state() == before


@BOTH
def test_removing_an_unknown_id_is_204_and_removes_the_others(
    tfe: Any, relation: str, there: str, absent: str
) -> None:
    answer = tfe.client.delete(relationship(relation), json=identifiers(relation, "x-none", there))
    assert answer.status_code == 204
    assert linked(shown_set(tfe), relation) == []


@BOTH
@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ({"data": [{"type": "organizations", "id": "x"}]}, ["/data/0/type"]),
        ({"data": [{"type": "policy-sets", "id": 1}]}, ["/data/0/id", "/data/0/type"]),
        ({"data": {}}, ["/data"]),
        ({"data": None}, ["/data"]),
        ({"data": ["pol-u3S5p2Uwk21keu1s"]}, ["/data/0"]),
        ({}, ["/data"]),
        ([], [""]),
    ],
)
def test_wrong_types_are_422_whether_added_or_removed(
    tfe: Any,
    relation: str,
    there: str,
    absent: str,
    method: str,
    document: Any,
    pointers: list[str],
) -> None:
    answer = tfe.client.open(
        relationship(relation),
        method=method,
        data=json.dumps(document),
        headers={"Content-Type": "application/vnd.api+json"},
    )
    assert [e["source"]["pointer"] for e in errors(answer)] == pointers
    assert linked(shown_set(tfe), relation) == [there]


@BOTH
def test_changing_members_moves_updated_at_of_the_set(
    tfe: Any, relation: str, there: str, absent: str
) -> None:
    created = shown_set(tfe)["attributes"]["created-at"]
    tfe.clock.set("2019-08-01T00:00:00.000Z")
    tfe.client.post(relationship(relation), json=identifiers(relation, absent))
    assert shown_set(tfe)["attributes"]["updated-at"] == "2019-08-01T00:00:00.000Z"
    tfe.clock.set("2019-08-02T00:00:00.000Z")
    tfe.client.delete(relationship(relation), json=identifiers(relation, there))
    assert shown_set(tfe)["attributes"]["updated-at"] == "2019-08-02T00:00:00.000Z"
    assert shown_set(tfe)["attributes"]["created-at"] == created


def test_a_policy_that_is_made_in_a_set_moves_updated_at_of_the_set(tfe: Any) -> None:
    tfe.clock.set("2019-08-01T00:00:00.000Z")
    related = {"policy-sets": identifiers("policy-sets", PRODUCTION)}
    tfe.client.post(POLICIES, json=body("policies", related, name="x", enforce=[]))
    assert shown_set(tfe)["attributes"]["updated-at"] == "2019-08-01T00:00:00.000Z"


def test_changing_members_leaves_the_policies_own_time(tfe: Any) -> None:
    before = shown_policy(tfe)["attributes"]["updated-at"]
    tfe.clock.advance(60)
    tfe.client.delete(relationship("policies"), json=policies(EXAMPLE))
    assert shown_policy(tfe)["attributes"]["updated-at"] == before


# global sets


GLOBAL_META = {
    "edition": "2019-07",
    "fact": "the policy set is global: it applies to all of the organization's workspaces",
    "expected": "no workspaces, or a set that is not global",
    "source": "policy-sets.html#attach-a-policy-set-to-workspaces",
    "hint": "Set data.attributes.global to false first, or leave the workspaces out.",
}


def test_a_global_set_cannot_be_made_with_workspaces(tfe: Any) -> None:
    answer = tfe.client.post(SETS, json=a_set("x", workspaces=(FIRST,), **{"global": True}))
    pointer = "/data/relationships/workspaces/data"
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Global policy sets cannot be attached to individual workspaces",
        "source": {"pointer": pointer},
        "meta": GLOBAL_META
        | {
            "operation": "create-policy-set",
            "pointer": pointer,
            "key-path": "data.relationships.workspaces.data[]",
        },
    }
    assert names(tfe.client.get(SETS)) == ["production"]


def test_a_global_set_is_made_without_workspaces_or_with_an_empty_list_of_them(tfe: Any) -> None:
    for name, named in (("one", None), ("two", ())):
        document = a_set(name, policies=(EXAMPLE,), workspaces=named, **{"global": True})
        made = data(tfe.client.post(SETS, json=document), 201)
        assert made["attributes"]["global"] is True
        assert made["attributes"]["workspace-count"] == 4
        assert list(made["relationships"]) == ["organization", "policies"]


@pytest.mark.parametrize(
    ("method", "operation", "verb"),
    [
        ("POST", "attach-policy-set-to-workspaces", "attached to"),
        ("DELETE", "detach-policy-set-from-workspaces", "detached from"),
    ],
)
@pytest.mark.parametrize("named", [(FIRST,), (SECOND,), ("ws-none",), ()])
def test_a_global_set_cannot_be_attached_or_detached(
    tfe: Any, method: str, operation: str, verb: str, named: tuple[str, ...]
) -> None:
    turn(tfe, True)
    before = tfe.state()
    answer = tfe.client.open(relationship("workspaces"), method=method, json=workspaces(*named))
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": f"Global policy sets cannot be {verb} individual workspaces",
        "source": {"pointer": "/data"},
        "meta": GLOBAL_META | {"operation": operation, "pointer": "/data", "key-path": "data[]"},
    }
    assert tfe.state() == before


def test_policies_of_a_global_set_come_and_go_as_of_any_other(tfe: Any) -> None:
    turn(tfe, True)
    assert tfe.client.post(relationship("policies"), json=policies(OTHER)).status_code == 204
    assert tfe.client.delete(relationship("policies"), json=policies(EXAMPLE)).status_code == 204
    assert linked(shown_set(tfe), "policies") == [OTHER]


def test_a_global_set_omits_its_workspaces_and_counts_all_of_the_organization(tfe: Any) -> None:
    turned = turn(tfe, True)
    assert "workspaces" not in turned["relationships"]
    assert turned["attributes"]["workspace-count"] == 4
    assert data(tfe.client.get(SETS)) == [turned]


def test_the_count_of_a_global_set_follows_workspaces_as_they_come_and_go(tfe: Any) -> None:
    turn(tfe, True)
    counts = []
    tfe.client.post(WORKSPACES, json=a_workspace("fifth"))
    counts.append(shown_set(tfe)["attributes"]["workspace-count"])
    tfe.client.delete(WORKSPACE)
    tfe.client.delete(f"{WORKSPACES}/workspace-2")
    counts.append(shown_set(tfe)["attributes"]["workspace-count"])
    assert counts == [5, 3]


@pytest.mark.tfe(fixture=TWO_ORGANIZATIONS)
def test_the_count_of_a_global_set_is_of_its_own_organization(tfe: Any) -> None:
    path = f"{ROOT}/policy-sets/polset-ours"
    tfe.client.post(f"{ROOT}/organizations/theirs/workspaces", json=a_workspace("more"))
    assert turn(tfe, True, path)["attributes"]["workspace-count"] == 1


def test_a_set_that_turns_global_hides_its_attachments_and_shows_them_again(tfe: Any) -> None:
    tfe.client.post(relationship("workspaces"), json=workspaces(SECOND))
    hidden = turn(tfe, True)
    assert "workspaces" not in hidden["relationships"]
    again = turn(tfe, False)
    assert linked(again, "workspaces") == [FIRST, SECOND]
    assert again["attributes"]["workspace-count"] == 2


def test_a_workspace_that_is_deleted_meanwhile_is_not_shown_again(tfe: Any) -> None:
    turn(tfe, True)
    tfe.client.delete(WORKSPACE)
    again = turn(tfe, False)
    assert (linked(again, "workspaces"), again["attributes"]["workspace-count"]) == ([], 0)


# update


def test_an_update_changes_what_it_names_and_nothing_else(tfe: Any) -> None:
    before = shown_set(tfe)
    tfe.clock.set("2019-08-01T00:00:00.000Z")
    for changes in (
        {"name": "renamed"},
        {"description": "another"},
        {"description": None},
        {"global": True},
        {"global": False},
    ):
        changed = data(tfe.client.patch(SET, json=body("policy-sets", **changes)))
        before["attributes"] |= changes | {"updated-at": "2019-08-01T00:00:00.000Z"}
        if changes.get("global") is not True:
            assert changed == before
        else:
            assert changed["attributes"] == before["attributes"] | {"workspace-count": 4}


def test_an_update_fills_in_no_defaults(tfe: Any) -> None:
    turn(tfe, True)
    shown = data(tfe.client.patch(SET, json=body("policy-sets", name="renamed")))
    assert shown["attributes"]["global"] is True
    assert shown["attributes"]["description"].startswith("This set contains policies")


# deletion


def test_a_second_delete_is_404(tfe: Any) -> None:
    first = tfe.client.delete(SET)
    assert (first.status_code, first.data) == (204, b"")
    for answer in (tfe.client.delete(SET), tfe.client.get(SET)):
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert last(tfe).why == f"There is no policy set '{PRODUCTION}'."
    for method, path in (
        ("PATCH", SET),
        ("POST", relationship("policies")),
        ("DELETE", relationship("workspaces")),
    ):
        assert tfe.client.open(path, method=method, json={}).status_code == 404


def test_deleting_a_set_leaves_its_policies_and_workspaces(tfe: Any) -> None:
    tfe.client.delete(SET)
    policy = shown_policy(tfe)
    assert (policy["attributes"]["policy-set-count"], linked(policy, "policy-sets")) == (0, [])
    assert tfe.client.get(WORKSPACE).status_code == 200
    assert names(tfe.client.get(SETS)) == []


def test_deleting_a_policy_takes_it_out_of_every_set(tfe: Any) -> None:
    made = data(tfe.client.post(SETS, json=a_set(policies=(EXAMPLE, OTHER))), 201)
    tfe.client.delete(POLICY)
    assert linked(shown_set(tfe), "policies") == []
    assert linked(shown_set(tfe, made["id"]), "policies") == [OTHER]
    assert shown_set(tfe, made["id"])["attributes"]["policy-count"] == 1


@pytest.mark.parametrize("path", [WORKSPACE, f"{WORKSPACES}/workspace-1"])
def test_deleting_a_workspace_takes_it_out_of_every_set(tfe: Any, path: str) -> None:
    made = data(tfe.client.post(SETS, json=a_set(workspaces=(FIRST, THIRD))), 201)
    assert tfe.client.delete(path).status_code == 204
    assert linked(shown_set(tfe), "workspaces") == []
    assert linked(shown_set(tfe, made["id"]), "workspaces") == [THIRD]
    assert shown_set(tfe, made["id"])["attributes"]["workspace-count"] == 1


def test_a_name_that_comes_again_is_another_record(tfe: Any) -> None:
    """A policy of the same name is not a member of the set that the old one was in."""
    tfe.client.delete(POLICY)
    again = data(tfe.client.post(POLICIES, json=a_policy("my-example-policy")))
    assert again["id"] != EXAMPLE
    assert linked(again, "policy-sets") == []
    assert linked(shown_set(tfe), "policies") == []


def test_deleting_an_organization_takes_all_it_owns(tfe: Any) -> None:
    assert tfe.client.delete(ORG).status_code == 204
    for path in (ORG, SETS, SET, POLICIES, POLICY, WORKSPACES, WORKSPACE):
        assert tfe.client.get(path).status_code == 404
    assert (
        tfe.client.post(
            f"{ROOT}/organizations", json=an_organization("my-organization")
        ).status_code
        == 201
    )
    for path in (SETS, POLICIES, WORKSPACES):
        assert names(tfe.client.get(path)) == []


def test_policy_set_count_of_a_policy_follows(tfe: Any) -> None:
    def count() -> int:
        return int(shown_policy(tfe)["attributes"]["policy-set-count"])

    counts = [count()]
    made = data(tfe.client.post(SETS, json=a_set(policies=(EXAMPLE,))), 201)["id"]
    counts.append(count())
    tfe.client.delete(relationship("policies"), json=policies(EXAMPLE))
    counts.append(count())
    tfe.client.delete(f"{ROOT}/policy-sets/{made}")
    counts.append(count())
    assert counts == [1, 2, 1, 0]


# who may (the whole matrix stands in tests/identity)


@pytest.mark.parametrize("name", ["ann", "org"])
@pytest.mark.parametrize("strict", [False, True])
def test_managers_of_policies_and_the_organizations_token_read_and_change_strict_or_not(
    name: str, strict: bool
) -> None:
    with mockserver.universe(MANAGERS, strict=strict) as tfe:
        assert tfe.client.get(SETS, headers=as_(tfe, name)).status_code == 200
        assert tfe.client.post(SETS, json=a_set(), headers=as_(tfe, name)).status_code == 201
        assert tfe.client.delete(SET, headers=as_(tfe, name)).status_code == 204


# which organization


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_organization_that_is_not_there_is_404(tfe: Any, method: str) -> None:
    path = f"{ROOT}/organizations/nowhere/policy-sets"
    answer = tfe.client.open(path, method=method, json=a_set() if method == "POST" else None)
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_a_set_is_not_found_by_its_name(tfe: Any) -> None:
    assert tfe.client.get(f"{ROOT}/policy-sets/production").status_code == 404


def test_the_id_of_another_type_is_no_policy_set(tfe: Any) -> None:
    for id in (EXAMPLE, FIRST, "my-organization"):
        assert tfe.client.get(f"{ROOT}/policy-sets/{id}").status_code == 404
