"""The coverage of the contract by a run of tests: tables and files, a least share, parts of it."""

from __future__ import annotations

import json
import re

import pytest

from mockserver.contract import load
from mockserver.judge.coverage import Coverage

from .conftest import Run

EDITION = load("2019-07")
SOURCE = """
    import pytest
    @pytest.mark.parametrize("n", range(4))
    def test_it(tfe, n):
        path = ["account/details", "organizations", "policies/x", "policy-sets/x"][n]
        tfe.client.get("/api/v2/" + path)
"""
EDITIONS = """
    import pytest
    @pytest.mark.tfe(edition="2026-08")
    def test_today(tfe):
        tfe.client.get("/api/v2/projects/x")
    def test_then(tfe):
        tfe.client.get("/api/v2/account/details")
"""


@pytest.mark.parametrize(
    "workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)], ids=["alone", "two workers"]
)
def test_the_plugin_merges_the_coverage_of_a_run(
    pytester: pytest.Pytester, run: Run, workers: tuple[str, ...]
) -> None:
    reports = "--tfe-coverage=table", "--tfe-coverage=json=c.json"
    result = run(SOURCE, *workers, *reports, process=bool(workers))
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        ["*contract coverage, edition 2019-07*", f"4 of {len(EDITION.operations)} operations*"]
    )
    [edition] = json.loads((pytester.path / "c.json").read_text())["editions"]
    met = edition["met"]
    assert ["status", "show-policy", "404"] in met
    assert ["status", "list-organizations", "200"] in met


def test_the_plugin_fails_a_run_that_covers_too_little(run: Run) -> None:
    result = run(SOURCE, "--tfe-coverage-fail-under=50")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["FAIL contract coverage is *% of edition 2019-07, less than the 50% that *wants"]
    )


def test_a_share_that_is_no_percentage_is_a_usage_error(run: Run) -> None:
    result = run(SOURCE, "--tfe-coverage-fail-under=150")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tfe-coverage-fail-under: 150 is not from 0 to 100."])


def test_a_report_that_does_not_exist_is_a_usage_error(run: Run) -> None:
    result = run("", "--tfe-coverage=pdf")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--tfe-coverage=pdf: say table, json=FILE or html=FILE*"])


def test_the_plugin_counts_what_it_is_told_to(run: Run) -> None:
    only = "--tfe-coverage-only=touched"
    result = run(SOURCE, "--tfe-coverage-fail-under=9", only)
    assert result.ret == 0
    wrong = run(SOURCE, "--tfe-coverage=table", f"{only}x")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    wrong.stderr.fnmatch_lines(
        [
            "*--tfe-coverage-only: There is no operation or page named 'touchedx'. Did you mean 'touched'?"
        ]
    )


def test_a_file_tells_the_coverage_of_every_edition(pytester: pytest.Pytester, run: Run) -> None:
    result = run(EDITIONS, "--tfe-coverage=json=c.json", "--tfe-coverage=html=c.html")
    assert result.ret == 0
    told = [line for line in result.outlines if line.startswith("contract coverage: ")]
    assert told == ["contract coverage: c.json", "contract coverage: c.html"]
    shown = json.loads((pytester.path / "c.json").read_text())
    assert [edition["edition"] for edition in shown["editions"]] == ["2019-07", "2026-08"]
    then, today = (edition["met"] for edition in shown["editions"])
    assert ["status", "show-project", "404"] in today
    assert then == Coverage("2019-07", map(tuple, then)).shown()["met"] != today
    text = (pytester.path / "c.html").read_text()
    heads = re.findall("<h[12]>([^<]*)</h", text)
    assert heads == [
        "Contract coverage",
        "Coverage of edition 2019-07",
        "Coverage of edition 2026-08",
    ]
    assert text.count("<code>show-project</code>") == 1


def test_a_run_without_the_mock_server_says_so_in_its_reports(
    pytester: pytest.Pytester,
    run: Run,
) -> None:
    result = run(
        "def test_other(): pass", "--tfe-coverage=json=c.json", "--tfe-coverage=html=c.html"
    )
    assert result.ret == 0
    assert json.loads((pytester.path / "c.json").read_text()) == {"editions": []}
    assert "No request of these tests is counted." in (pytester.path / "c.html").read_text()


@pytest.mark.parametrize(
    ("path", "why"), [("no/c.json", "No such file or directory"), (".", "Is a directory")]
)
def test_a_report_that_cannot_be_written_is_a_usage_error(run: Run, path: str, why: str) -> None:
    result = run("", f"--tfe-coverage=json={path}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --tfe-coverage=json={path}: cannot write {path}: {why}"])


def test_each_edition_counts_what_it_knows_of_what_is_asked_for(run: Run) -> None:
    result = run(EDITIONS, "--tfe-coverage=table", "--tfe-coverage-only=show-project")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*contract coverage, edition 2026-08*", "1 of 1 operations*"])
    result.stdout.no_fnmatch_line("*contract coverage, edition 2019-07*")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("proj", "Did you mean 'projects'?"),
        ("show-projec", "Did you mean 'show-project', 'show-policy' or 'list-projects'?"),
        ("zzz", "Some of them: account, agent-pools, "),
    ],
)
def test_a_name_that_no_edition_has_is_looked_for_in_every_edition(
    run: Run, word: str, told: str
) -> None:
    result = run("", "--tfe-coverage=table", f"--tfe-coverage-only={word}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    [line] = [line for line in result.errlines if line]
    assert line.startswith(
        f"ERROR: --tfe-coverage-only: There is no operation or page named {word!r}. "
    )
    assert told in line
