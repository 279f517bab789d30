"""Runs of pytest inside a test: what they import stays, save their own tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest

QUIET = ("asyncio", "randomly", "cacheprovider", "anyio", "hypothesispytest", "schemathesis")
"""Plugins that an inner run leaves out: the last take seconds to import."""
Modules = dict[str, ModuleType]


@pytest.fixture
def imported() -> Iterator[Modules]:
    """Modules to put back at the end: before `pytester`, and so after it has forgotten them too."""
    modules: Modules = {}
    yield modules
    sys.modules |= modules


@pytest.fixture
def pytester(imported: Modules, pytester: pytest.Pytester) -> pytest.Pytester:
    """After a run in this process pytest forgets every module that was new in it. Imported once more, a
    library is there twice, and what it has written in C knows the first half of it: all but the tests
    stay.
    """
    inline, ours = pytester.inline_run, str(pytester.path)

    class Noting:
        @staticmethod
        def pytest_unconfigure() -> None:
            for name, module in sys.modules.items():
                if not str(getattr(module, "__file__", "")).startswith(ours):
                    imported[name] = module

    def inline_run(*words: Any, plugins: Sequence[Any] = (), **options: Any) -> Any:
        try:
            return inline(*words, plugins=[*plugins, Noting], **options)
        finally:
            sys.modules |= imported

    pytester.inline_run = inline_run  # type: ignore[method-assign]
    return pytester
