"""Nobody holds anybody up: clients that stall, worlds that wait, work that takes long."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.client import JSONAPI, ORG, POLICY, SET, SETS, a_set, connected
from tests.waiting import until

from .serving import Served, serving

MANY = 300
LARGE = 10 * 1024 * 1024 - 100


@pytest.fixture(scope="module")
def process() -> Iterator[Served]:
    with serving("--quiet") as served:
        yield served


@pytest.fixture
def served(process: Served) -> Iterator[Served]:
    """A server with the worlds `test-token` and `other` in it."""
    made = process.ask("POST", "/_mock/universes", {"key": "other", "fixture": "documented"})
    assert made[0] == 201
    yield process
    assert process.ask("DELETE", "/_mock/universe", token="other")[0] == 204
    assert process.ask("POST", "/_mock/reset")[0] == 204


def slowest(served: Served, times: int = 20) -> float:
    """The longest that a good client waits for one of: health, a read, a write, its own reset."""
    longest = 0.0
    with connected(served.url, timeout=60) as line:
        for n in range(times):
            for method, path, body, status in (
                ("GET", "/_mock/health/live", None, 200),
                ("GET", SET, None, 200),
                ("POST", SETS, json.dumps(a_set(f"good-{n}")), 201),
                ("POST", "/_mock/reset", None, 204),
            ):
                began = time.monotonic()
                headers = {"Authorization": "Bearer other", "Content-Type": JSONAPI}
                line.request(method, path, body, headers)
                answer = line.getresponse()
                answer.read()
                assert answer.status == status
                longest = max(longest, time.monotonic() - began)
    return longest


@pytest.fixture
def patience(served: Served) -> float:
    """Seconds after which somebody is held up: one; on a machine that is busy with other things thirty
    times as long as the good client waits while nobody else is there, up to five."""
    return min(max(1.0, 30 * slowest(served, 5)), 5.0)


def head(method: str, path: str, *lines: str) -> bytes:
    first = (f"{method} {path} HTTP/1.1", "Host: localhost", "Authorization: Bearer test-token")
    return "\r\n".join([*first, f"Content-Type: {JSONAPI}", *lines, "", ""]).encode()


def lines_to(
    served: Served, stack: ExitStack, sent: bytes, count: int = MANY
) -> list[socket.socket]:
    place = urlsplit(served.url)
    made = []
    for _ in range(count):
        line = stack.enter_context(socket.create_connection((place.hostname, place.port)))
        line.sendall(sent)
        made.append(line)
    return made


def test_300_half_heads_hold_up_nobody(served: Served, patience: float) -> None:
    with ExitStack() as stack:
        lines_to(served, stack, b"GET /api/v2/ping HTTP/1.1\r\nHost: loc")
        assert slowest(served) < patience


def test_300_dripping_bodies_hold_up_nobody(served: Served, patience: float) -> None:
    with ExitStack() as stack:
        dripping = lines_to(served, stack, head("POST", SETS, "Content-Length: 1000"))
        over = threading.Event()

        def drip() -> None:
            while not over.wait(0.05):
                for line in dripping:
                    line.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert slowest(served) < patience
        finally:
            over.set()
            thread.join()


@pytest.mark.slow
def test_300_clients_that_never_read_hold_up_nobody_and_cost_a_bounded_buffer(
    served: Served, patience: float
) -> None:
    """Each asks for megabytes and reads none of them."""
    content = b"x" * (4 * 1024 * 1024)
    with connected(served.url) as line:
        headers = {"Authorization": "Bearer test-token", "Content-Type": "text/plain"}
        line.request("PUT", f"{POLICY}/upload", content, headers)
        assert line.getresponse().status == 200
    before = memory(served)
    with ExitStack() as stack:
        lines_to(served, stack, head("GET", f"{POLICY}/download") * 20)
        assert slowest(served) < patience
        assert memory(served) - before < MANY * 4.5  # one answer each at most, not twenty


def memory(served: Served) -> float:
    """Resident megabytes."""
    with open(f"/proc/{served.process.pid}/statm") as pages:
        return int(pages.read().split()[1]) * 4096 / 1024 / 1024


def test_a_world_full_of_latencies_whose_clients_hang_up_holds_up_nobody(
    served: Served, patience: float
) -> None:
    slow = {"fault": "latency", "when": "all", "seconds": 600}
    assert served.ask("PUT", "/_mock/faults", {"faults": [slow]})[0] == 200
    with ExitStack() as stack:
        lines_to(served, stack, head("GET", SET), MANY)
    assert slowest(served) < patience
    began = time.monotonic()
    assert served.ask("POST", "/_mock/reset")[0] == 204  # its own cure comes through
    assert served.ask("GET", SET)[0] == 200
    assert time.monotonic() - began < patience


def test_the_write_of_a_client_that_has_gone_is_carried_out_when_its_latency_ends(
    served: Served,
) -> None:
    """That is what a retry after a time-out meets."""
    slow = {"fault": "latency", "seconds": 600, "operation": "create-policy-set"}
    assert served.ask("PUT", "/_mock/faults", {"faults": [slow]})[0] == 200
    body = json.dumps(a_set("gone")).encode()
    with ExitStack() as stack:
        lines_to(served, stack, head("POST", SETS, f"Content-Length: {len(body)}") + body, 1)
    until(lambda: served.fired() == 1)
    assert [s["attributes"]["name"] for s in served.ask("GET", SETS)[1]["data"]] == ["production"]
    assert served.ask("DELETE", "/_mock/faults")[0] == 204
    until(lambda: served.ask("POST", SETS, a_set("gone"))[0] == 422)


@pytest.mark.slow
def test_an_answer_of_megabytes_that_is_looked_through_for_secrets_holds_up_nobody(
    served: Served, patience: float
) -> None:
    """Its entry in the journal takes longer than the answer; every word of it may hide the key."""
    text = "%74est-token " + "a%25 " * 120_000
    status, made = served.ask("POST", SETS, a_set("large", description=text), "test-token", 60)
    assert status == 201
    place = f"/api/v2/policy-sets/{made['data']['id']}"
    change = {"data": {"type": "policy-sets", "attributes": {"name": "larger"}}}
    with ThreadPoolExecutor(3) as pool:
        asked = [
            pool.submit(served.ask, method, path, body, "test-token", 60)
            for method, path, body in (
                ("GET", place, None), ("GET", SETS, None), ("PATCH", place, change),
            )
        ]  # fmt: skip
        assert slowest(served) < patience
        assert [future.result()[0] for future in asked] == [200, 200, 200]


@pytest.mark.slow
@pytest.mark.parametrize("unit", [b"{},", b'{"type":"policies"},', b"[0],"])
def test_64_bodies_of_10_mb_hold_up_nobody_and_are_all_answered(
    served: Served, unit: bytes, patience: float
) -> None:
    sending = subprocess.Popen(
        [sys.executable, "-c", SENDING, served.url, unit.decode()],
        stdout=subprocess.PIPE,
        text=True,
    )  # a process of its own: it would hold up the good client, whose threads share one lock with it
    with sending:
        assert sending.stdout is not None
        assert sending.stdout.readline() == "begun\n"
        assert slowest(served, 10) < patience
        assert sending.stdout.read() == "{413}\n"


SENDING = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from tests.client import JSONAPI, SET, connected

url, unit = sys.argv[1], sys.argv[2].encode()
body = b'{{"data":[' + unit * ({LARGE} // len(unit)) + b"{{}}]}}"

def send(n):
    with connected(url, timeout=120) as line:
        headers = {{"Authorization": "Bearer test-token", "Content-Type": JSONAPI}}
        line.request("POST", SET + "/relationships/policies", body, headers)
        return line.getresponse().status

with ThreadPoolExecutor(64) as pool:
    asked = [pool.submit(send, n) for n in range(64)]
    print("begun", flush=True)
    print({{future.result() for future in asked}}, flush=True)
"""


