"""Texts that are cut before the secrets are out of them."""

from __future__ import annotations

from mockserver.redaction.patterns import SHORT

_AROUND = frozenset('"')
"""What stands around a word, beside spaces: other signs of JSON may stand in the key of a world."""
WORD = 4096
"""Letters of the longest secret that is looked for, with each of its letters encoded."""


def cut(text: str, most: int) -> str:
    """A text of at most `most` letters, `…` at the end of one that is cut; of a word that is cut, no
    more than its first eight letters, or those before its last 4,096.

    The word may be a secret, and half of one is found by nobody who takes secrets out of texts. What
    has its secrets out already may be cut anywhere.
    """
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    begin, least = len(kept), max(0, len(kept) - WORD)
    while begin > least and not (kept[begin - 1].isspace() or kept[begin - 1] in _AROUND):
        begin -= 1
    return kept[: begin + SHORT] + "…"
