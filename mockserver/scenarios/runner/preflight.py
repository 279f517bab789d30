"""Before anything is made: may this token do it? And what GETs alone can tell."""

from __future__ import annotations

from contextlib import suppress

from mockserver.contract import Operation
from mockserver.judge.documents import resources
from mockserver.judge.exchange import Exchange
from mockserver.judge.likely_edition import edition_of_answer
from mockserver.judge.pointers import at
from mockserver.judge.result import DIFFERS
from mockserver.scenarios.runner.driver import Driver
from mockserver.scenarios.runner.unanswered import NoAnswer
from mockserver.traffic.naming import WHERE


class CannotBegin(Exception):
    """The run cannot begin; one sentence says why. `exit`: its exit code."""

    def __init__(self, exit: int, sentence: str) -> None:
        self.exit = exit
        super().__init__(sentence)


def admitted(driver: Driver, only: frozenset[str] = frozenset()) -> list[str]:
    """Look at the organization before anything is sent there. Gives remarks.

    `only`: ids of the operations that are played; empty for all. Raises CannotBegin: no such
    organization, a token that is not accepted or may only read, a server that speaks no JSON or another
    edition.
    """
    context, plan = driver.context, driver.context.plan(driver.owner)
    if not plan.actions.shows:
        return []
    operation = context.edition.operation(plan.actions.shows[0])
    path = dict.fromkeys(operation.records, driver.organization)
    exchange = context.exchanged(operation, path)
    _answers(exchange)
    if exchange.status in (403, 404):
        return _served_without(driver, only)
    if not only:
        _of_this_edition(driver, exchange, operation)
    answer = context.judged(exchange, operation, (path, {}, None))
    may = at(answer.document, "/data/attributes/permissions")
    rights = [may.get(right) for right in plan.scenario.rights] if isinstance(may, dict) else []
    context.rights.limited = False in rights
    if not context.read_only and rights and not any(rights):
        raise CannotBegin(
            2,
            f"the token may only read the organization {driver.organization}: give one of an owner, "
            "or --read-only to send GETs alone; nothing was made",
        )
    return _inhabited(driver)


def _answers(exchange: Exchange) -> None:
    """Whether this is an API that can be talked to."""
    if "html" in (exchange.media_type or ""):
        raise CannotBegin(3, "the server answers HTML, not JSON: is --url the API's own address?")
    if exchange.status == 401:
        raise CannotBegin(
            2, "the server does not accept the token: is it whole, and of this server?"
        )
    if exchange.status >= 500:
        raise CannotBegin(
            3, f"the server answers {exchange.status} to a simple GET: it is not in order"
        )


def _of_this_edition(driver: Driver, exchange: Exchange, operation: Operation) -> None:
    """One cause in the place of a thousand consequences."""
    here, name = driver.context.edition, driver.context.named
    why = f"it says so itself ({WHERE})"
    if not name:
        name, faults = edition_of_answer(exchange, operation, here)
        why = f"what it answers to {operation.id} conforms to that, and has {faults} faults in {here.name}"
    if name and name != here.name:
        raise CannotBegin(
            DIFFERS,
            f"the server speaks edition {name}: {why}; give --edition {name}, or name with --operation "
            f"what is to be held to {here.name} all the same; nothing was made",
        )


def _served_without(driver: Driver, only: frozenset[str]) -> list[str]:
    """Whether the server serves what was asked for, though it shows no organization."""
    context = driver.context
    for plan in context.plans.values():
        if plan.listing is None or not only.intersection(plan.actions.every):
            continue
        if [*plan.listing.records.values()] != [driver.owner] or plan.type == driver.owner:
            continue
        path = dict.fromkeys(plan.listing.records, driver.organization)
        with suppress(NoAnswer):
            if context.exchanged(plan.listing, path).status < 300:
                return ["the server shows no organization: what --operation names is played alone"]
    raise CannotBegin(
        2, f"There is no organization named {driver.organization!r}, or the token may not see it."
    )


def _inhabited(driver: Driver) -> list[str]:
    """A remark where the organization holds anything already."""
    counts = []
    for type, plan in driver.context.plans.items():
        if not plan.actions.list or type == driver.owner:
            continue
        operation = driver.context.edition.operation(plan.actions.list)
        if driver.owner not in operation.records.values():
            continue
        path = {n: driver.organization for n, t in operation.records.items() if t == driver.owner}
        if len(path) < len(operation.records):
            continue
        try:
            exchange = driver.context.exchanged(operation, path)
        except NoAnswer:  # which is told
            continue
        answer = driver.context.judged(exchange, operation, (path, {}, None))
        total = at(answer.document, "/meta/pagination/total-count")
        number = total if isinstance(total, int) else len(list(resources(answer.document)))
        counts += [f"{number} {type}"] if number else []
    if not counts:
        return []
    return [
        f"the organization {driver.organization} is not empty ({', '.join(counts)}): "
        "verify changes only what it has made itself"
    ]
