"""Recorded traffic, an exchange at a time: a browser's or proxy's HAR, our journal, our exchanges."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import ijson

from mockserver.escaping import escaped
from mockserver.judge.exchange import Exchange
from mockserver.traffic.har import exchange_of, has_entries, log_entries, mapping

Read = Callable[[Path], Iterator[Exchange]]


class BadRecording(Exception):
    """A recording that cannot be read, or not to its end; one sentence says why."""

    def __init__(self, said: str) -> None:
        super().__init__(escaped(said))


def har(path: Path) -> Iterator[Exchange]:
    """Entries of a HAR 1.2. Raises BadRecording for another file, and at the end of a truncated one."""
    count = 0
    with path.open("rb") as file:
        try:
            for entry in log_entries(file):
                made = exchange_of(entry, f"log.entries[{count}]")
                count += 1
                if made is not None:
                    yield made
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise BadRecording(_broken(path.name, str(error), count)) from None
        if not count and not has_entries(file):
            raise BadRecording(f"{path.name} has no log.entries: is it a HAR?")


def _broken(name: str, said: str, count: int) -> str:
    """What ijson says of a file, in a sentence: its backends name an early end differently."""
    if "premature" in said.lower() or "incomplete json" in said.lower():
        return (
            f"{name} ends in the middle of entry {count}: it is truncated; "
            f"the {count} entries before were judged"
        )
    if not count:
        return f"{name} is not JSON: is it a HAR?"
    return f"{name} is not JSON after entry {count}; the {count} entries before were judged"


def journal(path: Path) -> Iterator[Exchange]:
    """What `GET /_mock/journal` gives, or its exchanges as JSON lines."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadRecording(f"{path.name} is not JSON: is it a journal?") from None
    try:
        document = _read(text)
        entries = document.get("exchanges") if isinstance(document, Mapping) else document
    except ValueError:
        entries = list(_lines(path, text))
    if not isinstance(entries, list):
        raise BadRecording(f"{path.name} has no exchanges: is it a journal?")
    for number, entry in enumerate(entries, start=1):
        made = kept(entry, f"exchange {mapping(entry).get('n', number)}")
        if made is not None:
            yield made


def _lines(path: Path, text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield _read(line)
            except ValueError:
                raise BadRecording(
                    f"{path.name} is not JSON in line {number}: it is truncated, or not a journal"
                ) from None


def exchanges(path: Path) -> Iterator[Exchange]:
    """The files of a folder that `mockserver record` has written, in the order of their names."""
    files = sorted(path.glob("*.json"))
    if not files:
        raise BadRecording(f"{path.name} holds no exchange: `mockserver record` writes them")
    for file in files:
        try:
            entry = _read(file.read_text(encoding="utf-8-sig"))
        except ValueError:
            raise BadRecording(
                f"{file.name} is not JSON: it is truncated, or not an exchange"
            ) from None
        made = kept(entry, file.name)
        if made is not None:
            yield made


def kept(entry: Any, where: str) -> Exchange | None:
    """An exchange as the journal and `mockserver record` write it; None for anything else."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("status"), int):
        return None
    response = entry.get("response")
    masked = isinstance(response, str) and response.startswith("[")
    query = parse_qsl(str(entry.get("query") or ""), keep_blank_values=True)
    return Exchange(
        method=str(entry.get("method", "GET")).upper(),
        path=str(entry.get("path", "")),
        query=query,
        request=_unmasked(entry.get("request")),
        status=entry["status"],
        media_type=entry.get("response-type"),
        answer=b"" if response is None else json.dumps(response).encode(),
        document=None if masked else response,
        where=where,
        raw=masked,
        text=entry.get("request-text") or entry.get("response-text"),
    )


def _unmasked(value: Any) -> Any:
    """A body of which only its length was kept is no body to judge."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _read(text: str) -> Any:
    """A text as JSON. Raises ValueError where it is none, or so deep that Python gives up."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def edition_of(form: str, path: Path) -> str:
    """The edition that a journal, or a folder of `mockserver record`, says it is of; empty where none is
    named, as by a HAR.

    Raises BadRecording where there are several.
    """
    named = sorted(editions_of(form, path))
    if len(named) > 1:
        raise BadRecording(
            f"{path.name} holds exchanges of the editions {' and '.join(named)}: name with "
            "--edition the one to judge by"
        )
    return "".join(named)


def editions_of(form: str, path: Path) -> frozenset[str]:
    """The editions that a recording says it is of."""
    files = {"journal": [path], "exchanges": path.glob("*.json")}.get(form, ())
    return frozenset(str(name) for file in files if (name := _edition_in(file)))


def _edition_in(file: Path) -> Any:
    """What a file names as its edition; what cannot be read is told where it is judged."""
    try:
        return mapping(_read(file.read_text(encoding="utf-8-sig"))).get("edition")
    except ValueError:
        return None


READERS: Mapping[str, Read] = {"har": har, "journal": journal, "exchanges": exchanges}
"""What reads a recording, by the option that names it."""
