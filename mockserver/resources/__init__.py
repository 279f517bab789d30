"""One module a resource type; each ends in its `KIND`. None imports another.

A module is found by being here. What behaves differently in another edition is a second function in
a kind of its own, which takes the place of the `KIND` of its type there: `EDITIONS = {"2026-08":
replace(KIND, ...)}` in the same module, or in one of its own, `NAME_2026`, where that is long. A type
that began with an edition has no `KIND`, and stands in `EDITIONS` alone. An edition that has neither
the operations nor the records of a kind does without it (`Kinds.of`).
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from mockserver.world.kinds import Kinds


@cache
def kinds(edition: str) -> Kinds:
    """The table of kinds that an edition is served by."""
    found = (
        import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)
    )
    modules = [vars(module) for module in found]
    own = {kind.type: kind for one in modules if (kind := one.get("EDITIONS", {}).get(edition))}
    given = (one.get("EDITIONS", {}).get(edition, one.get("KIND")) for one in modules)
    return Kinds(own.get(kind.type, kind) for kind in given if kind is not None)
