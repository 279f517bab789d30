"""Rounds in turn, their medians with the spread, and what is asked of a server beside the load."""

from __future__ import annotations

import json
import statistics
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

import servers

QUICK = "-q" in sys.argv
ROUNDS, SECONDS = (1, 1.0) if QUICK else (5, 3.0)
Row = tuple[str, str, str]
LIST = "/api/v2/organizations/bench/policy-sets"


def world(sets: int) -> dict[str, Any]:
    """An organization with so many policy sets, each with five policies and five workspaces."""
    fives = range(5)
    return {
        "organizations": [
            {
                "name": "bench",
                "workspaces": [{"name": f"workspace-{n}"} for n in fives],
                "policies": [
                    {"name": f"policy-{n}", "code": "main = rule { true }"} for n in fives
                ],
                "policy-sets": [
                    {
                        "name": f"set-{n:06}",
                        "policies": [f"policy-{m}" for m in fives],
                        "workspaces": [f"workspace-{m}" for m in fives],
                    }
                    for n in range(sets)
                ],
            }
        ]
    }


def written(name: str, world: Any) -> str:
    """The path of a fixture of that name."""
    servers.CACHE.mkdir(exist_ok=True)
    path = servers.CACHE / f"world-{name}.json"
    path.write_text(json.dumps(world))
    return str(path)


def got(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {servers.TOKEN}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def ids(list: str, most: int = 2000) -> list[str]:
    """Ids of the records of a list, spread over all its pages."""
    asked = f"{list}?page[size]=100"
    total = json.loads(got(asked))["meta"]["pagination"]["total-pages"]
    step = max(1, total * 100 // most)
    return [
        record["id"]
        for page in range(1, total + 1, step)
        for record in json.loads(got(f"{asked}&page[number]={page}"))["data"]
    ][:most]


def alternating(**calls: Callable[[], float]) -> dict[str, list[float]]:
    """Each call in turn, round after round: what slows one round slows all of it."""
    seen: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            seen[name].append(call())
    return seen


def told(values: list[float], form: str = "{:,.0f}") -> str:
    middle = form.format(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({form.format(min(values))} to {form.format(max(values))})"


def times(ours: list[float], theirs: list[float]) -> str:
    return f"{statistics.median(ours) / statistics.median(theirs):.1f} ×"


def rate_of(now: list[float], then: list[float]) -> str:
    """How often the first is as quick as the second, and both."""
    ratio = statistics.median(now) / statistics.median(then)
    return f"{ratio:.2f} × ({told(now)}/s against {told(then)}/s)"


def grown(seen: dict[str, list[float]]) -> tuple[str, str]:
    """Bar and ratio of times: `large` against `small`."""
    large, small = seen["large"], seen["small"]
    ratio = statistics.median(small) / statistics.median(large)
    return "1.3 × the time", f"{ratio:.2f} × ({told(large)}/s against {told(small)}/s)"
