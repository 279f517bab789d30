"""The server that `verify` is given: its address, the token, and the edition that it names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mockserver.cli.common import OLDEST
from mockserver.cli.judging import RECORDINGS
from mockserver.cli.printing import say

if TYPE_CHECKING:
    from mockserver.traffic.http_transport import HttpTransport
    from mockserver.traffic.transport import Unreachable


class AskedServer(NamedTuple):
    """`named`: the edition that it says it speaks, empty for none; `lost`: why nothing was heard of it."""

    transport: HttpTransport
    token: str
    named: str
    lost: Unreachable | None


def asked(options: dict[str, Any]) -> AskedServer:
    """The server of the options, asked for its edition, until the command ends; a usage error where they
    are none.
    """
    from mockserver.traffic.http_transport import HttpTransport
    from mockserver.traffic.naming import named_edition
    from mockserver.traffic.transport import Unreachable

    token = _token(options)
    try:
        transport = HttpTransport(options["url"], timeout=options["timeout"], rate=options["rate"])
    except ValueError as error:
        raise click.UsageError(f"--url {error}") from None
    click.get_current_context().call_on_close(transport.close)
    try:
        return AskedServer(transport, token, named_edition(transport, token), None)
    except Unreachable as error:
        return AskedServer(transport, token, "", error)


def say_chosen(server: AskedServer) -> None:
    """By which edition it is judged where nobody has said: the first line of the run."""
    if server.named:
        say(f"edition {server.named}, which the server names")
    elif not server.lost:
        say(f"edition {OLDEST}: the server names none that is known here; --edition takes another")


def _token(options: dict[str, Any]) -> str:
    """The token of the server that is named; a usage error where either is missing."""
    if not options["url"] or not options["organization"]:
        recordings = ", ".join(f"--{name}" for name in RECORDINGS)
        raise click.UsageError(f"give --url and --organization of a server, or one of {recordings}")
    token = os.environ.get(options["token_env"], "")
    if not token:
        raise click.UsageError(
            f"the environment variable {options['token_env']} holds no token: set it, or name "
            "another one with --token-env"
        )
    return token
