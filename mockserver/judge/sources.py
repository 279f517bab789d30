"""From where a fact is written to how much it weighs: the vendor's word, or a decision of ours.

A source names pages (of the API, with an anchor), recorded answers, JSON:API, lines of the
vendor's client (`go-tfe v0.3.19 policy_test.go:360`), or begins a `decision`.
"""

from __future__ import annotations

import re
from typing import Literal

Level = Literal["fault", "note", "drift"]

DECIDED = re.compile(r"(?:^|, )decision\b")
STATUS_DECIDED = " (status: decision)"
CLIENT = re.compile(r"go-tfe \S+ ")


def level_of(source: str) -> Level:
    """A fault where a page, a recorded answer or JSON:API says it; a note where a client does, its
    suite included, or where we have decided it.
    """
    return "note" if DECIDED.search(source) or CLIENT.match(source) else "fault"


def number_of(source: str, documented: str) -> str:
    """Where the status of a refusal is said: `documented` where the rule's own source does not tell."""
    return f"decision: {source}" if source.endswith(STATUS_DECIDED) else documented


def shown_by_a_page(source: str) -> bool:
    """Whether a page, and not a client or a decision of ours alone, says that a member is there."""
    return not source.startswith(("decision", "go-tfe"))
