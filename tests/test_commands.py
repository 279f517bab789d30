"""The commands: each is found by its name, and reads no module of another."""

from __future__ import annotations

import json
import pkgutil
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mockserver import cli, contract
from mockserver.contract import Edition


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


@pytest.mark.parametrize(
    ("option", "command"),
    [
        ("--edition", ["openapi", "--edition", ""]),
        ("--edition", ["operations", "--edition="]),
        ("--edition", ["who", "--fixture", "busy", "--edition", "", "--operation", "show-team"]),
        ("--edition", ["verify", "--har", "x.har", "--edition", ""]),
        ("--edition", ["fixture", "--from", ".", "--edition", ""]),
        ("--state", ["serve", "--state", ""]),
        ("--into", ["record", "--upstream", "https://tfe", "--into", ""]),
    ],
)
def test_an_option_that_is_given_an_empty_text_is_not_one_that_is_left_out(
    option: str, command: list[str]
) -> None:
    result = CliRunner().invoke(cli.main, command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == (
        f"Error: {option} is given an empty text, as a variable that is not set would be: give it "
        "a value, or leave it out."
    )


def test_an_empty_text_after_a_switch_is_not_its_value() -> None:
    command = cli.main.get_command(click.Context(cli.main), "serve")
    assert command
    assert cli.without_value(command, ["--quiet", "", "--edition", "2019-07"]) == ""


def test_every_option_has_a_variable_of_its_name_as_it_is_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main = click.Context(cli.main, **cli.main.context_settings)
    taken = 0
    for name in cli.COMMANDS:
        command = cli.main.get_command(main, name)
        assert command
        for option in (one for one in command.params if isinstance(one, click.Option)):
            typed = max(option.opts, key=len).removeprefix("--")
            variable = f"MOCKSERVER_{name}_{typed}".replace("-", "_").upper()
            with monkeypatch.context() as environment:
                environment.setenv(variable, "1")
                context = command.make_context(name, [], parent=main, resilient_parsing=True)
            source = context.get_parameter_source(option.name or "")
            assert source is click.core.ParameterSource.ENVIRONMENT, variable
            taken += 1
    assert taken > 50


@pytest.mark.parametrize("number", ["-1", "nan", "inf"])
@pytest.mark.parametrize("option", ["--timeout", "--rate", "--jobs"])
def test_a_number_that_nothing_can_wait_for_is_usage(option: str, number: str) -> None:
    commands = [["verify", "--url", "http://127.0.0.1:9", "--organization", "x"]]
    if option == "--timeout":
        commands.append(["record", "--upstream", "http://127.0.0.1:9"])
    for command in commands:
        result = CliRunner().invoke(cli.main, [*command, option, number])
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"Invalid value for '{option}': " in result.stderr


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


@pytest.fixture
def spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is to be told where a page of the edition has a mistake that its form does not know."""
    place = tmp_path / "2019-07"
    shutil.copytree(contract.load("2019-07").place, place)
    page = json.loads((place / "teams.json").read_text())
    page["operations"]["show-team-information"]["call"] = "GET /api/v2/teams/{team_id}"
    (place / "teams.json").write_text(json.dumps(page))
    import_module("mockserver.pipeline.server")  # what names `load` for good has the real one
    monkeypatch.setattr(contract, "load", lambda name: Edition(place))
    return (
        f"Error: {place / 'teams.json'}#/operations/show-team-information: "
        "call 'GET /api/v2/teams/{team_id}': "
        "/api/v2 stands before it by rule; write 'GET /teams/{team_id}'\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        "diff 2019-07 2026-08",
        "fixture-schema",
        "openapi",
        "operations",
        "record --upstream http://127.0.0.1:9",
        "schema update-team",
        "verify --url http://127.0.0.1:9 --edition 2019-07",
        "who --edition 2019-07",
    ],
)
def test_a_mistake_in_a_page_is_one_line_of_every_command(spoilt: str, words: str) -> None:
    result = CliRunner().invoke(cli.main, words.split())
    assert (result.exit_code, result.stderr) == (2, spoilt)


@pytest.mark.parametrize("words", ["fixture-schema", "operations"])
def test_a_mistake_in_a_module_of_resources_is_one_line(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(edition: Edition) -> None:
        raise ValueError("two kinds answer show-team")

    monkeypatch.setattr("mockserver.pipeline.server.served", refused)
    result = CliRunner().invoke(cli.main, [words])
    assert (result.exit_code, result.stderr) == (2, "Error: two kinds answer show-team\n")


def opts(command: str) -> list[str]:
    """The options of a command as they are written."""
    module = import_module(f"{cli.__name__}.{cli.COMMANDS[command]}")
    known = {one.name: one for one in vars(module).values() if isinstance(one, click.Command)}
    return [text for option in known[command].params for text in option.opts]


TAKING_FIXTURES = [name for name in cli.COMMANDS if "--fixture" in opts(name)]
UNFIT = {
    "a member that is not listed": (
        {"organizations": [{"name": "a", "workspacez": []}]},
        "/organizations/0/workspacez: organizations[].workspacez is not listed (its value is not shown); "
        "expected no such member. Did you mean workspaces?",
    ),
    "a name that there is not": (
        {"organizations": [{"name": "a", "owners": ["bob"]}]},
        "/organizations/0/owners/0: There is no user 'bob'.",
    ),
    "an edition that there is not": (
        {"edition": "2026-8"},
        "/edition: There is no edition named '2026-8'. Did you mean '2026-08'? There are: ",
    ),
    "a name that would break the line": (
        {"a\n::error::b\x1b[31m": 1},
        "/a\\n::error::b\\x1b[31m: a\\n::error::b\\x1b[31m is not listed (its value is not shown); ",
    ),
}


@pytest.mark.parametrize("command", TAKING_FIXTURES)
@pytest.mark.parametrize("fault", UNFIT)
def test_what_is_wrong_with_a_fixture_is_told_alike_by_every_command_that_takes_one(
    command: str, fault: str, tmp_path: Path
) -> None:
    document, told = UNFIT[fault]
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(document))
    result = CliRunner().invoke(cli.main, [command, "--fixture", str(file)])
    head, *lines = result.stderr.splitlines()
    assert (result.exit_code, head) == (1, f"Error: The fixture '{file}' has 1 fault(s):")
    assert len(lines) == 1
    assert lines[0].startswith(f"  {told}")


def test_the_commands_that_take_a_fixture_are_found() -> None:
    assert TAKING_FIXTURES == ["serve", "who"]


NEEDED = {"fixture": ["--from", "."], "record": ["--upstream", "http://127.0.0.1:9"]}
"""What a command does not do without, beside `--edition`."""
TAKING_EDITIONS = [name for name in cli.COMMANDS if "--edition" in opts(name)]


@pytest.mark.parametrize("command", TAKING_EDITIONS)
def test_an_unknown_edition_is_usage_of_every_command_and_prints_nothing(command: str) -> None:
    words = [command, "--edition", "2026-8", *NEEDED.get(command, ())]
    if command == "schema":
        words += ["update-team"]
    result = CliRunner().invoke(cli.main, words)
    near = "Did you mean '2026-08'? There are: 2019-07, 2026-08."
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: There is no edition named '2026-8'. {near}\n"


@pytest.mark.parametrize(
    "words",
    [
        "schema creat-team",
        "serve --fixture docmented",
        "serve --fixture none.json",
        "verify --url http://127.0.0.1:9 --organization a --operation creat-team",
        "who --caller nan",
        "who --fixture docmented",
        "who --operation creat-team",
        "diff 2019-07 2026-8",
    ],
)
def test_a_name_of_nothing_is_usage_of_every_command_and_prints_nothing(words: str) -> None:
    result = CliRunner().invoke(cli.main, words.split(), env={"TFE_TOKEN": "a"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no " in result.stderr or "has no " in result.stderr
