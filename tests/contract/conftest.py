"""What these tests need before they are imported."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("sweeps")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "node: needs Node and npm (run with -m node)")
