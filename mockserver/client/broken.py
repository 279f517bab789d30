"""Where a contract was broken, told so that a reader can act on it.

A *breach* is our own mistake: an answer that breaks the contract, an unexpected exception. A
*finding* is what a client sent although no page lists it; in a strict world it breaks the contract.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from mockserver.client.passing import passing
from mockserver.client.seen import Seen
from mockserver.contract import load
from mockserver.digits import counted
from mockserver.escaping import escaped
from mockserver.world.entries import Entry
from mockserver.world.universe import Universe
from mockserver.world.universes import Universes

LONG = 1_000
"""Letters of a body that a message shows."""
DEFECT = "This is a defect of the mock server, not of the test: please report it with these lines."


class Broken(AssertionError):
    """The contract was broken; the message says by whom, where and how."""


def told_of(universes: Universes, family: str) -> Iterator[str]:
    """What was broken in the worlds of a family, those that were deleted since included."""
    for universe in worlds(universes, family):
        for exchange in broken_exchanges(universe):
            yield from explanations(Seen.of(exchange.shown()), universe.edition)


class UnfiredFault(UserWarning):
    """A fault that was asked for and never happened: a test of it has tested nothing."""


def unfired(faults: Iterable[Mapping[str, Any]]) -> list[str]:
    """The faults that never happened, a sentence each; `faults` as the control plane shows them."""
    return [_unfired(fault) for fault in faults if not fault["fired"]]


def _unfired(fault: Mapping[str, Any]) -> str:
    said = {n: part for n, part in fault.items() if n not in ("fault", "seen", "fired")}
    options = "".join(f", {name}={part!r}" for name, part in said.items())
    many = counted(fault["seen"], "request")
    return escaped(
        f"the fault {fault['fault']!r}{options} never happened: {many} came as far as it. "
        "Send what it waits for, or take it away with faults.clear()."
    )


def worlds(universes: Universes, family: str) -> list[Universe]:
    """A world and its forks, and what was broken among those that are no more."""
    found = [*universes, *universes.fallen]
    return list(dict.fromkeys(universe for universe in found if universe.family == family))


def broken_exchanges(universe: Universe) -> list[Entry]:
    """Its exchanges that broke the contract."""
    journal = universe.journal
    return [*journal.breaches, *(journal.strays if universe.strict else ())]


def explanations(seen: Seen, edition: str) -> Iterator[str]:
    """One text for each way in which an exchange broke the contract."""
    example = _example(seen, edition)
    if seen.breach:
        lines = [
            seen.breach,
            f"  in {seen.operation} (edition {edition})" if seen.operation else "",
        ]
        yield _joined(*lines, f"  sent: {_sent(seen)}", example, f"  {DEFECT}")
    for finding in () if seen.breach else seen.findings:
        yield _joined(
            f"not in the contract: {seen.operation or 'no operation'} (edition {edition})",
            f"  {finding['fact']}; expected {finding['expected']}"
            if "expected" in finding
            else f"  {finding['fact']}",
            f"  pointer: {finding['pointer'] or '/'}" if seen.operation else "",
            f"  key path: {finding['key-path']} ({finding['source']})"
            if "key-path" in finding
            else f"  source: {finding['source']}"
            if "source" in finding
            else "",
            f"  sent: {_sent(seen)}",
            example,
            f"  {finding['hint']}" if "hint" in finding else "",
        )


def _joined(*lines: str) -> str:
    return "\n".join(escaped(line) for line in lines if line)


def _sent(seen: Seen) -> str:
    query = f"?{seen.query}" if seen.query else ""
    return f"{seen.method} {seen.path}{query}{_body(seen.request)}"


def _example(seen: Seen, edition: str) -> str:
    """The contract's own example of the operation, as a request."""
    example = passing(seen, load(edition))
    if example is None:
        return ""
    call, query, body = example
    return f"  passes: {call}{'?' if query else ''}{urlencode(query)}{_body(body)}"


def _body(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return " " + (text if len(text) <= LONG else text[: LONG - 1] + "…")
