"""The pytest plugin: a world for every test.

    def test_my_tool(tfe):
        my_tool.create_policy_set(tfe.url, tfe.token, "production")
        tfe.journal.expect("create-policy-set", status=201)

Nothing but pytest is imported until a test asks for a fixture of ours: a run that does not use them
must not pay for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.client import World
    from mockserver.web.testing import Live
    from mockserver.world.journal import Exchange
    from mockserver.world.universe import Universe

OPTIONS = ("fixture", "edition", "strict", "seed", "now")
MARK = (
    "tfe(fixture='documented', edition='2019-07', strict=False, seed=0, now=None): "
    "the world that the fixture `tfe` gives to this test"
)
LIVE = pytest.StashKey["Live"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "tfe_fixture", "World that tests start from: a name or a path.", default="documented"
    )
    parser.addini("tfe_edition", "Edition of the contract.", default="2019-07")
    parser.addini("tfe_strict", "Refuse what the pages do not list.", type="bool", default=False)
    parser.addini("tfe_seed", "Seed of ids.", default="0")
    parser.addini("tfe_now", "Time at which clocks stand.", default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)


@pytest.fixture(scope="session")
def tfe_server() -> Iterator[Live]:
    """The session's server; it listens on a free port from the first use of `url` on."""
    from mockserver.web.testing import Live

    with Live() as live:
        yield live


@pytest.fixture(scope="session")
def _tfe_baselines() -> dict[str, Universe]:
    """Worlds that have been loaded once; each test forks one."""
    return {}


@pytest.fixture
def tfe(
    request: pytest.FixtureRequest, tfe_server: Live, _tfe_baselines: dict[str, Universe]
) -> Iterator[World]:
    """A fresh world for this test: `client`, `url`, `token`, `journal`, `faults`, `clock`, ..."""
    from mockserver.client.handle import in_process
    from mockserver.world.ids import digest

    options = _options(request)
    name = json.dumps(options, sort_keys=True, default=str)
    if name not in _tfe_baselines:
        _tfe_baselines[name] = _baseline(tfe_server, options)
    universe = _tfe_baselines[name].fork(digest(request.node.nodeid)[:20])
    tfe_server.server.universes.add(universe)
    request.node.stash[LIVE] = tfe_server
    yield in_process(
        tfe_server.server,
        universe.key,
        universe.edition,
        lambda: tfe_server.url,
        tfe_server.app,
    )
    for world in tfe_server.server.universes:
        tfe_server.server.universes.remove(world.key)


@pytest.fixture
def tfe_env(tfe: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same world, with TFE_ADDRESS, TFE_TOKEN and TFE_HOSTNAME set for this test."""
    for name, value in tfe.env.items():
        monkeypatch.setenv(name, value)
    return tfe


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the ini file says, and what the markers say over it, the closest last."""
    config = request.config
    options: dict[str, Any] = {name: config.getini(f"tfe_{name}") for name in OPTIONS}
    try:
        options["seed"] = int(options["seed"])
    except ValueError:
        _refuse(f"tfe_seed = {options['seed']!r} is no integer")
    options["now"] = options["now"] or None
    for mark in reversed(list(request.node.iter_markers("tfe"))):
        if mark.args:
            _refuse(f"@pytest.mark.tfe takes names only: fixture={mark.args[0]!r}")
        for name, value in mark.kwargs.items():
            if name not in OPTIONS:
                from difflib import get_close_matches

                near = get_close_matches(name, OPTIONS, n=1)
                said = f"did you mean {near[0]}? " if near else ""
                _refuse(f"@pytest.mark.tfe has no {name}: {said}there are {', '.join(OPTIONS)}")
            options[name] = value
    return options


def _baseline(live: Live, options: dict[str, Any]) -> Universe:
    from mockserver.contract import UnknownEdition
    from mockserver.world.seeding import BadFixture

    try:
        return live.server.made(key="baseline", **options)
    except (UnknownEdition, BadFixture, ValueError, OSError) as error:
        _refuse(str(error))
    raise AssertionError("unreachable")


def _refuse(message: str) -> None:
    pytest.fail(message, pytrace=False)


# a test fails when its contract is broken


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    result = yield
    live = item.stash.get(LIVE, None)
    if live is not None and (broken := list(_broken(live))):
        pytest.fail("\n\n".join(broken), pytrace=False)
    return result


def _broken(live: Live) -> Iterator[str]:
    """What was broken in the worlds of this test: by us, or, where strict, by the client."""
    for universe in live.server.universes:
        for exchange in universe.journal.breaches:
            yield f"{exchange.breach}\n  in {exchange.line()}\n  sent: {_brief(exchange.request)}"
        if universe.strict:
            for exchange in universe.journal:
                for finding in exchange.findings:
                    yield _finding(live, universe, exchange, finding)


def _finding(live: Live, universe: Universe, exchange: Exchange, finding: Any) -> str:
    edition = live.server.contract(universe.edition)
    example = edition.examples.get(exchange.operation or "", {})
    lines = [
        f"not in the contract: {exchange.operation} (edition {universe.edition})",
        f"  {finding['fact']}",
        f"  pointer: {finding['pointer'] or '/'}   key path: {finding.get('key-path', '')}",
        f"  source: {finding.get('source', '')}",
        f"  sent: {_brief(exchange.request)}",
    ]
    if "body" in example:
        lines.append(f"  an example that passes: {_brief(example['body'])}")
    if "hint" in finding:
        lines.append(f"  {finding['hint']}")
    return "\n".join(lines)


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 600 else text[:599] + "…"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    report: Any = yield
    live = item.stash.get(LIVE, None)
    if live is not None and report.when == "call" and report.failed:
        for universe in live.server.universes:
            lines = [exchange.line() for exchange in universe.journal]
            if lines:
                report.sections.append(("exchanges with the mock server", "\n".join(lines[-50:])))
    return report  # type: ignore[no-any-return]
