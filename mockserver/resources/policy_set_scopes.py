"""Where a policy set of August 2026 applies: named workspaces and projects, tags, or everywhere, and
what is excluded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mockserver.jsonapi.handlers import add_members, remove_members
from mockserver.jsonapi.identifiers import to_many
from mockserver.jsonapi.pagination import paged
from mockserver.resources import policy_set_versions as versions
from mockserver.resources import tag_bindings
from mockserver.resources.workspace_moves import OF_PROJECT
from mockserver.world.calls import Call, Reply
from mockserver.world.kinds import Handler, Scope, To, Values
from mockserver.world.ordered import Ordered
from mockserver.world.problems import Error, invalid_item, invalid_items
from mockserver.world.state import Record
from mockserver.world.view import View

WORKSPACES = ("workspaces", "policy-sets")
PROJECTS = ("projects", "policy-sets")
NO_WORKSPACES = ("workspace-exclusions", "policy-set-exclusions")
NO_PROJECTS = ("project-exclusions", "policy-set-exclusions")
EVERYWHERE = Scope("global: checked in every workspace of the organization", None)


# which workspaces, and why


def reasons(view: View, record: Record) -> list[Scope]:
    """Why and in which workspaces the policies of a set are checked, the nearest reason first."""
    if record["global"]:
        return [EVERYWHERE]
    state = view.state
    return [
        Scope("attached to this workspace", state.members(record.key, WORKSPACES)),
        *(
            Scope(f"attached to its project {one['name']}", state.members(one.key, OF_PROJECT))
            for one in view.members(record, PROJECTS)
        ),
        *_tagged(view, record, "selected", exclude=False),
    ]


def excluded(view: View, record: Record) -> list[Scope]:
    """Why and in which workspaces they are not, whatever the reasons are."""
    state = view.state
    return [
        Scope("this workspace is excluded", state.members(record.key, NO_WORKSPACES)),
        *(
            Scope(f"its project {one['name']} is excluded", state.members(one.key, OF_PROJECT))
            for one in view.members(record, NO_PROJECTS)
        ),
        *_tagged(view, record, "excluded", exclude=True),
    ]


def _tagged(view: View, record: Record, verb: str, *, exclude: bool) -> Iterator[Scope]:
    """The workspaces that a selector meets, by their own tags or those of their project."""
    for one in record["tag-selectors"]:
        if one["is-exclude"] is exclude:
            key, value = one["tag-key"], one["tag-value"]
            reason = f"the tag {key if value is None else f'{key}={value}'} is {verb}"
            for keys, but in tag_bindings.bearers(view.state, record.owner, key, value):
                yield Scope(reason, keys, but)


# what is shown


def shown(name: str, relation: tuple[str, str]) -> Callable[[View, Record], dict[str, Any] | None]:
    """A relationship that a global set does not have."""
    return lambda view, record: (
        None if record["global"] else to_many(view.members(record, relation))
    )


def counted(relation: tuple[str, str], type: str) -> Callable[[View, Record], int]:
    """A global set counts all of the organization's (page)."""

    def count(view: View, record: Record) -> int:
        if record["global"]:
            return len(view.state.list(record.owner, type))
        return len(view.state.members(record.key, relation))

    return count


def overridable(view: View, record: Record) -> bool | None:
    """Null for what Sentinel checks in the old way (suite)."""
    return bool(record["overridable"]) if agents(view, record) else None


def agents(view: View, record: Record) -> bool:
    """Whether a version of the tool can be chosen: with agents, and for OPA (suite)."""
    return bool(record["agent-enabled"]) or record["kind"] != "sentinel"


def scoping(view: View, record: Record) -> str:
    return "tag" if record["tag-selectors"] else "explicit"


def depends(view: View, record: Record) -> tuple[Any, ...]:
    """Its organization's name, its members, and for a global set how much there is."""
    counts: tuple[int, ...] = ()
    if record["global"]:
        counts = tuple(len(view.state.list(record.owner, t)) for t in ("workspaces", "projects"))
    return view.owner(record).id, counts, view.state.relations(record.key)


# operations


def list_sets(call: Call) -> Reply:
    """Those of a kind of policies, or with versions, where the query asks for that."""
    kind, versioned = call.query.get("filter[kind]"), call.query.get("filter[versioned]")

    def wanted(record: Record) -> bool:
        has = "true" if versions.versioned(call, record) else "false"
        return kind in (None, record["kind"]) and versioned in (None, has)

    items: Ordered | list[Any] = call.state.list(call.record.key, call.kind.type)
    if kind or versioned:
        items = [item for item in items if wanted(call.state.get(item[-1]))]
    return Reply(data=paged(call, items, 1))


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """Selectors whole, each once."""
    if (sent := attributes.get("tag-selectors")) is not None:
        attributes["tag-selectors"] = _each_once(map(_selector, sent))
    return attributes


