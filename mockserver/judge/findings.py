"""What verification has found: each fault once, with its place, and how often it was met."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from mockserver.contract import Edition
from mockserver.escaping import escaped
from mockserver.judge.pointers import collapsed

Level = Literal["fault", "note"]

STATUS, TYPE, EFFECT = "status", "Content-Type", "effect"
"""Places of a finding that are no pointer into a body."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a server, or a recording, and the contract do not agree.

    `operation`: its id; empty where the edition has none. `place`: a JSON pointer into the answer's
    body, `status`, `Content-Type`, `effect` (what a write did not do), or `request` and a pointer.
    `what`, `expected`, `source` as a sentence needs them. A `note` is about a decision of ours, not
    the vendor's word: never a fault of the other server. `where`: where in a recording; `times`:
    how often it was met. `beside`: the unlisted member that stands in place of a renamed one.
    """

    level: Level
    operation: str
    place: str
    what: str
    expected: str
    source: str
    where: str = ""
    times: int = 1
    beside: str = ""

    def line(self) -> str:
        """One line for people."""
        place = self.place or "/"
        times = f" ({self.times} times)" if self.times > 1 else ""
        where = f" [{self.where}]" if self.where else ""
        return escaped(
            f"{self.level}: {self.operation or 'no operation'} {place}: {self.what}; "
            f"expected {self.expected} ({self.source}){times}{where}"
        )

    def said(self, text: Callable[[str], str]) -> Finding:
        """The same in other words: `text` makes them of those there are."""
        return replace(
            self,
            operation=text(self.operation),
            place=text(self.place),
            what=text(self.what),
            expected=text(self.expected),
            source=text(self.source),
            where=text(self.where),
        )

    def shown(self) -> dict[str, Any]:
        """As JSON reports hold it."""
        shown: dict[str, Any] = {
            "level": self.level,
            "operation": self.operation,
            "place": self.place,
            "what": self.what,
            "expected": self.expected,
            "source": self.source,
            "times": self.times,
        }
        return shown | ({"where": self.where} if self.where else {})


class Findings:
    """Findings in order of their operations; one of the same place is counted, not repeated."""

    def __init__(self, edition: Edition, only: frozenset[str] = frozenset()) -> None:
        self._edition, self._only = edition, only
        self._order = {id: at for at, id in enumerate(edition.operations)}
        self._kept: dict[tuple[str, str], Finding] = {}
        self._lock = threading.Lock()

    def add(self, finding: Finding) -> None:
        if self._only and finding.operation not in self._only:
            return
        name = finding.operation, collapsed(finding.place)
        with self._lock:
            known = self._kept.get(name)
            if known is None:
                self._kept[name] = finding
            elif known.level == "note" and finding.level == "fault":
                self._kept[name] = replace(finding, times=known.times + 1)
            else:
                self._kept[name] = replace(known, times=known.times + 1)

    def note(self, operation: str, place: str, what: str, expected: str, source: str) -> None:
        """A finding whose level follows from its source."""
        level: Level = "note" if decided(self._edition, operation, source) else "fault"
        self.add(Finding(level, operation, place, what, expected, source))

    def known(self, operation: str, place: str) -> bool:
        """Whether something was found in that place already."""
        return (operation, collapsed(place)) in self._kept

    def __iter__(self) -> Iterator[Finding]:
        def order(finding: Finding) -> tuple[Any, ...]:
            at = self._order.get(finding.operation, len(self._order))
            return (finding.level, at, finding.place)

        return iter(sorted(self._kept.values(), key=order))

    @property
    def faults(self) -> list[Finding]:
        return [finding for finding in self if finding.level == "fault"]

    @property
    def notes(self) -> list[Finding]:
        return [finding for finding in self if finding.level == "note"]


_DECISION = re.compile(r"(?:^|, |\()(?:[a-z]+: )?decision\b")


def decided(edition: Edition, operation: str, source: str) -> bool:
    """Whether a source is a decision of ours for this operation, and not the vendor's word.

    A source may name a page and a decision: the page counts where it is the operation's own, the
    decision elsewhere.
    """
    if not _DECISION.search(source):
        return False
    if source.startswith("decision") or "status: decision" in source:
        return True
    page = source.partition("#")[0]
    own = edition.operations.get(operation)
    return own is None or own.source.partition("#")[0] != page
