"""Which other editions document a call: from the `call` lines of their page files alone, so that no
edition is read whole for the sake of a hint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from mockserver.contract.calls import whole
from mockserver.contract.editions import Edition, editions, load
from mockserver.contract.files import folder, read, shipped_editions
from mockserver.contract.pages import BESIDE
from mockserver.contract.routes import is_one_of

LONG = 200
"""Letters of a path that is looked for."""


def documented_elsewhere(method: str, path: str, here: Edition) -> Mapping[str, bool]:
    """By the names of the editions beside this one that document a call, whether it is built there."""
    if len(path) > LONG:
        return {}
    called = f"{'GET' if method == 'HEAD' else method} {path.removesuffix('/')}"
    found: dict[str, bool] = {}
    for name in editions():
        if name != here.name:
            built, not_built = _calls(name)
            if is_one_of(called, built):
                found[name] = True
            elif is_one_of(called, not_built):
                found[name] = False
    return found


def _calls(name: str) -> tuple[Sequence[str], Sequence[str]]:
    if name in shipped_editions():
        return _shipped_calls(name)
    edition = load(name)
    built = tuple(f"{o.method} {o.path}" for o in edition.operations.values())
    return built, edition.facts.get("not-built", ())


@cache
def _shipped_calls(name: str) -> tuple[Sequence[str], Sequence[str]]:
    place = folder("contracts") / name
    found: list[str] = []
    for path in sorted(place.glob("*.json")):
        if path.name not in BESIDE:
            operations = read(path).get("operations", {}).values()
            found += [_whole(operation["call"]) for operation in operations]
    return found, read(place / "edition.json").get("not-built", ())


def _whole(call: str) -> str:
    """A `call` as it is sent, unchecked: nobody has asked for that edition."""
    method, _, path = call.partition(" ")
    return f"{method} {whole(path)}"
