"""What every record goes through, whatever its type: made, shown, listed, changed, removed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mockserver.contract.explain import trail
from mockserver.verify import lists
from mockserver.verify.findings import EFFECT
from mockserver.verify.play import Stage, Stop
from mockserver.verify.pointers import leaves, within
from mockserver.verify.views import View, listed, resources, vote
from mockserver.world.lives import Change, Life, Resource, Seen, attribute

KEEPS = "a PATCH keeps what it omits"
TAKEN = "a name that another record has"


def begin(stage: Stage, type: str, life: Life) -> Resource:
    """Make a record and play all that does not remove it. Gives the record as it is then."""
    record = created(stage, type, life)
    unique(stage, type, life, record)
    lists.walked(stage, type, life, record)
    lists.included(stage, life, record)
    for number, change in enumerate(life.changes(stage)):
        record = changed(stage, life, record, change, number)
    if life.play:
        life.play(stage, record)
        record = stage.now(record)
    return record


def created(stage: Stage, type: str, life: Life) -> Resource:
    """The answer of a create shows what was sent, and the defaults of what was not."""
    record, seen = stage.make(type, life, stage.name("first"))
    written = next((View(seen, base) for base, _ in resources(seen.document)), None)
    reads = stage.look(record)
    operation = stage.session.edition.operation(seen.operation)
    checked = operation.check_body(json.loads(json.dumps(seen.asked[2])))
    expected = shown(stage, life, seen, checked.value)
    source = stage.session.source(operation, seen.status)
    vote(stage.session, seen, written, reads, expected, "what was sent is shown", source)
    stage.judge(type, ([written] if written else []) + reads)
    return record


def shown(stage: Stage, life: Life, seen: Seen, document: Any) -> dict[str, Any]:
    """Values by pointer that the answer must show, of what was sent and is neither hidden nor secret."""
    data = document.get("data", {})
    operation = stage.session.edition.operation(seen.operation)
    schema = operation.answer_schema(min(s for s in operation.responses if s < 300)) or {}
    hidden = {f"/attributes/{name}" for name in life.hidden}
    expected: dict[str, Any] = {}
    for part in ("attributes", "relationships"):
        for pointer, value in leaves(data.get(part, {}), f"/{part}"):
            path = ("data", *pointer.split("/")[1:])
            listed, _, secret = trail(schema, path, stage.session.edition.schemas)
            if listed and not secret and value != {} and not within(pointer, hidden):
                expected[pointer] = value
    return expected


def unique(stage: Stage, type: str, life: Life, record: Resource) -> None:
    """No second record may have what must be unique, neither made so nor changed to it."""
    assert life.create
    assert life.document
    for name, source in life.unique.items():
        value = attribute(record, name)
        if not isinstance(value, str):
            continue
        document = life.document(stage, value)
        stage.refused(422, life.create, document, why=TAKEN, source=source)
        for update in life.updates[:1]:
            if _takes(stage, update, name):
                other = stage.need(type, "other")
                body = {"data": {"type": type, "attributes": {name: value}}}
                stage.refused(422, update, body, of=other, why=TAKEN, source=source)


def _takes(stage: Stage, update: str, name: str) -> bool:
    """Whether a PATCH changes an attribute; some pages take it and say that it is ignored."""
    edition = stage.session.edition
    schema, _, _ = trail(
        edition.operation(update).body_schema, ("data", "attributes", name), edition.schemas
    )
    return bool(schema) and not str(schema.get("description", "")).startswith("Ignored")


def changed(stage: Stage, life: Life, record: Resource, change: Change, number: int) -> Resource:
    """A PATCH shows what was sent and keeps what it omits; GET and list agree."""
    update = life.updates[number % len(life.updates)]
    type = record["type"]
    body = {"data": {"type": type, "attributes": dict(change.attributes)}}
    seen = stage.call(update, body, of=record)
    if not seen.ok:
        return record
    written = next((View(seen, base) for base, _ in resources(seen.document)), None)
    after = {**written.resource, "type": type} if written else _supposed(life, record, change)
    stage.renamed(record, after)
    reads = stage.look(after)
    source = stage.session.edition.operation(update).source
    sent = shown(stage, life, seen, body)
    vote(stage.session, seen, written, reads, sent, "what was sent is shown", source)
    moves = {*life.moves, *change.moves, *sent}
    known = stage.truth.get((type, record["id"]), {})
    kept = {pointer: value for pointer, value in known.items() if not within(pointer, moves)}
    vote(stage.session, seen, written, reads, kept, KEEPS, source)
    stage.judge(type, ([written] if written else []) + reads)
    return next(({**view.resource, "type": type} for view in reads), after)


def _supposed(life: Life, record: Resource, change: Change) -> Resource:
    """What a record must be after a change whose answer does not show it."""
    known = record.get("attributes")
    before = known if isinstance(known, Mapping) else {}
    after = {**record, "attributes": {**before, **change.attributes}}
    if life.named in change.attributes and record["id"] == attribute(record, life.named):
        after["id"] = change.attributes[life.named]
    return after


def end(stage: Stage, type: str, life: Life, record: Resource) -> None:
    """Each way of removing a record, on one of its own where there are several."""
    for number, remove in enumerate(life.removes):
        if number:
            try:
                record = stage.need(type, "last")
            except Stop:
                return
        removed(stage, life, remove, record)


def removed(stage: Stage, life: Life, remove: str, record: Resource) -> None:
    """A removed record is found nowhere, and cannot be removed again."""
    session = stage.session
    seen = stage.call(remove, of=record)
    if not seen.ok:
        return
    source = session.edition.operation(remove).source
    shows = [stage_get(stage, show, record) for show in life.shows]
    found = [show for show in shows if show.ok]
    listing = stage_list(stage, life, record)
    still = bool(listing) and bool(listed(listing, record)) if listing else False
    if (found or still) and len(found) == len(shows) and still == bool(listing):
        what = "the record is still there after it was removed"
        session.findings.note(remove, EFFECT, what, "a record that is gone", source)
        return
    stage.gone(record)
    for show in shows:
        contract = session.edition.operation(show.operation)
        session.expect(show, (404,), "a removed record", session.source(contract, 404))
    if listing and still:
        for view in listed(listing, record):
            view.blame(session, "", "a removed record is still listed", "others alone", source)
    contract = session.edition.operation(remove)
    why = "a second DELETE"
    stage.refused(404, remove, of=record, why=why, source=session.source(contract, 404))


def stage_get(stage: Stage, show: str, record: Resource) -> Seen:
    """A show whose status is not judged yet."""
    operation = stage.session.edition.operation(show)
    path = stage.path(operation, record)
    return stage.session.seen(stage.session.exchanged(operation, path), operation, (path, {}, None))


def stage_list(stage: Stage, life: Life, record: Resource) -> Seen | None:
    """The list in which a record would stand; None where the type has none or it does not answer."""
    if not life.list:
        return None
    operation = stage.session.edition.operation(life.list)
    query: Mapping[str, Any] = {
        **stage.narrowed(life, str(attribute(record, life.named) or "")),
        **life.query(record),
    }
    path = stage.path(operation, record)
    exchange = stage.session.exchanged(operation, path, query)
    seen = stage.session.seen(exchange, operation, (path, query, None))
    return seen if seen.ok else None
