"""From a run to what is told of it: one shape for live and recorded runs, and the reports of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mockserver.contract import Edition, Operation
from mockserver.escaping import escaped
from mockserver.verify.coverage import Coverage
from mockserver.verify.findings import Finding, scrub
from mockserver.verify.judge import Exchange
from mockserver.verify.offline import Recorded
from mockserver.verify.reports import FORMS, Told, summary
from mockserver.verify.run import CONFORMS, DIFFERS, USAGE, Outcome, unreached
from mockserver.verify.session import Session

Report = tuple[str, Path | None]


def wanted(said: Iterable[str]) -> list[Report]:
    """What `--report` names: `junit=FILE`, `sarif=FILE`, `json=FILE`, `html=FILE`, `github`.

    Raises ValueError that lists them.
    """
    reports: list[Report] = []
    for text in (part for one in said for part in one.split()):
        form, _, path = text.partition("=")
        if form not in FORMS or (form != "github" and not path):
            forms = ", ".join("github" if one == "github" else f"{one}=FILE" for one in FORMS)
            raise ValueError(f"no report {text!r}: there are {forms}")
        reports.append((form, Path(path) if path else None))
    return reports


def of_live(session: Session, outcome: Outcome, coverage: Coverage) -> Told:
    """What is told of a run against a server; without its hosts and its token."""
    secrets = {session.token: "[secret]"}
    counts: dict[str, int] = {}
    for (operation, _), number in session.reached.items():
        counts[operation] = counts.get(operation, 0) + number
    order = [id for id in session.edition.operations if id in counts]
    faults = sum(finding.level == "fault" for finding in outcome.findings)
    verdict = _verdict(session.edition, faults, len(outcome.findings) - faults)
    told = Told(
        edition=session.edition,
        findings=outcome.findings,
        exit=outcome.exit,
        lines=[f"note: {remark}" for remark in outcome.remarks]
        + ([] if outcome.stopped else [f"{verdict}; {outcome.requests} requests"]),
        stopped=outcome.stopped,
        left=outcome.left,
        unplayed=outcome.skipped,
        operations={id: counts[id] for id in order},
        coverage=coverage,
    )
    return clean(told, secrets)


def of_recorded(recorded: Recorded, edition: Edition) -> Told:
    """What is told of a recording: unknown routes are listed, and no fault of anybody's."""
    findings = list(recorded.findings)
    faults = sum(finding.level == "fault" for finding in findings)
    verdict = _verdict(edition, faults, len(findings) - faults)
    lines = [f"unknown route: {route} ({count} times)" for route, count in recorded.unknown.items()]
    if recorded.elsewhere:
        lines.append(f"{recorded.elsewhere} exchanges were none of the API's")
    judged = recorded.judged
    if not judged and not recorded.stopped:
        recorded.stopped = "the recording holds no exchange of the API: there is nothing to judge"
    exit = USAGE if recorded.stopped else DIFFERS if faults else CONFORMS
    count = sum(judged.values())
    if not recorded.stopped:
        lines.append(f"{verdict}; {count} exchanges")
    elif judged:
        lines.append(f"{count} exchanges were judged before it stopped: {faults} faults")
    told = Told(
        edition=edition,
        findings=findings,
        exit=exit,
        lines=lines,
        stopped=recorded.stopped,
        unplayed={},
        operations={id: judged[id] for id in edition.operations if id in judged},
        coverage=recorded.coverage,
    )
    return clean(told, {})


def _verdict(edition: Edition, faults: int, notes: int) -> str:
    verdict = "conforms to" if not faults else "does not conform to"
    return f"{verdict} {edition.name}: {faults} faults, {notes} notes"


def clean(told: Told, secrets: Mapping[str, str]) -> Told:
    """The same without hosts and secrets, every text on one line: what others wrote is in it.

    Here, once, so that no report needs to think of it.
    """

    def text(said: str) -> str:
        return escaped(scrub(said, secrets))

    def finding(found: Finding) -> Finding:
        return replace(
            found,
            operation=text(found.operation),
            place=text(found.place),
            what=text(found.what),
            expected=text(found.expected),
            source=text(found.source),
            where=text(found.where),
        )

    return replace(
        told,
        findings=[finding(found) for found in told.findings],
        lines=[text(line) for line in told.lines],
        stopped=text(told.stopped),
        left=[text(record) for record in told.left],
        unplayed={text(type): text(why) for type, why in told.unplayed.items()},
    )


def watching(coverage: Coverage) -> Callable[[Exchange, Operation], None]:
    """What tells a coverage of every exchange of a run."""

    def watch(exchange: Exchange, operation: Operation) -> None:
        request = None if isinstance(exchange.request, bytes) else exchange.request
        document = None
        if exchange.status < 300 and exchange.answer.strip():
            try:
                document = json.loads(exchange.answer)
            except ValueError:
                document = None
        coverage.add(operation.id, exchange.status, exchange.query, request, document)

    return watch


def missing(session: Session) -> list[str]:
    """A line for each documented status that was not brought about, with the reason."""
    return [
        f"not reached: {pair}: {reason or 'it should have been'}"
        for pair, reason in unreached(session).items()
    ]


def write(told: Told, reports: Sequence[Report], say: Callable[[str], None], step: str) -> None:
    """Write the reports; annotations go to `say`, the summary to the file that `step` names.

    Raises OSError where a file cannot be written.
    """
    for form, path in reports:
        text = FORMS[form](told)
        if path is not None:
            path.write_text(text, encoding="utf-8")
            continue
        if text:
            say(text.rstrip("\n"))
        if step:
            with Path(step).open("a", encoding="utf-8") as file:
                file.write(summary(told))
