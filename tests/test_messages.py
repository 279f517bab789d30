"""Messages are sentences in plain English, and all of them can be read in one file."""

from __future__ import annotations

import re

import pytest

from mockserver.nearest import did_you_mean, either, singular, there_is_no
from tests.message_templates import templates, written

STILTED = {
    "a plural type where one thing is meant": r"\bno (organizations|policies|policy-sets|workspaces|users|teams) ['<]",
    "is no X": r"\bis no (JSON|integer|timestamp|key|URL|path|text|version)\b",
    "stands": r"\bstands twice\b",
    "any more, in brackets": r"\(any more\)",
    "a universe, which only names of the API say": r"(?<![/_])\b[Uu]niverses?\b(?![.)])",
    "a value as expectation": r"nothing here",
}


@pytest.fixture(scope="module")
def text() -> str:
    return written()


def test_no_message_is_written_in_a_form_that_reads_badly(text: str) -> None:
    bad = [
        (name, line)
        for name, form in STILTED.items()
        for line in text.splitlines()
        if re.search(form, line)
    ]
    assert bad == []


def test_the_text_has_every_module_with_messages_and_no_docstring(text: str) -> None:
    assert text.count("\n# mockserver/") > 100
    assert "There is no <what> named 'nope'. <did_you_mean(name, known, cutoff)>" in text
    assert "The one way to find it" not in text
    assert len(text.splitlines()) > 1000


@pytest.mark.parametrize(
    ("type", "one"),
    [
        ("policies", "policy"),
        ("policy-sets", "policy set"),
        ("organizations", "organization"),
        ("ssh-keys", "SSH key"),
        ("oauth-tokens", "OAuth token"),
    ],
)
def test_one_of_a_type_is_said_in_the_singular(type: str, one: str) -> None:
    assert singular(type) == one


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    said = "There is no organization named 'nope'. Did you mean 'nops'? There are: acme, nops."
    assert there_is_no("organization", "nope", ["acme", "nops"]) == said
    assert did_you_mean("zzz", ["acme"]) == "There are: acme."
    assert did_you_mean("zzz", []) == "There are none."


def test_of_many_names_the_three_nearest_are_told_or_some() -> None:
    many = [f"workspace-{number}" for number in range(100)]
    assert did_you_mean("workspace-1x", many).count("'workspace-") == 3
    assert did_you_mean("zzz", many).startswith("Some of them: workspace-0, workspace-1, ")
    assert either(["a", "b", "c"]) == "a, b or c"


def test_templates_are_found_in_raised_texts(tmp_path) -> None:  # type: ignore[no-untyped-def]
    module = tmp_path / "module.py"
    module.write_text(
        '"""A docstring of words."""\nraise ValueError(f"there is no {name!r} here")\n',
        encoding="utf-8",
    )
    assert list(templates(module)) == [(2, "there is no 'nope' here")]
