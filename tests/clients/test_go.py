"""The vendor's Go client of 2019 and of 2026, each against a world of its edition.

`go/` is a module of its own: the client of 2019 stands there under another name, for it has the same
module path as today's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import mockserver

MODULE = Path(__file__).parent / "go"


@pytest.mark.go
def test_go_tfe_of_2019_and_of_2026_is_answered_by_its_edition() -> None:
    go = shutil.which("go")
    assert go, "go is not installed"
    with (
        mockserver.universe(edition="2019-07", fixture="empty") as old,
        mockserver.universe(edition="2026-08", fixture="empty") as today,
    ):
        done = subprocess.run(
            [go, "test", "-count=1", "-v", "./..."],
            cwd=MODULE,
            env={
                **os.environ,
                "ADDRESS_2019": old.url,
                "TOKEN_2019": old.token,
                "ADDRESS_2026": today.url,
                "TOKEN_2026": today.token,
            },
            capture_output=True,
            text=True,
            timeout=600,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall("^--- PASS: Test", done.stdout, re.M)) == 9
