"""Every fault that can be asked for, which options it takes, and what is wrong with one that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.nearest import did_you_mean, there_is_no

WHAT: Mapping[str, str] = {
    "status": "answer with the documented error `status` instead of the operation; "
    "nothing is written",
    "latency": "wait `seconds` (1), give or take `jitter` (0), before the request is looked at; "
    "then it is answered as ever, and its write is done",
    "rate-limit": "429 beyond `limit` (30) requests a second of one caller, with the X-RateLimit headers "
    "on every answer and Retry-After on the 429; the seconds are those of the `clock`: `wall`, or the "
    "`world`'s; what is refused is not written",
    "lag": "reads see the world as it was before the last `writes` (1) writes; "
    "the writes themselves are done",
    "expired-token": "401, as for a token that has been revoked; nothing is written",
    "lost-entitlement": "404, as for an organization without the entitlement; nothing is written",
    "off-contract-status": "any `status` with a body that no page documents, e.g. 503, as from a "
    "proxy before the server; nothing is written",
    "off-contract-closed": "close the connection before the answer; the write is done",
    "off-contract-cut": "close the connection in the middle of the answer; the write is done",
    "off-contract-truncated": "a whole answer whose JSON ends too early; the write is done",
    "off-contract-html": "an HTML page where JSON is due; the write is done",
}
"""Every fault by name, and what it does; each says whether a write is done."""

TAKES: Mapping[str, Sequence[str]] = {
    "status": ("status",),
    "latency": ("seconds", "jitter"),
    "rate-limit": ("limit", "clock"),
    "lag": ("writes",),
    "off-contract-status": ("status",),
}
"""Which of the options a fault takes."""

DEFAULTS: Mapping[str, Any] = {
    "status": None,
    "seconds": 1.0,
    "jitter": 0.0,
    "limit": 30,
    "clock": "wall",
    "writes": 1,
}
CLOCKS = ("wall", "world")
WHEN = 'next, all, {"nth": 3} or {"share": 0.2}'


class BadFault(ValueError):
    """A fault that does not exist, lacks something or makes no sense. The message says what there is.

    `pointer` leads to what is wrong in the document that asked for it.
    """

    def __init__(self, message: str, pointer: str = "/fault") -> None:
        self.pointer = pointer
        super().__init__(message)


def wrong(wanted: Mapping[str, Any]) -> Iterator[BadFault]:
    """Everything wrong with a fault that somebody asks for: `{"fault": NAME, ...}`."""
    fault = wanted["fault"]
    if fault not in WHAT:
        yield BadFault(there_is_no("fault", str(fault), WHAT))
        return
    takes = ("operation", "path", "when", *TAKES.get(fault, ()))
    for name in wanted:
        if name not in ("fault", *takes):
            yield BadFault(
                f"The fault {fault!r} does not take {name!r}. {did_you_mean(name, takes)}",
                f"/{name}",
            )
    if "status" in takes and wanted.get("status") is None:
        yield BadFault(f"the fault {fault!r} needs a status")
    if fault == "off-contract-status" and not 200 <= (wanted.get("status") or 200) <= 599:
        yield BadFault("an answer's status is one of 200 to 599", "/status")
    if wanted.get("clock", "wall") not in CLOCKS:
        yield BadFault(f"the clock is {' or '.join(CLOCKS)}, not {wanted['clock']!r}", "/clock")
    if not _is_when(wanted.get("when", "all")):
        yield BadFault(f"when is {WHEN}, not {wanted['when']!r}", "/when")


def _is_when(when: Any) -> bool:
    if not isinstance(when, Mapping):
        return when in ("next", "all")
    nth, share = when.get("nth"), when.get("share")
    if len(when) != 1:
        return False
    if nth is not None:
        return isinstance(nth, int) and nth >= 1
    return isinstance(share, int | float) and 0 <= share <= 1
