"""Away with what a run has made, whatever became of it; what stays is named."""

from __future__ import annotations

from contextlib import suppress

from mockserver.verify.play import PREFIX, Stage, Stop
from mockserver.verify.views import resources
from mockserver.verify.wire import Unreachable
from mockserver.world.lives import Life, Resource, attribute


def removed(stage: Stage, orphans: bool = False) -> list[str]:
    """Remove all that was made, the youngest first. Gives what is left, named.

    `orphans`: look for what the server has made although its answer never came to be read, as when
    a run is stopped in the middle of a request.
    """
    left = _all(stage)
    if orphans:
        with suppress(Unreachable, KeyboardInterrupt):
            _adopt(stage)
            left = _all(stage)
    return left


def _all(stage: Stage) -> list[str]:
    left = []
    for record in stage.made:
        life = stage.session.lives.get(record["type"])
        if not life or not life.removes:
            continue
        if _gone(stage, life, record):
            stage.gone(record)
        else:
            left.append(f"{record['type']} {attribute(record, life.named) or ''} {record['id']}")
    return left


def _gone(stage: Stage, life: Life, record: Resource) -> bool:
    remove = stage.session.edition.operation(life.removes[0])
    try:
        exchange = stage.session.exchanged(remove, stage.path(remove, record))
    except (Unreachable, Stop, KeyboardInterrupt):
        return False
    return exchange.status < 300 or exchange.status in (404, 410)


def _adopt(stage: Stage) -> None:
    """Records that carry this run's name and were never told of."""
    mine = f"{PREFIX}-{stage.session.run}-"
    for type, life in stage.session.lives.items():
        if not life.list or not life.create:
            continue
        operation = stage.session.edition.operation(life.list)
        if any(parameter.get("required") for parameter in operation.parameters.values()):
            continue  # it goes with what it belongs to
        with suppress(Stop):
            path = stage.path(operation, life.within(stage) if life.within else None)
            exchange = stage.session.exchanged(operation, path, stage.narrowed(life, mine))
            seen = stage.session.seen(exchange, operation, (path, {}, None))
            for _, resource in resources(seen.document):
                if str(attribute(resource, life.named) or "").startswith(mine):
                    stage.adopt(type, resource, path)
