"""What the control plane can do: one plain function an operation, and the table of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import UnknownEdition, contract, load
from mockserver.contract.fixtures import UnfitFixture, UnknownFixture, shipped
from mockserver.judge.coverage import Coverage
from mockserver.pipeline.fault_checks import faults_of
from mockserver.pipeline.messages import Answer, Sent, json_answer
from mockserver.pipeline.server import Server, fixture_for
from mockserver.world import who
from mockserver.world.changes import changes
from mockserver.world.clock import parse_timestamp, timestamp
from mockserver.world.journal import Entry
from mockserver.world.seeding import BadFixture
from mockserver.world.universe import Universe
from mockserver.world.universes import Full, Taken

log = logging.getLogger("mockserver")

JSON = "application/json"
TYPES = (JSON, "application/vnd.api+json", "application/x-www-form-urlencoded", "")
"""Of bodies: JSON's own, the API's, and what curl says where nobody says anything."""


class Refused(Exception):
    """A refusal of the control plane: a status and `(pointer, detail)` of every fault."""

    def __init__(self, status: int, *faults: tuple[str, str], allow: str | None = None) -> None:
        self.status, self.faults, self.allow = status, faults, allow
        super().__init__("; ".join(detail for _, detail in faults))

    def answer(self) -> Answer:
        errors = [{"pointer": pointer, "detail": detail} for pointer, detail in self.faults]
        made = json_answer(self.status, {"errors": errors} if errors else None, JSON)
        if self.allow:
            made.headers["Allow"] = self.allow
        return made


@dataclass(frozen=True, slots=True)
class Control:
    """One call of the control plane, checked."""

    server: Server
    sent: Sent
    path: Mapping[str, str]
    query: Mapping[str, Any]
    document: Any
    universe: Universe | None

    @property
    def own(self) -> Universe:
        """The caller's universe; the operations that need none never ask."""
        assert self.universe is not None
        return self.universe


Made = tuple[int, Any]


# universes


def create_universe(call: Control) -> Made:
    wanted = dict(call.document)
    try:
        parse_timestamp(wanted.get("now") or load(call.server.edition).now)
    except ValueError as error:
        raise Refused(422, ("/now", str(error))) from None
    try:
        if (of := wanted.pop("fork", None)) is not None:
            universe = _fork(call, of)
        elif "before" in wanted:
            raise Refused(422, ("/before", "it is of a fork: name the universe to fork as well"))
        else:
            if isinstance(wanted.get("fixture"), str):
                shipped(wanted["fixture"])
            universe = call.server.universe(**wanted)
    except (Taken, Full) as error:
        raise Refused(409, ("/key", str(error))) from None
    except UnknownEdition as error:
        raise Refused(422, ("/edition", str(error))) from None
    except (UnknownFixture, UnfitFixture, BadFixture) as error:
        raise _unfit(error, "/fixture") from None
    url = call.sent.base
    return 201, {"key": universe.key, "edition": universe.edition, "url": url}


def list_universes(call: Control) -> Made:
    return 200, {"universes": [universe.listed() for universe in call.server.universes]}


def _fork(call: Control, key: str) -> Universe:
    """Of a universe as it is, or as it was before one of its exchanges."""
    of, before = _forked(call, key), call.document.get("before")
    state = None if before is None else _exchange(of, str(before), "/before").before
    return call.server.fork(of, call.document.get("key"), state)


def _forked(call: Control, key: str) -> Universe:
    other = set(call.document) - {"fork", "before", "key"}
    if other:
        named = ", ".join(sorted(other))
        raise Refused(422, ("/fork", f"a fork has these of the other universe: leave out {named}"))
    universe = call.server.universes.get(key)
    if universe is None:
        gone = call.server.universes.gone(key)
        raise Refused(404, ("/fork", gone or "no universe has that key"))
    return universe


def show_universe(call: Control) -> Made:
    return 200, call.own.shown()


def delete_universe(call: Control) -> Made:
    call.server.universes.remove(call.own.key)
    return 204, None


def reset_universe(call: Control) -> Made:
    call.own.reset()
    return 204, None


def seed_universe(call: Control) -> Made:
    wanted = call.document
    named = set(wanted) == {"fixture"}
    try:
        fixture = shipped(wanted["fixture"]) if named else wanted
        document = fixture_for(call.own.edition, fixture, call.server.kinds)
        return 201, {"records": call.own.seeded(document)}
    except (UnknownFixture, UnfitFixture, BadFixture) as error:
        raise _unfit(error, "/fixture" if named else "") from None


def _unfit(error: Exception, place: str) -> Refused:
    if isinstance(error, UnfitFixture):
        return Refused(422, *((place + pointer, detail) for pointer, detail in error.faults))
    if isinstance(error, BadFixture):
        return Refused(422, *((place + fault.pointer, fault.detail) for fault in error.faults))
    return Refused(422, (place, str(error)))


def show_state(call: Control) -> Made:
    return 200, call.own.dump()


def take_snapshot(call: Control) -> Made:
    call.own.snapshot(call.path["name"])
    return 204, None


def restore_snapshot(call: Control) -> Made:
    try:
        call.own.restore(call.path["name"])
    except KeyError as error:
        raise Refused(404, ("", str(error.args[0]))) from None
    return 204, None


# journal


def list_exchanges(call: Control) -> Made:
    journal, query = call.own.journal, call.query
    chosen = journal.select(query.get("operation"), query.get("status"))
    if (text := query.get("finding")) is not None:
        chosen = [e for e in chosen if any(text in str(finding) for finding in e.findings)]
    return 200, {
        "exchanges": [exchange.shown() for exchange in chosen],
        "count": journal.count,
        "forgotten": journal.forgotten,
    }


