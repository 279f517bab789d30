"""An example that its own schema refuses is told with file and place by the command that prints it."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.contract import added, contract, editions, files
from mockserver.contract.unfit_examples import refuse_unfit_examples
from tests.contract.test_page_mistakes import PAGE as MISTAKEN

PAGE = copy.deepcopy(MISTAKEN)
PAGE["operations"]["update-gadget"]["example"] = {
    "body": {"data": {"type": "gadgets", "attributes": {"color": "red"}}}
}
RECORD = ("$defs", "gadgets", "examples", 0)
CREATE = ("operations", "create-gadget", "example")
Printed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def printed(tmp_path: Path) -> Printed:
    """Runs `mockserver openapi` of an edition with that page alone, spoilt at a place (`...` drops it);
    gives exit code, output and error, the latter without the folder.
    """

    def run(at: tuple[Any, ...] = (), value: Any = None) -> tuple[int, str, str]:
        for name in ("edition.json", "common.json"):
            shutil.copy(contract("2019-07").place / name, tmp_path)
        facts = json.loads((tmp_path / "edition.json").read_text())
        (tmp_path / "edition.json").write_text(json.dumps({**facts, "edition": "gadgets"}))
        page = copy.deepcopy(PAGE)
        part = page
        for name in at[:-1]:
            part = part[name]
        if at and value is ...:
            del part[at[-1]]
        elif at:
            part[at[-1]] = value
        (tmp_path / "gadgets.json").write_text(json.dumps(page))
        with added(tmp_path):
            done = CliRunner().invoke(main, ["openapi", "--edition", "gadgets"])
        return done.exit_code, done.stdout, done.stderr.replace(f"{tmp_path}/", "")

    return run


def test_an_edition_whose_examples_fit_is_printed(printed: Printed) -> None:
    code, output, error = printed()
    assert (code, error) == (0, "")
    assert "create-gadget" in output


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (
            (*RECORD, "attributes", "color"),
            "blue",
            '#/$defs/gadgets/examples/0/attributes/color: "blue"; expected one of "red", "green"',
        ),
        (
            (*RECORD, "attributes", "colour"),
            "red",
            "#/$defs/gadgets/examples/0/attributes/colour: the schema does not list 'colour'. Did you mean "
            "'color'? There are: color, made-at, name, tags.",
        ),
        (
            (*RECORD, "id"),
            "gadget-1",
            '#/$defs/gadgets/examples/0/id: "gadget-1"; expected a string that begins '
            "with gad-, then letters and digits",
        ),
        (
            ("$defs", "gadgets", "examples"),
            ...,
            "#/$defs/gadgets/examples: it is missing: list-gadgets answers 200 with one",
        ),
        (
            (*CREATE, "body", "data", "attributes", "colour"),
            "red",
            "#/operations/create-gadget/example/body/data/attributes/colour: the schema does not list "
            "'colour'. Did you mean 'color'? There are: color, name, tags.",
        ),
        (
            (*CREATE, "body", "data", "attributes"),
            {},
            "#/operations/create-gadget/example/body/data/attributes/name: it is missing",
        ),
        (
            (*CREATE, "body"),
            ...,
            "#/operations/create-gadget/example/body: it is missing: the operation wants a body",
        ),
        (
            CREATE,
            ...,
            "#/operations/create-gadget/example/body: it is missing: the operation wants a body",
        ),
        (
            (*CREATE, "answers", "201", "data", "attributes", "color"),
            7,
            "#/operations/create-gadget/example/answers/201/data/attributes/color: 7; expected one of "
            '"red", "green"',
        ),
        (
            ("operations", "list-gadgets", "example"),
            {"query": {"page[size]": "900"}},
            "#/operations/list-gadgets/example/query: page[size] is '900'; expected between 1 and 150",
        ),
        (
            ("operations", "list-gadgets", "example"),
            {"query": {"sort": "name"}},
            "#/operations/list-gadgets/example/query: the query parameter sort is not listed; expected "
            "page[number], page[size], q, include",
        ),
    ],
)
def test_one_that_does_not_fit_is_told_with_file_and_place(
    printed: Printed, at: tuple[Any, ...], value: Any, said: str
) -> None:
    assert printed(at, value) == (2, "", f"Error: gadgets.json{said}\n")


def test_those_of_a_release_have_been_held_to_their_schemas(
    printed: Printed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "_PACKAGE", tmp_path.parent)
    monkeypatch.setattr(files, "folder", lambda name: Path(__file__).parents[2] / name)
    code, _, _ = printed((*RECORD, "attributes", "color"), "blue")
    assert code == 0


@pytest.mark.parametrize("edition", editions())
def test_those_of_every_edition_fit(edition: str) -> None:
    refuse_unfit_examples(contract(edition))
