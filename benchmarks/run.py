"""Every figure of the table in docs/cost.md, as ratios in one run.

    make bench            the table, about six minutes
    make bench ARGS=-q    one short round each, to see that it works
    make bench ARGS="--before FOLDER"   this checkout against another one, which has a .venv too

Medians of five alternating rounds with their spread, everything on (tokens, both checks, journal),
with the thread count that ships. Bad figures are printed like the good ones.
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import load
import servers
from rounds import (
    LIST,
    QUICK,
    ROUNDS,
    SECONDS,
    Row,
    alternating,
    got,
    grown,
    ids,
    rate_of,
    times,
    told,
    world,
    written,
)

from mockserver.contract import load as contract
from mockserver.pipeline.server import Server


def fixture(sets: int) -> str:
    return written(str(sets), world(sets))


def document_with(page: Any) -> dict[str, Any]:
    """Our document with our own page of 100 as its example, so that both send the same bytes."""
    document = contract("2019-07").openapi()
    name = "/api/v2/organizations/{organization_name}/policy-sets"
    content = document["paths"][name]["get"]["responses"]["200"]["content"]
    content["application/vnd.api+json"]["examples"]["example"]["value"] = page
    return document


def against_prism() -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(servers.ours())
        ready = f"{ours.pss():.0f} MB"  # before any load: the journal of a busy world holds 16 MB
        ours = stack.enter_context(servers.ours(fixture(200)))
        first = ids(ours.url + LIST, 1)[0]
        show = f"/api/v2/policy-sets/{first}"
        page = f"{LIST}?page%5Bsize%5D=100"
        bare = stack.enter_context(servers.bare(got(ours.url + show)))
        document = document_with(json.loads(got(ours.url + page)))
        prism = stack.enter_context(servers.prism(document, show))
        prism_ready = f"{prism.pss():.0f} MB"
        calls: dict[str, tuple[str, str | None, str]] = {
            "show one policy set": (show, None, "2.5 × Prism, 0.5 of bare ASGI"),
            "page of 100 sets with 5 + 5 members": (page, None, "5 × Prism"),
            "create a policy set": (LIST, load.create(), "2 × Prism"),
        }
        for what, (path, script, bar) in calls.items():
            seen = alternating(
                ours=lambda p=path, s=script: load.rate(ours.url + p, SECONDS, s),
                prism=lambda p=path, s=script: load.rate(prism.url + p, SECONDS, s),
                bare=lambda: load.rate(bare.url + "/", SECONDS),
            )
            ratio = times(seen["ours"], seen["prism"]) + " Prism"
            if path == show:
                part = statistics.median(seen["ours"]) / statistics.median(seen["bare"])
                ratio += f", {part:.2f} of a bare ASGI callable ({told(seen['bare'])}/s)"
            yield what, bar, f"{told(seen['ours'])}/s against {told(seen['prism'])}/s: {ratio}"
        yield "start to ready", "0.3 s", _starts(document, show)
        yield (
            "memory when ready (PSS)",
            "60 MB",
            f"{ready}, Prism {prism_ready}; after load {ours.pss():.0f} MB and {prism.pss():.0f} MB",
        )


def _starts(document: dict[str, Any], show: str) -> str:
    calls: dict[str, Callable[[], float]] = {
        "ours": lambda: _start(lambda: servers.ours()),
        "Prism": lambda: _start(lambda: servers.prism(document, show)),
    }
    if servers.has_moto():
        calls["moto"] = lambda: _start(servers.moto)
    seen = alternating(**calls)
    return ", ".join(f"{name} {told(values, '{:.2f}')} s" for name, values in seen.items())


def _start(server: Callable[[], Any]) -> float:
    with server() as running:
        return float(running.seconds)


def as_the_world_grows() -> Iterator[Row]:
    with ExitStack() as stack:
        small = stack.enter_context(servers.ours(fixture(100)))
        large = stack.enter_context(servers.ours(fixture(100_000 if not QUICK else 5_000)))
        for name, server in (("small", small), ("large", large)):
            (servers.CACHE / f"ids-{name}").write_text("\n".join(ids(server.url + LIST)))
        scripts = {n: load.show(servers.CACHE / f"ids-{n}") for n in ("small", "large")}
        calls: dict[str, tuple[str, dict[str, str] | None]] = {
            "show, any of them": ("/", scripts),
            "page of 100": (f"{LIST}?page%5Bsize%5D=100&page%5Bnumber%5D=1", None),
            "create": (LIST, {"small": load.create(), "large": load.create()}),
        }
        for what, (path, script) in calls.items():
            seen = alternating(
                small=lambda p=path, s=script: load.rate(small.url + p, SECONDS, s and s["small"]),
                large=lambda p=path, s=script: load.rate(large.url + p, SECONDS, s and s["large"]),
            )
            yield f"{what}: 100,000 records against 100", *grown(seen)


def before(folder: Path) -> Iterator[Row]:
    """This checkout against another: show, page, create, start and memory."""
    python = str(folder / ".venv" / "bin" / "python")
    with ExitStack() as stack:
        world = fixture(200)
        now = stack.enter_context(servers.ours(world))
        then = stack.enter_context(servers.ours(world, python, str(folder)))
        show = f"/api/v2/policy-sets/{ids(now.url + LIST, 1)[0]}"
        calls = {
            "show": (show, None),
            "page of 100": (f"{LIST}?page%5Bsize%5D=100", None),
            "create": (LIST, load.create()),
        }
        for what, (path, script) in calls.items():
            seen = alternating(
                now=lambda p=path, s=script: load.rate(now.url + p, SECONDS, s),
                then=lambda p=path, s=script: load.rate(then.url + p, SECONDS, s),
            )
            yield f"{what}, against {folder.name}", "0.95 ×", rate_of(seen["now"], seen["then"])
    starts = alternating(
        now=lambda: _start(lambda: servers.ours()),
        then=lambda: _start(lambda: servers.ours("documented", python, str(folder))),
    )
    said = f"{told(starts['now'], '{:.2f}')} s against {told(starts['then'], '{:.2f}')} s"
    yield f"start to ready, against {folder.name}", "0.3 s", said


def idle() -> Iterator[Row]:
    """A thousand connections that have been answered once and wait."""
    with servers.ours() as ours, ExitStack() as stack:
        got(ours.url + "/api/v2/organizations")
        ready = ours.pss()
        place = urlsplit(ours.url)
        for _ in range(1_000):
            line = stack.enter_context(socket.create_connection((place.hostname, place.port)))
            line.sendall(b"GET /api/v2/ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
            line.recv(4096)
        yield "1,000 idle connections", "20 MB", f"{ours.pss() - ready:.0f} MB more"


LARGE = """
import gc, json, resource, sys, time
from mockserver.pipeline.server import Server
from mockserver.pipeline.render_cache import written

