"""Which versions of a tool there are, and whether one of them can be chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mockserver.world.calls import Call
from mockserver.world.facts import Facts
from mockserver.world.problems import Error, invalid_item
from mockserver.world.state import ROOT, State

VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){2}(-[0-9A-Za-z.-]{1,40})?")
"""Of a tool that is newer than those known; longer numbers are taken where someone has listed them."""


def known(state: State, facts: Facts, type: str, version: str) -> bool:
    """Whether a version may be chosen: an enabled one; in an edition without such records, one of
    its list.
    """
    if record := state.find(type, "version", version):
        return bool(record["enabled"])
    return not state.list(ROOT, type) and version in facts[type]


def newest(state: State, facts: Facts, type: str) -> str:
    """The newest that may be chosen and is no pre-release."""
    found = (state.get(item[-1]) for item in state.list(ROOT, type))
    final = (r["version"] for r in found if r["enabled"] and "-" not in r["version"])
    return str(next(final, facts[type][0]))


def span(state: State, facts: Facts, type: str) -> str:
    """The newest and the oldest that are known, for messages."""
    found = [state.get(item[-1])["version"] for item in state.list(ROOT, type)] or facts[type]
    return f"one of {found[0]} … {found[-1]}"


def why_not(state: State, type: str, version: str) -> str:
    """Why a version cannot be chosen, for messages."""
    if state.find(type, "version", version):
        return f"the version {version!r} is disabled"
    return f"{version!r} is neither a version that this edition knows nor a constraint"


def is_newer(state: State, facts: Facts, type: str, version: str) -> bool:
    """Whether it is a well-formed version that came after all that are known, enabled or not."""
    listed = next((state.get(item[-1])["version"] for item in state.list(ROOT, type)), None)
    last = numbers(listed or facts[type][0])
    return bool(VERSION.fullmatch(version)) and numbers(version) > last


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split("."))


def chosen(call: Call, type: str, version: str | None, pointer: str) -> Iterable[Error]:
    """An error where no such version can be chosen; a newer one than those known is a finding."""
    if version is None or known(call.state, call.facts, type, version):
        return
    last = newest(call.state, call.facts, type)
    said = {
        "expected": f"{span(call.state, call.facts, type)} that is enabled",
        "source": call.facts.source(type),
        "hint": f"Send {last}, or null for the newest; GET /api/v2/admin/{type} lists them.",
    }
    if is_newer(call.state, call.facts, type, version):
        call.let_pass(pointer, fact=f"the version {version!r} is newer than {last}", **said)
        return
    fact = why_not(call.state, type, version)
    yield invalid_item("Policy tool version is invalid", pointer, fact=fact, **said)
