"""What one server holds: its worlds, and how new ones are made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack

from mockserver.contract import Edition, load
from mockserver.contract.engines import Checker
from mockserver.contract.files import is_released
from mockserver.contract.fixtures import (
    UnfitFixture,
    called,
    check_fixture,
    found_fixture,
    is_path,
    is_shipped,
    of_edition,
    read_fixture,
)
from mockserver.escaping import escaped
from mockserver.judge.coverage import Coverage
from mockserver.pipeline import cors
from mockserver.pipeline.render_cache import Store
from mockserver.redaction import Redactor, redactor
from mockserver.resources import kinds, modules
from mockserver.resources import kinds as shipped_kinds
from mockserver.world import fixtures, ids, records
from mockserver.world.clock import Clock
from mockserver.world.facts import Facts
from mockserver.world.fixture_schema import fixture_schema
from mockserver.world.journal import Journal
from mockserver.world.kinds import Kinds
from mockserver.world.seeding import BadFixture
from mockserver.world.state import State
from mockserver.world.universe import Universe
from mockserver.world.universes import Universes
from mockserver.world.who import Asked

T = TypeVar("T")

KEY = re.compile(r"[!#-\-0-\[\]-~]{1,200}", re.ASCII)
"""Without quote and backslash: JSON spells them with an escape, which no mask would find."""


@lru_cache(maxsize=8)
def facts(contract: Edition) -> Facts:
    """What an edition says, for those who may not read it."""
    statuses = {id: min(operation.successes) for id, operation in contract.operations.items()}
    types = sorted(contract.types.items(), key=lambda item: item[0] != item[1].name)
    return Facts.of(contract.facts, [type for _, type in types], statuses, contract.sources)


@lru_cache(maxsize=8)
def served(contract: Edition, kinds: Callable[[str], Kinds] = kinds) -> Kinds:
    """What serves an edition, knowing what it says. Raises ValueError for what kinds name wrongly or leave out."""
    if _is_release(contract, kinds):
        return kinds(contract.name).of(facts(contract))
    from mockserver.pipeline.misnamed import refuse_misnamed, told_with_module
    from mockserver.pipeline.no_value import refuse_no_value

    with told_with_module(modules(), contract.name):
        found = kinds(contract.name).of(facts(contract))
        refuse_misnamed(found, contract, modules())
        refuse_no_value(found, contract)
    return found


def _is_release(contract: Edition, kinds: Callable[[str], Kinds]) -> bool:
    """Whether an edition and its kinds are a release's: our tests held the one to the other."""
    return kinds is shipped_kinds and is_released(contract.place)


@lru_cache(maxsize=8)
def fixture_checker(contract: Edition, kinds: Callable[[str], Kinds] = kinds) -> Checker:
    """What holds fixtures to the schema that the edition and its kinds give."""
    schema = fixture_schema(served(contract, kinds))
    return Checker(schema, schema["$defs"])


def fixture_for(
    edition: str, fixture: str | Path | Mapping[str, Any], kinds: Callable[[str], Kinds] = kinds
) -> Mapping[str, Any]:
    """A fixture by name, by path or as it is, held to the schema of an edition's fixtures. Those of a
    release were held to it by our tests.

    Raises UnknownEdition, UnknownFixture, UnfitFixture, and ValueError for a file that cannot be read.
    """
    with _named(fixture):
        document = of_edition(read_fixture(fixture, edition), edition)
        if _is_release(load(edition), kinds) and is_shipped(fixture, edition):
            return document
        return check_fixture(document, edition, lambda name: fixture_checker(load(name), kinds))


@contextmanager
def _named(fixture: str | Path | Mapping[str, Any] | None) -> Iterator[None]:
    """What is wrong with a fixture is told with its name or path, where it has one."""
    try:
        yield
    except (UnfitFixture, BadFixture) as error:
        if isinstance(fixture, str | Path):
            path, here = Path(fixture), Path.cwd()
            within = is_path(fixture) and path.is_relative_to(here)
            error.fixture = called(path.relative_to(here) if within else fixture)
        raise


def first_state(kinds: Kinds, document: Mapping[str, Any], seed: int, now: str) -> State:
    """What every world has, and what a fixture adds to it."""
    always = [kind.always(kinds.facts, document) for kind in kinds.values() if kind.always]
    state = _beginning(kinds, json.dumps(always), seed, now)
    return fixtures.seed(kinds, state, document, seed=seed, now=now)[0]


@lru_cache(maxsize=8)
def _beginning(kinds: Kinds, always: str, seed: int, now: str) -> State:
    """What every world has: the same for most, and there are hundreds of versions of Terraform."""
    state = records.begun(kinds, now)
    for part in json.loads(always):
        state, _ = fixtures.seed(kinds, state, part, seed=seed, now=now)
    return state


class WorldOptions(TypedDict, total=False):
    """How a new world begins; what is left out, or None, is as the server says, the edition as the
    fixture does where it is of one alone."""

    key: str | None
    edition: str | None
    fixture: str | Path | Mapping[str, Any] | None
    seed: int | None
    strict: bool | None
    now: str | None
    running: bool | None


