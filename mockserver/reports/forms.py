"""What a run says to machines: JUnit, SARIF, JSON, GitHub's annotations and its summary, HTML.

Each is a function from a `Result` to a text. `result.cleaned` has made that: no host, no secret, and
every text on one line; here each format's own signs are escaped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

from mockserver.contract import Edition
from mockserver.judge.findings import EFFECT, STATUS, TYPE, Finding
from mockserver.judge.result import Result
from mockserver.reports.html import page
from mockserver.reports.locations import located
from mockserver.version import VERSION

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
RULES: Mapping[str, str] = {
    "status": "An operation answers with the status that the contract documents.",
    "content-type": "An answer has the content type that the contract documents.",
    "body": "The body of an answer keeps its schema, and the rules of the domain.",
    "effect": "A write does what it says, and a refused one does nothing.",
    "request": "What a client sends and the server takes is what the contract lists.",
    "drift": "What an answer shows is what the contract lists.",
    "route": "What a client asks for is an operation of the contract.",
}
"""Kinds of findings by id, as SARIF and JUnit name them."""


def rule(finding: Finding) -> str:
    """The id of a finding's kind."""
    if not finding.operation:
        return "route"
    if finding.level == "drift" or finding.stray:
        return "drift"
    if finding.place.startswith("request"):
        return "request"
    return {STATUS: "status", TYPE: "content-type", EFFECT: "effect"}.get(finding.place, "body")


def _sentence(finding: Finding) -> str:
    return f"{finding.sentence}; expected {finding.expected} ({finding.source}){_met(finding)}"


def _met(finding: Finding) -> str:
    """Where it was met first."""
    return f" [{finding.where}]" if finding.where else ""


def junit(result: Result) -> str:
    """A test case for each operation that was judged; a fault is a failure, a note is output.

    What several operations answer alike is told in full with the first, and is in the cases of all.
    """
    by: dict[str, list[Finding]] = {id: [] for id in result.operations}
    for finding in result.findings:
        for id in finding.operations or ("no operation",):
            by.setdefault(id, []).append(finding)
    suite = Xml.Element("testsuite", name=f"mockserver verify {_judged(result)}")
    failed = 0
    for id, findings in by.items():
        known = result.edition.operations.get(id)
        case = Xml.SubElement(suite, "testcase", classname=known.page if known else "", name=id)
        faults = [finding for finding in findings if finding.level == "fault"]
        failed += bool(faults)
        for fault in faults:
            Xml.SubElement(case, "failure", type=rule(fault), message=_of_case(fault, id))
        if notes := [_of_case(finding, id) for finding in findings if finding.level != "fault"]:
            Xml.SubElement(case, "system-out").text = "\n".join(notes)
    if result.stopped or result.left:
        case = Xml.SubElement(suite, "testcase", classname="", name="the run itself")
        said = result.stopped or "could not be removed: " + ", ".join(result.left)
        Xml.SubElement(case, "error", message=said)
    errors = int(bool(result.stopped or result.left))
    suite.attrib |= {
        "tests": str(len(by) + errors), "failures": str(failed), "errors": str(errors),
    }  # fmt: skip
    Xml.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(suite, "unicode") + "\n"


def _judged(result: Result) -> str:
    """What was judged: an edition, or some operations of it."""
    return f"{result.edition.name}{': ' * bool(result.only)}{', '.join(result.only)}"


def _of_case(finding: Finding, id: str) -> str:
    """A finding in the case of an operation: in short where another one's case tells it."""
    if id not in finding.others:
        return finding.line()
    return f"{finding.level}: {id}: as {finding.operation} {finding.place or '/'}, which tells it in full"


