"""What every test of this project has: pytest's plugin for testing plugins, and steady examples.

Hypothesis draws the same examples in every run, so that a red build is red for everybody; how many,
and how to look for new ones, is said in `tests/examples.py`.
"""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

import tests.examples  # noqa: F401 (registers the profiles)
from tests import leaks
from tests.inner_runs import imported, pytester  # noqa: F401 (in place of pytest's own)
from tests.leaks import nothing_is_left_over  # noqa: F401 (a fixture of every test)

pytest_plugins = ["pytester"]

settings.load_profile("quick")
leaks.watch()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Thousands of tests live as long as the run: no look for garbage goes through them again, and what
    a test makes is often gone by the time of the next.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(2_000, 10, 10)
        gc.enable()
