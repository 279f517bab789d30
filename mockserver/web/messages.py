"""A request as the page of its life needs it, and an answer as it leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.operations import JSONAPI

LIMIT = 10 * 1024 * 1024
"""Bytes of the largest body (policies.html#upload-a-policy: 10MB; ours for every body)."""


class Unreadable(Exception):
    """A body that cannot be had."""


class TooLarge(Unreadable):
    """A body of more than LIMIT bytes."""


class BrokenOff(Unreadable):
    """A body that ends before its end, or in chunks that are none."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request. `body()` reads it when the life of the request comes to it.

    `arguments` are the decoded query parameters in order, `root()` the absolute root without a
    trailing slash, `token` what stands after `Bearer`.
    """

    method: str
    path: str
    query: str
    arguments: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    root: Callable[[], str]
    body: Callable[[], bytes]

    @property
    def token(self) -> str | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def url(self) -> str:
        return self.base + self.path

    @property
    def base(self) -> str:
        return self.root()


@dataclass(slots=True)
class Answer:
    """One answer. `cut` tells the server to break it: None, `closed`, `midway` or `short`."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: str | None = None


def as_json(status: int, document: Any, media_type: str = JSONAPI) -> Answer:
    """An answer with a JSON body; document None means without one."""
    if document is None:
        return Answer(status)
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Answer(status, body, {"Content-Type": media_type})
