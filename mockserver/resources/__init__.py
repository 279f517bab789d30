"""One module a resource type; each ends in its `KIND`. None imports another.

A module is found by being here. What behaves differently in another edition is a second function in
a kind of its own, which takes the place of the `KIND` of its type there: `EDITIONS = {"2026-08":
replace(KIND, ...)}` in the same module, or in one of its own, `NAME_2026`, where that is long. A type
that began with an edition has no `KIND`, and stands in `EDITIONS` alone. An edition that has neither
the operations nor the records of a kind does without it (`Kinds.of`).
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from mockserver.nearest import there_is_no
from mockserver.world.kinds import Kind, Kinds, UnfitKind

Modules = Mapping[str, Mapping[str, Any]]
"""What the modules define, by their names."""


@cache
def kinds(edition: str) -> Kinds:
    """The table of kinds that an edition is served by. Raises ValueError as `table` does."""
    return table(modules(), edition)


@cache
def modules() -> Modules:
    """The modules that are here."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return {name: vars(import_module(f"{__name__}.{name}")) for name in names}


def table(modules: Modules, edition: str) -> Kinds:
    """The kinds of modules that serve an edition, in the order of the modules.

    Raises ValueError where two modules have a kind of one type, UnfitKind where one names a type that
    none has.
    """
    own = _by_type((name, one.get("EDITIONS", {}).get(edition)) for name, one in modules.items())
    shared = _by_type((name, one.get("KIND")) for name, one in modules.items())
    found = (one.get("EDITIONS", {}).get(edition, one.get("KIND")) for one in modules.values())
    types = dict.fromkeys(kind.type for kind in found if kind is not None)
    given = {type: own.get(type) or shared[type] for type in types}
    for kind in given.values():
        for word, type in _named(kind):
            if type not in given:
                no = there_is_no("kind", type, sorted(given))
                raise UnfitKind(kind.type, f"names {type!r} under {word}. {no}")
    return Kinds(given.values())


def module_of(type: str, modules: Modules, edition: str) -> str:
    """The file of the module that has the kind of a type in an edition; empty where none has."""
    own = {
        k.type: name for name, one in modules.items() if (k := one.get("EDITIONS", {}).get(edition))
    }
    shared = {k.type: name for name, one in modules.items() if (k := one.get("KIND"))}
    name = own.get(type) or shared.get(type)
    return f"mockserver/resources/{name}.py" if name else ""


def _by_type(found: Iterable[tuple[str, Kind | None]]) -> dict[str, Kind]:
    """Kinds by type, each given with its module. Raises ValueError where two have one type; the same
    kind in two is no second one: a module that makes another of it imports it.
    """
    made: dict[str, tuple[str, Kind]] = {}
    for name, kind in found:
        if kind is not None:
            other, known = made.setdefault(kind.type, (name, kind))
            if known is not kind:
                both = f"mockserver/resources: {other}.py and {name}.py"
                raise ValueError(
                    f"{both} each have a kind of the type {kind.type}; one can have it"
                )
    return {type: kind for type, (_, kind) in made.items()}


def _named(kind: Kind) -> Iterator[tuple[str, str]]:
    """The types that a kind names, each with the word that it stands under."""
    if kind.within:
        yield "within", kind.within
    yield from (("refers", type) for type in kind.refers)
    yield from ((f"relations, {name}", to.type) for name, to in kind.relations.items())
    yield from (("grants", type) for type in kind.grants)
    yield from (("sought", type) for type in kind.sought)
