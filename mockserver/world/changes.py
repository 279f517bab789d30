"""What a request changed in the world: the difference of two states, for people and tests."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from mockserver.redaction import MASK, Redactor
from mockserver.world import records
from mockserver.world.frozen import thaw
from mockserver.world.kinds import Kinds
from mockserver.world.naming import label
from mockserver.world.state import Record, State

HIDDEN = frozenset({"digest", "plain"})
"""What a record keeps of its secrets beside their digests by name: of a token, the digest; of a
variable, its value, for who makes it sensitive says that it was a secret before."""


def changes(kinds: Kinds, before: State, after: State, clean: Redactor) -> list[dict[str, Any]]:
    """Records added, removed and changed, in order of their creation, member by member.

    A member's value is the attribute's; a relation's are the ids of its members. Secrets are
    masked, bytes are counted; `clean` takes out what texts of clients hold, as in the journal.
    """
    if before is after:
        return []
    found = []
    for key in range(1, max(before.serial, after.serial) + 1):
        old, new = before.records.get(key), after.records.get(key)
        if old is new and before.links.get(key) is after.links.get(key):
            continue
        was, now = _values(kinds, before, old), _values(kinds, after, new)
        members = dict(_differing(was, now, clean))
        if members or old is None or new is None:
            change = "added" if old is None else "removed" if new is None else "changed"
            state, record = (after, new) if new is not None else (before, old)
            assert record is not None
            found.append(
                {
                    "change": change,
                    "type": record.kind,
                    "id": clean.text(record.id),
                    "label": clean.text(label(kinds, state, record)),
                    "members": members,
                }
            )
    return found


def _differing(
    was: Mapping[str, Any], now: Mapping[str, Any], clean: Redactor
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            sides = {"before": was.get(name), "after": now.get(name)}
            yield name, {side: clean.value(value) for side, value in sides.items()}


def _values(kinds: Kinds, state: State, record: Record | None) -> dict[str, Any]:
    if record is None:
        return {}
    secret = {*HIDDEN, *records.form(kinds[record.kind], kinds.facts).secrets}
    values = {name.lstrip("_"): _shown(state, secret, name, v) for name, v in record.values.items()}
    for (name, _), members in sorted(state.links.get(record.key, {}).items()):
        if len(members):
            values[name] = [state.get(key).id for key in members]
    return values


def _shown(state: State, secret: Container[str], name: str, value: Any) -> Any:
    if name.startswith("_") and type(value) is int:  # the key of another record, which is ours
        return state.get(value).id if value in state.records else None
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    if name.lstrip("_") in secret and value is not None:
        return MASK
    return thaw(value)