@pytest.mark.slow
def test_a_world_of_300_000_workspaces_that_is_being_seeded_holds_up_no_other(
    served: Served, patience: float
) -> None:
    names: list[Any] = [{"name": f"w{n}"} for n in range(300_000)]
    fixture = {"organizations": [{"name": "large", "workspaces": names}]}
    with ThreadPoolExecutor(4) as pool:
        seeding = pool.submit(served.ask, "POST", "/_mock/seed", fixture, "test-token", 120)
        time.sleep(1)
        writing = pool.submit(served.ask, "POST", SETS, a_set("meanwhile"), "test-token", 120)
        assert slowest(served) < patience
        assert not seeding.done()
        assert seeding.result()[0] == 201
        assert writing.result()[0] == 201
        dumping = pool.submit(served.ask, "GET", "/_mock/state", None, "test-token", 120)
        assert slowest(served) < patience
        assert dumping.result()[0] == 200
        leaving = pool.submit(served.ask, "DELETE", f"{ORG[:-15]}large", None, "test-token", 120)
        assert slowest(served) < patience
        assert leaving.result()[0] == 204


@pytest.mark.slow
def test_200_000_connections_leave_descriptors_and_memory_where_they_were(served: Served) -> None:
    place = urlsplit(served.url)

    def some(count: int) -> None:
        for n in range(count):
            with socket.create_connection((place.hostname, place.port), timeout=30) as line:
                if n % 2:
                    line.sendall(b"GET /api/v2/ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    assert line.recv(65_536).startswith(b"HTTP/1.1 204 ")
                if n % 7 == 0:
                    line.sendall(b"GET /api/v2/pi")

    some(5_000)
    time.sleep(1)
    before = descriptors(served), memory(served)
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(some, 50_000) for _ in range(4)]:
            future.result()
    until(lambda: descriptors(served) <= before[0] + 2)
    assert memory(served) <= before[1] + 5


def descriptors(served: Served) -> int:
    return len(os.listdir(f"/proc/{served.process.pid}/fd"))


@pytest.mark.slow
def test_clients_that_send_thousands_of_requests_at_once_cost_a_bounded_queue(
    served: Served,
) -> None:
    with ExitStack() as stack:
        place = urlsplit(served.url)
        before = memory(served)
        for _ in range(100):
            line = stack.enter_context(socket.create_connection((place.hostname, place.port)))
            line.setblocking(False)
            with suppress(BlockingIOError):
                line.send(b"GET /api/v2/ping HTTP/1.1\r\nHost: x\r\n\r\n" * 10_000)
        assert slowest(served) < 1
        assert memory(served) - before < 100


def test_a_stranger_cannot_have_the_server_keep_his_bodies(served: Served) -> None:
    before = memory(served)
    start = f"POST {SETS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n"
    with ExitStack() as stack:
        for line in lines_to(served, stack, start.encode(), 20):
            line.settimeout(20)
            assert line.recv(65_536).startswith(b"HTTP/1.1 401 ")
            line.sendall(b"x" * 4_000_000)
        assert memory(served) - before < 20