@dataclass(eq=False, repr=False)
class Server:
    """The worlds of one application and the defaults for new ones.

    `control_token` opens `POST /_mock/universes` from elsewhere; without it that call is for
    loopback. `keep` False builds and judges every resource object anew. `loopback` says that the
    server listens there alone: Origin is checked then. `allowed_hosts` are the names by which it is
    reached beside those of this machine, `cors_origins` those of pages that may call the API from a
    browser. `kinds` gives the table of kinds that an edition is served
    by. `codes` are the keys of worlds by the digests of what opens their page once.
    """

    edition: str = "2019-07"
    seed: int = 0
    strict: bool = False
    running: bool = False
    control_token: str | None = None
    loopback: bool = True
    allowed_hosts: Collection[str] = ()
    cors_origins: Collection[str] = ()
    keep: bool = True
    kinds: Callable[[str], Kinds] = kinds
    universes: Universes = field(default_factory=Universes)
    codes: dict[str, str] = field(default_factory=dict)

    def code(self, key: str) -> str:
        """A code that opens the page of a world once, and is no key."""
        code = ids.key()
        self.codes[ids.digest(code)] = key
        return code

    def __post_init__(self) -> None:
        self.allowed_hosts = frozenset(host.casefold().strip("[]") for host in self.allowed_hosts)
        self.cors_origins = frozenset(cors.origin(text) for text in self.cors_origins)

    def contract(self, edition: str | None = None) -> Edition:
        """Raises UnknownEdition."""
        return load(edition or self.edition)

    def redactor(self, universe: Universe) -> Redactor:
        """What the journal of a world takes secrets out with, for whoever shows that world."""
        secrets = self.contract(universe.edition).secrets
        return redactor(secrets, universe.key, self.control_token)

    def asked(self, operation: str, edition: str | None = None) -> Asked:
        """An operation as far as access is concerned. Raises KeyError with the nearest names."""
        contract = self.contract(edition)
        found, table = contract.operation(operation), self.kinds(contract.name).table
        if found.id not in table:
            raise KeyError(f"{operation} needs no token, or is not built here")
        of_path = list(found.records.values())
        type = of_path[-1] if of_path else found.judged  # a path, or else query or body
        right = table[found.id][1]
        return Asked(found.id, right, type, found.entitlement)

    def universe(self, **options: Unpack[WorldOptions]) -> Universe:
        """A new world in its place. Raises UnknownEdition, BadFixture, Taken, Full, ValueError."""
        return self.universes.add(self.made(**options))

    def made(self, **options: Unpack[WorldOptions]) -> Universe:
        """A new world that no key leads to yet; raises as `universe`."""
        with _named(options.get("fixture")):
            return self._made(**options)

    def _made(self, **options: Unpack[WorldOptions]) -> Universe:
        key, fixture = options.get("key"), options.get("fixture")
        if key is not None and not KEY.fullmatch(key):
            raise ValueError(
                f"{key!r} cannot be a key: use letters, digits and signs, but no dot, slash, backslash or quote"
            )
        edition, given = options.get("edition"), "empty" if fixture is None else fixture
        if edition is None:
            edition, document = found_fixture(given, self.edition)
            given = given if is_shipped(given, edition) else document  # which is read once
        contract = self.contract(edition)
        document = fixture_for(contract.name, given, self.kinds)
        seed = _first(options.get("seed"), self.seed)
        clock = self._clock(contract, options.get("now"), options.get("running"))
        kinds = served(contract, self.kinds)
        return Universe(
            key=key or ids.key(),
            edition=contract.name,
            kinds=kinds,
            clock=clock,
            first=first_state(kinds, document, seed, clock.now()),
            seed=seed,
            strict=_first(options.get("strict"), self.strict),
            fixture=escaped(called(fixture)) if isinstance(fixture, str | Path) else None,
            journal=Journal(digest=lambda: Coverage(contract.name)),
            parts=Store() if self.keep else None,
            named=fixtures.token_names(kinds, document),
        )

    def first(self, universe: Universe, fixture: str | Path | Mapping[str, Any]) -> State:
        """The state in which a world would have begun with another fixture; raises as `made`."""
        with _named(fixture):
            document = fixture_for(universe.edition, fixture, self.kinds)
            return first_state(universe.kinds, document, universe.seed, universe.clock.now())

    def _clock(self, contract: Edition, now: str | None, running: bool | None) -> Clock:
        """It runs where the server's do, unless a time is given."""
        moving = _first(running, self.running and now is None)
        return Clock(now or (None if moving else contract.now), running=moving)

    def fork(self, of: Universe, key: str | None = None, state: State | None = None) -> Universe:
        """A world that begins where another is, or once was. Raises Taken, Full."""
        return self.universes.add(of.fork(key or ids.key(), state))


def _first(given: T | None, default: T) -> T:
    return default if given is None else given
