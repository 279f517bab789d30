"""The page costs nothing to who does not open it."""

from __future__ import annotations

import json
import subprocess
import sys

import flask
import pytest

from tests.page.browsing import browser

SCRIPT = """
import json, sys
from mockserver.web.app import create_app
app = create_app(key="a-key")
client = app.test_client()
before = client.get("/api/v2/organizations", headers={"Authorization": "Bearer a-key"}).status_code
def ours(): return sorted(name for name in sys.modules if name.startswith("mockserver.page"))
unopened = ours()
opened = client.get("/", headers={"Accept": "text/html"}).status_code
print(json.dumps([before, unopened, opened, ours()]))
"""


def test_its_modules_are_imported_when_it_is_opened_and_not_before() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    before, unopened, opened, loaded = json.loads(done.stdout)
    assert (before, unopened, opened) == (200, [], 200)
    assert "mockserver.page.app" in loaded


def test_its_addresses_and_templates_are_read_once_for_all_servers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert browser().get("/").status_code == 200
    monkeypatch.setattr(flask.Flask, "register_blueprint", None)
    assert browser().get("/").status_code == 200
