"""The pytest plugin: a world for every test.

    def test_my_tool(tfe):
        my_tool.create_policy_set(tfe.url, tfe.token, "production")
        tfe.journal.expect("create-policy-set", status=201)

Nothing but pytest is imported until a test asks for a fixture of ours: a run that does not use them
must not pay for them. No class here is a dataclass: to make one takes a millisecond.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.client import World
    from mockserver.web.testing import Live
    from mockserver.world.universe import Universe

OPTIONS: Mapping[str, tuple[type, ...]] = {
    "fixture": (str, Path, Mapping),
    "edition": (str,),
    "strict": (bool,),
    "seed": (int,),
    "now": (str,),
    "tls": (bool,),
}
MARK = (
    "tfe(fixture='documented', edition='2019-07', strict=False, seed=0, now=None, tls=False): "
    "the world that the fixture `tfe` gives to this test"
)
SHOWN = 50
"""Exchanges that the report of a failed test shows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "tfe_fixture", "Data that tests start with: a name or a path.", default="documented"
    )
    parser.addini("tfe_edition", "Edition of the API.", default="2019-07")
    parser.addini(
        "tfe_strict",
        "Refuse what the API's pages do not list, and fail the test.",
        type="bool",
        default=False,
    )
    parser.addini("tfe_seed", "Number that ids are made from.", default="0")
    parser.addini("tfe_now", "Time at which the clock stands.", default="")
    parser.addini("tfe_tls", "Speak https at `tfe.url`.", type="bool", default=False)
    group = parser.getgroup("tfe", "mock server of the Terraform Enterprise API")
    group.addoption(
        "--tfe-coverage",
        action="append",
        default=[],
        metavar="REPORT",
        help="Report how much of the contract the tests exercise: table, json=FILE or html=FILE. May be repeated.",
    )
    group.addoption(
        "--tfe-coverage-fail-under",
        type=float,
        default=0.0,
        metavar="PERCENT",
        help="Fail if less of the contract is exercised.",
    )
    group.addoption(
        "--tfe-coverage-only",
        action="append",
        default=[],
        metavar="NAME",
        help="Count this page or operation alone, or those that were `touched`. May be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)
    if config.getoption("tfe_coverage") or config.getoption("tfe_coverage_fail_under"):
        from mockserver.pytest_coverage import Collected

        config.pluginmanager.register(Collected(config, ROOM), "tfe_coverage")


@pytest.fixture(scope="session")
def tfe_server() -> Iterator[Live]:
    """The session's server; it listens on a free port from the first use of `url` on."""
    from mockserver.web.testing import Live

    with Live() as live:
        yield live


class Session:
    """What lives as long as the session: worlds that have been loaded once, and how often each
    test has run (a second run of one must not meet the threads of the first)."""

    def __init__(self) -> None:
        self.baselines: dict[str, Universe] = {}
        self.runs: dict[str, int] = {}


@pytest.fixture(scope="session")
def _tfe_session() -> Session:
    return Session()


@pytest.fixture
def tfe(request: pytest.FixtureRequest, tfe_server: Live, _tfe_session: Session) -> Iterator[World]:
    """A fresh world for this test: `client`, `url`, `token`, `journal`, `faults`, `clock`, ..."""
    from mockserver.client.opening import address_of, in_process

    name, options = request.node.nodeid, _options(request)
    tls = options.pop("tls")
    with _room(tfe_server, _tfe_session, name, options) as room:
        request.node.stash[ROOM] = room
        yield in_process(
            tfe_server.server,
            room.universe.key,
            room.universe.edition,
            lambda: address_of(tfe_server, tls=tls),
            tfe_server.app,
        )
        if texts := room.news():  # broken after the test's body, e.g. by what cleans up after it
            pytest.fail("\n\n".join(texts), pytrace=False)


@pytest.fixture
def tfe_env(tfe: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same world, with TFE_ADDRESS, TFE_TOKEN and TFE_HOSTNAME set for this test."""
    for name, value in tfe.env.items():
        monkeypatch.setenv(name, value)
    return tfe


# the room of one test: its world, and the worlds forked from it


class Room:
    """The worlds of one test, and what of them has been told already."""

    def __init__(self, live: Live, universe: Universe, name: str) -> None:
        self.live, self.universe, self.name = live, universe, name
        self.told: list[Any] = []

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *error: Any) -> None:
        universes = self.live.server.universes
        for world in universes:
            if world.family == self.universe.family:
                universes.remove(world.key, f"its test {self.name} is over")

    def worlds(self) -> list[Universe]:
        """The test's own world first, even when it is over, then its forks."""
        from mockserver.client.broken import worlds

        found = worlds(self.live.server.universes, self.universe.family)
        return list(dict.fromkeys([self.universe, *found]))

    def news(self) -> list[str]:
        """What was broken in these worlds and was not told yet."""
        from mockserver.client.broken import broken_exchanges, explanations
        from mockserver.client.seen import Seen

        texts: list[str] = []
        for universe in self.worlds():
            for exchange in broken_exchanges(universe):
                if not any(exchange is known for known in self.told):
                    self.told.append(exchange)
                    texts += explanations(Seen.of(exchange.shown()), universe.edition)
        return texts

    def exchanges(self) -> Iterator[str]:
        """The exchanges of these worlds, a line each."""
        for universe in self.worlds():
            journal = universe.journal
            kept = list(journal)[-SHOWN:]
            if universe is not self.universe and kept:
                yield f"in the fork {universe.key}:"
            if (left := journal.count - len(kept)) > 0:
                yield f"({left} earlier)"
            for exchange in kept:
                yield exchange.line()


ROOM = pytest.StashKey[Room]()


def _room(live: Live, session: Session, name: str, options: dict[str, Any]) -> Room:
    """A test's own world: a fork of what its options describe, loaded once a session."""
    from mockserver.world.ids import digest

    wanted = json.dumps(options, sort_keys=True, default=str)
    if wanted not in session.baselines:
        session.baselines[wanted] = _baseline(live, options)
    run = session.runs[name] = session.runs.get(name, 0) + 1
    universe = session.baselines[wanted].fork(digest(name if run == 1 else f"{name} {run}")[:20])
    universe.family = universe.key
    return Room(live, live.server.universes.add(universe), name)


def _baseline(live: Live, options: dict[str, Any]) -> Universe:
    from mockserver.contract import UnknownEdition
    from mockserver.world.seeding import BadFixture

    try:
        return live.server.made(key="baseline", **options)
    except (UnknownEdition, BadFixture, ValueError, OSError) as error:
        _refuse(str(error))
    raise AssertionError("unreachable")


# what a test asks for


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the ini file says, and what the markers say over it, the closest last."""
    config = request.config
    options: dict[str, Any] = {name: config.getini(f"tfe_{name}") for name in OPTIONS}
    try:
        options["seed"] = int(options["seed"])
    except ValueError:
        _refuse(f"tfe_seed = {options['seed']!r} is no integer")
    options["now"] = options["now"] or None
    options["fixture"] = _found(options["fixture"], config.inipath, config.rootpath)
    for mark in reversed(list(request.node.iter_markers("tfe"))):
        if mark.args:
            _refuse(f"@pytest.mark.tfe takes names only: fixture={mark.args[0]!r}")
        for name, value in mark.kwargs.items():
            options[name] = _judged(name, value)
        if "fixture" in mark.kwargs:
            fixture = options["fixture"]
            options["fixture"] = _found(fixture, request.node.path, config.rootpath)
    return options


def _judged(name: str, value: Any) -> Any:
    """An argument of the marker, or a refusal that lists those there are."""
    if name not in OPTIONS:
        from mockserver.nearest import did_you_mean

        _refuse(f"@pytest.mark.tfe has no {name}: {did_you_mean(name, OPTIONS)}")
    kinds = OPTIONS[name]
    fits = isinstance(value, kinds) and (isinstance(value, bool) == (bool in kinds))
    if not fits and not (name == "now" and value is None):
        words = " or ".join(kind.__name__ for kind in kinds)
        _refuse(f"@pytest.mark.tfe({name}={value!r}): {name} is of type {words}")
    return value


def _found(fixture: Any, *places: Path | None) -> Any:
    """A fixture's path, looked for beside what named it, then in the root of the project."""
    if isinstance(fixture, Mapping) or not Path(fixture).suffix:
        return fixture
    for place in places:
        if place is not None:
            path = (place if place.is_dir() else place.parent) / fixture
            if path.is_file():
                return path
    return fixture


def _refuse(message: str) -> None:
    pytest.fail(message, pytrace=False)


# a test fails when its contract is broken


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    result = yield
    room = item.stash.get(ROOM, None)
    if room is not None and (texts := room.news()):
        pytest.fail("\n\n".join(texts), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    report: Any = yield
    room = item.stash.get(ROOM, None)
    if room is not None and report.failed:
        if texts := room.news():
            report.sections.append(("the contract was broken", "\n\n".join(texts)))
        if lines := list(room.exchanges()):
            report.sections.append(("exchanges with the mock server", "\n".join(lines)))
    if room is not None and call.when == "teardown":
        del item.stash[ROOM]  # pytest keeps the items to the end; worlds shall not stay with them
    return report  # type: ignore[no-any-return]
