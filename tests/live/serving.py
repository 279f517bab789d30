"""`mockserver serve` as a process of its own, and what a test wants of it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import mockserver
from mockserver.cli import main
from tests.client import connected, sent
from tests.waiting import until

COMMAND = [sys.executable, "-m", "mockserver"]


def command(*arguments: str, env: dict[str, str] | None = None) -> Result:
    """Run `mockserver` to its end, in this process; what a process of its own is needed for, see
    `serving`."""
    ours = {name: None for name in os.environ if name.startswith("TFE_")}
    return CliRunner().invoke(main, arguments, env={**ours, **(env or {})}, catch_exceptions=False)


def clean() -> dict[str, str]:
    """Our environment without what clients and the command read from it."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("TFE_")}
    return {**environment, "PYTHONUNBUFFERED": "1", "NO_PROXY": "*"}


def one_server(**options: Any) -> tuple[Any, Any]:
    """The fixtures `world` and `tfe` of a module: one server for all of it, reset before each test."""

    @pytest.fixture(scope="module")
    def world() -> Iterator[mockserver.World]:
        with mockserver.universe(**options) as made:
            assert made.url
            yield made

    @pytest.fixture
    def tfe(world: mockserver.World) -> mockserver.World:
        world.reset()
        return world

    return world, tfe


@dataclass
class Served:
    """A process that serves: its URL and key, and every line it has printed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    url: str = ""
    token: str = ""

    def ask(
        self,
        method: str,
        path: str,
        document: Any = None,
        token: str | None = None,
        timeout: float = 30.0,
        **headers: str,
    ) -> tuple[int, Any]:
        """Status and document of one request on a connection of its own."""
        with connected(self.url, timeout) as line:
            headers.setdefault("Authorization", f"Bearer {token or self.token}")
            answer = sent(line, method, path, document, **headers)
            return answer.status, answer.json

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=40)

    def fired(self) -> int:
        """How many requests have met the faults of the world."""
        return sum(fault["fired"] for fault in self.ask("GET", "/_mock/faults")[1]["faults"])

    def wait_for_lines(self, count: int) -> None:
        """Until it has printed so many lines."""
        until(lambda: len(self.lines) >= count)

    def logged(self) -> list[str]:
        """The lines of requests: all after the one that says that it is ready."""
        return self.lines[1:]


@contextmanager
def serving(
    *options: str,
    env: dict[str, str] | None = None,
    command: Sequence[str] = COMMAND,
    cwd: Path | None = None,
) -> Iterator[Served]:
    """A server that is ready, on a free port unless the options name one."""
    port = [] if "--port" in options else ["--port", "0"]
    process = subprocess.Popen(
        [*command, "serve", *port, *options],
        env={**clean(), **(env or {})},
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    served = Served(process)
    ready: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            served.lines.append(line.rstrip("\n"))
            if len(served.lines) == 1:
                ready.put(served.lines[0])
        ready.put("")

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        words = ready.get(timeout=30).split()
        assert words[:1] == ["serving"], served.lines
        served.url, served.token = words[3], words[-1]
        yield served
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=10)
        reader.join(10)
        assert process.stdout
        process.stdout.close()
