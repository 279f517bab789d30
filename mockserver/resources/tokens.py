"""What every token has: it is made with a secret that is shown once, and belongs to one record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.world import ids
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Kind
from mockserver.world.state import Record, State

TYPE = "authentication-tokens"
CREATOR = ("created-by", "tokens-made")


def tokens_of(state: State, holder: Record) -> list[Record]:
    return [state.get(item[-1]) for item in state.list(holder.key, TYPE)]


def made(call: Call, kind: Kind, state: State, said: Mapping[str, Any]) -> Reply:
    """A new token of the path's record, with its secret this once."""
    state, record = call.create(kind, state, (call.record.key,), said)
    of = record.id
    while state.find(TYPE, "digest", digest := ids.digest(secret := ids.token(call.seed, of))):
        of += "+"  # a fixture has named a token so
    state, record = call.change(kind, state, record, {"_digest": digest})
    if call.caller.record.kind in call.facts.relationships[TYPE]["created-by"].types:
        state = state.link(record.key, CREATOR, [call.caller.record.key])
    call.turned(state)
    shown = call.show(record)
    shown["attributes"]["token"] = f"{call.key}.{secret}"
    return Reply(state=state, data=shown)
