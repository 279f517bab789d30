"""What to do about a miss: the last sentence of a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.contract.engines import InstancePath, Miss, Schema, resolve
from mockserver.nearest import LONGEST, nearest
from mockserver.pointers import key_path
from mockserver.redaction import cut

ALIKE = 0.65
"""The least ratio by which an unlisted name is near a listed one: `tag-names` is not `name`."""

FEW = 3
"""Letters of the shortest name that is taken for the beginning of a listed one: `run` of `running`."""


def hint(
    miss: Miss,
    wanted: str,
    around: Schema,
    components: Mapping[str, Schema],
    verb: str = "Send",
) -> str:
    """What to do. `around`: the schema of the object that a member stands in; `verb`: what is done with
    the document, `Write` a file."""
    where = key_path(miss.path) or "a JSON body"
    if miss.fault == "missing":
        return f"{verb} {where}: {wanted}."
    if miss.fault == "unlisted":
        by = changed_by(miss, around)
        if by is None and (home := _home(miss, around, components)):
            return f"Put {miss.path[-1]} inside {key_path(home)}."
        if by is None and (near := meant(miss)):
            return f"Did you mean {near}?"
        return f"Leave out {where}; it has no effect." + (f" What changes it: {by}." if by else "")
    return f"{verb} {wanted} as {where}."


def changed_by(miss: Miss, around: Schema) -> str | None:
    """What changes a member that is sent and only shown; empty where no page says so, None where it is
    no such member.
    """
    changed_by: str | None = around.get("x-read-only", {}).get(miss.path[-1])
    return changed_by


def _home(miss: Miss, around: Schema, components: Mapping[str, Schema]) -> InstancePath | None:
    """The path of the object, beside an unlisted member or within such a one, that lists its name."""
    name, level = str(miss.path[-1]), [(miss.path[:-1], around)]
    for _ in range(2):
        level = [
            ((*path, inner), resolve(part, components))
            for path, schema in level
            for inner, part in schema.get("properties", {}).items()
        ]
        for path, schema in level:
            if name in schema.get("properties", {}):
                return path
    return None


def misplaced(
    miss: Miss,
    part: Schema,
    others: Iterable[Miss],
    around: Schema,
    components: Mapping[str, Schema],
) -> str | None:
    """What to do where members of a missing object, whose schema is `part`, were sent beside it."""
    if miss.fault != "missing" or "properties" not in part:
        return None
    homes: dict[InstancePath, list[str]] = {}
    for other in others:
        if other.fault == "unlisted" and other.path[:-1] == miss.path[:-1]:
            home = _home(other, around, components) or ()
            if home[: len(miss.path)] == miss.path:
                homes.setdefault(home, []).append(str(other.path[-1]))
    told = [f"Put {' and '.join(names)} inside {key_path(at)}." for at, names in homes.items()]
    return " ".join(told) or None


def misspelt(miss: Miss, others: Iterable[Miss]) -> str | None:
    """What to do where a missing member was sent under a name like its own."""
    if miss.fault != "missing":
        return None
    *place, name = miss.path
    for other in others:
        if other.fault == "unlisted" and list(other.path[:-1]) == place and meant(other) == name:
            return f"Did you mean {name}? {cut(key_path(other.path), LONGEST)} is not listed."
    return None


def meant(miss: Miss) -> str | None:
    """The listed name that an unlisted one is nearest to, or the only one that begins with it or of which
    it is a word.
    """
    name = str(miss.path[-1])[:LONGEST].replace("_", "-")
    near = nearest(name, miss.expected, cutoff=ALIKE)
    if near:
        return near[0]
    starts = name if len(name) >= FEW else "-"
    longer = [one for one in miss.expected if name in one.split("-") or one.startswith(starts)]
    return longer[0] if len(longer) == 1 else None
