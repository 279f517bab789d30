"""A resource costs a module and a page file, an attribute a line: each is made up in a copy of the tree, and
served."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gadgets import gadget

ROOT = Path(__file__).parents[1]
MODULE = """
from mockserver.jsonapi import handlers
from mockserver.jsonapi.resources import resource
from mockserver.world.kinds import Kind
from mockserver.world.naming import by_id, by_name

RIGHT = "read-organization"
KIND = Kind(
    type="gadgets",
    prefix="gad",
    sort=by_name,
    title="name",
    find=by_id("gadgets"),
    show=resource,
    operations={
        "list-gadgets": handlers.list_records,
        "create-gadget": handlers.create_record,
        "update-gadget": handlers.update_record,
    },
    right=RIGHT,
    read=RIGHT,
    within="organizations",
    about="Made up.",
    member="gadgets",
)
"""
OWNER = {"$ref": "common.json#/$defs/to-one", "x-of": "organizations", "readOnly": True}
LIST = "/organizations/{organization_name}/gadgets"


def operation(call: str, title: str, answers: Any, **more: Any) -> dict[str, Any]:
    said = {"call": call, "title": title, "description": f"{title}.", "x-source": "#gadgets"}
    return {**said, **more, "answers": answers, "example": {}}


PAGE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Gadgets",
    "x-page": "gadgets.html",
    "operations": {
        "list-gadgets": operation(
            f"GET {LIST}", "List Gadgets", {"200": {"description": "All.", "list": "gadgets"}}
        ),
        "create-gadget": operation(
            f"POST {LIST}",
            "Create a Gadget",
            {"202": {"description": "Made.", "document": "gadgets"}},
            body={"create": "gadgets"},
        ),
        "update-gadget": operation(
            "PATCH /gadgets/{id}",
            "Update a Gadget",
            {"200": {"description": "Changed.", "document": "gadgets"}},
            body={"update": "gadgets"},
        ),
    },
    "$defs": {"gadgets": gadget({"organization": OWNER})},
}
CALLS = """
import json
import mockserver

with mockserver.universe() as tfe:
    path = "/api/v2/organizations/my-organization/gadgets"
    sent = {"data": {"type": "gadgets", "attributes": {"name": "one"}}}
    answers = [tfe.client.post(path, json=sent)]
    one = f"/api/v2/gadgets/{answers[0].json['data']['id']}"
    sent["data"]["attributes"] = {"color": "red"}
    answers.append(tfe.client.patch(one, json=sent))
    sent["data"]["attributes"] = {"color": "blue"}
    answers += [tfe.client.patch(one, json=sent), tfe.client.get(path)]
    print(json.dumps([[answer.status_code, answer.json] for answer in answers]))
    print(json.dumps(tfe.state()["organizations"][0]["gadgets"]))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree with a resource more: two files, and no other is touched.

    What Python has compiled comes along: it is that of these sources, and takes half a second to make.
    """
    for name in ("mockserver", "contracts", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "mockserver" / "resources" / "gadgets.py").write_text(MODULE)
    (tmp_path / "contracts" / "2019-07" / "gadgets.json").write_text(json.dumps(PAGE))
    return tmp_path


def ran(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )


def run(tree: Path, *words: str) -> str:
    done = ran(tree, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_resource_is_served_by_a_module_and_a_page_file(tree: Path) -> None:
    answers, kept = map(json.loads, run(tree, "-c", CALLS).splitlines())
    (made, shown), (_, changed), (refused, errors), (_, listed) = answers
    assert (made, refused) == (202, 422)
    assert shown["data"]["attributes"] == {"name": "one", "color": "green"}
    assert shown["data"]["relationships"]["organization"]["data"]["id"] == "my-organization"
    assert changed["data"]["attributes"] == {"name": "one", "color": "red"}
    (error,) = errors["errors"]
    assert error["detail"] == "Color is not included in the list"
    assert error["meta"]["source"] == "gadgets.html#gadgets"
    assert listed["data"] == [changed["data"]]
    assert kept == [{"id": shown["data"]["id"], "name": "one", "color": "red"}]


def test_the_commands_know_it(tree: Path) -> None:
    assert "create-gadget" in run(tree, "-m", "mockserver", "operations")
    schema = json.loads(run(tree, "-m", "mockserver", "schema", "create-gadget"))
    assert schema["$ref"] == "#/$defs/gadgets.create"
    assert "gadgets" in run(tree, "-m", "mockserver", "fixture-schema")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            'type="gadgets"',
            'type="gadgetz"',
            "mockserver/resources/gadgets.py: the kind gadgetz answers list-gadgets, but no page of 2019-07 defines records of that type. "
            "Did you mean 'gadgets'",
        ),
        (
            'member="gadgets"',
            'member="teams"',
            "mockserver/resources/teams.py and mockserver/resources/gadgets.py: the kind teams stands under 'teams' "
            "in an entry of organizations, and so does the kind gadgets; give one of them another member",
        ),
    ],
)
def test_a_mistake_in_the_module_is_told_by_the_first_command(
    tree: Path, right: str, wrong: str, said: str
) -> None:
    (tree / "mockserver" / "resources" / "gadgets.py").write_text(MODULE.replace(right, wrong))
    done = ran(tree, "-m", "mockserver", "operations")
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


COSTS = """
import json
import mockserver

with mockserver.universe(edition="2026-08", strict=True) as tfe:
    path = "/api/v2/organizations/my-organization/workspaces"
    attributes = {"name": "one", "cost-center": "R&D"}
    sent = {"data": {"type": "workspaces", "attributes": attributes}}
    answers = [tfe.client.post(path, json=sent)]
    one = f"/api/v2/workspaces/{answers[0].json['data']['id']}"
    attributes["cost-center"] = 3
    answers += [tfe.client.get(one), tfe.client.patch(one, json=sent)]
    print(json.dumps([[answer.status_code, answer.json] for answer in answers]))
    kept = tfe.state()["organizations"][0]["workspaces"]
    print(json.dumps([workspace for workspace in kept if workspace["name"] == "one"]))
"""


def test_an_attribute_is_accepted_kept_shown_and_checked_by_a_line_of_its_page(tree: Path) -> None:
    page = tree / "contracts" / "2026-08" / "workspaces.json"
    document = json.loads(page.read_text())
    attributes = document["$defs"]["workspaces"]["properties"]["attributes"]["properties"]
    attributes["cost-center"] = {"type": ["string", "null"], "default": None}
    page.write_text(json.dumps(document))
    answers, (kept,) = map(json.loads, run(tree, "-c", COSTS).splitlines())
    (made, new), (_, shown), (refused, errors) = answers
    assert (made, refused) == (201, 422)
    assert new["data"]["attributes"]["cost-center"] == "R&D"
    assert shown["data"]["attributes"]["cost-center"] == "R&D"
    assert errors["errors"][0]["meta"]["fact"] == "data.attributes.cost-center is 3"
    assert kept["cost-center"] == "R&D"
