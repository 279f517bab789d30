"""What the control plane does with universes: make, fork, seed, dump, reset, snapshots."""

from __future__ import annotations

from mockserver.contract import UnknownEdition, editions, load
from mockserver.contract.fixtures import UnfitFixture, UnknownFixture, shipped
from mockserver.control.calls import ControlCall, Handled, Refused
from mockserver.control.journal import states_of
from mockserver.pipeline.server import fixture_for
from mockserver.world.clock import parse_timestamp
from mockserver.world.seeding import BadFixture
from mockserver.world.universe import SNAPSHOT, Universe
from mockserver.world.universes import Full, Taken


def create_universe(call: ControlCall) -> Handled:
    wanted = dict(call.document)
    try:
        parse_timestamp(wanted.get("now") or load(call.server.edition).now)
    except ValueError as error:
        raise Refused(422, ("/now", str(error))) from None
    try:
        if (of := wanted.pop("fork", None)) is not None:
            universe = _fork(call, of)
        elif "before" in wanted:
            raise Refused(422, ("/before", "it is of a fork: name the world to fork as well"))
        else:
            if isinstance(wanted.get("fixture"), str):
                said = wanted.get("edition")
                known = [call.server.contract(said).name] if said else editions()
                shipped(wanted["fixture"], *known)
            universe = call.server.universe(**wanted)
    except (Taken, Full) as error:
        raise Refused(409, ("/key", str(error))) from None
    except UnknownEdition as error:
        raise Refused(422, ("/edition", str(error))) from None
    except (UnknownFixture, UnfitFixture, BadFixture) as error:
        raise _unfit(error, "/fixture") from None
    url = call.sent.base
    return 201, {"key": universe.key, "edition": universe.edition, "url": url}


def list_universes(call: ControlCall) -> Handled:
    return 200, {"universes": [universe.listed() for universe in call.server.universes]}


def _fork(call: ControlCall, key: str) -> Universe:
    """Of a universe as it is, or as it was before one of its exchanges."""
    of, before = _forked(call, key), call.document.get("before")
    state = None if before is None else states_of(of, str(before), "/before")[0]
    return call.server.fork(of, call.document.get("key"), state)


def _forked(call: ControlCall, key: str) -> Universe:
    other = set(call.document) - {"fork", "before", "key"}
    if other:
        named = ", ".join(sorted(other))
        raise Refused(422, ("/fork", f"a fork has these of the other world: leave out {named}"))
    universe = call.server.universes.get(key)
    if universe is None:
        gone = call.server.universes.gone(key)
        raise Refused(404, ("/fork", gone or "No world has that key."))
    return universe


def show_universe(call: ControlCall) -> Handled:
    return 200, call.own.shown()


def delete_universe(call: ControlCall) -> Handled:
    call.server.universes.remove(call.own.key)
    return 204, None


def reset_universe(call: ControlCall) -> Handled:
    call.own.reset()
    return 204, None


def seed_universe(call: ControlCall) -> Handled:
    wanted = call.document
    named = set(wanted) == {"fixture"}
    try:
        fixture = shipped(wanted["fixture"], call.own.edition) if named else wanted
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


def show_state(call: ControlCall) -> Handled:
    return 200, call.own.dump()


def take_snapshot(call: ControlCall) -> Handled:
    if not SNAPSHOT.fullmatch(name := call.path["name"]):
        raise Refused(422, ("", f"{name!r} cannot be the name of a snapshot: take another"))
    call.own.snapshot(name)
    return 204, None


def restore_snapshot(call: ControlCall) -> Handled:
    try:
        call.own.restore(call.path["name"])
    except KeyError as error:
        raise Refused(404, ("", str(error.args[0]))) from None
    return 204, None
