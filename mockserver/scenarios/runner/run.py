"""One verification of a server: every scenario, every refusal, and away with what was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from mockserver.contract import Operation
from mockserver.digits import counted
from mockserver.judge.documents import Resource
from mockserver.judge.likely_edition import likely_edition
from mockserver.judge.result import (
    CONFORMS,
    DIFFERS,
    LEFT_OVER,
    UNREACHED,
    Result,
    cleaned,
    verdict,
)
from mockserver.redaction import Redactor, literal
from mockserver.scenarios.runner import (
    callers,
    cleanup,
    entitlements,
    lifecycle,
    lists,
    names,
    preflight,
    queries,
    read_only,
    relations,
)
from mockserver.scenarios.runner.context import Context
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.plan import CannotContinue, Plan
from mockserver.scenarios.runner.refusing import Each, all_refused
from mockserver.scenarios.runner.unanswered import NoAnswer
from mockserver.traffic.transport import Unreachable

DEFECT = "a defect of mockserver verify, please report it"

PARTS: Sequence[Callable[[Driver, Plan, Resource], Resource | None]] = (
    lifecycle.unique,
    relations.refused_at_creation,
    names.other_case,
    lists.walked,
    lists.inclusion,
    lifecycle.all_changed,
    names.any_letters,
    relations.played,
    lifecycle.own_steps,
    callers.seen_by_others,
)
"""What is played with a record, in this order; one that cannot go on does not hold up the next.
Each gives the record as it is then, where it has changed it.
"""

Tell = Callable[[str, int, int], None]
"""`tell(what, done, of)`: how far the run is."""


@dataclass
class Ending:
    """How a run came to its end, and what it left."""

    exit: int = CONFORMS
    stopped: str = ""
    remarks: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def verify(
    context: Context,
    only: frozenset[str] = frozenset(),
    jobs: int = 1,
    tell: Tell = lambda what, done, of: None,
) -> Result:
    """Play everything against a server; whatever happens, remove what was made.

    `only`: ids of the operations whose types are played; empty for all.
    """
    context.only = only
    driver = Driver(context)
    ending = Ending()
    stops: list[str] = []
    try:
        ending.remarks = preflight.admitted(driver, only)
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            each: Each = pool.map if jobs > 1 else map  # one alone needs no thread beside this
            _played(driver, only, each, tell)
    except preflight.CannotBegin as refused:
        ending.stopped, ending.exit = str(refused), refused.exit
    except Unreachable as error:
        ending.stopped, ending.exit = str(error), UNREACHED
    except CannotContinue as reason:
        ending.stopped, ending.exit = str(reason), DIFFERS
    except KeyboardInterrupt as stop:
        stops.append(cleanup.named(stop))
        ending.stopped = f"stopped by {stops[0]} before everything was played"
        ending.exit = DIFFERS
    finally:
        driver.made.keep_nothing()
        orphans = context.lost or (bool(ending.stopped) and context.wrote)
        ending.left = cleanup.clean_up_at_last(driver, orphans, stops)
    if stops and not ending.stopped:
        ending.stopped = f"stopped by {stops[0]} while it removed what it had made"
        ending.exit = DIFFERS
    return _result(context, ending)


def unreached(context: Context, why: Unreachable) -> Result:
    """What becomes of a run against a server that nothing was heard of."""
    return _result(context, Ending(exit=UNREACHED, stopped=str(why)))


def _result(context: Context, ending: Ending) -> Result:
    """What became of it; without hosts and the token."""
    findings = list(context.findings)
    defects = any(why.startswith(DEFECT) for why in context.skipped.values())
    exit = ending.exit
    if exit == CONFORMS and (context.findings.faults or defects):
        exit = DIFFERS
    counts: dict[str, int] = {}
    for (operation, _), number in context.reached.items():
        counts[operation] = counts.get(operation, 0) + number
    looks = likely_edition(context.findings.unlisted, (), context.edition)
    only = context.findings.only
    end = f"{verdict(context.edition, findings, only)}; {counted(context.requests, 'request')}"
    result = Result(
        edition=context.edition,
        findings=findings,
        exit=LEFT_OVER if ending.left else exit,
        lines=[
            *(f"hint: {remark}" for remark in ending.remarks),
            *looks,
            *([] if ending.stopped and not context.findings.faults else [end]),
        ],
        stopped=ending.stopped,
        left=ending.left,
        unplayed=context.skipped | _barred(context),
        operations={id: counts[id] for id in only or context.edition.operations if id in counts},
        only=only,
        coverage=context.coverage,
    )
    return cleaned(result, Redactor(frozenset(), literal(context.token)))


def _barred(context: Context) -> dict[str, str]:
    """Operations that the token may not do, where no type says so already."""
    told = {*context.skipped.values()}
    return {id: why for id, why in context.rights.barred.items() if f"{id} is {why}" not in told}


def _played(driver: Driver, only: frozenset[str], each: Each, tell: Tell) -> None:
    context = driver.context
    context.withheld = entitlements.withheld(context)
    chosen = [plan for plan in context.plans.values() if _wanted(driver, plan, only)]
    for done, plan in enumerate(chosen):
        tell(plan.type, done, len(chosen) + 1)
        if missing := entitlements.closed(driver, plan):
            context.skipped[plan.type] = f"the organization is not entitled to {missing}"
        elif context.read_only:
            with _going_on(driver, plan):
                read_only.looked(driver, plan, each)
        else:
            _type(driver, plan, only, each)
    tell("open operations", len(chosen), len(chosen) + 1)
    for operation in context.edition.operations.values():
        if operation.open and (not only or operation.id in only):
            with suppress(NoAnswer):  # which is told
                _open(driver, operation, each)
    tell("done", len(chosen) + 1, len(chosen) + 1)


def _wanted(driver: Driver, plan: Plan, only: frozenset[str]) -> bool:
    if plan.type in driver.context.spared:
        return False
    return not only or bool(only.intersection(plan.actions.every))


def _type(driver: Driver, plan: Plan, only: frozenset[str], each: Each) -> None:
    """From the making of a record to its end; where it cannot go on, the refusals still can."""
    record: Resource | None = None
    with _going_on(driver, plan):
        if plan.scenario.once:
            plan.scenario.once(driver)
    with _going_on(driver, plan):
        if plan.actions.create:
            record = lifecycle.created(driver, plan)
    for part in PARTS:
        with _going_on(driver, plan):
            record = (part(driver, plan, record) or record) if record else None
    with _going_on(driver, plan):
        queries.narrowed(driver, plan, record)
    for id in plan.actions.every:
        if not only or id in only:
            with _going_on(driver, plan):
                all_refused(driver, driver.context.edition.operation(id), record, each)
    with _going_on(driver, plan):
        if record is not None:
            lifecycle.end(driver, plan, record)
    cleanup.clean_up(driver)  # what remains is named at the end of the run


@contextmanager
def _going_on(driver: Driver, plan: Plan) -> Iterator[None]:
    """A part of a scenario that cannot go on says why, and the run goes on."""
    try:
        yield
    except CannotContinue as reason:
        driver.context.skipped.setdefault(plan.type, str(reason))
    except Unreachable:
        raise
    except Exception as error:  # an answer that the code was not prepared for
        driver.context.skipped[plan.type] = f"{DEFECT}: {error.__class__.__name__}: {error}"


def _open(driver: Driver, operation: Operation, each: Each) -> None:
    """What is answered without a token."""
    context = driver.context
    exchange = context.exchanged(operation, {}, token=None)
    answer = context.judged(exchange, operation, ({}, {}, None))
    success = [status for status in operation.responses if status < 300]
    if context.expect(answer, success, "", context.source_of(operation, success[0])):
        context.good[operation.id] = answer.asked
    all_refused(driver, operation, None, each)
