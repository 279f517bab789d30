"""What shall go wrong in a world, and its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask

from mockserver.digits import whole_number
from mockserver.page import doors
from mockserver.page.asking import ControlRefusal, control
from mockserver.world.fault_options import DEFAULTS, TAKES, WHAT

Said = Any


def list_faults(number: int) -> Said:
    return _faults(number, {}, [])


def _faults(number: int, wanted: dict[str, Any], faults: list[str]) -> str:
    universe = doors.world(number)
    return flask.render_template(
        "faults.html",
        number=number,
        there=control("GET", "faults", of=universe)["faults"],
        kinds=WHAT,
        takes=TAKES,
        options=DEFAULTS,
        operations=doors.server().contract(universe.edition).operations,
        wanted=wanted,
        faults=faults,
    )


def add_fault(number: int) -> Said:
    universe, form = doors.world(number), flask.request.form
    try:
        control("POST", "faults", _fault(form), of=universe)
    except ControlRefusal as refusal:
        return _faults(number, dict(form), refusal.said), refusal.status
    doors.say("The fault was added.")
    return flask.redirect(f"/worlds/{number}/faults", 303)


def _fault(form: Any) -> dict[str, Any]:
    """A fault as the control plane takes it; what the fault takes no such option of is left out."""
    name = form.get("fault", "")
    wanted: dict[str, Any] = {"fault": name}
    wanted |= {part: form[part] for part in ("operation", "path") if form.get(part)}
    wanted |= {
        part: _number(form[part])
        for part in DEFAULTS
        if form.get(part) and part in TAKES.get(name, ())
    }
    when, number = form.get("when", "next"), form.get("number", "")
    if when in ("nth", "share"):
        wanted["when"] = {when: _number(number)}
    elif when:
        wanted["when"] = when
    return wanted


def _number(text: str) -> Any:
    """A number where it is one; the control plane says what is wrong with all else."""
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def remove_fault(number: int) -> Said:
    """One of them, or all."""
    universe, form = doors.world(number), flask.request.form
    there = control("GET", "faults", of=universe)["faults"]
    place, name = form.get("place", ""), form.get("fault", "")
    try:
        if not place:
            control("DELETE", "faults", of=universe)
        elif 0 < (at := whole_number(place) or 0) <= len(there) and there[at - 1]["fault"] == name:
            control("DELETE", f"faults/{place}", of=universe)
        else:
            raise ControlRefusal(
                409, ["the faults have changed since this page was shown: look again"]
            )
    except ControlRefusal as refusal:
        return _faults(number, {}, refusal.said), refusal.status
    doors.say("The fault was removed." if place else "All faults were removed.")
    return flask.redirect(f"/worlds/{number}/faults", 303)


# the clock


def show_clock(number: int) -> Said:
    return _clock(number, [])


def _clock(number: int, faults: list[str]) -> str:
    clock = control("GET", "clock", of=doors.world(number))
    return flask.render_template("clock.html", number=number, clock=clock, faults=faults)


def change_clock(number: int) -> Said:
    form = flask.request.form
    wanted: dict[str, Any] = {}
    if "running" in form:
        wanted["running"] = form["running"] == "yes"
    if "advance" in form:
        wanted["advance"] = _number(form["advance"])
    if "now" in form:
        wanted["now"] = form["now"]
    try:
        clock = control("PATCH", "clock", wanted, of=doors.world(number))
    except ControlRefusal as refusal:
        return _clock(number, refusal.said), refusal.status
    doors.say(
        f"It is {clock['now']} in this world, and its clock {'runs' if clock['running'] else 'stands still'}."
    )
    return flask.redirect(f"/worlds/{number}/clock", 303)


ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/worlds/<int:number>/faults", "GET", list_faults),
    ("/worlds/<int:number>/faults", "POST", add_fault),
    ("/worlds/<int:number>/faults/remove", "POST", remove_fault),
    ("/worlds/<int:number>/clock", "GET", show_clock),
    ("/worlds/<int:number>/clock", "POST", change_clock),
)
