"""A smaller version of `benchmarks/plugin.py --parallel`, and the benchmark itself, in short."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "plugin.py"
EXAMPLE = Path(__file__).parents[2] / "examples" / "policy-set-tool"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BENCHMARK.exists(), reason="there is no source tree"),
]


def test_many_tests_on_live_servers_meet_nobody_and_count_exactly() -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(BENCHMARK.parent)!r}); import plugin\n"
        "print(list(plugin.parallel(runs=1, tests=60))[0][2])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300
    )
    assert done.stdout.startswith("0 of 60 did not pass"), done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "pytest", "-q", "-pno:schemathesis", "-pno:asyncio", "-pno:cacheprovider"],
        ["-W", "error", "-m", "unittest"],
    ],
    ids=["pytest", "unittest"],
)
def test_the_example_s_own_tests_pass(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-B", *command], cwd=EXAMPLE, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed" not in done.stdout
