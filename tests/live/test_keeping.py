"""`serve --state FILE` keeps the world from run to run, `serve --watch` begins anew when its fixture changes."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.cli import keeping
from mockserver.cli.common import Unusable
from mockserver.pipeline.server import Server, fixture_for
from mockserver.web.app import application
from mockserver.web.testing import ApiClient
from mockserver.world.universe import Universe
from tests.client import SETS, a_set
from tests.live.serving import command, serving
from tests.waiting import until

SOON = 0.01


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    for universe in made.universes:
        made.universes.remove(universe.key)


@pytest.fixture
def universe(server: Server) -> Universe:
    return server.universe(key="k", fixture="documented")


@pytest.fixture
def client(server: Server, universe: Universe) -> ApiClient:
    return ApiClient.of(application(server), "k")


def names(document: Any) -> list[str]:
    return [one["name"] for one in document["organizations"][0]["policy-sets"]]


# the state in a file


def test_a_world_is_kept_at_once_when_it_changes_and_at_the_end(
    universe: Universe, client: ApiClient, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    read = lambda: json.loads(path.read_text(encoding="utf-8"))  # noqa: E731
    with keeping.kept(universe, path, SOON):
        assert names(read()) == ["production"]
        client.post(SETS, json=a_set("staging"))
        until(lambda: names(read()) == ["production", "staging"])
        written = path.stat().st_mtime_ns, path.stat().st_ino
        client.get(SETS)
        time.sleep(10 * SOON)
        assert (path.stat().st_mtime_ns, path.stat().st_ino) == written  # nothing has changed
    with keeping.kept(universe, path, every=60):
        client.post(SETS, json=a_set("last"))
    assert names(read()) == ["production", "staging", "last"]
    assert os.listdir(tmp_path) == ["state.json"]
    assert fixture_for("2019-07", path) == universe.dump()


def test_who_reads_the_file_sees_the_old_one_or_the_new_one_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    keeping.write_whole(path, {"old": 1})

    def fails(number: int) -> None:
        assert json.loads(path.read_text(encoding="utf-8")) == {"old": 1}
        raise OSError(28, "No space left on device")

    with path.open(encoding="utf-8") as begun:  # by somebody who reads meanwhile
        keeping.write_whole(path, {"old": 2})
        assert json.load(begun) == {"old": 1}
    keeping.write_whole(path, {"old": 1})
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="No space left"):
        keeping.write_whole(path, {"new": 2})
    assert json.loads(path.read_text(encoding="utf-8")) == {"old": 1}
    assert os.listdir(tmp_path) == ["state.json"]


def test_what_cannot_be_written_in_between_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
    universe: Universe,
    client: ApiClient,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "state.json"
    with keeping.kept(universe, path, SOON):
        with monkeypatch.context() as full:
            full.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
            client.post(SETS, json=a_set("staging"))
            until(lambda: caplog.messages)
        assert caplog.messages[0] == f"cannot write {path}: No space left"
        until(lambda: "staging" in path.read_text(encoding="utf-8"))


def test_a_world_that_takes_long_to_write_is_written_less_often(
    monkeypatch: pytest.MonkeyPatch, universe: Universe, client: ApiClient, tmp_path: Path
) -> None:
    """Between two writes it waits ten times as long as the one took."""
    began: list[float] = []
    numbers = itertools.count()

    def slow(number: int) -> None:
        began.append(time.monotonic())
        time.sleep(0.02)

    monkeypatch.setattr(os, "fsync", slow)
    with keeping.kept(universe, tmp_path / "state.json", SOON):
        until(lambda: client.post(SETS, json=a_set(f"s{next(numbers)}")) and len(began) > 3)
    assert began[2] - began[1] > 0.2
    assert began[3] - began[2] > 0.2


@pytest.mark.parametrize(
    ("took", "pause"), [(0.001, 0.2), (0.02, 0.2), (0.05, 0.5), (0.1, 1), (0.5, 1), (3, 3)]
)
def test_a_large_world_is_written_once_a_second_and_at_most_half_of_the_time(
    took: float, pause: float
) -> None:
    assert keeping.pause(took) == pause


def test_a_place_that_cannot_be_written_is_said_at_the_start(
    universe: Universe, tmp_path: Path
) -> None:
    place = tmp_path / "nowhere" / "state.json"
    kept = keeping.kept(universe, place)
    with pytest.raises(Unusable, match=r"cannot write .*state\.json: No such file or directory"):
        kept.__enter__()


def test_the_data_of_one_run_is_there_in_the_next_with_its_tokens(tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    with serving("--state", state, "--fixture", "documented") as served:
        served.ask("POST", SETS, a_set("staging"))
        made = served.ask("POST", "/api/v2/organizations/my-organization/authentication-token")
        token = made[1]["data"]["attributes"]["token"]
        assert served.stop() == 0
    with serving("--state", state, "--fixture", "empty") as served:
        shown = served.ask("GET", SETS, None, token)[1]["data"]
        assert [one["attributes"]["name"] for one in shown] == ["production", "staging"]
        served.ask("POST", SETS, a_set("killed"))
        until(lambda: "killed" in Path(state).read_text(encoding="utf-8"))
        os.kill(served.process.pid, signal.SIGKILL)
    with serving("--state", state) as served:
        shown = served.ask("GET", SETS)[1]["data"]
        assert [one["attributes"]["name"] for one in shown] == ["killed", "production", "staging"]


def test_one_file_keeps_the_data_of_one_server_at_a_time_and_a_crash_keeps_nobody_out(
    tmp_path: Path,
) -> None:
    state, link = tmp_path / "state.json", tmp_path / "link.json"
    link.symlink_to(state)
    with serving("--state", str(state)) as served:
        for path in (state, link):
            done = command("serve", "--port", "0", "--state", str(path))
            assert (done.exit_code, done.stdout, done.stderr) == (
                2,
                "",
                f"Error: another `mockserver serve --state` keeps its data in {state}: stop it first, or give "
                "this one another file\n",
            )
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait(10)
    assert {one.name for one in tmp_path.iterdir()} == {
        "state.json",
        ".state.json.lock",
        "link.json",
    }
    with serving("--state", str(state)) as served:
        assert served.stop() == 0
    assert {one.name for one in tmp_path.iterdir()} == {"state.json", "link.json"}


def test_a_lock_that_is_removed_while_it_is_waited_for_is_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.json"
    lock = tmp_path / ".state.json.lock"
    real, removals = keeping._lock, iter([lock.unlink])

    def removed(file: int) -> None:
        next(removals, lambda: None)()  # the second time it stays
        real(file)

    monkeypatch.setattr(keeping, "_lock", removed)
    with keeping.alone(path):
        assert lock.exists()
        with pytest.raises(Unusable, match="keeps its data in"), keeping.alone(path):
            pass
        assert lock.exists()
    assert not lock.exists()


AT_THE_LAST_WRITE = """
import os, signal, sys, threading
from mockserver.cli import run

