"""A sorted sequence that never changes: adding gives a new one and shares nearly all of the old.

Lists of an organization and members of a relation can hold 100,000 items while the journal keeps a
thousand states of them. One flat tuple would copy 800 kB an insert; here an insert copies one block
of at most 256 items and the outer tuple of blocks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

BLOCK = 256
"""Near the square root of 100,000: blocks and the tuple of them are about as long."""


def _last(block: tuple[Any, ...]) -> Any:
    return block[-1]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ordered:
    """Distinct comparable items in ascending order, kept in blocks of at most 256.

    Two are the same only if they are one object: whoever keeps one knows by that whether it is
    still the one of a later state, without a look at its items.
    """

    blocks: tuple[tuple[Any, ...], ...] = ()
    size: int = 0

    @classmethod
    def of(cls, items: Iterable[Any]) -> Ordered:
        """Build from items in any order, at once: n log n instead of n inserts."""
        flat = tuple(sorted(set(items)))
        half = BLOCK // 2  # half full, so that the first inserts need not split
        return cls(tuple(flat[at : at + half] for at in range(0, len(flat), half)), len(flat))

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Any]:
        for block in self.blocks:
            yield from block

    def __contains__(self, item: Any) -> bool:
        at = bisect_left(self.blocks, item, key=_last)
        if at == len(self.blocks):
            return False
        block = self.blocks[at]
        place = bisect_left(block, item)
        return bool(place < len(block) and block[place] == item)

    def add(self, item: Any) -> Ordered:
        """The sequence with `item` in its place; itself where it is there already."""
        if not self.blocks:
            return Ordered(((item,),), 1)
        at = min(bisect_left(self.blocks, item, key=_last), len(self.blocks) - 1)
        block = self.blocks[at]
        place = bisect_left(block, item)
        if place < len(block) and block[place] == item:
            return self
        grown = (*block[:place], item, *block[place:])
        if len(grown) > BLOCK:
            half = len(grown) // 2
            parts: tuple[tuple[Any, ...], ...] = (grown[:half], grown[half:])
        else:
            parts = (grown,)
        return Ordered((*self.blocks[:at], *parts, *self.blocks[at + 1 :]), self.size + 1)

    def discard(self, item: Any) -> Ordered:
        """The sequence without `item`; itself where it is not there."""
        at = bisect_left(self.blocks, item, key=_last)
        if at == len(self.blocks):
            return self
        block = self.blocks[at]
        place = bisect_left(block, item)
        if place == len(block) or block[place] != item:
            return self
        rest = (*block[:place], *block[place + 1 :])
        parts = (rest,) if rest else ()
        return Ordered((*self.blocks[:at], *parts, *self.blocks[at + 1 :]), self.size - 1)

    def slice(self, start: int, count: int) -> Iterator[Any]:
        """At most `count` items from place `start` on, without a look at those before."""
        for at, block in enumerate(self.blocks):
            if start < len(block):
                rest = (item for later in self.blocks[at + 1 :] for item in later)
                first = block[start : start + count]
                yield from first
                yield from islice(rest, count - len(first))
                return
            start -= len(block)


EMPTY = Ordered()
