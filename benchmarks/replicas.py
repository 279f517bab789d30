"""What one, two and three replicas carry behind nginx: `python benchmarks/replicas.py`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import load

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "replicas"))
from fleet import Fleet, call

MIXED = """
local n = 0
request = function()
  n = n + 1
  wrk.headers["Authorization"] = "Bearer world-" .. (n %% %d)
  return wrk.format("GET", "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1")
end
"""


def main() -> None:
    worlds = 60
    for count in (1, 2, 3):
        with tempfile.TemporaryDirectory() as folder, Fleet(Path(folder), count) as fleet:
            for n in range(worlds):
                made = {"key": f"world-{n}", "fixture": "documented"}
                status, _ = call(fleet.url, f"world-{n}", "POST", "/_mock/universes", made)
                assert status == 201
            seen = [load.rate(fleet.url, 5, MIXED % worlds) for _ in range(3)]
            print(f"{count} replica(s): {sorted(seen)[1]:,.0f} requests a second")


if __name__ == "__main__":
    main()
