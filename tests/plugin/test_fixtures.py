"""The fixtures and their options, through inner runs of pytest."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import QUIET

Run = Callable[..., pytest.RunResult]


def test_every_test_has_a_world_of_its_own(run: Run) -> None:
    run(
        """
        import pytest
        SETS = "/api/v2/organizations/my-organization/policy-sets"

        @pytest.mark.parametrize("time", [1, 2, 3])
        def test_create(tfe, time):
            body = {"data": {"type": "policy-sets", "attributes": {"name": "staging"}}}
            made = tfe.client.post(SETS, json=body)
            assert made.status_code == 201
            assert made.json["data"]["id"] == "polset-PWKqEme5b15Zmwm2"
            assert len(tfe.journal) == 1
            assert tfe.clock.now == "2019-07-15T00:00:00.000Z"
            assert not tfe.clock.running

        def test_nothing_is_left(tfe):
            assert [s["id"] for s in tfe.client.get(SETS).json["data"]] == ["polset-3yVQZvHzf5j3WRJ1"]
        """
    ).assert_outcomes(passed=4)


def test_the_server_starts_with_the_first_use_of_url_and_is_one_a_session(run: Run) -> None:
    run(
        """
        import requests, threading, urllib.request
        urls = []

        def test_no_socket(tfe, tfe_server):
            tfe.client.get("/api/v2/organizations")
            assert not tfe_server.started
            assert not [t for t in threading.enumerate() if t.name.startswith("mockserver")]

        def test_url(tfe, tfe_server):
            urls.append(tfe.url)
            assert tfe_server.started and tfe_server.url == tfe.url
            headers = {"Authorization": "Bearer " + tfe.token}
            assert requests.get(tfe.url + "/api/v2/organizations", headers=headers).ok
            tfe.journal.expect("list-organizations", count=1)

        def test_the_same(tfe, tfe_server):
            assert tfe.url == urls[0] == tfe_server.url
            assert tfe.token not in urls
            assert len(tfe_server.server.universes) == 1
        """,
        process=True,
    ).assert_outcomes(passed=3)


def test_tfe_env_sets_the_environment_for_the_test_alone(run: Run) -> None:
    run(
        """
        import os

        def test_before():
            assert "TFE_ADDRESS" not in os.environ

        def test_env(tfe, tfe_env):
            assert tfe_env is tfe
            assert {n: os.environ[n] for n in tfe.env} == tfe.env
            assert tfe.env == {
                "TFE_ADDRESS": tfe.url,
                "TFE_TOKEN": tfe.token,
                "TFE_HOSTNAME": tfe.url.removeprefix("http://"),
                "NO_PROXY": "127.0.0.1,localhost,::1",
                "no_proxy": "127.0.0.1,localhost,::1",
            }

        def test_after(tfe):
            assert "TFE_ADDRESS" not in os.environ
        """
    ).assert_outcomes(passed=3)


MARKED = """
    import pytest
    import pathlib

    @pytest.mark.tfe(fixture="empty", seed=7, now="2020-01-01T00:00:00Z", strict=True)
    def test_marked(tfe):
        assert tfe.state()["organizations"] == []
        assert tfe.clock.now == "2020-01-01T00:00:00.000Z"
        made = tfe.client.post("/api/v2/organizations", json={"data": {
            "type": "organizations", "attributes": {"name": "a", "email": "a@example.com"}}})
        assert made.json["data"]["attributes"]["created-at"] == "2020-01-01T00:00:00.000Z"

    @pytest.mark.tfe(fixture={"organizations": [{"name": "acme"}]}, edition="2019-07")
    class TestDocument:
        def test_class(self, tfe):
            assert [o["name"] for o in tfe.state()["organizations"]] == ["acme"]

        @pytest.mark.tfe(fixture="worlds/here.json")
        def test_the_closest_counts(self, tfe):
            assert [o["name"] for o in tfe.state()["organizations"]] == ["here"]

        @pytest.mark.tfe(fixture=pathlib.Path("worlds/here.json"))
        def test_a_path(self, tfe):
            assert [o["name"] for o in tfe.state()["organizations"]] == ["here"]

        @pytest.mark.tfe(now=None, seed=1)
        def test_the_rest_stays(self, tfe):
            assert [o["name"] for o in tfe.state()["organizations"]] == ["acme"]
