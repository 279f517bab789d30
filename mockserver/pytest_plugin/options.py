"""What a test asks for: the ini file, and the markers over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mockserver.contract.fixture_files import FORMATS
from mockserver.contract.fixtures import no_file
from mockserver.nearest import did_you_mean
from mockserver.world.clock import parse_timestamp

OPTIONS: Mapping[str, tuple[type, ...]] = {
    "fixture": (str, Path, Mapping),
    "edition": (str,),
    "strict": (bool,),
    "seed": (int,),
    "now": (str,),
    "tls": (bool,),
}


def options_of(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the ini file says, and what the markers say over it, the closest last."""
    config = request.config
    options: dict[str, Any] = {name: config.getini(f"tfe_{name}") for name in OPTIONS}
    options["seed"] = int(options["seed"])
    options |= {name: options[name] or None for name in ("edition", "now")}
    if options["now"]:
        _refuse_no_time(options["now"], f"tfe_now = {options['now']!r}")
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
    kinds = OPTIONS[name]
    fits = isinstance(value, kinds) and (isinstance(value, bool) == (bool in kinds))
    if not fits and not (name in ("edition", "now") and value is None):
        words = " or ".join(kind.__name__ for kind in kinds)
        fail(f"@pytest.mark.tfe({name}={value!r}): {name} must be of type {words}")
    if name == "now" and value is not None:
        _refuse_no_time(value, f"@pytest.mark.tfe(now={value!r})")
    return value


def _refuse_no_time(now: str, said: str) -> None:
    try:
        parse_timestamp(now)
    except ValueError as error:
        fail(f"{said}: {error}")


def _found(fixture: Any, *places: Path | None) -> Any:
    """A fixture's path, looked for beside what named it, then in the root of the project, then in the
    working directory."""
    if isinstance(fixture, Mapping) or Path(fixture).suffix not in FORMATS:
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
