"""The detector in `tests/leaks.py` bites, and costs next to nothing."""

from __future__ import annotations

import gc
import time

import pytest

from tests import leaks
from tests.inner_runs import QUIET


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    pytester.makeconftest("from tests.leaks import nothing_is_left_over")
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess(*(f"-pno:{name}" for name in (*QUIET, "xdist")))


def test_a_thread_a_socket_or_a_universe_left_over_fails_the_test_that_left_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaks, "PATIENCE", 0.02)
    result = run(
        pytester,
        """
        import socket, threading

        over, kept = threading.Event(), []

        def test_leaves_a_thread():
            threading.Thread(target=over.wait, name="forgotten-thread").start()

        def test_leaves_a_socket():
            kept.append(socket.create_server(("127.0.0.1", 0)))

        def test_leaves_a_universe_in_the_session_s_server(tfe_server):
            tfe_server.server.universe(key="another", fixture="empty")

        def test_fails_anyhow(tfe_server):
            tfe_server.server.universe(key="of-a-failure", fixture="empty")
            raise AssertionError

        def test_the_one_after_them_is_blamed_for_nothing():
            over.set()
            kept[0].close()
            kept.clear()
        """,
    )
    result.assert_outcomes(passed=4, failed=1, errors=3)
    for test, found in (
        ("leaves_a_thread", "the thread forgotten-thread"),
        ("leaves_a_socket", "the socket <socket.socket fd=*127.0.0.1*"),
        ("leaves_a_universe_in_the_session_s_server", "the universe another"),
    ):
        result.stdout.fnmatch_lines([f"*teardown of test_{test} *", f"left over: {found}"])


def test_what_comes_to_its_end_by_itself_is_not_left_over(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
        import pytest, socket, threading, time
        import mockserver
        from mockserver.pipeline.server import Server

        @pytest.fixture(scope="module")
        def wider():
            with socket.create_server(("127.0.0.1", 0)) as made:
                yield made

        def test_of_a_wider_scope(wider, tfe):
            assert tfe.url

        def test_soon(wider):
            threading.Thread(target=time.sleep, args=(0.05,)).start()

        def test_of_its_own_server():
            Server().universe(key="own", fixture="empty")

        def test_of_a_block():
            with mockserver.universe() as tfe:
                assert tfe.url
        """,
    ).assert_outcomes(passed=4)


def test_a_look_costs_microseconds() -> None:
    started = time.thread_time()
    for _ in range(100):
        assert leaks.left(frozenset(leaks.held())) == []
    assert time.thread_time() - started < 0.1  # a millisecond each, on the slowest machine


def test_what_the_collector_takes_while_one_looks_does_not_disturb_the_look() -> None:
    class Thing:
        def __init__(self) -> None:
            self.me = self

    made = leaks.Made()
    made.watch(Thing)
    before = gc.get_threshold()
    gc.collect()
    try:
        for more in range(1_000):  # wherever in a look the collector begins
            gc.disable()
            Thing()
            gc.set_threshold(gc.get_count()[0] + more % 20 + 1)
            gc.enable()
            assert len(made.alive()) <= 1_000
    finally:
        gc.set_threshold(*before)
        gc.enable()
