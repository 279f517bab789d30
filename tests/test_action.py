"""`action.yml`: three lines of a workflow; its script runs here as GitHub runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import mockserver

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEP: dict[str, Any] = ACTION["runs"]["steps"][-1]
EXPRESSION = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")


def ran(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's step with these inputs; an input that is not given has its default."""
    given = {
        name: inputs.get(name, about.get("default", "")) for name, about in ACTION["inputs"].items()
    }
    variables = {
        name: EXPRESSION.sub(lambda found: given[found[1]], text)
        for name, text in STEP["env"].items()
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", STEP["run"]],
        cwd=folder,
        env={**os.environ, **variables, "PATH": path, "GITHUB_ACTION_PATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_it_verifies_a_server_and_writes_the_reports(tmp_path: Path) -> None:
    with mockserver.universe(fixture={"organizations": [{"name": "ci"}]}) as tfe:
        done = ran(
            tmp_path,
            url=tfe.url,
            organization="ci",
            token=tfe.token,
            report="github json=contract.json junit=contract.xml",
            options="--no-organizations --operation create-policy",
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "conforms to 2019-07" in done.stdout
    assert json.loads((tmp_path / "contract.json").read_text(encoding="utf-8"))
    assert (tmp_path / "contract.xml").exists()


def test_its_exit_code_is_that_of_verify(tmp_path: Path) -> None:
    with mockserver.universe(fixture="empty") as tfe:
        done = ran(tmp_path, url=tfe.url, organization="nowhere", token=tfe.token, report="")
    assert done.returncode == 2
    assert "There is no organization named 'nowhere'" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["url", "organization", "token", "report", "options"])
def test_an_input_is_never_run_by_the_shell(tmp_path: Path, name: str) -> None:
    evil = "$(touch hacked)`touch hacked`;touch hacked;\"'&touch hacked"
    given = {"url": "http://127.0.0.1:1", "organization": "ci", "token": "t", "report": ""}
    done = ran(tmp_path, **{**given, name: evil})
    assert done.returncode in (1, 2, 3)
    assert list(tmp_path.iterdir()) == []


def test_no_expression_stands_in_the_text_of_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    used = {found for text in STEP["env"].values() for found in EXPRESSION.findall(text)}
    assert used == set(ACTION["inputs"])


def test_the_script_installs_the_checkout_where_there_is_no_command() -> None:
    script = (ROOT / ".ci" / "action").read_text(encoding="utf-8")
    assert 'pip install --quiet --disable-pip-version-check "$source"' in script
    assert os.access(ROOT / ".ci" / "action", os.X_OK)
