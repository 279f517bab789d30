"""All that verification has found: each fault once, with its place, and how often it was met."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.contract import Edition
from mockserver.judge.findings import STATUS, TYPE, Finding
from mockserver.judge.pointers import collapsed
from mockserver.judge.sources import Level, level_of
from mockserver.redaction import cut

SHARED = {STATUS: "do", TYPE: "it is of"}
"""Places in which many operations may differ alike, with the verb of the others."""
MANY = 3
"""Operations that answer alike before they are told as one."""

LONG, NAMED = 60, 20
"""Letters of a name of a stranger, and such names, that one line repeats."""


@dataclass
class Drift:
    """What a type shows beyond the edition: its members, where the first one was met, and the
    operations that show any.
    """

    first: Finding
    members: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)

    def finding(self, edition: str) -> Finding:
        """One for all: `workspaces show 2 members that 2019-07 does not list: …`."""
        type = self.first.stray.type if self.first.stray else ""
        count = len(self.members)
        words = "a member" if count == 1 else f"{count} members"
        names = [_short(name) for name in self.members]
        listed = ", ".join(names[:NAMED]) + (", …" if count > NAMED else "")
        what = f"{type} show {words} that {edition} does not list: {listed}"
        others = tuple(sorted(self.operations - {self.first.operation}))
        return replace(self.first, what=what, times=max(self.members.values()), others=others)


def _short(path: str) -> str:
    """A key path of a member, of which a server may have chosen every name."""
    return ".".join(cut(name, LONG) for name in path.split("."))


_NAME = re.compile(r"\{([a-z0-9-]+)\}")


def cited(edition: Edition, finding: Finding) -> str:
    """The source of a finding, with pages where it names an operation or a rule: `{create-team}`."""
    own = edition.sources.get(finding.operation, edition.name)
    return _NAME.sub(lambda name: edition.sources.get(name[1], own), finding.source)


class Findings:
    """Findings in order of their operations; one of the same place and kind is counted.

    `only`: ids of the operations whose findings are kept, empty for all; `drift`: how much it weighs
    that an answer shows what the edition does not list.
    """

    def __init__(
        self, edition: Edition, only: frozenset[str] = frozenset(), drift: Level = "drift"
    ) -> None:
        self._edition, self._level = edition, drift
        self.only = tuple(id for id in edition.operations if id in only)
        self._order = {id: at for at, id in enumerate(edition.operations)}
        self._kept: dict[tuple[str, ...], Finding] = {}
        self._places: set[tuple[str, str]] = set()
        self._drift: dict[str, Drift] = {}
        self._lock = threading.Lock()
        self._aside = threading.local()

    @contextmanager
    def aside(self, kept: list[Finding]) -> Iterator[None]:
        """What this thread adds in the block goes to `kept` instead: of requests that are sent at the
        same time it is added afterwards, in the order in which one alone would have sent them.
        """
        self._aside.kept = kept
        try:
            yield
        finally:
            del self._aside.kept

    def add(self, finding: Finding) -> None:
        """Keep a finding. Where its source names an operation or a rule of the edition in braces, the
        edition says on which page that stands; one that does not know it, the operation's own."""
        if (kept := getattr(self._aside, "kept", None)) is not None:
            kept.append(finding)
            return
        finding = replace(finding, source=cited(self._edition, finding))
        if self.only and finding.operation not in self.only:
            return
        with self._lock:
            if finding.stray:
                drift = self._drift.setdefault(finding.stray.type, Drift(finding))
                drift.members[finding.stray.member] += 1
                drift.operations.add(finding.operation)
                return
            self._places.add((finding.operation, collapsed(finding.place)))
            alone = finding.what if finding.place == STATUS else ""  # each wrong status is a fact
            name = finding.operation, collapsed(finding.place), finding.kind, alone
            known = self._kept.get(name)
            self._kept[name] = finding if known is None else _joined(known, finding)

    def note(
        self,
        operation: str,
        place: str,
        what: str,
        expected: str,
        source: str,
        kind: str = "",
        *,
        where: str,
    ) -> None:
        """A finding whose level follows from its source; `where`: the request, as in `Finding`."""
        level = level_of(source)
        self.add(Finding(level, operation, place, what, expected, source, where, kind=kind))

    def known(self, operation: str, place: str) -> bool:
        """Whether something was found in that place already."""
        return (operation, collapsed(place)) in self._places

    def __iter__(self) -> Iterator[Finding]:
        levels = ("fault", "note", "drift")

        def order(finding: Finding) -> tuple[Any, ...]:
            at = self._order.get(finding.operation, len(self._order))
            return (levels.index(finding.level), at, finding.place, finding.kind)

        found = sorted(self._kept.values(), key=order)
        yield from sorted(_by_cause(found), key=order)
        for drift in self._drift.values():
            yield replace(drift.finding(self._edition.name), level=self._level)

    @property
    def unlisted(self) -> Mapping[str, Mapping[str, int]]:
        """How often each type showed which members that the edition does not list."""
        return {type: drift.members for type, drift in self._drift.items()}

    def of(self, level: Level) -> list[Finding]:
        return [finding for finding in self if finding.level == level]

    @property
    def faults(self) -> list[Finding]:
        return self.of("fault")


def _joined(known: Finding, other: Finding) -> Finding:
    """Two findings of one place and kind as one; a fault weighs more than a note."""
    weightier = other if known.level != "fault" and other.level == "fault" else known
    return replace(weightier, times=known.times + 1)


def _by_cause(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One finding for all that has one cause; every sentence is in one of them.

    What many operations answer in the same wrong way is told once, with their names; what is left of
    the wrong statuses of one operation is told together, where the number is the same.
    """
    mistakes: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        if finding.place in SHARED:
            same = (finding.level, finding.what, finding.expected)
            mistakes.setdefault(same, []).append(finding)
        else:
            yield finding
    alike: dict[tuple[str, ...], list[list[Finding]]] = {}
    for (level, _, expected), group in mistakes.items():
        if len(group) >= MANY:
            names = tuple(finding.operation for finding in group)
            alike.setdefault((level, expected, *names), []).append(group)
            continue
        for one in group:
            alike.setdefault((level, one.place, one.kind, one.operation), []).append([one])
    for groups in alike.values():
        yield _one_of(groups)


def _one_of(groups: Sequence[Sequence[Finding]]) -> Finding:
    """One finding for several mistakes, each of which the same operations answer alike."""
    first = groups[0][0]
    others = tuple(finding.operation for finding in groups[0][1:])
    what, names = first.what, ", ".join(others)
    if others:
        what += f", and so {SHARED[first.place]} {len(others)} other operations: {names}"
    also = tuple(group[0].what for group in groups[1:])
    times = sum(finding.times for group in groups for finding in group)
    return replace(first, what=what, also=also, others=others, times=times)
