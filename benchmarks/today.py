"""Edition 2026-08: beside 2019-07 on the same data, and as an organization's workspaces grow.

    .venv/bin/python benchmarks/today.py        the table, four minutes
    .venv/bin/python benchmarks/today.py -q     one short round each

What is compared is the server's own processor time for a request: a busy machine changes it less than
requests a second. `rows()` gives `(what, bar, seen)` for the table of `run.py`.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import load
import servers
from rounds import (
    LIST,
    QUICK,
    ROUNDS,
    SECONDS,
    Row,
    alternating,
    ids,
    told,
    world,
    written,
)

ORG = "/api/v2/organizations/bench"
WORKSPACES = f"{ORG}/workspaces"
BEFORE, TODAY = "2019-07", "2026-08"
MANY = 5_000 if QUICK else 100_000
TAGGED = "filter%5Btagged%5D%5B0%5D%5B"


def tagged(workspaces: int) -> dict[str, Any]:
    """So many workspaces with tags, five of them tagged `env=prod`, and sets that apply to them."""
    return {
        "edition": TODAY,
        "organizations": [
            {
                "name": "bench",
                "projects": [{"name": "payments", "tag-bindings": {"pci": ""}}],
                "workspaces": [
                    {
                        "name": f"workspace-{n:06}",
                        "tag-bindings": {"env": "prod" if n < 5 else "test", "tier": f"t{n % 9}"},
                        **({"project": "payments"} if n < 5 else {}),
                    }
                    for n in range(workspaces)
                ],
                "policies": [{"name": "limit"}],
                "policy-sets": [
                    {"name": "all", "global": True, "policies": ["limit"]},
                    {
                        "name": "production",
                        "policies": ["limit"],
                        "tag-selectors": [
                            {"tag-key": "env", "tag-value": "prod", "is-exclude": False}
                        ],
                    },
                    {"name": "cards", "policies": ["limit"], "projects": ["payments"]},
                ],
            }
        ],
    }


def spent(server: servers.Running, path: str, script: str | None) -> float:
    """Microseconds of a processor that a request takes."""
    before = server.worked()
    requests, _ = load.counted(server.url + path, SECONDS, script)
    return (server.worked() - before) / requests * 1e6


def ratio(seen: dict[str, list[float]], one: str, other: str) -> str:
    """How many times as long one takes as the other, and both."""
    times = statistics.median(seen[one]) / statistics.median(seen[other])
    return f"{times:.2f} × ({told(seen[one])} µs against {told(seen[other])} µs)"


def beside_before() -> Iterator[Row]:
    """Show, page, create of both editions on the same data, start and memory of a release, in turn."""
    bar = "1.05 × the time"
    with ExitStack() as stack:
        fixture = written("200", world(200))
        then, now = (
            stack.enter_context(servers.ours(fixture, edition=edition))
            for edition in (BEFORE, TODAY)
        )
        first = ids(now.url + LIST, 1)[0]
        show = f"/api/v2/policy-sets/{first}"
        for what, path, script in (
            ("show", show, None),
            ("page of 100", f"{LIST}?page%5Bsize%5D=100", None),
            ("create", LIST, load.create()),
        ):
            seen = alternating(
                now=lambda p=path, s=script: spent(now, p, s),
                then=lambda p=path, s=script: spent(then, p, s),
            )
            yield f"{TODAY} beside {BEFORE}: {what} of policy sets", bar, ratio(seen, "now", "then")
    starts: dict[str, list[tuple[float, float]]] = {BEFORE: [], TODAY: []}
    with servers.released() as env:
        for _ in range(ROUNDS):
            for edition, seen in starts.items():
                with servers.ours(edition=edition, env=env) as server:
                    seen.append((server.seconds, server.pss()))
    said = {edition: [*zip(*seen, strict=True)] for edition, seen in starts.items()}
    for at, (what, form, unit) in enumerate(
        (("start to ready", "{:.2f}", "s"), ("memory when ready (PSS)", "{:.0f}", "MB"))
    ):
        values = [told([*said[edition][at]], form) for edition in (TODAY, BEFORE)]
        yield (
            f"{TODAY} beside {BEFORE}: {what}",
            f"{BEFORE}'s",
            f"{values[0]} {unit} against {values[1]} {unit}",
        )


def among_workspaces() -> Iterator[Row]:
    """What calls take among many workspaces with tags, against 100."""
    with ExitStack() as stack:
        small, large = (
            stack.enter_context(servers.ours(written(f"tagged-{n}", tagged(n))))
            for n in (100, MANY)
        )
        for name, server in (("small", small), ("large", large)):
            path = servers.CACHE / f"workspaces-{name}"
            path.write_text("\n".join(ids(server.url + WORKSPACES)))
        shows = {
            n: load.show(servers.CACHE / f"workspaces-{n}", "workspaces")
            for n in ("small", "large")
        }
        creates = dict.fromkeys(("small", "large"), load.create("workspaces"))
        policies = "/_mock/effective-policies?workspace=bench/workspace-000003"
        calls: dict[str, tuple[str, dict[str, str] | None]] = {
            "show, any of them": ("/", shows),
            "page of 100": (f"{WORKSPACES}?page%5Bsize%5D=100", None),
            "filter by a tag that five have": (
                f"{WORKSPACES}?{TAGGED}key%5D=env&{TAGGED}value%5D=prod",
                None,
            ),
            "filter by a tag of their project": (f"{WORKSPACES}?{TAGGED}key%5D=pci", None),
            "effective policies of one": (policies, None),
            "create": (WORKSPACES, creates),
        }
        for what, (path, script) in calls.items():
            seen = alternating(
                small=lambda p=path, s=script: spent(small, p, s and s["small"]),
                large=lambda p=path, s=script: spent(large, p, s and s["large"]),
            )
            said = f"{TODAY}, {MANY:,} workspaces with tags against 100: {what}"
            yield said, "1.3 × the time", ratio(seen, "large", "small")


def rows() -> Iterator[Row]:
    yield from beside_before()
    yield from among_workspaces()


if __name__ == "__main__":
    for row in rows():
        print("|", " | ".join(row), "|", flush=True)
