"""What a server needs before it can answer."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request

import pytest

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
