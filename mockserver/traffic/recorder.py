"""Traffic that passes by: judged, masked and written down, one file an exchange."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from mockserver.contract import Edition
from mockserver.escaping import escaped
from mockserver.judge.coverage import Coverage
from mockserver.judge.exchange import Exchange
from mockserver.judge.findings import Finding, Findings
from mockserver.judge.routes import Routes
from mockserver.traffic.judging import Recorded, judge, unknown
from mockserver.traffic.masking import Mask


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
    ) -> None:
        self._edition, self._folder = edition, folder
        self._mask, self._say = mask, say
        self._routes = Routes(edition)
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(p.name[:6]) for p in folder.glob("??????-*.json") if p.name[:6].isdigit()]
        self._number = max(numbers, default=0)
        self.recorded = Recorded(Findings(edition), Coverage(edition.name))

    def take(self, exchange: Exchange, token: str | None) -> None:
        """Judge one exchange, write it down, say what it was."""
        self._mask.learn(token)
        self._mask.learned(exchange.request)
        self._mask.learned(exchange.document)
        operation, _ = self._routes.match(exchange.method, exchange.path)
        with self._lock:
            self._number += 1
            number = self._number
            if operation is None:
                unknown(self.recorded, exchange)
            else:
                self.recorded.judged[operation.id] += 1
        name = f"{number:06}-{operation.id if operation else 'unknown'}.json"
        exchange.where = name
        found: list[Finding] = []
        entry = self._entry(exchange, number, operation.id if operation else None)
        if operation is not None:
            found = judge(self.recorded, exchange, operation, self._edition)
        entry["findings"] = [self._mask.value(finding.shown()) for finding in found]
        self._write(name, entry)
        what = entry["operation"] or "no operation"
        self._say(escaped(f"{exchange.status} {entry['method']} {entry['path']}  {what}"))
        for finding in found:
            self._say(f"  {self._mask.text(finding.line())}")

    def _entry(self, exchange: Exchange, number: int, operation: str | None) -> dict[str, Any]:
        """As it is written: what `verify --exchanges` and `fixture` read."""
        entry: dict[str, Any] = {
            "version": 1,
            "n": number,
            "edition": self._edition.name,
            "operation": operation,
            "method": self._mask.text(exchange.method),
            "path": self._mask.text(exchange.path),
            "query": self._mask.text(urlencode(list(exchange.query))),
            "status": exchange.status,
            "response-type": exchange.media_type,
            "request": None,
            "response": None,
        }
        said = (("request", exchange.request), ("response", self._answer(exchange)))
        for name, value in said:
            if isinstance(value, bytes):
                entry[name], text = self._mask.raw(value)
                if text is not None:
                    entry[f"{name}-text"] = text
            elif value is not None:
                entry[name] = self._mask.value(value)
        return entry

    def _answer(self, exchange: Exchange) -> Any:
        if exchange.document is not None:
            return exchange.document
        return exchange.answer or None

    def _write(self, name: str, entry: Mapping[str, Any]) -> None:
        """Whole or not at all: a reader never meets half a file."""
        text = json.dumps(entry, indent=1, ensure_ascii=False) + "\n"
        passing = self._folder / f".{name}.part"
        # half a surrogate pair, which JSON may hold, as the escape that it was
        passing.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(passing, self._folder / name)
