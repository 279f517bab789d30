"""Many at once: nothing is lost, nobody waits for another's world, and what was begun is finished."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count
from typing import Any

import pytest

import mockserver
from mockserver.world.state import State
from tests.client import JSONAPI, ORG, ROOT, SET, SETS, a_set, connected
from tests.waiting import until

from .serving import Served, serving

THREADS = 64
EACH = 4
HEADERS = {"Authorization": "Bearer test-token", "Content-Type": JSONAPI}
MEMBERS = {
    "organizations": [
        {
            "name": "my-organization",
            "policies": [
                {"id": f"pol-{thread}x{at}", "name": f"p{thread}-{at}"}
                for thread in range(THREADS)
                for at in range(EACH)
            ],
            "policy-sets": [{"id": "polset-shared", "name": "shared"}],
        }
    ]
}


def at_once(threads: int, work: Any) -> list[Any]:
    """What `work(number)` gives in each of so many threads that begin together."""
    begin = threading.Barrier(threads)

    def run(number: int) -> Any:
        begin.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def test_64_threads_that_add_and_remove_members_of_one_set_lose_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relate = State._relate

    def slowly(*arguments: Any, **options: Any) -> State:
        time.sleep(0.0005)  # another thread comes between reading the state and swapping it
        return relate(*arguments, **options)

    monkeypatch.setattr(State, "_relate", slowly)
    path = f"{ROOT}/policy-sets/polset-shared/relationships/policies"
    with mockserver.universe(fixture=MEMBERS, key="test-token") as tfe:
        url = tfe.url

        def work(thread: int) -> list[int]:
            ids = [f"pol-{thread}x{at}" for at in range(EACH)]
            statuses = []
            with connected(url) as line:

                def ask(method: str, at: str, *members: str) -> None:
                    document = {"data": [{"type": "policies", "id": id} for id in members]}
                    body = json.dumps(document) if members else None
                    line.request(method, at, body, HEADERS)
                    answer = line.getresponse()
                    answer.read()
                    statuses.append(answer.status)

                for id in ids:
                    ask("POST", path, id)
                ask("GET", f"{ROOT}/policy-sets/polset-shared")
                ask("DELETE", path, *ids[:2])
                ask("POST", path, ids[0])
                ask("DELETE", path, ids[0], ids[2])
            return statuses

        for statuses in at_once(THREADS, work):
            assert statuses == [204] * EACH + [200] + [204] * 3
        shown = tfe.client.get(f"{ROOT}/policy-sets/polset-shared").json["data"]
        kept = {item["id"] for item in shown["relationships"]["policies"]["data"]}
        assert kept == {f"pol-{thread}x{EACH - 1}" for thread in range(THREADS)}
        assert shown["attributes"]["policy-count"] == THREADS
        exchanges = tfe.journal.exchanges()
        assert [e.n for e in exchanges] == list(range(1, THREADS * 8 + 2))
        assert {e.changed for e in exchanges if e.method == "GET"} == {False}
        assert {e.changed for e in exchanges if e.method != "GET"} == {True}
        for policy in tfe.client.get(f"{ORG}/policies?page[size]=150").json["data"]:
            sets = policy["relationships"]["policy-sets"]["data"]
            assert bool(sets) == (policy["id"] in kept)


def test_of_many_that_want_one_name_one_gets_it() -> None:
    with mockserver.universe(key="test-token") as tfe:
        url = tfe.url

        def work(thread: int) -> int:
            with connected(url) as line:
                line.request("POST", SETS, json.dumps(a_set("wanted")), HEADERS)
                answer = line.getresponse()
                answer.read()
                return answer.status

        statuses = at_once(16, work)
        assert sorted(statuses) == [201] + [422] * 15


def test_a_slow_request_in_one_world_does_not_hold_up_another() -> None:
    with mockserver.universe(key="slow") as slow:
        quick = slow.fork("quick")
        slow.faults.add("latency", when="all", seconds=20)
        url = slow.url

        def ask(key: str) -> int:
            with connected(url) as line:
                line.request("GET", SETS, headers={"Authorization": f"Bearer {key}"})
                return line.getresponse().status

        with ThreadPoolExecutor(7) as pool:
            waiting = [pool.submit(ask, "slow") for _ in range(7)]
            try:
                until(lambda: fired(slow) == 7)
                assert [ask("quick") for _ in range(5)] == [200] * 5
                assert quick.client.get(SETS).status_code == 200
                assert not any(future.done() for future in waiting)
            finally:
                slow.faults.clear()  # who waits goes on
            assert [future.result() for future in waiting] == [200] * 7


def fired(tfe: Any) -> int:
    """How many requests have met the faults of a world."""
    return sum(fault["fired"] for fault in tfe.faults)


def test_a_slow_write_does_not_hold_up_reads_and_writes_of_its_own_world() -> None:
    with mockserver.universe(key="test-token") as tfe:
        tfe.faults.add("latency", operation="create-policy-set", seconds=20)
        url = tfe.url
        with ThreadPoolExecutor(1) as pool:

            def create() -> int:
                with connected(url) as line:
                    line.request("POST", SETS, json.dumps(a_set("slow")), HEADERS)
                    return line.getresponse().status

            slow = pool.submit(create)
            try:
                until(lambda: fired(tfe) == 1)
                assert tfe.client.get(SETS).status_code == 200
                assert tfe.client.post(SETS, json=a_set("quick")).status_code == 201
                assert not slow.done()
            finally:
                tfe.faults.clear()
            assert slow.result() == 201


# SIGTERM


@dataclass
class Outcome:
    """What became of one request: `status` None where no answer came, `whole` where it was whole."""

    status: int | None = None
    whole: bool = True


def create_until_told(served: Served, outcomes: list[Outcome], over: threading.Event) -> None:
    """Create sets one after the other, each on a connection of its own, until the server is gone."""
    while not over.is_set():
        name = f"t{threading.get_ident()}-{len(outcomes)}"
        outcome = Outcome()
        outcomes.append(outcome)
        try:
            with connected(served.url, timeout=20) as line:
                line.request("POST", SETS, json.dumps(a_set(name)), HEADERS)
                answer = line.getresponse()
                outcome.status = answer.status
                shown = json.loads(answer.read())
                outcome.whole = shown["data"]["attributes"]["name"] == name
        except (OSError, HTTPException):
            if outcome.status is not None:
                outcome.whole = False
            over.set()
        except ValueError:
            outcome.whole = False


@pytest.mark.slow
def test_sigterm_under_load_finishes_what_was_begun_and_ends_with_0() -> None:
    with serving() as served:
        slow = {"fault": "latency", "operation": "create-policy-set", "when": "all", "seconds": 0.8}
        assert served.ask("PUT", "/_mock/faults", {"faults": [slow]})[0] == 200
        over, outcomes = threading.Event(), list[Outcome]()

        def waiting() -> int:
            """Requests that wait in the fault at this moment."""
            done = sum(outcome.status is not None for outcome in outcomes)
            return served.fired() - done

        with ThreadPoolExecutor(6) as pool:
            running = [pool.submit(create_until_told, served, outcomes, over) for _ in range(6)]
            until(lambda: len(outcomes) > 12 and waiting() >= 2)
            begun = served.fired()
            code = served.stop()
            over.set()
            for future in running:
                future.result()
        assert code == 0
        assert all(outcome.whole for outcome in outcomes)
        answered = [outcome for outcome in outcomes if outcome.status is not None]
        assert {outcome.status for outcome in answered} == {201}
        assert len(answered) >= begun
        logged = [line for line in served.logged() if line.startswith("201 POST")]
        assert len(logged) == len(answered)
        assert not any("Traceback" in line for line in served.lines), served.lines


def test_every_set_that_was_answered_is_in_the_state_when_a_server_stops_under_load() -> None:
    from mockserver.web.app import create_app
    from mockserver.web.serving import LiveServer

    app = create_app()
    universe = app.extensions["mockserver"].universes.get("test-token")
    live = LiveServer(app).start()
    over, made = threading.Event(), list[str]()

    def work(thread: int) -> None:
        for n in count():
            if over.is_set():
                break
            try:
                with connected(live.url, timeout=10) as line:
                    line.request("POST", SETS, json.dumps(a_set(f"t{thread}-{n}")), HEADERS)
                    answer = line.getresponse()
                    assert answer.status == 201
                    made.append(json.loads(answer.read())["data"]["id"])
            except (OSError, HTTPException):
                break

    with ThreadPoolExecutor(12) as pool:
        running = [pool.submit(work, thread) for thread in range(12)]
        until(lambda: len(made) > 60)
        live.stop()
        over.set()
        for future in running:
            future.result()
    assert all(universe.state.find("policy-sets", id) for id in made)


def test_what_waits_in_line_at_sigterm_is_answered_too() -> None:
    with serving() as served:
        slow = {"fault": "latency", "when": "all", "seconds": 0.6}
        assert served.ask("PUT", "/_mock/faults", {"faults": [slow]})[0] == 200
        with ThreadPoolExecutor(16) as pool:
            asked = [pool.submit(served.ask, "GET", SET) for _ in range(16)]
            until(lambda: served.fired() == 16)
            code = served.stop()
            assert [future.result()[0] for future in asked] == [200] * 16
        assert code == 0


def test_a_server_in_a_thread_stops_quickly_and_finishes_what_was_begun() -> None:
    from mockserver.web.app import create_app
    from mockserver.web.serving import LiveServer

    def stopped() -> float:
        live = LiveServer(create_app()).start()
        begun = time.monotonic()
        live.stop()
        return time.monotonic() - begun

    assert min(stopped() for _ in range(3)) < 0.4
    app = create_app()
    faults = app.extensions["mockserver"].universes.get("test-token").faults
    slow = faults.add("latency", operation="show-policy-set", seconds=0.4)
    with LiveServer(app) as live, ThreadPoolExecutor(1) as pool:

        def ask() -> int:
            with connected(live.url) as line:
                line.request("GET", SET, headers=HEADERS)
                return line.getresponse().status

        asked = pool.submit(ask)
        until(lambda: slow.fired == 1)
        live.stop()
        assert asked.result() == 200
        with pytest.raises(OSError, match=r"refused|reset"), connected(live.url) as line:
            line.request("GET", SET)
