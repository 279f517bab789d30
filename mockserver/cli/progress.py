"""How far a run is, while it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from mockserver.cli.printing import say

if TYPE_CHECKING:
    from mockserver.scenarios.runner.run import Tell


@contextmanager
def progress() -> Iterator[Tell]:
    """A bar on a terminal, plain lines elsewhere; both on stderr."""
    if not sys.stderr.isatty():

        def plain(what: str, done: int, of: int) -> None:
            if done < of:
                say(f"verify: {what} ({done + 1} of {of})", err=True)

        yield plain
        return
    with click.progressbar(
        length=100, label="verify", file=sys.stderr, item_show_func=lambda item: item or ""
    ) as bar:

        def tell(what: str, done: int, of: int) -> None:
            bar.update(round(100 * done / of) - bar.pos, what)

        yield tell
