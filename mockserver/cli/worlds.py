"""The commands for a server that runs elsewhere: `seed`, `reset`."""

from __future__ import annotations

import click

from mockserver.cli.common import URL, WORLD_KEY, refused, refusing
from mockserver.cli.printing import say
from mockserver.escaping import escaped


@click.command()
@click.argument("file")
@URL
@WORLD_KEY
def seed(file: str, url: str, token: str) -> None:
    """Add a fixture, a FILE or the name of an included one, to a running server.

    Prints the id of each record that the fixture names, made or there before.
    """
    from mockserver.client import ControlError, connect

    try:
        with refusing():
            made = connect(url, token).seed(file)
    except ControlError as error:
        raise refused(error) from None
    for type, records in made.items():
        for label, id in records.items():
            say(escaped(f"{type}  {label}  {id}"))


@click.command()
@URL
@WORLD_KEY
def reset(url: str, token: str) -> None:
    """Put a running server back to the data it started with."""
    from mockserver.client import ControlError, connect

    try:
        connect(url, token).reset()
    except ControlError as error:
        raise refused(error) from None
