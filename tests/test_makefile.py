"""`make` makes a virtual environment that does not work anew, and says what takes its time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ANEW = "-m venv --clear .venv"


def plan(folder: Path, *words: str) -> str:
    """What make would do; what a make around the tests was given is not for it."""
    outside = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARGS"}
    done = subprocess.run(
        ["make", "-n", *words],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in outside},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a Makefile and an environment into which everything is installed."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "setup.cfg").touch()
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=folder, check=True, timeout=60
    )
    (folder / ".venv" / ".installed").touch()
    return folder


def test_an_environment_that_works_is_kept(checkout: Path) -> None:
    assert plan(checkout, "serve") == "exec .venv/bin/mockserver serve \n"


def test_where_there_is_none_it_is_made_and_the_first_minute_is_told(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    told = plan(checkout, "serve")
    assert ANEW in told
    assert 'echo "installing . into .venv: about a minute, once"' in told
    assert told.endswith("exec .venv/bin/mockserver serve \n")


def _python_is_gone(checkout: Path) -> Path:
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3.10")
    return checkout


def _python_is_another_version(checkout: Path) -> Path:
    """The packages lie where the Python that is there now does not look."""
    lib = next((checkout / ".venv" / "lib").iterdir())
    lib.rename(lib.with_name("python3.9"))
    return checkout


def _python_is_too_old(checkout: Path) -> Path:
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    python.chmod(0o755)
    return checkout


def _folder_was_moved(checkout: Path) -> Path:
    return checkout.rename(checkout.with_name("moved"))


@pytest.mark.parametrize(
    "broken",
    [_python_is_gone, _python_is_another_version, _python_is_too_old, _folder_was_moved],
    ids=lambda f: f.__name__.strip("_"),
)
def test_a_broken_environment_is_made_anew_and_installed_into(checkout: Path, broken) -> None:  # type: ignore[no-untyped-def]
    told = plan(broken(checkout), "serve")
    assert ANEW in told
    assert "pip install --quiet" in told


def test_a_python_that_is_too_old_is_refused_in_a_sentence(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    old = checkout / "python3"
    old.write_text(
        f"#!/bin/sh\nshift; exec {sys.executable} -c "
        "\"import sys; sys.version_info = (3, 10); sys.version = '3.10.9 (main)'; $1\"\n",
        encoding="utf-8",
    )
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "serve", f"PYTHON={old}"],
        cwd=checkout, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    said = f"{old} is Python 3.10.9; 3.11 or newer is needed. Name one: make PYTHON=python3.12"
    assert done.stderr.startswith(said)


@pytest.mark.parametrize(
    ("target", "extras"),
    [("test", ".[test]"), ("bench", ".[test,bench]"), ("lint", ".[test,dev]"), ("docs", ".[test]")],
)
def test_each_target_installs_what_it_needs(checkout: Path, target: str, extras: str) -> None:
    assert f"--editable '{extras}'" in plan(checkout, target)
