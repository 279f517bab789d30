"""Versions of Terraform, Sentinel and OPA: who administers the installation says which there are.

A world begins with those that the edition lists: they are official and stay so. A fixture adds others,
and says what is different of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockserver.jsonapi.handlers import create_record, delete_record, show_record, update_record
from mockserver.jsonapi.pagination import listed
from mockserver.jsonapi.resources import resource
from mockserver.resources.known_versions import numbers
from mockserver.resources.site_administration import RIGHT, demand, grants
from mockserver.world import ids
from mockserver.world.calls import Call, Reply
from mockserver.world.facts import Facts
from mockserver.world.frozen import thaw
from mockserver.world.kinds import Handler, Kind, Values
from mockserver.world.naming import by_id
from mockserver.world.problems import Error, invalid, invalid_item
from mockserver.world.seeding import Seeding
from mockserver.world.state import ROOT, Record, State
from mockserver.world.view import View

AMD64 = {"os": "linux", "arch": "amd64"}
Uses = Callable[[State], Counter[str]]
"""How often each version is used."""


# what is kept and shown


def settled(call: Call, attributes: dict[str, Any], record: Record | None) -> dict[str, Any]:
    """`url` and `sha` are the build for linux and amd64; alone, they are the one build (suite)."""
    sent = {name: attributes.pop(name, None) for name in ("url", "sha")}
    archs = attributes.pop("archs", None)
    if archs is None and (any(sent.values()) or record is None):
        before = _amd64(call, record) if record else {}
        build = {name: sent[name] or before.get(name) for name in sent}
        if not all(build.values()):
            raise _no_build()
        archs = [{**build, **AMD64}]
    return attributes if archs is None else {**attributes, "archs": archs}


def _no_build() -> Exception:
    return invalid(
        "Archs can't be blank",
        "/data/attributes/archs",
        fact="neither archs nor both url and sha say where the version is found",
        expected="archs, or url and sha",
        hint="Send url and sha of the build for linux and amd64, or a list of builds as archs.",
    )


def _amd64(view: View, record: Record) -> Mapping[str, Any]:
    archs = view.kinds[record.kind].computed["archs"](view, record)
    return next((one for one in archs if one["arch"] == AMD64["arch"]), {})


def _of_amd64(name: str) -> Callable[[View, Record], Any]:
    return lambda view, record: _amd64(view, record).get(name)


def _archs(url: str) -> Callable[[View, Record], list[dict[str, Any]]]:
    """The builds that were sent; of the edition's versions one, with a checksum that is made up."""

    def archs(view: View, record: Record) -> list[dict[str, Any]]:
        if record["archs"] is not None:
            kept: list[dict[str, Any]] = thaw(record["archs"])
            return kept
        place = url.format(version=record["version"])
        return [{"url": place, "sha": ids.checksum(place), **AMD64}]

    return archs


def _reason(view: View, record: Record) -> str | None:
    reason: str | None = record["deprecated-reason"]
    return reason if record["deprecated"] else None


def _order(values: Values, key: int) -> tuple[Any, ...]:
    """The newest first; a pre-release after what it became."""
    version, _, before = values["version"].partition("-")
    return tuple(-part for part in numbers(version)), bool(before), before


# operations


def list_versions(call: Call) -> Reply:
    """`filter[version]` is all of it and goes before `search[version]`, a part (page)."""
    demand(call)
    exact, part = call.query.get("filter[version]"), call.query.get("search[version]") or ""
    found = (call.state.get(item[-1]) for item in call.state.list(ROOT, call.kind.type))
    fits = (r.key for r in found if (r["version"] == exact if exact else part in r["version"]))
    return Reply(data=listed(call, fits))


def create_version(call: Call) -> Reply:
    demand(call)
    return create_record(call)


def _checked(uses: Uses) -> Callable[[Call, Values, Record | None], Iterable[Error]]:
    def checked(call: Call, values: Values, record: Record | None) -> Iterable[Error]:
        """What the edition lists keeps its number and stays official: a world always has it. What
        `uses` counts keeps its number, as it cannot be deleted either (decision).
        """
        if record is None:
            return
        version, count = record["version"], uses(call.state)[record["version"]]
        released = f"{version} is a version that every world of the edition has"
        why = {"version": f"{_users(count)} {version}"} if count else {}
        why = dict.fromkeys(("version", "official"), released) if _is_released(record) else why
        for name, fact in why.items():
            if values.get(name, record[name]) != record[name]:
                yield invalid_item(
                    f"{name.capitalize()} cannot be changed",
                    f"/data/attributes/{name}",
                    fact=fact,
                    expected=f"{record[name]!r}, as it is",
                    hint="Disable it, or add a version of your own.",
                )

    return checked


