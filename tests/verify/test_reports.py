"""What a run says to machines: each report of one and the same run, which has found three things."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from mockserver.cli import main
from mockserver.contract import Operation, load
from mockserver.judge.coverage import Coverage
from mockserver.judge.findings import Finding
from mockserver.reports.forms import FORMS, RULES, Result, rule, summary
from mockserver.reports.locations import located
from mockserver.reports.writing import wanted
from mockserver.web.serving import LiveServer
from tests.cases import cases, each
from tests.verify.mutations.spoiling import drop, spoilt, status
from tests.verify.playing import TOKEN, run

EDITION = load("2019-07")
ROOT = Path(__file__).parents[2]
FOUND = [
    Finding(
        "fault",
        "show-policy-set",
        "/data/attributes/workspace-count",
        'data.attributes.workspace-count is "4" <b>, 100%\n|',
        "an integer",
        "policy-sets.html#sample-response",
        times=3,
    ),
    Finding("fault", "delete-policy", "status", "a second DELETE is answered 204", "404", "s"),
    Finding("note", "create-workspace", "effect", "x", "y", "decision: z", where="exchange 4"),
]
TOLD = Result(
    edition=EDITION,
    findings=FOUND,
    exit=1,
    lines=["does not conform to 2019-07: 2 faults, 1 note; 9 requests"],
    left=["policies a pol-1"],
    unplayed={"teams": "it needs organizations"},
    operations={"show-policy-set": 5, "delete-policy": 2, "list-teams": 2},
    coverage=Coverage("2019-07"),
)
TEXT: dict[str, Any] = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string"}},
}
SARIF: dict[str, Any] = {
    "$comment": "The part of SARIF 2.1.0 that we write, member by member as its schema has them.",
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://json.schemastore.org/sarif-2.1.0.json"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "version", "rules"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "informationUri": {"type": "string", "pattern": "^https://"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id", "shortDescription"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": TEXT,
                                            },
                                            "additionalProperties": False,
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {
                        "type": "array",
                        "items": {
                            "required": ["executionSuccessful"],
                            "additionalProperties": False,
                            "properties": {
                                "executionSuccessful": {"type": "boolean"},
                                "exitCode": {"type": "integer"},
                                "toolExecutionNotifications": {
                                    "type": "array",
                                    "items": {
                                        "required": ["message"],
                                        "properties": {
                                            "message": TEXT,
                                            "level": {"enum": ["none", "note", "warning", "error"]},
                                        },
                                    },
                                },
                            },
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "ruleIndex", "level"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"enum": list(RULES)},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["note", "error"]},
                                "message": TEXT,
                                "occurrenceCount": {"type": "integer", "minimum": 1},
                                "partialFingerprints": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "required": ["uri"],
                                                        "properties": {
                                                            "uri": {"type": "string"},
                                                            "uriBaseId": {"type": "string"},
                                                        },
                                                        "additionalProperties": False,
                                                    },
                                                    "region": {
                                                        "required": ["startLine"],
                                                        "properties": {
                                                            "startLine": {
                                                                "type": "integer",
                                                                "minimum": 1,
                                                            }
                                                        },
                                                    },
                                                },
                                                "additionalProperties": False,
                                            },
                                            "logicalLocations": {"type": "array"},
                                        },
                                        "additionalProperties": False,
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_keeps_its_schema() -> None:
    document = json.loads(FORMS["sarif"](TOLD))
    Draft202012Validator(SARIF).validate(document)
    results = document["runs"][0]["results"]
    assert [(result["ruleId"], result["level"]) for result in results] == [
        ("body", "error"),
        ("status", "error"),
        ("effect", "note"),
    ]
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)


def test_sarif_points_at_the_line_of_the_contract() -> None:
    result = json.loads(FORMS["sarif"](TOLD))["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]
    uri, line = place["artifactLocation"]["uri"], place["region"]["startLine"]
    assert uri == "contracts/2019-07/policy-sets.json"
    assert '"workspace-count"' in (ROOT / uri).read_text().splitlines()[line - 1]


@each(cases(EDITION.operations.values()))
def test_every_operation_has_a_line_for_every_kind_of_place(operation: Operation) -> None:
    for place in ("status", "effect", "Content-Type", "", "/data/id", "/errors/0/title"):
        found = located(Finding("fault", operation.id, place, "", "", ""), EDITION)
        assert found is not None
        lines = (ROOT / found[0]).read_text().splitlines()
        assert 1 <= found[1] <= len(lines)


def test_what_a_client_sends_points_at_the_request() -> None:
    finding = Finding("fault", "create-policy-set", "request/data/attributes/name", "", "", "")
    found = located(finding, EDITION)
    assert found is not None
    assert found[0] == "contracts/2019-07/policy-sets.json"
    assert '"name": {' in (ROOT / found[0]).read_text().splitlines()[found[1] - 1]
    assert rule(finding) == "request"


def test_junit_has_a_case_for_each_operation() -> None:
    suite = Xml.fromstring(FORMS["junit"](TOLD))
    assert suite.attrib["tests"] == "5"
    assert suite.attrib["failures"] == "2"
    assert suite.attrib["errors"] == "1"
    cases = {case.attrib["name"]: case for case in suite}
    assert cases["list-teams"].find("failure") is None
    failure = cases["show-policy-set"].find("failure")
    assert failure is not None
    assert "workspace-count" in failure.attrib["message"]
    assert cases["create-workspace"].find("system-out") is not None
    error = cases["the run itself"].find("error")
    assert error is not None
    assert error.attrib["message"] == "could not be removed: policies a pol-1"


GROUP = replace(
    FOUND[1],
    operation="list-policies",
    what="status 404, and so do 2 other operations: create-policy, show-policy",
    others=("create-policy", "show-policy"),
)
GROUPED = replace(
    TOLD, findings=[GROUP, FOUND[2]], operations={"list-policies": 1, "show-policy": 1}
)


def test_every_operation_that_a_group_names_is_a_failed_case() -> None:
    suite = Xml.fromstring(FORMS["junit"](GROUPED))
    failures = {case.attrib["name"]: case.findall("failure") for case in suite}
    assert suite.attrib["failures"] == "3"
    assert [failure.attrib["message"] for failure in failures["list-policies"]] == [GROUP.line()]
    for id in GROUP.others:
        assert [failure.attrib["message"] for failure in failures[id]] == [
            f"fault: {id}: as list-policies status, which tells it in full"
        ]


def test_every_operation_that_a_group_names_is_in_each_report() -> None:
    finding = json.loads(FORMS["json"](GROUPED))["findings"][0]
    assert finding["operations"] == ["list-policies", "create-policy", "show-policy"]
    found = json.loads(FORMS["sarif"](GROUPED))["runs"][0]["results"][0]
    assert [place["logicalLocations"][0]["name"] for place in found["locations"]] == [
        *("list-policies", "create-policy", "show-policy")
    ]
    lines = {place["physicalLocation"]["region"]["startLine"] for place in found["locations"]}
    assert len(lines) == 3
    names = "<code>list-policies</code><br><code>create-policy</code><br><code>show-policy</code>"
    assert names in FORMS["html"](GROUPED)
    assert "| `list-policies`, `create-policy`, `show-policy` |" in summary(GROUPED)
    title = FORMS["github"](GROUPED).splitlines()[0]
    assert title.startswith("::error title=list-policies and 2 others status::")


def test_a_group_of_a_live_run_fails_the_case_of_each_operation() -> None:
    _, result = run(spoilt(dict.fromkeys(EDITION.operations, status(401, 404))))
    group = next(finding for finding in result.findings if "other operations" in finding.what)
    suite = Xml.fromstring(FORMS["junit"](result))
    failed = {case.attrib["name"] for case in suite if case.find("failure") is not None}
    assert len(group.operations) > 50
    assert failed >= set(group.operations)


def test_json_holds_everything() -> None:
    document = json.loads(FORMS["json"](TOLD))
    assert document["exit"] == 1
    assert document["findings"][0]["contract"].startswith("contracts/2019-07/policy-sets.json:")
    assert document["coverage"]["percent"] == 0
    assert document["left"] == ["policies a pol-1"]


def test_github_gets_one_line_for_each_annotation() -> None:
    lines = FORMS["github"](TOLD).splitlines()
    assert lines[0] == (
        "::error title=show-policy-set /data/attributes/workspace-count::"
        'data.attributes.workspace-count is "4" <b>, 100%25%0A|; '
        "expected an integer (policy-sets.html#sample-response)"
    )
    assert lines[2].startswith("::notice title=create-workspace effect::")
    assert lines[3] == "::error title=could not be removed::policies a pol-1"


@pytest.mark.parametrize("form", [*FORMS.values(), summary, lambda told: told.findings[2].line()])
def test_where_a_finding_was_met_first_is_in_every_report(form: Callable[[Result], str]) -> None:
    assert "exchange 4" in form(TOLD)


def test_the_summary_is_a_table_that_markdown_can_read() -> None:
    text = summary(TOLD)
    rows = [
        line
        for line in text.splitlines()
        if line.startswith("| fault") or line.startswith("| note")
    ]
    assert len(rows) == 3
    assert "&lt;b>" in rows[0]
    assert "\\|" in rows[0]
    assert "| x \\[exchange 4\\] | y |" in rows[2]


def test_html_is_whole() -> None:
    text = FORMS["html"](TOLD)
    assert "&lt;b&gt;" in text
    assert "not played: teams: it needs organizations" in text
    assert not re.search(r"(src|href)=", text)


def test_a_report_that_does_not_exist_lists_those_there_are() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        wanted(["pdf=x"])
    assert str(caught.value) == (
        "There is no report 'pdf=x'. There are: junit=FILE, sarif=FILE, json=FILE, html=FILE, github."
    )
    with pytest.raises(ValueError, match="no report 'sarif'"):
        wanted(["sarif"])


def test_several_reports_can_stand_in_one_option() -> None:
    assert wanted(["junit=a.xml github"]) == [("junit", Path("a.xml")), ("github", None)]


def test_the_command_writes_all_of_them(tmp_path: Path) -> None:
    step = tmp_path / "summary.md"
    with LiveServer(spoilt({"show-policy": drop("/attributes/name")})) as live:
        said = CliRunner().invoke(
            main,
            [
                "verify", "--url", live.url, "--organization", "my-organization",
                "--operation", "show-policy", "--coverage",
                *(f"--report={form}={tmp_path / form}" for form in FORMS if form != "github"),
                "--report", "github", "--annotate-file", "tests/test_api.py",
            ],
            env={"TFE_TOKEN": TOKEN, "GITHUB_STEP_SUMMARY": str(step)},
        )  # fmt: skip
    assert said.exit_code == 1
    assert "::error file=tests/test_api.py,title=show-policy /data" in said.stdout
    assert "% of edition 2019-07" in said.stdout
    assert "| fault | `show-policy` | `/data/attributes/name` |" in step.read_text()
    Draft202012Validator(SARIF).validate(json.loads((tmp_path / "sarif").read_text()))
    for form in FORMS:
        if form != "github":
            text = (tmp_path / form).read_text()
            assert "show-policy" in text
            assert TOKEN not in text
            assert "127.0.0.1" not in text


def test_a_report_that_cannot_be_written_is_usage(tmp_path: Path) -> None:
    har = tmp_path / "a.har"
    har.write_text('{"log":{"entries":[]}}')
    said = CliRunner().invoke(
        main, ["verify", "--har", str(har), "--report", "json=/no/such/folder/x"]
    )
    assert said.exit_code == 2
    assert "cannot write /no/such/folder/x: No such file or directory" in said.stderr


def test_too_little_coverage_fails_a_run_that_conforms() -> None:
    from tests.verify.playing import server

    with LiveServer(server()) as live:
        said = CliRunner().invoke(
            main,
            ["verify", "--url", live.url, "--organization", "my-organization",
             "--operation", "show-policy", "--fail-under", "90"],
            env={"TFE_TOKEN": TOKEN},
        )  # fmt: skip
    assert said.exit_code == 1
    assert re.search(
        r"Error: \d+\.\d% of the contract was exercised, less than the 90% that --fail-under wants",
        said.stderr,
    )


@pytest.mark.parametrize("path", ["no/such/folder/x.xml", "."])
def test_a_report_that_cannot_be_written_is_refused_before_the_run(
    path: str, tmp_path: Path
) -> None:
    said = CliRunner().invoke(
        main,
        ["verify", "--url", "http://127.0.0.1:9", "--organization", "x", "--report",
         f"junit={tmp_path / path}"],
        env={"TFE_TOKEN": "x"},
    )  # fmt: skip
    assert said.exit_code == 2
    assert "Error: cannot write " in said.stderr
