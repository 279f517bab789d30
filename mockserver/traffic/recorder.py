"""Traffic that passes by: judged, masked and written down, one file an exchange."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from mockserver.contract import Edition, Operation
from mockserver.contract.explain import untold
from mockserver.escaping import escaped
from mockserver.judge.collected import Findings
from mockserver.judge.coverage import Coverage
from mockserver.judge.documents import parsed
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import Finding
from mockserver.judge.history import NOTHING, Follows, History
from mockserver.judge.routes import match
from mockserver.redaction import masked
from mockserver.traffic.judging import Recorded, count_unknown, judge
from mockserver.traffic.masking import Mask

LARGE = 1024 * 1024
"""Bytes of a request beyond which it is told by its length alone."""


class Recorder:
    """Takes exchanges as they pass. Safe to use from any thread.

    `folder`: where files are written, numbered after those that are there. `say`: gets a line for
    each exchange and each thing found in it, masked.
    """

    def __init__(
        self,
        edition: Edition,
        folder: Path,
        mask: Mask,
        say: Callable[[str], None],
        follows: Follows = NOTHING,
    ) -> None:
        self._edition, self._folder = edition, folder
        self._mask, self._say = mask, say
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(p.name[:6]) for p in folder.glob("??????-*.json") if p.name[:6].isdigit()]
        self._number = max(numbers, default=0)
        history = History(edition, follows)
        self.recorded = Recorded(Findings(edition), Coverage(edition.name), mask, history)

    def take(self, exchange: Exchange) -> None:
        """Judge one exchange, write it down, say what it was. Its bodies are bytes."""
        operation, path = match(self._edition, exchange.method, exchange.path)
        _read(exchange, operation)
        self._mask.learn_token(exchange.token)
        self._mask.learned(exchange.request)
        self._mask.learned(exchange.document)
        with self._lock:
            self._number += 1
            number = self._number
            name = f"{number:06}-{operation.id if operation else 'unknown'}.json"
            exchange.where = name
            if operation is None:
                count_unknown(self.recorded, exchange, self._edition)
            else:
                self.recorded.judged[operation.id] += 1
        found: list[Finding] = []
        entry = self._entry(exchange, number, operation)
        if operation is not None:
            found = judge(self.recorded, exchange, operation, path, self._edition)
            found = [finding.said(self._mask.clean.text) for finding in found]
        entry["findings"] = [finding.shown() for finding in found]
        self._write(name, entry)
        what = entry["operation"] or "no operation"
        self._say(escaped(f"{exchange.status} {entry['method']} {entry['path']}  {what}"))
        for finding in found:
            self._say(f"  {finding.line()}")

    def refused(self, method: str, path: str, token: str | None, status: int, why: str) -> None:
        """Say that a request was not recorded: the upstream did not answer it."""
        self._mask.learn_token(token)
        line = f"{status} {method} {path}  not recorded: {why}"
        self._say(escaped(self._mask.clean.text(line)))

    def _entry(
        self, exchange: Exchange, number: int, operation: Operation | None
    ) -> dict[str, Any]:
        """As it is written: what `verify --exchanges` and `fixture` read."""
        clean = self._mask.clean
        entry: dict[str, Any] = {
            "version": 1,
            "n": number,
            "edition": self._edition.name,
            "operation": operation.id if operation else None,
            "method": clean.text(exchange.method),
            "path": clean.text(exchange.path),
            "query": clean.query(urlencode(list(exchange.query))),
            "status": exchange.status,
            "response-type": exchange.media_type and clean.text(exchange.media_type),
            "request": self._request(exchange, operation),
            "response": None,
        }
        answer = exchange.answer if exchange.document is None else exchange.document
        if answer != b"":
            entry["response"] = self._body(answer)
        if self._mask.code:
            for name, body in (("request", exchange.request), ("response", answer)):
                if isinstance(body, bytes) and body:
                    entry[f"{name}-text"] = clean.text(body.decode("utf-8", "replace"))
        return entry

    def _request(self, exchange: Exchange, operation: Operation | None) -> Any:
        """The body that was sent, without what the contract would not repeat: a secret under a
        name that is not listed."""
        request = self._body(exchange.request)
        if operation is None or not self._mask.tokens or not isinstance(request, dict):
            return request
        checked = operation.check_body(deepcopy(exchange.request))
        metas = [*checked.findings, *(refusal.meta for refusal in checked.refusals)]
        places = untold(metas)
        return json.loads(masked(json.dumps(request).encode(), places)) if places else request

    def _body(self, body: Any) -> Any:
        """A JSON value without secrets; of anything else its length."""
        return f"[{len(body)} bytes]" if isinstance(body, bytes) else self._mask.clean.value(body)

    def _write(self, name: str, entry: Mapping[str, Any]) -> None:
        """Whole or not at all: a reader never meets half a file."""
        text = json.dumps(entry, indent=1, ensure_ascii=False) + "\n"
        passing = self._folder / f".{name}.part"
        # half a surrogate pair, which JSON may hold, as the escape that it was
        passing.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(passing, self._folder / name)


def _read(exchange: Exchange, operation: Operation | None) -> None:
    """Parse the bodies of which the contract says that they are JSON. All others stay bytes, even
    those that could be parsed: policy code may, and of an unknown route nobody says what it holds.
    """
    request, status = exchange.request, exchange.status
    if operation is None:
        return
    if operation.takes_json and request and len(request) <= LARGE:
        exchange.request = parsed(request, request)
    raw = status in operation.responses and operation.answer_schema(status) is None
    if not raw and "json" in (exchange.media_type or ""):
        exchange.document = parsed(exchange.answer, None)
