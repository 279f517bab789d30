"""Numbers in texts: read from one that comes from outside, and said with their noun. Below every room; it imports none."""

from __future__ import annotations

MOST = 9
"""Digits of the longest: nothing here is counted further, and `int` reads no text of 4,301."""
LONGEST_WAIT = 1_000_000
"""Seconds; sockets take a little more, how much depends on the machine."""


def whole_number(text: str) -> int | None:
    """The number of a text that consists of ASCII digits, nine at most; None of any other.

    `str.isdigit` alone says yes to `²` too, with which `int` raises ValueError.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST else None


def counted(number: int, noun: str) -> str:
    """A number with its noun, which takes an `s` where it is not one: `1 exchange`, `2 exchanges`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def is_percentage(number: float) -> bool:
    """Whether a number is from 0 to 100; what is no number is not."""
    return 0 <= number <= 100