def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

def timed(call):
    started = time.perf_counter()
    made = call()
    return made, time.perf_counter() - started

count = int(sys.argv[1])
workspaces = [{"name": f"w{n}"} for n in range(count)]
document = {"organizations": [{"name": "bench", "workspaces": workspaces}]}
server, empty = Server(), memory()
universe, seeding = timed(lambda: server.universe(key="bench", fixture=document))
full = memory()
body, dumping = timed(lambda: written(universe.dump()))
dumped = memory()
_, resetting = timed(universe.reset)
print(json.dumps([seeding, full - empty, dumping, dumped - full, len(body) / 1e6, resetting * 1000]))
"""


def large() -> Iterator[Row]:
    """Time and memory of large worlds, each in a process of its own."""
    for count in (100_000, 300_000) if not QUICK else (1_000, 3_000):
        said = subprocess.check_output([sys.executable, "-c", LARGE, str(count)])
        seeding, full, dumping, dumped, size, resetting = json.loads(said)
        yield (
            f"{count:,} workspaces: seed, dump, reset",
            "linear",
            f"{seeding:.1f} s and {full:.0f} MB; {dumping:.1f} s and {dumped:.0f} MB for "
            f"{size:.0f} MB of JSON; {resetting:.3f} ms",
        )


def inside() -> Iterator[Row]:
    """What the control plane does, without the socket."""
    document = {
        "organizations": [
            {"name": "bench", "workspaces": [{"name": f"w{n}"} for n in range(10_000)]}
        ]
    }
    took: list[float] = []
    for _ in range(ROUNDS):
        server = Server()
        started = time.perf_counter()
        universe = server.universe(key="bench", fixture=document)
        took.append(time.perf_counter() - started)
    yield "seeding 10,000 workspaces", "1 s", told(took, "{:.2f}") + " s"
    calls = {
        "fork": lambda: server.universes.remove(server.fork(universe, "other").key),
        "snapshot": lambda: universe.snapshot("a"),
        "restore": lambda: universe.restore("a"),
        "reset": universe.reset,
    }
    for name, call in calls.items():
        call()
        seen = [_once(call) * 1000 for _ in range(ROUNDS * 20)]
        yield f"{name} with 10,000 workspaces", "0.2 ms", f"{statistics.median(seen):.3f} ms"


def _once(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def unused() -> Iterator[Row]:
    """What the plugin costs a run that does not use it."""
    code = "import time, pytest; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
    took = [
        float(
            subprocess.check_output([sys.executable, "-c", code.format("mockserver.pytest_plugin")])
        )
        for _ in range(ROUNDS)
    ]
    seen = told([value * 1000 for value in took], "{:.1f}")
    yield "import in a test run that does not use it", "5 ms", f"{seen} ms"


def long() -> Iterator[Row]:
    """A million requests on one universe: memory after the first 50,000 and at the end."""
    with servers.ours() as ours:
        show = "/api/v2/policy-sets/polset-3yVQZvHzf5j3WRJ1"
        done, marks = 0.0, []
        for target in (50_000, 500_000, 1_000_000):
            while done < target:
                done += load.rate(ours.url + show, 20) * 20
            marks.append((round(done), ours.pss()))
        seen = ", ".join(f"{memory:.0f} MB after {count:,}" for count, memory in marks)
        yield "1,000,000 requests on one universe", "flat after 50,000", seen


def rows() -> Iterator[Row]:
    if "--before" in sys.argv:
        yield from before(Path(sys.argv[sys.argv.index("--before") + 1]).resolve())
        return
    groups = [against_prism, as_the_world_grows, inside, idle, large, unused]
    if "--long" in sys.argv:
        groups.append(long)
    for group in groups:
        yield from group()
    for name in ("today", "plugin", "verify"):
        if Path(__file__).with_name(f"{name}.py").exists():
            yield from __import__(name).rows()


def main() -> None:
    print("| what | bar | seen |\n|---|---|---|", flush=True)
    for what, bar, seen in rows():
        print(f"| {what} | {bar} | {seen} |", flush=True)


if __name__ == "__main__":
    main()
