"""What shall go wrong in a world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.control.calls import ControlCall, Handled, Refused
from mockserver.digits import whole_number
from mockserver.pipeline.fault_checks import faults_of


def set_faults(call: ControlCall) -> Handled:
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


def add_fault(call: ControlCall) -> Handled:
    """One more; those there are keep their counts."""
    if wrong := _wrong(call, call.document, ""):
        raise Refused(422, *wrong)
    return 201, call.own.faults.add(**call.document).shown()


def _wrong(call: ControlCall, wanted: Mapping[str, Any], place: str) -> list[tuple[str, str]]:
    """What is wrong with one fault: its name, its operation, what it lacks."""
    edition = call.server.contract(call.own.edition)
    return [(place + bad.pointer, str(bad)) for bad in faults_of(edition, wanted)]


def remove_fault(call: ControlCall) -> Handled:
    """By its place in the list, from 1; the others keep their counts."""
    text = call.path["n"]
    known = len(call.own.faults.shown())
    place = whole_number(text) or 0
    if not 0 < place <= known:
        raise Refused(404, ("", f"There is no fault number {text}. There are: {known}."))
    call.own.faults.remove(place - 1)
    return 204, None


def list_faults(call: ControlCall) -> Handled:
    return 200, {"faults": call.own.faults.shown()}


def clear_faults(call: ControlCall) -> Handled:
    call.own.faults.clear()
    return 204, None
