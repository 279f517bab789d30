"""What the control plane shows of a world's journal: exchanges, what they changed, coverage."""

from __future__ import annotations

from mockserver.control.calls import ControlCall, Handled, Refused
from mockserver.digits import whole_number
from mockserver.judge.coverage import Coverage
from mockserver.world.changes import changes
from mockserver.world.entries import Entry
from mockserver.world.state import State
from mockserver.world.universe import Universe


def list_exchanges(call: ControlCall) -> Handled:
    journal, query = call.own.journal, call.query
    operation = query.get("operation")
    if operation is not None:
        try:
            call.server.contract(call.own.edition).operation(operation)
        except KeyError as error:
            raise Refused(422, ("", str(error.args[0]))) from None
    chosen = journal.select(operation, query.get("status"))
    if (text := query.get("finding")) is not None:
        chosen = [entry for entry in chosen if entry.has_finding(text)]
    return 200, {
        "edition": call.own.edition,
        "exchanges": [entry.shown() for entry in chosen],
        "count": journal.count,
        "forgotten": journal.forgotten,
    }


def clear_journal(call: ControlCall) -> Handled:
    call.own.journal.clear()
    call.own.journal.strays.clear()  # who says so himself means it; a reset does not
    return 204, None


def show_exchange(call: ControlCall) -> Handled:
    return 200, journal_entry(call.own, call.path["n"]).shown()


def show_changes(call: ControlCall) -> Handled:
    before, after = states_of(call.own, call.path["n"])
    clean = call.server.redactor(call.own)
    return 200, {"changes": changes(call.own.kinds, before, after, clean)}


def restore_exchange(call: ControlCall) -> Handled:
    """Back to the world before it."""
    call.own.turn_back(states_of(call.own, call.path["n"])[0])
    return 204, None


def states_of(universe: Universe, text: str, place: str = "") -> tuple[State, State]:
    """The world before and after an exchange; 404 where they are no longer known."""
    entry = journal_entry(universe, text, place)
    if entry.before is None or entry.after is None:
        what = f"what exchange {text} changed is no longer known: it was too large to be kept"
        raise Refused(404, (place, what))
    return entry.before, entry.after


def journal_entry(universe: Universe, text: str, place: str = "") -> Entry:
    """The entry of a number as it was sent; 404 where there is none."""
    journal = universe.journal
    number = whole_number(text) or 0
    entry = journal.get(number)
    if entry is None:
        gone = 0 < number <= journal.forgotten
        what = "is no longer known" if gone else f"does not exist; there are {journal.count}"
        raise Refused(404, (place, f"exchange {text} {what}"))
    return entry


def show_coverage(call: ControlCall) -> Handled:
    """Of the exchanges since the world was made, reset, or its journal cleared."""
    journal = call.own.journal
    coverage = Coverage(call.own.edition)
    if isinstance(journal.digested, Coverage):
        coverage.merge(journal.digested.met)
    for entry in journal:
        coverage.take(entry)
    return 200, coverage.shown()
