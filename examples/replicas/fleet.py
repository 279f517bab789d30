"""Replicas and an nginx before them, for the test and the benchmark of this example."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

HERE = Path(__file__).parent


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


class Fleet:
    """`count` replicas behind one nginx, each on a free port."""

    def __init__(self, folder: Path, count: int = 3) -> None:
        self.folder = folder
        self.ports = [free_port() for _ in range(count)]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def _config(self) -> Path:
        text = (HERE / "nginx.conf").read_text(encoding="utf-8")
        wanted = "\n".join(f"        server 127.0.0.1:{port} max_fails=0;" for port in self.ports)
        lines = text.splitlines()
        first = next(at for at, line in enumerate(lines) if "127.0.0.1:8081" in line)
        lines[first : first + 3] = [wanted]
        path = self.folder / "nginx.conf"
        path.write_text("\n".join(lines).replace("127.0.0.1:8080", f"127.0.0.1:{self.port}"))
        return path

    def __enter__(self) -> Fleet:
        for at, port in enumerate(self.ports):
            command = [sys.executable, "-m", "mockserver", "serve", "--port", str(port)]
            self._start([*command, "--token", f"replica-{at + 1}"])
        command = ["nginx", "-p", str(self.folder), "-c", str(self._config())]
        self._start([*command, "-g", "daemon off;"])
        for port in [*self.ports, self.port]:
            _wait(port)
        return self

    def _start(self, command: list[str]) -> None:
        self._processes.append(
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )

    def lose(self, at: int) -> None:
        """Kill one replica, as a machine would be lost."""
        self._processes[at].kill()
        self._processes[at].wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=30)


def _wait(port: int) -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_mock/health/live", timeout=2).close()
            return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"nothing answers on port {port}")


def call(url: str, key: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """One request with a key as its token: status and document."""
    data = None if body is None else json.dumps(body).encode()
    kind = "application/json" if path.startswith("/_mock") else "application/vnd.api+json"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
    request = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        with error:
            text = error.read()
            return error.code, json.loads(text) if text else None
