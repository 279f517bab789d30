"""Fixtures: found by name or path, read, and held to a schema before they become a world."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mockserver.contract.editions import editions
from mockserver.contract.engines import Checker, Miss, Schema, secret_names
from mockserver.contract.explain import brief, fact, told, trail, wanted
from mockserver.contract.files import read, shipped_fixtures
from mockserver.contract.fixture_files import FORMATS, read_file
from mockserver.contract.hints import hint, meant
from mockserver.escaping import escaped, faults_told
from mockserver.nearest import did_you_mean, either, there_is_no


class UnknownFixture(ValueError):
    """No fixture of that name and no file of that path; the message lists those that ship."""


class UnfitFixture(ValueError):
    """A fixture that breaks its schema. `faults` holds `(pointer, detail)` of every fault, `fixture`
    its name or path, empty where it has none.
    """

    def __init__(self, faults: list[tuple[str, str]], fixture: str = "") -> None:
        self.faults, self.fixture = faults, fixture
        super().__init__(faults, fixture)

    def __str__(self) -> str:
        return faults_told(self.faults, self.fixture)


def read_fixture(fixture: str | Path | Mapping[str, Any], edition: str) -> Mapping[str, Any]:
    """A fixture document of an edition by name, by path, or as it is.

    Raises UnknownFixture, and ValueError for a file that cannot be read.
    """
    if isinstance(fixture, Mapping):
        return _plain(fixture)
    if is_shipped(fixture, edition):
        document: Mapping[str, Any] = read(shipped_fixtures(edition)[str(fixture)])
        return document
    path = Path(fixture)
    if path.is_file():
        return _object(path)
    if is_path(fixture):
        raise UnknownFixture(no_file(path, Path.cwd()))
    ends = f" A path ends in {either([*FORMATS])}."
    raise UnknownFixture(_unknown(str(fixture), edition, ends))


def _plain(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document as a file would give it: other mappings, and kinds of texts, are none for the validator."""
    plain: Mapping[str, Any] = json.loads(json.dumps(document, default=dict))
    return plain


def is_shipped(fixture: str | Path | Mapping[str, Any], edition: str) -> bool:
    """Whether it is the name of a fixture that ships and that the edition can read."""
    return isinstance(fixture, str) and fixture in shipped_fixtures(edition)


def is_path(fixture: str | Path) -> bool:
    """Whether it can only be a file: a Path, a text with a separator, one that ends as our files do.
    Of another text the names of those that ship go first.
    """
    path = Path(fixture)
    return not isinstance(fixture, str) or path.name != fixture or path.suffix in FORMATS


def no_file(path: Path, *places: Path) -> str:
    """That there is no such fixture file, and in which folders it was looked for."""
    looked = f" It was looked for in {either([*dict.fromkeys(map(str, places))])}."
    return escaped(f"There is no fixture file {str(path)!r}.{'' if path.is_absolute() else looked}")


def called(fixture: str | Path) -> str:
    """How a fixture is told of: its name, or its path as no name of one that ships."""
    shipped = any(str(fixture) in shipped_fixtures(edition) for edition in editions())
    return f".{os.sep}{fixture}" if shipped and not isinstance(fixture, str) else str(fixture)


def found_fixture(
    fixture: str | Path | Mapping[str, Any], default: str
) -> tuple[str, Mapping[str, Any]]:
    """A fixture where nobody has said of which edition, and that edition: the one that the document
    names; of a name that the default edition does not know, the newest that does; else the default.

    Raises as `read_fixture`, and UnfitFixture for an edition that there is not.
    """
    home = _home(fixture, default) if isinstance(fixture, str) else default
    document = read_fixture(fixture, home)
    named = document.get("edition")
    if isinstance(named, str) and named not in editions():
        raise UnfitFixture([("/edition", there_is_no("edition", named, editions()))])
    return named if isinstance(named, str) else home, document


def _home(name: str, default: str) -> str:
    """The edition that a fixture of that name ships with."""
    known = [
        edition for edition in (default, *reversed(editions())) if name in shipped_fixtures(edition)
    ]
    return next(iter(known), default)


def _object(path: Path) -> Mapping[str, Any]:
    document = read_file(path)
    if not isinstance(document, Mapping):
        what = told(document, {"type": "object"})
        raise UnfitFixture([("", f"the file holds {what}, not an object")], str(path))
    return document


def shipped(name: str, *known: str) -> str:
    """The name of a fixture that ships with one of these editions, for who may not read files here.

    Raises UnknownFixture.
    """
    if not any(name in shipped_fixtures(edition) for edition in known):
        raise UnknownFixture(_unknown(name, known[0]))
    return name


