"""Worlds that these tests make by POST."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _worlds_that_a_test_makes_end_with_it(request: pytest.FixtureRequest) -> Iterator[None]:
    """In the session's server; one of a test's own ends by itself."""
    if "tfe_server" not in request.fixturenames:
        yield
        return
    universes = request.getfixturevalue("tfe_server").server.universes
    before = {universe.key for universe in universes}
    yield
    for universe in universes:
        if universe.key not in before:
            universes.remove(universe.key)
