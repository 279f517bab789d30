"""A request as the page of its life needs it, and an answer as it leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

from mockserver.contract.operations import JSONAPI, OBJECTS
from mockserver.pipeline.render_cache import Document, json_bytes

API = ("/api/", "/.well-known/", OBJECTS)
"""How the paths of the API begin."""
LIMIT = 10 * 1024 * 1024
"""Bytes of the largest body (that of upload-policy; ours for every body)."""


_BASE = re.compile("/+api/+v2/+")


def squeezed(path: str) -> str:
    """A path whose slashes before and behind `/api/v2` are one each: an address that ends in a slash
    brings two. Slashes further on stay: between two of them an id is missing."""
    found = _BASE.match(path) if "//" in path else None
    return f"/api/v2/{path[found.end() :]}" if found else path


class Unreadable(Exception):
    """A body that cannot be had."""


class TooLarge(Unreadable):
    """A body of more than LIMIT bytes."""


class BrokenOff(Unreadable):
    """A body that ends before its end, or in chunks that are none."""


class Headers(Protocol):
    """Headers, in any case."""

    def get(self, name: str, default: str, /) -> str: ...

    def items(self) -> Iterable[tuple[str, str]]: ...


@dataclass(frozen=True, eq=False, repr=False)
class Sent:
    """One request. `receive()` reads the body from wherever it comes, once; `body()` is what it gave.

    `arguments` are the decoded query parameters in order, `root()` the absolute root without a
    trailing slash. `target` is the path as it stood on the wire, percent-encoded; empty where the
    door does not know it. `elsewhere`: the host (and port) that a target in its absolute form names,
    as that of a client's proxy does, where that is not ours. `caller`: who asks, by name, where a door of ours vouches for it; no header says so.
    """

    method: str
    path: str
    query: str
    arguments: Sequence[tuple[str, str]]
    headers: Headers
    root: Callable[[], str]
    receive: Callable[[], bytes]
    target: str = ""
    elsewhere: str = ""
    caller: str | None = None

    @cached_property
    def content(self) -> bytes | Unreadable:
        """The body, or why it cannot be had; the first use receives it."""
        try:
            return self.receive()
        except Unreadable as error:
            return error

    def body(self) -> bytes:
        """The body. Raises TooLarge or BrokenOff."""
        if isinstance(self.content, Unreadable):
            raise self.content
        return self.content

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method not in ("GET", "HEAD")

    @property
    def presigned(self) -> bool:
        """Whether it goes to a presigned URL, which is its token."""
        return self.path.startswith(OBJECTS)

    @cached_property
    def token(self) -> str | None:
        """What stands after `Bearer`; of a presigned URL, its end."""
        if self.presigned:
            return self.path.removeprefix(OBJECTS).removesuffix("/") or None
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    def presign(self, key: str, name: str) -> str:
        """The presigned URL of that name in the world of that key, where this request came to."""
        return f"{self.base}{OBJECTS}{quote(key, safe='')}.{name}"

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def content_encoding(self) -> str:
        """How the body is compressed; empty where it is not (`identity` says so too)."""
        said = self.headers.get("Content-Encoding", "").strip()
        return "" if said.lower() == "identity" else said

    @property
    def url(self) -> str:
        return self.base + self.path

    @property
    def where(self) -> tuple[str, str]:
        """The absolute URL, as its path and its query."""
        return self.url, self.query

    @property
    def base(self) -> str:
        return self.root()


@dataclass(slots=True, eq=False, repr=False)
class Answer:
    """One answer. `cut` tells the server to break it: None, `closed`, `midway` or `short`.

    `kept` is what remembers the body where more than one answer has it.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: str | None = None
    kept: Document | None = None


def json_answer(status: int, document: Any, media_type: str = JSONAPI) -> Answer:
    """An answer with a JSON body; document None means without one."""
    if document is None:
        return Answer(status)
    return Answer(status, json_bytes(document), {"Content-Type": media_type})
