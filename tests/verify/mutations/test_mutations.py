"""The proof that `verify` judges: each mutation of our own answers is named, and nothing else is."""

from __future__ import annotations

import pytest

from tests.verify.mutations.laws import LAWS
from tests.verify.mutations.table import TABLE, Row
from tests.verify.playing import run


def test_the_table_is_long_enough_and_names_each_mutation_once() -> None:
    names = [row.what for row in (*TABLE, *LAWS)]
    assert len(names) >= 120
    assert len(set(names)) == len(names)


EVERY = [*TABLE, *LAWS]


@pytest.mark.parametrize("row", EVERY, ids=[row.what for row in EVERY])
def test_a_mutation_is_named_and_nothing_else(row: Row) -> None:
    played = {operation for operation, _ in row.places} | ({row.played} if row.played else set())
    _, outcome = run(row.server(), only=frozenset(played))
    found = {(finding.operation, finding.place) for finding in outcome.findings}
    assert found == set(row.places), "\n".join(finding.line() for finding in outcome.findings)
    assert outcome.exit == row.exit
    assert outcome.left == []
