"""Prism serves the assembled document as it is, and answers from our examples.

Marked `node`: it installs @stoplight/prism-cli into a temporary folder. Where there is no Node it is
skipped; where there is one and Prism cannot be had, it fails.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sweeps import EDITIONS, OPERATIONS, cases, example, success

from mockserver.contract import Operation

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(shutil.which("node") is None, reason="no Node here"),
]
PACKAGE = "@stoplight/prism-cli@5"


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command; PRISM may name one that is installed already."""
    if "PRISM" in os.environ:
        return Path(os.environ["PRISM"])
    folder = tmp_path_factory.mktemp("prism")
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.fail(f"{PACKAGE} cannot be installed:\n{done.stdout}{done.stderr}", pytrace=False)
    return folder / "node_modules" / ".bin" / "prism"


@pytest.fixture(scope="module", params=EDITIONS, ids=lambda edition: edition.name)
def served(
    request: pytest.FixtureRequest, prism: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """An edition's document, served; its name, and where."""
    folder = tmp_path_factory.mktemp("served")
    document, log = folder / "openapi.json", folder / "log"
    document.write_text(json.dumps(request.param.openapi()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(prism), "mock", "--host", "127.0.0.1", "--port", str(port), str(document)]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        for _ in range(300):
            if "Prism is listening" in log.read_text():
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            pytest.fail(f"Prism does not start:\n{log.read_text()}", pytrace=False)
        yield request.param.name, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def ask(url: str, operation: Operation) -> tuple[int, Any]:
    """Status and document of an operation's example, asked of Prism."""
    shown = example(operation)
    query = f"?{urlencode(shown['query'])}" if shown.get("query") else ""
    request = urllib.request.Request(
        url + operation.path.format_map(shown.get("path", {})) + query,
        headers={"Authorization": "Bearer any", "Accept": "*/*"},
        method=operation.method,
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, read(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, read(error)


def read(response: Any) -> Any:
    """A document, or a text where it is no JSON; None where there is no body."""
    body = response.read().decode()
    if "json" in response.headers.get("Content-Type", ""):
        return json.loads(body)
    return body or None


_PRISM = (
    "Prism percent-encodes the name filter[…][id] in its own copy of the document, so that it never "
    "finds this required parameter in a query (stoplightio/prism#2443)"
)
ENCODED = {"list-team-access-to-workspaces": _PRISM, "list-team-access-to-project": _PRISM}
"""What Prism refuses with our example of 422, and why that is its mistake."""
GETS = [operation for operation in OPERATIONS if operation.method == "GET"]


@pytest.mark.parametrize("operation", cases(GETS))
def test_prism_answers_every_get_with_our_example(
    served: tuple[str, str], operation: Operation
) -> None:
    edition, url = served
    if operation.edition == edition:
        status, document = ask(url, operation)
        assert status == (422 if operation.id in ENCODED else success(operation)), document
        assert document == example(operation)["answers"][str(status)]


def test_every_path_that_can_be_read_is_asked_for() -> None:
    readable = {o.path for o in OPERATIONS if o.method == "GET"}
    assert {o.path for o in GETS} == readable
    assert len(readable) > 15
