"""JSON as people read it: line by line, each with its pointer, so that what was found stands beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from mockserver.escaping import escaped
from mockserver.pointers import escape

MOST = 400
"""Lines that are shown of a body; the whole of it is a text of its own."""
LONG = 300
"""Letters of a line that are shown; the rest is folded."""
FOLDED = 20_000
"""Letters of a line that are folded; more stand in the text of the whole alone."""

Note = Mapping[str, str]
Link = Callable[[str, str], str | None]
"""Of a type and an id, where the record is shown; None where there is none."""


@dataclass(slots=True)
class Line:
    """One line. `text` is what stands on it, without breaks and invisible signs; `rest` what is
    folded of it; `link` where it leads; `notes` what was found about it."""

    depth: int
    text: str
    pointer: str
    rest: str = ""
    link: str | None = None
    opens: bool = True
    notes: list[Note] = field(default_factory=list)
    refused: bool = False


def nowhere(type: str, id: str) -> str | None:
    return None


def lines(value: Any, link: Link = nowhere, most: int = MOST) -> tuple[list[Line], bool]:
    """The first lines of a JSON value, and whether there are more."""
    found = list(islice(_lines(value, "", 0, "", "", link), most + 1))
    return found[:most], len(found) > most


def _lines(
    value: Any, pointer: str, depth: int, head: str, tail: str, link: Link
) -> Iterator[Line]:
    if isinstance(value, dict) and value:
        yield Line(depth, f"{escaped(head)}{{", pointer)
        leads = _leads(value, link)
        for at, (name, part) in enumerate(value.items()):
            comma = "," if at + 1 < len(value) else ""
            inner = f"{json.dumps(name, ensure_ascii=False)}: "
            for line in _lines(part, f"{pointer}/{escape(name)}", depth + 1, inner, comma, link):
                if leads and name == "id":
                    line.link = leads
                yield line
        yield Line(depth, f"}}{tail}", pointer, opens=False)
    elif isinstance(value, list) and value:
        yield Line(depth, f"{escaped(head)}[", pointer)
        for at, part in enumerate(value):
            comma = "," if at + 1 < len(value) else ""
            yield from _lines(part, f"{pointer}/{at}", depth + 1, "", comma, link)
        yield Line(depth, f"]{tail}", pointer, opens=False)
    else:
        yield _cut(depth, head + json.dumps(value, ensure_ascii=False) + tail, pointer)


def _leads(value: Mapping[str, Any], link: Link) -> str | None:
    type, id = value.get("type"), value.get("id")
    return link(type, id) if isinstance(type, str) and isinstance(id, str) else None


def _cut(depth: int, text: str, pointer: str) -> Line:
    rest = text[LONG:FOLDED]
    if len(text) > FOLDED:
        rest += f"… and {len(text) - FOLDED} letters more"
    return Line(depth, escaped(text[:LONG]), pointer, escaped(rest))


def beside(lines: Iterable[Line], notes: Iterable[Note], *, refused: bool = False) -> list[Note]:
    """Put each note beside the line that its pointer leads to, or the nearest one around it.

    Gives back those that lead to no line: there is no body.
    """
    places = {line.pointer: line for line in lines if line.opens}
    left = []
    for note in notes:
        pointer = note.get("pointer", "")
        while pointer not in places and pointer:
            pointer = pointer.rpartition("/")[0]
        if pointer in places:
            places[pointer].notes.append(note)
            places[pointer].refused |= refused
        else:
            left.append(note)
    return left
