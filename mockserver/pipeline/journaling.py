"""What the journal keeps of a request and its outcome."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Mapping, Sequence

from mockserver.contract import Edition
from mockserver.contract.explain import untold
from mockserver.pipeline.messages import Answer, Sent
from mockserver.pipeline.outcome import Outcome
from mockserver.redaction import Redactor, cut, mask_strangers, masked, redactor
from mockserver.world.entries import Entry
from mockserver.world.problems import Breach
from mockserver.world.state import State

TEXT = 64 * 1024
"""Bytes that are kept of a body that is a text."""
BINARY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
KEPT = ("User-Agent", "Content-Type", "Accept")
LONG = 2048
"""Letters that are kept of a path, a query, a header or a finding, cut after the secrets are out."""
FACT = 280
"""Letters that are kept of the fact of a call that has no operation, which repeats its path; cut then, too."""


def entry(
    sent: Sent,
    outcome: Outcome,
    made: Answer,
    contract: Edition,
    *,
    time: str,
    states: tuple[State | None, State | None] = (None, None),
    generation: int = 0,
    faults: Sequence[str] = (),
    milliseconds: float = 0.0,
    control_token: str | None = None,
) -> Entry:
    """One request as the journal keeps it, without a secret.

    `states` are the world's before and after; `faults` those that happened to it; `control_token`
    is the server's: it is masked too.
    """
    clean = redactor(contract.secrets, sent.token, control_token)
    before, after = states
    breach = outcome.breach and clean.text(
        ": ".join(title_and_detail(outcome.breach, outcome.place))
    )
    got = None if sent.method == "HEAD" else _answer_body(outcome, made, clean)
    found = Entry(
        number=0,
        time=time,
        method=_cut(clean.text(sent.method)),
        path=_cut(clean.text(sent.path)),
        query=_cut(clean.query(sent.query)),
        operation=outcome.operation.id if outcome.operation else None,
        caller=outcome.caller.name if outcome.caller else None,
        status=made.status,
        findings=[_finding(clean.value(finding), outcome) for finding in outcome.findings],
        why=outcome.why and _cut(clean.text(outcome.why)),
        breach=breach or None,
        fault=", ".join(faults) or None,
        headers={n: _cut(clean.text(v)) for n in KEPT if (v := sent.headers.get(n, ""))},
        sent=_sent_body(outcome, made, clean),
        got=got,
        media_type=None if got is None else made.headers.get("Content-Type"),
        changed=before is not after,
        milliseconds=milliseconds,
        generation=generation,
        before=before,
        after=after,
    )
    return _weighed(found)


def _weighed(found: Entry) -> Entry:
    """With the bytes that keeping it costs: its texts, and what it replaced in the state."""
    before, after = found.before, found.after
    found.bytes = 512 + len(found.sent or b"") + len(found.got or b"")
    found.bytes += len(found.method) + len(found.path) + len(found.query)
    found.bytes += sum(len(text) for finding in found.findings for text in finding.values())
    if before is not None and after is not None:
        found.states = after.replaced - before.replaced
        found.bytes += found.states
    return found


def without_world(found: Entry, known: Callable[[str], bool]) -> Entry:
    """The entry of a request that has reached no world: whose token it is, if any, nobody has said.

    `known` says whether a key is that of a world.
    """
    found.method = mask_strangers(found.method, known)
    found.path, found.query = mask_strangers(found.path, known), mask_strangers(found.query, known)
    found.headers = {n: mask_strangers(text, known) for n, text in found.headers.items()}
    return found


def title_and_detail(error: Exception, place: Mapping[str, str]) -> tuple[str, str]:
    """Title and detail of a mistake of ours."""
    if isinstance(error, Breach):
        return "breach of contract", str(error)
    where = place.get("operation", "no operation")
    return "unexpected exception", f"{type(error).__name__} in {where}"


def _sent_body(outcome: Outcome, made: Answer, clean: Redactor) -> bytes | None:
    """What was sent, without what the contract would not repeat: a secret under a wrong name.

    What the answer shows under the same name is none: the value of a variable that is not sensitive.
    """
    if outcome.body is None:
        return None
    raw = outcome.operation is not None and outcome.operation.takes_bytes
    body = clean.body(outcome.body) if outcome.json else _text(outcome.body, clean, shown=raw)
    if outcome.json and body != outcome.body and (shown := _shown(outcome, made, clean)):
        body = clean.body(outcome.body, shown=shown)
    metas = [*outcome.findings, *(refusal.meta for refusal in outcome.refusals)]
    places = untold(metas)
    return masked(body, places) if body and places else body


def _shown(outcome: Outcome, made: Answer, clean: Redactor) -> frozenset[tuple[str, str]]:
    """What a successful answer shows in the open under the names of secrets."""
    if outcome.operation is None or outcome.operation.tells_secrets:
        return frozenset()
    try:
        return frozenset(clean.members(json.loads(made.body)))
    except ValueError:  # no body, or a fault has spoilt it
        return frozenset()


def _answer_body(outcome: Outcome, made: Answer, clean: Redactor) -> bytes | None:
    if not made.body:
        return None
    if "json" not in made.headers.get("Content-Type", ""):
        return _text(made.body, clean)
    kept = made.kept
    if kept is not None and kept.clean is clean and kept.body is made.body:
        return made.body
    try:
        listed = outcome.operation is not None and not outcome.operation.tells_secrets
        body = clean.body(made.body, named=not listed, ours=True)
    except ValueError:  # a fault has spoilt it
        return _text(made.body, clean, shown=False)
    if kept is not None and body is made.body is kept.body:
        kept.clean = clean
    return body


def _finding(clean: dict[str, str], outcome: Outcome) -> dict[str, str]:
    """A finding, secrets out, without what is too long."""
    fact = {} if outcome.operation else {"fact": _cut(clean["fact"], FACT)}
    return {name: _cut(text) for name, text in clean.items()} | fact


def _cut(text: str, most: int = LONG) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _text(content: bytes, clean: Redactor, *, shown: bool = True) -> bytes:
    """What is kept of a body that is no JSON; only its length where it may not be `shown`."""
    text = clean.text(as_text(content)) if shown else _length(content)
    return json.dumps(text).encode()


def as_text(content: bytes) -> str:
    """A body that is no JSON: the text up to a bound, or its length where it is no text."""
    kept, whole = content[:TEXT], len(content) <= TEXT
    try:  # one that is cut may end within a letter
        text = codecs.getincrementaldecoder("utf-8")().decode(kept, final=whole)
    except UnicodeDecodeError:
        return _length(content)
    if BINARY.search(text):
        return _length(content)
    return text if whole else f"{cut(text, len(text) - 1)} {_length(content)}"


def _length(content: bytes) -> str:
    return f"[{len(content)} bytes]"
