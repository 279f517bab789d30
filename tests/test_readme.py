"""The README is held to what it says: every snippet runs, every table is what the command prints."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mockserver
from mockserver.pipeline.server import fixture_for

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)


def between(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", TEXT, re.S)
    assert found, f"the README has no <!-- {mark} -->"
    return found[1].strip()


def test_the_shell_snippets_run_as_they_stand(tmp_path: Path) -> None:
    shell = [block for block in blocks("sh") if "make serve" not in block]
    assert len(shell) == 2
    with mockserver.universe(fixture="documented", key="test-token") as tfe:
        script = "set -e\n" + "\n".join(shell)
        script = script.replace("http://127.0.0.1:8080", tfe.url).replace("/tmp/", f"{tmp_path}/")
        done = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True
        )
        said = done.stdout
        tfe_names = [*re.findall(r'"name":"(\w+)"', said)]
    assert "production" in tfe_names
    assert "staging" in tfe_names
    shown = json.loads(blocks("json")[0])
    assert json.dumps(shown, separators=(",", ":")) in said


def test_the_curl_lines_change_the_world_as_the_comments_say() -> None:
    with mockserver.universe(fixture="documented", key="test-token") as tfe:
        shell = blocks("sh")[1].replace("http://127.0.0.1:8080", tfe.url)
        without_reset = shell.rsplit("\n", 2)[0]
        script = "set -e\n" + without_reset
        subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=True)
        tfe.journal.in_order(
            "list-policy-sets",
            "create-policy-set",
            "add-policies-to-policy-set",
            "update-policy-set",
            "delete-policy-set",
        )
        assert {exchange.status for exchange in tfe.journal} <= {200, 201, 204}


def test_the_python_snippets_run_as_they_stand(pytester: pytest.Pytester) -> None:
    tests = [block for block in blocks("python") if "def test_" in block]
    assert len(tests) == 3
    for at, block in enumerate(tests):
        pytester.makepyfile(**{f"test_readme_{at}": block})
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=4)
    for block in blocks("python"):
        if "def test_" not in block:
            subprocess.run([sys.executable, "-c", block], check=True, timeout=60)


def test_the_fixture_in_the_readme_makes_a_world() -> None:
    document = json.loads(blocks("json")[1])
    with mockserver.universe(fixture=fixture_for("2019-07", document)) as tfe:
        token = tfe.tokens["eve"]
        answer = tfe.client.get(
            "/api/v2/organizations/acme/policy-sets", headers={"Authorization": f"Bearer {token}"}
        )
    assert answer.json["data"][0]["attributes"]["name"] == "production"


def test_the_operations_in_the_readme_are_those_that_are_served() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mockserver", "operations", "--format", "markdown"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert between("operations") == done.stdout.strip()


def test_every_command_in_the_readme_has_the_options_that_it_is_given() -> None:
    """Those that need a server elsewhere or a recording are run by tests/verify."""
    from mockserver.cli import main

    lines = [
        line.split(" > ")[0].split(" | ")[0].split("  #")[0]
        for block in [*blocks("sh"), *blocks("console")]
        for part in block.splitlines()
        for line in part.split(" && ")
        if line.startswith("mockserver ")
    ]
    assert len(lines) >= 8
    for line in lines:
        _, name, *words = line.split()
        options = {option for param in main.commands[name].params for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_the_faults_in_the_readme_are_those_that_there_are() -> None:
    from mockserver.world.faults import WHAT

    assert between("faults").splitlines() == [
        f"| `{name}` | {what} |" for name, what in WHAT.items()
    ]
