"""What a run says at its end, and the command `coverage` of a world that runs elsewhere."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mockserver.judge.coverage import Coverage
    from mockserver.judge.result import Result
    from mockserver.reports.writing import Report


ONLY = click.option(
    "--only", "counted", multiple=True, metavar="NAME",
    help="Coverage of this page or operation alone, or of those `touched`; again for more.",
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
    from mockserver.judge.coverage import table
    from mockserver.reports.writing import write

    if result.coverage:
        result = replace(result, coverage=part(result.coverage, counted))
    lines = [finding.line() for finding in result.findings]
    lines += [f"not played: {type}: {why}" for type, why in result.unplayed.items()]
    lines += extra + [f"could not be removed: {record}" for record in result.left]
    for line in (*lines, *result.lines):
        click.echo(line)
    if cover and result.coverage:
        click.echo("\n".join(table(result.coverage)))
    try:
        write(result, forms, click.echo, os.environ.get("GITHUB_STEP_SUMMARY", ""), annotate)
    except OSError as error:
        raise click.UsageError(f"cannot write {error.filename}: {error.strerror}") from None
    if result.stopped:
        click.echo(f"Error: {result.stopped}", err=True)
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
        click.echo(f"Error: {percent}% was exercised, less than the {least:g}% wanted", err=True)
    return percent < least


@click.command()
@click.option(
    "--url",
    envvar="TFE_ADDRESS",
    default="http://127.0.0.1:8080",
    show_default=True,
    help="Server; or TFE_ADDRESS.",
)
@click.option(
    "--token",
    envvar="TFE_TOKEN",
    default="test-token",
    show_default=True,
    help="Key of the world; or TFE_TOKEN.",
)
@click.option("--format", "form", type=click.Choice(["table", "json", "html"]), default="table")
@click.option(
    "--fail-under",
    type=float,
    default=0.0,
    metavar="PERCENT",
    help="1 where less of the contract was exercised.",
)
@ONLY
def coverage(
    url: str, token: str, form: str, fail_under: float, counted: tuple[str, ...]
) -> None:  # fmt: skip
    """Show how much of the contract a running world's exchanges have exercised."""
    from mockserver.client import ControlError
    from mockserver.client.links import Http
    from mockserver.judge.coverage import Coverage, table
    from mockserver.reports.page import page

    try:
        shown = Http(url, token, 30.0).send("GET", "coverage")
    except ControlError as error:
        raise click.ClickException(str(error)) from None
    met = Coverage(shown["edition"])
    met.merge(shown["met"])
    met = part(met, counted)
    if form == "json":
        click.echo(json.dumps(met.shown(), indent=2))
    elif form == "html":
        click.echo(page(f"Contract coverage, edition {met.edition}", [], [], met))
    else:
        click.echo("\n".join(table(met)))
    sys.exit(int(too_little(met.percent, fail_under)))
