"""Who may do what, asked before it is tried: the same rules, the same sentences.

Callers are named, never told by a token: a token would stand in a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.nearest import either, singular, there_is_no
from mockserver.world.access import demand
from mockserver.world.kinds import Kinds
from mockserver.world.naming import label
from mockserver.world.problems import Problem
from mockserver.world.state import Record, State
from mockserver.world.view import Caller, View


class Unknown(KeyError):
    """No such caller or record; the message lists the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


class Asked(NamedTuple):
    """An operation, as far as access is concerned: `type` of the innermost record it names."""

    operation: str
    right: str
    type: str | None
    entitlement: str | None


class Verdict(NamedTuple):
    """Whether a caller may do an operation to one record (None: the operation names none).

    `why` is the sentence that the journal keeps of the 404 where he may not.
    """

    caller: str
    operation: str
    record: str | None
    may: bool
    rule: str
    source: str
    why: str | None

    def shown(self) -> dict[str, Any]:
        return {
            "caller": self.caller,
            "operation": self.operation,
            "record": self.record,
            "may": self.may,
            "rule": self.rule,
            "source": self.source,
            "why": self.why,
        }


def callers(kinds: Kinds, state: State) -> dict[str, Caller]:
    """Everyone that a token can stand for, by name: `user ann`, `team acme/platform`, ..."""
    found = (c for kind in kinds.values() if kind.callers for c in kind.callers(state))
    return {caller.name: caller for caller in found}


def called(kinds: Kinds, state: State, name: str) -> Caller:
    """The caller of a name, with or without the word before it. Raises Unknown."""
    known = callers(kinds, state)
    fitting = [c for full, c in known.items() if name in (full, full.partition(" ")[2])]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Unknown(f"{name!r} can be {either([c.name for c in fitting])}: say which one.")
    raise Unknown(there_is_no("caller", name, known, cutoff=0.3))


def labelled(kinds: Kinds, state: State, type: str) -> dict[str, Record]:
    """The records of a type by their labels."""
    return {label(kinds, state, one): one for one in state.every(type)}


def verdicts(
    kinds: Kinds,
    state: State,
    caller: Caller,
    asked: Asked,
    *,
    record: str | None = None,
    among: Mapping[str, Record] | None = None,
) -> Iterator[Verdict]:
    """One verdict a record of the operation's type; `record` picks some by id, label, or the
    label's last part. `among` are the records of that type by their labels, where many are asked for.

    Raises Unknown where there is no such record.
    """
    view = View(kinds, state, caller)  # one for all: what is granted in an owner is asked once
    if asked.type is None:
        yield _verdict(view, asked, None, None)
        return
    every = labelled(kinds, state, asked.type) if among is None else among
    if record is not None:
        every = {
            name: one
            for name, one in every.items()
            if record in (name, name.rpartition("/")[2], one.id)
        }
        if not every:
            raise Unknown(f"There is no {singular(asked.type)} {record!r}.")
    for name, one in every.items():
        yield _verdict(view, asked, one, name)


def _verdict(view: View, asked: Asked, record: Record | None, name: str | None) -> Verdict:
    why, right = None, view.facts.rights[asked.right]
    try:
        demand(view, asked.operation, asked.right, record, asked.entitlement)
    except Problem as problem:
        why = problem.why
    return Verdict(
        caller=view.caller.name,
        operation=asked.operation,
        record=name,
        may=why is None,
        rule=right.words,
        source=right.source,
        why=why,
    )


def cell(found: list[Verdict]) -> str:
    """Verdicts in one word for a matrix: `yes`, `no`, `some 2/5`, or `-` where nothing is there."""
    allowed = sum(verdict.may for verdict in found)
    if not found:
        return "-"
    if allowed in (0, len(found)):
        return "yes" if allowed else "no"
    return f"some {allowed}/{len(found)}"
