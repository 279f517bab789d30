"""What became of a run, live or recorded: the one shape that reports are written from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mockserver.contract import Edition
from mockserver.digits import counted
from mockserver.escaping import escaped
from mockserver.judge.coverage import Coverage
from mockserver.judge.findings import Finding
from mockserver.redaction import EMAIL, PRESIGNED, TOKEN, Pattern, Redactor

CONFORMS, DIFFERS, USAGE, UNREACHED, LEFT_OVER = range(5)
"""Exit codes: it conforms; it does not; usage; not reached; what was made could not be removed."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """`exit`: one of the exit codes. `lines`: sentences for people. `stopped`: why the run ended
    early, one sentence. `left`: what could not be removed, named. `unplayed`: types that could not
    be judged, with the reason. `operations`: ids that were judged, with how many answers. `only`: ids
    that alone were to be judged; empty for all.
    """

    edition: Edition
    findings: Sequence[Finding]
    exit: int
    lines: Sequence[str] = ()
    stopped: str = ""
    left: Sequence[str] = ()
    unplayed: Mapping[str, str]
    operations: Mapping[str, int]
    only: Sequence[str] = ()
    coverage: Coverage | None = None


def verdict(edition: Edition, findings: Sequence[Finding], only: Sequence[str] = ()) -> str:
    """Whether it conforms, or those operations of it that alone were judged, and how many findings
    there are.
    """
    count = Counter(finding.level for finding in findings)
    does, conforms = ("do", "conform") if len(only) > 1 else ("does", "conforms")
    verb = f"{does} not conform to" if count["fault"] else f"{conforms} to"
    who = f"{', '.join(only)} " if only else ""
    drift = f", drift in {counted(count['drift'], 'type')}" if count["drift"] else ""
    found = f"{counted(count['fault'], 'fault')}, {counted(count['note'], 'note')}"
    return f"{who}{verb} {edition.name}: {found}{drift}"


HOST = Pattern("://", re.compile(r"(https?://)[^/\s\"'?#]+"), r"\1HOST")
UNNAMED = Redactor(frozenset(), [HOST, Pattern("@", EMAIL, "someone@HOST"), TOKEN, PRESIGNED])
"""What no report repeats, whoever's it is."""


def plain(secrets: Redactor) -> Callable[[str], str]:
    """What makes a text fit for a report: without hosts and secrets, on one line."""
    return lambda said: escaped(UNNAMED.text(secrets.text(said)))


def cleaned(result: Result, secrets: Redactor) -> Result:
    """The same without hosts and secrets, every text on one line: what others wrote is in it.

    Here, once, so that no report needs to think of it.
    """

    text = plain(secrets)
    return replace(
        result,
        findings=[finding.said(text) for finding in result.findings],
        lines=[text(line) for line in result.lines],
        stopped=text(result.stopped),
        left=[text(record) for record in result.left],
        unplayed={text(type): text(why) for type, why in result.unplayed.items()},
    )
