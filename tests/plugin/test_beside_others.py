"""Beside the plugins that people have: each keeps its fixtures, and we keep ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.mark.slow
def test_beside_pytest_flask_whose_app_client_and_live_server_stay_its_own(run: Run) -> None:
    run(
        """
        import flask, pytest, requests
        SETS = "/api/v2/organizations/my-organization/policy-sets"

        @pytest.fixture(scope="session")
        def app():
            app = flask.Flask("theirs")

            @app.get("/sets")
            def sets():
                headers = {"Authorization": "Bearer " + flask.request.args["token"]}
                answer = requests.get(flask.request.args["url"] + SETS, headers=headers)
                return [one["attributes"]["name"] for one in answer.json()["data"]]

            return app

        @pytest.fixture
        def where(tfe):
            return {"url": tfe.url, "token": tfe.token}

        def test_client(client, tfe, where):
            assert client.application.name == "theirs"
            assert client.get("/sets", query_string=where).json == ["production"]
            assert tfe.client.application.name == "mockserver"
            assert tfe.client.get(SETS).status_code == 200
            tfe.journal.expect("list-policy-sets", count=2)

        def test_live_server(live_server, tfe, where):
            assert live_server.app.name == "theirs"
            assert live_server.url() != tfe.url
            answer = requests.get(live_server.url("/sets"), params=where)  # in a process of its own
            assert answer.json() == ["production"]
            tfe.journal.expect("list-policy-sets", count=1)

        def test_context(client, tfe):
            with client.application.test_request_context():
                assert flask.current_app.name == "theirs"
                assert tfe.client.get(SETS).status_code == 200
                assert flask.current_app.name == "theirs"
        """,
        "-pflask",
        process=True,
    ).assert_outcomes(passed=3)


@pytest.mark.slow
def test_our_application_as_pytest_flask_s_app(run: Run) -> None:
    run(
        """
        import pytest, mockserver

        @pytest.fixture(scope="session")
        def app():
            return mockserver.create_app()

        def test_it(client, tfe):
            headers = {"Authorization": "Bearer test-token"}
            assert client.get("/api/v2/organizations", headers=headers).status_code == 200
            assert len(tfe.journal) == 0
        """,
        process=True,
    ).assert_outcomes(passed=1)


@pytest.mark.slow
def test_beside_pytest_xdist_each_worker_has_one_server(
    run: Run, pytester: pytest.Pytester
) -> None:
    run(
        """
        import os, pytest, requests
        SETS = "/api/v2/organizations/my-organization/policy-sets"

        @pytest.mark.parametrize("time", range(30))
        def test_it(tfe, time):
            headers = {"Authorization": "Bearer " + tfe.token,
                       "Content-Type": "application/vnd.api+json"}
            for n in range(3):
                body = {"data": {"type": "policy-sets", "attributes": {"name": f"s{n}"}}}
                assert requests.post(tfe.url + SETS, json=body, headers=headers).status_code == 201
            assert len(tfe.journal) == 3
            assert tfe.journal.exchanges()[0].response["data"]["id"] == "polset-PWKqEme5b15Zmwm2"
            with open("worker-" + os.environ["PYTEST_XDIST_WORKER"], "a") as seen:
                seen.write(tfe.url + "\\n")
        """,
        "-n2",
        process=True,
    ).assert_outcomes(passed=30)
    seen = [set(path.read_text().split()) for path in pytester.path.glob("worker-*")]
    assert [len(urls) for urls in seen] == [1, 1]
    assert seen[0] != seen[1]


def test_under_xdist_a_broken_contract_and_its_exchanges_are_reported(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.tfe(strict=True)
        def test_it(tfe):
            tfe.client.get("/api/v2/organizations?x=1")
        """,
        "-n2",
        process=True,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["not in the contract: list-organizations*", "422 GET /api/v2/organizations*"]
    )


