"""What these tests need before they are imported; the sweeps stand beside the contract's tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
pytest.register_assert_rewrite("judged", "sweeps")


def pytest_configure(config: pytest.Config) -> None:
    """Both markers: the run's `-m` may name either, whichever folder it is given."""
    config.addinivalue_line("markers", "node: needs Node and npm (run with -m node)")
    config.addinivalue_line("markers", "schemathesis: half a minute (run with -m schemathesis)")
