"""Fixtures: found by name or path, read, and held to a schema before they become a world."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.editions import editions
from mockserver.contract.engines import Checker, Miss
from mockserver.contract.explain import brief, expected, fact, hint, told, trail
from mockserver.contract.files import read, shipped_fixtures
from mockserver.contract.fixture_files import FORMATS, read_file
from mockserver.nearest import there_is_no


class UnknownFixture(ValueError):
    """No fixture of that name and no file of that path; the message lists those that ship."""


class UnfitFixture(ValueError):
    """A fixture that breaks its schema. `faults` holds `(pointer, detail)` of every fault."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        lines = "\n".join(f"  {pointer or '/'}: {detail}" for pointer, detail in faults)
        super().__init__(f"The fixture has {len(faults)} fault(s):\n{lines}")


def read_fixture(fixture: str | Path | Mapping[str, Any], edition: str) -> Mapping[str, Any]:
    """A fixture document of an edition by name, by path, or as it is.

    Raises UnknownFixture, and ValueError for a file that cannot be read.
    """
    if isinstance(fixture, Mapping):
        return fixture
    document: Mapping[str, Any]
    if known := shipped_fixtures(edition).get(str(fixture)):
        document = read(known)
        return document
    path = Path(fixture)
    if path.suffix in FORMATS or path.is_file():
        if not path.is_file():
            raise UnknownFixture(f"There is no fixture file {str(fixture)!r}.")
        return _object(path)
    *others, last = FORMATS
    ends = f"{', '.join(others)} or {last}"
    raise UnknownFixture(_unknown(str(fixture), edition, f" A path ends in {ends}."))


def found_fixture(
    fixture: str | Path | Mapping[str, Any], default: str
) -> tuple[str, Mapping[str, Any]]:
    """A fixture where nobody has said of which edition, and that edition: the one that the document
    names; of a name that the default edition does not know, the newest that does; else the default.

    Raises as `read_fixture`.
    """
    home = default if isinstance(fixture, Mapping) else _home(str(fixture), default)
    document = read_fixture(fixture, home)
    named = document.get("edition")
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
        raise UnfitFixture(
            [("", f"{path} holds {told(document, {'type': 'object'})}, not an object")]
        )
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
        return f"The fixture {name!r} is of edition {home}, and {edition} is asked for."
    every = sorted({known for each in editions() for known in shipped_fixtures(each)})
    return there_is_no("fixture", name, every) + hint


def of_edition(document: Mapping[str, Any], edition: str) -> Mapping[str, Any]:
    """The document, unless it says that it is of another edition. Raises UnfitFixture."""
    if document.get("edition", edition) == edition:
        return document
    said = brief(document["edition"])
    raise UnfitFixture(
        [("/edition", f"the fixture is of edition {said}, and {edition} is asked for")]
    )


def check_fixture(document: Mapping[str, Any], checker: Checker) -> Mapping[str, Any]:
    """The document, where it keeps the schema of an edition's fixtures. Raises UnfitFixture with
    every fault.
    """
    misses = checker.misses(document)
    if not misses:
        return document
    faults = []
    for miss in misses:
        part, _, secret = trail(checker.schema, miss.path, checker.components, miss.value)
        wanted = _beside(miss) or (expected(part, checker.components) if part else "no such member")
        faults.append(
            (
                miss.pointer,
                f"{fact(miss, part, secret)}; expected {wanted}. {hint(miss, wanted, {})}",
            )
        )
    raise UnfitFixture(faults)


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