def checked(call: Call, values: Values, record: Record | None) -> Iterable[Error]:
    """A set is not global and attached at once, nor selects tags beside that."""
    everywhere = values.get("global", record["global"] if record else False)
    sent = call.attributes.get("tag-selectors")
    kept = record["tag-selectors"] if record and sent is None else ()
    selects = any(not one["is-exclude"] for one in kept)
    attached = False
    for name, relation in (("workspaces", WORKSPACES), ("projects", PROJECTS)):
        linked = call.linkage.get(name)
        if linked:
            place = f"/data/relationships/{name}/data"
            if everywhere:
                yield global_error("attached to", name, place)
            elif selects:
                yield _conflict(place)
        members = call.state.members(record.key, relation) if record else ()
        attached |= bool(members if linked is None else linked)
    for at, one in enumerate(sent or ()):
        place = f"/data/attributes/tag-selectors/{at}"
        if (everywhere or attached) and not one.get("is-exclude"):
            yield _selects_of_all(place) if everywhere else _conflict(place)


def unless_global(name: str, handler: Handler, verb: str) -> Handler:
    """The handler for sets that apply to what they name."""

    def handled(call: Call) -> Reply:
        if call.record["global"]:
            raise invalid_items([global_error(verb, name, "/data")])
        including = any(not one["is-exclude"] for one in call.record["tag-selectors"])
        if including and verb == "attached to":
            raise invalid_items([_conflict("/data")])
        reply: Reply = handler(call)
        return reply

    return handled


def global_error(verb: str, name: str, pointer: str) -> Error:
    return invalid_item(
        f"Global policy sets cannot be {verb} individual {name}",
        pointer,
        fact=f"the policy set is global: it applies to all of the organization's {name}",
        expected=f"no {name}, or a set that is not global",
        key_path="data[]",
        source="attach-policy-set-to-workspaces",
        hint="Set data.attributes.global to false first, or name none.",
    )


def _conflict(pointer: str) -> Error:
    return invalid_item(
        "Tag selectors cannot stand beside explicit workspaces and projects",
        pointer,
        fact="a set applies by tags or to what it names, not both",
        expected="one of the two",
        key_path="data[]",
        source="add-tag-selectors-to-policy-set",
        hint="Remove the selectors, or detach what is attached.",
    )


def _selects_of_all(pointer: str) -> Error:
    return invalid_item(
        "Tag selectors of a global policy set can only exclude",
        pointer,
        fact="the policy set is global: it applies to everything that it does not exclude",
        expected="a tag selector whose is-exclude is true",
        key_path="data[]",
        source="add-tag-selectors-to-policy-set",
        hint="Send is-exclude as true, or set data.attributes.global to false first.",
    )


def add_selectors(call: Call) -> Reply:
    record = call.record
    sent = [_selector(item) for item in call.document["data"]]
    errors = [
        _selects_of_all(f"/data/{at}") if record["global"] else _conflict(f"/data/{at}")
        for at, one in enumerate(sent)
        if (record["global"] or _is_attached(call, record)) and not one["is-exclude"]
    ]
    if errors:
        raise invalid_items(errors)
    return _selected(call, _each_once([*record["tag-selectors"], *sent]))


def remove_selectors(call: Call) -> Reply:
    """By key and value; what is not there is gone already."""
    out = [(one["tag-key"], one["tag-value"]) for one in map(_selector, call.document["data"])]
    old = call.record["tag-selectors"]
    return _selected(call, [one for one in old if (one["tag-key"], one["tag-value"]) not in out])


def _is_attached(call: Call, record: Record) -> bool:
    return any(len(call.state.members(record.key, to)) for to in (WORKSPACES, PROJECTS))


def _each_once(selectors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    kept: list[Mapping[str, Any]] = []
    for one in selectors:
        kept += [one] if one not in kept else []
    return kept


def _selected(call: Call, kept: list[Mapping[str, Any]]) -> Reply:
    changes = {"tag-selectors": [dict(one) for one in kept]}
    state, _ = call.change(call.kind, call.state, call.record, changes)
    return Reply(state=state)


def _selector(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tag-key": item["tag-key"],
        "tag-value": item.get("tag-value"),
        "is-exclude": bool(item.get("is-exclude", False)),
    }


RELATIONS = {
    "workspaces": To("workspaces", WORKSPACES, entry="workspaces"),
    "projects": To("projects", PROJECTS, entry="projects"),
    "workspace-exclusions": To("workspaces", NO_WORKSPACES, entry="workspace-exclusions"),
    "project-exclusions": To("projects", NO_PROJECTS, entry="project-exclusions"),
}
HANDLERS = {
    "attach-policy-set-to-workspaces": unless_global(
        "workspaces", add_members("workspaces"), "attached to"
    ),
    "detach-policy-set-from-workspaces": unless_global(
        "workspaces", remove_members("workspaces"), "detached from"
    ),
    "attach-policy-set-to-projects": unless_global(
        "projects", add_members("projects"), "attached to"
    ),
    "detach-policy-set-from-projects": unless_global(
        "projects", remove_members("projects"), "detached from"
    ),
    "attach-policy-set-to-exclusions": add_members("workspace-exclusions"),
    "detach-policy-set-from-exclusions": remove_members("workspace-exclusions"),
    "attach-policy-set-to-project-exclusions": add_members("project-exclusions"),
    "detach-policy-set-from-project-exclusions": remove_members("project-exclusions"),
    "add-tag-selectors-to-policy-set": add_selectors,
    "remove-tag-selectors-from-policy-set": remove_selectors,
    "list-policy-sets": list_sets,
}
