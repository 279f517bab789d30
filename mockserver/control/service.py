"""What is asked of the server itself, and who may do what in a world."""

from __future__ import annotations

from mockserver.contract import UnknownEdition, contract
from mockserver.control.calls import ControlCall, Handled, Refused
from mockserver.control.enforcement import effective
from mockserver.world import who


def show_who(call: ControlCall) -> Handled:
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


def show_effective_policies(call: ControlCall) -> Handled:
    """Which policy sets are in force where, and why."""
    own, query = call.own, call.query
    try:
        found = effective(own.kinds, own.state, query.get("policy-set"), query.get("workspace"))
        return 200, found
    except KeyError as error:
        raise Refused(404, ("", str(error.args[0]))) from None


def check_live(call: ControlCall) -> Handled:
    return 200, {"status": "live"}


def check_ready(call: ControlCall) -> Handled:
    return 200, {"status": "ready", "universes": len(call.server.universes)}


def show_openapi(call: ControlCall) -> Handled:
    try:
        name = call.query.get("edition", call.server.edition)
        return 200, contract(name).openapi()
    except UnknownEdition as error:
        raise Refused(404, ("", str(error))) from None
