"""Which other editions document a call: from the `call` lines of their page files alone, so that no
edition is read whole for the sake of a hint.
"""

from __future__ import annotations

from functools import cache

from mockserver.contract.editions import Edition, editions, load
from mockserver.contract.expansion import BASE, OUTSIDE
from mockserver.contract.files import folder, read, shipped_editions
from mockserver.contract.pages import BESIDE
from mockserver.contract.routes import is_one_of

LONG = 200
"""Letters of a path that is looked for."""


def documented_elsewhere(method: str, path: str, here: Edition) -> tuple[str, ...]:
    """Names of the editions beside this one that document a call, built or not."""
    if len(path) > LONG:
        return ()
    others = (name for name in editions() if name != here.name)
    called = f"{'GET' if method == 'HEAD' else method} {path.removesuffix('/')}"
    return tuple(name for name in others if is_one_of(called, _calls(name)))


def _calls(name: str) -> tuple[str, ...]:
    if name in shipped_editions():
        return _shipped_calls(name)
    edition = load(name)
    return tuple(f"{o.method} {o.path}" for o in edition.operations.values())


@cache
def _shipped_calls(name: str) -> tuple[str, ...]:
    place = folder("contracts") / name
    found: list[str] = list(read(place / "edition.json").get("not-built", ()))
    for path in sorted(place.glob("*.json")):
        if path.name not in BESIDE:
            operations = read(path).get("operations", {}).values()
            found += [_whole(operation["call"]) for operation in operations]
    return tuple(found)


def _whole(call: str) -> str:
    """A `call` as it is sent: the base of the API stands before a path by rule."""
    method, _, path = call.partition(" ")
    return f"{method} {path if path.startswith(OUTSIDE) else BASE + path}"
