"""The command `coverage`: of a world that runs elsewhere."""

from __future__ import annotations

import sys

import click

from mockserver.cli.common import URL, WORLD_KEY, printed_as, refused
from mockserver.cli.outcome import FAIL_UNDER, ONLY, part, too_little
from mockserver.cli.printing import say, say_json, say_table


@click.command()
@URL
@WORLD_KEY
@printed_as("table", "json", "html")
@FAIL_UNDER
@ONLY
def coverage(
    url: str, token: str, form: str, fail_under: float, counted: tuple[str, ...]
) -> None:  # fmt: skip
    """Show how much of the contract the requests to a running server have exercised.

    Exit codes: 0, 1 less than --fail-under, 2 usage or a wrong key, 3 not reached.
    """
    from mockserver.client import ControlError
    from mockserver.client.links import Http
    from mockserver.judge.coverage import Coverage, rows
    from mockserver.reports.html import page

    try:
        shown = Http(url, token, 30.0).send("GET", "coverage")
    except ControlError as error:
        raise refused(error) from None
    met = Coverage(shown["edition"])
    met.merge(shown["met"])
    met = part(met, counted)
    if form == "json":
        say_json(met.shown())
    elif form == "html":
        text = page(f"Contract coverage, edition {met.edition}", [], [], [met])
        say(text.encode("ascii", "xmlcharrefreplace").decode())
    else:
        say_table(rows(met))
        say(met.summary)
    sys.exit(int(too_little(met.percent, fail_under)))
