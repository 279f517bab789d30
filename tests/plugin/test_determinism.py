"""The same seed and the same calls: byte-equal answers, over runs, processes and other worlds."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

import mockserver

ORG = "/api/v2/organizations/my-organization"
TYPE = "application/vnd.api+json"

SCRIPT = f'''
import hashlib, json, sys
import mockserver

ORG = "{ORG}"


def play(tfe):
    """Writes of many kinds, faults and the clock; gives a digest of every answer."""
    seen = hashlib.sha256()

    def call(method, path, **options):
        answer = tfe.client.open(path, method=method, **options)
        seen.update(f"{{answer.status}} {{sorted(answer.headers)}}".encode() + answer.data)
        return answer

    tfe.faults.add("status", operation="create-policy", status=422, when={{"share": 0.3}})
    for n in range(12):
        data = {{"type": "policies", "attributes": {{"name": f"p{{n}}", "enforce": [
            {{"path": f"p{{n}}.sentinel", "mode": "advisory"}}]}}}}
        call("POST", ORG + "/policies", json={{"data": data}})
        tfe.clock.advance(0.25)
    made = call("POST", ORG + "/policy-sets", json={{"data": {{
        "type": "policy-sets", "attributes": {{"name": "s"}}}}}}).json["data"]
    call("PATCH", made["links"]["self"], json={{"data": {{"type": "policy-sets",
        "attributes": {{"description": "x"}}}}}})
    for path in ("/policies", "/policy-sets?page[size]=1", "/workspaces", "/teams"):
        call("GET", ORG + path)
    call("POST", "/api/v2/teams/team-ow4nErsTeam5678A/authentication-token")
    call("POST", ORG + "/policy-sets", json={{"data": {{"type": "policy-sets", "attributes": {{}}}}}})
    call("GET", "/api/v2/account/details")
    seen.update(json.dumps(tfe.state()).encode())
    har = json.loads(json.dumps(tfe.journal.to_har()))
    for entry in har["log"]["entries"]:
        entry["time"] = entry["timings"] = None
    seen.update(json.dumps(har).encode())
    return seen.hexdigest()


if __name__ == "__main__":
    with mockserver.universe(fixture="busy" if "busy" in sys.argv else "documented", key="k",
                             seed=3) as tfe:
        print(play(tfe))
'''
SPACE: dict[str, Any] = {}
exec(compile(SCRIPT.replace("__main__", "not here"), "play", "exec"), SPACE)
play = SPACE["play"]


def here() -> str:
    with mockserver.universe(key="k", seed=3) as tfe:
        return str(play(tfe))


def test_runs_in_one_process_are_byte_equal_and_so_is_one_after_a_reset() -> None:
    with mockserver.universe(key="k", seed=3) as tfe:
        first = play(tfe)
        tfe.reset()
        assert play(tfe) == first
    assert here() == first
    with mockserver.universe(key="k", seed=4) as tfe:
        assert play(tfe) != first


@pytest.mark.slow
def test_processes_with_other_hash_seeds_are_byte_equal(tmp_path: Path) -> None:
    """And other Pythons, where MOCKSERVER_PYTHONS names some that have what we need."""
    script = tmp_path / "play.py"
    script.write_text(SCRIPT)
    root = str(Path(mockserver.__file__).parents[1])
    pythons = [sys.executable] * 3
    pythons += filter(None, os.environ.get("MOCKSERVER_PYTHONS", "").split(os.pathsep))
    zones = ("UTC", "Asia/Tokyo", "America/Lima")
    seen = {
        subprocess.run(
            [python, str(script)],
            env={**os.environ, "PYTHONHASHSEED": str(at), "TZ": zones[at % 3], "PYTHONPATH": root},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.strip()
        for at, python in enumerate(pythons)
    }
    assert seen == {here()}


def test_whatever_other_worlds_do_meanwhile() -> None:
    stop = threading.Event()

    def disturb(world: mockserver.World) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            data = {"type": "policy-sets", "attributes": {"name": f"d{number}"}}
            world.client.post(f"{ORG}/policy-sets", json={"data": data})
            world.clock.advance(1)
            world.reset() if number % 20 == 0 else None

    with mockserver.universe(key="k", seed=3) as tfe:
        others = [tfe.fork() for _ in range(3)]
        threads = [threading.Thread(target=disturb, args=(other,)) for other in others]
        for thread in threads:
            thread.start()
        try:
            seen = play(tfe)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    assert seen == here()


def test_over_http_the_same_bytes_for_the_same_host(served: str) -> None:
    """Links are absolute: the host that was asked is part of the call, and so is the key."""

    def digest(url: str, token: str) -> str:
        seen = hashlib.sha256()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": TYPE, "Host": "localhost"}
        for name in ("a", "b"):
            body = {"data": {"type": "policy-sets", "attributes": {"name": name}}}
            url_ = f"{url}{ORG}/policy-sets"
            seen.update(requests.post(url_, json=body, headers=headers, timeout=10).content)
            seen.update(requests.get(url_, headers=headers, timeout=10).content)
        return seen.hexdigest()

    one, two = mockserver.connect(served).fork(), mockserver.connect(served).fork()
    with mockserver.universe() as other:
        seen = {digest(world.url, world.token) for world in (one, two, other)}
    one.delete()
    two.delete()
    assert len(seen) == 1


def test_clocks_of_tests_stand_and_the_clock_is_part_of_the_answer() -> None:
    with mockserver.universe() as tfe:
        assert not tfe.clock.running
        assert tfe.clock.now == "2019-07-15T00:00:00.000Z"
        made = tfe.client.post(
            f"{ORG}/policy-sets",
            json={"data": {"type": "policy-sets", "attributes": {"name": "a"}}},
        ).json["data"]["attributes"]
        assert made["created-at"] == "2019-07-15T00:00:00.000Z"


def test_ids_and_shares_are_these_for_ever() -> None:
    """Whatever Python runs it: an id that changes breaks the suites of others."""
    with mockserver.universe(key="k") as tfe:
        body = {"data": {"type": "policy-sets", "attributes": {"name": "a"}}}
        made = tfe.client.post(f"{ORG}/policy-sets", json=body).json["data"]["id"]
        tfe.faults.add("off-contract-status", status=503, when={"share": 0.25})
        seen = [tfe.client.get(f"{ORG}/policy-sets").status_code for _ in range(40)]
    assert made == "polset-PWKqEme5b15Zmwm2"
    shares = "".join("x" if status == 503 else "." for status in seen)
    assert shares == "......x.x.x..xxx.xx......xx.x...x...x..."
