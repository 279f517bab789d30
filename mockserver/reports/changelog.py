"""Differences as people and programs read them: the API's changelog in Markdown, the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from mockserver.contract.differences import Difference
from mockserver.escaping import escaped

SIGNS = re.compile(r"[\\`*_\[\]<>|#&~/{}@$]|www\.")
"""What may mean something to a reader of Markdown; `/` is that of paths and addresses."""


def markdown(title: str, found: Sequence[Difference]) -> str:
    """A heading for each operation and type, where it comes first; a line for each difference."""
    breaking = sum(one.effect == "breaking" for one in found)
    added = len(found) - breaking
    counts = f"{breaking} breaking, {added} addition{'' if added == 1 else 's'}."
    subjects: dict[str, list[Difference]] = {}
    for one in found:
        subjects.setdefault(one.subject, []).append(one)
    lines = [f"# {_text(title)}", "", counts]
    for subject, same in subjects.items():
        lines += ["", f"## {_text(subject)}", "", *_lines(same)]
    return "\n".join(lines)


def _lines(found: Iterable[Difference]) -> Iterable[str]:
    for one in found:
        effect = f"*{one.effect}*"
        place = f" {_code(escaped(one.place))}" if one.place else ""
        where = f" ({', '.join(one.where)})" if one.where else ""
        yield f"- {effect}:{place} {_text(one.what)}{where}"


def _text(said: str) -> str:
    """On one line, and no sign of Markdown or HTML means anything: a word with one is a code span,
    which a terminal shows as it is, too."""
    words = escaped(said).split(" ")
    return " ".join(_word(word) if SIGNS.search(word) else word for word in words)


def _word(word: str) -> str:
    """The word as a code span; what ends a part of a sentence stands behind it."""
    bare = word.rstrip(",;:")
    return _code(bare) + word[len(bare) :]


def _code(said: str) -> str:
    """A code span: it ends at the first run of as many backticks as it begins with, so there is none
    within."""
    runs = {len(run) for run in re.findall("`+", said)}
    fence = "`" * next(length for length in count(1) if length not in runs)
    edge = " " if said.startswith("`") or said.endswith("`") else ""
    return f"{fence}{edge}{said}{edge}{fence}"


def document(old: str, new: str, found: Sequence[Difference]) -> dict[str, Any]:
    """`{"from", "to", "differences"}`: each with its effect, subject, place, words and bodies."""
    return {"from": old, "to": new, "differences": [one.shown() for one in found]}
