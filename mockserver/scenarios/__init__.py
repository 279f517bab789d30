"""The documented life of each resource type, played against any server.

One module a type, named as the type with `_` for `-`; each ends in its `SCENARIO`, which says what
the edition cannot. A module is found by being here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from mockserver.judge.history import Follows
from mockserver.scenarios.runner.scenario import Scenario


@cache
def follows() -> Follows:
    """What may change beside what a PATCH sends: by type, and by attribute or whatever is sent."""
    return {
        type: {**one.besides, "": (*one.may_change, *one.inherited)}
        for type, one in scenarios().items()
    }


@cache
def scenarios() -> Mapping[str, Scenario]:
    """The scenario of each type that has a module here."""
    names = sorted(found.name for found in iter_modules(__path__) if not found.ispkg)
    return {name.replace("_", "-"): import_module(f"{__name__}.{name}").SCENARIO for name in names}
