"""The requests of a world: a list that grows as they come, filtered by what stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import flask

from mockserver.digits import whole_number
from mockserver.page import doors
from mockserver.page.asking import control, root
from mockserver.page.stream import Stream
from mockserver.world.entries import Entry
from mockserver.world.who import callers

SHOWN = 200
"""Requests on one page; a link leads to the older ones."""
SEARCHED = 256 * 1024
"""Bytes of a body in which a text is looked for."""
STREAMS = 20
"""Pages of one world that are told of new requests at a time."""

Said = Any


@dataclass(frozen=True, slots=True)
class Filter:
    """Which requests are shown; what is empty lets all through.

    `status`: a whole one or its beginning (`4`); `finding`: any, or a part of its words; `text`: a
    part of path, query, reasons or bodies.
    """

    operation: str = ""
    status: str = ""
    finding: str = ""
    caller: str = ""
    text: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Filter:
        return cls(**{name: arguments.get(name, "").strip() for name in cls.__slots__})

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({n: value for n in self.__slots__ if (value := getattr(self, n))})

    def fits(self, entry: Entry) -> bool:
        return (
            (not self.operation or entry.operation == self.operation)
            and str(entry.status).startswith(self.status)
            and (not self.caller or entry.caller == self.caller)
            and (not self.finding or entry.has_finding(self.finding))
            and (not self.text or _holds(entry, self.text.casefold()))
        )


def _holds(entry: Entry, text: str) -> bool:
    said = (entry.method, entry.path, entry.query, entry.why, entry.fault, entry.breach)
    if any(text in part.casefold() for part in said if part):
        return True
    bodies = (entry.sent, entry.got)
    return any(
        text in body[:SEARCHED].decode("utf-8", "replace").casefold() for body in bodies if body
    )


def list_requests(number: int) -> Said:
    universe = doors.world(number)
    journal, chosen = universe.journal, Filter.of(flask.request.args)
    cleared, count, forgotten = journal.cleared, journal.count, journal.forgotten
    before = whole_number(flask.request.args.get("before", ""))
    until = count + 1 if before is None else before
    fitting = [e for e in journal if e.number < until and chosen.fits(e)]
    return flask.render_template(
        "journal.html",
        number=number,
        entries=fitting[: -SHOWN - 1 : -1],
        older=fitting[-SHOWN].number if len(fitting) > SHOWN else None,
        chosen=chosen,
        live=until > count,
        count=count,
        forgotten=forgotten,
        since=f"{cleared}.{count}",
        operations=doors.server().contract(universe.edition).operations,
        callers=callers(universe.kinds, universe.state),
        base=root()(),
    )


def events(number: int) -> Said:
    """New rows as they come."""
    universe = doors.world(number)
    if universe.journal.listeners >= STREAMS:
        flask.abort(503, f"{STREAMS} pages of this world are live already: close one.")
    since = flask.request.headers.get("Last-Event-ID") or flask.request.args.get("since", "")
    template = flask.current_app.jinja_env.get_template("row.html")

    def row(entry: Entry) -> str:
        return template.render(entry=entry, number=number, fresh=True)

    stream: Any = Stream(universe, since, Filter.of(flask.request.args).fits, row)
    response = flask.Response(stream, mimetype="text/event-stream", direct_passthrough=True)
    response.headers["X-Accel-Buffering"] = "no"
    return response


def clear(number: int) -> Said:
    control("DELETE", "journal", of=doors.world(number))
    doors.say("The requests were forgotten: the next one has the number 1.")
    return flask.redirect(f"/worlds/{number}/journal", 303)


ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/worlds/<int:number>/journal", "GET", list_requests),
    ("/worlds/<int:number>/journal/events", "GET", events),
    ("/worlds/<int:number>/journal/clear", "POST", clear),
)
