"""The command `mockserver`: one module a command or two, siblings that share `common` and `outcome`."""

from __future__ import annotations

import click

from mockserver.cli import (
    clients,
    contract,
    covering,
    differing,
    recording,
    schema,
    serving,
    verifying,
    worlds,
)
from mockserver.cli.printing import as_process
from mockserver.version import VERSION


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "MOCKSERVER"}
)
@click.version_option(VERSION, prog_name="mockserver")
def main() -> None:
    """A stand-in for the Terraform Enterprise API."""


for command in (
    serving.serve,
    clients.env,
    clients.cli_config,
    contract.openapi,
    contract.print_fixture_schema,
    contract.operations,
    contract.who,
    differing.diff,
    schema.schema,
    worlds.seed,
    worlds.reset,
    verifying.verify,
    covering.coverage,
    recording.record,
    recording.fixture,
):
    main.add_command(command)


def run() -> None:
    """The command as a process, e.g. of the console script."""
    as_process(main)
