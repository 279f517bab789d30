"""Exchanges as HAR 1.2, for browsers' tools and `mockserver verify --har`."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote

from werkzeug.http import HTTP_STATUS_CODES

from mockserver.client.seen import Seen
from mockserver.version import VERSION

COUNTED = re.compile(r"\[(\d+) bytes\]")
"""What stands in the journal for a body that is no text."""


def to_har(exchanges: list[Seen]) -> dict[str, Any]:
    """Exchanges as HAR 1.2."""
    creator = {"name": "tfe-mockserver", "version": VERSION}
    return {
        "log": {"version": "1.2", "creator": creator, "entries": [_entry(e) for e in exchanges]}
    }


def _entry(exchange: Seen) -> dict[str, Any]:
    return {
        "startedDateTime": exchange.time,
        "time": exchange.milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": exchange.milliseconds, "receive": 0},
        "_operation": exchange.operation,
    }


def _request(exchange: Seen) -> dict[str, Any]:
    query = f"?{exchange.query}" if exchange.query else ""
    arguments = parse_qsl(exchange.query, keep_blank_values=True)
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": f"http://mockserver{quote(exchange.path)}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in exchange.headers.items()],
        "queryString": [{"name": name, "value": value} for name, value in arguments],
        "headersSize": -1,
        "bodySize": -1,
    }
    if exchange.request is not None:
        media_type = exchange.headers.get("Content-Type", "")
        request["postData"] = {"mimeType": media_type, "text": _text(exchange.request, media_type)}
    return request


def _response(exchange: Seen) -> dict[str, Any]:
    content = _content(exchange.response, exchange.media_type)
    type = [{"name": "Content-Type", "value": content["mimeType"]}] if content["size"] else []
    return {
        "status": exchange.status,
        # Python's own table of phrases changes by version
        "statusText": HTTP_STATUS_CODES.get(exchange.status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": type,
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": content["size"],
    }


def _content(response: Any, media_type: str | None) -> dict[str, Any]:
    """The body of an answer; of one that is neither JSON nor text the journal keeps the size alone."""
    if isinstance(response, str) and (counted := COUNTED.fullmatch(response)):
        return {"size": int(counted[1]), "mimeType": media_type or "application/octet-stream"}
    text = _text(response, media_type or "")
    return {"size": len(text.encode()), "mimeType": media_type or "x-unknown", "text": text}


def _text(body: Any, media_type: str) -> str:
    """What was sent or answered: a text is kept as it was, JSON as its value."""
    if body is None:
        return ""
    if isinstance(body, str) and "json" not in media_type:
        return body
    return json.dumps(body, ensure_ascii=False)
