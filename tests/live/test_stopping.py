"""How a server starts and comes to its end: signals, stuck clients, a log that nobody reads."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver.stopping import ECHO
from mockserver.web.app import create_app
from mockserver.web.serving import LiveServer
from tests.client import JSONAPI, SET, SETS, a_set, connected
from tests.examples import examples
from tests.waiting import until

from .serving import COMMAND, Served, clean, serving
from .test_nobody_waits import head, lines_to

LATENCY = {"fault": "latency", "when": "all", "seconds": 600}


def stuck(served: Served, stack: ExitStack) -> None:
    """A hundred clients that stall: in a head, in a body, in a latency."""
    lines_to(served, stack, b"GET /api/v2/ping HTTP/1.1\r\nHost: loc", 40)
    lines_to(served, stack, head("POST", SETS, "Content-Length: 1000"), 40)
    assert served.ask("PUT", "/_mock/faults", {"faults": [LATENCY]})[0] == 200
    lines_to(served, stack, head("GET", SET), 20)
    until(lambda: served.fired() >= 20)  # they came last: those before them are taken too


def refuses(served: Served) -> bool:
    """Whether it takes no connection any more."""
    try:
        with connected(served.url) as line:
            line.connect()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.slow
def test_stuck_clients_hold_a_stop_for_the_grace_and_no_longer() -> None:
    with serving("--grace", "1") as served, ExitStack() as stack:
        stuck(served, stack)
        began = time.monotonic()
        assert served.stop() == 0
        assert 0.9 < time.monotonic() - began < 3


def test_clients_that_are_stuck_in_a_head_hold_no_stop() -> None:
    with serving("--grace", "10") as served, ExitStack() as stack:
        lines_to(served, stack, b"GET /api/v2/ping HTTP/1.1\r\nHost: loc", 40)
        began = time.monotonic()
        assert served.stop() == 0
        assert time.monotonic() - began < 2


def test_a_signal_that_timeout_sends_twice_is_one(tmp_path: Path) -> None:
    """To the process and to its group: what it keeps is written, and it ends with 0."""
    state = tmp_path / "state.json"
    with serving("--state", str(state)) as served:
        assert served.ask("POST", SETS, a_set("late"))[0] == 201
        for _ in range(3):
            served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=20) == 0
    assert "late" in state.read_text(encoding="utf-8")


def in_a_terminal(*options: str) -> tuple[subprocess.Popen[str], int]:
    """`serve` in the foreground of a terminal of its own, and the end of it that a person has."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *options], env=clean(), start_new_session=True,
        stdin=its, stdout=its, stderr=its, text=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(its)
    return process, ours


def test_a_terminal_that_is_closed_ends_it_as_sigterm_does(tmp_path: Path) -> None:
    """What was begun is finished, and what it keeps is written."""
    state, ready = tmp_path / "state.json", tmp_path / "ready.json"
    process, terminal = in_a_terminal("--state", str(state), "--ready-file", str(ready))
    try:
        until(lambda: ready.exists() or process.poll() is not None)
        served = Served(process, url=json.loads(ready.read_text())["url"])
        with ExitStack() as stack:
            body = json.dumps(a_set("late")).encode()
            begun = head("POST", SETS, f"Content-Length: {len(body)}") + body[:9]
            (line,) = lines_to(served, stack, begun, 1)
            os.close(terminal)
            until(lambda: refuses(served))
            line.sendall(body[9:])
            assert line.recv(99).startswith(b"HTTP/1.1 201 ")
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
    assert "late" in state.read_text(encoding="utf-8")


def test_under_nohup_it_outlives_its_terminal() -> None:
    with serving(command=["nohup", *COMMAND]) as served:
        served.process.send_signal(signal.SIGHUP)
        time.sleep(2 * ECHO)
        assert served.ask("GET", SET)[0] == 200
        assert served.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(how: signal.Signals) -> None:
    with serving("--grace", "30") as served, ExitStack() as stack:
        stuck(served, stack)
        served.process.send_signal(signal.SIGTERM)
        until(lambda: refuses(served))
        time.sleep(ECHO)
        assert served.process.poll() is None
        began = time.monotonic()
        assert served.stop(how) == 128 + how
        assert time.monotonic() - began < 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_the_ready_line_ends_it_with_0(how: signal.Signals) -> None:
    for _ in range(examples(5)):
        with serving() as served:
            assert served.stop(how) == 0
            assert not any("Aborted" in line or "Traceback" in line for line in served.lines)


def test_the_ready_file_is_there_when_the_ready_line_is(tmp_path: Any) -> None:
    file = tmp_path / "ready.json"
    with serving("--ready-file", str(file)) as served:
        assert json.loads(file.read_text()) == {
            "url": served.url,
            "token": "test-token",
            "edition": "2019-07",
        }


def test_a_ready_file_that_cannot_be_written_ends_it_with_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0", "--ready-file", "nowhere/ready.json"], timeout=30,
        env=clean(), cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    said = "Error: cannot write nowhere/ready.json: No such file or directory\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.slow
