"""The sweeps' own modules stand beside the contract's tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
pytest.register_assert_rewrite("judged", "sweeps")
