"""Lists of workspaces of August 2026: by project, tags and names, without a look at those left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import translate
from re import compile
from typing import Any

from mockserver.jsonapi.identifiers import known
from mockserver.jsonapi.pagination import paged
from mockserver.resources import tag_bindings, tags
from mockserver.resources.workspace_moves import OF_PROJECT
from mockserver.world.calls import Call, Reply
from mockserver.world.ordered import EMPTY, Ordered

Condition = Sequence[tuple[Ordered, Ordered]]
"""Those of the first without those of the second, in any of the pairs."""
FEW = 16
"""One in so many is few: those are looked up and sorted, instead of all being walked."""


def list_workspaces(call: Call) -> Reply:
    """Those that the caller may read and that the query leaves."""
    organization = call.record
    items: Ordered | list[tuple[Any, ...]] = call.state.list(organization.key, "workspaces")
    if not call.may("read-workspace", organization):
        items = _listed(call, call.reached("workspaces", organization))
    if wanted := [*_wanted(call)]:
        items = _picked(call, items, _meeting(wanted))
    if without := frozenset[int]().union(*map(_all, _named(call, "search[exclude-tags]"))):
        items = [item for item in items if item[-1] not in without]
    if pattern := str(call.query.get("search[wildcard-name]", "")).casefold():
        fits = compile(translate(pattern)).match
        items = [item for item in items if fits(item[2].casefold())]
    if (sort := call.query.get("sort")) in ("name", "-name"):
        items = sorted(items, key=lambda item: item[2], reverse=sort == "-name")
    elif sort == "latest-change-at":  # no run is served, and the last changed is first anyway
        items = [*items][::-1]
    return Reply(data=paged(call, items, 2))


def _listed(call: Call, keys: Iterable[int]) -> list[tuple[Any, ...]]:
    """Items of these workspaces in list order."""
    return sorted((*record.sort, record.key) for record in call.state.several(keys))


def _picked(
    call: Call, items: Ordered | list[tuple[Any, ...]], keys: frozenset[int]
) -> list[tuple[Any, ...]]:
    """Those of the items that have these keys: few are sorted anew, many are left as they stand."""
    if isinstance(items, Ordered) and len(keys) * FEW < len(items):
        return _listed(call, keys)
    return [item for item in items if item[-1] in keys]


def _wanted(call: Call) -> Iterator[Condition]:
    """For each condition of the query, the workspaces that meet it."""
    yield from _named(call, "search[tags]")
    if id := call.query.get("filter[project][id]"):
        found = known(call, "projects", id, call.record)
        yield [(call.state.members(found.key, OF_PROJECT), EMPTY)] if found else []
    if call.query.get("filter[current-run][status]"):
        yield []  # no run is served
    tagged = _tagged(call)
    if tagged and call.query.get("filter[tag-union]") == "true":
        yield [pair for condition in tagged for pair in condition]
    else:
        yield from tagged


def _named(call: Call, parameter: str) -> Iterator[Condition]:
    """Those that have the tags that a query parameter names, be it as the key of a tag binding:
    terraform sends the keys of its `tags` too, and expects the same workspaces by both.
    """
    for name, keys in tags.search(call, parameter):
        bound = tag_bindings.bearers(call.state, call.record.key, name, None)
        yield [(keys, EMPTY), *bound]


def _tagged(call: Call) -> list[Condition]:
    """Those that have the tags which the query asks for, with a value or any, or with none."""
    nothing = "" if call.query.get("filter[tag-value-default-null]") == "true" else None
    return [
        [*tag_bindings.bearers(call.state, call.record.key, key, value or nothing)]
        for key, value in tag_bindings.filters(call)
    ]


def _meeting(conditions: Sequence[Condition]) -> frozenset[int]:
    """The workspaces that meet each of the conditions: those of the smallest are asked of the others."""
    first, *others = sorted(conditions, key=lambda one: sum(len(keys) for keys, _ in one))
    met = _all(first)
    return met if not others else frozenset(k for k in met if all(_meets(one, k) for one in others))


def _all(condition: Condition) -> frozenset[int]:
    """The workspaces that meet a condition."""
    parts = ([k for k in keys if k not in but] if len(but) else keys for keys, but in condition)
    return frozenset[int]().union(*parts)


def _meets(condition: Condition, key: int) -> bool:
    return any(key in keys and key not in but for keys, but in condition)
