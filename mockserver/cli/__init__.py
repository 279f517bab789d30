"""The command `mockserver`: one module a command or two, siblings that share `common` and `outcome`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import pairwise

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

PREFIX = "MOCKSERVER"


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        for module in {COMMANDS[name]} if name in COMMANDS else {*COMMANDS.values()}:
            for one in vars(import_module(f"{__name__}.{module}")).values():
                if isinstance(one, click.Command):
                    self.add_command(one)
                    _take_variables(one)
        return super().get_command(ctx, name)  # a name that is none is told those that are near

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if command and (empty := without_value(command, rest)):
            raise click.UsageError(
                f"{empty} is given an empty text, as a variable that is not set would be: "
                "give it a value, or leave it out."
            )
        return name, command, rest


def _take_variables(command: click.Command) -> None:
    """Gives each option the variable of its name as it is typed: `MOCKSERVER_SERVE_ALLOWED_HOST`. Click
    alone would take that of the parameter behind it (`…_ALLOWED_HOSTS`), which is taken still.
    """
    for option in command.params:
        if isinstance(option, click.Option) and option.envvar is None:
            typed = f"{PREFIX}_{command.name}_{max(option.opts, key=len).lstrip('-')}"
            option.envvar = typed.replace("-", "_").upper()


def without_value(command: click.Command, args: Sequence[str]) -> str:
    """The option of a command that is given an empty text; empty where none is.

    Asked of all alike: an empty `--edition` or `--state` would be taken for one that is left out.
    """
    options = (param for param in command.params if isinstance(param, click.Option))
    takes = {name for option in options if not option.is_flag for name in option.opts}
    for name, value in pairwise((*args, "-")):
        if name in takes and not value:
            return name
        if name.endswith("=") and name[:-1] in takes:
            return name[:-1]
    return ""


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": PREFIX},
)
@click.version_option(VERSION, prog_name="mockserver")
def main() -> None:
    """A stand-in for the Terraform Enterprise API."""


def run() -> None:
    """The command as a process, e.g. of the console script."""
    as_process(main)
