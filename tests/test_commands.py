"""The commands: each is found by its name, and reads no module of another."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module

import click
from click.testing import CliRunner

from mockserver import cli


def test_the_table_names_every_command_and_its_module() -> None:
    found = {}
    for module in pkgutil.iter_modules(cli.__path__):
        said = vars(import_module(f"{cli.__name__}.{module.name}")).values()
        found |= {one.name: module.name for one in said if isinstance(one, click.Command)}
    assert found == cli.COMMANDS


def test_a_misspelt_command_is_told_the_nearest() -> None:
    result = CliRunner().invoke(cli.main, ["verfy"])
    assert result.exit_code == 2
    assert "No such command 'verfy'. Did you mean 'verify'?" in result.stderr


def test_a_command_reads_no_module_of_another() -> None:
    asked = "import sys; from mockserver.cli import main; main(['serve', '--help'], standalone_mode=False); "
    told = "print(*sorted(name for name in sys.modules if name.startswith('mockserver.cli.')))"
    done = subprocess.run([sys.executable, "-c", asked + told], capture_output=True, check=True)
    read = done.stdout.decode().splitlines()[-1].split()
    others = {
        f"mockserver.cli.{module}" for name, module in cli.COMMANDS.items() if name != "serve"
    }
    assert "mockserver.cli.serving" in read
    assert not others & {*read}
