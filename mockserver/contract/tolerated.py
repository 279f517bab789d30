"""What real clients send although the page forbids it: the edition's closed list, `tolerated.json`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.contract.engines import InstancePath, Miss
from mockserver.contract.files import read
from mockserver.nearest import there_is_no

TOLERATED = "tolerated.json"


class Tolerated(NamedTuple):
    """One entry of the list.

    `parts` lead to a member of the body (`*`: any), `fault` says what is wrong there: `missing`,
    `empty`, `null`, `other` (than the one text there may be; one of `values`, if any), `pattern`
    (any text that does not match is taken as it is), or `unlisted`: with one of `values` it is taken
    in the place of the member `instead`. In their place `parameter` is a filter of the query, which
    some client applies to the answer itself. `operations`: ids of those that let it pass; empty
    for all.
    """

    parts: tuple[str, ...] = ()
    fault: str = ""
    parameter: str = ""
    operations: Collection[str] = ()
    instead: str = ""
    values: Collection[Any] = ()

    def covers(self, miss: Miss) -> bool:
        if len(miss.path) != len(self.parts) or not all(
            want in ("*", str(part)) for want, part in zip(self.parts, miss.path, strict=True)
        ):
            return False
        if self.fault == "missing":
            return miss.fault == "missing"
        if self.fault == "unlisted":
            return miss.fault == "unlisted" and miss.value in self.values
        if self.fault == "pattern":
            return miss.fault == "pattern" and miss.value != ""
        if self.fault == "other":
            meant = not self.values or miss.value in self.values
            return miss.fault == "const" and isinstance(miss.value, str) and meant
        if self.fault == "empty" and miss.value == {}:
            return bool(miss.expected == "object")
        return (
            miss.fault in ("const", "type", "enum")
            and miss.value == {"empty": "", "null": None}[self.fault]
        )


def tolerated(place: Path) -> list[Tolerated]:
    """The list of the edition in a folder; empty where there is none."""
    path = place / TOLERATED
    return [_entry(said) for said in read(path)["tolerated"]] if path.exists() else []


def _entry(said: Mapping[str, Any]) -> Tolerated:
    operations = said.get("operations", ())
    if "parameter" in said:
        return Tolerated(parameter=said["parameter"], operations=operations)
    parts = tuple(said["pointer"].strip("/").split("/"))
    taken = {word: said[word] for word in ("instead", "values") if word in said}
    return Tolerated(parts, said["fault"], operations=operations, **taken)


def stand_ins(
    entries: Collection[Tolerated], misses: Collection[Miss], body: Any
) -> dict[InstancePath, str]:
    """Members that stand in the place of another which was not sent: their paths, and its name."""
    found: dict[InstancePath, str] = {}
    for miss in misses:
        for entry in entries:
            if entry.instead and entry.covers(miss):
                beside = reduce(lambda value, part: value[part], miss.path[:-1], body)
                if entry.instead not in beside:
                    found[miss.path] = entry.instead
    return found


def refuse_strangers(place: Path, entries: Collection[Tolerated], known: Collection[str]) -> None:
    """Raises ValueError where an entry names an operation that the edition has not."""
    for id in (id for entry in entries for id in entry.operations):
        if id not in known:
            raise ValueError(f"{place / TOLERATED}: {there_is_no('operation', id, known)}")
