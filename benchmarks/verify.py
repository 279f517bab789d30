"""What `mockserver verify` costs: the whole edition against a local `serve`, and a HAR of 50 MB.

    .venv/bin/python benchmarks/verify.py

`rows()` gives `(what, bar, seen)` for the table of `run.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mockserver.contract import load

MB = 1024 * 1024
TOKEN = "bench-token"
MOCKSERVER = [sys.executable, "-m", "mockserver"]
MEASURED = (
    "import re, sys; from mockserver.cli import main;\n"
    "try: main(sys.argv[1:])\n"
    "except SystemExit: pass\n"
    "print('PEAK', re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
)
"""Not `ru_maxrss`: that counts what the process was before it became Python, a fork of ours."""


def rows() -> list[tuple[str, str, str]]:
    """The two figures of the issue, each with its bar."""
    seconds, requests = whole_edition()
    taken, peak, entries = large_har()
    return [
        (
            f"`verify` of the whole edition against a local `serve` ({requests} requests)",
            "under 20 s",
            f"{seconds:.1f} s",
        ),
        (
            f"`verify --har` of 50 MB ({entries} entries), memory at most",
            "under 200 MB",
            f"{peak:.0f} MB, {taken:.1f} s",
        ),
    ]


def whole_edition() -> tuple[float, int]:
    """Seconds, start of the command included, and requests."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        server = subprocess.Popen(
            [*MOCKSERVER, "serve", "--port", "0", "--token", TOKEN, "--ready-file", str(ready)],
            stdout=subprocess.DEVNULL,
        )
        try:
            while not ready.exists() or not ready.read_text():
                time.sleep(0.05)
            url = json.loads(ready.read_text())["url"]
            began = time.perf_counter()
            done = subprocess.run(
                [*MOCKSERVER, "verify", "--url", url, "--organization", "my-organization"],
                env={**os.environ, "TFE_TOKEN": TOKEN},
                capture_output=True,
                text=True,
                check=True,
            )
            seconds = time.perf_counter() - began
        finally:
            server.terminate()
            server.wait()
    found = re.search(r"(\d+) requests", done.stdout)
    assert found, done.stdout
    return seconds, int(found[1])


def large_har() -> tuple[float, float, int]:
    """Seconds, megabytes at the peak of the whole process, and entries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.har"
        entries = write_har(path, 50 * MB)
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, "verify", "--har", str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = time.perf_counter() - began
    found = re.search(r"PEAK (\d+)", done.stdout)
    assert found, done.stdout
    assert f"{entries} exchanges" in done.stdout, done.stdout[-300:]
    return seconds, int(found[1]) / 1024, entries


def write_har(path: Path, size: int) -> int:
    """A HAR of at least that many bytes: shows, lists and creates in turn. Gives its entries."""
    examples = load("2019-07").examples
    kinds = [
        _entry("GET", "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1", 200, "show-policy-set", examples),
        _entry("GET", "/api/v2/organizations/o/policy-sets", 200, "list-policy-sets", examples),
        _entry("POST", "/api/v2/organizations/o/policy-sets", 201, "create-policy-set", examples),
    ]  # fmt: skip
    count = written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log": {"version": "1.2", "entries": [')
        while written < size:
            text = (", " if count else "") + kinds[count % 3]
            file.write(text)
            written += len(text)
            count += 1
        file.write("]}}")
    return count


def _entry(method: str, path: str, status: int, operation: str, examples: dict[str, dict]) -> str:  # type: ignore[type-arg]
    example = examples[operation]
    body = json.dumps(example["answers"][str(status)])
    request: dict[str, object] = {"method": method, "url": f"https://tfe.example{path}"}
    if "body" in example:
        request["postData"] = {"text": json.dumps(example["body"])}
    content = {"mimeType": "application/vnd.api+json", "size": len(body), "text": body}
    return json.dumps({"request": request, "response": {"status": status, "content": content}})


if __name__ == "__main__":
    for what, bar, seen in rows():
        print(f"{what}: {seen} (bar: {bar})")
