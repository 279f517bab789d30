"""Worlds for the tests of teams, tokens, accounts and SSH keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .asking import Asked, asked


@pytest.fixture
def ask() -> Iterator[Asked]:
    """The organization `acme` with a caller for every right."""
    with asked() as made:
        yield made
