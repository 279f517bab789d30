"""A run that does not use the plugin does not pay for it, and loses no line of coverage."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ALONE = [f"-pno:{n}" for n in ("asyncio", "randomly", "xdist", "flask", "anyio", "schemathesis")]
ALONE += ["-pno:hypothesispytest", "-pno:cacheprovider", "-pno:xdist.looponfail"]
AFTER = """
import json, sys

def pytest_unconfigure(config):
    found = sorted(name for name in sys.modules if name.partition(".")[0] in %r)
    print("FOUND " + json.dumps(found))
"""
OURS = ("mockserver", "flask", "werkzeug", "jsonschema", "jsonschema_rs", "rpds", "cheroot")


def imported(path: Path, test: str) -> list[str]:
    """Our modules and what they need, as far as a run of that test has imported them."""
    path.joinpath("conftest.py").write_text(AFTER % (OURS,))
    path.joinpath("test_it.py").write_text(test)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *ALONE],
        cwd=path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: list[str] = json.loads(done.stdout.partition("FOUND ")[2].splitlines()[0])
    return found


def test_a_run_that_does_not_use_it_imports_nothing_but_the_plugin(tmp_path: Path) -> None:
    assert imported(tmp_path, "def test_it(): pass") == [
        "mockserver",
        "mockserver.pytest_plugin",
        "mockserver.version",
    ]


def test_a_run_that_uses_it_imports_what_it_needs_then(tmp_path: Path) -> None:
    found = imported(tmp_path, "def test_it(tfe): assert tfe.state()")
    assert "mockserver.client.handle" in found
    assert "mockserver.cli" not in found


def test_the_plugin_imports_nothing_that_pytest_has_not_imported(tmp_path: Path) -> None:
    script = (
        "import sys, pytest; before = set(sys.modules); import mockserver.pytest_plugin;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == (
        "['mockserver', 'mockserver.pytest_plugin', 'mockserver.version']"
    )


def test_switched_off_it_is_not_there(tmp_path: Path) -> None:
    assert (
        subprocess.run(
            [sys.executable, "-m", "pytest", "-pno:tfe_mockserver", "--fixtures", *ALONE],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout.count("tfe_server")
        == 0
    )


@pytest.mark.slow
def test_coverage_loses_no_line_of_what_a_test_uses(pytester: pytest.Pytester) -> None:
    """What the plugin imports late is measured; an early import would be before coverage."""
    pytester.makepyfile("def test_it(tfe): tfe.journal.not_called('delete-policy')")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "coverage", "run", "--source=mockserver.client"),
            *("-m", "pytest", *ALONE),
        ],
        cwd=pytester.path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "-o", "-"],
        cwd=pytester.path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    files = json.loads(shown.stdout[shown.stdout.index("{") :])["files"]
    (journal,) = (report for name, report in files.items() if name.endswith("client/journal.py"))
    source = Path(pytest.importorskip("mockserver.client.journal").__file__).read_text()
    first = source.splitlines().index("class JournalReader:") + 1
    assert first in journal["executed_lines"]  # the class statement itself was measured
