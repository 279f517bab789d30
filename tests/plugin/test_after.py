"""A world used after its test: a clear error, never another test's data."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

import mockserver
from mockserver.client import Gone

Run = Callable[..., pytest.RunResult]


def test_a_handle_says_which_test_it_belonged_to(run: Run) -> None:
    run(
        """
        import pytest, requests
        from mockserver.client import Gone
        kept = {}

        def test_one(tfe):
            kept.update(tfe=tfe, client=tfe.client, fork=tfe.fork(), url=tfe.url, token=tfe.token)

        def test_two(tfe):
            old = kept["tfe"]
            said = r"the world of this key is gone: its test .*py::test_one is over"
            for use in (
                old.state, old.reset, old.check, old.fork, old.delete, old.journal.clear,
                old.journal.to_har, old.faults.clear, old.clock.run,
                lambda: old.seed("empty"), lambda: old.snapshot("a"), lambda: old.clock.now,
                lambda: list(old.faults), lambda: list(old.journal), lambda: len(old.journal),
                lambda: old.journal.expect("create-policy-set"),
                lambda: old.faults.add("lag"),
                lambda: old.client.get("/api/v2/organizations"),
                lambda: kept["client"].get("/api/v2/organizations"),
                lambda: kept["client"].post("/_mock/reset"),
                kept["fork"].state,
                lambda: kept["fork"].client.get("/api/v2/organizations"),
            ):
                with pytest.raises(Gone, match=said):
                    use()
            assert len(tfe.journal) == 0

        def test_over_a_socket(tfe, tfe_server):
            headers = {"Authorization": "Bearer " + kept["token"]}
            api = requests.get(tfe.url + "/api/v2/organizations", headers=headers)
            assert (api.status_code, api.json()) == (
                401, {"errors": [{"status": "401", "title": "unauthorized"}]})
            last = list(tfe_server.server.universes.journal)[-1]
            assert "its test" in last.why and "test_one is over" in last.why
            control = requests.get(tfe.url + "/_mock/state", headers=headers)
            assert control.status_code == 401
            assert "test_one is over" in control.json()["errors"][0]["detail"]
            assert len(tfe.journal) == 0
        """
    ).assert_outcomes(passed=3)


def test_a_thread_that_outlives_its_test_meets_no_other_world(run: Run) -> None:
    run(
        """
        import threading, time, requests
        SETS = "/api/v2/organizations/my-organization/policy-sets"
        seen, go, over = [], threading.Event(), threading.Event()

        def body(name):
            return {"data": {"type": "policy-sets", "attributes": {"name": name}}}

        def late(url, token):
            go.wait(10)
            headers = {"Authorization": f"Bearer {token}",
                       "Content-Type": "application/vnd.api+json"}
            seen.append(requests.post(url + SETS, json=body("late"), headers=headers).status_code)
            over.set()

        def test_one(tfe):
            threading.Thread(target=late, args=(tfe.url, tfe.token)).start()

        def test_two(tfe):
            go.set()
            over.wait(10)
            assert seen == [401]
            assert len(tfe.journal) == 0
            assert [s["attributes"]["name"] for s in tfe.client.get(SETS).json["data"]] == ["production"]
        """
    ).assert_outcomes(passed=2)


def test_the_second_run_of_one_test_is_not_the_world_of_the_first(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(
        """
        def pytest_runtest_protocol(item, nextitem):  # as pytest-rerunfailures and flaky do
            from _pytest.runner import runtestprotocol
            for time in range(2):
                item._initrequest()
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
            for report in reports:
                item.ihook.pytest_runtest_logreport(report=report)
            return True
        """
    )
    run(
        """
        import pytest
        from mockserver.client import Gone
        kept = []

        def test_one(tfe):
            kept.append(tfe)
            if len(kept) == 2:
                assert kept[0].token != kept[1].token
                with pytest.raises(Gone, match="test_one is over"):
                    kept[0].state()
                tfe.state()

        def test_two():
            assert len(kept) == 2
        """
    ).assert_outcomes(passed=2)


def test_what_a_test_leaves_behind_does_not_delay_the_end(run: Run) -> None:
    """A request that waits because of a fault goes on when its test is over."""
    result = run(
        """
        import pytest, requests

        def test_slow(tfe):
            tfe.faults.add("latency", seconds=60)
            headers = {"Authorization": "Bearer " + tfe.token}
            with pytest.raises(requests.Timeout):
                requests.get(tfe.url + "/api/v2/organizations", headers=headers, timeout=0.2)
        """
    )
    result.assert_outcomes(passed=1)
    assert result.duration < 10


def test_worlds_of_a_wider_fixture_are_left_alone(run: Run) -> None:
    run(
        """
        import pytest, requests, mockserver

        @pytest.fixture(scope="module")
        def shared(tfe_server):
            made = tfe_server.server.universe(key="shared", fixture="documented")
            yield mockserver.connect(tfe_server.url, made.key)

        @pytest.mark.parametrize("time", [1, 2])
        def test_it(tfe, shared, time):
            assert shared.client.get("/api/v2/organizations").status_code == 200
            assert len(shared.journal) == time
            assert len(tfe.journal) == 0
        """
    ).assert_outcomes(passed=2)


def test_a_universe_is_gone_after_its_block() -> None:
    with mockserver.universe() as tfe:
        client = tfe.client
    with pytest.raises(Gone, match="is gone: its `with` block has ended"):
        tfe.state()
    with pytest.raises(Gone, match="is gone: its `with` block has ended"):
        client.get("/api/v2/organizations")


def test_worlds_do_not_stay_in_memory_when_their_tests_are_over(run: Run) -> None:
    gc.collect()
    gc.freeze()  # the thirty collections look through what this test has made, and no more
    run(
        """
        import gc, pytest
        from mockserver.world.universe import Universe

        @pytest.mark.parametrize("time", range(30))
        def test_it(tfe, time):
            tfe.client.get("/api/v2/organizations")
            tfe.fork().client.get("/api/v2/organizations")
            gc.collect()
            alive = [one for one in gc.get_objects() if type(one) is Universe]
            assert len([one for one in alive if one.gone and "::test_it" in one.gone]) <= 4
        """
    ).assert_outcomes(passed=30)


def test_a_failure_in_what_cleans_up_shows_the_exchanges_too(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.fixture
        def cleans(tfe):
            yield
            tfe.client.get("/api/v2/organizations")
            raise RuntimeError("of its own")

        def test_it(cleans):
            pass
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["200 GET /api/v2/organizations  list-organizations"])


def test_faults_on_a_socket_leave_nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    import requests

    with mockserver.universe() as tfe:
        headers = {"Authorization": f"Bearer {tfe.token}"}
        for fault in ("off-contract-closed", "off-contract-cut"):
            tfe.faults.add(fault)
            with pytest.raises(requests.RequestException):
                requests.get(tfe.url + "/api/v2/organizations", headers=headers, timeout=10)
    assert capfd.readouterr() == ("", "")