@pytest.mark.parametrize("stuck", [False, True])
def test_under_load_every_write_that_was_begun_is_answered(stuck: bool) -> None:
    """What was answered stands in the log; who got no answer finds the connection refused or closed
    before a byte of it."""
    with serving("--grace", "1") as served, ExitStack() as stack:
        if stuck:
            lines_to(served, stack, head("POST", SETS, "Content-Length: 1000"), 40)
        answered: list[int] = []
        broken: list[str] = []
        over = threading.Event()

        def work(thread: int) -> None:
            n = 0
            while not over.is_set():
                try:
                    with connected(served.url, 10) as line:
                        for _ in range(20):
                            n += 1
                            body = json.dumps(a_set(f"t{thread}-{n}"))
                            headers = {
                                "Authorization": "Bearer test-token",
                                "Content-Type": JSONAPI,
                            }
                            line.request("POST", SETS, body, headers)
                            answer = line.getresponse()
                            answered.append(answer.status)
                            assert json.loads(answer.read())["data"]["id"]
                except OSError:
                    if served.process.poll() is not None:
                        return
                except ValueError as error:
                    broken.append(str(error))

        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(work, thread) for thread in range(8)]
            until(lambda: len(answered) > 200)
            assert served.stop() == 0
            over.set()
            for future in running:
                future.result()
        assert broken == []
        assert set(answered) == {201}
        logged = [line for line in served.logged() if line.startswith("201 POST")]
        assert len(logged) == len(answered)


@pytest.mark.slow
def test_a_log_that_nobody_reads_holds_up_no_request_and_no_stop() -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=clean(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)  # full after a hundred lines
        url = process.stdout.readline().split()[3]
        with connected(url, 10) as line:
            for _ in range(600):
                line.request("GET", SET, headers={"Authorization": "Bearer test-token"})
                answer = line.getresponse()
                answer.read()
                assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_a_log_whose_reader_is_slow_says_how_many_lines_it_lost() -> None:
    reading, writing = os.pipe()
    script = (
        "import logging, os, sys, time\n"
        "from mockserver.web import logs\n"
        f"stream = os.fdopen({writing}, 'w')\n"
        "with logs.to(stream):\n"
        "    log = logging.getLogger('mockserver')\n"
        "    for n in range(60_000): log.info('line %s', n)\n"
        "    print('written', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], pass_fds=[writing], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(writing)
    with process, os.fdopen(reading) as log:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        lines, lost = [], 0
        for line in log:
            if "were dropped" in line:
                lost += int(line.split()[0][1:])
            else:
                lines.append(line)
            if len(lines) + lost == 60_000:
                break
        assert lost > 0
        assert lines[0] == "line 0\n"
        process.communicate("over\n", timeout=20)


def test_quiet_prints_the_ready_line_alone() -> None:
    with serving("--quiet") as served:
        assert served.ask("GET", SET)[0] == 200
        assert served.stop() == 0
        assert len(served.lines) == 1


def test_python_m_mockserver_is_the_command() -> None:
    done = subprocess.run(
        [*COMMAND, "serve", "--help"], env=clean(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: mockserver serve [OPTIONS]")


def test_on_every_address_it_is_reached_by_this_machine_too() -> None:
    with serving("--host", "0.0.0.0", "--control-token", "control", "--token", "key") as served:
        assert urlsplit(served.url).hostname == "127.0.0.1"
        assert served.ask("GET", SET)[0] == 200


def test_a_server_that_was_never_started_stops_and_frees_its_port() -> None:
    server = LiveServer(create_app())
    for _ in range(2):
        server.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((server.host, server.port))


def test_a_server_that_is_started_twice_has_one_thread() -> None:
    with LiveServer(create_app()) as live:
        before = threading.active_count()
        assert live.start() is live
        assert threading.active_count() == before


def test_no_thread_and_no_descriptor_is_left_when_a_server_has_stopped() -> None:
    with LiveServer(create_app()) as live, connected(live.url) as line:
        line.request("GET", "/")
        assert line.getresponse().status == 200
    before = set(threading.enumerate()), len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with LiveServer(create_app()) as live, connected(live.url) as line:
            for path in ("/", SET, "/_mock/universe", "/_mock/state"):
                line.request("GET", path, headers={"Authorization": "Bearer test-token"})
                assert line.getresponse().read()
    until(lambda: not {t for t in threading.enumerate() if t.is_alive()} - before[0])
    assert len(os.listdir("/proc/self/fd")) <= before[1]


def test_a_server_that_is_stopped_from_many_threads_stops_once() -> None:
    for _ in range(10):
        live = LiveServer(create_app()).start()
        begin = threading.Barrier(4)

        def stop(live: LiveServer = live, begin: threading.Barrier = begin) -> None:
            begin.wait()
            live.stop()

        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(stop) for _ in range(4)]:
                future.result(timeout=20)
