"""The proof that `verify` judges: each mutation of our own answers is named, and nothing else is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mockserver.judge.pointers import collapsed
from tests.verify.mutations.administration import ADMINISTRATION
from tests.verify.mutations.endings import ENDINGS
from tests.verify.mutations.keeping import KEEPING
from tests.verify.mutations.laws import LAWS
from tests.verify.mutations.oauth import OAUTH
from tests.verify.mutations.rights import RIGHTS
from tests.verify.mutations.table import TABLE, Row
from tests.verify.mutations.tags import TAGS
from tests.verify.mutations.today import TODAY
from tests.verify.playing import run

EVERY = [*TABLE, *LAWS, *ENDINGS, *RIGHTS, *TODAY, *ADMINISTRATION, *OAUTH, *TAGS, *KEEPING]
"""The rows of which every run plays one in twelve, the slow one all."""
OFTEN = EVERY[::12]


def _played(row: Row) -> Any:
    marks = [] if row in OFTEN else [pytest.mark.slow]
    return pytest.param(row, marks=marks, id=row.what)


def test_the_table_is_long_enough_and_names_each_mutation_once() -> None:
    names = [row.what for row in EVERY]
    assert len(names) >= 325
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", [_played(row) for row in EVERY])
def test_a_mutation_is_named_and_nothing_else(row: Row) -> None:
    played = {operation for operation, _ in row.places} | ({row.played} if row.played else set())
    _, outcome = run(row.server(), only=frozenset(played), edition=row.edition)
    found = {(finding.operation, collapsed(finding.place)) for finding in outcome.findings}
    wanted = {(operation, collapsed(place)) for operation, place in row.places}
    assert found == wanted, "\n".join(finding.line() for finding in outcome.findings)
    assert outcome.exit == row.exit
    said = [finding.line() for finding in outcome.findings] + [*outcome.lines]
    assert not [line for line in said if re.search(r"\b(None|True|False)\b|[\[{]'", line)]
    assert outcome.left == []
