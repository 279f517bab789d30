"""The part of `verify` that judges a recording: which one is given, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from mockserver.contract import Edition
    from mockserver.judge.result import Result
    from mockserver.judge.sources import Level

RECORDINGS = ("har", "journal", "exchanges")
SERVER = ("url", "organization", "token_env", "read_only", "no_organizations", "jobs", "timeout", "rate",
          "unreached")  # fmt: skip
"""Names of the options that say how a server is verified."""


def recording_given(options: Mapping[str, Any]) -> str:
    """The name of the option with a recording; empty for none, a usage error where another option
    contradicts it."""
    given = [name for name in RECORDINGS if options[name]]
    if len(given) > 1:
        raise click.UsageError(f"--{given[0]} and --{given[1]}: one recording at a time")
    if given and (other := _of_a_server()):
        raise click.UsageError(f"--{given[0]} and {other}: a recording is judged without a server")
    return "".join(given)


def _of_a_server() -> str:
    """The first option on the command line that only a server has a use for; empty for none. An
    address in the environment is no wish."""
    context = click.get_current_context()
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.name in SERVER and source is ParameterSource.COMMANDLINE:
            return option.opts[0]
    return ""


def judged(
    contract: Edition, only: frozenset[str], drift: Level, form: str, path: Path, named: bool
) -> Result:
    """What comes of a recording. `named`: whether the user has said that it is of this edition."""
    from mockserver.scenarios import follows
    from mockserver.traffic.judging import judge_recording, result
    from mockserver.traffic.recordings import READERS

    recorded = judge_recording(READERS[form](path), contract, only, drift, follows())
    return result(recorded, contract, named)
