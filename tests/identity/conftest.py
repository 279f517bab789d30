"""Worlds for the tests of teams, tokens, accounts and SSH keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .asking import TODAY, Asked, asked


@pytest.fixture
def ask() -> Iterator[Asked]:
    """The organization `acme` with a caller for every right."""
    with asked() as made:
        yield made


@pytest.fixture
def today() -> Iterator[Asked]:
    """An organization of August 2026: an owner, a member, one invited, and who manages what."""
    with asked(TODAY, edition="2026-08") as made:
        yield made
