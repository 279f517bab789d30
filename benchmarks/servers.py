"""The servers that are measured side by side, each a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).parent
CACHE = HERE.parent / ".bench"
TOKEN = "benchmark-token"


@dataclass
class Running:
    """A server that answers: its URL, its process, and the seconds from start to ready."""

    url: str
    process: subprocess.Popen[bytes]
    seconds: float

    def worked(self) -> float:
        """Seconds of a processor that it has taken so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def pss(self) -> float:
        """Megabytes that it and its children really take (PSS), added up."""
        total = 0
        for pid in [self.process.pid, *_children(self.process.pid)]:
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    found = [int(name) for name in text.split()]
    return found + [inner for child in found for inner in _children(child)]


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


@contextmanager
def running(
    command: list[str],
    url: str,
    probe: str,
    token: str | None = None,
    folder: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """A command that serves, from its first good answer on."""
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=folder, env=env)
    try:
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode}")
            try:
                request = urllib.request.Request(url + probe)
                if token:
                    request.add_header("Authorization", f"Bearer {token}")
                urllib.request.urlopen(request, timeout=2).read()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.005)
        yield Running(url, process, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def ours(
    fixture: str = "documented",
    python: str = sys.executable,
    folder: str | None = None,
    *,
    edition: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """`mockserver serve` of this checkout; of another with its own Python, of a release in its environment."""
    port = free_port()
    command = [str(Path(python).with_name("mockserver")), "serve", "--port", str(port)]
    command += ["--fixture", fixture, "--token", TOKEN]
    command += ["--edition", edition] if edition else []
    url, probe = f"http://127.0.0.1:{port}", "/_mock/health/live"
    with running(command, url, probe, folder=folder, env=env) as server:
        yield server


@contextmanager
def released() -> Iterator[Mapping[str, str]]:
    """The environment in which the command is that of a release, installed from this checkout: it does not
    hold its own contracts and fixtures to their form at start.
    """
    with TemporaryDirectory() as place:
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            place,
        ]
        subprocess.run([*command, str(HERE.parent)], check=True)
        yield {**os.environ, "PYTHONPATH": place}


@contextmanager
def bare(body: bytes) -> Iterator[Running]:
    """A bare ASGI callable with the same bytes, on the same uvicorn."""
    CACHE.mkdir(exist_ok=True)
    path = CACHE / "bare.bin"
    path.write_bytes(body)
    port = free_port()
    command = [sys.executable, str(HERE / "bare.py"), str(path), str(port)]
    with running(command, f"http://127.0.0.1:{port}", "/") as server:
        yield server


def prism_command() -> list[str] | None:
    """Prism, installed into a folder of the benchmarks; None where there is no Node."""
    if shutil.which("npm") is None:
        return None
    binary = CACHE / "node_modules" / ".bin" / "prism"
    if not binary.exists():
        CACHE.mkdir(exist_ok=True)
        subprocess.run(
            ["npm", "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", "--silent",
             "@stoplight/prism-cli@5"],
            check=True,
        )  # fmt: skip
    return [str(binary)]


@contextmanager
def prism(document: dict[str, Any], probe: str) -> Iterator[Running]:
    """Prism, serving our own document."""
    command = prism_command()
    if command is None:
        raise RuntimeError("Prism needs Node and npm")
    path = CACHE / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    port = free_port()
    command += ["mock", str(path), "--port", str(port), "--verboseLevel", "silent"]
    with running(command, f"http://127.0.0.1:{port}", probe, TOKEN) as server:
        yield server


@contextmanager
def moto() -> Iterator[Running]:
    """moto's server, for start and memory: the best-known stateful fake, of another API."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("moto_server")), "-p", str(port)]
    with running(command, f"http://127.0.0.1:{port}", "/moto-api/") as server:
        yield server


def has_moto() -> bool:
    return os.access(Path(sys.executable).with_name("moto_server"), os.X_OK)
