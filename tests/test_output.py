"""What commands print survives its terminal: its encoding, its width, and its end."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

import mockserver
from mockserver.cli import run
from mockserver.reports.columns import columns

COMMAND = [sys.executable, "-m", "mockserver"]
NAME = "zoë-日本-😀"
"""A name of which cp1252 has one letter that ASCII lacks, and neither has the others."""
ENCODINGS = ["cp1252", "ascii"]


@pytest.fixture
def fixture(tmp_path: Path) -> str:
    """A world with a team of that name, as a file."""
    world: Any = {
        "organizations": [
            {"name": "acme", "teams": [{"name": NAME}], "policies": [{"name": "tags", "description": NAME}]}
        ]
    }  # fmt: skip
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world), encoding="utf-8")
    return str(file)


class Printed:
    """A command in this process, its streams of an encoding: exit code and all that it prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, encoding: str, *words: str) -> tuple[int, str]:
        written = io.BytesIO()
        for name in ("stdout", "stderr"):
            stream = io.TextIOWrapper(written, encoding=encoding, write_through=True)
            self._monkeypatch.setattr(sys, name, stream)
        self._monkeypatch.setattr(sys, "argv", ["mockserver", *words])
        with pytest.raises(SystemExit) as ended:
            run()
        return int(ended.value.code or 0), written.getvalue().decode(encoding)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    return Printed(monkeypatch)


def escaped(encoding: str) -> str:
    return NAME.encode(encoding, "backslashreplace").decode(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_table_escapes_what_the_encoding_lacks(
    encoding: str, fixture: str, printed: Printed
) -> None:
    code, text = printed(encoding, "who", "--fixture", fixture)
    assert code == 0
    assert f"team acme/{escaped(encoding)}" in text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_error_escapes_what_the_encoding_lacks(encoding: str, printed: Printed) -> None:
    code, text = printed(encoding, "who", "--edition", NAME)
    assert code == 2
    assert escaped(encoding) in text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_usage_error_of_the_parser_escapes_too(encoding: str, printed: Printed) -> None:
    code, text = printed(encoding, "serve", "--port", NAME)
    assert code == 2
    assert escaped(encoding) in text


@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-8"])
def test_json_is_still_json(encoding: str, fixture: str, printed: Printed) -> None:
    code, text = printed(encoding, "who", "--fixture", fixture, "--format", "json")
    assert code == 0
    assert f"team acme/{NAME}" in next(iter(json.loads(text).values()))
    assert (NAME in text) is (encoding == "utf-8")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_findings_escape_what_the_encoding_lacks(
    encoding: str, tmp_path: Path, printed: Printed
) -> None:
    with mockserver.universe(key="k") as tfe:
        tfe.client.get("/api/v2/organizations/my-organization/policies")
        exchanges = json.loads(tfe.journal.to_json())
    exchanges[0]["response"]["data"][0]["attributes"]["policy-set-count"] = NAME
    (tmp_path / "journal.json").write_text(json.dumps(exchanges), encoding="utf-8")
    code, text = printed(encoding, "verify", "--journal", str(tmp_path / "journal.json"))
    assert code == 1
    assert escaped(encoding) in text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_log_of_the_server_escapes_what_the_encoding_lacks(encoding: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout
    try:
        found = re.search(rb"http://[\d.:]+", process.stdout.readline())
        assert found
        path = f"/api/v2/organizations/{urllib.parse.quote(NAME)}"
        asked = urllib.request.Request(
            found[0].decode() + path, headers={"Authorization": "Bearer test-token"}
        )
        with pytest.raises(HTTPError, match="404"):
            urllib.request.urlopen(asked, timeout=30)
    finally:
        process.send_signal(signal.SIGTERM)
        log = process.stdout.read().decode(encoding)
        process.stdout.close()
        process.wait(30)
    assert "404 GET /api/v2/organizations/" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("words", ["who", "openapi", "--help"])
def test_a_reader_who_goes_early_meets_no_traceback(words: str) -> None:
    with subprocess.Popen(
        [*COMMAND, words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""


def test_reports_are_written_and_the_exit_code_is_right_when_the_reader_has_gone(
    tmp_path: Path,
) -> None:
    with mockserver.universe(key="k") as tfe:
        tfe.client.get("/api/v2/organizations")
        (tmp_path / "journal.json").write_text(tfe.journal.to_json(), encoding="utf-8")
    words = ["verify", "--journal", "journal.json", "--report", "json=report.json"]
    with subprocess.Popen(
        [*COMMAND, *words, "--coverage"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))


def test_a_full_disk_is_one_sentence() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, "openapi"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == "Error: cannot print: No space left on device\n"


# the width

ROWS = [
    ["operation", "user admin", "team acme/platform-engineering", "team acme/security"],
    ["create-policy-set", "yes", "some 1/3", "no"],
]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_a_table_folds_to_the_width_and_loses_no_letter(width: int) -> None:
    lines = columns(ROWS, width).splitlines()
    assert max(map(len, lines)) <= width
    letters = sorted("".join("".join(row) for row in ROWS).replace(" ", ""))
    assert sorted("".join(lines).replace(" ", "")) == letters


def test_a_table_that_no_terminal_shows_is_a_line_a_row() -> None:
    assert columns(ROWS) == (
        "operation          user admin  team acme/platform-engineering  team acme/security\n"
        "create-policy-set  yes         some 1/3                        no"
    )


def test_the_matrix_fits_a_terminal_of_eighty_columns() -> None:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "who"], stdout=child, env={**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    )
    os.close(child)
    read = b""
    while chunk := _read(parent):
        read += chunk
    os.close(parent)
    assert process.wait(30) == 0
    lines = read.decode().splitlines()
    assert len(lines) > 60
    assert max(map(len, lines)) <= 80


def _read(number: int) -> bytes:
    """What a terminal gives; on Linux its end is an error."""
    try:
        return os.read(number, 65536)
    except OSError:
        return b""
