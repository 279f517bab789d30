"""What a client has sent to a world, and assertions about it that explain themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any

from mockserver.client.har import to_har
from mockserver.client.html import as_html
from mockserver.client.links import Link, shown_or_gone
from mockserver.client.seen import Changes, Seen
from mockserver.client.wanted import Wanted
from mockserver.contract import load
from mockserver.digits import counted
from mockserver.pipeline.arguments import refuse_wrong


class UnknownOperation(KeyError):
    """The edition has no operation of that id; the message lists the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


class JournalReader:
    """The exchanges of one world, oldest first."""

    def __init__(self, link: Link, edition: Callable[[], str]) -> None:
        self._link, self._edition = link, edition

    def exchanges(self, operation: str | None = None, status: int | None = None) -> list[Seen]:
        """Those that fit. Raises UnknownOperation with the nearest names."""
        refuse_wrong("exchanges", {}, {"operation": operation, "status": status})
        return self._known(operation, status)[0]

    @property
    def forgotten(self) -> int:
        """How many exchanges are no longer known: the journal is bounded."""
        return self._known()[1]

    def _known(
        self, operation: str | None = None, status: int | None = None
    ) -> tuple[list[Seen], int]:
        if operation is not None:
            self._operation(operation)
        found = self._link.send("GET", "journal", operation=operation, status=status)
        return [Seen.of(exchange) for exchange in found["exchanges"]], found["forgotten"]

    def _operation(self, id: str) -> None:
        try:
            load(self._edition()).operation(id)
        except KeyError as error:
            raise UnknownOperation(error.args[0]) from None

    def __iter__(self) -> Iterator[Seen]:
        return iter(self.exchanges())

    def __len__(self) -> int:
        return int(self._link.send("GET", "journal")["count"])

    def __repr__(self) -> str:
        def said() -> str:
            known, forgotten = self._known()
            return counted(len(known) + forgotten, "exchange") + (
                f", last {known[-1]}" if known else ""
            )

        return shown_or_gone("Journal", said)

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        return as_html(*self._known())

    def clear(self) -> None:
        """Forget everything so far, findings too; a breach is not forgotten."""
        self._link.send("DELETE", "journal")

    def changes(self, exchange: Seen | int) -> Changes:
        """What a request changed in the world; print it, or walk its entries.

        Raises ControlError for an exchange that never was or is no longer known.
        """
        if not isinstance(exchange, Seen):
            refuse_wrong("changes", {"exchange": exchange})
        number = exchange if isinstance(exchange, int) else exchange.n
        return Changes(self._link.send("GET", f"journal/{number}/changes")["changes"])

    # assertions

    def expect(
        self,
        operation: str,
        *,
        count: int | None = None,
        body: Any = None,
        status: int | None = None,
        path: str | None = None,
        caller: str | None = None,
        where: Callable[[Seen], object] | None = None,
    ) -> list[Seen]:
        """The calls of an operation that fit; at least one, or exactly `count`.

        `body` fits where all that it names is there: other members may stand beside; of an upload it
        is the text. `path` may have `*` for anything; `caller` is a name, `ann` or `user ann`; `where`
        is asked about each exchange.
        A miss raises AssertionError with the nearest exchanges, field by field.
        """
        __tracebackhide__ = True
        asked = {"count": count, "status": status, "path": path, "caller": caller, "where": where}
        refuse_wrong("expect", {"operation": operation}, asked)
        wanted = Wanted(body, status, path, caller, where)
        calls, forgotten = self._known(operation)
        misses = [(call, list(wanted.misses(call))) for call in calls]
        fitting = [call for call, missed in misses if not missed]
        if (len(fitting) == count and not forgotten) or (count is None and fitting):
            return fitting
        often = "at least once" if count is None else f"{count} time(s)"
        lines = [f"expected {operation} {often}, saw {len(fitting)} fitting call(s)"]
        lines += _unknown(forgotten)
        for call, missed in [one for one in misses if one[1]][:3]:
            lines += [f"  {call}", *(f"    {line}" for line in missed)]
        if fitting:
            lines += ["  fitting:", *(f"    {call}" for call in fitting)]
        if not calls:
            lines += self._nearest(operation)
        raise AssertionError("\n".join(lines))

    def not_called(self, operation: str) -> None:
        """Raises AssertionError that lists the calls there were."""
        __tracebackhide__ = True
        refuse_wrong("not_called", {"operation": operation})
        calls, forgotten = self._known(operation)
        if calls or forgotten:
            lines = [f"expected no {operation}, saw {len(calls)}:", *(f"  {c}" for c in calls)]
            raise AssertionError("\n".join([*lines, *_unknown(forgotten)]))

    def in_order(self, *operations: str) -> None:
        """These operations were called in this order; others may stand between.

        Raises AssertionError that says where the order ends.
        """
        __tracebackhide__ = True
        if not operations:
            raise TypeError(
                "in_order(): name at least one operation, else every journal is in order"
            )
        for one in operations:
            refuse_wrong("in_order", {"operation": one})
            self._operation(one)
        seen, forgotten = self._known()
        rest = iter(seen)
        for at, one in enumerate(operations):
            if not any(exchange.operation == one for exchange in rest):
                after = f" after {operations[at - 1]}" if at else ""
                lines = [f"expected {one}{after}; the exchanges were:"]
                lines += [f"  {exchange}" for exchange in seen] or ["  none at all"]
                raise AssertionError("\n".join([*lines, *_unknown(forgotten)]))

    def _nearest(self, operation: str) -> list[str]:
        """The exchanges whose operations are most like one that was never called."""
        ratio = lambda e: SequenceMatcher(None, e.operation or "", operation).ratio()  # noqa: E731
        near = sorted(self.exchanges(), key=ratio, reverse=True)[:3]
        return ["  nearest:", *(f"    {call}" for call in near)] if near else ["  none at all"]

    # for other tools

    def to_json(self) -> str:
        """Every exchange, as the control plane shows it."""
        return json.dumps(self._link.send("GET", "journal")["exchanges"], indent=2)

    def to_har(self) -> dict[str, Any]:
        """HAR 1.2, for browsers' tools and `mockserver verify --har`."""
        return to_har(self.exchanges())


def _unknown(forgotten: int) -> list[str]:
    return [f"  {forgotten} earlier exchange(s) are no longer known"] if forgotten else []
