"""What several commands share: options, the edition of a name, how a usage error looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mockserver.contract import Edition

URL = click.option(
    "--url", envvar="TFE_ADDRESS", default="http://127.0.0.1:8080", show_default=True,
    help="Address of the server; read from TFE_ADDRESS where that is set.",
)  # fmt: skip
TOKEN = click.option(
    "--token", envvar="TFE_TOKEN", default="test-token", show_default=True,
    help="Key of the world; read from TFE_TOKEN where that is set.",
)  # fmt: skip


class Unusable(click.ClickException):
    """One sentence, and the exit code of usage."""

    exit_code = 2


def edition_named(name: str) -> Edition:
    """The edition of a name; one sentence that lists those there are."""
    from mockserver.contract import UnknownEdition, load

    try:
        return load(name)
    except UnknownEdition as error:
        raise Unusable(str(error)) from None
