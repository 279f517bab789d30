"""The worlds of the server: seen, made, opened, forked, reset, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import flask

from mockserver.contract import editions
from mockserver.contract.files import shipped_fixtures
from mockserver.control.enforcement import owners
from mockserver.digits import whole_number
from mockserver.page import doors
from mockserver.page.asking import ControlRefusal, control, root
from mockserver.world.universe import Universe

SHOWN = 500
"""Worlds on one page; who has more finds his own by its number."""
TEXT = """\
tfe-mockserver, a stand-in for the Terraform Enterprise API (edition {edition}). Three lines to try:

{token}
curl -g -H "Authorization: Bearer $TOKEN" {base}/api/v2/organizations
curl -g -H "Authorization: Bearer $TOKEN" {base}/_mock/journal
curl {base}/_mock/openapi.json
"""
DEFAULT = "test-token"
ELSEWHERE = "# TOKEN is the key of a world: the ready line of `mockserver serve` ends with it"
"""What stands in the place of a key that is not the one everybody knows."""

Said = Any


def home() -> Said:
    """The worlds there are; a few lines for who does not ask for HTML."""
    if "text/html" not in flask.request.headers.get("Accept", ""):
        server = doors.server()
        known = server.loopback and server.universes.get(DEFAULT) is not None
        token = f"export TOKEN={DEFAULT}" if known else ELSEWHERE
        text = TEXT.format(edition=server.edition, base=root()(), token=token)
        return flask.Response(text, mimetype="text/plain")
    doors.listed()
    return _worlds({}, [])


def to_home() -> Said:
    return flask.redirect("/", 303)


def _worlds(wanted: dict[str, str], faults: list[str]) -> str:
    found = control("GET", "universes")["universes"]
    return flask.render_template(
        "worlds.html",
        worlds=found[-SHOWN:],
        more=max(0, len(found) - SHOWN),
        opened=doors.opened(),
        editions=editions(),
        fixtures=sorted({name for one in editions() for name in shipped_fixtures(one)}),
        wanted=wanted,
        faults=faults,
        base=root()(),
    )


def sign_in() -> Said:
    """The control token, which comes first where one is wanted."""
    doors.control(flask.request.form.get("token", ""))
    return _next(None)


def make() -> Said:
    doors.listed()
    form = flask.request.form
    wanted: dict[str, Any] = {name: form.get(name, "") for name in ("key", "edition", "fixture")}
    if not wanted["edition"]:
        del wanted["edition"]  # the fixture says it, or else the server does
    try:
        control("POST", "universes", {**wanted, "strict": "strict" in form})
    except ControlRefusal as refusal:
        del wanted["key"]
        return _worlds(wanted, refusal.said), refusal.status
    return _made(wanted["key"], "The world was made, and is open here.")


def _made(key: str, text: str) -> Said:
    universe = doors.server().universes.get(key)
    assert universe is not None
    doors.renewed().worlds[universe.number] = universe
    doors.say(text)
    return flask.redirect(f"/worlds/{universe.number}", 303)


def open_world(number: int) -> Said:
    doors.open(number, flask.request.form.get("key", ""))
    return _next(number)


def _next(number: int | None) -> Said:
    """Where he was about to go; nowhere but within what was opened."""
    within = "/worlds" if number is None else f"/worlds/{number}"
    wanted = flask.request.form.get("next", "")
    inside = wanted == within or wanted.startswith((f"{within}/", f"{within}?"))
    return flask.redirect(wanted if inside else "/" if number is None else within, 303)


def open_once(code: str) -> Said:
    """The link of the ready line; who only looks ahead does not spend it."""
    ahead = flask.request.headers.get("Sec-Purpose", "").startswith("prefetch")
    if flask.request.method != "GET" or ahead:
        return "", 204
    universe = doors.open_by_code(code)
    if universe is None:
        flask.abort(404, "This link has been used, or never was: open the world with its key.")
    return flask.redirect(f"/worlds/{universe.number}", 303)


def reset(number: int) -> Said:
    text = "The world was reset: it is as it was made."
    return _done(number, lambda of: control("POST", "reset", of=of), text)


def fork(number: int) -> Said:
    universe = doors.world(number)
    form = flask.request.form
    key, before = form.get("key", ""), whole_number(form.get("before", ""))
    wanted: dict[str, Any] = {"fork": universe.key, "key": key}
    if before is not None:
        wanted["before"] = before
    try:
        control("POST", "universes", wanted)
    except ControlRefusal as refusal:
        return show(number, refusal.said), refusal.status
    where = f" It begins before request {wanted['before']}." if "before" in wanted else ""
    return _made(key, f"This world was forked from world {number}, and is open here.{where}")


def delete(number: int) -> Said:
    control("DELETE", "universe", of=doors.world(number))
    doors.session().worlds.pop(number, None)
    doors.say(f"World {number} was deleted.")
    return flask.redirect("/", 303)


def snapshot(number: int) -> Said:
    name = flask.request.form.get("name", "")
    text = f"The world as it is now has the name {name}."
    return _done(number, lambda of: control("PUT", f"snapshots/{name}", of=of), text)


def restore(number: int) -> Said:
    name = flask.request.form.get("name", "")
    text = f"The world is as it was when it got the name {name}."
    return _done(number, lambda of: control("POST", f"snapshots/{name}/restore", of=of), text)


def _done(number: int, work: Callable[[Universe], Any], text: str) -> Said:
    """Do it, say so, and show the world; or show what is wrong."""
    universe = doors.world(number)
    try:
        work(universe)
    except ControlRefusal as refusal:
        return show(number, refusal.said), refusal.status
    doors.say(text)
    return flask.redirect(f"/worlds/{number}", 303)


def show(number: int, faults: list[str] | None = None) -> str:
    universe = doors.world(number)
    shown = control("GET", "universe", of=universe)
    return flask.render_template(
        "world.html",
        number=number,
        world=shown,
        breaches=[entry.shown() for entry in universe.journal.breaches],
        owners=owners(universe.kinds, universe.state),
        faults=faults or [],
        base=root()(),
        body=json.dumps({"fixture": "documented"}),
    )


ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/", "GET", home),
    ("/worlds", "GET", to_home),
    ("/worlds", "POST", make),
    ("/worlds/control-token", "POST", sign_in),
    ("/open/<code>", "GET", open_once),
    ("/worlds/<int:number>", "GET", show),
    ("/worlds/<int:number>/open", "POST", open_world),
    ("/worlds/<int:number>/reset", "POST", reset),
    ("/worlds/<int:number>/fork", "POST", fork),
    ("/worlds/<int:number>/delete", "POST", delete),
    ("/worlds/<int:number>/snapshots", "POST", snapshot),
    ("/worlds/<int:number>/restore", "POST", restore),
)
