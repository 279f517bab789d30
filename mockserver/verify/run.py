"""One verification of a server: every life, every refusal, and away with what was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from mockserver.contract import Operation
from mockserver.verify import acts, cleanup, reading
from mockserver.verify.findings import Finding
from mockserver.verify.play import Stage, Stop
from mockserver.verify.reasons import reason
from mockserver.verify.refusals import all_refused
from mockserver.verify.session import Session
from mockserver.verify.wire import Unreachable
from mockserver.world.lives import Life, Resource

CONFORMS, DIFFERS, USAGE, UNREACHED, LEFT_OVER = range(5)
"""Exit codes: it conforms; it does not; usage; not reached; what was made could not be removed."""

DEFECT = "a defect of mockserver verify, please report it"


@dataclass
class Outcome:
    """What came of a run.

    `findings`: faults and notes. `left`: what could not be removed, named. `stopped`: why the run
    ended early, one sentence; `exit`: the exit code. `skipped`: lives that could not be played.
    """

    findings: list[Finding] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    stopped: str = ""
    exit: int = CONFORMS
    skipped: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    requests: int = 0


Tell = Callable[[str, int, int], None]
"""`tell(what, done, of)`: how far the run is."""


def verified(
    session: Session,
    only: frozenset[str] = frozenset(),
    jobs: int = 1,
    tell: Tell = lambda what, done, of: None,
) -> Outcome:
    """Play everything against a server; whatever happens, remove what was made.

    `only`: ids of the operations whose types are played; empty for all.
    """
    stage = Stage(session)
    outcome = Outcome()
    try:
        outcome.remarks += reading.admitted(stage)
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            _played(stage, only, pool, tell)
    except reading.Refused as refused:
        outcome.stopped, outcome.exit = str(refused), refused.exit
    except Unreachable as error:
        outcome.stopped, outcome.exit = str(error), UNREACHED
    except KeyboardInterrupt:
        outcome.stopped, outcome.exit = "stopped by Ctrl-C before everything was played", DIFFERS
    finally:
        outcome.left = cleanup.removed(stage, orphans=bool(outcome.stopped))
    return _concluded(session, outcome)


def _concluded(session: Session, outcome: Outcome) -> Outcome:
    """With its findings, and the exit code that follows from them."""
    outcome.findings = list(session.findings)
    outcome.skipped, outcome.requests = session.skipped, session.requests
    defects = any(why.startswith(DEFECT) for why in session.skipped.values())
    if outcome.exit == CONFORMS and (session.findings.faults or defects):
        outcome.exit = DIFFERS
    if outcome.left:
        outcome.exit = LEFT_OVER
    return outcome


def _played(stage: Stage, only: frozenset[str], pool: ThreadPoolExecutor, tell: Tell) -> None:
    session = stage.session
    chosen = {type: life for type, life in session.lives.items() if _wanted(stage, type, only)}
    for done, (type, life) in enumerate(chosen.items()):
        tell(type, done, len(chosen) + 1)
        if session.read_only:
            reading.looked(stage, type, life, pool)
            continue
        _life(stage, type, life, only, pool)
    tell("open operations", len(chosen), len(chosen) + 1)
    for operation in session.edition.operations.values():
        if operation.open and (not only or operation.id in only):
            _open(stage, operation, pool)
    tell("done", len(chosen) + 1, len(chosen) + 1)


def _wanted(stage: Stage, type: str, only: frozenset[str]) -> bool:
    if type in stage.session.spared:
        return False
    return not only or any(operation.id in only for operation in operations(stage, type))


def operations(stage: Stage, type: str) -> Iterator[Operation]:
    """The operations of the edition that a kind answers, those of its life included."""
    kind = stage.session.kinds[type]
    life = kind.life
    named = set(kind.operations)
    if life:
        named |= {*life.shows, *life.updates, *life.removes, life.create or "", life.list or ""}
    for id, operation in stage.session.edition.operations.items():
        if id in named:
            yield operation


def _life(
    stage: Stage, type: str, life: Life, only: frozenset[str], pool: ThreadPoolExecutor
) -> None:
    """From the making of a record to its end; where it cannot go on, the refusals still can."""
    record: Resource | None = None
    with _going_on(stage, type):
        if life.alone:
            life.alone(stage)
    with _going_on(stage, type):
        if life.create:
            record = acts.begin(stage, type, life)
    for operation in operations(stage, type):
        if not only or operation.id in only:
            all_refused(stage, operation, record, pool)
    with _going_on(stage, type):
        if record is not None:
            acts.end(stage, type, life, record)
    cleanup.removed(stage)  # what remains is named at the end of the run


@contextmanager
def _going_on(stage: Stage, type: str) -> Iterator[None]:
    """A part of a life that cannot go on says why, and the run goes on."""
    try:
        yield
    except Stop as stop:
        stage.session.skipped[type] = str(stop)
    except Unreachable:
        raise
    except Exception as error:  # a stranger's answer that a life was not prepared for
        stage.session.skipped[type] = f"{DEFECT}: {error.__class__.__name__}: {error}"


def _open(stage: Stage, operation: Operation, pool: ThreadPoolExecutor) -> None:
    """What is answered without a token."""
    session = stage.session
    exchange = session.exchanged(operation, {}, token=None)
    seen = session.seen(exchange, operation, ({}, {}, None))
    success = [status for status in operation.responses if status < 300]
    if session.expect(seen, success, "", session.source(operation, success[0])):
        session.good[operation.id] = seen.asked
    all_refused(stage, operation, None, pool)


def unreached(session: Session) -> dict[str, str]:
    """Documented "operation status" pairs that no request has met, each with the reason."""
    missing = {}
    for operation in session.edition.operations.values():
        for status in sorted(operation.responses):
            if not session.reached[operation.id, status]:
                missing[f"{operation.id} {status}"] = reason(session, operation, status)
    return missing
