"""The command `diff`: what one edition has that another has not, or that recorded traffic shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.common import Unusable, edition_named, printed_as
from mockserver.cli.printing import say, say_json

if TYPE_CHECKING:
    from mockserver.contract import Edition
    from mockserver.contract.differences import Difference


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--against", type=click.Path(exists=True, path_type=Path), metavar="PATH",
    help="Compare the edition with this recording instead: a HAR, or a folder of `mockserver record`.",
)  # fmt: skip
@printed_as("markdown", "json")
def diff(old: str, new: str | None, against: Path | None, form: str) -> None:
    """Print what differs from edition OLD to edition NEW, each line breaking or an addition.

    \b
    An addition is what the vendor's stability policy calls backwards compatible:
    endpoints, attributes, links, relationships, optional query parameters.
    """
    from mockserver.contract.differences import differences
    from mockserver.reports.changelog import document, markdown

    if new is not None and against is not None:
        raise click.UsageError("name another edition, or a recording with --against: not both")
    if new is None and against is None:
        raise click.UsageError("name another edition, or a recording with --against")
    edition = edition_named(old)
    if new is not None:
        found, other = differences(edition, edition_named(new)), new
    else:
        assert against is not None
        found, other = _beyond(against, edition), against.name
    if form == "json":
        say_json(document(old, other, found))
    else:
        say(markdown(f"From {old} to {other}", found))


def _beyond(path: Path, edition: Edition) -> list[Difference]:
    from mockserver.scenarios import follows
    from mockserver.traffic.judging import beyond, judge_recording
    from mockserver.traffic.recordings import READERS

    recorded = judge_recording(
        READERS["exchanges" if path.is_dir() else "har"](path), edition, follows=follows()
    )
    if recorded.stopped:
        raise Unusable(recorded.stopped)
    return beyond(recorded)
