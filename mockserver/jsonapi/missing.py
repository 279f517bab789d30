"""What a 404 does not say and the journal does: there is no such record, and which was meant."""

from __future__ import annotations

from itertools import islice

from mockserver.nearest import nearest, singular
from mockserver.redaction import cut
from mockserver.world.calls import Call
from mockserver.world.state import ROOT, Record

COMPARED = 50
"""Names that one is compared with: each takes some microseconds."""


def no_record(call: Call, type: str, said: str, within: Record | None = None) -> str:
    """`There is no organization 'nope'. Did you mean 'nops'?`; `within` is the owner, if one is named."""
    kind, state = call.kinds[type], call.state
    keys = islice(state.list(within.key if within else ROOT, type), COMPARED)
    near = nearest(said, [kind.named_as(state.get(item[-1])) for item in keys])
    place = f" in the {singular(within.kind)} {within.id}" if within else ""
    question = f" Did you mean {near[0]!r}?" if near else ""
    return f"There is no {singular(type)} {cut(said, 100)!r}{place}.{question}"
