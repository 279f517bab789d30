"""The command `coverage`: of a world that runs elsewhere."""

from __future__ import annotations

import json
import sys

import click

from mockserver.cli.common import TOKEN, URL
from mockserver.cli.outcome import ONLY, part, too_little


@click.command()
@URL
@TOKEN
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    show_default=True,
    help="Form to print it in.",
)
@click.option(
    "--fail-under",
    type=float,
    default=0.0,
    metavar="PERCENT",
    help="Exit with 1 if less of the contract was exercised.",
)
@ONLY
def coverage(
    url: str, token: str, form: str, fail_under: float, counted: tuple[str, ...]
) -> None:  # fmt: skip
    """Show how much of the contract the requests to a running server have exercised."""
    from mockserver.client import ControlError
    from mockserver.client.links import Http
    from mockserver.judge.coverage import Coverage, table
    from mockserver.reports.html import page

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
