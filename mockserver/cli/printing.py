"""What commands print: text that its encoding lacks is escaped, a reader who has gone is no error."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Sequence
from typing import IO, Any

import click


def as_process(command: click.Command) -> None:
    """A command as a process: what click says itself (usage, errors) is printed the same way.

    click takes a stream that is ASCII for a mistake and writes UTF-8 to it, save where it is named.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(command.main(prog_name="mockserver", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show(file=sys.stderr)
        sys.exit(error.exit_code)
    except click.Abort:
        say("Aborted!", err=True)
        sys.exit(1)


def say(text: str, *, err: bool = False, newline: bool = True) -> None:
    """Print a text, on stderr where `err`.

    What is said after the reader of a pipe (`| head`) or the terminal has gone is said to nobody, and the command
    goes on: its reports are written, and its exit code is right. Raises ClickException where the
    text cannot be written for another reason.
    """
    stream = sys.stderr if err else sys.stdout
    try:
        click.echo(text, file=stream, nl=newline)
    except OSError as error:
        # EINVAL: how Windows tells of a closed pipe; EIO: a terminal that was closed
        gone = error.errno in (errno.EPIPE, errno.EINVAL, errno.EIO)
        _silence(stream)
        if not gone:
            raise click.ClickException(f"cannot print: {error.strerror}") from None


def _silence(stream: IO[str]) -> None:
    """Send what is still to come nowhere: Python's own flush at the end would fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def say_json(value: Any) -> None:
    r"""Print JSON, indented; `\u…` for what the encoding of stdout lacks, which is JSON too."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    say(json.dumps(value, indent=2, ensure_ascii=not unicode))


def say_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, the first row as their heads; folded to the width of a terminal."""
    from mockserver.reports.columns import UNFOLDED, columns

    terminal = sys.stdout.isatty()
    say(columns(rows, shutil.get_terminal_size().columns if terminal else UNFOLDED))
