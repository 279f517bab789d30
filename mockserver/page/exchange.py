"""One request with the world around it: what was found beside its line, what it changed, the way back."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

import flask

from mockserver.escaping import escaped
from mockserver.page import doors
from mockserver.page.asking import ControlRefusal, control, root
from mockserver.page.bodies import Line, Note, beside, lines
from mockserver.page.records import links
from mockserver.world.changes import changes
from mockserver.world.entries import Entry
from mockserver.world.universe import Universe

CURL = 20_000
"""Bytes of a body that stand in a curl line; a longer one is a file of its own."""

Said = Any


def show_request(number: int, n: int, faults: list[str] | None = None) -> Said:
    universe = doors.world(number)
    entry = universe.journal.get(n)
    if entry is None:
        try:
            control("GET", f"journal/{n}", of=universe)
        except ControlRefusal as refusal:
            page = "forgotten.html"
            why = refusal.said[0]
            return flask.render_template(page, number=number, n=n, why=why), 404
    assert entry is not None
    whole = f"/worlds/{number}/journal/{n}"
    sent, more_sent = _sent(universe, entry)
    got, more_got = _got(universe, entry)
    return flask.render_template(
        "exchange.html",
        number=number,
        entry=entry,
        operation=doors.server().contract(universe.edition).operations.get(entry.operation or ""),
        sent=sent,
        got=got,
        whole_sent=f"{whole}/request" if more_sent else None,
        whole_got=f"{whole}/response" if more_got else None,
        changes=list(_changed(universe, entry)),
        faults=faults or [],
        curl=curl(entry, root()()),
        last=universe.journal.count,
        forgotten=universe.journal.forgotten,
    )


# the two sides, line by line


def _sent(universe: Universe, entry: Entry) -> tuple[list[Line], bool]:
    query = f"?{entry.query}" if entry.query else ""
    first = Line(0, escaped(f"{entry.method} {entry.path}{query}"), "?")
    head = [first, *(Line(0, escaped(f"{n}: {v}"), "?") for n, v in entry.headers.items())]
    body, more = lines(entry.request, links(universe)) if entry.sent else ([], False)
    names = {name for name, _ in parse_qsl(entry.query, keep_blank_values=True)}
    of_body = [note for note in entry.findings if note.get("key-path") not in names]
    first.notes += [note for note in entry.findings if note not in of_body]
    first.notes += beside(body, of_body)
    refusals = list(_refusals(entry))
    asked = [note for note in refusals if note["pointer"] and note.get("key-path") not in names]
    first.notes += [note for note in refusals if note not in asked]
    first.notes += beside(body, asked, refused=True)
    first.notes += [{"fact": said} for said in (entry.why, entry.fault and _fault(entry)) if said]
    first.refused = entry.status >= 400
    return [*head, *([Line(0, "", "?")] if body else []), *body], more


def _fault(entry: Entry) -> str:
    return f"a fault that was asked for happened: {entry.fault}"


def _refusals(entry: Entry) -> Iterator[Note]:
    """What the answer says against the request, as notes."""
    if entry.status < 400 or not entry.got:
        return
    document = entry.response
    errors = document.get("errors") if isinstance(document, dict) else None
    for error in errors if isinstance(errors, list) else ():
        meta = error.get("meta", {}) if isinstance(error, dict) else {}
        if meta.get("fact"):
            pointer = error.get("source", {}).get("pointer") or meta.get("pointer", "")
            yield {**meta, "pointer": pointer}


def _got(universe: Universe, entry: Entry) -> tuple[list[Line], bool]:
    first = Line(0, str(entry.status), "?")
    if entry.breach:
        first.notes.append({"fact": f"this answer breaks the contract: {entry.breach}"})
        first.refused = True
    body, more = lines(entry.response, links(universe)) if entry.got else ([], False)
    return [first, *body], more


# what it changed


def _changed(universe: Universe, entry: Entry) -> Iterator[Mapping[str, Any]]:
    if entry.before is None or entry.after is None:
        return
    link, clean = links(universe), doors.server().redactor(universe)
    for change in changes(universe.kinds, entry.before, entry.after, clean):
        members = [
            {"name": name, **_difference(value["before"], value["after"])}
            for name, value in change["members"].items()
        ]
        yield {**change, "differences": members, "link": link(change["type"], change["id"])}


def _difference(before: Any, after: Any) -> dict[str, list[str]]:
    """What was and what is; of lists, what is only in one."""
    if isinstance(before, list | None) and isinstance(after, list | None):
        was, now = before or [], after or []
        return {
            "old": [_short(one) for one in was if one not in now],
            "new": [_short(one) for one in now if one not in was],
        }
    return {
        "old": [] if before is None else [_short(before)],
        "new": [] if after is None else [_short(after)],
    }


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} letters)"


# as a command, as texts


def curl(entry: Entry, base: str) -> str:
    """The request as a line for a shell; the token is in `$TOKEN`."""
    path = quote(entry.path, safe="/%:@!$&'()*+,;=~-._")
    url = f"{base}{path}{f'?{entry.query}' if entry.query else ''}"
    words = ["curl"]
    if any(letter in url for letter in "[]{}"):  # else they stand for several addresses
        words.append("-g")
    if entry.method != "GET":
        words += ["-X", word(entry.method)]
    words += ["-H", '"Authorization: Bearer $TOKEN"']
    if entry.sent and (type := entry.headers.get("Content-Type")):
        words += ["-H", word(f"Content-Type: {type}")]
    words.append(word(url))
    if entry.sent and len(entry.sent) <= CURL:
        # the journal keeps an upload as its text, JSON as it was sent
        text = (
            entry.request if entry.sent.startswith(b'"') else entry.sent.decode("utf-8", "replace")
        )
        words += ["--data-raw", word(text)]  # where a text that begins with @ names no file
    elif entry.sent:
        words += ["--data-binary", "@request.json"]
    return " ".join(words)


_NAMED = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\\": r"\\", "'": r"\'"}


def word(text: str) -> str:
    """A text as a word for a shell, all of it to be seen: as `$'…'` (POSIX.1-2024) where it holds
    line breaks, or what turns text round or moves a cursor."""
    if text.isprintable():
        return shlex.quote(text)
    return "".join(("$'", *map(_letter, text), "'"))


def _letter(letter: str) -> str:
    if letter in _NAMED:
        return _NAMED[letter]
    if letter.isprintable():
        return letter
    return "".join(f"\\{byte:03o}" for byte in letter.encode("utf-8", "replace"))


def whole(number: int, n: int, side: str) -> Said:
    """A body as text, without secrets, as the journal has it."""
    entry = doors.world(number).journal.get(n)
    body = {"request": entry.sent, "response": entry.got}.get(side) if entry else None
    if body is None:
        flask.abort(404, f"Request {n} has no such body, or is no longer known.")
    return flask.Response(body, mimetype="text/plain")


def go_back(number: int, n: int) -> Said:
    universe = doors.world(number)
    try:
        control("POST", f"journal/{n}/restore", of=universe)
    except ControlRefusal as refusal:
        page = show_request(number, n, refusal.said)
        return page if isinstance(page, tuple) else (page, refusal.status)
    doors.say(f"The world is as it was before request {n}; clock, faults and requests stay.")
    return flask.redirect(f"/worlds/{number}", 303)


ADDRESSES: tuple[tuple[str, str, Callable[..., Said]], ...] = (
    ("/worlds/<int:number>/journal/<int:n>", "GET", show_request),
    ("/worlds/<int:number>/journal/<int:n>/<side>", "GET", whole),
    ("/worlds/<int:number>/journal/<int:n>/back", "POST", go_back),
)
