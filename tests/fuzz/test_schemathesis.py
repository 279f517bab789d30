"""Schemathesis, which knows nothing of us, against a live server: no answer is undocumented.

Marked `schemathesis`: about a minute. Its command line runs all its phases over the document that
the server itself serves; the world is as new for each of its requests, so that each may find
something to read or to break.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sweeps import EDITIONS, example, success

from mockserver.contract import Edition
from mockserver.contract.routes import routes
from mockserver.web.serving import LiveServer
from mockserver.web.testing import Live

pytestmark = pytest.mark.schemathesis

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@dataclass
class Renewed:
    """A WSGI application before ours that makes the world new and counts what is answered."""

    inner: Any
    universe: Any
    edition: Edition
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __call__(self, environ: Any, start: Any) -> Any:
        self.universe.reset()
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        operation = routes(self.edition).match(environ["REQUEST_METHOD"], path).operation

        def counted(status: str, *rest: Any) -> Any:
            if operation is not None:
                self.seen[operation.id, int(status[:3])] += 1
            return start(status, *rest)

        return self.inner(environ, counted)


@pytest.fixture(params=EDITIONS, ids=lambda edition: edition.name)
def renewed(request: pytest.FixtureRequest) -> Iterator[tuple[Renewed, str]]:
    """The documented world of an edition on a socket, and where."""
    edition = request.param
    with Live() as live:
        universe = live.server.universe(
            key="test-token", edition=edition.name, fixture="documented"
        )
        front = Renewed(live.app.wsgi_app, universe, edition)
        with LiveServer(front) as served:  # as any WSGI application: behind the door, in threads
            yield front, served.url
        assert universe.journal.breaches == []


def written(edition: Edition, folder: Path) -> Path:
    """A configuration in which parameters that must be sent are those of our examples."""
    lines = ["[phases.stateful]", "enabled = false"]
    for operation in edition.operations.values():
        shown = example(operation)
        given = {f"path.{name}": shown["path"][name] for name in operation.records}
        for name, parameter in operation.parameters.items():
            if parameter.get("required"):
                given[f"query.{name}"] = shown["query"][name]
        if given:
            parts = ", ".join(f"{json.dumps(n)} = {json.dumps(v)}" for n, v in given.items())
            lines += [
                "[[operations]]",
                f"include-operation-id = {json.dumps(operation.id)}",
                f"parameters = {{ {parts} }}",
            ]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("known", [True, False], ids=["ids that exist", "ids it makes up"])
def test_schemathesis_finds_no_answer_that_is_not_documented(
    renewed: tuple[Renewed, str], known: bool, tmp_path: Path
) -> None:
    front, url = renewed
    name = front.edition.name
    config = ["--config-file", str(written(front.edition, tmp_path))] if known else []
    command = [
        sys.executable, "-m", "schemathesis.cli", *config, "run",
        f"{url}/_mock/openapi.json?edition={name}", "--url", url,
        "--header", "Authorization: Bearer test-token", "--checks", ",".join(CHECKS),
        "--phases", "examples,coverage,fuzzing" if known else "fuzzing", "--max-examples", "5",
        "--seed", "1", "--no-shrink", "--warnings", "off", "--no-color",
        "--report-dir", str(tmp_path / "report"),
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    met = {id for id, _ in front.seen}
    assert met == set(front.edition.operations), "operations that were not tried"
    if known:
        answered = {id for id, status in front.seen if status < 300}
        missing = set(front.edition.operations) - answered
        assert missing <= NEVER, f"never answered with success: {sorted(missing)}"
        for operation in front.edition.operations.values():
            assert front.seen[operation.id, success(operation)] or operation.id in NEVER


NEVER = {"unlock-workspace", "force-unlock-workspace", "upload-policy-set-versions"}
"""What a world as new refuses: only what is locked can be unlocked, and an upload needs an archive and
the URL that the create has shown."""
