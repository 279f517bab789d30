"""Policies: names that never change, what `enforce` shows when, content, and the sets they are in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import EPOCH, POLICY, ROOT, SETS

from .asking import (
    EXAMPLE,
    NOT_FOUND,
    OTHER,
    POLICIES,
    PRODUCTION,
    a_policy,
    a_set,
    attributes,
    body,
    data,
    error,
    identifiers,
    last,
    linked,
    names,
    said,
    shown_policy,
    shown_set,
)

LATER = "2019-08-01T00:00:00.000Z"
EMPTY = f"{ROOT}/policies/{OTHER}"
"""The policy of the documented world that has no content yet."""


def entry(mode: str, name: str = "my-example-policy") -> list[dict[str, str]]:
    return [{"path": f"{name}.sentinel", "mode": mode}]


def patched(tfe: Any, path: str = POLICY, **attributes: Any) -> Any:
    return data(tfe.client.patch(path, json=body("policies", **attributes)))["attributes"]


def uploaded(tfe: Any, id: str, content: bytes = b"main = rule { true }") -> Any:
    return data(tfe.client.put(f"{ROOT}/policies/{id}/upload", data=content))


# creation


def test_create_answers_200_with_a_policy_that_has_no_content_yet(tfe: Any) -> None:
    made = data(tfe.client.post(POLICIES, json=a_policy("tagged", description="*Tags*")), 200)
    path = f"{ROOT}/policies/{made['id']}"
    assert made["id"].startswith("pol-")
    assert made["attributes"] == {
        "name": "tagged",
        "description": "*Tags*",
        "enforce": [],
        "policy-set-count": 0,
        "updated-at": None,
    }
    assert made["relationships"] == {
        "organization": {"data": {"type": "organizations", "id": "my-organization"}},
        "policy-sets": {"data": []},
    }
    assert made["links"] == {"self": path, "upload": f"{path}/upload"}


@pytest.mark.parametrize("name", ["a b", "a.sentinel", "name\n", ""])
def test_a_name_is_as_that_of_a_set(tfe: Any, name: str) -> None:
    found = error(tfe.client.post(POLICIES, json=a_policy(name)))
    assert found["source"] == {"pointer": "/data/attributes/name"}
    assert found["detail"] in (
        "Name can only include letters, numbers, -, and _",
        "Name can't be blank",
    )


def test_a_name_is_unique_in_its_organization(tfe: Any) -> None:
    answer = tfe.client.post(POLICIES, json=a_policy("my-example-policy"))
    assert said(answer) == [
        ("invalid attribute", "Name has already been taken", "/data/attributes/name")
    ]
    assert error(answer)["meta"] == {
        "operation": "create-policy",
        "edition": "2019-07",
        "pointer": "/data/attributes/name",
        "fact": f"the policy {EXAMPLE} already has the name 'my-example-policy'",
        "expected": "a value that no other record has",
        "key-path": "data.attributes.name",
        "source": "recorded answers of the real service",
        "hint": "Send another value, or change the record that has it.",
    }
    assert tfe.client.post(POLICIES, json=a_policy("My-Example-Policy")).status_code == 200


def test_the_table_of_create_requires_name_and_enforce(tfe: Any) -> None:
    assert said(tfe.client.post(POLICIES, json=body("policies"))) == [
        ("invalid attribute", "Enforce can't be blank", "/data/attributes/enforce"),
        ("invalid attribute", "Name can't be blank", "/data/attributes/name"),
    ]


def test_an_entry_requires_a_path(tfe: Any) -> None:
    answer = tfe.client.post(POLICIES, json=a_policy(enforce=[{"mode": "advisory"}]))
    assert said(answer) == [
        ("invalid attribute", "Path can't be blank", "/data/attributes/enforce/0/path")
    ]


def test_policy_sets_at_creation_are_honoured_and_both_sides_agree(tfe: Any) -> None:
    other = data(tfe.client.post(SETS, json=a_set("another")), 201)["id"]
    related = {"policy-sets": identifiers("policy-sets", other, PRODUCTION)}
    made = data(tfe.client.post(POLICIES, json=body("policies", related, name="x", enforce=[])))
    assert linked(made, "policy-sets") == [PRODUCTION, other]
    assert made["attributes"]["policy-set-count"] == 2
    assert linked(shown_set(tfe), "policies") == [EXAMPLE, made["id"]]
    assert linked(shown_set(tfe, other), "policies") == [made["id"]]


def test_policy_sets_at_creation_must_exist_else_nothing_is_made(tfe: Any) -> None:
    before = tfe.state()
    related = {"policy-sets": identifiers("policy-sets", PRODUCTION, "polset-none")}
    document = body("policies", related, name="my-example-policy", enforce=[])
    assert said(tfe.client.post(POLICIES, json=document)) == [
        ("invalid attribute", "Name has already been taken", "/data/attributes/name"),
        (
            "invalid attribute",
            "polset-none is not one of the organization's policy-sets",
            "/data/relationships/policy-sets/data/1",
        ),
    ]
    assert tfe.state() == before


def test_a_name_never_changes(tfe: Any) -> None:
    for name in ("renamed", "", "two words"):
        answer = tfe.client.patch(POLICY, json=body("policies", name=name))
        assert attributes(answer)["name"] == "my-example-policy"
        assert last(tfe).findings == []
        assert not last(tfe).changed


# enforce


def test_enforce_is_empty_until_content_has_been_uploaded(tfe: Any) -> None:
    made = data(
        tfe.client.post(POLICIES, json=a_policy("tagged", enforce=entry("advisory", "tagged")))
    )
    assert made["attributes"]["enforce"] == []
    assert shown_policy(tfe, made["id"])["attributes"]["enforce"] == []
    assert patched(tfe, f"{ROOT}/policies/{made['id']}", description="x")["enforce"] == []
    uploaded(tfe, made["id"])
    assert shown_policy(tfe, made["id"])["attributes"]["enforce"] == entry("advisory", "tagged")


@pytest.mark.parametrize("mode", ["hard-mandatory", "soft-mandatory", "advisory"])
def test_the_mode_asked_for_is_the_mode_it_has(tfe: Any, mode: str) -> None:
    made = data(tfe.client.post(POLICIES, json=a_policy("x", enforce=entry(mode, "x"))))
    assert uploaded(tfe, made["id"])["attributes"]["enforce"] == entry(mode, "x")
    assert patched(tfe, enforce=entry(mode))["enforce"] == entry(mode)


@pytest.mark.parametrize(
    "path", ["other.sentinel", "tagged", "tagged.sentinel ", "", "Tagged.sentinel"]
)
def test_another_path_makes_the_mode_hard_mandatory(tfe: Any, path: str) -> None:
    enforce = [{"path": path, "mode": "advisory"}]
    made = data(tfe.client.post(POLICIES, json=a_policy("tagged", enforce=enforce)))
    (finding,) = last(tfe).findings
    assert finding == {
        "operation": "create-policy",
        "edition": "2019-07",
        "source": "policies.html#create-a-policy",
        "pointer": "/data/attributes/enforce/0/path",
        "key-path": "data.attributes.enforce[].path",
        "fact": "the policy is hard-mandatory: its one file is tagged.sentinel, "
        f"and enforce[0].path is {path!r}",
        "expected": "tagged.sentinel",
        "hint": "Send tagged.sentinel.",
    }
    assert uploaded(tfe, made["id"])["attributes"]["enforce"] == entry("hard-mandatory", "tagged")


@pytest.mark.parametrize("path", ["other.sentinel", "tagged.sentinel", ""])
def test_another_path_makes_it_hard_mandatory_on_a_patch_too(tfe: Any, path: str) -> None:
    patched(tfe, enforce=entry("advisory"))
    shown = patched(tfe, enforce=[{"path": path, "mode": "advisory"}])
    assert shown["enforce"] == entry("hard-mandatory")


def test_an_entry_without_a_mode_is_hard_mandatory(tfe: Any) -> None:
    made = data(tfe.client.post(POLICIES, json=a_policy("x", enforce=[{"path": "x.sentinel"}])))
    assert uploaded(tfe, made["id"])["attributes"]["enforce"] == entry("hard-mandatory", "x")


def test_a_patch_replaces_enforce_so_an_entry_without_a_mode_is_hard_mandatory_again(
    tfe: Any,
) -> None:
    assert patched(tfe, enforce=entry("advisory"))["enforce"] == entry("advisory")
    shown = patched(tfe, enforce=[{"path": "my-example-policy.sentinel"}])
    assert shown["enforce"] == entry("hard-mandatory")


def test_a_patch_with_no_entry_is_hard_mandatory(tfe: Any) -> None:
    patched(tfe, enforce=entry("advisory"))
    assert patched(tfe, enforce=[])["enforce"] == entry("hard-mandatory")


def test_a_patch_without_enforce_keeps_it(tfe: Any) -> None:
    patched(tfe, enforce=entry("soft-mandatory"))
    assert patched(tfe, description="x")["enforce"] == entry("soft-mandatory")
    assert data(tfe.client.patch(POLICY, json={"data": {"type": "policies"}}))


def test_a_mode_that_is_set_before_the_upload_is_there_after_it(tfe: Any) -> None:
    patched(tfe, EMPTY, enforce=entry("advisory", "my-other-policy"))
    shown = uploaded(tfe, OTHER)["attributes"]["enforce"]
    assert shown == entry("advisory", "my-other-policy")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_more_than_one_entry_is_422(tfe: Any, method: str) -> None:
    enforce = [{"path": "x.sentinel"}, {"path": "y.sentinel", "mode": "advisory"}]
    path, name = (POLICIES, "x") if method == "POST" else (POLICY, "my-example-policy")
    before = tfe.state()
    answer = tfe.client.open(path, method=method, json=a_policy(name, enforce=enforce))
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Enforce can only have one entry",
        "source": {"pointer": "/data/attributes/enforce"},
        "meta": {
            "operation": "create-policy" if method == "POST" else "update-policy",
            "edition": "2019-07",
            "pointer": "/data/attributes/enforce",
            "fact": "enforce has 2 entries",
            "expected": "one entry: policies have a single file",
            "key-path": "data.attributes.enforce",
            "source": "policies.html#create-a-policy",
            "hint": f"Send one entry with the path {name}.sentinel.",
        },
    }
    assert tfe.state() == before


# content


def test_the_download_link_comes_with_the_content(tfe: Any) -> None:
    assert "download" not in shown_policy(tfe, OTHER)["links"]
    shown = uploaded(tfe, OTHER)
    assert shown["links"] == {
        "self": EMPTY,
        "upload": f"{EMPTY}/upload",
        "download": f"{EMPTY}/download",
    }


def test_download_before_upload_is_404(tfe: Any) -> None:
    answer = tfe.client.get(f"{EMPTY}/download")
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert last(tfe).why == f"{OTHER} has no content: upload it first"


@pytest.mark.parametrize(
    "content",
    [
        b"main = rule { true }\n",
        b"",
        b"no sentinel at all",
        bytes(range(256)) * 9,
        b"null",
        "ünïcödé".encode(),
        b"x" * 10 * 1024 * 1024,
    ],
    ids=["sentinel", "empty", "prose", "bytes", "null", "text", "10 MB"],
)
def test_what_is_uploaded_is_what_is_downloaded(tfe: Any, content: bytes) -> None:
    answer = tfe.client.put(f"{EMPTY}/upload", data=content)
    assert answer.status_code == 200
    assert answer.content_type == "application/vnd.api+json"
    assert answer.json["data"] == shown_policy(tfe, OTHER)
    downloaded = tfe.client.get(f"{EMPTY}/download")
    assert (downloaded.status_code, downloaded.data) == (200, content)
    assert downloaded.content_type == "application/octet-stream"
    assert attributes(tfe.client.get(EMPTY))["enforce"] == entry(
        "hard-mandatory", "my-other-policy"
    )


def test_over_10_mb_is_413_and_nothing_is_saved(tfe: Any) -> None:
    for path, before in ((POLICY, b"main = rule { true }"), (EMPTY, None)):
        answer = tfe.client.put(f"{path}/upload", data=b"x" * (10 * 1024 * 1024 + 1))
        assert said(answer, 413) == [("payload too large", "the body is larger than 10 MB", None)]
        downloaded = tfe.client.get(f"{path}/download")
        assert downloaded.status_code == (404 if before is None else 200)
        assert before is None or downloaded.data == before


def test_an_upload_replaces_what_was_there(tfe: Any) -> None:
    for content in (b"first", b"second", b""):
        uploaded(tfe, EXAMPLE, content)
        assert tfe.client.get(f"{POLICY}/download").data == content


def test_an_upload_to_nothing_is_404(tfe: Any) -> None:
    answer = tfe.client.put(f"{ROOT}/policies/pol-none/upload", data=b"x")
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_updated_at_is_null_until_the_first_upload_or_change(tfe: Any) -> None:
    made = data(tfe.client.post(POLICIES, json=a_policy("one")))
    path = f"{ROOT}/policies/{made['id']}"
    assert made["attributes"]["updated-at"] is None
    tfe.clock.set(LATER)
    patched(tfe, path)
    assert shown_policy(tfe, made["id"])["attributes"]["updated-at"] is None
    assert patched(tfe, path, description="x")["updated-at"] == LATER


def test_updated_at_is_the_time_of_the_first_upload(tfe: Any) -> None:
    assert attributes(tfe.client.get(EMPTY))["updated-at"] is None
    tfe.clock.set(LATER)
    assert uploaded(tfe, OTHER)["attributes"]["updated-at"] == LATER


def test_updated_at_moves_with_a_mode(tfe: Any) -> None:
    tfe.clock.set(LATER)
    assert patched(tfe, enforce=entry("advisory"))["updated-at"] == LATER


# deletion


def test_a_second_delete_is_404(tfe: Any) -> None:
    assert (tfe.client.delete(POLICY).status_code, tfe.client.delete(POLICY).status_code) == (
        204,
        404,
    )
    for path in (POLICY, f"{POLICY}/download"):
        assert tfe.client.get(path).status_code == 404
    assert names(tfe.client.get(POLICIES)) == ["my-other-policy"]


def test_a_policy_is_not_found_by_its_name_nor_by_the_prefix_that_the_page_misprints(
    tfe: Any,
) -> None:
    for id in ("my-example-policy", "pl-u3S5p2Uwk21keu1s"):
        assert tfe.client.get(f"{ROOT}/policies/{id}").status_code == 404


def test_descriptions_are_kept_shown_and_removed(tfe: Any) -> None:
    """The page does not name it; the vendor's client asserts it (go-tfe v0.3.19 policy.go)."""
    assert patched(tfe, description="*why*")["description"] == "*why*"
    assert patched(tfe, enforce=entry("advisory"))["description"] == "*why*"
    assert patched(tfe, description=None)["description"] is None
    assert shown_policy(tfe)["attributes"]["updated-at"] == EPOCH


