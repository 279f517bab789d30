"""CONTRIBUTING.md names files, targets, commands and markers that exist, and steps that worked."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from mockserver import cli
from mockserver.contract import load

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = sorted(
    {
        *re.findall(r"(?<![\w/.:*-])((?:[\w.-]+/)+[\w.-]+\w|[\w-]+\.(?:md|cfg))(?![\w/-])", TEXT),
        ".ci/run",
    }
    - {".venv/bin/python", ".venv/bin/mockserver", ".venv/.tested"}
)
COMMANDS = sorted(set(re.findall(r"mockserver ([a-z][a-z-]+)", TEXT)))
TARGETS = sorted(set(re.findall(r"^`?make ([\w./]+)", TEXT, re.MULTILINE)))
MARKERS = sorted(set(re.findall(r"`-m (\w+)`", TEXT)))


def test_it_names_a_number_of_things() -> None:
    assert len(FILES) > 10
    assert COMMANDS == ["fixture-schema", "openapi"]
    assert TARGETS == [".venv/.tested", "bench", "docs", "lint", "test"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_it_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_it_names_is_one(name: str) -> None:
    assert name in cli.COMMANDS


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_it_names_is_in_the_makefile(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    assert re.search(rf"^{re.escape(name)}:", makefile, re.MULTILINE)


def test_its_markers_are_those_of_the_suite() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    declared = re.findall(r"^(\w+):", config["tool:pytest"]["markers"], re.MULTILINE)
    assert sorted(declared) == MARKERS


def test_its_example_is_a_page_of_the_edition_with_six_operations() -> None:
    page = "notification-configurations"
    assert sum(o.page == page for o in load("2019-07").operations.values()) == 6


def test_it_has_five_steps() -> None:
    assert re.findall(r"^(\d)\. \*\*", TEXT, re.MULTILINE) == ["1", "2", "3", "4", "5"]