def hurry(event, arguments):
    last = threading.current_thread() is threading.main_thread() and os.path.exists({flag!r})
    if event == "os.rename" and last:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(hurry)
run()
"""


def test_signals_while_the_data_is_written_for_the_last_time_lose_none(tmp_path: Path) -> None:
    state, flag = tmp_path / "state.json", tmp_path / "flag"
    code = AT_THE_LAST_WRITE.format(flag=str(flag))
    with serving("--state", str(state), command=[sys.executable, "-c", code]) as served:
        assert served.ask("POST", SETS, a_set("late"))[0] == 201
        flag.touch()
        assert served.stop() == 0
    assert "late" in state.read_text(encoding="utf-8")


ORGANIZATION = {
    "data": {"type": "organizations", "attributes": {"name": "kept", "email": "kept@example.com"}}
}


def test_a_state_that_is_called_as_a_fixture_that_ships_is_read_again(tmp_path: Path) -> None:
    place = ("--state", "empty", "--fixture", "empty")
    with serving(*place, cwd=tmp_path) as served:
        served.ask("POST", "/api/v2/organizations", ORGANIZATION)
        assert served.stop() == 0
    with serving(*place, cwd=tmp_path) as served:
        assert served.ask("GET", "/api/v2/organizations/kept")[0] == 200


# a fixture that is watched


WORLD = '{"organizations": [{"name": "acme", "policies": [{"name": "%s"}]}]}'
POLICIES = "/api/v2/organizations/acme/policies"


def put(path: Path, text: str) -> None:
    """As editors do: a new file in the place of the old one."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def test_a_world_begins_anew_when_its_fixture_changes_and_not_when_it_is_wrong(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    path = tmp_path / "world.json"
    path.write_text(WORLD % "first", encoding="utf-8")
    universe = server.universe(key="w", fixture=path)
    client = ApiClient.of(application(server), "w")

    def policies() -> list[str]:
        return [one["attributes"]["name"] for one in client.get(POLICIES).json["data"]]

    def wrong() -> list[str]:
        return [one.getMessage() for one in caplog.records if one.levelname in ("WARNING", "ERROR")]

    with keeping.watched(server, universe, path, SOON):
        client.post("/api/v2/organizations/acme/policy-sets", json=a_set("mine"))
        assert policies() == ["first"]
        put(path, WORLD % "second")
        until(lambda: policies() == ["second"])
        assert client.get("/api/v2/organizations/acme/policy-sets").json["data"] == []
        until(lambda: f"{path} has changed: the world begins anew" in caplog.messages)
        put(path, '{"organizations": [{"nam": "acme"}]}')
        until(lambda: len(wrong()) == 3)
        told, nam, name = wrong()
        assert told == f"{path} has changed and is not taken: 2 faults"
        assert nam.startswith("  /organizations/0/nam: organizations[].nam is not listed")
        assert name.startswith("  /organizations/0/name: organizations[].name is missing")
        assert policies() == ["second"]
        path.unlink()
        until(lambda: len(wrong()) > 3)
        time.sleep(5 * SOON)
        assert wrong()[3:] == [f"{path} is gone: the world stays as it is until there is one again"]
        path.write_text(WORLD % "third", encoding="utf-8")
        until(lambda: policies() == ["third"])
        client.delete("/api/v2/organizations/acme")
        universe.reset()  # goes back to the file as it was read last
        assert policies() == ["third"]


