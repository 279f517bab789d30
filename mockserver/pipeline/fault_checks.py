"""What is wrong with a fault that somebody asks for: above all, that it could never happen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract import Edition, Operation
from mockserver.nearest import either, nearest
from mockserver.world.fault_options import BadFault, wrong

ONE, MORE = "\1", "\2"
"""What a parameter of a path stands for: one letter that is no slash, and any more of them."""


def faults_of(edition: Edition, wanted: Mapping[str, Any]) -> Iterator[BadFault]:
    """Everything wrong with a fault that somebody asks for in a world of that edition."""
    yield from wrong(wanted)
    chosen = [operation for operation in edition.operations.values() if not operation.open]
    if (id := wanted.get("operation")) is not None:
        try:
            chosen = [edition.operation(id)]
        except KeyError as error:
            yield BadFault(str(error.args[0]), "/operation")
            return
        if chosen[0].open:
            yield BadFault(
                f"{id} needs no token, so it belongs to no world, and no fault can happen to it.",
                "/operation",
            )
            return
    where = id or f"any operation of edition {edition.name}"
    if (path := wanted.get("path")) is not None:
        yield from _nowhere(edition, chosen, path)
    if (status := wanted.get("status")) is not None and wanted["fault"] == "status":
        # of several operations it happens to those alone that document it: see request_faults
        errors = sorted({s for o in chosen for s in o.responses if s >= 400})
        if status not in errors:
            known = ", ".join(map(str, errors))
            fact = f"{where} does not document the status {status}; it documents {known}"
            yield BadFault(f"{fact}. For another status use off-contract-status.", "/status")
    if wanted["fault"] == "lost-entitlement" and not any(o.entitlement for o in chosen):
        known = ", ".join(o.id for o in edition.operations.values() if o.entitlement)
        yield BadFault(f"{where} needs no entitlement. These do: {known}.", "/operation")


def _nowhere(edition: Edition, chosen: Sequence[Operation], pattern: str) -> Iterator[BadFault]:
    """A path that is none of the operations', nor of those that are documented and not built."""
    paths = list(dict.fromkeys(operation.path for operation in chosen))
    if len(chosen) == 1:
        if not may_meet(pattern, paths[0]):
            fact = f"{pattern!r} does not match the path of {chosen[0].id}, {paths[0]}."
            yield BadFault(fact, "/path")
        return
    others = [line.partition(" ")[2] for line in edition.facts.get("not-built", ())]
    if not any(may_meet(pattern, path) for path in (*paths, *others)):
        near = nearest(pattern, paths, 3, 0.3) or paths[:3]
        fact = f"{pattern!r} matches no path of edition {edition.name}"
        yield BadFault(f"{fact}. Did you mean {either(near)}? (* matches anything.)", "/path")


def may_meet(pattern: str, template: str) -> bool:
    """Whether any path of a template, with `{…}` for one part, fits a pattern with `*`, `?`, `[…]`.

    Read once from left to right, with every place of the template where the pattern may stand; a
    set in brackets is taken for any letter.
    """
    tokens = re.sub(r"{[^}]*}", ONE + MORE, template)
    places = _skipped({0}, tokens)
    for letter in re.sub(r"\[!?\]?[^\]]*\]", "?", pattern).rstrip("/"):
        if letter == "*":
            places = set(range(min(places), len(tokens) + 1))
        else:
            places = _skipped(_stepped(places, tokens, letter), tokens)
        if not places:
            return False
    return len(tokens) in places


def _stepped(places: Iterable[int], tokens: str, letter: str) -> Iterator[int]:
    """Where the template may stand after one more letter."""
    for at in places:
        token = tokens[at : at + 1]
        if token in (ONE, MORE):
            if letter != "/":
                yield at + (token == ONE)
        elif token and letter in (token, "?"):
            yield at + 1


def _skipped(places: Iterable[int], tokens: str) -> set[int]:
    """These places, and those behind what may be nothing."""
    found = set(places)
    return found | {at + 1 for at in found if tokens[at : at + 1] == MORE}
