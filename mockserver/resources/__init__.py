"""One module a resource type; each ends in its `KIND`. None imports another.

A module is found by being here. What behaves differently in another edition is a second function in
a kind of its own: `EDITIONS = {"2026-08": replace(KIND, ...)}` in the same module, or in one of its
own, `NAME_2026`, where that is long. None: this module has nothing for that edition. A module without a `KIND` is
there in its `EDITIONS` alone.
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
    given = (
        getattr(module, "EDITIONS", {}).get(edition, getattr(module, "KIND", None))
        for module in found
    )
    return Kinds(kind for kind in given if kind is not None)
