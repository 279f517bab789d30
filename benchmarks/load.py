"""Load from another process: wrk (Debian's package), one thread, 16 connections."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from servers import TOKEN

CONNECTIONS = 16

CREATE = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/vnd.api+json"
local n = 0
local salt = tostring(os.time()) .. tostring(math.random(1000000))
request = function()
  n = n + 1
  local name = "set-" .. salt .. "-" .. n
  return wrk.format(nil, nil, nil,
    '{"data":{"type":"TYPE","attributes":{"name":"' .. name .. '"}}}')
end
"""
RANDOM = """
local ids = {}
for line in io.lines("FILE") do ids[#ids + 1] = line end
request = function()
  return wrk.format(nil, "/api/v2/TYPE/" .. ids[math.random(#ids)])
end
"""


def create(type: str = "policy-sets") -> str:
    """Creates records of a type, each with a name of its own."""
    return CREATE.replace("TYPE", type)


def show(ids: Path, type: str = "policy-sets") -> str:
    """Shows records of a type, at random: their ids stand in a file, a line each."""
    return RANDOM.replace("TYPE", type).replace("FILE", str(ids))


def rate(url: str, seconds: float = 3.0, script: str | None = None) -> float:
    """Requests a second; every answer must be a good one."""
    return counted(url, seconds, script)[1]


def counted(url: str, seconds: float = 3.0, script: str | None = None) -> tuple[int, float]:
    """How many requests were answered, and how many a second."""
    if shutil.which("wrk") is None:
        raise SystemExit("the benchmarks need wrk: apt-get install wrk")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s"]
    command += ["-H", f"Authorization: Bearer {TOKEN}"]
    with tempfile.TemporaryDirectory() as folder:
        if script:
            path = Path(folder) / "script.lua"
            path.write_text(script)
            command += ["-s", str(path)]
        said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)", said):
        raise RuntimeError(f"{bad[1]} bad answers from {url}\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    total = re.search(r"(\d+) requests in", said)
    assert found, said
    assert total, said
    return int(total[1]), float(found[1])
