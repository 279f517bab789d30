"""Variables of workspaces and parameters of policy sets, of August 2026."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from mockserver.contract import load
from mockserver.judge.laws import told
from mockserver.world.seeding import BadFixture
from tests.client import ROOT

from .asking import ask

pytestmark = pytest.mark.tfe(edition="2026-08")
VARS = f"{ROOT}/workspaces/ws-u3S5p2Uwk21keu1s/vars"
PARAMETERS = f"{ROOT}/policy-sets/polset-oPa4567890Abcdef/parameters"
EITHER = pytest.mark.parametrize("path", [VARS, PARAMETERS])
SECRET = "correct-horse-battery-staple"


def said(path: str, **attributes: Any) -> dict[str, Any]:
    category = {"category": "policy-set" if path == PARAMETERS else "terraform"}
    return {"data": {"type": "vars", "attributes": {**category, **attributes}}}


def changed(**attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "vars", "attributes": attributes}}


def made(tfe: mockserver.World, path: str, **attributes: Any) -> str:
    """Path of a new one."""
    answer = ask(tfe, "POST", path, said(path, **attributes))
    return f"{path}/{answer.data(201)['id']}"


@EITHER
def test_one_is_made_shown_listed_changed_and_deleted(tfe: mockserver.World, path: str) -> None:
    one = made(tfe, path, key="region", value="eu")
    shown = ask(tfe, "GET", one)
    assert shown.attributes()["value"] == "eu"
    assert shown.json["data"]["links"]["self"] == one
    assert [item["id"] for item in ask(tfe, "GET", path).data()] == [one.rpartition("/")[2]]
    assert ask(tfe, "PATCH", one, changed(value="us")).attributes()["value"] == "us"
    ask(tfe, "DELETE", one).ok()
    ask(tfe, "GET", one).ok(404)


def test_all_variables_of_a_workspace_are_its_own(tfe: mockserver.World) -> None:
    """Variable sets, which would add to them, are not served."""
    made(tfe, VARS, key="region", value="eu")
    made(tfe, VARS, key="password", value=SECRET, sensitive=True)
    every = ask(tfe, "GET", VARS.replace("/vars", "/all-vars"))
    assert every.data() == ask(tfe, "GET", VARS).data()
    assert SECRET not in every.text


@EITHER
def test_the_value_of_a_sensitive_one_is_shown_by_nothing(tfe: mockserver.World, path: str) -> None:
    one = made(tfe, path, key="password", value=SECRET, sensitive=True)
    assert ask(tfe, "GET", one).attributes()["value"] is None
    other = made(tfe, path, key="later", value="shown until now")
    hidden = ask(tfe, "PATCH", other, changed(sensitive=True)).attributes()
    assert (hidden["sensitive"], hidden["value"]) == (True, None)
    for where in (one, path):
        assert SECRET not in ask(tfe, "GET", where).text
    assert SECRET not in str(tfe.state())
    assert SECRET not in ask(tfe, "GET", "/_mock/journal").text


@EITHER
def test_a_value_of_the_wrong_type_is_not_repeated(tfe: mockserver.World, path: str) -> None:
    refused = ask(tfe, "POST", path, said(path, key="k", value=[SECRET]))
    assert (refused.status, refused.pointers) == (422, ["/data/attributes/value"])
    assert SECRET not in refused.text


@EITHER
def test_what_is_sensitive_stays_so_and_a_key_is_one_of_its_category(
    tfe: mockserver.World, path: str
) -> None:
    one = made(tfe, path, key="password", value=SECRET, sensitive=True)
    refused = ask(tfe, "PATCH", one, changed(sensitive=False))
    assert refused.errors[0]["detail"] == "Sensitive cannot be changed from true to false"
    refused = ask(tfe, "POST", path, said(path, key="password"))
    assert (refused.pointers, refused.status) == (["/data/attributes/key"], 422)
    other = made(tfe, path, key="user")
    assert ask(tfe, "PATCH", other, changed(key="password")).status == 422
    ask(tfe, "PATCH", one, changed(key="password")).ok(200)


def test_a_key_may_be_an_input_and_in_the_shell_and_each_patch_is_a_version(
    tfe: mockserver.World,
) -> None:
    one = made(tfe, VARS, key="region")
    ask(tfe, "POST", VARS, said(VARS, key="region", category="env")).ok(201)
    before = ask(tfe, "GET", one).attributes()["version-id"]
    assert ask(tfe, "PATCH", one, changed()).attributes()["version-id"] != before
    workspace = ask(tfe, "GET", VARS.removesuffix("/vars")).data()
    assert len(workspace["relationships"]["vars"]["data"]) == 2


def test_one_is_found_where_it_stands_and_nowhere_else(tfe: mockserver.World) -> None:
    id = made(tfe, VARS, key="region").rpartition("/")[2]
    ask(tfe, "GET", f"{ROOT}/workspaces/ws-2HRvNs49EWPjDqT1/vars/{id}").ok(404)
    ask(tfe, "GET", f"{PARAMETERS}/{id}").ok(404)


@pytest.mark.parametrize("category", ["env", "policy-set", "none", ""])
def test_a_category_is_that_of_the_place(tfe: mockserver.World, category: str) -> None:
    for path, good in ((VARS, "env"), (PARAMETERS, "policy-set")):
        status = 201 if category == good else 422
        ask(tfe, "POST", path, said(path, key="k", category=category)).ok(status)


def test_who_may_only_read_the_workspace_changes_no_variable(tfe: mockserver.World) -> None:
    path = f"{ROOT}/workspaces/ws-2HRvNs49EWPjDqT1/vars"
    assert len(ask(tfe, "GET", path, who="ann").data()) == 1
    ask(tfe, "POST", path, said(path, key="k"), who="ann").ok(404)


def test_a_world_is_the_same_again_from_its_state(tfe: mockserver.World) -> None:
    made(tfe, VARS, key="password", value=SECRET, sensitive=True)
    one = made(tfe, PARAMETERS, key="limit", value="5")
    ask(tfe, "PATCH", one, changed(value="6")).ok(200)
    state = tfe.state()
    with mockserver.universe(edition="2026-08", fixture=state) as again:
        assert again.state() == state


def test_a_key_stands_once_in_a_fixture() -> None:
    one = {"workspace": "acme/web", "key": "region"}
    document = {
        "organizations": [{"name": "acme", "workspaces": [{"name": "web"}]}],
        "vars": [one, {**one, "category": "env"}, one],
    }
    with (
        pytest.raises(BadFixture, match=r"The key 'region' is taken by the var var-.* at /vars/0"),
        mockserver.universe(edition="2026-08", fixture=document),
    ):
        pass


def test_verification_takes_a_value_that_may_be_shown_and_not_one_where_keys_are_secret(
    tfe: mockserver.World,
) -> None:
    edition = load("2026-08")
    made(tfe, VARS, key="region", value="eu")
    assert list(told(ask(tfe, "GET", VARS).json, edition, False)) == []
    leaked = {"data": {"type": "ssh-keys", "id": "sshkey-1", "attributes": {"value": "text"}}}
    assert [one.pointer for one in told(leaked, edition, False)] == ["/data/attributes/value"]
