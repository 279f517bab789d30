"""What a wrong name was meant to be: the one way to find it, and the sentences that say so.

Below every room, for all of them are asked for names; it imports none.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

LONGEST = 100
"""Letters of a name that are compared: one of 9 MB would take seconds."""


def nearest(name: str, known: Collection[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The known names that are like it, the nearest first; `cutoff` is difflib's ratio, 0 to 1."""
    return get_close_matches(name[:LONGEST], known, n=most, cutoff=cutoff)


def did_you_mean(name: str, known: Collection[str]) -> str:
    """`did you mean 'strict'? there are seed, strict`; without the question where none is near."""
    near = nearest(name, known)
    return (f"did you mean {near[0]!r}? " if near else "") + f"there are {', '.join(known)}"


def some_of(name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """The three nearest names in a line; the first five where none is near, for a long list."""
    return ", ".join(nearest(name, known, 3, cutoff) or sorted(known)[:5])
