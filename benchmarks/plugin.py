"""What the pytest plugin costs: a world for every test, calls through its client, itself unused.

    python benchmarks/plugin.py             the table, a minute
    python benchmarks/plugin.py -q          one short round each
    python benchmarks/plugin.py --parallel  500 tests with -n 2 on live servers, 20 times

Medians of alternating rounds, so that what slows one side slows both; bad figures are printed like
the good ones.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask

import mockserver
from mockserver.contract import load
from mockserver.contract.operations import JSONAPI
from mockserver.pytest_plugin.worlds import Baselines, _baseline, worlds_of_test
from mockserver.web.testing import Live

QUICK = "-q" in sys.argv
ROUNDS = 3 if QUICK else 9
CALLS = 50 if QUICK else 400
ORG = "/api/v2/organizations/bench"
Row = tuple[str, str, str]


def document(workspaces: int = 20, sets: int = 20) -> dict[str, Any]:
    """A world of the size that a test's is; the sets have five members of each kind."""
    fives = range(5)
    return {
        "organizations": [
            {
                "name": "bench",
                "workspaces": [{"name": f"workspace-{n:05}"} for n in range(workspaces)],
                "policies": [
                    {"name": f"policy-{n}", "code": "main = rule { true }"} for n in fives
                ],
                "policy-sets": [
                    {
                        "name": f"set-{n:05}",
                        "policies": [f"policy-{m}" for m in fives],
                        "workspaces": [f"workspace-{m:05}" for m in fives],
                    }
                    for n in range(sets)
                ],
            }
        ]
    }


def medians(**rounds: Callable[[], float]) -> dict[str, float]:
    """The median of each, in alternating rounds."""
    seen: dict[str, list[float]] = {name: [] for name in rounds}
    for _ in range(ROUNDS):
        for name, once in rounds.items():
            seen[name].append(once())
    return {name: statistics.median(values) for name, values in seen.items()}


