"""HAR 1.2, read as a stream (ijson): one entry is in memory, whatever the size of the file."""

from __future__ import annotations

import base64
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

import ijson

from mockserver.judge.documents import parsed
from mockserver.judge.exchange import Exchange

DEPTH = 1_000
"""Levels of the deepest HAR; what browsers add of their own (who asked, and for whom) may be deep."""


def log_entries(file: BinaryIO) -> Iterator[Any]:
    """What stands in `log.entries`. Raises ijson.JSONError, or UnicodeDecodeError, where it cannot be read."""
    _past_mark(file)
    yield from ijson.items(ijson.parse(_shallow(file)), "log.entries.item")


def _shallow(file: BinaryIO) -> Iterator[tuple[str, Any]]:
    """What stands in a HAR, piece by piece, until it is nested deeper than any is: ijson's time
    grows with the square of that."""
    depth = 0
    for event, value in ijson.basic_parse(file, use_float=True):
        depth += event in ("start_map", "start_array")
        depth -= event in ("end_map", "end_array")
        if depth > DEPTH:
            raise ijson.JSONError(f"nested deeper than {DEPTH} levels")
        yield event, value


def _past_mark(file: BinaryIO) -> None:
    """To where the text begins: some tools write a byte-order mark first."""
    file.seek(0)
    if file.read(3) != BOM_UTF8:
        file.seek(0)


def has_entries(file: BinaryIO) -> bool:
    """Whether there is a `log.entries` at all."""
    _past_mark(file)
    return any(prefix == "log.entries" for prefix, _, _ in ijson.parse(_shallow(file)))


def exchange_of(entry: Any, where: str) -> Exchange | None:
    """One entry; None where it is none."""
    if not isinstance(entry, Mapping):
        return None
    request, response = mapping(entry.get("request")), mapping(entry.get("response"))
    status = response.get("status")
    if not isinstance(status, int):
        return None
    if not 100 <= status <= 599:
        return Exchange(method="", path="", where=where, unread="no answer was recorded")
    try:
        address = urlsplit(str(request.get("url", "")))
    except ValueError:
        return Exchange(method="", path="", where=where, unread="its URL cannot be read")
    content, sent = mapping(response.get("content")), mapping(request.get("postData"))
    text = content.get("text")
    return Exchange(
        method=str(request.get("method", "GET")).upper(),
        path=address.path,
        query=parse_qsl(address.query, keep_blank_values=True),
        request=_parsed(sent.get("text")),
        status=status,
        media_type=str(content.get("mimeType") or "") or None,
        answer=_decoded(text, content.get("encoding")),
        where=where,
        raw=not text and bool(content.get("size")),
        token=_token(request.get("headers")),
    )


def _token(headers: Any) -> str | None:
    """The bearer token of an entry, for it must not be repeated; None where it holds none."""
    for header in map(mapping, headers if isinstance(headers, list) else ()):
        if str(header.get("name")).casefold() == "authorization":
            return str(header.get("value")).partition(" ")[2].strip() or None
    return None


def mapping(value: Any) -> Mapping[str, Any]:
    """What should be an object; empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def _parsed(text: Any) -> Any:
    if not isinstance(text, str) or not text.strip():
        return None
    return parsed(text, text.encode("utf-8", "surrogatepass"))


def _decoded(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str):
        return b""
    if encoding == "base64":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except ValueError:  # binascii.Error, and letters that no base64 has
            pass
    return text.encode("utf-8", "surrogatepass")
