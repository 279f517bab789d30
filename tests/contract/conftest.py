"""What these tests need before they are imported."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("sweeps")


def pytest_configure(config: pytest.Config) -> None:
    """Both markers: the run's `-m` may name either, whichever folder it is given."""
    config.addinivalue_line("markers", "node: needs Node and npm (run with -m node)")
    config.addinivalue_line("markers", "schemathesis: half a minute (run with -m schemathesis)")
