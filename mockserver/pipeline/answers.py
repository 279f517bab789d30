"""From a reply to the answer as it will be sent: the document, its bytes, and whether it keeps the contract."""

from __future__ import annotations

from mockserver.contract import Operation
from mockserver.contract.operations import JSONAPI
from mockserver.jsonapi.documents import document
from mockserver.jsonapi.pagination import meta, unpaged
from mockserver.pipeline.messages import Answer, Sent
from mockserver.pipeline.render_cache import Document, RenderedParts, Store, json_bytes
from mockserver.world.calls import Call, ListPage, Raw, Reply
from mockserver.world.problems import Breach
from mockserver.world.state import Record


def answer_of(
    call: Call, operation: Operation, reply: Reply, sent: Sent, cache: Store | None
) -> Answer:
    """The answer of a reply, built in the state after it.

    Raises Breach where it is not what the contract says: then the state is not swapped.
    """
    if reply.state is not None:
        call.turned(reply.state)
    status, data = reply.status or call.success, reply.data
    if isinstance(data, Raw):
        return Answer(status, data.content, {"Content-Type": data.media_type})
    if isinstance(data, Record | ListPage):
        parts = RenderedParts(call, operation, status, cache)
        envelope = document(call, data, sent.url, parts)
        misses = operation.check_envelope(status, envelope)
        body, kept = parts.joined(envelope), None
        if cache and parts.kept and not sent.writes and not misses:
            kept = cache.keep(call, *sent.where, Document(status, body))
    else:
        counts = {"meta": meta(unpaged(data))} if isinstance(data, list) else {}
        shown = operation.shown(status, None if data is None else {"data": data, **counts})
        misses = operation.check_answer(status, shown)
        body, kept = b"" if shown is None else json_bytes(shown), None
    if misses:
        said = [operation.explain_answer(status, miss) for miss in misses]
        raise Breach(operation.id, operation.edition, said)
    return Answer(status, body, {"Content-Type": JSONAPI} if body else {}, kept=kept)
