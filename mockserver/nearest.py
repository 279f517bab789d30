"""What a wrong name was meant to be: the one way to find it, and the sentences that say so.

Below every room, for all of them are asked for names; it imports none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

LONGEST = 100
"""Letters of a name that are compared: one of 9 MB would take seconds."""
LISTED = 20
"""Names that a sentence lists."""
ACRONYMS = {"ssh": "SSH", "oauth": "OAuth"}


def nearest(name: str, known: Collection[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The known names that are like it, the nearest first; `cutoff` is difflib's ratio, 0 to 1."""
    from difflib import get_close_matches  # a server whose clients make no mistake needs none of it

    return get_close_matches(name[:LONGEST], known, n=most, cutoff=cutoff)


def did_you_mean(name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """`Did you mean 'strict'? There are: seed, strict.`

    Of more names than can be listed, the three nearest; the first five where none is near.
    """
    if not known:
        return "There are none."
    near = [repr(one) for one in nearest(name, known, 3, cutoff)]
    few = len(known) <= LISTED
    question = f"Did you mean {either(near[:1] if few else near)}? " if near else ""
    if few:
        return f"{question}There are: {', '.join(known)}."
    return question.strip() or f"Some of them: {', '.join(sorted(known)[:5])}."


def there_is_no(what: str, name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """`There is no organization named 'nope'. Did you mean 'nops'? There are: acme, nops.`"""
    return f"There is no {what} named {name!r}. {did_you_mean(name, known, cutoff)}"


def either(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def singular(type: str) -> str:
    """One of a resource type in words: `policy set` of `policy-sets`, `SSH key` of `ssh-keys`."""
    words = (type[:-3] + "y" if type.endswith("ies") else type.removesuffix("s")).split("-")
    return " ".join(ACRONYMS.get(word, word) for word in words)