"""


def test_the_marker_says_which_world(run: Run, pytester: pytest.Pytester) -> None:
    pytester.mkdir("worlds").joinpath("here.json").write_text('{"organizations":[{"name":"here"}]}')
    run(MARKED, "--strict-markers").assert_outcomes(passed=5)


def test_a_path_is_looked_for_beside_the_test_then_in_the_root(
    pytester: pytest.Pytester,
) -> None:
    root = pytester.mkdir("worlds")
    root.joinpath("root.json").write_text('{"organizations":[{"name":"root"}]}')
    inner = pytester.mkpydir("inner")
    inner.joinpath("near.json").write_text('{"organizations":[{"name":"near"}]}')
    inner.joinpath("test_it.py").write_text(
        "import pytest\n"
        "@pytest.mark.tfe(fixture='near.json')\n"
        "def test_near(tfe): assert tfe.state()['organizations'][0]['name'] == 'near'\n"
        "@pytest.mark.tfe(fixture='worlds/root.json')\n"
        "def test_root(tfe): assert tfe.state()['organizations'][0]['name'] == 'root'\n"
        "def test_ini(tfe): assert tfe.state()['organizations'][0]['name'] == 'root'\n"
    )
    pytester.makeini("[pytest]\ntfe_fixture = worlds/root.json")
    elsewhere = pytester.mkdir("elsewhere")
    arguments = (
        str(inner),
        "-c",
        str(pytester.path / "tox.ini"),
        *(f"-pno:{name}" for name in QUIET),
    )
    pytester.run(
        *("sh", "-c", f"cd {elsewhere} && exec {sys.executable} -m pytest " + " ".join(arguments))
    ).assert_outcomes(passed=3)


def test_the_ini_file_says_the_same(run: Run) -> None:
    run(
        """
        import pytest

        def test_ini(tfe):
            assert tfe.state()["organizations"] == []
            assert tfe.clock.now == "2021-01-01T00:00:00.000Z"
            first = {"data": {"type": "organizations", "attributes": {"name": "a", "email": "a@b.c"}}}
            assert tfe.client.post("/api/v2/organizations?x=1", json=first).status_code == 422
            tfe.journal.clear()

        @pytest.mark.tfe(fixture="documented", strict=False)
        def test_the_marker_counts_more(tfe):
            assert tfe.client.get("/api/v2/organizations?x=1").status_code == 200
            assert tfe.clock.now == "2021-01-01T00:00:00.000Z"
        """,
        ini="tfe_fixture = empty\ntfe_edition = 2019-07\ntfe_strict = true\ntfe_seed = 3\n"
        "tfe_now = 2021-01-01T00:00:00Z",
    ).assert_outcomes(passed=2)


def test_a_baseline_is_loaded_once_a_session_and_forked(run: Run) -> None:
    run(
        """
        import pytest
        from mockserver.world import fixtures

        @pytest.fixture(scope="session")
        def loads():
            seen, seed = [], fixtures.seed
            def counting(*arguments, **options):
                seen.append(arguments)
                return seed(*arguments, **options)
            fixtures.seed = counting
            yield seen
            fixtures.seed = seed

        @pytest.mark.parametrize("time", range(20))
        def test_it(loads, tfe, time):
            loads.append(None) if time == 0 else None
            first = loads.index(None)
            assert len(loads) == first + 1
            assert tfe.state()
        """
    ).assert_outcomes(passed=20)


def test_fixtures_of_a_test_may_prepare_its_world(run: Run) -> None:
    run(
        """
        import pytest

        @pytest.fixture
        def acme(tfe):
            return tfe.seed({"organizations": [{"name": "acme", "policies": [{"name": "p"}]}]})

        def test_it(acme, tfe):
            assert tfe.client.get("/api/v2/policies/" + acme["policies"]["acme/p"]).status_code == 200
        """
    ).assert_outcomes(passed=1)


def test_a_test_may_spawn_threads(run: Run) -> None:
    run(
        """
        import requests
        from concurrent.futures import ThreadPoolExecutor
        SETS = "/api/v2/organizations/my-organization/policy-sets"

        def body(name):
            return {"data": {"type": "policy-sets", "attributes": {"name": name}}}

        def test_in_process(tfe):
            with ThreadPoolExecutor(8) as pool:
                seen = pool.map(
                    lambda n: tfe.client.post(SETS, json=body(f"s{n}")).status_code, range(100)
                )
                assert set(seen) == {201}
            calls = tfe.journal.expect("create-policy-set", count=100, status=201)
            assert len({call.response["data"]["id"] for call in calls}) == 100
            assert [call.n for call in tfe.journal] == list(range(1, 101))
            assert all(len(tfe.journal.changes(call)) == 1 for call in calls)

        def test_over_a_socket(tfe):
            headers = {"Authorization": f"Bearer {tfe.token}",
                       "Content-Type": "application/vnd.api+json"}
            def call(n):
                return requests.post(tfe.url + SETS, json=body(f"s{n}"), headers=headers).status_code
            with ThreadPoolExecutor(8) as pool:
                assert set(pool.map(call, range(100))) == {201}
            tfe.journal.expect("create-policy-set", count=100, status=201)
            assert len(tfe.journal) == 100
        """
    ).assert_outcomes(passed=2)


def test_a_fixture_in_yaml_or_toml_is_found_beside_the_test(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makefile(".yaml", mine="organizations: [{name: acme}]")
    pytester.makefile(".toml", mine="organizations = [{name = 'acme'}]")
    run(
        """
        import pytest

        @pytest.mark.tfe(fixture="mine.yaml")
        def test_yaml(tfe):
            assert [one["name"] for one in tfe.state()["organizations"]] == ["acme"]

        @pytest.mark.tfe(fixture="mine.toml")
        def test_toml(tfe):
            assert [one["name"] for one in tfe.state()["organizations"]] == ["acme"]
        """
    ).assert_outcomes(passed=2)


def test_a_path_of_the_name_of_a_fixture_that_ships_is_the_file_beside_the_test(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.path.joinpath("empty").write_text('{"organizations": [{"name": "acme"}]}')
    run(
        """
        from pathlib import Path
        import pytest

        def names(tfe):
            return [one["name"] for one in tfe.state().get("organizations", [])]

        @pytest.mark.tfe(fixture="empty")
        def test_name(tfe):
            assert names(tfe) == []

        @pytest.mark.tfe(fixture=Path("empty"))
        def test_path(tfe):
            assert names(tfe) == ["acme"]

        @pytest.mark.tfe(fixture="./empty")
        def test_text_with_a_separator(tfe):
            assert names(tfe) == ["acme"]
        """
    ).assert_outcomes(passed=3)


# bad input: at setup, with what exists and the nearest name


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (
            "fixture='documentet'",
            "There is no fixture named 'documentet'. Did you mean 'documented'? "
            "There are: busy, documented, empty, platform. A path ends in .json, .yaml, .yml or .toml.",
        ),
        (
            "fixture='../no.json'",
            "There is no fixture file '../no.json'. It was looked for in {here}.",
        ),
        ("fixture='/no/w.toml'", "There is no fixture file '/no/w.toml'.\n"),
        ("edition='2019-08'", "There is no edition named '2019-08'. "),
        (
            "fixtrue='empty'",
            "@pytest.mark.tfe has no argument 'fixtrue'. Did you mean 'fixture'? There are: fixture, edition, "
            "strict, seed, now",
        ),
        ("'empty'", "@pytest.mark.tfe takes named arguments only: write fixture='empty'"),
        ("strict='yes'", "@pytest.mark.tfe(strict='yes'): strict must be True or False"),
        ("seed=True", "@pytest.mark.tfe(seed=True): seed must be an integer from 0 to "),
        ("seed=-1", "@pytest.mark.tfe(seed=-1): seed must be an integer from 0 to "),
        ("seed='1'", "@pytest.mark.tfe(seed='1'): seed must be an integer from 0 to "),
        (
            "fixture=3",
            "@pytest.mark.tfe(fixture=3): fixture must be the name of a fixture, a path or a document",
        ),
        (
            "now='yesterday'",
            "@pytest.mark.tfe(now='yesterday'): 'yesterday' is not a timestamp of the form "
            "YYYY-MM-DDTHH:MM:SS.mmmZ",
        ),
        (
            "now='2026-13-01T00:00:00Z'",
            "@pytest.mark.tfe(now='2026-13-01T00:00:00Z'): '2026-13-01T00:00:00Z' is on no calendar: "
            "its month, 13, is not from 1 to 12",
        ),
    ],
)
def test_a_bad_marker_is_an_error_at_setup(
    run: Run, pytester: pytest.Pytester, mark: str, said: str
) -> None:
    result = run(f"import pytest\n@pytest.mark.tfe({mark})\ndef test_it(tfe): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of test_it*"])
    assert said.replace("{here}", str(pytester.path)) in result.stdout.str()
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*During handling of*")


@pytest.mark.parametrize(
    ("ini", "said"),
    [
        (
            "tfe_fixture = emty",
            "There is no fixture named 'emty'. Did you mean 'empty'? There are:",
        ),
        ("tfe_edition = 2019", "There is no edition named '2019'. "),
        ("tfe_seed = -1", "tfe_seed = -1: seed must be an integer from 0 to 9007199254740992"),
        ("tfe_now = today", "tfe_now = 'today': 'today' is not a timestamp of the form"),
    ],
)
def test_a_bad_ini_option_is_an_error_at_setup(run: Run, ini: str, said: str) -> None:
    result = run("def test_it(tfe): pass", ini=ini)
    result.assert_outcomes(errors=1)
    assert said in result.stdout.str()
    result.stdout.no_fnmatch_line("*During handling of*")


@pytest.mark.parametrize(
    ("ini", "said"),
    [
        ("tfe_strict = yess", "tfe_strict: invalid truth value 'yess'; say true or false"),
        ("tfe_tls = maybe", "tfe_tls: invalid truth value 'maybe'; say true or false"),
        ("tfe_seed = one", "tfe_seed: 'one' is not an integer"),
    ],
)
def test_a_setting_of_another_type_is_a_usage_error_that_names_it(
    run: Run, ini: str, said: str
) -> None:
    result = run("def test_it(): pass", ini=ini)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [f"ERROR: {said}"]


def test_a_fixture_that_is_not_there_is_told_with_every_place_where_it_was_looked_for(
    run: Run, pytester: pytest.Pytester
) -> None:
    inner = pytester.mkdir("inner")
    inner.joinpath("test_deep.py").write_text(
        "import pytest\n"
        "@pytest.mark.tfe(fixture='w.json')\ndef test_marked(tfe): pass\n"
        "def test_seeded(tfe): tfe.seed('w.json')\n"
    )
    result = run("")
    places = f"{inner} or {pytester.path}"
    missing = "There is no fixture file 'w.json'. It was looked for in"
    assert f"{missing} {places}.\n" in result.stdout.str()
    result.stdout.fnmatch_lines([f"E *{missing} {pytester.path}."])


def test_a_fixture_document_with_faults_says_every_fault_with_its_place(
    run: Run, pytester: pytest.Pytester
) -> None:
    bad: dict[str, Any] = {"organizations": [{"nam": "a"}], "users": [{"username": 3}]}
    pytester.path.joinpath("bad.json").write_text(json.dumps(bad))
    result = run("import pytest\n@pytest.mark.tfe(fixture='bad.json')\ndef test_it(tfe): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*The fixture 'bad.json' has 3 fault(s):*",
            "*/organizations/0/nam: *",
            "*/organizations/0/name: *",
            "*/users/0/username: *",
        ]
    )
    unknown = {"organizations": [{"name": "a", "policy-sets": [{"name": "s", "policies": ["p"]}]}]}
    pytester.path.joinpath("bad.json").write_text(json.dumps(unknown))
    pytester.makepyfile(
        test_a="import pytest\n@pytest.mark.tfe(fixture='bad.json')\ndef test_it(tfe): pass"
    )
    result = run("")
    result.stdout.fnmatch_lines(
        [
            "*The fixture 'bad.json' has 1 fault(s):*",
            "*/organizations/0/policy-sets/0/policies/0: *p*",
            "ERROR test_a.py::test_it - Failed: The fixture 'bad.json' has 1 fault(s)*",
        ]
    )


@pytest.mark.parametrize("bad", [{"stray": 1}, {"organizations": [{"name": "o", "owners": ["b"]}]}])
def test_the_fixture_of_the_ini_file_and_one_that_is_seeded_are_named_with_their_faults(
    run: Run, pytester: pytest.Pytester, bad: dict[str, Any]
) -> None:
    path = pytester.path / "bad.json"
    path.write_text(json.dumps(bad))
    result = run("def test_it(tfe): tfe.seed('bad.json')")
    result.stdout.fnmatch_lines(["E *The fixture 'bad.json' *"])
    result = run("def test_it(tfe): pass", ini="tfe_fixture = bad.json")
    result.stdout.fnmatch_lines(["*The fixture 'bad.json' has 1 fault(s):*"])


def test_the_plugin_explains_itself(pytester: pytest.Pytester) -> None:
    others = ("-pno:asyncio", "-pno:schemathesis", "-pno:hypothesispytest")
    shown = pytester.runpytest("--markers", *others).stdout.str()
    assert "@pytest.mark.tfe(fixture='documented', edition=None, strict=False, seed=0" in shown
    shown = pytester.runpytest("--fixtures", *others).stdout.str()
    for name in ("tfe", "tfe_env", "tfe_server"):
        assert f"\n{name}" in shown
    shown = pytester.runpytest("--help", *others).stdout.str()
    assert all(f"tfe_{name}" in shown for name in ("fixture", "edition", "strict", "seed", "now"))


def test_no_fixture_is_autouse_and_none_has_another_plugin_s_name() -> None:
    import mockserver.pytest_plugin as plugin

    found = {
        name: value
        for name, value in vars(plugin).items()
        if type(value).__name__ == "FixtureFunctionDefinition"
    }
    assert set(found) == {"tfe", "tfe_env", "tfe_server", "_tfe_baselines"}
    assert not any(value._fixture_function_marker.autouse for value in found.values())
