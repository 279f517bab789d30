"""The reference tables of README.md and docs/, made from what they describe.

`make docs` writes each table between its marks, `<!-- command serve -->` and `<!-- /command serve -->`;
`tests/test_docs.py` compares them.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

import mockserver
from mockserver import pytest_plugin
from mockserver.cli import main
from mockserver.contract import control, editions, load
from mockserver.pipeline.server import served
from mockserver.pytest_plugin import options
from mockserver.resources import kinds
from mockserver.world.fault_options import WHAT
from mockserver.world.fixture_schema import fixture_schema

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EDITION = "2019-07"


def tables() -> dict[str, str]:
    """Every table by the name of its marks."""
    return {
        **{f"command {name}": _command(command) for name, command in _commands()},
        "create_app": _arguments(mockserver.create_app),
        "universe": _arguments(mockserver.universe),
        "pytest settings": _settings(),
        "pytest options": _pytest_options(),
        "faults": "\n".join(f"| `{name}` | {what} |" for name, what in WHAT.items()),
        "fixture": _fixture(),
        "control": _control(),
        "control bodies": _control_bodies(),
        **{f"operations {name}": _operations(name) for name in editions()},
    }


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    columns = head.split(" | ")
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)


def _default(value: Any) -> str:
    return "" if value is None or value is False or value == "" else f"`{value}`"


# the commands


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its name: those of the group are found when they are asked for."""
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        yield name, command


def _command(command: click.Command) -> str:
    context = click.Context(command)
    rows = []
    for param in command.params:
        name = "/".join(param.opts)
        if isinstance(param, click.Option):
            about = param.help or ""
            if not param.is_flag:
                name += f" {param.make_metavar(context)}".replace("|", "\\|")
        else:
            name, about = param.make_metavar(context), "The argument."
        default = (
            "" if callable(param.default) or param.required else param.to_info_dict()["default"]
        )
        shown = _default(default) if not str(default).startswith("Sentinel") else ""
        rows.append([f"`{name}`", shown, about])
    assert command.help
    parts = inspect.cleandoc(command.help).replace("\b\n", "").split("\n\n")
    text = "\n\n".join(
        part for part in parts if not part.startswith("Exit codes")
    )  # a table has them
    return f"{text}\n\n" + _table("option | default | what it does", rows)


# the Python interface


def _arguments(function: Any) -> str:
    """From the signature, and from the lines `name: text` under "Arguments:" of the docstring."""
    lines = inspect.cleandoc(function.__doc__).partition("Arguments:\n")[2].split("\n\n")[0]
    about = {
        name: re.sub(r"\s+", " ", text).strip()
        for name, text in re.findall(r"^    (\w+): (.*(?:\n        .*)*)", lines, re.M)
    }
    names = inspect.signature(function).parameters
    assert about.keys() == names.keys(), f"the docstring of {function.__name__} lists its arguments"
    rows = [
        [f"`{name}`", "" if p.default is ... else _default(p.default), about[name]]
        for name, p in names.items()
    ]
    return _table("argument | default | what it is", rows)


class _Parser:
    """Takes down what the plugin registers with pytest."""

    def __init__(self) -> None:
        self.settings: list[tuple[str, str, Any]] = []
        self.options: list[tuple[str, dict[str, Any]]] = []

    def addini(self, name: str, help: str, type: str = "", default: Any = None) -> None:
        self.settings.append((name, help, default))

    def getgroup(self, *words: str) -> _Parser:
        return self

    def addoption(self, name: str, **about: Any) -> None:
        self.options.append((name, about))


def _parser() -> _Parser:
    parser = _Parser()
    pytest_plugin.pytest_addoption(parser)  # type: ignore[arg-type]
    return parser


def _settings() -> str:
    rows = []
    for name, about, default in _parser().settings:
        argument = name.removeprefix("tfe_")
        marked = f"`{argument}`" if argument in options.OPTIONS else ""
        rows.append([f"`{name}`", marked, _default(default), about])
    return _table("ini setting | argument of `@pytest.mark.tfe` | default | what it is", rows)


def _pytest_options() -> str:
    rows = [[f"`{name} {a['metavar']}`", a["help"]] for name, a in _parser().options]
    return _table("option of pytest | what it does", rows)


# documents


def _fixture() -> str:
    schema = fixture_schema(served(load(EDITION)))
    parts = [_members("the document", schema)]
    for name, part in schema["$defs"].items():
        if "properties" in part:
            parts.append(_members(f"`{name}`: {part['description']}", part))
    return "\n\n".join(parts)


def _members(title: str, schema: Mapping[str, Any]) -> str:
    rows = [[f"`{path}`", _type(part), part.get("description", "")] for path, part in _walk(schema)]
    return f"### {title}\n\n" + _table("member | type | what it is", rows)


def _walk(schema: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        path = f"{at}{name}"
        marked = {**part, "description": f"{part.get('description', '')}"}
        if name in required and not at:
            marked["description"] += " Required."
        yield path, marked
        yield from _walk(part, f"{path}.")
        if isinstance(part.get("items"), Mapping):
            yield from _walk(part["items"], f"{path}[].")


def _type(part: Mapping[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{json.dumps(value)}`" for value in part["enum"])
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    said = part.get("type", "any")
    return said if isinstance(said, str) else " or ".join(said)


# the control plane and the API


def _control() -> str:
    rows = []
    for operation in control().operations.values():
        query = ", ".join(f"`{name}`" for name in operation.parameters)
        rows.append(
            [f"`{operation.method} {operation.path}`", operation.item["description"], query]
        )
    return _table("endpoint | what it does | query parameters", rows)


def _control_bodies() -> str:
    contract, parts = control(), []
    for operation in contract.operations.values():
        if not operation.body:
            continue
        schema = operation.body_schema
        schema = contract.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        if schema.get("properties"):
            parts.append(_members(f"`{operation.method} {operation.path}`", schema))
    return "\n\n".join(parts)


def _operations(edition: str) -> str:
    rows = [
        [
            o.page,
            f"`{o.id}`",
            f"`{o.method} {o.path}`",
            ", ".join(str(s) for s in sorted(o.responses) if s < 300),
        ]
        for o in load(edition).operations.values()
        if o.open or o.id in kinds(edition).table
    ]
    return _table("page | operation | call | success", rows)


def marks(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {re.escape(name)} -->\n)(.*?)(<!-- /{re.escape(name)} -->)", re.S)


def write() -> None:
    """Every table anew, on the page that has its marks."""
    made = tables()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name, table in made.items():
            text = marks(name).sub(lambda m, t=table: f"{m[1]}{t}\n{m[3]}", text)  # type: ignore[misc]
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
