"""`mockserver diff`: what one edition has that another has not, and what recorded traffic shows."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import example as for_example
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mockserver.cli import main
from mockserver.contract import Edition, added, load
from mockserver.contract.differences import Difference, differences
from mockserver.reports.changelog import markdown
from tests.verify.test_recordings import entry, example, har

REAL, MADE_UP = "2019-07", "made-up"
NEW = load("2026-08")
Change = Callable[[dict[str, Any]], None]


def changed(place: Path, page: str, change: Change) -> Path:
    """A folder of an edition that is 2019-07 with one page changed."""
    shutil.copytree(load(REAL).place, place)
    for name, with_change in ((page, change), ("edition", _renamed)):
        file = place / f"{name}.json"
        said = json.loads(file.read_text(encoding="utf-8"))
        with_change(said)
        file.write_text(json.dumps(said), encoding="utf-8")
    return place


def _renamed(said: dict[str, Any]) -> None:
    said["edition"] = MADE_UP


def attributes(page: dict[str, Any]) -> Any:
    return page["$defs"]["ssh-keys"]["properties"]["attributes"]["properties"]


def _attribute(name: str, **said: Any) -> Change:
    """An attribute of SSH keys said otherwise, or a new one; None takes a word away."""

    def change(page: dict[str, Any]) -> None:
        known = attributes(page).setdefault(name, {"type": "string", "description": "A thing."})
        for word, value in said.items():
            word = word.replace("_", "-")
            known.pop(word, None) if value is None else known.update({word: value})

    return change


def _operation(id: str, change: Change) -> Change:
    return lambda page: change(page["operations"][id])


def _another_status(said: dict[str, Any]) -> None:
    said.setdefault("answers", {})["202"] = {
        "description": "The SSH key was made.",
        "document": "ssh-keys",
    }
    said["example"]["answers"]["202"] = said["example"]["answers"].pop("201")


def _parameter(**said: Any) -> Change:
    schema = {"type": "string", "description": "A colour.", "x-source": "#x", **said}
    return _operation("list-ssh-keys", lambda o: o.update(parameters={"filter[colour]": schema}))


def _pages(said: dict[str, Any]) -> None:
    said["pages"] = {"size": 20, "x-source": "#x"}


LINES: list[tuple[Change, tuple[str, ...]]] = [
    (
        lambda page: page["operations"].pop("delete-ssh-key"),
        ("breaking delete-ssh-key : gone: DELETE /api/v2/ssh-keys/{ssh_key_id}",),
    ),
    (
        _operation("create-ssh-key", _another_status),
        (
            "breaking create-ssh-key 201: gone: The SSH key was made.",
            "breaking create-ssh-key 202: new: The SSH key was made.",
        ),
    ),
    (
        _attribute("colour", default="blue"),
        (
            'addition ssh-keys attributes.colour: new: a string; default "blue"'
            " (create, update, shown)",
        ),
    ),
    (
        _attribute("colour", readOnly=True),
        ("addition ssh-keys attributes.colour: new: a string (shown)",),
    ),
    (
        _attribute("colour", x_required=True),
        (
            "breaking ssh-keys attributes.colour: new: a string; must be sent"
            " (create, update, shown)",
        ),
    ),
    (
        lambda page: attributes(page).pop("name"),
        (
            "breaking ssh-keys attributes.name: gone: a string that is not empty"
            " (create, update, shown)",
        ),
    ),
    (
        _attribute("name", x_required=None),
        ("addition ssh-keys attributes.name: need not be sent (create)",),
    ),
    (
        _attribute("name", x_required=None, default="key"),
        (
            "addition ssh-keys attributes.name: need not be sent (create)",
            'breaking ssh-keys attributes.name: default: was none, is "key" (create)',
        ),
    ),
    (
        _attribute("name", type=["string", "null"]),
        (
            "breaking ssh-keys attributes.name: type: was string, is null or string"
            " (create, update, shown)",
        ),
    ),
    (
        _attribute("name", enum=["a", "b"]),
        (
            'breaking ssh-keys attributes.name: values: was anything, is "a", "b"'
            " (create, update, shown)",
        ),
    ),
    (
        _attribute("value", type=["string", "null"]),
        (
            "addition ssh-keys attributes.value: type: was string, is null or string"
            " (create, update)",
        ),
    ),
    (
        _attribute("value", minLength=None),
        ("addition ssh-keys attributes.value: rule: minLength was 1, is none (create, update)",),
    ),
    (
        _attribute("value", maxLength=9),
        ("breaking ssh-keys attributes.value: rule: maxLength was none, is 9 (create, update)",),
    ),
    (
        _parameter(),
        ("addition list-ssh-keys filter[colour]: new: a string",),
    ),
    (
        _parameter(**{"x-required": True}),
        ("breaking list-ssh-keys filter[colour]: new: a string; must be sent",),
    ),
    (
        _attribute("name", x_sent={"type": "string"}, type=["string", "null"]),
        ("breaking ssh-keys attributes.name: type: was string, is null or string (shown)",),
    ),
    (
        _operation("list-ssh-keys", _pages),
        (
            "addition list-ssh-keys page[number]: new: an integer of at least 1; default 1",
            "breaking list-ssh-keys page[size]: new: an integer of at least 1 and at most 150; "
            "default 20; the list came whole",
        ),
    ),
    (
        _operation("get-ssh-key", lambda o: o.update(answers={"500": "It failed."})),
        (),
    ),
    (
        _operation("list-ssh-keys", lambda o: o.update(entitlement="operations")),
        ("breaking list-ssh-keys : entitlement: was none, is operations",),
    ),
]


@pytest.mark.parametrize(("change", "lines"), LINES)
def test_each_change_of_a_page_is_told_with_what_it_means_for_clients(
    tmp_path: Path, change: Change, lines: tuple[str, ...]
) -> None:
    def without_examples(page: dict[str, Any]) -> None:
        change(page)
        del page["$defs"]["ssh-keys"]["examples"]

    other = Edition(changed(tmp_path / "x", "ssh-keys", without_examples))
    assert [line(one) for one in differences(load(REAL), other)] == list(lines)


def line(one: Any) -> str:
    where = f" ({', '.join(one.where)})" if one.where else ""
    return f"{one.effect} {one.subject} {one.place}: {one.what}{where}"


TODAY = (
    "breaking change-your-password attributes.current_password: new: a string; must be sent (sent)",
    "breaking create-policy 200: gone: The policy was made.",
    "breaking list-workspaces page[size]: default: was 150, is 20",
    "breaking list-organizations page[size]: new: an integer of at least 1 and at most 100; "
    "default 20; the list came whole",
    'breaking policies attributes.enforce[].mode: values: more "mandatory" (create, update, shown)',
    "breaking policy-sets : rule: was a rule between its members, is none (shown)",
    "breaking users (account) attributes.avatar-url: type: was string, is null or string (shown)",
    "addition show-organization 200: shows: more entitlement-sets, projects",
    "addition workspaces attributes.working-directory: type: was null or string, is string (shown)",
    "addition workspaces relationships.project: new: an object (create, update, shown)",
    "addition create-project : new: POST /api/v2/organizations/{organization_name}/projects",
    "addition policies attributes.enforce: need not be sent (create)",
)


@pytest.fixture(scope="module")
def today() -> list[str]:
    return [line(one) for one in differences(load(REAL), NEW)]


@pytest.mark.parametrize("told", TODAY)
def test_what_has_changed_since_2019_is_told_as_it_is(today: list[str], told: str) -> None:
    assert told in today


def test_no_line_says_that_a_thing_was_what_it_is_and_no_500_is_a_difference(
    today: list[str],
) -> None:
    assert len(today) == len(set(today))
    assert [one for one in today if re.search(r"was (.+), is \1( \(|;|$)", one)] == []
    assert [one for one in today if re.match(r"\w+ \S+ 5\d\d:", one)] == []


def test_an_edition_does_not_differ_from_itself() -> None:
    assert differences(load(REAL), load(REAL)) == []


def test_what_an_edition_documents_and_does_not_build_is_not_gone(tmp_path: Path) -> None:
    def change(said: dict[str, Any]) -> None:
        said["not-built"] += ["DELETE /api/v2/ssh-keys/{id}"]

    place = changed(tmp_path / "x", "edition", change)
    page = json.loads((place / "ssh-keys.json").read_text(encoding="utf-8"))
    del page["operations"]["delete-ssh-key"]
    (place / "ssh-keys.json").write_text(json.dumps(page), encoding="utf-8")
    assert differences(load(REAL), Edition(place)) == []
    assert differences(Edition(place), load(REAL)) == []


# the command


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


@pytest.fixture
def made_up(tmp_path: Path) -> Iterator[Edition]:
    def change(page: dict[str, Any]) -> None:
        _attribute("colour", default="`blue`")(page)
        del page["operations"]["delete-ssh-key"]
        del page["$defs"]["ssh-keys"]["examples"]

    with added(changed(tmp_path / "x", "ssh-keys", change)) as edition:
        yield edition


def test_markdown_has_a_heading_for_each_subject_and_a_line_for_each_difference(
    made_up: Edition,
) -> None:
    assert diff(REAL, MADE_UP).stdout.splitlines() == [
        "# From 2019-07 to made-up",
        "",
        "1 breaking, 1 addition.",
        "",
        "## delete-ssh-key",
        "",
        "- *breaking*: gone: DELETE `/api/v2/ssh-keys/{ssh_key_id}`",
        "",
        "## ssh-keys",
        "",
        '- *addition*: `attributes.colour` new: a string; default ``"`blue`"``'
        " (create, update, shown)",
    ]


def test_a_folder_of_exchanges_is_compared_as_a_recording_is(tmp_path: Path) -> None:
    folder = tmp_path / "exchanges"
    folder.mkdir()
    said = diff(REAL, "--against", str(folder))
    assert said.exit_code == 2
    assert "exchanges holds no exchange: `mockserver record` writes them" in said.output
    path = "/api/v2/organizations/acme/projects"
    one = {"method": "GET", "path": path, "query": "", "status": 200, "response": {"data": []}}
    (folder / "000001-x.json").write_text(json.dumps(one))
    said = diff(REAL, "--against", str(folder), "--format", "json")
    assert [found["subject"] for found in json.loads(said.stdout)["differences"]] == [
        "GET /api/v2/organizations/*/projects"
    ]


def test_json_says_the_same(made_up: Edition) -> None:
    said = json.loads(diff(REAL, MADE_UP, "--format", "json").stdout)
    assert (said["from"], said["to"]) == (REAL, MADE_UP)
    assert said["differences"][0] == {
        "effect": "breaking",
        "subject": "delete-ssh-key",
        "place": "",
        "what": "gone: DELETE /api/v2/ssh-keys/{ssh_key_id}",
        "where": [],
    }
    assert len(said["differences"]) == 2


def test_a_recording_is_told_by_what_it_shows_beyond_the_edition(tmp_path: Path) -> None:
    show = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"
    shown = example("show-policy-set")
    shown["data"]["attributes"] |= {"kind": "opa", "on\n## https://here.example": 1}
    path = har(
        tmp_path / "session.har",
        entry("GET", show, 200, shown),
        entry("GET", show, 200, shown),
        entry("GET", "/api/v2/organizations/acme/projects", 200, {"data": []}),
        entry("HEAD", "/api/v2/runs/run-CZcmD7eagjhyX0vN", 200, None),
    )
    said = json.loads(diff(REAL, "--against", str(path), "--format", "json").stdout)
    assert [tuple(one.values()) for one in said["differences"]] == [
        (
            "addition",
            "GET /api/v2/organizations/*/projects",
            "",
            "not documented, 1 time, first /api/v2/organizations/acme/projects [log.entries[2]]",
            [],
        ),
        (
            "addition",
            "HEAD /api/v2/runs/*",
            "",
            "documented, not supported here, 1 time, first /api/v2/runs/run-CZcmD7eagjhyX0vN "
            "[log.entries[3]]",
            [],
        ),
        ("addition", "policy-sets", "attributes.kind", "not listed, 2 times", ["shown"]),
        (
            "addition",
            "policy-sets",
            "attributes.on\\n## https://HOST",
            "not listed, 2 times",
            ["shown"],
        ),
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((REAL,), "name another edition, or a recording with --against"),
        ((REAL, REAL, "--against", "docs"), "or a recording with --against: not both"),
        ((REAL, "2019-08"), "There is no edition named '2019-08'"),
        (("2019-08", REAL), "There is no edition named '2019-08'"),
    ],
)
def test_what_cannot_be_compared_is_exit_code_2_and_a_sentence(
    arguments: tuple[str, ...], sentence: str
) -> None:
    said = diff(*arguments)
    assert said.exit_code == 2
    assert sentence in said.output


def test_a_file_that_is_no_recording_is_exit_code_2_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text("none")
    said = diff(REAL, "--against", str(tmp_path / "a.har"))
    assert said.exit_code == 2
    assert "a.har" in said.output


def test_a_recording_of_today_is_compared_with_both_editions(tmp_path: Path) -> None:
    """What 2026-08 shows is drift from 2019-07, and none from itself."""
    show, sets = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1", NEW.examples["show-policy-set"]
    path = str(har(tmp_path / "session.har", entry("GET", show, 200, sets["answers"]["200"])))
    beyond = json.loads(diff(REAL, "--against", path, "--format", "json").stdout)["differences"]
    assert ("addition", "policy-sets", "attributes.kind") in {
        (one["effect"], one["subject"], one["place"]) for one in beyond
    }
    assert json.loads(diff("2026-08", "--against", path, "--format", "json").stdout) == {
        "from": "2026-08",
        "to": "session.har",
        "differences": [],
    }


def test_the_changelog_has_a_heading_once() -> None:
    headings = [line for line in diff(REAL, NEW.name).stdout.splitlines() if line.startswith("## ")]
    assert len(headings) == len(set(headings)) > 100


def test_a_terminal_shows_the_changelog_of_an_edition_without_signs_of_escape() -> None:
    text = diff(REAL, NEW.name).stdout
    assert (
        "- *addition*: new: GET `/api/v2/organizations/{organization_name}/agent-pools`\n" in text
    )
    assert "\\_" not in text
    assert "\\[" not in text


@given(st.text("`*_[]()<>|#&~/{}@$!\\ab;, \n\u202e", max_size=30))
@for_example("`` ` ``` x `")
@for_example("`[a](x)`")
@for_example("[a](https://here.example) <b> ![c](d) &amp; @ann **x**")
def test_nothing_that_a_recording_holds_is_read_as_markdown(said: str) -> None:
    one = Difference("addition", said, said, said)
    read = MarkdownIt("commonmark").parse(markdown(said, [one]))
    inline = [child.type for token in read for child in token.children or ()]
    assert set(inline) <= {"text", "code_inline", "em_open", "em_close"}
    assert inline.count("em_open") == 1
    assert [token.tag for token in read if token.type == "heading_open"] == ["h1", "h2"]
    assert [token.type for token in read].count("list_item_open") == 1
