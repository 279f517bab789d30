"""What a client has sent to a world, and assertions about it that explain themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import parse_qsl, quote

from werkzeug.http import HTTP_STATUS_CODES

from mockserver.client.links import Link
from mockserver.contract import load
from mockserver.escaping import escaped
from mockserver.version import VERSION


class UnknownOperation(KeyError):
    """The edition has no operation of that id; the message lists the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange as the journal keeps it, secrets masked.

    `n` counts from 1; `findings` are what the contract does not list, `why` explains a refusal
    that its answer must not explain, `breach` and `fault` are ours.
    """

    n: int
    time: str
    method: str
    path: str
    query: str
    operation: str | None
    caller: str | None
    status: int
    findings: list[dict[str, Any]]
    why: str | None
    breach: str | None
    fault: str | None
    headers: dict[str, str]
    request: Any
    response: Any
    milliseconds: float
    changed: bool

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Seen:
        """From the journal's own form; what a newer server says beyond it is left out."""
        return cls(**{name.name: shown[name.name] for name in fields(cls)})

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        name = self.operation or "no operation"
        return escaped(f"#{self.n} {self.status} {self.method} {self.path}{query} ({name})")


@dataclass(frozen=True)
class Changes:
    """What a request changed in the world; printed, one line a member."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __str__(self) -> str:
        lines = []
        for entry in self.entries:
            lines.append(f"{entry['change']} {entry['type']} {entry['label']} ({entry['id']})")
            for name, sides in entry["members"].items():
                lines.append(f"    {name}: {_turned(entry['change'], sides)}")
        return "\n".join(map(escaped, lines)) or "nothing changed"


class JournalReader:
    """The exchanges of one world, oldest first."""

    def __init__(self, link: Link, edition: Callable[[], str]) -> None:
        self._link, self._edition = link, edition

    def exchanges(self, operation: str | None = None, status: int | None = None) -> list[Seen]:
        """Those that fit. Raises UnknownOperation with the nearest names."""
        return self._known(operation, status)[0]

    @property
    def forgotten(self) -> int:
        """How many exchanges are no longer known: the journal is bounded."""
        return self._known()[1]

    def _known(
        self, operation: str | None = None, status: int | None = None
    ) -> tuple[list[Seen], int]:
        if operation is not None:
            self._operation(operation)
        found = self._link.send("GET", "journal", operation=operation, status=status)
        return [Seen.of(exchange) for exchange in found["exchanges"]], found["forgotten"]

    def _operation(self, id: str) -> None:
        try:
            load(self._edition()).operation(id)
        except KeyError as error:
            raise UnknownOperation(error.args[0]) from None

    def __iter__(self) -> Iterator[Seen]:
        return iter(self.exchanges())

    def __len__(self) -> int:
        return int(self._link.send("GET", "journal")["count"])

    def clear(self) -> None:
        """Forget everything so far, findings too; a breach is not forgotten."""
        self._link.send("DELETE", "journal")

    def changes(self, exchange: Seen | int) -> Changes:
        """What a request changed in the world; print it, or walk its entries.

        Raises ControlError for an exchange that never was or is no longer known.
        """
        number = exchange if isinstance(exchange, int) else exchange.n
        return Changes(self._link.send("GET", f"journal/{number}/changes")["changes"])

    # assertions

    def expect(
        self,
        operation: str,
        *,
        count: int | None = None,
        body: Any = None,
        status: int | None = None,
    ) -> list[Seen]:
        """The calls of an operation that fit; at least one, or exactly `count`.

        `body` fits where all that it names is there: other members may stand beside.
        A miss raises AssertionError with the nearest exchanges, field by field.
        """
        __tracebackhide__ = True
        calls, forgotten = self._known(operation)
        fitting = [
            call
            for call in calls
            if (status is None or call.status == status)
            and (body is None or not differences(body, call.request))
        ]
        if (len(fitting) == count and not forgotten) or (count is None and fitting):
            return fitting
        wanted = "at least once" if count is None else f"{count} time(s)"
        lines = [f"expected {operation} {wanted}, saw {len(fitting)} fitting call(s)"]
        lines += _unknown(forgotten)
        lines += self._nearest(operation, calls, fitting, body, status)
        raise AssertionError("\n".join(lines))

    def not_called(self, operation: str) -> None:
        """Raises AssertionError that lists the calls there were."""
        __tracebackhide__ = True
        calls, forgotten = self._known(operation)
        if calls or forgotten:
            lines = [f"expected no {operation}, saw {len(calls)}:", *(f"  {c}" for c in calls)]
            raise AssertionError("\n".join([*lines, *_unknown(forgotten)]))

    def in_order(self, *operations: str) -> None:
        """These operations were called in this order; others may stand between.

        Raises AssertionError that says where the order ends.
        """
        __tracebackhide__ = True
        for operation in operations:
            self._operation(operation)
        seen, forgotten = self._known()
        rest = iter(seen)
        for at, operation in enumerate(operations):
            if not any(exchange.operation == operation for exchange in rest):
                after = f" after {operations[at - 1]}" if at else ""
                lines = [f"expected {operation}{after}; the exchanges were:"]
                lines += [f"  {exchange}" for exchange in seen] or ["  none at all"]
                raise AssertionError("\n".join([*lines, *_unknown(forgotten)]))

    def _nearest(
        self, operation: str, calls: list[Seen], fitting: list[Seen], body: Any, status: int | None
    ) -> list[str]:
        lines: list[str] = []
        for call in [call for call in calls if call not in fitting][:3]:
            lines.append(f"  {call}")
            if status is not None and call.status != status:
                lines.append(f"    status: expected {status}, was {call.status}")
            if body is not None:
                lines += [f"    {line}" for line in differences(body, call.request)]
        if fitting:
            lines += ["  fitting:", *(f"    {call}" for call in fitting)]
        if not calls:
            others = self.exchanges()
            ratio = lambda e: SequenceMatcher(None, e.operation or "", operation).ratio()  # noqa: E731
            near = sorted(others, key=ratio, reverse=True)[:3]
            lines += (
                ["  nearest:", *(f"    {call}" for call in near)] if near else ["  none at all"]
            )
        return lines

    # for other tools

    def to_json(self) -> str:
        """Every exchange, as the control plane shows it."""
        return json.dumps(self._link.send("GET", "journal")["exchanges"], indent=2)

    def to_har(self) -> dict[str, Any]:
        """HAR 1.2, for browsers' tools and `mockserver verify --har`."""
        return har(self.exchanges())


