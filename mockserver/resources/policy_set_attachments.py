"""What a policy set of August 2026 is attached to and selects: one by one or by tags, never both, and
neither where it is global.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.jsonapi.handlers import add_members, remove_members
from mockserver.pointers import key_path_of
from mockserver.resources.policy_set_scopes import PROJECTS
from mockserver.resources.policy_sets import WORKSPACES, global_error, unless_global
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Values
from mockserver.world.problems import Error, invalid_item, invalid_items
from mockserver.world.state import Record, State


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """Selectors whole, each once."""
    if sent := attributes.get("tag-selectors"):
        attributes["tag-selectors"] = _each_once(map(selector, sent))
    return attributes


def checked(call: Call, values: Values, record: Record | None) -> Iterable[Error]:
    """A set is not global and attached at once, nor selects tags beside that."""
    said = values.get("tag-selectors") or values.get("global") or any(call.linkage.values())
    return _contradictions(call, values, record) if said else ()


def _contradictions(call: Call, values: Values, record: Record | None) -> Iterator[Error]:
    sent = call.attributes.get("tag-selectors")
    everywhere = values.get("global", record["global"] if record else False)
    selects = record is not None and sent is None and _selects(record)
    if everywhere and selects:
        yield _selects_of_all("/data/attributes/global", TURNED)
    attached = False
    for name, relation in (("workspaces", WORKSPACES), ("projects", PROJECTS)):
        linked = call.linkage.get(name)
        if linked:
            place = f"/data/relationships/{name}/data"
            if everywhere:
                yield global_error("attached to", place, name)
            elif selects:
                yield _both(place)
        members = call.state.members(record.key, relation) if record else ()
        attached |= bool(members if linked is None else linked)
    yield from unfit(sent or (), "/data/attributes/tag-selectors", everywhere, attached)


def closed(call: Call, name: str, verb: str) -> Iterable[Error]:
    """What applies everywhere, or to what tags select, is not attached one by one."""
    yield from unless_global(call, name, verb)
    if verb == "attached to" and not call.record["global"] and _selects(call.record):
        yield _both("/data")


def _both(pointer: str) -> Error:
    return invalid_item(
        "Tag selectors cannot stand beside explicit workspaces and projects",
        pointer,
        fact="a set applies by tags or to what it names, not both",
        expected="one of the two",
        key_path=f"{key_path_of(pointer).removesuffix('[]')}[]",
        source="add-tag-selectors-to-policy-set",
        hint="Remove the selectors, or detach what is attached.",
    )


# tag selectors


def add_selectors(call: Call) -> Reply:
    record = call.record
    sent = [selector(item) for item in call.document["data"]]
    if errors := [*unfit(sent, "/data", record["global"], is_attached(call.state, record))]:
        raise invalid_items(errors)
    return _selected(call, _each_once([*record["tag-selectors"], *sent]))


def remove_selectors(call: Call) -> Reply:
    """By key and value; what is not there is gone already."""
    out = [(one["tag-key"], one["tag-value"]) for one in map(selector, call.document["data"])]
    old = call.record["tag-selectors"]
    return _selected(call, [one for one in old if (one["tag-key"], one["tag-value"]) not in out])


def is_attached(state: State, record: Record) -> bool:
    """Whether a set is attached to anything, hidden or not."""
    return any(len(state.members(record.key, to)) for to in (WORKSPACES, PROJECTS))


def unfit(
    sent: Iterable[Mapping[str, Any]], pointer: str, everywhere: bool, attached: bool
) -> Iterable[Error]:
    """Of selectors, those that cannot select: of a set that is global or attached."""
    for at, one in enumerate(sent):
        if (everywhere or attached) and not one.get("is-exclude"):
            place = f"{pointer}/{at}"
            yield _selects_of_all(place) if everywhere else _both(place)


ADDED = "Send is-exclude as true, or set data.attributes.global to false first."
TURNED = "Remove the selectors that include first, or send data.attributes.tag-selectors too."


def _selects_of_all(pointer: str, hint: str = ADDED) -> Error:
    return invalid_item(
        "Tag selectors of a global policy set can only exclude",
        pointer,
        fact="the policy set is global: it applies to everything that it does not exclude",
        expected="a tag selector whose is-exclude is true",
        source="add-tag-selectors-to-policy-set",
        hint=hint,
    )


def _selects(record: Record) -> bool:
    return any(not one["is-exclude"] for one in record["tag-selectors"])


def _each_once(selectors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    kept: list[Mapping[str, Any]] = []
    for one in selectors:
        kept += [one] if one not in kept else []
    return kept


def _selected(call: Call, kept: list[Mapping[str, Any]]) -> Reply:
    changes = {"tag-selectors": [dict(one) for one in kept]}
    state, _ = call.change(call.kind, call.state, call.record, changes)
    return Reply(state=state)


def selector(item: Mapping[str, Any]) -> dict[str, Any]:
    """As it is kept: of any value, and chosen by it, where neither is said."""
    return {
        "tag-key": item["tag-key"],
        "tag-value": item.get("tag-value"),
        "is-exclude": bool(item.get("is-exclude", False)),
    }


HANDLERS = {
    "attach-policy-set-to-workspaces": add_members("workspaces", closed),
    "detach-policy-set-from-workspaces": remove_members("workspaces", closed),
    "attach-policy-set-to-projects": add_members("projects", closed),
    "detach-policy-set-from-projects": remove_members("projects", closed),
    "attach-policy-set-to-exclusions": add_members("workspace-exclusions"),
    "detach-policy-set-from-exclusions": remove_members("workspace-exclusions"),
    "attach-policy-set-to-project-exclusions": add_members("project-exclusions"),
    "detach-policy-set-from-project-exclusions": remove_members("project-exclusions"),
    "add-tag-selectors-to-policy-set": add_selectors,
    "remove-tag-selectors-from-policy-set": remove_selectors,
}
