"""What runs the pipeline: whose world it is, what a test wants to go wrong, the turn, the journal.

A request comes in steps, so that each door can wait in its own way: `arrive` finds the world and the
delays that faults ask for, `complete` answers, `enter` writes the journal, which takes long where the
answer is large. Nothing here waits for time to pass.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from functools import partial

from mockserver.contract import Edition, Operation
from mockserver.contract.routes import routes
from mockserver.pipeline import journaling, request_faults
from mockserver.pipeline.discovery import OPEN
from mockserver.pipeline.messages import Answer, Sent, json_answer
from mockserver.pipeline.outcome import Outcome, Setting, refusal
from mockserver.pipeline.pipeline import run
from mockserver.pipeline.request_faults import RequestFaults
from mockserver.pipeline.server import Server
from mockserver.world import clock
from mockserver.world.access import split
from mockserver.world.faults import Fault
from mockserver.world.problems import Breach, Error, conflict, unauthorized
from mockserver.world.state import State
from mockserver.world.universe import Stale, Universe

log = logging.getLogger("mockserver")

OURS = "This is a defect of the mock server, not of your request: please report it."


@dataclass(slots=True, eq=False, repr=False)
class Visit:
    """A request that has come in.

    `universe` is the world that its token opens; `opened` the operation that needs none. `delays`
    are faults to be waited for, with their seconds, before it is completed; `generation` is the
    world's: a reset in between fails its write.
    """

    sent: Sent
    contract: Edition
    universe: Universe | None
    opened: Operation | None = None
    plan: RequestFaults | None = None
    delays: list[tuple[Fault, float]] = field(default_factory=list)
    generation: int = 0
    started: float = field(default_factory=time.perf_counter)


@dataclass(slots=True, eq=False, repr=False)
class Done:
    """A request that has been answered, and what its entry in the journal needs. `states` are the
    world's before and after it, `now` the world's time then."""

    visit: Visit
    universe: Universe | None
    outcome: Outcome
    made: Answer
    states: tuple[State | None, State | None]
    now: str


def answer(server: Server, sent: Sent) -> Answer:
    """What one request is answered, for a door that may block its thread."""
    visit = arrive(server, sent)
    for fault, seconds in visit.delays:
        fault.over.wait(seconds)
    if sent.writes and visit.universe:
        _ = sent.content  # received before the world's turn is taken: a client may be slow
    done = complete(server, visit)
    assert done is not None
    return enter(server, done)


def arrive(server: Server, sent: Sent) -> Visit:
    """Find the world of a request, and what shall go wrong with it."""
    universe = server.universes.get(split(sent.token)[0]) if sent.token else None
    contract = server.contract(universe.edition if universe else None)
    operation = routes(contract).match(sent.method, sent.path).operation
    visit = Visit(sent, contract, universe)
    if operation is not None and operation.open:
        visit.opened = operation
    elif universe is not None:
        visit.generation = universe.generation
        visit.plan = request_faults.planned(universe, operation, sent)
        if visit.plan:
            visit.delays = [(fault, fault.delay()) for fault in visit.plan.due("latency")]
    return visit


def is_heavy(visit: Visit, large: int, many: int) -> bool:
    """Whether its answer may take long: its body has more than `large` bytes, or it looks at all of
    more than `many` records."""
    sent, universe = visit.sent, visit.universe
    if sent.presigned:
        return True  # a small archive may unpack into a large one
    if sent.writes and isinstance(sent.content, bytes) and len(sent.content) > large:
        return True
    if universe is None or len(universe.state.records) <= many:
        return False
    return sent.method == "DELETE" or "search" in sent.query


def complete(server: Server, visit: Visit, *, wait: bool = True) -> Done | None:
    """Answer a request. None, and nothing done, where `wait` is false and another has the turn."""
    universe = None if visit.opened else visit.universe
    turn = universe.writing if universe and visit.sent.writes else None
    if turn and not turn.acquire(blocking=wait):
        return None
    try:
        before, now = (universe.state, universe.clock.now()) if universe else (None, clock.wall())
        outcome = _outcome(server, visit, universe, before, now)
        if universe and before and outcome.state and outcome.state is not before:
            universe.swap(before, outcome.state, visit.generation)
    except Stale as stale:
        outcome = Outcome(refusal(conflict(str(stale)), {}), operation=outcome.operation)
    finally:
        if turn:
            turn.release()
    made = request_faults.after(visit.plan, outcome.answer) if visit.plan else outcome.answer
    return Done(visit, universe, outcome, made, (before, outcome.state or before), now)


def _outcome(
    server: Server, visit: Visit, universe: Universe | None, state: State | None, now: str
) -> Outcome:
    """What the request comes to; a mistake of ours is a 500 that names itself."""
    try:
        if visit.opened:
            outcome = _open(server, visit, visit.opened)
        elif universe is None or state is None:
            outcome = _nobody(server, visit.sent)
        else:
            outcome = _run(server, visit, universe, state, now)
    except Exception as error:
        outcome = Outcome(breach=error)
    if outcome.breach:
        if not isinstance(outcome.breach, Breach):
            log.error("unexpected exception", exc_info=outcome.breach)
        title, detail = journaling.title_and_detail(outcome.breach, outcome.place)
        shown = Error(title, detail, meta={"hint": OURS}).shown(500, outcome.place, {})
        outcome.answer = json_answer(500, {"errors": [shown]})
    return outcome


def _open(server: Server, visit: Visit, operation: Operation) -> Outcome:
    made = OPEN[operation.id](server, visit.sent)
    if visit.universe is not None:
        made = request_faults.announced(visit.universe, visit.sent, made)
    return Outcome(made, operation=operation)


def _nobody(server: Server, sent: Sent) -> Outcome:
    """No world has this token's key."""
    if sent.token is None:
        why = "no bearer token: send the header Authorization: Bearer TOKEN"
    else:
        unknown = "no world has this token's key (the part before the first dot)"
        why = server.universes.gone(split(sent.token)[0]) or unknown
    return Outcome(refusal(unauthorized(why), {}), why=why)