def _turned(change: str, sides: Mapping[str, Any]) -> str:
    """What became of a member; of a list, what came and what went."""
    before, after = sides["before"], sides["after"]
    if isinstance(before or [], list) and isinstance(after or [], list) and (before or after):
        came = [f"+ {_brief(item)}" for item in after or () if item not in (before or ())]
        went = [f"- {_brief(item)}" for item in before or () if item not in (after or ())]
        if came or went:
            return ", ".join([*went, *came])
    if change != "changed":
        return _brief(after if change == "added" else before)
    return f"{_brief(before)} → {_brief(after)}"


def _unknown(forgotten: int) -> list[str]:
    return [f"  {forgotten} earlier exchange(s) are no longer known"] if forgotten else []


def differences(expected: Any, actual: Any, place: str = "") -> list[str]:
    """Where `actual` lacks what `expected` names, one line each; members beside it do not count."""
    where = place or "body"
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return [f"{where}: expected an object, was {_brief(actual)}"]
        lines = []
        for name, value in expected.items():
            inner = f"{place}.{name}" if place else str(name)
            if name not in actual:
                lines.append(f"{inner}: expected {_brief(value)}, was not sent")
            else:
                lines += differences(value, actual[name], inner)
        return lines
    if isinstance(expected, list | tuple):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [f"{where}: expected {_brief(expected)}, was {_brief(actual)}"]
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for at, (e, a) in pairs for line in differences(e, a, f"{where}[{at}]")]
    if type(expected) is type(actual) and expected == actual:
        return []
    return [f"{where}: expected {_brief(expected)}, was {_brief(actual)}"]


def _brief(value: Any) -> str:
    text = escaped(json.dumps(value, ensure_ascii=False, default=repr))
    return text if len(text) <= 100 else text[:99] + "…"


def har(exchanges: list[Seen]) -> dict[str, Any]:
    """Exchanges as HAR 1.2."""
    creator = {"name": "tfe-mockserver", "version": VERSION}
    return {
        "log": {"version": "1.2", "creator": creator, "entries": [_entry(e) for e in exchanges]}
    }


def _entry(exchange: Seen) -> dict[str, Any]:
    query = f"?{exchange.query}" if exchange.query else ""
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": f"http://mockserver{quote(exchange.path)}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in exchange.headers.items()],
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(exchange.query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": -1,
    }
    media_type = exchange.headers.get("Content-Type", "application/vnd.api+json")
    if exchange.request is not None:
        text = json.dumps(exchange.request, ensure_ascii=False)
        request["postData"] = {"mimeType": media_type, "text": text}
    phrase = HTTP_STATUS_CODES.get(exchange.status, "")  # Python's own table changes by version
    content = _content(exchange.response)
    return {
        "startedDateTime": exchange.time,
        "time": exchange.milliseconds,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": phrase,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": "Content-Type", "value": content["mimeType"]}]
            if content["size"]
            else [],
            "content": content,
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": content["size"],
        },
        "cache": {},
        "timings": {"send": 0, "wait": exchange.milliseconds, "receive": 0},
        "_operation": exchange.operation,
    }


def _content(response: Any) -> dict[str, Any]:
    """The body of an answer; of one that is no JSON the journal keeps the size alone."""
    if isinstance(response, str):
        size = re.search(r"\d+", response)
        return {"size": int(size[0]) if size else 0, "mimeType": "application/octet-stream"}
    text = "" if response is None else json.dumps(response, ensure_ascii=False)
    return {"size": len(text.encode()), "mimeType": "application/vnd.api+json", "text": text}
