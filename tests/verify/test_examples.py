"""The commands of `examples/ci` are run here as they stand there, against our own server."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.contract import load
from mockserver.web.serving import LiveServer
from tests.verify.playing import TOKEN, server

CI = Path(__file__).parents[2] / "examples" / "ci"
FILES = sorted(CI.glob("*.yml"))


def commands(text: str, program: str) -> list[str]:
    """The shell commands of a workflow that begin with a program, wherever they stand in it."""
    return [said for said in _texts(yaml.safe_load(text)) if said.startswith(f"{program} ")]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def test_both_services_have_an_example() -> None:
    assert [path.name for path in FILES] == ["github-actions.yml", "gitlab-ci.yml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_an_example_verifies_conforms(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = commands(path.read_text(), "mockserver")
    assert len(found) == 1
    monkeypatch.chdir(tmp_path)
    with LiveServer(server()) as live:
        environment = {
            "TFE_ADDRESS": live.url,
            "TFE_TOKEN": TOKEN,
            "TFE_ORGANIZATION": "my-organization",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        }
        words = shlex.split(found[0].replace("$TFE_ORGANIZATION", "my-organization"))
        words += ["--operation", "create-policy"]  # that all conforms, `test_command` shows
        done = CliRunner().invoke(main, words[1:], env=environment)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "contract.xml").exists()
    assert (tmp_path / "contract.html").exists()
    if path.stem == "github-actions":
        assert (tmp_path / "contract.sarif").exists()
        assert "conforms to 2019-07" in (tmp_path / "summary.md").read_text()


@pytest.mark.slow
def test_the_example_of_the_plugin_runs(tmp_path: Path) -> None:
    (found,) = commands((CI / "github-actions.yml").read_text(), "pytest")
    (tmp_path / "test_it.py").write_text(
        "def test_it(tfe):\n    assert tfe.client.get('/api/v2/organizations').status_code == 200\n"
    )
    quiet = ["-p", "no:randomly", "-p", "no:schemathesis", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(found), *quiet],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"1 of {len(load('2019-07').operations)} operations" in done.stdout
    assert "list-organizations" in (tmp_path / "coverage.html").read_text()