def _unknown(name: str, edition: str, hint: str = "") -> str:
    if (home := _home(name, edition)) != edition:
        return f"The fixture {name!r} {_of_another(home, edition)}"
    every = sorted({known for each in editions() for known in shipped_fixtures(each)})
    return there_is_no("fixture", name, every) + hint


def of_edition(document: Mapping[str, Any], edition: str) -> Mapping[str, Any]:
    """The document, unless it says that it is of another edition. Raises UnfitFixture."""
    if document.get("edition", edition) == edition:
        return document
    raise UnfitFixture([("/edition", f"the fixture {_of_another(document['edition'], edition)}")])


def _of_another(own: Any, asked: str) -> str:
    if own not in editions():
        return f"is of edition {brief(own)}, and {asked} is asked for. {did_you_mean(str(own), editions())}"
    todo = f"Make the world with edition {own}, or with this fixture and no edition."
    return f"is of edition {own}, and {asked} is asked for. {todo}"


def check_fixture(
    document: Mapping[str, Any], edition: str, checker_of: Callable[[str], Checker]
) -> Mapping[str, Any]:
    """The document, where it keeps the schema of an edition's fixtures, which `checker_of` gives.

    Raises UnfitFixture with every fault.
    """
    checker = checker_of(edition)
    misses = checker.misses(document)
    if not misses:
        return document
    others = {one: checker_of(one).misses(document) for one in editions() if one != edition}
    secrets = frozenset(n for one in editions() for n in secret_names(checker_of(one).schema))
    faults = []
    for miss in misses:
        part, _, secret = trail(checker.schema, miss.path, checker.components, miss.value)
        text = _beside(miss) or wanted(miss, part, checker.components)
        faults.append(
            (
                miss.pointer,
                f"{fact(miss, part, secret, secrets)}; expected {text}. {_todo(miss, text, others, checker.schema)}",
            )
        )
    here = {miss.path for miss in misses}
    for other, there in others.items():
        fits = {miss.path for miss in there} < here  # what it lacks would be a mistake there too
        if "edition" not in document and fits:
            meant = f'is it one of {other}? Then say "edition": "{other}".'
            faults.append(("/edition", f"it is read as one of {edition}; {meant}"))
    raise UnfitFixture(faults)


def _todo(miss: Miss, wanted: str, others: Mapping[str, Sequence[Miss]], schema: Schema) -> str:
    """What to do. `others` are the misses that the document has as a fixture of other editions."""
    if miss.fault != "unlisted":
        return hint(miss, wanted, {}, {}, "Write") + _table(miss)
    for other, misses in others.items():
        if not any(miss.path[: len(one.path)] == one.path for one in misses):
            of = f"make the fixture one of edition {other}, which has it"
            return f'Leave it out, or {of}: "edition": "{other}".'
    if place := _belongs(miss, schema):
        return f"{miss.path[-1]} stands {place}: put it there."
    if near := meant(miss):
        return f"Did you mean {near}?"
    listed = did_you_mean(str(miss.path[-1]), miss.expected)
    return f"Leave it out, or spell it as it is listed. {listed}"


def _belongs(miss: Miss, schema: Schema) -> str:
    """Where else a list of entries stands, which was written within another; empty where nowhere."""
    entries = {name: _of_kind(part) for name, part in schema["properties"].items()}
    for name, kind in {"": "", **entries}.items():
        of = schema["$defs"].get(kind, {} if name else schema)
        part = of.get("properties", {}).get(miss.path[-1], {})
        if _of_kind(part) and isinstance(miss.value, list | Mapping):
            return f"in an entry of {name}" if name else "at the top of a fixture"
    return ""


def _of_kind(part: Schema) -> str:
    """The kind of the entries of a list; empty where it is no such list."""
    items = part.get("items") or part.get("additionalProperties") or {}
    return str(items.get("$ref", "")).rpartition("/")[2] if isinstance(items, Mapping) else ""


def _table(miss: Miss) -> str:
    """How TOML writes a list of tables, where one table stands in its place; empty elsewhere."""
    if miss.fault != "type" or miss.expected != "array" or not isinstance(miss.value, Mapping):
        return ""
    name = ".".join(part for part in miss.path if isinstance(part, str))
    return f" In TOML: [[{name}]], not [{name}]."


def _beside(miss: Miss) -> str | None:
    """In words which members an object wants, where that depends on the others it has."""
    if miss.fault in ("anyOf", "oneOf"):
        names = [name for choice in miss.expected for name in choice.get("required", ())]
        return f"an object with {'exactly ' * (miss.fault == 'oneOf')}one of {', '.join(names)}"
    if miss.fault == "not":
        return f"an object without both {' and '.join(miss.expected.get('required', ()))}"
    if miss.fault == "dependentRequired":
        needs = (f"{', '.join(others)} beside {name}" for name, others in miss.expected.items())
        return f"an object with {', '.join(needs)}"
    return None
