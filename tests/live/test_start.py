"""What a server needs before it can answer."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from mockserver.contract.files import folder
from mockserver.pipeline.server import Server
from mockserver.web.serving import LiveServer


def test_serve_starts_without_flask() -> None:
    code = (
        "import sys, mockserver.cli.serving, mockserver.pipeline.server, mockserver.web.serving\n"
        "print(sorted({n.partition('.')[0] for n in sys.modules} & {'flask', 'werkzeug', 'jinja2'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", ["/", "/nope"])
def test_flask_answers_what_is_neither_api_nor_control_plane(path: str) -> None:
    server = Server()
    server.universe(key="k", fixture="empty")
    with LiveServer(server) as live:
        request = urllib.request.Request(live.url + path, headers={"Authorization": "Bearer k"})
        if path == "/":
            assert urllib.request.urlopen(request).status == 200
        else:
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(request)


READ = """
import collections, sys

opened = collections.Counter()

def seen(event, args):
    if event == "open" and isinstance(args[0], str) and "contracts" in args[0]:
        opened[args[0]] += 1

sys.addaudithook(seen)
import mockserver

def of(edition):
    return [times for path, times in opened.items() if edition in path]

ORG = "/api/v2/organizations/my-organization"
with mockserver.universe() as tfe:
    made = {"data": {"type": "workspaces", "attributes": {"name": "new"}}}
    assert tfe.client.get(f"{ORG}/policy-sets").status_code == 200
    assert tfe.client.post(f"{ORG}/workspaces", json=made).status_code == 201
    assert tfe.client.get("/api/v2/workspaces/ws-none").status_code == 404
    for part in ("state", "journal", "coverage", "openapi.json", "effective-policies"):
        assert tfe.client.get(f"/_mock/{part}").status_code == 200
    print(len(of("2019-07")), len(of("2026-08")))
    for _ in range(2):
        key = tfe.client.post("/_mock/universes", json={"edition": "2026-08"}).json["key"]
        tfe.client.delete("/_mock/universe", headers={"Authorization": f"Bearer {key}"})
    print(len(of("2026-08")), *set(of("2026-08")))
"""


def test_an_edition_is_read_when_a_world_first_asks_for_it_and_once() -> None:
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)
    before, after = (line.split() for line in done.stdout.splitlines())
    pages = len([*(folder("contracts") / "2026-08").glob("*.json")])
    assert int(before[0]) > 10
    assert before[1] == "0"
    assert after == [str(pages), "1"]
