"""Workspaces: by id and by name, locks, versions of Terraform, repositories, SSH keys."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.client import EPOCH, ORG, ROOT, WORKSPACE

from .asking import (
    FIRST,
    NOT_FOUND,
    OAUTH,
    SECOND,
    SSH_KEY,
    WORKSPACES,
    a_workspace,
    as_,
    attributes,
    body,
    data,
    error,
    last,
    linked,
    names,
    said,
    shown_workspace,
)

BY_NAME = f"{WORKSPACES}/workspace-1"
EITHER = pytest.mark.parametrize("path", [WORKSPACE, BY_NAME], ids=["by id", "by name"])
LOCKS = {
    "users": [{"username": "ann"}, {"username": "eve"}],
    "tokens": [
        {"name": "ann", "user": "ann"},
        {"name": "eve", "user": "eve"},
        {"name": "writers", "team": "my-organization/writers"},
        {"name": "org", "organization": "my-organization"},
    ],
    "organizations": [
        {
            "name": "my-organization",
            "teams": [
                {"id": "team-writers", "name": "writers", "members": ["ann", "eve"]},
                {"name": "admins", "members": ["eve"]},
            ],
            "workspaces": [
                {
                    "id": FIRST,
                    "name": "workspace-1",
                    "team-access": {"writers": "write", "admins": "admin"},
                }
            ],
        }
    ],
}


def patched(tfe: Any, path: str = WORKSPACE, **attributes: Any) -> Any:
    return data(tfe.client.patch(path, json=body("workspaces", **attributes)))


def act(tfe: Any, action: str, name: str | None = None, **options: Any) -> Any:
    headers = as_(tfe, name) if name else {}
    return tfe.client.post(f"{WORKSPACE}/actions/{action}", headers=headers, **options)


# creation


def test_a_workspace_is_made_with_the_defaults_of_the_page(tfe: Any) -> None:
    made = data(tfe.client.post(WORKSPACES, json=a_workspace("network")), 201)
    assert made["id"].startswith("ws-")
    assert made["attributes"] == {
        "actions": {"is-destroyable": True},
        "auto-apply": False,
        "can-queue-destroy-plan": False,
        "created-at": EPOCH,
        "environment": "default",
        "file-triggers-enabled": True,
        "locked": False,
        "migration-environment": None,
        "name": "network",
        "operations": True,
        "permissions": dict.fromkeys(made["attributes"]["permissions"], True),
        "queue-all-runs": False,
        "terraform-version": "0.12.4",
        "trigger-prefixes": [],
        "vcs-repo": None,
        "working-directory": "",
    }
    assert made["relationships"] == {
        "organization": {"data": {"type": "organizations", "id": "my-organization"}},
        "ssh-key": {"data": None},
        "latest-run": {"data": None},
        "current-run": {"data": None},
    }
    assert made["links"] == {"self": f"{WORKSPACES}/network"}


def test_a_workspace_is_made_with_all_that_the_page_lists(tfe: Any) -> None:
    wanted = {
        "auto-apply": True,
        "file-triggers-enabled": False,
        "migration-environment": "legacy/env",
        "operations": False,
        "queue-all-runs": True,
        "terraform-version": "0.11.14",
        "trigger-prefixes": ["modules/", "shared"],
        "working-directory": "envs/production",
    }
    shown = attributes(tfe.client.post(WORKSPACES, json=a_workspace("network", **wanted)), 201)
    assert {name: shown[name] for name in wanted} == wanted


def test_a_patch_of_one_setting_leaves_the_others(tfe: Any) -> None:
    before = shown_workspace(tfe)
    for setting, value in (
        ("auto-apply", True),
        ("file-triggers-enabled", False),
        ("operations", False),
        ("queue-all-runs", True),
        ("terraform-version", "0.11.14"),
        ("trigger-prefixes", ["a"]),
        ("trigger-prefixes", []),
        ("working-directory", "a/b"),
        ("working-directory", None),
    ):
        before["attributes"][setting] = value
        assert patched(tfe, **{setting: value}) == before == shown_workspace(tfe)


# by id and by name


@EITHER
def test_both_paths_show_change_and_delete_the_same_workspace(tfe: Any, path: str) -> None:
    assert data(tfe.client.get(path)) == shown_workspace(tfe)
    assert patched(tfe, path, auto_apply=True)["attributes"]["auto-apply"] is True
    assert shown_workspace(tfe)["attributes"]["auto-apply"] is True
    answer = tfe.client.delete(path)
    assert (answer.status_code, answer.data) == (204, b"")
    for gone in (WORKSPACE, BY_NAME):
        again = tfe.client.get(gone)
        assert (again.status_code, again.json) == (404, NOT_FOUND)
    assert tfe.client.delete(path).status_code == 404


@EITHER
@pytest.mark.parametrize(
    "document",
    [
        body("workspaces"),
        {"data": {"type": "workspaces"}},
        body("workspaces", name="workspace-2"),
        body("workspaces", name="two words"),
        body("workspaces", auto_apply="yes", queue_all_runs=None),
        body("workspaces", terraform_version="0.0.1"),
        body("workspaces", vcs_repo={"identifier": "a/b"}),
        body("workspaces", stray=1),
        body("policies"),
    ],
)
def test_both_paths_judge_and_answer_identically(tfe: Any, path: str, document: Any) -> None:
    answer = tfe.client.patch(path, json=document)
    other = tfe.client.patch(WORKSPACE if path == BY_NAME else BY_NAME, json=document)
    assert answer.status_code == other.status_code
    assert without_operation(answer.json) == without_operation(other.json)


def without_operation(document: Any) -> Any:
    for found in document.get("errors", ()):
        found["meta"].pop("operation")
    return document


@pytest.mark.parametrize("name", ["workspace-1", "WORKSPACE-1", "Workspace-1"])
def test_a_workspace_is_found_by_its_name_in_any_case_and_shows_the_stored_spelling(
    tfe: Any, name: str
) -> None:
    shown = data(tfe.client.get(f"{WORKSPACES}/{name}"))
    assert (shown["id"], shown["attributes"]["name"]) == (FIRST, "workspace-1")


@pytest.mark.parametrize("name", ["workspace-1", "WORKSPACE-1", "wOrKsPaCe-1"])
def test_names_are_unique_without_regard_to_case(tfe: Any, name: str) -> None:
    refusal = [("invalid attribute", "Name has already been taken", "/data/attributes/name")]
    answer = tfe.client.post(WORKSPACES, json=a_workspace(name))
    assert said(answer) == refusal
    assert (
        error(answer)["meta"]["fact"] == f"the workspace {FIRST} already has the name 'workspace-1'"
    )
    answer = tfe.client.patch(f"{ROOT}/workspaces/{SECOND}", json=body("workspaces", name=name))
    assert said(answer) == refusal


def test_a_workspace_may_be_renamed_to_another_case_of_its_own_name(tfe: Any) -> None:
    assert patched(tfe, name="WorkSpace-1")["attributes"]["name"] == "WorkSpace-1"
    assert data(tfe.client.get(BY_NAME))["attributes"]["name"] == "WorkSpace-1"


@EITHER
def test_after_a_rename_the_old_name_is_404(tfe: Any, path: str) -> None:
    renamed = patched(tfe, path, name="renamed")
    assert renamed["links"] == {"self": f"{WORKSPACES}/renamed"}
    assert renamed["id"] == FIRST
    assert tfe.client.get(BY_NAME).status_code == 404
    assert data(tfe.client.get(f"{WORKSPACES}/renamed")) == renamed == shown_workspace(tfe)
    assert tfe.client.post(WORKSPACES, json=a_workspace("workspace-1")).status_code == 201


@pytest.mark.tfe(
    fixture={
        "organizations": [
            {"name": "ours", "workspaces": [{"name": "same", "id": "ws-ours"}]},
            {
                "name": "theirs",
                "workspaces": [{"name": "same", "id": "ws-theirs"}, {"name": "their"}],
            },
        ]
    }
)
def test_a_name_is_looked_for_in_its_own_organization(tfe: Any) -> None:
    for name in ("ours", "theirs"):
        shown = data(tfe.client.get(f"{ROOT}/organizations/{name}/workspaces/same"))
        assert shown["id"] == f"ws-{name}"
    assert tfe.client.get(f"{ROOT}/organizations/ours/workspaces/their").status_code == 404


@pytest.mark.parametrize("name", ["a b", "a.b", "name\n", ""])
def test_names_are_as_those_of_sets(tfe: Any, name: str) -> None:
    for answer in (
        tfe.client.post(WORKSPACES, json=a_workspace(name)),
        tfe.client.patch(WORKSPACE, json=body("workspaces", name=name)),
    ):
        assert error(answer)["source"] == {"pointer": "/data/attributes/name"}


# locks


def test_a_lock_is_shown_and_shows_by_whom(tfe: Any) -> None:
    admin = next(user for user in tfe.state()["users"] if user["username"] == "admin")
    locked = data(act(tfe, "lock", json={"reason": "Locking workspace-1"}))
    assert locked["attributes"]["locked"] is True
    assert locked["relationships"]["locked-by"] == {
        "data": {"type": "users", "id": admin["id"]},
        "links": {"related": f"{ROOT}/users/{admin['id']}"},
    }


def test_only_the_answer_of_lock_shows_by_whom(tfe: Any) -> None:
    act(tfe, "lock")
    shown = shown_workspace(tfe)
    assert shown["attributes"]["locked"] is True
    assert "locked-by" not in shown["relationships"]
    assert "locked-by" not in patched(tfe, auto_apply=True)["relationships"]
    assert "locked-by" not in data(tfe.client.get(WORKSPACES))[0]["relationships"]
    assert "locked-by" not in data(act(tfe, "unlock"))["relationships"]


@pytest.mark.tfe(fixture=LOCKS)
@pytest.mark.parametrize(("name", "type"), [("ann", "users"), ("writers", "teams"), ("org", None)])
def test_users_teams_and_organizations_lock(tfe: Any, name: str, type: str | None) -> None:
    locked = data(act(tfe, "lock", name))
    assert locked["attributes"]["locked"] is True
    by = locked["relationships"].get("locked-by")
    if type is None:
        assert by is None  # the page has no type for it
    else:
        assert by["data"]["type"] == type
        assert by["links"] == {"related": f"{ROOT}/{type}/{by['data']['id']}"}
    assert data(act(tfe, "unlock", name))["attributes"]["locked"] is False


@pytest.mark.tfe(fixture=LOCKS, edition="2026-08")
@pytest.mark.parametrize(("name", "type"), [("ann", "users"), ("writers", "teams"), ("org", None)])
def test_who_has_locked_a_workspace_is_sent_along_as_its_relationship_says(
    tfe: Any, name: str, type: str | None
) -> None:
    act(tfe, "lock", name)
    for path in (WORKSPACES, WORKSPACE, BY_NAME):
        answer = tfe.client.get(path, query_string={"include": "locked_by"})
        shown = data(answer)[0] if path == WORKSPACES else data(answer)
        by = shown["relationships"]["locked-by"]["data"]
        assert (by and by["type"]) == type
        sent_along = [{"type": one["type"], "id": one["id"]} for one in answer.json["included"]]
        assert sent_along == [by] * bool(by)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (None, ""),
        ({"reason": "bare"}, "bare"),
        ({"data": {"type": ""}}, ""),
        ({"data": {"type": "", "attributes": {"reason": "terraform"}}}, "terraform"),
        ({"data": {"type": "workspaces", "attributes": {"reason": "x"}}}, "x"),
        ({}, ""),
    ],
)
def test_every_form_of_a_lock_body_is_honoured(tfe: Any, document: Any, reason: str) -> None:
    options = {} if document is None else {"json": document}
    assert act(tfe, "lock", **options).status_code == 200
    (entry,) = [w for w in tfe.state()["organizations"][0]["workspaces"] if w["id"] == FIRST]
    assert (entry["locked"], entry["lock-reason"]) == (True, reason)


@pytest.mark.parametrize(
    ("before", "action", "detail"),
    [
        (["lock"], "lock", "Unable to lock workspace. The workspace is already locked."),
        ([], "unlock", "Unable to unlock workspace. The workspace is not locked."),
        ([], "force-unlock", "Unable to force unlock workspace. The workspace is not locked."),
        (["lock", "unlock"], "unlock", "Unable to unlock workspace. The workspace is not locked."),
        (
            ["lock", "force-unlock"],
            "force-unlock",
            "Unable to force unlock workspace. The workspace is not locked.",
        ),
    ],
)
def test_lock_and_unlock_are_409_where_it_is_so_already(
    tfe: Any, before: list[str], action: str, detail: str
) -> None:
    for done in before:
        assert act(tfe, done).status_code == 200
    answer = act(tfe, action)
    (error,) = answer.json["errors"]
    meta = error.pop("meta")
    assert error == {"status": "409", "title": "conflict", "detail": detail}
    held = f"{FIRST} is locked by User admin" if action == "lock" else f"{FIRST} is not locked"
    assert (answer.status_code, meta["fact"]) == (409, held)
    assert meta["hint"] == (
        "Unlock it first; force-unlock breaks the lock of another."
        if action == "lock"
        else "Leave the call out, or lock the workspace first."
    )
    assert shown_workspace(tfe)["attributes"]["locked"] is (action == "lock")


@pytest.mark.tfe(fixture=LOCKS)
@pytest.mark.parametrize(
    ("locker", "other", "who"),
    [
        ("ann", "eve", "User ann"),
        ("ann", None, "User ann"),
        ("ann", "writers", "User ann"),
        (None, "ann", "User admin"),
        ("writers", "ann", "Team writers"),
        ("org", "ann", "Organization my-organization"),
    ],
)
def test_unlock_by_another_is_409_and_tells_by_whom_it_is_locked(
    tfe: Any, locker: str | None, other: str | None, who: str
) -> None:
    assert act(tfe, "lock", locker, json={"reason": "maintenance"}).status_code == 200
    answer = act(tfe, "unlock", other)
    (error,) = answer.json["errors"]
    meta = error.pop("meta")
    assert (answer.status_code, error) == (
        409,
        {
            "status": "409",
            "title": "conflict",
            "detail": (
                f"Unable to unlock workspace. The workspace is locked by {who} "
                "and may not be unlocked except by them."
            ),
        },
    )
    assert meta["fact"] == f"{FIRST} is locked by {who}, who says 'maintenance'"
    assert meta["hint"] == (
        "Unlock it with their token, or break the lock: POST actions/force-unlock."
    )
    assert shown_workspace(tfe)["attributes"]["locked"] is True
    assert act(tfe, "unlock", locker).status_code == 200


@pytest.mark.tfe(fixture=LOCKS)
def test_force_unlock_is_for_admins_of_the_workspace_whoever_locked_it(tfe: Any) -> None:
    act(tfe, "lock", "ann")
    assert act(tfe, "force-unlock", "ann").status_code == 404
    assert last(tfe).why.startswith("user ann may not: force-unlock-workspace is for admin level")
    assert data(act(tfe, "force-unlock", "eve"))["attributes"]["locked"] is False
    assert act(tfe, "lock", "writers").status_code == 200
    assert act(tfe, "force-unlock").status_code == 200


def test_a_locked_workspace_can_be_changed_and_deleted(tfe: Any) -> None:
    act(tfe, "lock")
    assert patched(tfe, auto_apply=True)["attributes"]["locked"] is True
    assert tfe.client.delete(WORKSPACE).status_code == 204


def test_a_reason_of_another_type_is_422(tfe: Any) -> None:
    answer = act(tfe, "lock", json={"reason": 5})
    assert said(answer) == [("invalid attribute", "Reason is invalid", "/reason")]
    assert shown_workspace(tfe)["attributes"]["locked"] is False


# what clients crash without


@pytest.mark.parametrize(
    "action", ["show", "by name", "list", "create", "update", "lock", "ssh-key"]
)
def test_permissions_and_organization_are_always_present(tfe: Any, action: str) -> None:
    shown = {
        "show": lambda: shown_workspace(tfe),
        "by name": lambda: data(tfe.client.get(BY_NAME)),
        "list": lambda: data(tfe.client.get(WORKSPACES))[0],
        "create": lambda: data(tfe.client.post(WORKSPACES, json=a_workspace("x")), 201),
        "update": lambda: patched(tfe, auto_apply=True),
        "lock": lambda: data(act(tfe, "lock")),
        "ssh-key": lambda: assigned(tfe, SSH_KEY),
    }[action]()
    assert shown["relationships"]["organization"]["data"]["id"] == "my-organization"
    assert shown["attributes"]["permissions"] == dict.fromkeys(
        (
            "can-update",
            "can-destroy",
            "can-queue-destroy",
            "can-queue-run",
            "can-queue-apply",
            "can-update-variable",
            "can-lock",
            "can-unlock",
            "can-force-unlock",
            "can-read-settings",
        ),
        True,
    )


# versions of Terraform


def test_the_newest_version_is_the_default_and_what_latest_means(tfe: Any) -> None:
    newest = "0.12.4"
    made = attributes(tfe.client.post(WORKSPACES, json=a_workspace("a")), 201)
    latest = attributes(
        tfe.client.post(WORKSPACES, json=a_workspace("b", terraform_version="latest")), 201
    )
    assert made["terraform-version"] == latest["terraform-version"] == newest
    assert patched(tfe, terraform_version="0.11.1")["attributes"]["terraform-version"] == "0.11.1"
    assert patched(tfe, terraform_version="latest")["attributes"]["terraform-version"] == newest


BEYOND = {
    "~> 0.11.0": "is a constraint",
    ">= 0.11, < 0.13.0": "is a constraint",
    "!=0.12.1": "is a constraint",
    "= 0.12.0-rc1": "is a constraint",
    "1.11.4": "is newer than 0.12.4",
    "0.12.5": "is newer than 0.12.4",
    "1.15.0-alpha20260101": "is newer than 0.12.4",
}


@pytest.mark.parametrize(("version", "what"), BEYOND.items())
def test_a_constraint_and_a_newer_version_are_taken_and_noted(
    tfe: Any, version: str, what: str
) -> None:
    made = tfe.client.post(WORKSPACES, json=a_workspace("a", terraform_version=version))
    assert attributes(made, 201)["terraform-version"] == version
    assert patched(tfe, terraform_version=version)["attributes"]["terraform-version"] == version
    (finding,) = last(tfe).findings
    assert finding == {
        "operation": "update-workspace",
        "edition": "2019-07",
        "pointer": "/data/attributes/terraform-version",
        "fact": f"the version {version!r} {what}",
        "expected": "one of 0.12.4 … 0.7.13, or latest",
        "key-path": "data.attributes.terraform-version",
        "source": "recorded answer of 2019; the list stands in edition.json",
        "hint": "Send 0.12.4, or leave it out for the newest.",
    }
    with mockserver.universe(fixture=tfe.state()) as copy:
        assert copy.state()["organizations"] == tfe.state()["organizations"]


@pytest.mark.tfe(strict=True)
@pytest.mark.parametrize("version", BEYOND)
def test_a_strict_world_refuses_what_is_not_on_the_list(tfe: Any, version: str) -> None:
    before = tfe.state()
    for answer in (
        tfe.client.post(WORKSPACES, json=a_workspace("a", terraform_version=version)),
        tfe.client.patch(WORKSPACE, json=body("workspaces", terraform_version=version)),
    ):
        refused = error(answer)
        assert refused["title"] == "not in the contract"
        assert refused["source"] == {"pointer": "/data/attributes/terraform-version"}
    assert tfe.state() == before
    tfe.journal.clear()  # else the plugin fails this test for what its client sent


@pytest.mark.parametrize(
    "version",
    ["0.0.1", "0.11.99", "", "0.12", "v0.12.4", "latest ", "LATEST", "~>", "~> x", ">= 1,", "1.11.4 "],
)  # fmt: skip
def test_a_version_that_the_edition_does_not_list_is_422(tfe: Any, version: str) -> None:
    for answer, operation in (
        (tfe.client.post(WORKSPACES, json=a_workspace("a", terraform_version=version)), "create"),
        (tfe.client.patch(WORKSPACE, json=body("workspaces", terraform_version=version)), "update"),
    ):
        assert error(answer) == {
            "status": "422",
            "title": "invalid attribute",
            "detail": f'Terraform version "{version}" is not a valid version',
            "source": {"pointer": "/data/attributes/terraform-version"},
            "meta": {
                "operation": f"{operation}-workspace",
                "edition": "2019-07",
                "pointer": "/data/attributes/terraform-version",
                "fact": f"{version!r} is neither a version that this edition knows nor a constraint",
                "expected": "one of 0.12.4 … 0.7.13, or latest",
                "key-path": "data.attributes.terraform-version",
                "source": "recorded answer of 2019; the list stands in edition.json",
                "hint": "Send 0.12.4, or leave it out for the newest.",
            },
        }
    assert shown_workspace(tfe)["attributes"]["terraform-version"] == "0.12.4"


def test_the_samples_terraform_version_with_an_underscore_is_ignored_and_a_finding(
    tfe: Any,
) -> None:
    document = {"data": {"type": "workspaces", "attributes": {"terraform_version": "0.10.8"}}}
    assert attributes(tfe.client.patch(WORKSPACE, json=document))["terraform-version"] == "0.12.4"
    (finding,) = last(tfe).findings
    assert finding["pointer"] == "/data/attributes/terraform_version"
    assert finding["hint"] == "Did you mean terraform-version?"


# repositories

REPO = {"identifier": "acme/network", "oauth-token-id": OAUTH}
SHOWN_REPO = {**REPO, "branch": "", "ingress-submodules": False}


def test_a_repository_at_creation_is_shown_with_the_default_branch(tfe: Any) -> None:
    made = attributes(tfe.client.post(WORKSPACES, json=a_workspace("a", vcs_repo=REPO)), 201)
    assert made["vcs-repo"] == SHOWN_REPO
    full = {**REPO, "branch": "main", "ingress-submodules": True}
    made = attributes(tfe.client.post(WORKSPACES, json=a_workspace("b", vcs_repo=full)), 201)
    assert made["vcs-repo"] == full


def test_an_empty_branch_is_the_default_branch(tfe: Any) -> None:
    repo = {**REPO, "branch": ""}
    assert patched(tfe, vcs_repo=repo)["attributes"]["vcs-repo"] == SHOWN_REPO
    assert patched(tfe, vcs_repo={"branch": "x"})["attributes"]["vcs-repo"]["branch"] == "x"
    assert patched(tfe, vcs_repo={"branch": ""})["attributes"]["vcs-repo"] == SHOWN_REPO


@pytest.mark.parametrize(
    ("repo", "missing"),
    [
        ({"branch": "x"}, ["identifier", "oauth-token-id"]),
        ({"identifier": "a/b"}, ["oauth-token-id"]),
        ({"oauth-token-id": OAUTH}, ["identifier"]),
    ],
)
def test_creation_needs_identifier_and_token_inside_it(
    tfe: Any, repo: Any, missing: list[str]
) -> None:
    answer = tfe.client.post(WORKSPACES, json=a_workspace("a", vcs_repo=repo))
    assert said(answer) == [
        (
            "invalid attribute",
            f"{name.replace('-', ' ').capitalize()} can't be blank",
            f"/data/attributes/vcs-repo/{name}",
        )
        for name in missing
    ]
    assert "a" not in names(tfe.client.get(WORKSPACES))


def test_an_empty_object_as_pytfe_sends_it_is_no_repository(tfe: Any) -> None:
    answer = tfe.client.post(WORKSPACES, json=a_workspace("a", vcs_repo={}))
    assert attributes(answer, 201)["vcs-repo"] is None
    (finding,) = last(tfe).findings
    assert finding["pointer"] == "/data/attributes/vcs-repo"
    assert finding["fact"] == "data.attributes.vcs-repo is {}"
    assert finding["hint"] == "Send an object as data.attributes.vcs-repo."
    assert patched(tfe, vcs_repo={})["attributes"]["vcs-repo"] is None
    assert not last(tfe).changed


@pytest.mark.tfe(strict=True)
def test_a_strict_universe_refuses_it(tfe: Any) -> None:
    answer = tfe.client.post(WORKSPACES, json=a_workspace("a", vcs_repo={}))
    assert said(answer) == [
        ("not in the contract", "data.attributes.vcs-repo is {}", "/data/attributes/vcs-repo")
    ]
    tfe.journal.clear()  # else the plugin fails this test for what its client sent


def test_a_patch_that_adds_a_repository_needs_both_as_well(tfe: Any) -> None:
    answer = tfe.client.patch(WORKSPACE, json=body("workspaces", vcs_repo={"branch": "x"}))
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "Vcs repo identifier can't be blank",
        "source": {"pointer": "/data/attributes/vcs-repo/identifier"},
        "meta": {
            "operation": "update-workspace",
            "edition": "2019-07",
            "pointer": "/data/attributes/vcs-repo/identifier",
            "fact": "the workspace has no vcs-repo yet, and identifier is missing or empty",
            "expected": "identifier and oauth-token-id",
            "key-path": "data.attributes.vcs-repo.identifier",
            "source": "workspaces.html#update-a-workspace",
            "hint": "To add a VCS repo, send at least oauth-token-id and identifier.",
        },
    }
    answer = tfe.client.patch(WORKSPACE, json=body("workspaces", vcs_repo={"identifier": "a/b"}))
    assert said(answer) == [
        (
            "invalid attribute",
            "Vcs repo oauth token id can't be blank",
            "/data/attributes/vcs-repo/oauth-token-id",
        )
    ]


def test_an_object_is_merged_into_the_repository_that_is_there(tfe: Any) -> None:
    patched(tfe, vcs_repo={**REPO, "branch": "main", "ingress-submodules": True})
    merged = patched(tfe, vcs_repo={"identifier": "acme/other"})["attributes"]["vcs-repo"]
    assert merged == {
        "identifier": "acme/other",
        "oauth-token-id": OAUTH,
        "branch": "main",
        "ingress-submodules": True,
    }
    assert patched(tfe, vcs_repo={})["attributes"]["vcs-repo"] == merged
    assert patched(tfe, auto_apply=True)["attributes"]["vcs-repo"] == merged


def test_null_removes_the_repository(tfe: Any) -> None:
    patched(tfe, vcs_repo=REPO)
    assert patched(tfe, vcs_repo=None)["attributes"]["vcs-repo"] is None
    answer = tfe.client.patch(WORKSPACE, json=body("workspaces", vcs_repo={"branch": "x"}))
    assert answer.status_code == 422


def test_a_repository_needs_a_token_that_is_known(tfe: Any) -> None:
    repo = {**REPO, "oauth-token-id": "ot-none"}
    for answer in (
        tfe.client.post(WORKSPACES, json=a_workspace("a", vcs_repo=repo)),
        tfe.client.patch(WORKSPACE, json=body("workspaces", vcs_repo=repo)),
    ):
        found = error(answer)
        assert found["detail"] == "Oauth token does not exist"
        assert found["source"] == {"pointer": "/data/attributes/vcs-repo/oauth-token-id"}
        assert found["meta"]["fact"] == "'ot-none' is not one of this organization's oauth tokens"
        assert found["meta"]["expected"] == "the id of one of the organization's oauth tokens"
        assert found["meta"]["key-path"] == "data.attributes.vcs-repo.oauth-token-id"
        assert found["meta"]["hint"] == "Name one that the organization has; a fixture can hold it."
    assert shown_workspace(tfe)["attributes"]["vcs-repo"] is None


@pytest.mark.tfe(
    fixture={
        "organizations": [
            {"name": "ours", "workspaces": [{"id": "ws-ours", "name": "a"}]},
            {
                "name": "theirs",
                "oauth-tokens": [{"id": "ot-theirs"}],
                "ssh-keys": [{"id": "sshkey-theirs", "name": "k"}],
            },
        ]
    }
)
def test_tokens_and_keys_of_another_organization_are_unknown(tfe: Any) -> None:
    path = f"{ROOT}/workspaces/ws-ours"
    repo = {"identifier": "a/b", "oauth-token-id": "ot-theirs"}
    answer = tfe.client.patch(path, json=body("workspaces", vcs_repo=repo))
    assert error(answer)["detail"] == "Oauth token does not exist"
    answer = tfe.client.patch(
        f"{path}/relationships/ssh-key", json=body("workspaces", id="sshkey-theirs")
    )
    assert error(answer)["detail"] == "SSH key does not exist"


def test_the_samples_default_branch_is_no_finding_at_creation(tfe: Any) -> None:
    repo = {**REPO, "branch": "", "default-branch": True}
    made = attributes(tfe.client.post(WORKSPACES, json=a_workspace("a", vcs_repo=repo)), 201)
    assert made["vcs-repo"]["branch"] == ""
    assert last(tfe).findings == []


@pytest.mark.tfe(
    fixture={
        "organizations": [
            {
                "name": "my-organization",
                "entitlements": {"vcs-integrations": False},
                "oauth-tokens": [{"id": OAUTH}],
                "workspaces": [{"id": FIRST, "name": "workspace-1"}],
            }
        ]
    }
)
def test_without_the_entitlement_there_is_no_repository(tfe: Any) -> None:
    answer = tfe.client.patch(WORKSPACE, json=body("workspaces", vcs_repo=REPO))
    found = error(answer)
    assert found["detail"] == (
        "Vcs repo cannot be set: the organization is not entitled to VCS integrations"
    )
    assert found["source"] == {"pointer": "/data/attributes/vcs-repo"}
    assert found["meta"]["fact"] == "the entitlement vcs-integrations is off"
    assert found["meta"]["expected"] == "no vcs-repo"
    assert tfe.client.patch(WORKSPACE, json=body("workspaces", vcs_repo=None)).status_code == 200


# SSH keys


def assigned(tfe: Any, id: str | None) -> Any:
    path = f"{WORKSPACE}/relationships/ssh-key"
    return data(tfe.client.patch(path, json=body("workspaces", id=id)))


def test_an_ssh_key_is_assigned_and_null_unassigns_it(tfe: Any) -> None:
    relation = {
        "data": {"type": "ssh-keys", "id": SSH_KEY},
        "links": {"related": f"{ROOT}/ssh-keys/{SSH_KEY}"},
    }
    assert assigned(tfe, SSH_KEY)["relationships"]["ssh-key"] == relation
    assert shown_workspace(tfe)["relationships"]["ssh-key"] == relation
    assert assigned(tfe, SSH_KEY)["relationships"]["ssh-key"] == relation
    assert assigned(tfe, None)["relationships"]["ssh-key"] == {"data": None}
    assert assigned(tfe, None)["relationships"]["ssh-key"] == {"data": None}


@pytest.mark.tfe(
    fixture={
        "organizations": [
            {
                "name": "my-organization",
                "ssh-keys": [{"id": "sshkey-a", "name": "a"}, {"id": "sshkey-b", "name": "b"}],
                "workspaces": [{"id": FIRST, "name": "workspace-1", "ssh-key": "sshkey-a"}],
            }
        ]
    }
)
def test_another_ssh_key_takes_the_place_of_the_first(tfe: Any) -> None:
    assert assigned(tfe, "sshkey-b")["relationships"]["ssh-key"]["data"]["id"] == "sshkey-b"


def test_an_ssh_key_that_is_not_there_is_422(tfe: Any) -> None:
    answer = tfe.client.patch(
        f"{WORKSPACE}/relationships/ssh-key", json=body("workspaces", id="sshkey-none")
    )
    assert error(answer) == {
        "status": "422",
        "title": "invalid attribute",
        "detail": "SSH key does not exist",
        "source": {"pointer": "/data/attributes/id"},
        "meta": {
            "operation": "assign-ssh-key-to-workspace",
            "edition": "2019-07",
            "pointer": "/data/attributes/id",
            "fact": "'sshkey-none' is not one of this organization's ssh keys",
            "expected": "the id of one of the organization's ssh keys",
            "key-path": "data.attributes.id",
            "source": "ssh-keys.html#list-ssh-keys",
            "hint": "Name one that the organization has; a fixture can hold it.",
        },
    }


def test_an_ssh_key_must_be_named_or_null(tfe: Any) -> None:
    path = f"{WORKSPACE}/relationships/ssh-key"
    assert said(tfe.client.patch(path, json=body("workspaces"))) == [
        ("invalid attribute", "Id can't be blank", "/data/attributes/id")
    ]
    assert said(tfe.client.patch(path, json=body("workspaces", id=5))) == [
        ("invalid attribute", "Id is invalid", "/data/attributes/id")
    ]


def test_an_organization_that_is_not_there_is_404(tfe: Any) -> None:
    for path in (
        f"{ROOT}/organizations/nowhere/workspaces",
        f"{ROOT}/organizations/nowhere/workspaces/a",
    ):
        answer = tfe.client.get(path)
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)


def test_linkage_of_a_workspace_follows_the_name_of_its_organization(tfe: Any) -> None:
    tfe.client.patch(ORG, json=body("organizations", name="renamed"))
    shown = shown_workspace(tfe)
    assert shown["relationships"]["organization"]["data"]["id"] == "renamed"
    assert shown["links"] == {"self": f"{ROOT}/organizations/renamed/workspaces/workspace-1"}
    assert linked(
        data(tfe.client.get(f"{ROOT}/policy-sets/polset-3yVQZvHzf5j3WRJ1")), "workspaces"
    ) == [FIRST]