def setting_of(contract: Edition, universe: Universe) -> Setting:
    """What requests to a world are judged by."""
    return Setting(
        edition=contract,
        kinds=universe.kinds,
        key=universe.key,
        seed=universe.seed,
        strict=universe.strict,
        used=universe.used,
        cache=universe.parts,
    )


def _run(server: Server, visit: Visit, universe: Universe, state: State, now: str) -> Outcome:
    """The pipeline on a world, with what a test wants to go wrong before it and in its place."""
    setting = setting_of(visit.contract, universe)
    plan = visit.plan
    if plan is None:
        outcome = run(setting, state, visit.sent, now)
    elif (early := request_faults.before(plan, universe, visit.sent)) is not None:
        outcome = early
    else:
        if not visit.sent.writes:
            state = request_faults.lagging(plan, universe, state)
        outcome = run(setting, state, visit.sent, now, partial(request_faults.in_place, plan))
    if outcome.done and outcome.caller and outcome.caller.token:
        universe.used[outcome.caller.token.key] = now  # beside the state: a GET is no write
    return outcome


def enter(server: Server, done: Done) -> Answer:
    """The entry in the right journal, and the line in the log; then the answer may leave."""
    visit, universe = done.visit, done.universe
    entry = journaling.entry(
        visit.sent,
        done.outcome,
        done.made,
        visit.contract,
        time=done.now,
        states=done.states,
        generation=visit.generation,
        faults=visit.plan.happened if visit.plan else (),
        milliseconds=round((time.perf_counter() - visit.started) * 1000, 3),
        control_token=server.control_token,
    )
    if universe is None:
        entry = journaling.without_world(entry, server.universes.__contains__)
        server.universes.journal.write(entry)
    elif visit.generation < universe.begun:  # a reset came in between: the journal begins after it
        universe.journal.outlive(entry)
    else:
        universe.journal.write(entry)
    if log.isEnabledFor(logging.INFO):
        log.info("%s", entry.line())
    return done.made
