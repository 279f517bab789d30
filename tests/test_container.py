"""The Dockerfile's own steps, without an engine: its arguments, its user, its health check."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from mockserver.cli import main

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "container.md").read_text(encoding="utf-8")
NOBODY = 65534
STRANGER = 54321
"""A user id that no system has."""


def words(instruction: str) -> list[str]:
    """The words of an instruction in its JSON form."""
    found = re.search(rf"^{instruction}(?: .*\\\n  CMD)? (\[.*\])$", DOCKERFILE, re.M)
    assert found
    said: list[str] = json.loads(found[1])
    return said


@contextmanager
def container(
    folder: Path,
    *words_: str,
    environment: Mapping[str, str] = {},
    python: str = sys.executable,
    user: int | None = None,
) -> Iterator[str]:
    """What the entry point starts, in a folder that nobody writes to, perhaps as a user; its URL."""
    folder.chmod(0o555)
    program, *entry = words("ENTRYPOINT")
    assert program == "mockserver"
    entry[entry.index("--port") + 1] = "0"
    process = subprocess.Popen(
        [python, "-B", "-m", program, *entry, *words_],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1", **environment},
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, line
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(30)


def status(url: str, token: str = "test-token", host: str = "tfe:8080") -> int:
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}", "Host": host})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def healthy(url: str) -> None:
    """Raises where the health check of the image fails."""
    health = [part.replace("http://127.0.0.1:8080", url) for part in words("HEALTHCHECK")]
    assert health[0] == "python"
    subprocess.run([sys.executable, *health[1:]], check=True, timeout=60)


def test_it_serves_from_a_folder_that_cannot_be_written_and_is_healthy(tmp_path: Path) -> None:
    with container(tmp_path, "--insecure") as url:
        assert status(f"{url}/api/v2/organizations") == 200
        healthy(url)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_installed_by_the_systems_python_it_serves_as_any_user() -> None:
    """As the image does; wants root, to become another user."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        subprocess.run(["/usr/bin/python3", "-m", "venv", "v"], cwd=folder, check=True, timeout=120)
        python = str(folder / "v" / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ROOT]
        subprocess.run(install, check=True, timeout=300)
        for user in (NOBODY, STRANGER):
            place = folder / str(user)
            place.mkdir()
            with container(place, "--insecure", python=python, user=user) as url:
                assert status(f"{url}/api/v2/organizations") == 200
                healthy(url)
            assert list(place.iterdir()) == []


def test_the_health_check_fails_where_nothing_answers() -> None:
    health = [part.replace(":8080", ":1") for part in words("HEALTHCHECK")[1:]]
    done = subprocess.run([sys.executable, *health], capture_output=True, timeout=60)
    assert done.returncode != 0


def test_it_wants_a_control_token_or_the_word_insecure() -> None:
    entry = [*words("ENTRYPOINT")[1:]]
    done = subprocess.run(
        [sys.executable, "-m", "mockserver", *entry], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "--control-token" in done.stderr
    assert "--insecure" in done.stderr


def test_insecure_answers_any_name_and_no_page_of_another_site(tmp_path: Path) -> None:
    with container(tmp_path, "--insecure") as url:
        assert status(f"{url}/api/v2/organizations", host="tfe.some.network") == 200
        asked = urllib.request.Request(
            f"{url}/api/v2/organizations", headers={"Origin": "https://evil.example"}
        )
        with pytest.raises(urllib.error.HTTPError, match="400") as refused:
            urllib.request.urlopen(asked, timeout=30)
        refused.value.close()


def configurations() -> list[dict[str, object]]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)]


def test_the_configurations_of_the_page_start_it_as_they_say(tmp_path: Path) -> None:
    github, gitlab = configurations()
    service = github["jobs"]["test"]["services"]["tfe"]  # type: ignore[index]
    tested = gitlab["test"]
    for place, (said, environment) in enumerate(
        [([], service["env"]), (tested["services"][0]["command"], {})]  # type: ignore[index]
    ):
        folder = tmp_path / str(place)
        folder.mkdir()
        with container(folder, *said, environment=environment) as url:
            assert status(f"{url}/api/v2/organizations") == 200


def test_every_option_has_a_variable() -> None:
    assert main.context_settings["auto_envvar_prefix"] == "MOCKSERVER"


def test_the_image_has_what_the_package_is_built_from_and_nothing_else() -> None:
    kept = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    assert kept == {
        "mockserver", "contracts", "fixtures", "pyproject.toml", "setup.cfg", "README.md", "LICENSE",
    }  # fmt: skip
    assert all((ROOT / name).exists() for name in kept)
    assert re.search(r"^USER \d+:\d+$", DOCKERFILE, re.M)
