"""One request and its answer, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass(slots=True)
class Exchange:
    """One request and its answer, wherever they come from.

    `query`: decoded pairs. `request`: the JSON body sent, bytes for another, None for none.
    `answer`: the body as it came; `document`, where given, is already parsed. `where`: what findings name
    it by: its place in a recording, else what was asked. `raw`: the answer's body was not kept, so it cannot be judged. `text`: a body that
    is no JSON, where a recording kept it. `token`: the bearer token, where it is known. `unread`:
    why it cannot be judged at all; empty where it can.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    request: Any = None
    status: int = 0
    media_type: str | None = None
    answer: bytes = b""
    document: Any = None
    where: str = ""
    raw: bool = False
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    unread: str = ""

    @property
    def asked(self) -> str:
        """Method and target, as people write them: `GET /api/v2/…?page[size]=0&q=ann@example.com`.

        An address is masked where it is known by its sign.
        """
        query = urlencode(self.query, safe="[]@", errors="replace")
        return f"{self.method} {self.path}{'?' if query else ''}{query}"
