"""What is installed is what lies in the folders."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import mockserver
from mockserver.contract.files import folder
from mockserver.resources import kinds

KINDS = kinds("2019-07")

ROOT = Path(__file__).parents[1]


def test_every_package_of_the_tree_is_listed_in_setup_cfg() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "mockserver").rglob("__init__.py")
    }
    assert listed == found | {"mockserver.contracts", "mockserver.fixtures"}


@pytest.mark.slow
def test_a_wheel_of_a_checkout_has_nothing_of_an_earlier_build_and_leaves_none(
    tmp_path: Path,
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("mockserver", "contracts", "fixtures"):
        shutil.copytree(ROOT / name, source / name)
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    before = {path.name for path in source.iterdir()}
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path]
    subprocess.run([*wheel, source], check=True, timeout=120)
    assert {path.name for path in source.iterdir()} - before == {"tfe_mockserver.egg-info"}

    gone = source / "build" / "lib" / "mockserver" / "resources" / "gone.py"
    gone.parent.mkdir(parents=True)
    gone.write_text("")
    subprocess.run([*wheel, source], check=True, timeout=120)
    (made,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(made) as archive:
        assert "mockserver/resources/policy_sets.py" in archive.namelist()
        assert "mockserver/resources/gone.py" not in archive.namelist()


def test_the_data_is_found_from_wherever_the_package_runs() -> None:
    assert (folder("contracts") / "2019-07" / "edition.json").is_file()
    assert (folder("fixtures") / "2019-07.schema.json").is_file()


def test_the_changelog_names_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in changelog or f"## [{mockserver.__version__}]" in changelog


def test_whoever_copies_an_address_of_this_repository_gets_the_version_that_the_text_is_of() -> (
    None
):
    """A git reference (`tfe-mockserver.git@…`, `uses: OWNER/tfe-mockserver@…`) is a tag of that release."""
    texts = [
        path
        for place in (ROOT, ROOT / "docs", ROOT / "examples" / "ci")
        for path in sorted(place.iterdir())
        if path.suffix in (".md", ".yml") and path.name != "CHANGELOG.md"
    ]
    named = {
        f"{path.relative_to(ROOT)}: {reference}"
        for path in texts
        for reference in re.findall(
            r"tfe-mockserver(?:\.git)?@([\w.-]*\w)", path.read_text(encoding="utf-8")
        )
    }
    where = (
        "README.md",
        "docs/ci.md",
        "examples/ci/github-actions.yml",
        "examples/ci/gitlab-ci.yml",
    )
    assert named == {f"{name}: v{mockserver.__version__}" for name in where}


def test_only_the_clock_asks_for_the_time_of_day_and_only_ids_make_ids() -> None:
    """Monotonic time is for latency and rates; the time of day is the world's.

    The run id of `verify` is of no world: it must differ from run to run on a server of others. A key
    that the server makes is drawn, for whoever shares a seed could compute it (`world/ids.py`).
    """
    wall = re.compile(
        r"datetime\.now|time\.time\(|date\.today|(import|from) uuid|uuid\d|import secrets|random\.(?!Random)"
    )
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "mockserver").rglob("*.py")
        if wall.search(path.read_text(encoding="utf-8"))
    }
    known = {"mockserver/world/clock.py", "mockserver/world/ids.py", "mockserver/cli/verifying.py"}
    assert found == known


def test_no_resource_type_is_named_outside_its_rooms() -> None:
    """Access, seeding and verification walk the kinds; comments and docstrings may give examples.

    `effective_policies` of the handle reads the answer of the control plane that bears that name.
    """
    found = {
        f"{path.relative_to(ROOT)}: {node.value}"
        for path in (ROOT / "mockserver").rglob("*.py")
        if not {"resources", "scenarios"} & set(path.relative_to(ROOT).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in KINDS
    }
    assert found == {"mockserver/client/handle.py: policies"}