def test_serve_watches_its_fixture(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    path.write_text(WORLD % "first", encoding="utf-8")
    with serving("--fixture", str(path), "--watch") as served:

        def policies() -> list[str]:
            shown = served.ask("GET", POLICIES)[1]["data"]
            return [one["attributes"]["name"] for one in shown]

        assert policies() == ["first"]
        put(path, WORLD % "second")
        until(lambda: policies() == ["second"])
        until(lambda: any("has changed: the world begins anew" in line for line in served.lines))


def test_a_watched_file_that_is_called_as_a_fixture_that_ships_stays_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "documented"
    path.write_text(WORLD % "first", encoding="utf-8")
    with serving("--fixture", "documented", "--watch", cwd=tmp_path) as served:
        assert served.ask("GET", POLICIES)[1]["data"][0]["attributes"]["name"] == "first"
        put(path, WORLD % "second")
        until(lambda: any("has changed: the world begins anew" in line for line in served.lines))
        assert served.ask("GET", POLICIES)[1]["data"][0]["attributes"]["name"] == "second"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--watch", "--state", "s.json"), "--watch and --state exclude each other"),
        (("--watch",), "--watch needs a file as --fixture; 'documented' is none."),
        (
            ("--watch", "--fixture", "no.json"),
            "--watch needs a file as --fixture; 'no.json' is none.",
        ),
        (("--state", "s.yaml"), "--state writes JSON: 's.yaml' must end in .json."),
    ],
)
def test_what_cannot_go_together_is_said(options: tuple[str, ...], said: str) -> None:
    done = command("serve", "--port", "0", *options)
    assert done.exit_code == 2
    assert said in done.output
