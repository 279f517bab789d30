"""CORS: which pages of other origins may call the API from a browser (https://fetch.spec.whatwg.org).

Off unless origins are named, and never for the control plane. The API knows no cookies, only tokens
that a page sends itself, so credentials of the browser are never allowed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from mockserver.loopback import origin_of
from mockserver.pipeline.messages import API, Answer, Sent

ANY = "*"
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
SECONDS = "600"
"""For which a browser remembers the answer to a preflight."""
_HEADERS = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,2000}")


def origin(text: str) -> str:
    """An origin as browsers send it, or `*` for all. Raises ValueError where it is neither."""
    if text == ANY:
        return text
    found = origin_of(text)
    if found is not None and text.lower().removesuffix("/") == found:
        return found
    raise ValueError(
        f"{text!r} is not an origin: expected a scheme and a host, and a port where there is one "
        "(http://localhost:5173), or * for every origin"
    )


def is_allowed(origins: Collection[str], sent: Sent) -> bool:
    """Whether a request comes from a page that may call the API, and goes there."""
    asking = sent.headers.get("Origin", "")
    known = ANY in origins or asking.casefold() in origins
    return bool(origins and asking and known and sent.path.startswith(API))


def preflight(origins: Collection[str], sent: Sent) -> Answer | None:
    """The answer to a browser that asks whether it may send a request; None where it does not ask,
    or may not. It needs no token: a browser sends none with it."""
    asks = sent.method == "OPTIONS" and sent.headers.get("Access-Control-Request-Method", "")
    if not asks or not is_allowed(origins, sent):
        return None
    wanted = sent.headers.get("Access-Control-Request-Headers", "")
    headers = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Max-Age": SECONDS}
    if _HEADERS.fullmatch(wanted):
        headers["Access-Control-Allow-Headers"] = wanted
    return shared(origins, sent, Answer(204, headers=headers))


def shared(origins: Collection[str], sent: Sent, made: Answer) -> Answer:
    """An answer that the page may read, with all its headers, where its origin is allowed."""
    if not origins or not sent.path.startswith(API):
        return made
    headers = {} if ANY in origins else {"Vary": "Origin"}  # a cache must not mix them up
    if is_allowed(origins, sent):
        given = ANY if ANY in origins else sent.headers.get("Origin", "")
        headers["Access-Control-Allow-Origin"] = given
        headers["Access-Control-Expose-Headers"] = ANY
    return replace(made, headers={**made.headers, **headers})