def clear_journal(call: Control) -> Made:
    call.own.journal.clear()
    call.own.journal.strays.clear()  # who says so himself means it; a reset does not
    return 204, None


def show_exchange(call: Control) -> Made:
    return 200, _exchange(call.own, call.path["n"]).shown()


def show_changes(call: Control) -> Made:
    exchange = _exchange(call.own, call.path["n"])
    assert exchange.before is not None
    assert exchange.after is not None
    return 200, {"changes": changes(call.own.kinds, exchange.before, exchange.after)}


def restore_exchange(call: Control) -> Made:
    """Back to the world before it."""
    exchange = _exchange(call.own, call.path["n"])
    assert exchange.before is not None
    call.own.turn_back(exchange.before)
    return 204, None


def _exchange(universe: Universe, text: str, place: str = "") -> Entry:
    journal = universe.journal
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    exchange = journal.get(number)
    if exchange is None:
        gone = 0 < number <= journal.forgotten
        what = "is no longer known" if gone else f"never was; there are {journal.count}"
        raise Refused(404, (place, f"exchange {text} {what}"))
    return exchange


# faults, clock, service


def set_faults(call: Control) -> Made:
    """All of them anew; where one is wrong, the old ones stay."""
    wanted = call.document["faults"]
    if wrong := [
        fault for at, one in enumerate(wanted) for fault in _wrong(call, one, f"/faults/{at}")
    ]:
        raise Refused(422, *wrong)
    call.own.faults.clear()
    for one in wanted:
        call.own.faults.add(**one)
    return list_faults(call)


def add_fault(call: Control) -> Made:
    """One more; those there are keep their counts."""
    if wrong := _wrong(call, call.document, ""):
        raise Refused(422, *wrong)
    return 201, call.own.faults.add(**call.document).shown()


def _wrong(call: Control, wanted: Mapping[str, Any], place: str) -> list[tuple[str, str]]:
    """What is wrong with one fault: its name, its operation, what it lacks."""
    edition = call.server.contract(call.own.edition)
    return [(place + bad.pointer, str(bad)) for bad in faults_of(edition, wanted)]


def list_faults(call: Control) -> Made:
    return 200, {"faults": call.own.faults.shown()}


def clear_faults(call: Control) -> Made:
    call.own.faults.clear()
    return 204, None


def show_who(call: Control) -> Made:
    """Who may do an operation, by the rules that would answer it."""
    universe, query = call.own, call.query
    try:
        asked = call.server.asked(query["operation"], universe.edition)
        caller = who.called(universe.kinds, universe.state, query["caller"])
        found = who.verdicts(
            universe.kinds,
            universe.state,
            caller,
            asked,
            record=query.get("record"),
        )
        return 200, {"verdicts": [verdict.shown() for verdict in found]}
    except KeyError as error:
        raise Refused(404, ("", str(error.args[0]))) from None


def show_clock(call: Control) -> Made:
    return 200, call.own.clock.shown()


def change_clock(call: Control) -> Made:
    """All that is wanted or nothing."""
    clock, wanted = call.own.clock, call.document
    before = clock.moment()
    try:
        if "now" in wanted:
            clock.set(wanted["now"])
        if "advance" in wanted:
            clock.advance(wanted["advance"])
    except ValueError as error:
        moved = clock.moment() != before and "advance" in wanted
        clock.set(timestamp(before))
        raise Refused(
            422, ("/advance" if moved or "now" not in wanted else "/now", str(error))
        ) from None
    if "running" in wanted:
        clock.run(wanted["running"])
    return 200, clock.shown()


def show_coverage(call: Control) -> Made:
    """Of the exchanges since the world was made, reset, or its journal cleared."""
    journal = call.own.journal
    coverage = Coverage(call.own.edition)
    if isinstance(journal.digested, Coverage):
        coverage.merge(journal.digested.met)
    for exchange in journal:
        coverage.take(exchange)
    return 200, coverage.shown()


def check_live(call: Control) -> Made:
    return 200, {"status": "live"}


def check_ready(call: Control) -> Made:
    return 200, {"status": "ready", "universes": len(call.server.universes)}


def show_openapi(call: Control) -> Made:
    try:
        name = call.query.get("edition", call.server.edition)
        return 200, contract(name).openapi()
    except UnknownEdition as error:
        raise Refused(404, ("", str(error))) from None


OPERATIONS: Mapping[str, Callable[[Control], Made]] = {
    "create-universe": create_universe,
    "list-universes": list_universes,
    "show-universe": show_universe,
    "delete-universe": delete_universe,
    "reset-universe": reset_universe,
    "seed-universe": seed_universe,
    "show-state": show_state,
    "take-snapshot": take_snapshot,
    "restore-snapshot": restore_snapshot,
    "list-exchanges": list_exchanges,
    "clear-journal": clear_journal,
    "show-exchange": show_exchange,
    "show-changes": show_changes,
    "restore-exchange": restore_exchange,
    "set-faults": set_faults,
    "add-fault": add_fault,
    "list-faults": list_faults,
    "clear-faults": clear_faults,
    "show-clock": show_clock,
    "change-clock": change_clock,
    "show-who": show_who,
    "show-coverage": show_coverage,
    "check-live": check_live,
    "check-ready": check_ready,
    "show-openapi": show_openapi,
}
