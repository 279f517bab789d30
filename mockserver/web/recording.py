"""What the journal learns of a request while it lives."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from typing import Any

from mockserver.contract import Fault, Operation
from mockserver.web.messages import Answer, Sent, as_json
from mockserver.web.redaction import redacted, scrubbed
from mockserver.web.worlds import Server
from mockserver.world import clock
from mockserver.world.access import Caller
from mockserver.world.journal import Exchange
from mockserver.world.problems import Breach, Error, Problem
from mockserver.world.state import State
from mockserver.world.universe import Universe

log = logging.getLogger("mockserver")

KEPT = ("User-Agent", "Content-Type", "Accept")


class Note:
    """The entry of one request in the making; `written` puts it in the right journal."""

    def __init__(self, server: Server, sent: Sent) -> None:
        self._server, self._sent = server, sent
        self._started = time.perf_counter()
        self._universe: Universe | None = None
        self._operation: Operation | None = None
        self._findings: list[dict[str, str]] = []
        self._body: Any = None
        self.faults: list[Fault] = []
        token = sent.token
        self._entry = Exchange(
            number=0,
            time="",
            method=sent.method,
            path=scrubbed(sent.path, token),
            query=scrubbed(sent.query, token),
            headers={n: scrubbed(v, token) for n in KEPT if (v := sent.headers.get(n))},
        )

    def reached(self, universe: Universe) -> Universe:
        self._universe = universe
        self._entry.before = self._entry.after = universe.state
        return universe

    def called(self, caller: Caller) -> None:
        self._entry.caller = caller.name

    def routed(self, operation: Operation) -> None:
        self._operation = operation
        self._entry.operation = operation.id

    def body(self, value: Any) -> None:
        # redacted at once: the contract's check fills in and takes out in the same value
        self._body = self._clean(value)

    def found(self, findings: Sequence[dict[str, str]]) -> None:
        self._findings += findings

    def failed(self, fault: str) -> None:
        self._entry.fault = fault

    @property
    def place(self) -> dict[str, str]:
        """Operation and edition, for an explanation."""
        if self._operation is None:
            return {}
        return {"operation": self._operation.id, "edition": self._operation.edition}

    def changed(self, before: State, after: State) -> None:
        self._entry.before, self._entry.after = before, after

    def refuse(self) -> None:
        """Raise what query and body broke, all at once; a 400 goes before every 422."""
        if not self.faults:
            return
        status = min(fault.status for fault in self.faults)
        raise Problem(
            status,
            *(
                Error(fault.title, fault.detail, fault.pointer, fault.meta)
                for fault in self.faults
                if fault.status == status
            ),
        )

    def written(self, made: Answer, why: str | None = None) -> Answer:
        """Write the entry and give the answer on."""
        entry = self._entry
        entry.status, entry.why = made.status, why
        entry.findings = [self._clean(finding) for finding in self._findings]
        entry.request = self._body
        entry.response = self._response(made)
        entry.milliseconds = round((time.perf_counter() - self._started) * 1000, 3)
        entry.bytes = 512 + len(made.body) + (len(str(self._body)) if self._body else 0)
        if entry.before is not None and entry.after is not None:
            entry.bytes += entry.after.replaced - entry.before.replaced
        universe = self._universe
        entry.time = universe.clock.now() if universe else clock.wall()
        journal = universe.journal if universe else self._server.universes.journal
        log.info("%s", journal.write(entry).line())
        return made

    def broke(self, error: Exception) -> Answer:
        """A mistake of ours: a 500 that names itself, kept, with the state as it was."""
        place = self.place
        if isinstance(error, Breach):
            title, detail = "breach of contract", str(error)
        else:
            title = "unexpected exception"
            detail = f"{type(error).__name__} in {place.get('operation', 'no operation')}"
        self._entry.breach = f"{title}: {detail}"
        hint = "This is a defect of the mock server, not of your request: please report it."
        shown = Error(title, detail, meta={"hint": hint}).shown(500, place)
        return self.written(as_json(500, {"errors": [shown]}))

    def _clean(self, value: Any) -> Any:
        edition = self._universe.edition if self._universe else None
        secrets = self._server.contract(edition).secrets
        return redacted(value, secrets, self._sent.token)

    def _response(self, made: Answer) -> Any:
        if not made.body:
            return None
        if "json" not in made.headers.get("Content-Type", ""):
            return f"[{len(made.body)} bytes]"
        try:
            return self._clean(json.loads(made.body))
        except ValueError:  # a fault has spoilt it
            return f"[{len(made.body)} bytes, no JSON]"
