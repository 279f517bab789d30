"""The command `mockserver`: one module a command or two, siblings that share `common` and `outcome`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from mockserver.cli.printing import as_process
from mockserver.version import VERSION

COMMANDS: Mapping[str, str] = {
    "cli-config": "clients",
    "coverage": "covering",
    "diff": "differing",
    "env": "clients",
    "fixture": "recording",
    "fixture-schema": "contract",
    "openapi": "contract",
    "operations": "contract",
    "record": "recording",
    "reset": "worlds",
    "schema": "schema",
    "seed": "worlds",
    "serve": "serving",
    "verify": "verifying",
    "who": "contract",
}
"""The module of each command: imported when the command is asked for, so that none waits for the others."""


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        for module in {COMMANDS[name]} if name in COMMANDS else {*COMMANDS.values()}:
            for one in vars(import_module(f"{__name__}.{module}")).values():
                if isinstance(one, click.Command):
                    self.add_command(one)
        return super().get_command(ctx, name)  # a name that is none is told those that are near


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "MOCKSERVER"},
)
@click.version_option(VERSION, prog_name="mockserver")
def main() -> None:
    """A stand-in for the Terraform Enterprise API."""


def run() -> None:
    """The command as a process, e.g. of the console script."""
    as_process(main)
