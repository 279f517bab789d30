"""Which edition a server speaks where it seems to be another one than it is held to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mockserver.contract import Edition, Operation, editions, load
from mockserver.contract.elsewhere import documented_elsewhere
from mockserver.judge.answers import judge_answer
from mockserver.judge.exchange import Exchange

LEAST = 3
"""Members and routes of another edition before it is named: a server may have a few of its own."""


def likely_edition(
    unlisted: Mapping[str, Collection[str]],
    routes: Collection[str],
    here: Edition,
    least: int = LEAST,
) -> list[str]:
    """A line that names the edition that `likeliest` gives; none where it gives none."""
    name, count = likeliest(unlisted, routes, here, least)
    return [f"hint: what is answered {_like(name, count, here)}: --edition {name}"] if name else []


def not_named(name: str, count: int, here: Edition) -> str:
    """A sentence for who has named no edition, where `likeliest` gives another than `here`."""
    return (
        f"the recording {_like(name, count, here)}: give --edition {name}, or --edition {here.name} to "
        "judge it by that all the same"
    )


def _like(name: str, count: int, here: Edition) -> str:
    what = f"{count} members and routes" if count > 1 else "a member or route"
    listed = f"which lists {what} that {here.name} does not"
    return f"looks like edition {name}, {listed}"


def likeliest(
    unlisted: Mapping[str, Collection[str]],
    routes: Collection[str],
    here: Edition,
    least: int = LEAST,
) -> tuple[str, int]:
    """The edition that lists what `here` does not, and how much of it; no name where that is too little.

    `unlisted`: the members by type that were shown. `routes`: calls that were asked for
    (`GET /api/v2/projects/*`). Another edition is named where it lists enough of
    both, at `least` so many; of routes many are nobody's business, as those that a browser asks for.
    """
    met = [(type, member) for type, members in unlisted.items() for member in members]
    if len(met) + len(routes) < least:
        return "", 0
    found = dict.fromkeys((name for name in editions() if name != here.name), 0)
    for name in found:
        found[name] += sum(_lists(load(name), type, member) for type, member in met)
    for route in routes:
        method, _, path = route.partition(" ")
        for name in documented_elsewhere(method, path, here):
            found[name] += 1
    name = max(found, key=lambda name: found[name], default="")
    if not name or found[name] < max(least, len(met) / 2):
        return "", 0
    return name, found[name]


def edition_of_answer(exchange: Exchange, operation: Operation, here: Edition) -> tuple[str, int]:
    """The other edition that an answer is wholly of, and how many faults it has in this one.

    It has at least as many here as make another edition likely, and none there, and shows nothing that
    is listed here alone. The name is empty where there is no such edition.
    """
    faults, strays = _judged(exchange, operation, here)
    for name in editions() if len(faults) >= LEAST else ():
        there = load(name)
        if name != here.name and (same := there.operations.get(operation.id)):
            faults_there, strays_there = _judged(exchange, same, there)
            if not faults_there and strays_there <= strays:
                return name, len(faults)
    return "", len(faults)


def _judged(
    exchange: Exchange, operation: Operation, edition: Edition
) -> tuple[frozenset[str], frozenset[str]]:
    """The places of an answer that are a fault in an edition, and those that it does not list."""
    found = judge_answer(exchange, operation, edition)
    return (
        frozenset(finding.place for finding in found if not finding.stray),
        frozenset(finding.place for finding in found if finding.stray),
    )


def _lists(edition: Edition, type: str, member: str) -> bool:
    """Whether an edition lists a member (`attributes.permissions.can-read`) of a type."""
    known = edition.types.get(type)
    if known is None:
        return False
    part, _, name = member.partition(".")
    listed = {"attributes": known.attributes, "relationships": known.relationships}.get(part, ())
    return part == "the whole type" or name.split(".")[0] in listed