@pytest.mark.slow
def test_beside_pytest_asyncio_with_httpx(run: Run) -> None:
    pytest.importorskip("pytest_asyncio")
    run(
        """
        import asyncio, httpx, pytest, pytest_asyncio
        SETS = "/api/v2/organizations/my-organization/policy-sets"
        TYPE = "application/vnd.api+json"

        @pytest_asyncio.fixture
        async def http(tfe):
            headers = {"Authorization": f"Bearer {tfe.token}", "Content-Type": TYPE}
            async with httpx.AsyncClient(base_url=tfe.url, headers=headers) as client:
                yield client

        @pytest.mark.asyncio
        async def test_many_at_once(tfe, http):
            async def make(n):
                body = {"data": {"type": "policy-sets", "attributes": {"name": f"s{n}"}}}
                return (await http.post(SETS, json=body)).status_code
            assert await asyncio.gather(*(make(n) for n in range(20))) == [201] * 20
            tfe.journal.expect("create-policy-set", count=20)

        @pytest.mark.asyncio
        async def test_in_process(tfe):
            assert tfe.client.get(SETS).status_code == 200

        @pytest.mark.asyncio
        @pytest.mark.tfe(strict=True)
        async def test_broken(tfe, http):
            assert (await http.get(SETS + "?x=1")).status_code == 422
        """,
        "-oasyncio_default_fixture_loop_scope=function",
        "-Werror",
        process=True,
        also=("asyncio",),
    ).assert_outcomes(passed=2, failed=1)


@pytest.mark.slow
def test_beside_pytest_randomly_nothing_depends_on_order_or_its_seed(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytest.importorskip("pytest_randomly")
    source = """
        import pytest, random
        SETS = "/api/v2/organizations/my-organization/policy-sets"

        @pytest.mark.parametrize("time", range(10))
        def test_it(tfe, time):
            random.random()
            body = {"data": {"type": "policy-sets", "attributes": {"name": f"s{time}"}}}
            made = tfe.client.post(SETS, json=body).json["data"]
            assert made["id"] == "polset-PWKqEme5b15Zmwm2"
            tfe.faults.add("off-contract-status", status=503, when={"share": 0.5})
            seen = [tfe.client.get(SETS).status_code for _ in range(20)]
            with open("shares", "a") as file:
                file.write(str(seen) + "\\n")
        """
    for seed in (1, 2):
        result = run(source, f"--randomly-seed={seed}", process=True, also=("randomly",))
        result.assert_outcomes(passed=10)
        result.stdout.fnmatch_lines([f"Using --randomly-seed={seed}"])
    shares = pytester.path.joinpath("shares").read_text().splitlines()
    assert len(shares) == 20
    assert len(set(shares)) == 1


def test_in_unittest_with_and_without_pytest(run: Run, pytester: pytest.Pytester) -> None:
    source = """
        import unittest

        import requests

        import mockserver

        SETS = "/api/v2/organizations/my-organization/policy-sets"


        class TestSets(unittest.TestCase):
            def setUp(self):
                self.tfe = self.enterContext(mockserver.universe(fixture="documented"))

            def test_in_process(self):
                self.assertEqual(self.tfe.client.get(SETS).status_code, 200)
                self.tfe.journal.expect("list-policy-sets", count=1)

            def test_over_a_socket(self):
                headers = {"Authorization": "Bearer " + self.tfe.token}
                answer = requests.get(self.tfe.url + SETS, headers=headers, timeout=10)
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(len(self.tfe.journal), 1)


        class TestBroken(unittest.TestCase):
            def test_it(self):
                tfe = self.enterContext(mockserver.universe(strict=True))
                self.assertEqual(tfe.client.get(SETS + "?x=1").status_code, 422)
        """
    result = run(source, "-Werror")
    result.assert_outcomes(passed=2, failed=1)
    done = subprocess.run(
        [
            sys.executable,
            "-Werror",
            "-m",
            "unittest",
            "-v",
            *(p.stem for p in pytester.path.glob("*.py")),
        ],
        cwd=pytester.path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Ran 3 tests" in done.stderr
    assert "FAILED (failures=1)" in done.stderr
    assert "not in the contract: list-policy-sets (edition 2019-07)" in done.stderr
    assert "ResourceWarning" not in done.stderr


def test_the_fixture_in_a_unittest_class(run: Run) -> None:
    result = run(
        """
        import unittest, pytest
        SETS = "/api/v2/organizations/my-organization/policy-sets"

        @pytest.mark.tfe(strict=True)
        class TestSets(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _world(self, tfe):
                self.tfe = tfe

            def test_good(self):
                assert self.tfe.client.get(SETS).status_code == 200

            def test_broken(self):
                assert self.tfe.client.get(SETS + "?x=1").status_code == 422
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["not in the contract: list-policy-sets*"])


@pytest.mark.slow
def test_beside_all_of_them_at_once(run: Run) -> None:
    run(
        """
        def test_it(tfe):
            assert tfe.client.get("/api/v2/organizations").status_code == 200
        """,
        "-n2",
        "-oasyncio_default_fixture_loop_scope=function",
        process=True,
        also=("asyncio", "randomly", "cacheprovider"),
    ).assert_outcomes(passed=1)
