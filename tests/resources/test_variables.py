"""Variables of workspaces and parameters of policy sets, of August 2026."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import mockserver
from mockserver.contract import load
from mockserver.judge.laws import told_again
from mockserver.world.seeding import BadFixture
from tests.client import ROOT, Answer, send

VARS = f"{ROOT}/workspaces/ws-u3S5p2Uwk21keu1s/vars"
PARAMETERS = f"{ROOT}/policy-sets/polset-oPa4567890Abcdef/parameters"
EITHER = pytest.mark.parametrize("path", [VARS, PARAMETERS])
SECRET = "correct-horse-battery-staple"


@pytest.fixture
def world() -> Iterator[mockserver.World]:
    with mockserver.universe(edition="2026-08") as tfe:
        yield tfe


def ask(world: mockserver.World, method: str, path: str, body: Any = None, who: str = "") -> Answer:
    token = world.tokens[who] if who else world.token
    return send(world.client, method, path, body=body, headers={"Authorization": f"Bearer {token}"})


def said(path: str, **attributes: Any) -> dict[str, Any]:
    category = {"category": "policy-set" if path == PARAMETERS else "terraform"}
    return {"data": {"type": "vars", "attributes": {**category, **attributes}}}


def changed(**attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "vars", "attributes": attributes}}


def made(world: mockserver.World, path: str, **attributes: Any) -> str:
    """Path of a new one."""
    answer = ask(world, "POST", path, said(path, **attributes))
    return f"{path}/{answer.data(201)['id']}"


@EITHER
def test_one_is_made_shown_listed_changed_and_deleted(world: mockserver.World, path: str) -> None:
    one = made(world, path, key="region", value="eu")
    shown = ask(world, "GET", one)
    assert shown.attributes()["value"] == "eu"
    assert shown.json["data"]["links"]["self"] == one
    assert [item["id"] for item in ask(world, "GET", path).data()] == [one.rpartition("/")[2]]
    assert ask(world, "PATCH", one, changed(value="us")).attributes()["value"] == "us"
    ask(world, "DELETE", one).ok()
    ask(world, "GET", one).ok(404)


def test_all_variables_of_a_workspace_are_its_own(world: mockserver.World) -> None:
    """Variable sets, which would add to them, are not served."""
    made(world, VARS, key="region", value="eu")
    made(world, VARS, key="password", value=SECRET, sensitive=True)
    every = ask(world, "GET", VARS.replace("/vars", "/all-vars"))
    assert every.data() == ask(world, "GET", VARS).data()
    assert SECRET not in every.text


@EITHER
def test_the_value_of_a_sensitive_one_is_shown_by_nothing(
    world: mockserver.World, path: str
) -> None:
    one = made(world, path, key="password", value=SECRET, sensitive=True)
    assert ask(world, "GET", one).attributes()["value"] is None
    other = made(world, path, key="later", value="shown until now")
    hidden = ask(world, "PATCH", other, changed(sensitive=True)).attributes()
    assert (hidden["sensitive"], hidden["value"]) == (True, None)
    for where in (one, path):
        assert SECRET not in ask(world, "GET", where).text
    assert SECRET not in str(world.state())
    assert SECRET not in ask(world, "GET", "/_mock/journal").text


@EITHER
def test_a_value_of_the_wrong_type_is_not_repeated(world: mockserver.World, path: str) -> None:
    refused = ask(world, "POST", path, said(path, key="k", value=[SECRET]))
    assert (refused.status, refused.pointers) == (422, ["/data/attributes/value"])
    assert SECRET not in refused.text


@EITHER
def test_what_is_sensitive_stays_so_and_a_key_is_one_of_its_category(
    world: mockserver.World, path: str
) -> None:
    one = made(world, path, key="password", value=SECRET, sensitive=True)
    refused = ask(world, "PATCH", one, changed(sensitive=False))
    assert refused.errors[0]["detail"] == "Sensitive cannot be changed from true to false"
    refused = ask(world, "POST", path, said(path, key="password"))
    assert (refused.pointers, refused.status) == (["/data/attributes/key"], 422)
    other = made(world, path, key="user")
    assert ask(world, "PATCH", other, changed(key="password")).status == 422
    ask(world, "PATCH", one, changed(key="password")).ok(200)


def test_a_key_may_be_an_input_and_in_the_shell_and_each_patch_is_a_version(
    world: mockserver.World,
) -> None:
    one = made(world, VARS, key="region")
    ask(world, "POST", VARS, said(VARS, key="region", category="env")).ok(201)
    before = ask(world, "GET", one).attributes()["version-id"]
    assert ask(world, "PATCH", one, changed()).attributes()["version-id"] != before
    workspace = ask(world, "GET", VARS.removesuffix("/vars")).data()
    assert len(workspace["relationships"]["vars"]["data"]) == 2


def test_one_is_found_where_it_stands_and_nowhere_else(world: mockserver.World) -> None:
    id = made(world, VARS, key="region").rpartition("/")[2]
    ask(world, "GET", f"{ROOT}/workspaces/ws-2HRvNs49EWPjDqT1/vars/{id}").ok(404)
    ask(world, "GET", f"{PARAMETERS}/{id}").ok(404)


@pytest.mark.parametrize("category", ["env", "policy-set", "none", ""])
def test_a_category_is_that_of_the_place(world: mockserver.World, category: str) -> None:
    for path, good in ((VARS, "env"), (PARAMETERS, "policy-set")):
        status = 201 if category == good else 422
        ask(world, "POST", path, said(path, key="k", category=category)).ok(status)


def test_who_may_only_read_the_workspace_changes_no_variable(world: mockserver.World) -> None:
    path = f"{ROOT}/workspaces/ws-2HRvNs49EWPjDqT1/vars"
    assert len(ask(world, "GET", path, who="ann").data()) == 1
    ask(world, "POST", path, said(path, key="k"), who="ann").ok(404)


def test_a_world_is_the_same_again_from_its_state(world: mockserver.World) -> None:
    made(world, VARS, key="password", value=SECRET, sensitive=True)
    one = made(world, PARAMETERS, key="limit", value="5")
    ask(world, "PATCH", one, changed(value="6")).ok(200)
    state = world.state()
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
    world: mockserver.World,
) -> None:
    edition = load("2026-08")
    made(world, VARS, key="region", value="eu")
    assert list(told_again(ask(world, "GET", VARS).json, edition)) == []
    leaked = {"data": {"type": "ssh-keys", "id": "sshkey-1", "attributes": {"value": "text"}}}
    assert [one.pointer for one in told_again(leaked, edition)] == ["/data/attributes/value"]
