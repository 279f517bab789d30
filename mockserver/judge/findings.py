"""What verification has found in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mockserver.escaping import escaped
from mockserver.judge.drift import Stray
from mockserver.judge.sources import Level

STATUS, TYPE, EFFECT = "status", "Content-Type", "effect"
"""Places of a finding that are no pointer into a body."""


WHERE = 300
"""Letters that are told of a request: a server may have made its ids of any length."""


def _short(where: str) -> str:
    """A request whose secrets are out."""
    return where if len(where) <= WHERE else where[: WHERE - 1] + "…"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a server, or a recording, and the contract do not agree.

    `operation`: its id; empty where the edition has none. `place`: a JSON pointer into the answer's
    body, `status`, `Content-Type`, `effect` (what a write did not do), or `request` and a pointer.
    `what`, `expected`, `source` as a sentence needs them. A `note` is about what only a client or a
    decision of ours says, `drift` about what the edition does not list: neither is a fault of the
    other server. `where`: where it was met first, in a recording its place, else the request as
    method and target; `times`: how often it was met. `beside`: the
    unlisted member that stands in place of a renamed one. `kind`: what tells two findings in one
    place apart. `also`: further sentences of the same cause. `others`: ids of the operations beside
    `operation` that answer alike, which `what` names or whose type it names. `stray`: what drift is
    about.
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
    kind: str = ""
    also: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    stray: Stray | None = None

    @property
    def operations(self) -> tuple[str, ...]:
        """Ids of all the operations that it is of; empty where the edition has none."""
        return (self.operation, *self.others) if self.operation else ()

    @property
    def sentence(self) -> str:
        """What was found, with what has the same cause."""
        if not self.also:
            return self.what
        return f"{self.what}, and {len(self.also)} more: {'; '.join(self.also)}"

    def line(self) -> str:
        """One line for people."""
        place = self.place or "/"
        times = f" ({self.times} times)" if self.times > 1 else ""
        where = f" [{self.where}]" if self.where else ""
        return escaped(
            f"{self.level}: {self.operation or 'no operation'} {place}: {self.sentence}; "
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
            where=_short(text(self.where)),
            also=tuple(text(other) for other in self.also),
            others=tuple(text(other) for other in self.others),
        )

    def shown(self) -> dict[str, Any]:
        """As JSON reports hold it."""
        shown: dict[str, Any] = {
            "level": self.level,
            "operation": self.operation,
            "operations": list(self.operations),
            "place": self.place,
            "what": self.what,
            "expected": self.expected,
            "source": self.source,
            "times": self.times,
        }
        if self.also:
            shown["also"] = list(self.also)
        return shown | ({"where": self.where} if self.where else {})
