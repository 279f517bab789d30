"""One self-contained HTML page: findings and coverage, everything inside, nothing from the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from mockserver.judge.coverage import KINDS, Coverage
from mockserver.judge.findings import Finding

STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #2a7d2a; --bad: #b3261e; --dim: #777 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.5rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left;
         vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.full { color: var(--good) } td.none { color: var(--bad) } .dim { color: var(--dim) }
.drift { color: var(--dim) } .fault { color: var(--bad); font-weight: 600 } .note { color: var(--dim) }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
summary { cursor: pointer } ul { margin: .3rem 0 .6rem; padding-left: 1.3rem }
"""


def page(
    title: str, lines: Iterable[str], findings: Sequence[Finding], coverages: Iterable[Coverage]
) -> str:
    """The page: what was done, what was found, what was exercised of each edition."""
    body = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(line)}</p>" for line in lines)]
    if findings:
        body += ["<h2>Findings</h2>", *_findings(findings)]
    for coverage in coverages:
        body += [f"<h2>Coverage of edition {escape(coverage.edition)}</h2>", *_coverage(coverage)]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    yield "<table><tr><th></th><th>operation</th><th>place</th><th>what</th><th>expected</th></tr>"
    for finding in findings:
        times = f' <span class="dim">{finding.times} times</span>' if finding.times > 1 else ""
        where = f'<br><span class="dim">{escape(finding.where)}</span>' if finding.where else ""
        names = finding.operations or ("none",)
        operations = "<br>".join(f"<code>{escape(name)}</code>" for name in names)
        yield (
            f'<tr><td class="{finding.level}">{finding.level}</td>'
            f"<td>{operations}</td>"
            f"<td><code>{escape(finding.place or '/')}</code></td>"
            f"<td>{escape(finding.sentence)}{times}{where}</td>"
            f'<td>{escape(finding.expected)}<br><span class="dim">{escape(finding.source)}</span>'
            "</td></tr>"
        )
    yield "</table>"


def _coverage(coverage: Coverage) -> Iterator[str]:
    yield f"<p>{escape(coverage.summary)}</p>"
    heads = "".join(f'<th class="n">{kind}</th>' for kind in KINDS[1:])
    yield f"<table><tr><th>operation</th>{heads}</tr>"
    missing: dict[str, list[str]] = {}
    for kind, operation, what in coverage.missing:
        missing.setdefault(operation, []).append(f"{kind} {what}".strip())
    for id in coverage.operations:
        yield f"<tr><td>{_detail(id, missing.get(id, []))}</td>{_cells(coverage, id)}</tr>"
    yield f"<tr><th>all</th>{_cells(coverage, None)}</tr></table>"


def _detail(operation: str, missing: Sequence[str]) -> str:
    name = f"<code>{escape(operation)}</code>"
    if not missing:
        return name
    items = "".join(f"<li><code>{escape(what)}</code></li>" for what in missing)
    return (
        f'<details><summary>{name} <span class="dim">{len(missing)} not met</span></summary>'
        f"<ul>{items}</ul></details>"
    )


def _cells(coverage: Coverage, operation: str | None) -> str:
    counts = coverage.counts(operation)
    cells = ""
    for kind in KINDS[1:]:
        met, of = counts[kind]
        look = "dim" if not of else "full" if met == of else "none" if not met else ""
        cells += f'<td class="n {look}">{f"{met}/{of}" if of else "–"}</td>'
    return cells