def sarif(result: Result) -> str:
    """SARIF 2.1.0; each result points at the file and line of the contract that is not kept."""
    used = list(RULES)
    driver = {
        "name": "mockserver verify",
        "version": VERSION,
        "rules": [{"id": id, "shortDescription": {"text": text}} for id, text in RULES.items()],
    }
    results = [_result(finding, result.edition, used) for finding in result.findings]
    notices = [{"level": "error", "message": {"text": result.stopped}}] if result.stopped else []
    if result.only:
        notices.append({"level": "note", "message": {"text": f"judged alone: {_judged(result)}"}})
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not result.stopped,
                "exitCode": result.exit,
                "toolExecutionNotifications": notices,
            }
        ],
        "results": results,
    }
    document = {"$schema": SARIF, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _result(finding: Finding, edition: Edition, rules: Sequence[str]) -> dict[str, Any]:
    id = rule(finding)
    name = f"{finding.operation} {finding.place} {id}"
    text = f"{finding.operation or 'no operation'} {finding.place or '/'}: {_sentence(finding)}"
    result: dict[str, Any] = {
        "ruleId": id,
        "ruleIndex": rules.index(id),
        "level": "error" if finding.level == "fault" else "note",
        "message": {"text": text},
        "occurrenceCount": finding.times,
        "partialFingerprints": {
            "place/v1": hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        },
    }
    each = [replace(finding, operation=id) for id in finding.operations]
    if locations := [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": place[0], "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": place[1]},
            },
            "logicalLocations": [{"name": one.operation, "kind": "function"}],
        }
        for one in each
        if (place := located(one, edition))
    ]:
        result["locations"] = locations
    return result


def as_json(result: Result) -> str:
    """Everything, for scripts."""
    document: dict[str, Any] = {
        "edition": result.edition.name,
        "only": list(result.only),
        "exit": result.exit,
        "stopped": result.stopped or None,
        "left": list(result.left),
        "findings": [_with_place(finding, result.edition) for finding in result.findings],
        "operations": dict(result.operations),
        "unplayed": dict(result.unplayed),
    }
    if result.coverage:
        document["coverage"] = result.coverage.shown()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _with_place(finding: Finding, edition: Edition) -> dict[str, Any]:
    place = located(finding, edition)
    return finding.shown() | {"rule": rule(finding), "contract": ":".join(map(str, place or ()))}


def github(result: Result, file: str = "") -> str:
    """Workflow commands: GitHub shows each as an annotation, at a file of the user's where given."""
    lines = []
    for finding in result.findings:
        word = "error" if finding.level == "fault" else "notice"
        more = f" and {len(finding.others)} others" if finding.others else ""
        title = f"{finding.operation or 'no operation'}{more} {finding.place or '/'}"
        options = f"title={_property(title)}"
        if file:
            options = f"file={_property(file)},{options}"
        lines.append(f"::{word} {options}::{_data(_sentence(finding))}")
    if result.only:
        lines.append(f"::notice title=mockserver verify::judged alone: {_data(_judged(result))}")
    if result.stopped:
        lines.append(f"::error title=mockserver verify::{_data(result.stopped)}")
    lines += [f"::error title=could not be removed::{_data(record)}" for record in result.left]
    return "".join(line + "\n" for line in lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(result: Result) -> str:
    """Markdown for the file that GITHUB_STEP_SUMMARY names."""
    lines = [f"### Contract {_judged(result)}", "", *map(_cell, result.lines), ""]
    if result.findings:
        lines += ["| | operation | place | what | expected |", "|---|---|---|---|---|"]
        lines += [
            f"| {f.level} | {', '.join(f'`{id}`' for id in f.operations or ('none',))} | `{_code(f.place or '/')}` "
            f"| {_cell(f.sentence + _met(f))} | {_cell(f.expected)} |"
            for f in result.findings
        ]
    if result.coverage:
        lines += ["", f"Coverage: {result.coverage.summary}."]
    return "\n".join(lines) + "\n"


_MARKDOWN = re.compile(r"[\\|`\[\]]")


def _cell(text: str) -> str:
    """A text in Markdown in which nothing is a link, an image or a tag."""
    return _MARKDOWN.sub(r"\\\g<0>", text.replace("\n", " ")).replace("<", "&lt;")


def _code(text: str) -> str:
    """The inside of a code span in a table: it knows no escape but the table's own."""
    return text.replace("`", "'").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def html(result: Result) -> str:
    """One page with everything inside."""
    lines = [*result.lines, *(f"not played: {t}: {why}" for t, why in result.unplayed.items())]
    coverages = [result.coverage] if result.coverage else []
    return page(f"Contract {_judged(result)}", lines, result.findings, coverages)


FORMS: Mapping[str, Callable[[Result], str]] = {
    "junit": junit,
    "sarif": sarif,
    "json": as_json,
    "html": html,
    "github": github,
}