# the mode as clients of later editions send it


def with_level(level: Any, **attributes: Any) -> dict[str, Any]:
    return body("policies", **{"enforcement-level": level, **attributes})


@pytest.mark.parametrize("level", ["advisory", "soft-mandatory", "hard-mandatory"])
def test_an_enforcement_level_is_the_mode_of_enforce(tfe: Any, level: str) -> None:
    id = data(tfe.client.post(POLICIES, json=with_level(level, name="tagged")))["id"]
    tfe.client.put(f"{ROOT}/policies/{id}/upload", data=b"main = rule { true }")
    assert shown_policy(tfe, id)["attributes"]["enforce"] == entry(level, "tagged")
    changed = tfe.client.patch(POLICY, json=with_level(level))
    assert attributes(changed)["enforce"] == entry(level)


def test_enforce_goes_before_an_enforcement_level(tfe: Any) -> None:
    both = with_level("advisory", enforce=entry("soft-mandatory"))
    assert attributes(tfe.client.patch(POLICY, json=both))["enforce"] == entry("soft-mandatory")
    (finding,) = last(tfe).findings
    assert finding["hint"] == "Leave out data.attributes.enforcement-level; it has no effect."


@pytest.mark.parametrize("level", ["mandatory", "", None, 7, [], {}])
def test_an_enforcement_level_that_is_no_mode_is_nothing(tfe: Any, level: Any) -> None:
    before = tfe.state()
    answer = tfe.client.post(POLICIES, json=with_level(level, name="tagged"))
    assert said(answer)[0][1] == "Enforce can't be blank"
    assert tfe.client.patch(POLICY, json=with_level(level)).status_code == 200
    assert tfe.state() == before
