"""What a run of `verify` or `record` says and writes at its end."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from mockserver.cli.printing import say, say_table
from mockserver.digits import is_percentage
from mockserver.escaping import escaped

if TYPE_CHECKING:
    from mockserver.judge.coverage import Coverage
    from mockserver.judge.result import Result
    from mockserver.reports.writing import Report


ONLY = click.option(
    "--only", "counted", multiple=True, metavar="NAME",
    help="Count this page or operation alone, or those that were `touched`. May be repeated.",
)  # fmt: skip


def _percentage(context: click.Context, option: click.Parameter, percent: float) -> float:
    if not is_percentage(percent):
        raise click.BadParameter(f"{percent:g} is not from 0 to 100.")
    return percent


FAIL_UNDER = click.option(
    "--fail-under", type=float, callback=_percentage, default=0.0, metavar="PERCENT",
    help="Exit with 1 if less of the contract was exercised.",
)  # fmt: skip


def tell(
    result: Result,
    extra: list[str],
    forms: list[Report],
    cover: bool = False,
    fail_under: float = 0.0,
    counted: tuple[str, ...] = (),
    annotate: str = "",
) -> int:
    """Say and write what came of a run. Gives the exit code.

    `counted`: what `--only` names, of which coverage is told.
    """
    from mockserver.judge.coverage import rows
    from mockserver.reports.writing import write

    if result.coverage:
        result = replace(result, coverage=part(result.coverage, counted))
    lines = [finding.line() for finding in result.findings]
    lines += [f"not played: {type}: {why}" for type, why in result.unplayed.items()]
    lines += extra + [f"could not be removed: {record}" for record in result.left]
    for line in (*lines, *result.lines):
        say(line)
    if cover and result.coverage:
        say_table(rows(result.coverage))
        say(result.coverage.summary)
    try:
        write(result, forms, say, os.environ.get("GITHUB_STEP_SUMMARY", ""), annotate)
    except OSError as error:
        raise click.UsageError(
            escaped(f"cannot write {error.filename}: {error.strerror}")
        ) from None
    if result.stopped:
        say(f"Error: {result.stopped}", err=True)
        return result.exit
    percent = result.coverage.percent if result.coverage else 100.0
    return max(result.exit, int(too_little(percent, fail_under)))


def part(coverage: Coverage, counted: tuple[str, ...]) -> Coverage:
    try:
        return coverage.of(counted)
    except ValueError as error:
        raise click.UsageError(f"--only: {error}") from None


def too_little(percent: float, least: float) -> bool:
    """Whether less was exercised than is wanted, and a sentence about it."""
    if percent < least:
        say(
            f"Error: {percent}% of the contract was exercised, less than the {least:g}% that --fail-under wants",
            err=True,
        )
    return percent < least