def each(
    call: Callable[[], Any],
    times: int = CALLS,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Seconds of one call."""
    started = clock()
    for _ in range(times):
        call()
    return (clock() - started) / times


# a test's own world


def worlds() -> Iterator[Row]:
    """What the fixture `tfe` does before and after a test, from a baseline that has been loaded."""
    from mockserver.client.opening import in_process

    options = {
        "fixture": document(workspaces=10_000),
        "edition": "2019-07",
        "strict": False,
        "seed": 0,
        "now": None,
    }
    baselines = Baselines()
    baselines.loaded[json.dumps(options, sort_keys=True, default=str)] = _baseline(
        live := Live(), options
    )
    small = {**options, "fixture": "documented"}
    number = 0

    def once(options: dict[str, Any]) -> None:
        nonlocal number
        number += 1
        with worlds_of_test(live, baselines, f"test_it[{number}]", options) as room:
            in_process(live.server, room.universe.key, "2019-07", lambda: live.url, live.app)

    named = {**options, "fixture": "big"}  # the name stands for the document, as a path does
    baselines.loaded[json.dumps(named, sort_keys=True)] = next(iter(baselines.loaded.values()))
    seen = medians(big=lambda: each(lambda: once(named)), small=lambda: each(lambda: once(small)))
    yield (
        "a test's own world from 10,000 workspaces, setup and teardown",
        "0.2 ms",
        f"{seen['big'] * 1000:.3f} ms ({seen['small'] * 1000:.3f} ms from the documented world)",
    )


# a call in this process


def calls() -> Iterator[Row]:
    """Calls through `client` against a bare Flask app that does the same two contract checks."""
    with mockserver.universe(fixture=document()) as tfe:
        page = tfe.client.get(f"{ORG}/policy-sets").json
        show = page["data"][0]["links"]["self"]
        for what, id, path, status in (
            ("show one policy set", "show-policy-set", show, 200),
            ("list a page of 20 policy sets", "list-policy-sets", f"{ORG}/policy-sets", 200),
            ("create a policy set", "create-policy-set", f"{ORG}/policy-sets", 201),
        ):
            yield _call(tfe, what, id, path, status)


def _call(tfe: mockserver.World, what: str, id: str, path: str, status: int) -> Row:
    number = 0

    def body() -> Any:
        nonlocal number
        number += 1
        return {"data": {"type": "policy-sets", "attributes": {"name": f"new-{number}"}}}

    creates = status == 201
    tfe.snapshot("before")
    first = tfe.client.post(path, json=body()) if creates else tfe.client.get(path)
    assert first.status_code == status, first.text
    bare = bare_app(id, path, status, first.json).test_client()
    bare.environ_base["HTTP_AUTHORIZATION"] = "Bearer a-token"

    def round(client: Any) -> float:
        tfe.restore("before")
        tfe.journal.clear()  # a test's world begins with an empty one
        return each(
            lambda: (
                client.post(path, json=body(), content_type=JSONAPI)
                if creates
                else client.get(path)
            ),
            clock=time.process_time,  # all in this thread: a busy machine shall not count
        )

    seen = medians(ours=lambda: round(tfe.client), bare=lambda: round(bare))
    return (
        f"in process: {what}",
        "1.3 × bare Flask and checks",
        f"{seen['ours'] * 1e6:.0f} µs against {seen['bare'] * 1e6:.0f} µs: "
        f"{seen['ours'] / seen['bare']:.2f} ×",
    )


def bare_app(id: str, path: str, status: int, answer: Any) -> flask.Flask:
    """One route that parses what is sent, checks it and its answer, and sends the answer."""
    operation = load("2019-07").operation(id)
    app = flask.Flask("bare", static_folder=None)

    @app.route(path, methods=[operation.method])
    def handle() -> flask.Response:
        assert not operation.check_query(list(flask.request.args.items(multi=True))).refusals
        if operation.takes_json:
            assert not operation.check_body(json.loads(flask.request.get_data())).refusals
        assert not operation.check_answer(status, answer)
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        return flask.Response(text, status, content_type=JSONAPI)

    return app


# installed and unused


def unused() -> Iterator[Row]:
    """`pytest --collect-only` with and without the plugin, nothing of which is used."""
    with tempfile.TemporaryDirectory() as place:
        Path(place, "test_it.py").write_text(
            "".join(f"def test_{n}(): pass\n" for n in range(100)), encoding="utf-8"
        )
        names = ("asyncio", "randomly", "xdist", "xdist.looponfail", "flask", "anyio")
        names += ("hypothesispytest", "schemathesis", "cacheprovider", "cov")
        quiet = [f"-pno:{name}" for name in names]
        env = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = str(Path(place, "cache"))  # as for a user: compiled once

        def collect(*arguments: str) -> tuple[float, float]:
            """Seconds by the clock and of the processor."""
            command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *quiet, *arguments]
            started, used = time.perf_counter(), _of_children()
            subprocess.run(command, cwd=place, env=env, check=True, stdout=subprocess.DEVNULL)
            return time.perf_counter() - started, _of_children() - used

        collect()
        pairs = [(collect(), collect("-pno:tfe_mockserver")) for _ in range(5 if QUICK else 31)]
    wall = statistics.median(a[0] for a, _ in pairs) - statistics.median(b[0] for _, b in pairs)
    cpu = statistics.median(a[1] for a, _ in pairs) - statistics.median(b[1] for _, b in pairs)
    yield (
        "installed and unused, on `pytest --collect-only`",
        "10 ms",
        f"{wall * 1000:.1f} ms ({cpu * 1000:.1f} ms of the processor)",
    )


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# a live server


def servers() -> Iterator[Row]:
    """From nothing to an address that is listened at, and away again."""

    def once() -> None:
        live = Live()
        assert live.url
        live.stop()

    with mockserver.universe() as tfe:  # what is loaded once a process is loaded

        def used() -> None:
            live = Live(tfe._link.server)  # type: ignore[attr-defined]
            mockserver.connect(live.url, tfe.token)
            live.stop()

        seen = medians(once=lambda: each(once, 10), used=lambda: each(used, 10))
    yield (
        "live server, start and stop",
        "20 ms",
        f"{seen['once'] * 1000:.1f} ms ({seen['used'] * 1000:.1f} ms with a request in between)",
    )


# many tests on live servers

MANY = '''
import pytest, requests

SETS = "/api/v2/organizations/my-organization/policy-sets"


@pytest.mark.parametrize("number", range({tests}))
def test_it(tfe, number):
    """So many calls, and so many exchanges in this world, to the last."""
    with requests.Session() as http:
        http.headers.update({{"Authorization": "Bearer " + tfe.token,
                             "Content-Type": "application/vnd.api+json"}})
        writes = number % 5
        for n in range(writes):
            body = {{"data": {{"type": "policy-sets", "attributes": {{"name": f"s{{n}}"}}}}}}
            assert http.post(tfe.url + SETS, json=body, timeout=30).status_code == 201
        seen = http.get(tfe.url + SETS, timeout=30).json()["data"]
    assert [one["attributes"]["name"] for one in seen] == [
        "production", *(f"s{{n}}" for n in range(writes))]
    assert len(tfe.journal) == writes + 1
    assert [exchange.n for exchange in tfe.journal] == list(range(1, writes + 2))
    assert len(tfe.journal.expect("create-policy-set", count=writes)) == writes
'''


def parallel(runs: int = 20, tests: int = 500) -> Iterator[Row]:
    """So many tests with -n 2 against live servers, so many times; what did not pass is counted."""
    with tempfile.TemporaryDirectory() as place:
        Path(place, "test_many.py").write_text(MANY.format(tests=tests), encoding="utf-8")
        quiet = [f"-pno:{n}" for n in ("randomly", "asyncio", "schemathesis", "cacheprovider")]
        command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-n2", *quiet]
        took, passed = [], 0
        for number in range(runs):
            started = time.perf_counter()
            done = subprocess.run(command, cwd=place, capture_output=True, text=True)
            took.append(time.perf_counter() - started)
            found = re.search(r"(\d+) passed", done.stdout)
            passed += int(found[1]) if found else 0
            if done.returncode:
                print(f"run {number}:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    yield (
        f"{tests} tests with -n 2 on live servers, {runs} runs",
        "no failure",
        f"{runs * tests - passed} of {runs * tests} did not pass; {statistics.median(took):.1f} s a run",
    )


def rows() -> list[Row]:
    """Every figure but the long run: what, bar, seen."""
    return [*worlds(), *calls(), *unused(), *servers()]


if __name__ == "__main__":
    for row in parallel() if "--parallel" in sys.argv else rows():
        print(" | ".join(row))
