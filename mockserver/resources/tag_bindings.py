"""Tag bindings: keys with values on a project or a workspace, which has those of its project too.

They are kept as values by key on the record that has them, and have no life beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.resources.workspace_moves import IN_PROJECT, OF_PROJECT
from mockserver.world import ids
from mockserver.world.calls import Call, Reply, Shown
from mockserver.world.kinds import Kind, Values
from mockserver.world.ordered import EMPTY, Ordered
from mockserver.world.problems import Error, Problem, invalid
from mockserver.world.state import Record, State
from mockserver.world.view import View

FILTERS = 5
"""Tags that one query may ask for."""
MOST = 10
"""Bindings on one record (go-tfe's suite; for effective ones the sum counts as it comes)."""


def shown(record: Record, type: str, key: str, value: str | None) -> Shown:
    id = f"{'tb' if type == 'tag-bindings' else 'etb'}-{ids.code(0, record.id, key)}"
    return {"id": id, "type": type, "attributes": {"key": key, "value": value or ""}}


def of_record(record: Record) -> list[Shown]:
    return [shown(record, "tag-bindings", *item) for item in record["tag-bindings"].items()]


def effective(view: View, record: Record) -> dict[str, tuple[str, Record]]:
    """Values by key with the record that says so: a workspace's own go before its project's."""
    found: dict[str, tuple[str, Record]] = {}
    for one in (*view.members(record, IN_PROJECT), record):
        found |= {key: (value or "", one) for key, value in one["tag-bindings"].items()}
    return found


def shared(type: str) -> Callable[[Values, tuple[int, ...]], tuple[tuple[Any, ...], ...]]:
    """The entries under which records of a type are found by their own bindings: by key, and by key
    and value.
    """

    def entries(values: Values, owners: tuple[int, ...]) -> tuple[tuple[Any, ...], ...]:
        own = values["tag-bindings"].items()
        return tuple(
            entry
            for key, value in own
            for entry in ((type, owners[0], key), (type, owners[0], key, value or ""))
        )

    return entries


def bearers(
    state: State, organization: int, key: str, value: str | None
) -> Iterator[tuple[Ordered, Ordered]]:
    """Keys of the workspaces that have a tag (value None: any value), their own or their project's:
    in each pair those of the first without those of the second, whose own value goes before.
    """
    said = (organization, key) if value is None else (organization, key, value)
    yield state.sharing("workspaces", *said), EMPTY
    own = EMPTY if value is None else state.sharing("workspaces", organization, key)
    for project in state.sharing("projects", *said):
        yield state.members(project, OF_PROJECT), own


def filters(call: Call) -> Iterator[tuple[str, str | None]]:
    """The tags that a query asks for, each a key and its value; None: any value.

    A value without a key is 400, as a filter is that nobody applies: who asks for some and is given
    all may delete all (decision).
    """
    for at in range(FILTERS):
        name = f"filter[tagged][{at}][key]"
        key, value = call.query.get(name), call.query.get(f"filter[tagged][{at}][value]")
        if key:
            yield key, value or None
        elif value:
            detail = f"filter[tagged][{at}][value] is no filter without {name}"
            hint = f"Send the key of the tag as {name}."
            meta = {"fact": f"{name} is missing", "expected": "a key beside the value"}
            meta |= {"key-path": name, "source": call.operation, "hint": hint}
            raise Problem(400, Error("bad request", detail, None, meta))


def has(record: Record, key: str, value: str | None) -> bool:
    """Whether a tag is bound to a record itself."""
    own = record["tag-bindings"]
    return key in own and value in (None, own[key])


def inherited(view: View, record: Record) -> Iterator[Shown]:
    """The effective ones, each with the project that it comes from, which has links alone (suite);
    None where it is its own.
    """
    for key, (value, source) in effective(view, record).items():
        one = shown(record, "effective-tag-bindings", key, value)
        if source is record:
            yield {**one, "relationships": {"inherited-from": {"data": None}}}
        else:
            data, path = {"type": source.kind, "id": source.id}, f"/api/v2/projects/{source.id}"
            links = {"inherited-from": path}
            yield {**one, "relationships": {"inherited-from": {"data": data}}, "links": links}


def to_effective(view: View, record: Record) -> dict[str, Any]:
    """The relationship that `include` of `effective_tag_bindings` goes by."""
    data = [{"type": one["type"], "id": one["id"]} for one in inherited(view, record)]
    return {"data": data}


# operations


def list_bindings(call: Call) -> Reply:
    return Reply(data=of_record(call.record))


def list_effective(call: Call) -> Reply:
    return Reply(data=[*inherited(call, call.record)])


def add_bindings(call: Call) -> Reply:
    """Adds what is sent; a key that is there gets the value that is sent."""
    record, sent = call.record, call.document["data"]
    kept = {**record["tag-bindings"], **_values(sent)}
    state, record = _changed(call, call.kind, call.state, record, kept)
    return Reply(state=state, data=of_record(record))


def replaced(
    call: Call, kind: Kind, state: State, record: Record, sent: Sequence[Mapping[str, Any]]
) -> tuple[State, Record]:
    """With exactly the bindings that the body of its record names."""
    return _changed(call, kind, state, record, _values(sent))


def _values(sent: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    found = dict[str, str]()
    for at, item in enumerate(sent):
        attributes = item.get("attributes") or {}
        if not attributes.get("key"):  # a schema of updates demands nothing
            raise invalid(
                "Key can't be blank",
                f"/data/relationships/tag-bindings/data/{at}/attributes/key",
                fact="the tag binding has no key",
                expected="a string that is not empty",
                source="tag-bindings",
                hint="Send data.relationships.tag-bindings.data[].attributes.key.",
            )
        found[attributes["key"]] = attributes.get("value") or ""
    return found


def _changed(
    call: Call, kind: Kind, state: State, record: Record, kept: Mapping[str, str]
) -> tuple[State, Record]:
    if len(kept) > MOST:
        raise invalid(
            f"Cannot exceed {MOST} bindings per resource",
            "/data",
            fact=f"{record.id} would have {len(kept)} tag bindings",
            expected=f"{MOST} at most",
            source="tag-bindings",
            hint="Remove others first.",
        )
    return call.change(kind, state, record, {"tag-bindings": dict(kept)})
