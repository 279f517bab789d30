"""What a test expects of a call, and in what a call is otherwise, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest
from typing import Any

from mockserver.client.seen import Seen, on_one_line
from mockserver.pipeline.journaling import as_text

WIDE = 100
"""Letters of a text that are compared as a whole; of a longer one the first line that differs is told."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is expected of a call; None: anything. `path` may have `*`; `caller` is `user ann` or `ann`;
    `where` is asked about the whole exchange.
    """

    body: Any = None
    status: int | None = None
    path: str | None = None
    caller: str | None = None
    where: Callable[[Seen], object] | None = None

    def misses(self, call: Seen) -> Iterator[str]:
        """In what a call is not as expected."""
        if self.status is not None and call.status != self.status:
            yield f"status: expected {self.status}, was {call.status}"
        if self.path is not None and not fnmatchcase(call.path, self.path):
            yield f"path: expected {on_one_line(self.path)}, was {on_one_line(call.path)}"
        called = call.caller or "nobody"
        if self.caller is not None and self.caller not in (called, called.partition(" ")[2]):
            yield f"caller: expected {on_one_line(self.caller)}, was {on_one_line(called)}"
        if self.body is not None:
            yield from mismatches(self.body, call.request)
        if self.where is not None and not self.where(call):
            yield f"where: {getattr(self.where, '__name__', 'the predicate')} said no"


def mismatches(expected: Any, actual: Any, place: str = "") -> list[str]:
    """Where `actual` lacks what `expected` names, one line each; members beside it do not count."""
    where = place or "body"
    if isinstance(expected, bytes):
        expected = as_text(expected)
    elif isinstance(expected, str) and not place:
        expected = as_text(expected.encode(errors="backslashreplace"))
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return [f"{where}: expected an object, was {on_one_line(actual)}"]
        lines = []
        for name, value in expected.items():
            inner = f"{place}.{name}" if place else str(name)
            if name not in actual:
                lines.append(f"{inner}: expected {on_one_line(value)}, was not sent")
            else:
                lines += mismatches(value, actual[name], inner)
        return lines
    if isinstance(expected, list | tuple):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [f"{where}: expected {on_one_line(expected)}, was {on_one_line(actual)}"]
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for at, (e, a) in pairs for line in mismatches(e, a, f"{where}[{at}]")]
    if type(expected) is type(actual) and expected == actual:
        return []
    if isinstance(expected, str) and isinstance(actual, str) and len(expected + actual) > WIDE:
        return [_differing(expected, actual, where)]
    return [f"{where}: expected {on_one_line(expected)}, was {on_one_line(actual)}"]


def _differing(expected: str, actual: str, where: str) -> str:
    """The first line in which two texts differ."""
    pairs = zip_longest(expected.splitlines(keepends=True), actual.splitlines(keepends=True))
    for number, (wanted, was) in enumerate(pairs, 1):
        if wanted != was:
            sides = [f"expected {on_one_line(wanted)}" if wanted else "expected its end"]
            sides.append(f"was {on_one_line(was)}" if was else "was at its end")
            return f"{where}, line {number}: {', '.join(sides)}"
    raise AssertionError("two texts that differ do so in a line")
