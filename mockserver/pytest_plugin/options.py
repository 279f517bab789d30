"""What a test asks for: the ini file, and the markers over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mockserver.contract.fixtures import is_path, no_file
from mockserver.nearest import did_you_mean
from mockserver.pipeline.arguments import refuse, shown

OPTIONS = ("fixture", "edition", "strict", "seed", "now", "tls")
OPTIONAL = ("edition", "now")
"""Those that may be None."""


def options_of(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the ini file says, and what the markers say over it, the closest last."""
    config = request.config
    options: dict[str, Any] = {name: config.getini(f"tfe_{name}") for name in OPTIONS}
    options["seed"] = int(options["seed"])
    options |= {name: options[name] or None for name in ("edition", "now")}
    for name in ("seed", "now"):
        if options[name] is not None:
            _refuse(f"tfe_{name} = {options[name]!r}", name, options[name])
    options["fixture"] = _found(options["fixture"], config.inipath, config.rootpath)
    for mark in reversed(list(request.node.iter_markers("tfe"))):
        if mark.args:
            fail(f"@pytest.mark.tfe takes named arguments only: write fixture={mark.args[0]!r}")
        for name, value in mark.kwargs.items():
            options[name] = _judged(name, value)
        if "fixture" in mark.kwargs:
            fixture = options["fixture"]
            options["fixture"] = _found(fixture, request.node.path, config.rootpath)
    return options


def _judged(name: str, value: Any) -> Any:
    """An argument of the marker, or a refusal that lists those there are."""
    if name not in OPTIONS:
        fail(f"@pytest.mark.tfe has no argument {name!r}. {did_you_mean(name, OPTIONS)}")
    if value is not None or name not in OPTIONAL:
        _refuse(f"@pytest.mark.tfe({name}={shown(value)})", name, value)
    return value


def _refuse(said: str, name: str, value: Any) -> None:
    try:
        refuse(said, name, value)
    except (TypeError, ValueError) as error:
        fail(str(error))


def _found(fixture: Any, *places: Path | None) -> Any:
    """A fixture's path, looked for beside what named it, then in the root of the project, then in the
    working directory."""
    if isinstance(fixture, Mapping) or not is_path(fixture):
        return fixture
    folders = [place if place.is_dir() else place.parent for place in places if place]
    folders.append(Path.cwd())
    for folder in folders:
        if (path := folder / fixture).is_file():
            return path
    return fail(no_file(Path(fixture), *folders))


def fail(message: str) -> NoReturn:
    """Fail the test with this message alone, whatever exception has led to it."""
    raise pytest.fail.Exception(message, pytrace=False) from None
