"""What the journal learns of a request while it lives."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from mockserver.contract import Fault, Operation
from mockserver.contract.explain import UNTOLD
from mockserver.pipeline.messages import Answer, Sent, as_json
from mockserver.pipeline.redaction import masked, redactor, strangers
from mockserver.pipeline.worlds import Server
from mockserver.world import clock
from mockserver.world.access import Caller
from mockserver.world.journal import Exchange
from mockserver.world.problems import Breach, Error, Problem
from mockserver.world.state import State
from mockserver.world.universe import Universe

log = logging.getLogger("mockserver")

KEPT = ("User-Agent", "Content-Type", "Accept")
LONG = 2048
"""Letters that are kept of a path, a query or a header; a longer token is nobody's."""


class Note:
    """The entry of one request in the making; `written` puts it in the right journal."""

    def __init__(self, server: Server, sent: Sent) -> None:
        self._server, self._sent = server, sent
        self._started = time.perf_counter()
        self._universe: Universe | None = None
        self._operation: Operation | None = None
        self._findings: list[dict[str, str]] = []
        self._body: bytes | None = None
        self.faults: list[Fault] = []
        token = sent.token
        self._clean = redactor(self._secrets(), token if token and len(token) <= LONG else None)
        scrubbed = self._clean.text
        self._entry = Exchange(
            number=0,
            time="",
            method=_cut(scrubbed(sent.method)),
            path=_cut(scrubbed(sent.path)),
            query=_cut(self._clean.query(sent.query)),
            headers={n: _cut(scrubbed(v)) for n in KEPT if (v := sent.headers.get(n, ""))},
        )

    def reached(self, universe: Universe) -> Universe:
        self._universe = universe
        self._entry.before = self._entry.after = universe.state
        self._entry.generation = universe.generation
        return universe

    @property
    def generation(self) -> int:
        """Of the world when the request reached it: a reset in between fails its write."""
        return self._entry.generation

    def timed(self, now: str) -> str:
        """The time in the world at which the request is looked at."""
        self._entry.time = now
        return now

    def called(self, caller: Caller) -> None:
        self._entry.caller = caller.name

    def routed(self, operation: Operation) -> Operation:
        self._operation = operation
        self._entry.operation = operation.id
        return operation

    def body(self, content: bytes, *, json: bool) -> None:
        """What was sent, once it is known to be honest."""
        self._body = self._clean.body(content) if json else _counted(content)

    def found(self, findings: Sequence[dict[str, str]]) -> None:
        self._findings += findings

    def failed(self, fault: str) -> None:
        self._entry.fault = f"{self._entry.fault}, {fault}" if self._entry.fault else fault

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
        entry.status, entry.why = made.status, why and self._clean.text(why)
        entry.findings = [self._clean.value(finding) for finding in self._findings]
        entry.sent, entry.got = self._sent_body(), self._response(made)
        entry.milliseconds = round((time.perf_counter() - self._started) * 1000, 3)
        entry.bytes = 512 + len(entry.sent or b"") + len(entry.got or b"")
        entry.bytes += len(entry.method) + len(entry.path) + len(entry.query)
        entry.bytes += sum(len(text) for finding in entry.findings for text in finding.values())
        if entry.before is not None and entry.after is not None:
            entry.bytes += entry.after.replaced - entry.before.replaced
        universe = self._universe
        if universe is None:  # whose token it is, if any, nobody has said
            known = self._server.universes.__contains__
            entry.method = strangers(entry.method, known)
            entry.path, entry.query = strangers(entry.path, known), strangers(entry.query, known)
            entry.headers = {n: strangers(text, known) for n, text in entry.headers.items()}
        entry.time = entry.time or (universe.clock.now() if universe else clock.wall())
        journal = universe.journal if universe else self._server.universes.journal
        journal.write(entry)
        if log.isEnabledFor(logging.INFO):
            log.info("%s", entry.line())
        return made

    def broke(self, error: Exception) -> Answer:
        """A mistake of ours: a 500 that names itself, kept, with the state as it was."""
        place = self.place
        if isinstance(error, Breach):
            title, detail = "breach of contract", str(error)
        else:
            title = "unexpected exception"
            detail = f"{type(error).__name__} in {place.get('operation', 'no operation')}"
        self._entry.breach = self._clean.text(f"{title}: {detail}")
        hint = "This is a defect of the mock server, not of your request: please report it."
        shown = Error(title, detail, meta={"hint": hint}).shown(500, place)
        return self.written(as_json(500, {"errors": [shown]}))

    def _secrets(self) -> frozenset[str]:
        edition = self._universe.edition if self._universe else None
        return self._server.contract(edition).secrets

    def _sent_body(self) -> bytes | None:
        """What was sent, without what the contract would not repeat: a secret under a wrong name."""
        metas = [*self._findings, *(fault.meta for fault in self.faults)]
        places = [meta["pointer"] for meta in metas if UNTOLD in meta.get("fact", "")]
        return masked(self._body, places) if self._body and places else self._body

    def _response(self, made: Answer) -> bytes | None:
        if not made.body:
            return None
        if "json" not in made.headers.get("Content-Type", ""):
            return _counted(made.body)
        kept = made.kept
        if kept is not None and kept.clean is self._clean and kept.body is made.body:
            return made.body
        try:
            listed = self._operation is not None and not self._operation.tells_secrets
            clean = self._clean.body(made.body, named=not listed, ours=True)
        except ValueError:  # a fault has spoilt it
            return _counted(made.body)
        if kept is not None and clean is made.body is kept.body:
            kept.clean = self._clean
        return clean


def _cut(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 1] + "…"


def _counted(content: bytes) -> bytes:
    """What is kept of a body that is no JSON: its length."""
    return f'"[{len(content)} bytes]"'.encode()
