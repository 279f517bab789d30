"""Before anything is made: may this token do it? And what GETs alone can tell."""

from __future__ import annotations

from concurrent.futures import Executor

from mockserver.verify import lists
from mockserver.verify.play import Stage, Stop
from mockserver.verify.pointers import at
from mockserver.verify.refusals import all_refused
from mockserver.verify.views import resources
from mockserver.world.lives import Life, Resource


class Refused(Exception):
    """The run cannot begin; one sentence says why. `exit`: its exit code."""

    def __init__(self, exit: int, sentence: str) -> None:
        self.exit = exit
        super().__init__(sentence)


def admitted(stage: Stage) -> list[str]:
    """Look at the organization before anything is sent there. Gives remarks.

    Raises Refused: no such organization, a token that is not accepted or may only read, a server
    that speaks no JSON.
    """
    session, name = stage.session, stage.organization
    life = session.lives[stage.owner]
    operation = session.edition.operation(life.shows[0])
    path = dict.fromkeys(operation.records, name)
    exchange = session.exchanged(operation, path)
    status = exchange.status
    if status == 401:
        raise Refused(2, "the server does not accept the token: is it whole, and of this server?")
    if status in (403, 404):
        raise Refused(2, f"there is no organization {name}, or the token may not see it")
    if "html" in (exchange.media_type or ""):
        raise Refused(3, "the server answers HTML, not JSON: is --url the API's own address?")
    if status >= 500:
        raise Refused(3, f"the server answers {status} to a simple GET: it is not in order")
    seen = session.seen(exchange, operation, (path, {}, None))
    may = at(seen.document, "/data/attributes/permissions")
    rights = [may.get(right) for right in life.rights] if isinstance(may, dict) else []
    if not session.read_only and rights and not any(rights):
        raise Refused(
            2,
            f"the token may only read the organization {name}: give one of an owner, "
            "or --read-only to send GETs alone; nothing was made",
        )
    return _inhabited(stage, life)


def _inhabited(stage: Stage, owner: Life) -> list[str]:
    """A remark where the organization holds anything already."""
    counts = []
    for type, life in stage.session.lives.items():
        if not life.list or life is owner:
            continue
        operation = stage.session.edition.operation(life.list)
        if stage.owner not in operation.records.values():
            continue
        path = {n: stage.organization for n, t in operation.records.items() if t == stage.owner}
        if len(path) < len(operation.records):
            continue
        exchange = stage.session.exchanged(operation, path)
        seen = stage.session.seen(exchange, operation, (path, {}, None))
        total = at(seen.document, "/meta/pagination/total-count")
        number = total if isinstance(total, int) else len(list(resources(seen.document)))
        counts += [f"{number} {type}"] if number else []
    if not counts:
        return []
    return [
        f"the organization {stage.organization} is not empty ({', '.join(counts)}): "
        "verify changes only what it has made itself"
    ]


def looked(stage: Stage, type: str, life: Life, pool: Executor) -> None:
    """What GETs show of a type: its list, the first records by themselves, pages, refusals."""
    session = stage.session
    try:
        record = _first(stage, life)
    except Stop as stop:
        session.skipped[type] = str(stop)
        return
    if record is None:
        session.skipped[type] = "there is no record to read"
    else:
        stage.judge(type, stage.look(record))
        lists.included(stage, life, record)
        if life.list and "page[size]" in session.edition.operation(life.list).parameters:
            lists.paged(stage, session.edition.operation(life.list), record, {}, set(), 3)
    for id in (*life.shows, *([life.list] if life.list else [])):
        all_refused(stage, session.edition.operation(id), record, pool)


def _first(stage: Stage, life: Life) -> Resource | None:
    """The first record of a type's list, or the organization itself."""
    if life is stage.session.lives[stage.owner]:
        seen = stage.call(
            life.shows[0], path=dict.fromkeys(_names(stage, life), stage.organization)
        )
        return next((resource for _, resource in resources(seen.document)), None)
    if not life.list:
        raise Stop("it has no list to read")
    operation = stage.session.edition.operation(life.list)
    if any(parameter.get("required") for parameter in operation.parameters.values()):
        raise Stop(f"{operation.id} wants to be asked for a record's")
    seen = stage.call(life.list)
    return next((resource for _, resource in resources(seen.document)), None)


def _names(stage: Stage, life: Life) -> list[str]:
    return list(stage.session.edition.operation(life.shows[0]).records)