def _users(count: int) -> str:
    return "1 uses" if count == 1 else f"{count} use"


def _unheld(state: State) -> Counter[str]:
    return Counter()


def _delete(uses: Uses) -> Handler:
    def delete_version(call: Call) -> Reply:
        """What is official stays, and what `uses` still counts (page)."""
        count = uses(call.state)[call.record["version"]]
        if call.record["official"] or count:
            version, official = call.record["version"], call.record["official"]
            raise invalid(
                f"Version cannot be removed: {'it is official' if official else f'{_users(count)} it'}",
                None,
                fact=f"{version} is official" if official else f"{_users(count)} {version}",
                expected="a version that is not official and that nothing uses",
                hint="Disable it instead: PATCH enabled to false.",
            )
        return delete_record(call)

    return delete_version


MADE = {
    "created-at": lambda values, facts, now: now,
    "archs": None,
    "deprecated-reason": None,
}


def versions(type: str, what: str, url: str, uses: Uses, *, held: bool = False) -> Kind:
    """The kind of one tool's versions. `url`: of the builds of the edition's versions. `held`: what
    is used stays.
    """
    one, held_by = type.removesuffix("s"), uses if held else _unheld
    return Kind(
        type=type,
        prefix="tool",
        names=lambda values, owners: ((type, "version", values["version"]),),
        sort=_order,
        title="version",
        find=by_id(type),
        made=MADE,
        settled=settled,
        checked=_checked(held_by),
        show=resource,
        computed={
            "archs": _archs(url),
            "url": _of_amd64("url"),
            "sha": _of_amd64("sha"),
            "deprecated-reason": _reason,
            "usage": lambda view, record: uses(view.state)[record["version"]],
        },
        operations={
            f"list-all-{type}": list_versions,
            f"create-{one}": create_version,
            f"show-{one}": show_record,
            f"update-{one}": update_record,
            f"delete-{one}": _delete(held_by),
        },
        right=RIGHT,
        read=RIGHT,
        grants={type: grants},
        dump=dump,
        about=f"Versions of {what}; those of the edition where a fixture has none.",
        member=type,
        begins=lambda facts: _released(facts, type),
        seed=seed,
    )


def seed(seeding: Seeding, entry: Any, pointer: str, owner: Record | None) -> Record | None:
    """An entry for a version of the edition says what is different of it."""
    type = pointer.split("/")[1]
    kind, found = seeding.kinds[type], seeding.state.find(type, "version", entry["version"])
    if found is None or found.key in seeding.places or not _is_released(found):
        return seeding.record(kind, entry, pointer, owner)
    if entry.get("id", found.id) != found.id or not entry.get("official", True):
        seeding.fault(pointer, f"{found['version']} is a version of the edition: it is official")
        return None
    seeding.places[found.key] = pointer
    return seeding.change(kind, found, seeding.values(kind, entry))


AS_RELEASED = {"official": True, "enabled": True, "beta": False, "deprecated": False}


def dump(state: State, record: Record, entry: dict[str, Any]) -> dict[str, Any] | None:
    """Nothing of what every world begins with."""
    said = {name: part for name, part in entry.items() if part is not None}
    there = {"id": record.id, "version": record["version"], **AS_RELEASED}
    return None if _is_released(record) and said == there else said


def _id(type: str, version: str) -> str:
    return f"tool-{ids.code(0, type, version)}"


def _is_released(record: Record) -> bool:
    """Whether it is one of the edition's: those alone have an id by their version."""
    return record.id == _id(record.kind, record["version"])


def _released(facts: Facts, type: str) -> Iterable[tuple[str, Values]]:
    """The versions of the edition: nothing says when they were made."""
    return (
        (_id(type, version), {"version": version, "official": True, "created-at": None})
        for version in facts[type]
    )
